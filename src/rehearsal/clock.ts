// The clock of a rehearsal: it stands still while any task works and otherwise jumps to the next moment somebody sleeps until.

import type { Clock } from '../world.ts';

export interface RehearsalClock extends Clock {
  /** Moves on to `ms`; between sessions, when nothing runs. */
  jump(ms: number): Promise<void>;
}

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** How long one jump is shown at most, in ms of real time. */
const paceMaxMs = 2000;

/**
 * A clock that starts at `start` (ms). `speed` paces its jumps for the eye: a jump of n ms takes n / speed ms of real
 * time, at most two seconds; `max` does not sleep at all.
 */
export function rehearsalClock(start: number, speed: number | 'max'): RehearsalClock {
  let now = start;
  let working = 0;
  let sleepers: Sleeper[] = [];
  let moving = false;

  const pace = (ms: number): Promise<void> =>
    speed === 'max'
      ? Promise.resolve()
      : new Promise((resolve) => setTimeout(resolve, Math.min(ms / speed, paceMaxMs)));

  /** Looks, after everything that is ready to run has run, whether only sleepers are left. */
  function consider(): void {
    if (working === 0 && sleepers.length > 0 && !moving) setImmediate(() => setImmediate(() => void move()));
  }

  async function move(): Promise<void> {
    const first = sleepers.toSorted((a, b) => a.until - b.until)[0];
    if (working > 0 || first === undefined || moving) return;
    moving = true;
    if (first.until > now) await pace(first.until - now);
    moving = false;
    if (working > 0 || !sleepers.includes(first)) return consider();
    now = Math.max(now, first.until);
    const due = sleepers.filter((sleeper) => sleeper.until <= now);
    sleepers = sleepers.filter((sleeper) => sleeper.until > now);
    for (const sleeper of due) sleeper.wake();
  }

  const pause = (): void => {
    working -= 1;
    consider();
  };

  return {
    now: () => now,
    sleep: (ms, signal) => {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          signal?.removeEventListener('abort', abort);
          working += 1;
          resolve();
        };
        const sleeper = { until: now + Math.max(0, ms), wake };
        const abort = (): void => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          wake();
        };
        signal?.addEventListener('abort', abort, { once: true });
        sleepers.push(sleeper);
        pause();
      });
    },
    task: async (work) => {
      working += 1;
      try {
        return await work();
      } finally {
        pause();
      }
    },
    rest: async (promise) => {
      pause();
      try {
        return await promise;
      } finally {
        working += 1;
      }
    },
    jump: async (ms) => {
      if (ms > now) await pace(ms - now);
      now = Math.max(now, ms);
    },
  };
}
