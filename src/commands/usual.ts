// How long past runs of the same checklist and target took, for the forecast of one that is open. Read only where one is shown.

import { readWhole } from '../effects/store-file.ts';
import type { RunEvent } from '../engine/events.ts';
import { evolve } from '../engine/evolve.ts';
import type { Usual } from '../engine/forecast.ts';
import { usualOf } from '../engine/history.ts';
import { pastOf, type Past } from '../engine/past.ts';
import { initialState, type State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { readEvents } from '../log/replay.ts';
import type { RunStore } from '../world.ts';
import { nameOf } from './runs.ts';

/** No more runs than this are asked, the newest first. */
const runsMax = 10;

/**
 * What the newest runs that are over took, for the forecast of `run`: real ones for a real one, rehearsals for a rehearsal. A dry
 * run asks nobody and changes nothing, so it says nothing. One whose lines or chain do not hold is left out; signatures are not
 * looked at, which would cost more than a forecast is worth. Undefined where there is none, or nothing to foretell.
 */
export async function usualTimes(store: RunStore, run: string, state: State): Promise<Usual | undefined> {
  const over = state.sealed !== undefined || state.stopped !== undefined;
  if (over || state.opened?.mode !== 'run') return undefined;
  const rehearsal = state.opened.rehearsal;
  const name = nameOf({ run, state });
  const pasts: Past[] = [];
  let asked = 0;
  for (const other of await store.list()) {
    if (asked === runsMax) break;
    if (other === run || other.startsWith('rehearsal-') !== rehearsal) continue;
    const { lines, damage } = readWhole(store.locate(other));
    const [opening] = eventsOf(lines.slice(0, 1)) ?? [];
    if (opening?.kind !== 'run.open' || opening.body.mode !== 'run') continue;
    if (nameOf({ run: other, state: evolve(initialState(), opening) }) !== name) continue;
    asked += 1;
    const events = damage === undefined ? eventsOf(lines) : undefined;
    const past = events && pastOf(events);
    if (past?.state.sealed !== undefined || past?.state.stopped !== undefined) pasts.push(past);
  }
  return usualOf(pasts);
}

/** Undefined for lines that are no log. */
function eventsOf(lines: readonly Uint8Array[]): readonly RunEvent[] | undefined {
  try {
    return readEvents(lines);
  } catch (error) {
    if (error instanceof GoliveError) return undefined;
    throw error;
  }
}
