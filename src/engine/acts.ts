// What acts did that has not been taken back: what a way back would undo, and what may not be captured again.

import { backIdsOf, findStep, stepsOf, type Plan, type Step } from './plan.ts';
import { stepState, type ActState, type State } from './state.ts';

/** True while a change that this act made, or may have made, was not seen to be taken back. */
export function actStands(state: State, step: Step): boolean {
  const { act } = stepState(state, step.id);
  return act !== undefined && wasSent(act) && !backIdsOf(step).every((id) => takenBack(state, id, act));
}

/** True when it was sent, or may have been. What failed may have changed something before it did. */
export function wasSent(act: ActState | undefined): boolean {
  return act?.outcome === 'done' || act?.outcome === 'unknown' || act?.outcome === 'failed';
}

/** True when this part of a way back was taken since the act was made. Sent is not taken back: that has to be seen. */
function takenBack(state: State, id: string, of: ActState): boolean {
  const { act, verdict } = stepState(state, id);
  return act !== undefined && act.seq > of.seq && inPlace(act) && verdict?.verdict === 'pass';
}

/** The parts of the way back of an act that are still to be taken, in their order. */
export function partsLeft(state: State, step: Step): readonly string[] {
  const { act } = stepState(state, step.id);
  return backIdsOf(step).filter((id) => act === undefined || !takenBack(state, id, act));
}

/** True when something was done about taking this act back since it was made. */
export function wayBackBegun(state: State, step: Step): boolean {
  const { act } = stepState(state, step.id);
  return backIdsOf(step).some((id) => {
    const back = stepState(state, id).act;
    return act !== undefined && back !== undefined && back.seq > act.seq;
  });
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
    .filter((step) => actStands(state, step))
    .toReversed()
    .toSorted((a, b) => (begun(a) < begun(b) ? 1 : begun(a) > begun(b) ? -1 : 0));
}

/** All acts behind a gate, in file order; behind none: all there are. */
export function actsReached(plan: Plan, to: string): readonly Step[] {
  const steps = stepsOf(plan);
  return steps.slice(steps.findIndex(({ id }) => id === to) + 1).filter(({ nature }) => nature === 'changes');
}

/** The acts a way back to this gate takes back, newest first; to no gate: all that stand. */
export function actsToTakeBack(plan: Plan, state: State, to: string): readonly Step[] {
  const reached = new Set(actsReached(plan, to));
  return actsThatStand(plan, state).filter((step) => reached.has(step));
}

/** True when this change (of an act, or of a part of its way back) was made and is still what it was made for. */
export function isInForce(state: State, step: Step, id: string): boolean {
  const { act } = stepState(state, id);
  if (act?.outcome !== 'done') return false;
  return id === step.id ? actStands(state, step) : act.seq > (stepState(state, step.id).act?.seq ?? -1);
}

/** True when what an act was to bring about is there, by it or without it, and was not taken back. */
export function isBroughtAbout(state: State, step: Step): boolean {
  const { act } = stepState(state, step.id);
  return act?.outcome === 'already' || (act?.outcome === 'done' && actStands(state, step));
}

/** True for a step that changes nothing, and for a change that was made or found in place, and was not taken back since. */
export function changedAsItSays(plan: Plan, state: State, id: string): boolean {
  const step = findStep(plan, id);
  if (step !== undefined) return step.nature !== 'changes' || isBroughtAbout(state, step);
  const act = actTakenBackBy(plan, id);
  const back = stepState(state, id).act;
  return act === undefined || (inPlace(back) && (back?.seq ?? -1) > (stepState(state, act.id).act?.seq ?? -1));
}

/** The act whose way back, or a part of it, has this id; undefined for every other id. */
export function actTakenBackBy(plan: Plan, id: string): Step | undefined {
  const end = id.indexOf('.');
  const step = end === -1 ? undefined : findStep(plan, id.slice(0, end));
  return step?.nature === 'changes' && backIdsOf(step).includes(id) ? step : undefined;
}

/** True while a way back is under way: nothing else is changed then. */
export function takingBack(state: State): boolean {
  return state.rollback !== undefined && state.rollback.result === undefined;
}

/**
 * How far a way back reaches unasked: to the last gate that passed and that something was changed behind. Empty where
 * there is none: then to the beginning.
 */
export function gateBehindActs(plan: Plan, state: State): string {
  const steps = stepsOf(plan);
  const passed = steps.filter(
    (step, index) =>
      step.work.type === 'gate' &&
      stepState(state, step.id).verdict?.verdict === 'pass' &&
      steps.slice(index + 1).some((below) => actStands(state, below)),
  );
  return passed.at(-1)?.id ?? '';
}

/** Those of them that a way back still has to bring back: what has none stays, as was said before it was confirmed. */
export function actsLeft(plan: Plan, state: State, to: string): readonly Step[] {
  return actsToTakeBack(plan, state, to).filter(hasWayBack);
}

/** True for an act that can be taken back. */
export function hasWayBack({ work }: Step): boolean {
  return work.type === 'act' && work.noUndo === undefined;
}

/** What a way back takes back unasked: all that was changed behind the last gate with something behind it. */
export function actsInReach(plan: Plan, state: State): readonly Step[] {
  return actsToTakeBack(plan, state, gateBehindActs(plan, state));
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
  return readersOf(plan, id).find((reader) => reader.nature === 'changes' && actStands(state, reader));
}

/** Why a step is not captured again. */
export function frozenWords(step: string, act: string): string {
  return `${act} rests on what ${step} captured, and stands: it is not captured again before that was taken back`;
}
