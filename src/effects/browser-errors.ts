// Why a page could not be looked at in a browser, as BlindError with what to do about it.

import { BlindError } from '../errors.ts';

/** No Chromium on this machine, or none at GOLIVE_CHROMIUM. */
export function noBrowser(named?: string): BlindError {
  const what =
    named === undefined ? 'There is no Chromium on this machine.' : `There is no program ${named.slice(0, 200)}.`;
  return new BlindError('invalid', what, {
    hint:
      'Install it (Debian: apt install chromium; Fedora: dnf install chromium; macOS: brew install --cask chromium), ' +
      'or name one with GOLIVE_CHROMIUM.',
  });
}

/** It is there, and does not run. */
export function notStarted(cause: unknown): BlindError {
  const said = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : '';
  return new BlindError('invalid', `Chromium did not start: ${said.slice(0, 200)}`, {
    hint: 'Try it by hand: chromium --headless --dump-dom about:blank',
    cause,
  });
}

/** The page answered, and what it shows is not the page. */
export function pageRefused(url: string, status: number): BlindError {
  return new BlindError('server', `${url.slice(0, 300)} answered ${status}: how quick that is says nothing`, {
    transient: true,
  });
}

/** The page is larger than a page may be. */
export function tooLarge(url: string, limitMiB: number): BlindError {
  return new BlindError(
    'invalid',
    `${url.slice(0, 300)} loads more than ${limitMiB} MiB, and was not watched to its end`,
  );
}

/** There is nothing to click. */
export function nothingThere(selector: string, cause: unknown): BlindError {
  return new BlindError('invalid', `nothing that can be clicked is at ${selector.slice(0, 200)}`, {
    transient: true,
    hint: 'It is a CSS selector of one element that can be seen.',
    cause,
  });
}
