// What is to be known before the first word at a point of no return: what it stands on, what comes behind it, and the clock.

import { formatDuration } from '../engine/duration.ts';
import type { PhaseForecast } from '../engine/forecast.ts';
import type { Step } from '../engine/plan.ts';
import { budgetOf, noWayBack, type WayBackTimes } from '../engine/timeline.ts';
import { forecastText, wayBackText } from './clock.ts';
import { minutes, minuteText } from './due.ts';
import { pair, type Page } from './layout.ts';

/** How old what was seen of a step is, in ms. */
export interface Aged {
  readonly step: Step;
  readonly ageMs: number;
}

export interface NoReturnShown {
  /** Looked at again just now. */
  readonly again: readonly Step[];
  /** Critical and from before: what pokes, was asked or held, and looks that are younger than their shelf life. Oldest first. */
  readonly older: readonly Aged[];
  /** What will be changed behind it, in the order in which that happens. */
  readonly acts: readonly Step[];
  readonly back: WayBackTimes;
  readonly forecast: readonly PhaseForecast[];
  /** How many past runs the forecast is from; absent: none. */
  readonly pastRuns?: number;
  /** Whose credentials are needed behind it, and until when they last, in ms; absent where they do not say. */
  readonly keys: readonly { readonly account: string; readonly at?: number }[];
  /** Why nobody is asked: the credentials would end before it is over. */
  readonly closed?: string;
}

/** How many steps are named with their age. */
const agedMax = 12;

/** The lines for it; `now` in ms. */
export function noReturnLines(page: Page, shown: NoReturnShown, now: number): string[] {
  const { again, older, acts, back, forecast, keys } = shown;
  const say = (name: string, text: string): string[] => (text === '' ? [] : pair(page, 4, name, text));
  const count = again.length === 1 ? '1 step was' : `${again.length} steps were`;
  return [
    ...say('again', again.length === 0 ? '' : `${count} looked at again just now`),
    ...say('older', agesText(older)),
    ...acts.flatMap((act, index) => actLines(page, act, index === 0 ? 'behind' : '')),
    ...say('way back', acts.length === 0 ? '' : wayBackText(back, now)),
    ...say('forecast', forecastText(forecast, shown.pastRuns) ?? ''),
    ...keys.flatMap(({ account, at }) =>
      say('keys', `of ${account} ${at === undefined ? 'do not say when they end' : `last until ${minuteText(at)}`}`),
    ),
  ];
}

/** `smoke-chat 12m, migrated 23h10m` */
function agesText(older: readonly Aged[]): string {
  const named = older.slice(0, agedMax).map(({ step, ageMs }) => `${step.id} ${minutes(ageMs)}`);
  const more = older.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} that are younger` : named.join(', ');
}

/** What an act does, and how it is taken back. */
function actLines(page: Page, act: Step, name: string): string[] {
  const none = noWayBack(act);
  const head = pair(page, 4, name, `${act.id}  ${act.title}`);
  if (none !== undefined) return [...head, ...pair(page, 14, '!', `no way back: ${none}`, 2, page.theme.warn)];
  const written = act.work.type === 'act' ? act.work.back?.map(({ words }) => words) : undefined;
  const budget = budgetOf(act);
  const within = budget === undefined ? '; how long that takes it does not say' : `, within ${formatDuration(budget)}`;
  return [...head, ...pair(page, 14, '', `back: ${written?.join('; then ') ?? 'as it is before'}${within}`, 0)];
}
