// Whether the turn of a step, or of a phase, had come: what stands above it is settled, and what it waits for is there.

import type { Bodies } from './events.ts';
import { dueAt } from './next.ts';
import { findStep, phaseSteps, type Plan, type Step } from './plan.ts';
import { standing } from './standing.ts';
import { stepState, type State } from './state.ts';
import { phasesOf } from './timeline.ts';

/** How far the clock of whoever wrote a line may have been behind its `at`, in ms: no waiver and no phase is late by less. */
export const graceMs = 5000;

/** Whoever waits for a person may wait for long: a waiver that ran out meanwhile says nothing about when it began. */
const whenever = Number.NEGATIVE_INFINITY;

/** The first step above this one, in the phases that the run takes, that is not settled at `now` (ms); undefined: none. */
export function unsettledAbove(plan: Plan, state: State, id: string, now: number): Step | undefined {
  const steps = phasesOf(plan, state).flatMap(phaseSteps);
  const place = steps.findIndex((step) => step.id === id);
  return steps.slice(0, Math.max(0, place)).find((step) => !isSettled(step, state, now));
}

/** Why the run has come to its end for everything but what is still to be written down; undefined: it has not. */
export function isOver(state: State): string | undefined {
  if (state.stopped !== undefined) return 'the run was ended before';
  return state.rollback?.result === 'done' ? 'what the run changed was taken back before' : undefined;
}

/** Why a step of a phase could not be begun then, in words that go on from its name. `at` in ms. */
export function beginsTooEarly(
  plan: Plan,
  state: State,
  step: Step,
  why: Bodies['step.start']['why'],
  at: number,
): string | undefined {
  const mode = state.opened?.mode ?? 'run';
  if (mode === 'dry-run' && (step.nature === 'pokes' || step.nature === 'changes' || step.nature === 'decides'))
    return 'a dry run takes no poke, no act and no gate';
  const over = isOver(state);
  if (over !== undefined) return over;
  if (!phasesOf(plan, state).some(({ id }) => id === step.phase))
    return `the run does not take its phase ${step.phase}`;
  if (state.phases[step.phase] === undefined) return `its phase ${step.phase} was not opened`;
  const { attempt, verdict } = stepState(state, step.id);
  const anew = why === 'recheck' || why === 'retry' || why === 'again';
  if (anew && attempt === 0) return 'it was never begun, so that nothing could be done again';
  if (why === 'recheck' && (step.nature !== 'looks' || verdict === undefined)) return 'there is no look to check again';
  if (mode !== 'run') return undefined;
  const first = verdict === undefined && !anew;
  const barrier = step.nature === 'decides' || (first && step.nature === 'changes');
  const open = barrier
    ? unsettledAbove(plan, state, step.id, whenever)
    : first
      ? barrierAbove(plan, state, step)
      : undefined;
  if (open !== undefined) return `${open.id} above it is not settled`;
  return first ? waitsFor(plan, state, step, at) : undefined;
}

/** The first act or gate above it, or step of an earlier phase that is open still, that has to be settled before. */
function barrierAbove(plan: Plan, state: State, step: Step): Step | undefined {
  const phases = phasesOf(plan, state);
  const place = phases.findIndex(({ id }) => id === step.phase);
  const earlier = phases.slice(0, place).filter(({ id }) => state.phases[id] !== 'closed');
  const own = phases.slice(place, place + 1).flatMap(phaseSteps);
  const above = own.slice(
    0,
    own.findIndex(({ id }) => id === step.id),
  );
  const barriers = above.filter(({ nature }) => nature === 'changes' || nature === 'decides');
  return [...earlier.flatMap(phaseSteps), ...barriers].find((one) => !isSettled(one, state, whenever));
}

/** What it needs, or reads, has to be settled, and its time to be over. What a gate looked at again begins no time anew. */
function waitsFor(plan: Plan, state: State, step: Step, at: number): string | undefined {
  const lags = step.nature !== 'decides';
  for (const { step: id, lagMs } of [...step.needs, ...step.readers.map((one) => ({ step: one, lagMs: 0 }))]) {
    const other = findStep(plan, id);
    if (other === undefined || !isSettled(other, state, whenever)) return `it needs ${id}, which is not settled`;
    const settledAt = Date.parse(stepState(state, id).verdict?.at ?? state.at);
    if (lags && lagMs > 0 && settledAt + lagMs > at + graceMs) return `it comes too soon after ${id}`;
  }
  return undefined;
}

/** Why the phase could not open then. `reopen`: the phases that an amendment just before it opens once more. */
export function opensTooEarly(
  plan: Plan,
  state: State,
  id: string,
  reopen: readonly string[],
  at: number,
): string | undefined {
  const phases = phasesOf(plan, state);
  const place = phases.findIndex((phase) => phase.id === id);
  const phase = phases[place];
  if (reopen.includes(id)) return undefined;
  if (phase === undefined) return 'the run has no such phase';
  if (state.phases[id] !== undefined) return `it is ${state.phases[id]} already`;
  const over = isOver(state);
  if (over !== undefined) return over;
  const earlier = phases.slice(0, place);
  const open = earlier.find((one) => state.phases[one.id] !== 'closed');
  if (open !== undefined) return `the phase ${open.id} before it is not closed`;
  if (dueAt(phase, state) > at + graceMs) return `it comes at ${phase.at}, and that was not yet`;
  if (state.opened?.mode !== 'run') return undefined;
  const left = earlier.flatMap(phaseSteps).find((step) => !isSettled(step, state, at - graceMs));
  return left === undefined ? undefined : `${left.id} before it is not settled`;
}

/** Why the phase could not close then. What nobody could answer stays open in a dry run and a survey. */
export function closesTooEarly(plan: Plan, state: State, id: string, at: number): string | undefined {
  const phase = phasesOf(plan, state).find((one) => one.id === id);
  if (phase === undefined || state.phases[id] !== 'open') return 'it is not open';
  const strict = state.opened?.mode === 'run';
  const left = phaseSteps(phase).find(
    (step) => stepState(state, step.id).running || (strict && !isSettled(step, state, at - graceMs)),
  );
  return left === undefined ? undefined : `${left.id} in it is not settled`;
}

/** What nobody has to do is settled, whatever was forgotten of it. */
function isSettled(step: Step, state: State, now: number): boolean {
  return step.skip !== undefined || standing(step, stepState(state, step.id), now) === 'settled';
}
