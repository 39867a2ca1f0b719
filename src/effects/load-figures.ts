// What a load came to: every request counted once, percentiles over all of them and not over an estimate.

import type { LoadAnswer } from '../wire.ts';

export interface Figures {
  answered(status: number, ms: number): void;
  lost(): void;
  timedOut(ms: number): void;
  /** How many were counted so far. */
  total(): number;
  sum(): Pick<LoadAnswer, 'requests' | 'errors' | 'timeouts' | 'statuses' | 'latency'>;
}

/** Counts the requests of one load. */
export function countRequests(): Figures {
  const times: number[] = [];
  const statuses = new Map<number, number>();
  let answers = 0;
  let lost = 0;
  let timeouts = 0;
  const total = (): number => answers + lost + timeouts;
  return {
    answered: (status, ms) => {
      answers += 1;
      times.push(ms);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    },
    lost: () => (lost += 1),
    timedOut: (ms) => {
      timeouts += 1;
      // Left out, the slowest there are would make the rest look quicker than it was.
      times.push(ms);
    },
    total,
    sum: () => {
      const bad = [...statuses].reduce((sum, [status, count]) => (status >= 400 ? sum + count : sum), 0);
      return {
        requests: total(),
        errors: lost + timeouts + bad,
        timeouts,
        statuses: Object.fromEntries([...statuses].toSorted(([a], [b]) => a - b)),
        ...(times.length > 0 && { latency: latencyOf(times) }),
      };
    },
  };
}

function latencyOf(times: readonly number[]): NonNullable<LoadAnswer['latency']> {
  const sorted = Float64Array.from(times).toSorted();
  // The smallest that so many percent of all do not exceed: nearest rank, nothing in between is made up.
  const at = (percent: number): number => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  return { p50: at(50), p95: at(95), p99: at(99), max: at(100) };
}
