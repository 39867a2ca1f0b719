// What acts did that has not been taken back: what a way back would undo, and what may not be captured again.

import { stepsOf, type Plan, type Step } from './plan.ts';
import { stepState, undoOf, type ActState, type State } from './state.ts';

/** True while a change that this act made, or may have made, was not seen to be taken back. */
export function actStands(state: State, id: string): boolean {
  const { act } = stepState(state, id);
  if (act === undefined || (act.outcome !== 'done' && act.outcome !== 'unknown')) return false;
  const back = stepState(state, undoOf(id));
  // Sent is not taken back: that has to be seen.
  return !wayBackBegun(state, id) || !inPlace(back.act) || back.verdict?.verdict !== 'pass';
}

/** True when something was done about taking this act back since it was made. */
export function wayBackBegun(state: State, id: string): boolean {
  const { act } = stepState(state, id);
  const back = stepState(state, undoOf(id)).act;
  return act !== undefined && back !== undefined && back.seq > act.seq;
}

/** True when what a change was to bring about was made, or found in place. */
export function inPlace(act: ActState | undefined): boolean {
  return act?.outcome === 'done' || act?.outcome === 'already';
}

/** The acts that stand, newest first: the order in which they are taken back. */
export function actsThatStand(plan: Plan, state: State): readonly Step[] {
  const begun = (step: Step): string => stepState(state, step.id).act?.at ?? '';
  // Acts go in file order, so that the later one is the newer one where two were begun in one millisecond.
  return stepsOf(plan)
    .filter(({ id }) => actStands(state, id))
    .toReversed()
    .toSorted((a, b) => (begun(a) < begun(b) ? 1 : begun(a) > begun(b) ? -1 : 0));
}

/** The act whose way back has this id; undefined for every other id. */
export function actTakenBackBy(plan: Plan, id: string): Step | undefined {
  return stepsOf(plan).find((step) => step.nature === 'changes' && undoOf(step.id) === id);
}

/** True while a way back is under way: nothing else is changed then. */
export function takingBack(state: State): boolean {
  return state.rollback !== undefined && state.rollback.result === undefined;
}

/** The last gate that passed above the oldest act that stands; empty without one. */
export function gateBelowActs(plan: Plan, state: State): string {
  const steps = stepsOf(plan);
  const oldest = steps.findIndex(({ id }) => actStands(state, id));
  const passed = steps
    .slice(0, Math.max(0, oldest))
    .filter((step) => step.work.type === 'gate' && stepState(state, step.id).verdict?.verdict === 'pass');
  return passed.at(-1)?.id ?? '';
}

/** Steps that read what this one captures, directly or through the captures of another. */
export function readersOf(plan: Plan, id: string): readonly Step[] {
  const found = new Set<Step>();
  const queue = [id];
  for (let of = queue.pop(); of !== undefined; of = queue.pop()) {
    for (const other of stepsOf(plan)) {
      if (!other.readers.includes(of) || found.has(other)) continue;
      found.add(other);
      queue.push(other.id);
    }
  }
  return [...found];
}

/** The act that stands and rests on what this step captured: it is not captured again. Undefined when it may be. */
export function frozenBy(plan: Plan, state: State, id: string): Step | undefined {
  return readersOf(plan, id).find((reader) => reader.nature === 'changes' && actStands(state, reader.id));
}
