// When a phase is due, in words.

import { formatDuration } from '../engine/duration.ts';
import { dueAt } from '../engine/next.ts';
import type { Phase } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';

/** `now`, `when T is set`, or the moment and how long until then; `moment` writes a time in ms. */
export function dueText(phase: Phase, state: State, now: number, moment: (ms: number) => string): string {
  const due = dueAt(phase, state);
  if (due === Number.POSITIVE_INFINITY) return 'when T is set';
  return due <= now ? 'now' : `${moment(due)}, in ${formatDuration(due - now)}`;
}
