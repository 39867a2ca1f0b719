// Why a run cannot go on with another checklist: what was changed in the world cannot be rewritten on paper.

import { actStands, frozenBy, wasSent } from './acts.ts';
import { decidedActs, type Amendment } from './amend.ts';
import { backIdsOf, findStep, phaseSteps, stepsOf, type Account, type Plan, type Step } from './plan.ts';
import { stepState, type State } from './state.ts';
import { everyStep } from './uses.ts';

interface Compared {
  readonly before: Plan;
  readonly after: Plan;
  readonly state: State;
  readonly amendment: Amendment;
}

/** One sentence for each reason; none when the run may go on with `after`. */
export function refusals(before: Plan, after: Plan, state: State, amendment: Amendment): readonly string[] {
  const elsewhere = otherPlace(before, after);
  // Of another checklist there is nothing to compare.
  if (elsewhere.length > 0) return elsewhere;
  const compared = { before, after, state, amendment };
  const steps = everyStep(before).flatMap((step) => ofStep(step, compared));
  return [...steps, ...tooLate(compared), ...phasesGone(compared), ...namesTaken(compared)];
}

function otherPlace(before: Plan, after: Plan): readonly string[] {
  if (after.checklist !== before.checklist)
    return [`this is the checklist ${after.checklist}, and the run is of ${before.checklist}`];
  if (after.target !== before.target)
    return [`this is for the target ${after.target}, and the run is for ${before.target}`];
  const own = otherAccount('', before.aws, after.aws);
  const others = Object.entries(before.accounts).flatMap(([name, account]) =>
    otherAccount(` ${name}`, account, after.accounts[name]),
  );
  return [...own, ...others];
}

function otherAccount(name: string, was: Account, is: Account | undefined): readonly string[] {
  if (is === undefined || (is.account === was.account && is.region === was.region)) return [];
  const words = (place: Account): string => `${place.account} ${place.region}`;
  return [`the account${name} is ${words(is)} here, and ${words(was)} in the run: that is a run of its own`];
}

/** What is wrong with what became of one step of the plan before. */
function ofStep(step: Step, { before, after, state, amendment }: Compared): readonly string[] {
  const { id } = step;
  const change = amendment.changed.find((one) => one.before.id === id && !one.reworded);
  const gone = !everyStep(after).some((one) => one.id === id);
  const moved = amendment.moved.some((one) => one.id === id);
  if (change === undefined && !gone && !moved) return [];
  const done = gone ? 'removed' : change === undefined ? 'moved past another act or gate' : 'changed';
  if (wasTaken(step, state)) return [`${id} was taken already: it cannot be ${done}`];
  if (decidedActs(before, state, step))
    return [`${id} passed, and what was changed behind it stands: it cannot be ${done}`];
  const frozen = change !== undefined || gone ? frozenBy(before, state, id) : undefined;
  if (frozen !== undefined)
    return [`${frozen.id} was made from what ${id} captured, and stands: ${id} cannot be ${done}`];
  const { running, interrupted, verdict } = stepState(state, id);
  const under = running || (interrupted && verdict === undefined);
  if (under && gone) return [`${id} was begun and has not ended: it cannot be removed before it has`];
  // Whether what was sent arrived is a question about the step as it was.
  if (under && step.nature === 'pokes')
    return [`${id} was sent, and whether it arrived is not known: resume and say so before it is ${done}`];
  return [];
}

/** Something was sent for it, or for its way back, whatever became of that. */
function wasTaken(step: Step, state: State): boolean {
  return step.nature === 'changes' && [step.id, ...backIdsOf(step)].some((id) => wasSent(stepState(state, id).act));
}

/**
 * A decision, a change, or a check that the change may not go without, above one that was made: as if it had been there
 * in time. Below the change it says the same, and the log does not read as if it had come first. Other checks are only
 * late.
 */
function tooLate({ after, state, amendment }: Compared): readonly string[] {
  const steps = stepsOf(after);
  const last = steps.findLastIndex((step) => actStands(state, step));
  const act = steps[last];
  if (act === undefined) return [];
  return amendment.added.flatMap((step) => {
    const at = steps.indexOf(step);
    if (at === -1 || at > last) return [];
    const what =
      step.nature === 'changes'
        ? 'an act'
        : step.nature === 'decides'
          ? 'a gate'
          : step.severity === 'critical'
            ? 'critical'
            : '';
    return what === '' ? [] : [`${step.id} is new and ${what}, and ${act.id} below it was taken already: put it below`];
  });
}

/** An open phase may go when each of its steps that has a verdict is found elsewhere. */
function phasesGone({ before, after, state }: Compared): readonly string[] {
  const gone = before.phases.filter(
    ({ id }) => state.phases[id] === 'open' && !after.phases.some((phase) => phase.id === id),
  );
  return gone.flatMap((phase) => {
    const judged = phaseSteps(phase).filter(({ id }) => stepState(state, id).verdict !== undefined);
    const lost = judged.find(({ id }) => findStep(after, id) === undefined);
    return lost === undefined ? [] : [`the phase ${phase.id} is open, and ${lost.id} in it has a verdict: keep both`];
  });
}

/** What was captured under a name stands above whatever else has that name: nothing else may have it in this run. */
function namesTaken({ after, state }: Compared): readonly string[] {
  const names = new Set([...Object.keys(after.names), ...Object.keys(after.probes), ...after.secrets]);
  return Object.entries(state.values).flatMap(([name, { step }]) =>
    step !== '' && names.has(name) ? [`${name} was captured by ${step} in this run: call it something else`] : [],
  );
}
