// The wall clock.

import type { Clock } from '../world.ts';

/** Real time; tasks do not hold it up. */
export function wallClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        // One timer counts to 2^31 - 1 ms at most; longer sleeps never happen within one session.
        const timer = setTimeout(wake, Math.min(ms, 2_147_483_647));
        signal?.addEventListener('abort', wake, { once: true });
      }),
    task: (work) => work(),
    rest: (promise) => promise,
  };
}
