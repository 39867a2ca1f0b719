// What many runs of one checklist say together: which steps were slow, and which never caught anything.

import type { Usual } from './forecast.ts';
import type { Past } from './past.ts';

export interface SlowStep {
  readonly step: string;
  /** The middle one of its times, in ms. */
  readonly medianMs: number;
  /** In how many runs it was timed. */
  readonly runs: number;
}

export interface QuietStep {
  readonly step: string;
  /** In how many runs it was decided, always with pass. */
  readonly runs: number;
}

/** The steps that took longest, in the middle of all runs they were timed in; the slowest first. */
export function slowestSteps(runs: readonly Past[], count: number): readonly SlowStep[] {
  return timedSteps(runs)
    .toSorted((one, other) => other.medianMs - one.medianMs || (one.step < other.step ? -1 : 1))
    .slice(0, count);
}

/** How long these runs took for each step, for a forecast; undefined where there is none. */
export function usualOf(runs: readonly Past[]): Usual | undefined {
  if (runs.length === 0) return undefined;
  return { runs: runs.length, ms: new Map(timedSteps(runs).map(({ step, medianMs }) => [step, medianMs])) };
}

/** An answer is written down when it is there, so questions have no time of their own: what has none is left out. */
function timedSteps(runs: readonly Past[]): readonly SlowStep[] {
  const times = new Map<string, number[]>();
  for (const { steps } of runs)
    for (const { step, tookMs } of steps.values())
      if (tookMs !== undefined) times.set(step, [...(times.get(step) ?? []), tookMs]);
  return [...times]
    .map(([step, all]) => ({ step, medianMs: medianOf(all), runs: all.length }))
    .filter(({ medianMs }) => medianMs > 0);
}

/** Steps that were decided in at least one run and came to nothing but pass or skip, in any attempt of any run. */
export function quietSteps(runs: readonly Past[]): readonly QuietStep[] {
  const decided = new Map<string, number>();
  const caught = new Set<string>();
  for (const { steps } of runs)
    for (const step of steps.values()) {
      if (step.attempts > 0 && step.word !== 'skip') decided.set(step.step, (decided.get(step.step) ?? 0) + 1);
      if (step.caught > 0) caught.add(step.step);
    }
  return [...decided].flatMap(([step, times]) => (caught.has(step) ? [] : [{ step, runs: times }]));
}

/** The lower of the two in the middle, so that it is a time that was there. */
function medianOf(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor((times.length - 1) / 2)] ?? 0;
}
