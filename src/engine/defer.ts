// What this mode does not take, and what stands behind it. A run defers nothing; a dry run takes no act, poke or gate;
// a survey goes past reds and defers what depends on one.

import { findStep, phaseSteps, type Plan, type Step } from './plan.ts';
import { standing } from './standing.ts';
import { stepState, type State } from './state.ts';
import type { View } from './next.ts';

/** Why the step is deferred, and on which step; undefined when it can be decided. */
export function deferral(plan: Plan, step: Step, state: State, view: View): { reason: string; on: string } | undefined {
  const mode = state.opened?.mode ?? 'run';
  if (mode === 'run') return undefined;
  const behind = mode === 'dry-run' ? dryDeferral(plan, step, state) : undefined;
  if (behind) return behind;
  const on = undecidedNeed(plan, step, state, view, mode === 'survey');
  return on ? { reason: `needs ${on}, which is not decided`, on } : undefined;
}

/** The same for a dry run, by where the step stands alone: also before anything was looked at. */
export function dryDeferral(plan: Plan, step: Step, state: State): { reason: string; on: string } | undefined {
  if (step.nature === 'pokes') return { reason: 'a dry run sends nothing that could change something', on: step.id };
  if (step.nature === 'changes') return { reason: 'a dry run takes no act', on: step.id };
  if (step.nature === 'decides') return { reason: 'a dry run passes no gate', on: step.id };
  const barrier = barrierAbove(plan, step, state);
  if (barrier) return { reason: `a dry run does not get past ${barrier}`, on: barrier };
  const gate = returnGateBefore(plan, step);
  return gate ? { reason: `a dry run does not get past the point of no return at ${gate}`, on: gate } : undefined;
}

function barrierAbove(plan: Plan, step: Step, state: State): string | undefined {
  const phase = plan.phases.find((candidate) => candidate.id === step.phase);
  for (const other of phase ? phaseSteps(phase) : []) {
    if (other.id === step.id) return undefined;
    const barrier = other.nature === 'changes' || other.nature === 'decides';
    if (barrier && other.skip === undefined && stepState(state, other.id).verdict === undefined) return other.id;
  }
  return undefined;
}

function returnGateBefore(plan: Plan, step: Step): string | undefined {
  for (const phase of plan.phases) {
    if (phase.id === step.phase) return undefined;
    const gate = phaseSteps(phase).find((other) => other.work.type === 'gate' && other.work.pointOfNoReturn);
    if (gate) return gate.id;
  }
  return undefined;
}

/** The first step it refers to that is deferred, left open, or (in a survey) red. */
function undecidedNeed(plan: Plan, step: Step, state: State, view: View, pastReds: boolean): string | undefined {
  const rechecks = step.work.type === 'probe' ? (step.work.recheck ?? []) : [];
  const since = step.hold?.since === undefined ? [] : [step.hold.since];
  const refers = [...step.needs.map((need) => need.step), ...step.readers, ...rechecks, ...since];
  return refers.find((id) => {
    const other = findStep(plan, id);
    if (other === undefined) return false;
    const stand = standing(other, stepState(state, id), view.now);
    return (
      stand === 'deferred' ||
      (stand === 'open' && view.silent.has(id)) ||
      (stand === 'red' && (pastReds || state.opened?.mode === 'dry-run'))
    );
  });
}
