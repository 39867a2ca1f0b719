// Where a step stands, from its state and severity alone: the one place that says what counts as settled.

import type { Step } from './plan.ts';
import type { Overlay, StepState } from './state.ts';

/** settled: pass, skip, waived, attested, or advisory with any verdict. red: a verdict that stops in front of a person. */
export type Standing = 'open' | 'running' | 'settled' | 'red' | 'deferred';

/** Where the step stands at `now` (ms). A waiver past its expiry no longer counts. */
export function standing(step: Pick<Step, 'nature' | 'severity'>, known: StepState, now: number): Standing {
  if (known.deferred) return 'deferred';
  if (known.running) return 'running';
  // Whether a poke arrived only a person can say; what became of a change its turn finds out.
  if (known.interrupted && known.verdict === undefined) return step.nature === 'pokes' ? 'red' : 'open';
  if (known.verdict === undefined) return 'open';
  if (known.verdict.verdict === 'pass' || known.verdict.verdict === 'skip') return 'settled';
  if (holds(known.overlay, now) || step.severity === 'advisory') return 'settled';
  return 'red';
}

/** True while the overlay counts. */
export function holds(overlay: Overlay | undefined, now: number): boolean {
  return overlay !== undefined && (overlay.until === '' || Date.parse(overlay.until) > now);
}
