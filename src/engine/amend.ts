// Two plans of one run: what an amended checklist changes, which verdicts no longer count, and what stays.

import { actStands, frozenBy } from './acts.ts';
import { differences, type Difference } from './difference.ts';
import { phaseSteps, stepsOf, type Plan, type Step } from './plan.ts';
import { stepState, type State } from './state.ts';
import { everyStep } from './uses.ts';

export interface ChangedStep {
  readonly before: Step;
  readonly after: Step;
  readonly differences: readonly Difference[];
  /** Named probes it reads that are others now. */
  readonly probes: readonly string[];
  /** Only the words around it differ: nothing it was judged by. Its verdict stays. */
  readonly reworded: boolean;
}

export interface Amendment {
  readonly added: readonly Step[];
  /** As they were. */
  readonly removed: readonly Step[];
  readonly changed: readonly ChangedStep[];
  /** Steps that stand behind other acts or gates now, or come at another time. */
  readonly moved: readonly Step[];
  /** Steps that are judged again although they are as they were: they rest on one that is not, or was moved. */
  readonly again: readonly Step[];
  /** Named probes that are others now. */
  readonly probes: readonly { readonly name: string; readonly differences: readonly Difference[] }[];
  /** Ids of all steps whose verdicts no longer count. */
  readonly touched: readonly string[];
  /** Phases that come at another time. */
  readonly clock: readonly { readonly phase: string; readonly before: string; readonly after: string }[];
  /** Closed phases that open again, because something in them is to be looked at. */
  readonly reopen: readonly string[];
  /** How many verdicts stay. */
  readonly kept: number;
  /** Ids of critical steps, by either plan, and of gates, that one person alone does not change. */
  readonly critical: readonly string[];
}

/** Compares the plan a run has with the one it is to go on with. Whether it may is for `refusals` to say. */
export function amendmentOf(before: Plan, after: Plan, state: State): Amendment {
  const [then, now] = [byId(before), byId(after)];
  const probes = changedProbes(before, after);
  const added = [...now.values()].filter(({ id }) => !then.has(id));
  const removed = [...then.values()].filter(({ id }) => !now.has(id));
  const names = new Set(probes.map(({ name }) => name));
  const changed = [...now.values()].flatMap((step) => changedStep(then.get(step.id), step, names));
  const moved = movedSteps(before, after);
  const judgedAnew = changed.flatMap(({ after: { id }, reworded }) => (reworded ? [] : [id]));
  const direct = new Set([...judgedAnew, ...[...removed, ...moved].map(({ id }) => id)]);
  const known = ({ id }: Step): boolean => Object.hasOwn(state.steps, id);
  const again = restingOn(direct, added, removed, { before, after, state }).filter(known);
  const touched = [...direct, ...again.map(({ id }) => id)];
  const counts = [...now.values()].filter(({ id }) => stepState(state, id).verdict !== undefined);
  return {
    added,
    removed,
    changed,
    moved,
    again,
    probes,
    touched,
    clock: otherTimes(before, after),
    reopen: reopened(after, state, [...touched, ...added.map(({ id }) => id)]),
    kept: counts.filter(({ id }) => !touched.includes(id)).length,
    critical: touched.filter((id) => [then.get(id), now.get(id)].some((step) => step !== undefined && weighs(step))),
  };
}

function byId(plan: Plan): ReadonlyMap<string, Step> {
  return new Map(everyStep(plan).map((step) => [step.id, step]));
}

/** A gate is the word of several people, whatever its severity says. */
function weighs({ severity, work }: Step): boolean {
  return severity === 'critical' || work.type === 'gate';
}

function changedProbes(before: Plan, after: Plan): Amendment['probes'] {
  return Object.values(after.probes).flatMap((probe) => {
    const was = before.probes[probe.name];
    const differ = was === undefined ? [] : differences(was, probe);
    return differ.length === 0 ? [] : [{ name: probe.name, differences: differ }];
  });
}

/** Where a step stands in the file says nothing of it; its phase counts as far as it was moved. */
function changedStep(before: Step | undefined, after: Step, names: ReadonlySet<string>): readonly ChangedStep[] {
  if (before === undefined) return [];
  const { position: _, phase: __, ...was } = before;
  const { position: ___, phase: ____, ...is } = after;
  const differ = differences(was, is);
  const probes = after.probes.filter((name) => names.has(name));
  if (differ.length + probes.length === 0) return [];
  // A person answered to the words of a question. What a machine looked at is the same under another title.
  const words = ['title', 'fix'];
  const asked = after.nature === 'asks' || after.nature === 'decides';
  const reworded =
    !asked && probes.length === 0 && differ.every(({ path }) => words.includes(path) || path.startsWith('source['));
  return [{ before, after, differences: differ, probes, reworded }];
}

/**
 * What was judged before something is changed says little once it stands behind that change. Gates that are new change
 * nothing in the world.
 */
function movedSteps(before: Plan, after: Plan): readonly Step[] {
  const [places, placesNow] = [placesOf(before), placesOf(after)];
  const both = new Set([...places.keys()].filter((id) => placesNow.has(id)));
  return [...placesNow.values()].flatMap(({ step, offsetMs, barriers }) => {
    const was = places.get(step.id);
    if (was === undefined) return [];
    const then = was.barriers.filter(({ id }) => both.has(id)).map(({ id }) => id);
    const now = barriers.filter(({ id, nature }) => both.has(id) || nature === 'changes').map(({ id }) => id);
    const passed = then.length !== now.length || then.some((id) => !now.includes(id));
    const later = was.step.phase !== step.phase && was.offsetMs !== offsetMs;
    return passed || later ? [step] : [];
  });
}

interface PlaceInPlan {
  readonly step: Step;
  readonly offsetMs: number;
  /** The acts and gates above it. */
  readonly barriers: readonly Step[];
}

function placesOf(plan: Plan): ReadonlyMap<string, PlaceInPlan> {
  const places = new Map<string, PlaceInPlan>();
  let barriers: readonly Step[] = [];
  for (const phase of plan.phases) {
    for (const step of phaseSteps(phase)) {
      places.set(step.id, { step, offsetMs: phase.offsetMs, barriers });
      if (step.nature === 'changes' || step.nature === 'decides') barriers = [...barriers, step];
    }
  }
  // What is only offered on the way back stands behind everything, at no time of its own.
  for (const step of plan.rollback) places.set(step.id, { step, offsetMs: Number.POSITIVE_INFINITY, barriers: [] });
  return places;
}

interface Compared {
  readonly before: Plan;
  readonly after: Plan;
  readonly state: State;
}

/** Steps that rest on a touched one: by what it captures, by `needs`, `since`, a recheck, or as a gate below it. */
function restingOn(
  direct: ReadonlySet<string>,
  added: readonly Step[],
  removed: readonly Step[],
  compared: Compared,
): readonly Step[] {
  const found = new Map<string, Step>();
  const touched = (id: string): boolean => direct.has(id) || found.has(id);
  const steps = everyStep(compared.after);
  const counts = ({ severity }: Step): boolean => severity !== 'advisory';
  // Whoever said go said it about the checks that stood above.
  const decidedOtherwise = (gate: Step, at: number): boolean => {
    const lost = stepsBefore(compared.before, gate.id).some((one) => removed.includes(one) && counts(one));
    return lost || steps.slice(0, at).some((one) => counts(one) && (touched(one.id) || added.includes(one)));
  };
  for (let size = -1; size < found.size;) {
    size = found.size;
    for (const [at, step] of steps.entries()) {
      if (touched(step.id) || stays(step, compared)) continue;
      const polled = step.work.type === 'gate' && decidedOtherwise(step, at);
      // What was seen behind an act that is another one now was seen of a world it had not changed.
      const behind = steps.slice(0, at).some((one) => one.nature === 'changes' && touched(one.id));
      if (polled || behind || restsOn(step).some(touched)) found.set(step.id, step);
    }
  }
  return steps.filter(({ id }) => found.has(id));
}

/** What stands above a step. */
function stepsBefore(plan: Plan, id: string): readonly Step[] {
  const steps = stepsOf(plan);
  return steps.slice(
    0,
    steps.findIndex((step) => step.id === id),
  );
}

function restsOn({ readers, needs, hold, work }: Step): readonly string[] {
  const recheck = work.type === 'probe' ? (work.recheck ?? []) : [];
  const since = hold?.since === undefined ? [] : [hold.since];
  return [...readers, ...needs.map(({ step }) => step), ...since, ...recheck];
}

/** What a change that stands was decided by, or made from, or is, does not become undone by amending something else. */
function stays(step: Step, { before, state }: Compared): boolean {
  return actStands(state, step) || frozenBy(before, state, step.id) !== undefined || decidedActs(before, state, step);
}

/** True for a gate that passed and behind which something was changed that stands. */
export function decidedActs(plan: Plan, state: State, gate: Step): boolean {
  if (gate.work.type !== 'gate' || stepState(state, gate.id).verdict?.verdict !== 'pass') return false;
  const steps = stepsOf(plan);
  const at = steps.findIndex(({ id }) => id === gate.id);
  return at !== -1 && steps.slice(at + 1).some((step) => actStands(state, step));
}

function reopened(after: Plan, state: State, ids: readonly string[]): readonly string[] {
  const closed = after.phases.filter(({ id }) => state.phases[id] === 'closed');
  return closed.filter((phase) => phaseSteps(phase).some(({ id }) => ids.includes(id))).map(({ id }) => id);
}

function otherTimes(before: Plan, after: Plan): Amendment['clock'] {
  return after.phases.flatMap(({ id, at }) => {
    const was = before.phases.find((phase) => phase.id === id);
    return was === undefined || was.at === at ? [] : [{ phase: id, before: was.at, after: at }];
  });
}
