// What is due when: planned against actual for each phase, and all that a run waits for.

import {
  endOfRun,
  forecast,
  holdsUnderWay,
  type PhaseForecast,
  type Remembers,
  type Usual,
} from '../engine/forecast.ts';
import { next, type Turn } from '../engine/next.ts';
import { stepsOf, type Plan, type Step } from '../engine/plan.ts';
import { stepState, type State } from '../engine/state.ts';
import {
  behindMs,
  noReturns,
  phaseAtHand,
  phaseTimes,
  stepTimes,
  wayBackNow,
  type PhaseTimes,
} from '../engine/timeline.ts';
import { forecastText, holdText, noReturnText, wayBackText } from './clock.ts';
import { dueText, lateText, lengthText, minutes, minuteText } from './due.ts';
import { pair, someIds, type Page } from './layout.ts';
import { tableLines, type Column } from './table.ts';
import { visible } from './text.ts';

/** What a run is asked about its clock with. `now` in ms. */
export interface Asked {
  readonly plan: Plan;
  readonly state: State;
  readonly now: number;
  readonly remembers: Remembers;
  /** What past runs took, where any is kept. */
  readonly usual?: Usual | undefined;
}

const momentWidth = '2026-03-10 11:00Z'.length;
const nameWidth = 10;

/** The table of phases and, below it, what is waited for and until when what is possible. Nothing once it is sealed. */
export function timelineLines(page: Page, asked: Asked): string[] {
  const { plan, state } = asked;
  const rows = phaseTimes(plan, state);
  if (state.opened?.mode === 'dry-run') return [];
  const head = ['', 'phase', 'planned', 'begun', ''];
  const table = tableLines([head, ...rows.map((times) => rowOf(times, asked))], columnsOf(page, rows), 2);
  return ['', ...table, '', ...clockLines(page, asked)];
}

/** What is due when, for whoever leaves now and comes back. */
export function dueLines(page: Page, asked: Asked): string[] {
  const { plan, state, now } = asked;
  const phases = phaseTimes(plan, state).filter(({ phase }) => state.phases[phase.id] !== 'closed');
  return [
    ...phases.flatMap(({ phase }) =>
      pair(page, 2, phase.at, `${phase.title}: due ${dueText(phase, state, now)}`, nameWidth),
    ),
    ...holdLines(page, asked),
    ...wayBackLines(page, asked),
    ...forecastLines(page, forecast(plan, state, now, asked.remembers, asked.usual), asked.usual),
  ];
}

/** Each step that was begun, with when and how long: for whoever wants all. */
export function stepTimeLines(page: Page, { plan, state }: Asked): string[] {
  const begun = stepTimes(plan, state).filter((times) => times.begun !== undefined);
  const width = Math.min(32, Math.max(4, ...begun.map(({ step }) => step.id.length)));
  const planned = new Map(phaseTimes(plan, state).map((times) => [times.phase.id, times.planned]));
  const rows = begun.map(({ step, begun: from = 0, ended, tookMs }) => {
    const plan0 = planned.get(step.phase);
    return [
      step.id,
      plan0 === undefined ? '' : minuteText(plan0),
      minuteText(from),
      ended === undefined || tookMs === undefined ? 'under way' : lengthText(tookMs),
    ];
  });
  const layout = [{ width }, { width: momentWidth }, { width: momentWidth }, { width: 9 }];
  return rows.length === 0 ? [] : [...tableLines([['step', 'planned', 'begun', 'took'], ...rows], layout, 2), ''];
}

function columnsOf(page: Page, rows: readonly PhaseTimes[]): readonly Column[] {
  const at = Math.max(4, ...rows.map(({ phase }) => phase.at.length));
  const rest = page.width - 2 - at - 2 * momentWidth - 8;
  const longest = Math.max(5, ...rows.map(({ phase }) => visible(phase.title).length));
  const title = Math.max(12, Math.min(longest, rest - 13));
  return [
    { width: at },
    { width: title },
    { width: momentWidth },
    { width: momentWidth },
    { width: Math.max(13, rest - title) },
  ];
}

function rowOf({ phase, planned, opened, closed, lateMs }: PhaseTimes, { state, now }: Asked): readonly string[] {
  const ended = state.sealed !== undefined || state.stopped !== undefined;
  const begun = opened === undefined ? '' : minuteText(opened);
  const plan = planned === undefined ? (state.t0 === undefined ? 'T is not set' : '') : minuteText(planned);
  return [phase.at, phase.title, plan, begun, difference()];

  function difference(): string {
    const late = lateMs === undefined ? '' : `${lateText(lateMs)}, `;
    if (opened !== undefined && closed !== undefined) return `${late}took ${lengthText(closed - opened)}`;
    if (opened !== undefined) return ended ? `${late}not closed` : `${late}open ${minutes(now - opened)}`;
    if (planned === undefined || ended) return '';
    return planned > now ? `in ${minutes(planned - now)}` : `overdue ${minutes(now - planned)}`;
  }
}

function clockLines(page: Page, asked: Asked): string[] {
  const { plan, state, now } = asked;
  const say = (name: string, text: string | undefined): string[] =>
    text === undefined || text === '' ? [] : pair(page, 2, name, text, nameWidth);
  const ended = state.sealed !== undefined || state.stopped !== undefined;
  const unset =
    state.t0 === undefined
      ? 'not set: --t0 is missing, so no phase has a date; phases before T are due at once'
      : undefined;
  return [
    ...say('T', unset ?? minuteText(Date.parse(state.t0 ?? ''))),
    ...(ended ? [] : say('at hand', atHandText(asked))),
    ...(ended ? [] : holdLines(page, asked)),
    ...noReturns(plan, state).flatMap((point) => say('no return', `${point.gate.id}: ${noReturnText(point)}`)),
    ...wayBackLines(page, asked),
    ...forecastLines(page, forecast(plan, state, now, asked.remembers, asked.usual), asked.usual),
  ];
}

/** `T-0 DNS cutover, 4m late; waits for an answer: uat-browser` */
function atHandText({ plan, state, now }: Asked): string | undefined {
  const phase = phaseAtHand(plan, state);
  if (phase === undefined) return undefined;
  const behind = behindMs(plan, state, now);
  const late = behind === undefined ? '' : `, ${lateText(behind)}`;
  const due = next(plan, state, { now, silent: new Set() });
  const running = stepsOf(plan).filter(({ id }) => stepState(state, id).running);
  const parts = [
    ...(running.length === 0 ? [] : [`under way: ${someIds(running)}`]),
    ...(due.turn === undefined ? [] : [turnText(due.turn)]),
    ...(due.looks.length === 0 ? [] : [`to be looked at: ${someIds(due.looks)}`]),
    ...(due.until !== undefined && Number.isFinite(due.until) && due.turn === undefined
      ? [`nothing is due before ${minuteText(due.until)}`]
      : []),
  ];
  return [`${phase.at} ${phase.title}${late}`, ...parts].join('; ');
}

function turnText(turn: Turn): string {
  if (turn.what === 'rollback') return 'a way back is under way';
  const words = {
    ask: 'waits for an answer',
    poke: 'to be sent',
    act: 'waits for the word to change something',
    gate: 'waits for a decision',
    red: 'a person has to decide about',
  };
  const same = turn.what === 'red' ? turn.same : [];
  return `${words[turn.what]}: ${someIds([turn.step, ...same])}`;
}

/** Holds that stand alike are one line. */
function holdLines(page: Page, { plan, state, now, remembers }: Asked): string[] {
  const alike = new Map<string, Step[]>();
  for (const hold of holdsUnderWay(plan, state, now, remembers)) {
    const text = holdText(hold, now);
    alike.set(text, [...(alike.get(text) ?? []), hold.step]);
  }
  return [...alike].flatMap(([text, steps]) => pair(page, 2, 'hold', `${someIds(steps)}: ${text}`, nameWidth));
}

function wayBackLines(page: Page, { plan, state, now }: Asked): string[] {
  const back = wayBackNow(plan, state);
  if (state.sealed || back.acts.length + back.none.length === 0) return [];
  const text = `${someIds([...back.acts, ...back.none])}: ${wayBackText(back, now)}`;
  return pair(page, 2, 'way back', text, nameWidth);
}

function forecastLines(page: Page, phases: readonly PhaseForecast[], usual: Usual | undefined): string[] {
  const text = forecastText(phases, usual?.runs);
  if (text === undefined) return [];
  const known = endOfRun(phases) !== undefined || phases.length > 1;
  return known ? pair(page, 2, 'forecast', text, nameWidth) : [];
}
