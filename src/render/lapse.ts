// What a person reads when credentials are over: whose, since when, the command that renews them, and what the run does.

import type { Lapse } from '../wire.ts';
import { pair, type Page } from './layout.ts';

/** The lines below a red that waits for these credentials. */
export function lapseLines(page: Page, lapses: readonly Lapse[]): string[] {
  if (lapses.length === 0) return [];
  const lines = lapses.flatMap(({ source, account, since, command }) => {
    const when = `${new Date(since).toISOString().slice(0, 16).replace('T', ' ')}Z`;
    // Where no command renews them, the reason above says what does.
    const how = command === undefined ? [] : pair(page, 6, 'type', command);
    return [...pair(page, 6, 'over', `since ${when}: ${source}, account ${account}`), ...how];
  });
  return [...lines, ...pair(page, 6, 'meanwhile', meanwhile(lapses))];
}

function meanwhile(lapses: readonly Lapse[]): string {
  const waits = 'The run is paused here and loses nothing.';
  const every = Math.max(...lapses.map(({ everyMs }) => everyMs ?? Number.POSITIVE_INFINITY));
  if (!Number.isFinite(every)) return waits;
  const elsewhere = lapses.some(({ command }) => command !== undefined) ? ' Type it in another terminal.' : '';
  return `${waits}${elsewhere} It asks AWS every ${every / 1000} s and goes on by itself; r asks at once.`;
}
