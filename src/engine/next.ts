// (plan, state, view) → what may happen next. Nothing else drives the runner.

import { causeOf } from './cause.ts';
import { deferral } from './defer.ts';
import type { Order } from './decide.ts';
import { findStep, phaseSteps, type Phase, type Plan, type Step } from './plan.ts';
import { standing, type Standing } from './standing.ts';
import { stepState, type State } from './state.ts';

/** What the runner knows and the log does not. */
export interface View {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Asks and gates nobody can answer in this session: left open. */
  readonly silent: ReadonlySet<string>;
}

/** The next thing that is done alone: with a person, or because it pokes or changes. */
export type Turn =
  | { readonly what: 'ask' | 'poke' | 'act' | 'gate'; readonly step: Step }
  /** Reds that stop in front of a person; more than one when they have one cause. */
  | { readonly what: 'red'; readonly step: Step; readonly same: readonly Step[] }
  /** A way back that was begun and not brought to its end: nothing else happens before. `deeper`: past the last gate. */
  | { readonly what: 'rollback'; readonly deeper?: boolean };

export interface Next {
  /** What the engine itself orders: phases that open and close, steps that are skipped or deferred. Carry these out first. */
  readonly orders: readonly Order[];
  /** Looks that may start now, side by side. */
  readonly looks: readonly Step[];
  readonly turn?: Turn;
  /** The phase at hand. */
  readonly phase?: Phase;
  /** When the next thing is due, in ms; Infinity when that hangs on T, which is not set. */
  readonly until?: number;
  /** Every phase is closed: the run may be sealed. */
  readonly done: boolean;
}

const nothing: Next = { orders: [], looks: [], done: false };

/** What may happen next. */
export function next(plan: Plan, state: State, view: View): Next {
  // Somebody ended the run: whatever was due then is not done any more, in a later session neither.
  if (state.stopped) return { ...nothing, done: true };
  if (state.rollback && state.rollback.result !== 'partial') return { ...nothing, turn: { what: 'rollback' } };
  const only = state.opened?.phases ?? [];
  for (const phase of plan.phases) {
    if (only.length > 0 && !only.includes(phase.id)) continue;
    if (state.phases[phase.id] === 'closed' && !reopened(phase, state, view.now)) continue;
    if (state.phases[phase.id] === undefined) {
      const due = dueAt(phase, state);
      if (due > view.now) return { ...nothing, phase, until: due };
      return { ...nothing, phase, orders: [{ order: 'open-phase', phase: phase.id }] };
    }
    return inPhase(plan, phase, state, view);
  }
  return { ...nothing, done: true };
}

/**
 * When the phase may open, in ms. While T is unset, phases up to T are due at once and later ones hang on it (Infinity).
 * A dry run waits for no offset.
 */
export function dueAt(phase: Phase, state: State): number {
  if (state.opened?.mode === 'dry-run') return Number.NEGATIVE_INFINITY;
  if (state.t0 === undefined) return phase.offsetMs <= 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Date.parse(state.t0) + phase.offsetMs;
}

/**
 * What was settled when the phase closed may not be any more: a gate looked again, an earlier step was run again, a
 * waiver expired. Nothing further on starts before it is settled once more.
 */
function reopened(phase: Phase, state: State, now: number): boolean {
  const goesOn = state.opened?.mode !== 'run';
  return phaseSteps(phase).some((step) => {
    const known = stepState(state, step.id);
    return known.attempt > 0 && !done(standing(step, known, now), goesOn);
  });
}

/** Within an open phase: a barrier (act or gate) waits for all above it, and all below it wait for the barrier. */
function inPhase(plan: Plan, phase: Phase, state: State, view: View): Next {
  const steps = phaseSteps(phase);
  const stands = new Map(steps.map((step) => [step.id, standing(step, stepState(state, step.id), view.now)]));
  const orders = steps.flatMap((step) => settleByItself(plan, step, state, stands.get(step.id), view));
  if (orders.length > 0) return { ...nothing, phase, orders };

  const goesOn = state.opened?.mode !== 'run';
  const running = steps.some((step) => stands.get(step.id) === 'running');
  const poking = steps.some((step) => stands.get(step.id) === 'running' && step.nature !== 'looks');
  const looks: Step[] = [];
  const redTurn = (step: Step): Turn => ({ what: 'red', step, same: sameCause(step, steps, state, stands) });
  // What held and broke comes before every question, wherever it stands.
  const broken = goesOn ? undefined : steps.find((step) => step.hold && stands.get(step.id) === 'red');
  let turn = broken && redTurn(broken);
  let until: number | undefined;
  let above = true;
  // Asks, pokes and barriers go in file order: behind one that cannot be taken yet, no other one is.
  let queued = false;
  for (const step of steps) {
    const stand = stands.get(step.id);
    const barrier = step.nature === 'changes' || step.nature === 'decides';
    if (stand === 'open') {
      const ready = readyAt(plan, step, state, view.now);
      if (ready !== undefined && ready > view.now) until = Math.min(until ?? Number.POSITIVE_INFINITY, ready);
      const may = ready !== undefined && ready <= view.now && !poking;
      if (step.nature === 'looks') {
        if (may) looks.push(step);
      } else if (!view.silent.has(step.id)) {
        if (turn === undefined && !queued && may && (!barrier || above)) turn = turnOf(step, running);
        queued = true;
      }
    } else if (stand === 'red' && !goesOn && turn === undefined) {
      turn = redTurn(step);
    }
    if (barrier && !done(stand, goesOn) && !(goesOn && view.silent.has(step.id))) break;
    above = above && done(stand, goesOn);
  }
  const closed = steps.every((step) => done(stands.get(step.id), goesOn) || (goesOn && view.silent.has(step.id)));
  if (closed) return { ...nothing, phase, orders: [{ order: 'close-phase', phase: phase.id }] };
  return { orders: [], looks, phase, done: false, ...(turn && { turn }), ...(until !== undefined && { until }) };
}

function done(stand: Standing | undefined, goesOn: boolean): boolean {
  return stand === 'settled' || stand === 'deferred' || (goesOn && stand === 'red');
}

/** A poke is done alone: not while a look still runs. */
function turnOf(step: Step, running: boolean): Turn | undefined {
  if (step.nature === 'asks') return { what: 'ask', step };
  if (step.nature === 'decides') return running ? undefined : { what: 'gate', step };
  if (running) return undefined;
  return { what: step.nature === 'changes' ? 'act' : 'poke', step };
}

/** Steps no one needs to do: `when:` does not hold, or this mode does not take what they stand behind. */
function settleByItself(
  plan: Plan,
  step: Step,
  state: State,
  stand: Standing | undefined,
  view: View,
): readonly Order[] {
  if (stand !== 'open') return [];
  if (step.skip !== undefined) return [{ order: 'skip', step: step.id, reason: step.skip }];
  const behind = deferral(plan, step, state, view);
  return behind ? [{ order: 'defer', step: step.id, ...behind }] : [];
}

/** From when on its `needs` and the captures it reads allow it, in ms; undefined while one of them is not settled. */
function readyAt(plan: Plan, step: Step, state: State, now: number): number | undefined {
  const waits = [...step.needs, ...step.readers.map((id) => ({ step: id, lagMs: 0 }))];
  let ready = Number.NEGATIVE_INFINITY;
  for (const need of waits) {
    const other = findStep(plan, need.step);
    const known = stepState(state, need.step);
    if (other === undefined || standing(other, known, now) !== 'settled') return undefined;
    const settledAt = Date.parse(known.verdict?.at ?? state.at);
    if (state.opened?.mode !== 'dry-run' && need.lagMs > 0) ready = Math.max(ready, settledAt + need.lagMs);
  }
  return ready;
}

/** Errors with the same cause are told, and retried, as one. */
function sameCause(
  step: Step,
  steps: readonly Step[],
  state: State,
  stands: ReadonlyMap<string, Standing>,
): readonly Step[] {
  const cause = errorCause(step, state);
  if (cause === undefined) return [];
  return steps.filter(
    (other) => other.id !== step.id && stands.get(other.id) === 'red' && errorCause(other, state) === cause,
  );
}

function errorCause(step: Step, state: State): string | undefined {
  const seen = stepState(state, step.id).verdict;
  return seen?.verdict === 'error' && seen.reason !== '' ? causeOf(seen.reason) : undefined;
}
