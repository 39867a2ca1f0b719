// Step verdicts → how the run ends. Counted over required and critical steps; absence of evidence is never a go.

import type { Bodies, Mode, Verdict } from './events.ts';
import { stepsOf, type Plan, type Step } from './plan.ts';
import { holds, standing } from './standing.ts';
import { stepState, type State, type StepState } from './state.ts';

export type Counts = Bodies['seal']['counts'];

export interface Outcome {
  readonly result: Bodies['seal']['result'];
  /** 0 go (dry run: no objection), 1 no-go, 2 not decided. */
  readonly exit: 0 | 1 | 2;
  readonly counts: Counts;
  /** Only some phases were to run: never a go. */
  readonly partial: boolean;
}

/** How the run stands at `now`, and would be sealed. */
export function rollUp(plan: Plan, state: State, now: number): Outcome {
  const mode: Mode = state.opened?.mode ?? 'run';
  const phases = state.opened?.phases ?? [];
  // What a machine can decide has to be decided all the same.
  const allowed = mode === 'dry-run' && state.opened?.allow_open === true;
  const partial = phases.length > 0;
  const steps = stepsOf(plan).filter((step) => !partial || phases.includes(step.phase));
  const counts = { pass: 0, fail: 0, error: 0, inconclusive: 0, skip: 0, waived: 0, attested: 0, deferred: 0, open: 0 };
  // Whoever began to take back what was changed did not go.
  let against = state.stopped !== undefined || state.rollback !== undefined;
  let undecided = partial;
  for (const step of steps) {
    const word = wordOf(step, stepState(state, step.id), now);
    counts[word] += 1;
    if (step.severity === 'advisory') continue;
    if (word === 'fail') against = true;
    if (word === 'error' || word === 'inconclusive') undecided = true;
    if (word === 'open' && !(allowed && step.nature === 'asks')) undecided = true;
    if (word === 'deferred' && mode !== 'dry-run') undecided = true;
  }
  if (against) return { result: 'no-go', exit: 1, counts, partial };
  if (undecided || mode === 'survey') return { result: 'undecided', exit: 2, counts, partial };
  return { result: mode === 'dry-run' ? 'no-objection' : 'go', exit: 0, counts, partial };
}

/** The body of the seal, without the statement a person signs over it. */
export function sealBody(plan: Plan, state: State, now: number): Omit<Bodies['seal'], 'statement' | 'principal'> {
  const { result, exit, counts } = rollUp(plan, state, now);
  return { result, exit, counts };
}

/** The one word that says what became of a step by `now`: its verdict, or who accepted it, or why there is none. */
export function wordOf(step: Pick<Step, 'nature' | 'severity'>, known: StepState, now: number): keyof Counts {
  const overlay = holds(known.overlay, now) ? known.overlay?.type : undefined;
  return wordFor(standing(step, known, now), known.verdict?.verdict, overlay);
}

function wordFor(
  stands: string,
  verdict: Verdict | undefined,
  overlay: 'waived' | 'attested' | undefined,
): keyof Counts {
  if (stands === 'deferred') return 'deferred';
  if (stands === 'red' && verdict === undefined) return 'inconclusive';
  if (verdict === undefined) return 'open';
  return overlay ?? verdict;
}
