// What the clock of a run says, in words: holds under way, points of no return, the way back, the forecast.

import { formatDuration } from '../engine/duration.ts';
import { endOfRun, type HoldUnderWay, type PhaseForecast } from '../engine/forecast.ts';
import { phaseTimes, type NoReturn, type WayBackTimes } from '../engine/timeline.ts';
import type { Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { clockText, lateText, lengthText, minutes, minuteText } from './due.ts';
import { someIds } from './layout.ts';

/** `30m are over at 2026-03-10 11:31Z, in 12m, whoever is at it`: what a hold still needs at `now` (ms). */
export function holdText({ step, over, judged, remembered }: HoldUnderWay, now: number): string {
  const left = over > now ? `, in ${minutes(over - now)}` : '';
  const its = `${formatDuration(step.hold?.forMs ?? 0)} ${left === '' ? 'were' : 'are'} over at ${minuteText(over)}${left}`;
  if (!remembered) return `${its}, as long as this is looked at; a session that ends begins it anew`;
  const later = judged > over && judged > now ? `; judged from ${clockText(judged, over)} on` : '';
  return `${its}, whoever is at it${later}`;
}

/** `T-0 through at about 2026-03-10 11:33Z, the end at about … (from 3 past runs)`; undefined where nothing is foretold. */
export function forecastText(phases: readonly PhaseForecast[], pastRuns = 0): string | undefined {
  const [first] = phases;
  if (first === undefined) return undefined;
  const end = endOfRun(phases);
  const told = end === undefined ? 'the end hangs on T, which is not set' : `the end at about ${minuteText(end)}`;
  const from = pastRuns === 0 ? '' : ` (from ${pastRuns} past run${pastRuns === 1 ? '' : 's'})`;
  if (phases.length === 1 || first.ends === undefined) return `${told}${from}`;
  return `${first.phase.at} through at about ${minuteText(first.ends)}, ${told}${from}`;
}

/** `passed at 2026-03-10 11:00Z, planned for …`: a point of no return. */
export function noReturnText({ passed, planned }: NoReturn): string {
  const plan = planned === undefined ? 'with no time planned' : `planned for ${minuteText(planned)}`;
  return passed === undefined ? plan : `passed at ${minuteText(passed)}, ${plan}`;
}

/**
 * `has to begin by 2026-03-11 10:55Z to be over before T+24h; may take 5m`: how long going back keeps its budgets, and what keeps
 * that from being known.
 */
export function wayBackText(back: WayBackTimes, now: number): string {
  const { acts, unknown, none, next, latest } = back;
  const parts: string[] = [];
  if (latest !== undefined && next !== undefined) {
    const when = latest < now ? 'was to begin' : 'has to begin';
    parts.push(`${when} by ${minuteText(latest)} to be over before ${next.phase.at}`);
  } else if (acts.length > 0 && unknown.length === 0) {
    parts.push(
      next === undefined ? 'nothing that comes later has a date' : 'at any time before the point of no return',
    );
  }
  if (acts.length > unknown.length) parts.push(`may take ${formatDuration(back.budgetMs)}`);
  if (unknown.length > 0)
    parts.push(`${someIds(unknown)} ${unknown.length === 1 ? 'does' : 'do'} not say how long it takes`);
  if (none.length > 0) parts.push(`${someIds(none)} cannot be taken back`);
  return parts.join('; ');
}

/** `closed at 11:42Z, begun 4m late, took 42m`; `at` in ms. Undefined for a phase that is not known. */
export function closedText(plan: Plan, state: State, id: string, at: number): string | undefined {
  const times = phaseTimes(plan, state).find(({ phase }) => phase.id === id);
  if (times?.opened === undefined) return undefined;
  const late = times.lateMs === undefined ? '' : `, begun ${lateText(times.lateMs)}`;
  return `closed at ${clockText(at, at)}${late}, took ${lengthText(at - times.opened)}`;
}
