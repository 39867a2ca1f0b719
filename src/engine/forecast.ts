// When a run will come to its end, by what is known beforehand: due times, holds, and what people and changes take at
// least. A forecast and no promise: nothing is decided by it but whether credentials last.

import { watchFrom } from './hold.ts';
import { dueAt } from './next.ts';
import { phaseSteps, type Hold, type Phase, type Plan, type Step } from './plan.ts';
import { standing } from './standing.ts';
import { stepState, type State } from './state.ts';
import { phasesOf } from './timeline.ts';

/** A session closes rather than idle longer than this, in ms. */
export const idleMaxMs = 600_000;

/** What is counted for a turn of which nothing says how long it takes, in ms. A red is a question too. */
const turnMs = { pokes: 60_000, asks: 60_000, red: 60_000, changes: 120_000, decides: 180_000 } as const;
const minuteMs = 60_000;

/** True for a step whose source remembers: what it holds for need not be watched while it happens. */
export type Remembers = (step: Step) => boolean;

/** How long steps took in past runs, in ms by id: the middle one of their times. */
export interface Usual {
  /** How many runs that is from. */
  readonly runs: number;
  readonly ms: ReadonlyMap<string, number>;
}

/** When a phase that is not closed will be under way, in ms; absent where that hangs on T, which is not set. */
export interface PhaseForecast {
  readonly phase: Phase;
  readonly begins?: number;
  readonly ends?: number;
}

/** A hold that is not decided, and whose time runs already. All in ms since 1970. */
export interface HoldUnderWay {
  readonly step: Step;
  /** When the time it has to hold for is over. */
  readonly over: number;
  /** When it can be judged: what its source says late is waited for. */
  readonly judged: number;
  /** Its time runs whoever is at it. Otherwise somebody has to look, and it begins anew where nobody did. */
  readonly remembered: boolean;
}

/**
 * The phases to come. Empty for a run that ended, is taken back, or waits for nothing. `now` in ms. What `usual` knows of a step
 * counts instead of what is counted where nothing says how long it takes; a hold takes what it takes, and a red is a red.
 */
export function forecast(
  plan: Plan,
  state: State,
  now: number,
  remembers: Remembers,
  usual?: Usual,
): readonly PhaseForecast[] {
  const over = state.sealed !== undefined || state.stopped !== undefined;
  const back = state.rollback !== undefined && state.rollback.result !== 'partial';
  if (over || back || state.opened === undefined || state.opened.mode === 'dry-run') return [];
  const times = usual?.ms ?? new Map<string, number>();
  const walk: Walk = { plan, state, now, remembers, usual: times, ends: new Map(), at: now };
  let known = true;
  return phasesOf(plan, state)
    .filter(({ id }) => state.phases[id] !== 'closed')
    .map((phase) => {
      const opened = state.phases[phase.id] === 'open';
      const due = opened
        ? now
        : state.t0 === undefined && walk.t0 !== undefined
          ? walk.t0 + phase.offsetMs
          : dueAt(phase, state);
      known &&= due !== Number.POSITIVE_INFINITY;
      if (!known) return { phase };
      const begins = Math.max(walk.at, due);
      walk.at = begins;
      walkPhase(walk, phase);
      return { phase, begins, ends: walk.at };
    });
}

/** When the last phase ends, in ms; undefined where that is not known, or there is none. */
export function endOfRun(phases: readonly PhaseForecast[]): number | undefined {
  return phases.at(-1)?.ends;
}

/**
 * The phases until there is a break long enough that the session closes: what comes after it begins anew, with people and
 * credentials of its own.
 */
export function phasesOfSession(phases: readonly PhaseForecast[]): readonly PhaseForecast[] {
  const far = phases.findIndex(({ begins }, index) => {
    const before = phases[index - 1]?.ends;
    return index > 0 && (before === undefined || begins === undefined || begins - before > idleMaxMs);
  });
  return far === -1 ? phases : phases.slice(0, far);
}

/** The holds whose time runs at `now` (ms), in file order. */
export function holdsUnderWay(plan: Plan, state: State, now: number, remembers: Remembers): readonly HoldUnderWay[] {
  const steps = phasesOf(plan, state).flatMap(phaseSteps);
  return steps.flatMap((step): readonly HoldUnderWay[] => {
    const known = stepState(state, step.id);
    const stands = standing(step, known, now);
    if (step.hold === undefined || step.skip !== undefined || (stands !== 'open' && stands !== 'running')) return [];
    const remembered = remembers(step);
    const from = remembered ? rememberedFrom(step, step.hold, state) : liveFrom(step, state);
    if (from === undefined) return [];
    return [{ step, remembered, ...windowOf(step.hold, from, remembered) }];
  });
}

interface Walk {
  readonly plan: Plan;
  readonly state: State;
  readonly now: number;
  readonly remembers: Remembers;
  readonly usual: Usual['ms'];
  /** When steps that are not settled yet will be, by id. */
  readonly ends: Map<string, number>;
  /** How far the forecast is. */
  at: number;
  /** T where nobody gave it: the go that will be. */
  t0?: number;
}

/** What is done alone goes one after the other; looks and holds beside it, and what decides or changes waits for all. */
function walkPhase(walk: Walk, phase: Phase): void {
  const { state, now, usual } = walk;
  // What looks starts as soon as nothing above it decides or changes any more.
  let free = walk.at;
  let beside = walk.at;
  for (const step of phaseSteps(phase)) {
    const stands = standing(step, stepState(state, step.id), now);
    if (step.skip !== undefined || stands === 'settled' || stands === 'deferred') continue;
    const barrier = step.nature === 'decides' || step.nature === 'changes';
    const ready = Math.max(step.nature === 'looks' ? free : walk.at, readyAt(walk, step));
    let end = ready;
    if (step.hold !== undefined) end = Math.max(ready, holdEnd(walk, step, step.hold, ready, stands === 'red'));
    else if (stands === 'red') end = ready + turnMs.red;
    else if (barrier) end = Math.max(ready, beside) + (usual.get(step.id) ?? waitOf(step));
    else if (step.nature === 'asks' || step.nature === 'pokes')
      end = ready + (usual.get(step.id) ?? turnMs[step.nature]);
    else end = ready + (usual.get(step.id) ?? 0);
    walk.ends.set(step.id, end);
    if (step.nature === 'looks') beside = Math.max(beside, end);
    else walk.at = end;
    if (barrier) free = end;
    if (step.work.type === 'gate' && step.work.pointOfNoReturn) walk.t0 ??= end;
  }
  walk.at = Math.max(walk.at, beside);
}

function waitOf(step: Step): number {
  if (step.nature === 'decides') return turnMs.decides;
  const verify = step.work.type === 'act' ? step.work.verify : undefined;
  return verify?.wait?.forMs ?? step.wait?.forMs ?? turnMs.changes;
}

/** When what it needs is there, by what is known or foretold of that. */
function readyAt({ state, ends }: Walk, { needs, readers }: Step): number {
  const waits = [...needs, ...readers.map((step) => ({ step, lagMs: 0 }))];
  const moments = waits.map(({ step, lagMs }) => {
    const seen = stepState(state, step).verdict?.at;
    const settled = ends.get(step) ?? (seen === undefined ? undefined : Date.parse(seen));
    return settled === undefined ? Number.NEGATIVE_INFINITY : settled + lagMs;
  });
  return Math.max(Number.NEGATIVE_INFINITY, ...moments);
}

/** A hold that broke is watched anew, from the moment somebody says so. */
function holdEnd({ state, ends, remembers }: Walk, step: Step, hold: Hold, ready: number, red: boolean): number {
  const remembered = remembers(step);
  const since = remembered && hold.since !== undefined ? ends.get(hold.since) : undefined;
  const begun = red ? undefined : remembered ? rememberedFrom(step, hold, state) : liveFrom(step, state);
  return windowOf(hold, since ?? begun ?? ready, remembered).judged;
}

/** A source counts in whole periods, which are minutes or longer. */
function windowOf(hold: Hold, from: number, remembered: boolean): { readonly over: number; readonly judged: number } {
  const { to } = watchFrom(hold, from, remembered ? minuteMs : 0);
  return { over: to, judged: to + (remembered ? hold.settleMs : 0) };
}

/** Since when a hold counts whose source remembers; undefined while it has not begun. */
function rememberedFrom(step: Step, { since }: Hold, state: State): number | undefined {
  const { begun, renewed } = stepState(state, step.id);
  if (since !== undefined && !renewed) {
    const { verdict, act } = stepState(state, since);
    if (verdict === undefined) return undefined;
    if (verdict.verdict === 'pass' || act?.outcome === 'done') return Date.parse(verdict.observedAt);
  }
  return begun === '' ? undefined : Date.parse(begun);
}

/** Since when it is looked at; what nobody looks at any more begins anew. */
function liveFrom(step: Step, state: State): number | undefined {
  const { begun, running } = stepState(state, step.id);
  return running && begun !== '' ? Date.parse(begun) : undefined;
}
