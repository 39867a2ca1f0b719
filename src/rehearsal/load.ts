// Load and page vitals of a rehearsal: nothing is sent and no browser started, the world says what comes of it.

import { noBrowser, pageRefused } from '../effects/browser-errors.ts';
import { unlisted } from '../effects/load.ts';
import { BlindError } from '../errors.ts';
import { isListed } from '../steps/load-list.ts';
import type { Browser, Load, LoadAnswer } from '../wire.ts';
import type { Clock } from '../world.ts';
import { spanMs } from './account-parts.ts';
import type { LoadState } from './web-states.ts';
import type { RehearsalWorld } from './world.ts';

/** Answers from `load` of the world as it stands when a load ends, which takes as long as it is asked for. */
export function rehearsedLoad(world: () => RehearsalWorld, listed: readonly string[], clock: Clock): Load {
  const find = (url: string): LoadState | undefined => {
    return Object.values(world().load).find((each) => isSame(each.url, url));
  };
  return {
    run: async ({ url, forMs }, signal) => {
      if (!isListed(url, listed)) throw unlisted(url);
      if (find(url) === undefined) throw unanswered('load', url);
      await clock.sleep(forMs, signal);
      signal.throwIfAborted();
      const known = find(url);
      if (known === undefined) throw unanswered('load', url);
      return answerOf(known, forMs);
    },
  };
}

/** Answers from `vitals` of the world as it stands when a page is visited. */
export function rehearsedBrowser(world: () => RehearsalWorld, clock: Clock): Browser {
  return {
    vitals: async ({ url, device, interact, timeoutMs }, signal) => {
      const known = Object.values(world().vitals).find(
        (each) => isSame(each.url, url) && (each.device ?? device) === device,
      );
      if (known === undefined) throw unanswered('vitals', url);
      if (known.missing) throw noBrowser();
      await clock.sleep(Math.min(spanMs(known.takes), timeoutMs), signal);
      signal.throwIfAborted();
      if (known.status >= 400) throw pageRefused(url, known.status);
      const { lcp_ms: lcpMs, cls, inp_ms: inpMs, fcp_ms: fcpMs, ttfb_ms: ttfbMs } = known;
      return {
        ...(lcpMs !== undefined && { lcpMs }),
        ...(cls !== undefined && { cls }),
        ...(inpMs !== undefined && interact !== undefined && { inpMs }),
        ...(fcpMs !== undefined && { fcpMs }),
        ...(ttfbMs !== undefined && { ttfbMs }),
        url,
        status: known.status,
        browser: 'Chromium of the rehearsal',
      };
    },
  };
}

function answerOf(known: LoadState, durationMs: number): LoadAnswer {
  const { requests, errors, timeouts, p50_ms: p50, p95_ms: p95, p99_ms: p99, max_ms: max } = known;
  const refused = errors - timeouts;
  const statuses = known.statuses ?? {
    ...(requests > errors && { 200: requests - errors }),
    ...(refused > 0 && { 503: refused }),
  };
  const tail = p99 ?? p95;
  return {
    requests,
    errors,
    timeouts,
    statuses,
    ...(p95 !== undefined && tail !== undefined && { latency: { p50: p50 ?? p95, p95, p99: tail, max: max ?? tail } }),
    durationMs,
    capped: false,
  };
}

function isSame(known: string, url: string): boolean {
  return URL.canParse(known) && URL.canParse(url) && new URL(known).href === new URL(url).href;
}

function unanswered(part: 'load' | 'vitals', url: string): BlindError {
  const what = part === 'load' ? 'puts nothing under load' : 'starts no browser';
  return new BlindError('refused', `A rehearsal ${what}, and its world has no answer for ${url.slice(0, 300)}`, {
    hint: `Add it to the world under \`${part}:\`, with its url.`,
  });
}
