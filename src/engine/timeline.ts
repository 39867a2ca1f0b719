// The clock of a run: what was planned against what happened, and until when going back still keeps its budgets.

import { actsInReach } from './acts.ts';
import { dueAt } from './next.ts';
import { phaseSteps, stepsOf, type Phase, type Plan, type Step } from './plan.ts';
import { stepState, type State } from './state.ts';

/** When a phase was to begin, and when it did. All in ms since 1970. */
export interface PhaseTimes {
  readonly phase: Phase;
  /** Absent while nothing says when: T is not set, or a dry run, which waits for nothing. */
  readonly planned?: number;
  readonly opened?: number;
  readonly closed?: number;
  /** How much later than planned it was opened; negative: earlier. */
  readonly lateMs?: number;
}

/** When a step was begun and decided, in ms since 1970; absent where that did not happen. */
export interface StepTimes {
  readonly step: Step;
  readonly begun?: number;
  readonly ended?: number;
  readonly tookMs?: number;
}

/** A gate behind which going back is the way back, and nothing less. In ms since 1970. */
export interface NoReturn {
  readonly gate: Step;
  readonly planned?: number;
  readonly passed?: number;
}

/** What going back takes. */
export interface WayBackTimes {
  /** Acts with a way back, in the order they are given. */
  readonly acts: readonly Step[];
  /** Those among them that do not say how long it may take: no sum counts them. */
  readonly unknown: readonly Step[];
  /** Acts that have none: they stay whatever happens. */
  readonly none: readonly Step[];
  /** The sum of the budgets that are known, in ms. */
  readonly budgetMs: number;
  /** The phase that counts on what was changed: nothing should be under way any more when it is due. */
  readonly next?: { readonly phase: Phase; readonly due: number };
  /** The latest moment, in ms, at which going back is over before `next`. Absent where one of the parts is not known. */
  readonly latest?: number;
}

/** The phases this run takes, in order. */
export function phasesOf(plan: Plan, state: State): readonly Phase[] {
  const only = state.opened?.phases ?? [];
  return only.length === 0 ? plan.phases : plan.phases.filter(({ id }) => only.includes(id));
}

/**
 * When a phase is planned to begin, in ms. A phase that may begin before T was nowhere planned when T is only the moment
 * of a go: nobody knew it then.
 */
export function plannedAt(phase: Phase, state: State): number | undefined {
  if (state.t0From === 'gate' && phase.offsetMs <= 0) return undefined;
  const due = dueAt(phase, state);
  return Number.isFinite(due) ? due : undefined;
}

/** Planned against actual, for each phase of this run. */
export function phaseTimes(plan: Plan, state: State): readonly PhaseTimes[] {
  return phasesOf(plan, state).map((phase) => {
    const planned = plannedAt(phase, state);
    const opened = moment(state.phaseTimes[phase.id]?.opened);
    const closed = moment(state.phaseTimes[phase.id]?.closed);
    return {
      phase,
      ...(planned !== undefined && { planned }),
      ...(opened !== undefined && { opened }),
      ...(closed !== undefined && { closed }),
      ...(planned !== undefined && opened !== undefined && { lateMs: opened - planned }),
    };
  });
}

/** When each step of the checklist was begun and decided. */
export function stepTimes(plan: Plan, state: State): readonly StepTimes[] {
  return stepsOf(plan).map((step) => {
    const { begun: began, verdict } = stepState(state, step.id);
    const begun = moment(began);
    const ended = moment(verdict?.at);
    const times = { ...(begun !== undefined && { begun }), ...(ended !== undefined && { ended }) };
    const both = begun !== undefined && ended !== undefined;
    return { step, ...times, ...(both && { tookMs: Math.max(0, ended - begun) }) };
  });
}

/** The phase at hand: the first that is not closed. Undefined once all are, or the run has ended. */
export function phaseAtHand(plan: Plan, state: State): Phase | undefined {
  if (state.sealed || state.stopped) return undefined;
  return phasesOf(plan, state).find(({ id }) => state.phases[id] !== 'closed');
}

/**
 * How much the run is behind its plan at `now`, in ms; negative: ahead of it. A phase that should have begun by now says
 * more than when the one at hand was begun. Undefined where there is no plan to be behind.
 */
export function behindMs(plan: Plan, state: State, now: number): number | undefined {
  const atHand = phaseAtHand(plan, state);
  if (atHand === undefined) return undefined;
  const times = phaseTimes(plan, state);
  const from = times.findIndex(({ phase }) => phase === atHand);
  const overdue = times
    .slice(from)
    .flatMap(({ planned, opened }) => (opened === undefined && planned !== undefined ? [now - planned] : []))
    .filter((late) => late > 0);
  return overdue.length > 0 ? Math.max(...overdue) : times[from]?.lateMs;
}

/** The points of no return of this run. */
export function noReturns(plan: Plan, state: State): readonly NoReturn[] {
  return phasesOf(plan, state).flatMap((phase) =>
    phaseSteps(phase).flatMap((gate): readonly NoReturn[] => {
      if (gate.work.type !== 'gate' || !gate.work.pointOfNoReturn || gate.skip !== undefined) return [];
      const { verdict } = stepState(state, gate.id);
      const passed = verdict?.verdict === 'pass' ? moment(verdict.at) : undefined;
      const planned = plannedAt(phase, state);
      return [{ gate, ...(planned !== undefined && { planned }), ...(passed !== undefined && { passed }) }];
    }),
  );
}

/**
 * What going back takes right now: the acts a way back would take back unasked. What was changed before a point of no
 * return may be taken back at any time: no moment is the latest.
 */
export function wayBackNow(plan: Plan, state: State): WayBackTimes {
  const acts = actsInReach(plan, state);
  const { latest, ...back } = wayBackOf(plan, state, acts);
  const steps = stepsOf(plan);
  const gates = noReturns(plan, state);
  const passed = gates.findLast((gate) => gate.passed !== undefined);
  const behind = passed !== undefined && acts.every((act) => steps.indexOf(act) > steps.indexOf(passed.gate));
  return latest !== undefined && (gates.length === 0 || behind) ? { ...back, latest } : back;
}

/** The acts that come behind a gate in file order, as far as they are taken at all. */
export function actsBehind(plan: Plan, state: State, gate: Step): readonly Step[] {
  const steps = phasesOf(plan, state).flatMap(phaseSteps);
  const place = steps.findIndex(({ id }) => id === gate.id);
  return steps.slice(place + 1).filter(({ nature, skip }) => nature === 'changes' && skip === undefined);
}

/** What going back will take once the first phase that changes something behind this gate is through. */
export function wayBackBehind(plan: Plan, state: State, gate: Step): WayBackTimes {
  const behind = actsBehind(plan, state, gate);
  return wayBackOf(
    plan,
    state,
    behind.filter(({ phase }) => phase === behind[0]?.phase),
  );
}

function wayBackOf(plan: Plan, state: State, all: readonly Step[]): WayBackTimes {
  const acts = all.filter((step) => noWayBack(step) === undefined);
  const budgets = acts.map(budgetOf);
  const unknown = acts.filter((step) => budgetOf(step) === undefined);
  const budgetMs = budgets.reduce<number>((sum, budget) => sum + (budget ?? 0), 0);
  const next = dueBehind(plan, state, acts);
  const known = acts.length > 0 && unknown.length === 0 && next !== undefined;
  return {
    acts,
    unknown,
    none: all.filter((step) => noWayBack(step) !== undefined),
    budgetMs,
    ...(next !== undefined && { next }),
    ...(known && { latest: next.due - budgetMs }),
  };
}

/** The first phase with a date that comes after all these acts: what comes then counts on them. */
function dueBehind(plan: Plan, state: State, acts: readonly Step[]): WayBackTimes['next'] {
  const phases = phasesOf(plan, state);
  const last = Math.max(...acts.map((act) => phases.findIndex(({ id }) => id === act.phase)));
  if (last < 0) return undefined;
  for (const phase of phases.slice(last + 1)) {
    const due = plannedAt(phase, state);
    if (due !== undefined) return { phase, due };
  }
  return undefined;
}

/** How long the way back of this act may take, in ms; undefined where it does not say. */
export function budgetOf({ work }: Step): number | undefined {
  return work.type === 'act' ? work.budgetMs : undefined;
}

/** Why an act has no way back; undefined for one that has. */
export function noWayBack(step: Step): string | undefined {
  return step.work.type === 'act' ? step.work.noUndo : undefined;
}

function moment(at: string | undefined): number | undefined {
  return at === undefined || at === '' ? undefined : Date.parse(at);
}
