// Headless Chromium over playwright-core, one visit at a time. What it reaches and whom it believes is golive's own choice.

import { createHash } from 'node:crypto';
import type { Browser as Chromium } from 'playwright-core';
import { BlindError } from '../errors.ts';
import type { Browser, VitalsAnswer, VitalsRequest } from '../wire.ts';
import { notStarted, tooLarge } from './browser-errors.ts';
import { openBrowserProxy, type BrowserProxy } from './browser-proxy.ts';
import { visit } from './browser-visit.ts';
import { chainOf, trustOf } from './certificates.ts';
import { findChromium, launchOptions } from './chromium.ts';
import { open, orAborted, type WayOptions } from './http-connect.ts';
import { blindError, timedOut } from './http-errors.ts';
import { bareHost, routeTo } from './http-route.ts';

const mebibyte = 1_048_576;
/** The most one visit may load. */
const mostMiB = 64;

/** The real world's browser, on the same ways as its HTTP. */
export function openBrowser(options: WayOptions): Browser {
  // One at a time: two pages would each be as slow as the other makes it.
  let last: Promise<unknown> = Promise.resolve();
  return {
    vitals: (request, signal) => {
      const own = orAborted(last, signal).then(() => visitIn(request, options, signal));
      last = own.catch(() => undefined);
      return own;
    },
  };
}

async function visitIn(request: VitalsRequest, options: WayOptions, signal: AbortSignal): Promise<VitalsAnswer> {
  const { timeoutMs } = request;
  const program = await findChromium(options.env);
  const most = new AbortController();
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, timeout, most.signal]);
  const url = new URL(request.url);
  let proxy: BrowserProxy | undefined;
  let launching: Promise<Chromium> | undefined;
  try {
    const keys = await keysOf(url, options, either);
    proxy = await openBrowserProxy(options, mostMiB * mebibyte, () => most.abort());
    const { chromium } = await import('playwright-core');
    const how = launchOptions(program, { env: options.env, proxy: proxy.server, keys });
    launching = chromium.launch({ ...how, timeout: timeoutMs });
    const browser = await orAborted(launching, either).catch((error: unknown) => {
      either.throwIfAborted();
      throw notStarted(error);
    });
    return await orAborted(visit(browser, request, either), either);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (most.signal.aborted) throw tooLarge(request.url, mostMiB);
    if (timeout.aborted) throw timedOut(url.host, timeoutMs);
    throw told(error, url, proxy);
  } finally {
    await launching?.then(
      (browser) => browser.close(),
      () => undefined,
    );
    proxy?.close();
  }
}

/** The way is found before the browser starts; where --ca adds an authority, so is the key it is to believe. */
async function keysOf(url: URL, options: WayOptions, signal: AbortSignal): Promise<readonly string[]> {
  const { connectTo, rehearsal = false, dns, env, ca } = options;
  const route = await orAborted(routeTo(url, undefined, { connectTo, rehearsal, dns, env }, signal), signal);
  if (ca === undefined || url.protocol !== 'https:') return [];
  const { socket, tls } = await open(url, route, trustOf(options), signal);
  try {
    const own = tls === undefined ? undefined : chainOf(tls)[0];
    const key = own?.publicKey.export({ type: 'spki', format: 'der' });
    return key === undefined ? [] : [createHash('sha256').update(key).digest('base64')];
  } finally {
    socket.destroy();
  }
}

/** What the browser says of a page that did not come, in the words of golive where it knows better. */
function told(error: unknown, url: URL, proxy: BrowserProxy | undefined): BlindError {
  if (error instanceof BlindError) return error;
  const known = proxy?.failure(bareHost(url));
  if (known !== undefined) return known;
  const said = error instanceof Error ? (/net::(ERR_\w+)/.exec(error.message)?.[1] ?? '') : '';
  if (said.startsWith('ERR_CERT')) {
    return new BlindError('tls', `Chromium does not believe the certificate of ${url.host} (${said})`, {
      hint: '--ca FILE adds an authority',
      cause: error,
    });
  }
  if (said !== '')
    return new BlindError('network', `Chromium did not get ${url.host} (${said})`, { transient: true, cause: error });
  const words = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
  if (/^(?:browser|page|locator)\./.test(words))
    return new BlindError('internal', `Chromium: ${words.slice(0, 200)}`, { transient: true, cause: error });
  return blindError(error, url.hostname, url.host);
}
