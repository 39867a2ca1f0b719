// A run that somebody else works on, followed by its log: each event once it is durable, and how it ends.

import { join } from 'node:path';
import type { RunEvent } from '../engine/events.ts';
import { evolve } from '../engine/evolve.ts';
import type { Plan } from '../engine/plan.ts';
import { rollUp } from '../engine/rollup.ts';
import { initialState, type State } from '../engine/state.ts';
import { watchFolder } from '../effects/folder-watch.ts';
import type { HeldBy } from '../effects/holder.ts';
import { hashLine } from '../log/line.ts';
import { firstBefore, readEvents } from '../log/replay.ts';
import { closingLines } from '../render/closing.ts';
import type { Page } from '../render/layout.ts';
import type { RunStore } from '../world.ts';
import { holderOf } from './holding.ts';

/** A run as far as it was read. */
export interface Followed {
  readonly state: State;
  /** The newest line as `seq:hash`. */
  readonly head: string;
}

export interface Following {
  readonly store: RunStore;
  readonly run: string;
  readonly signal: AbortSignal;
  /** Events that came in together, in order, with the state after them. */
  readonly batch: (events: readonly RunEvent[], state: State) => Promise<void> | void;
  /** Nothing new came. Who works on the run, or undefined; true while it is to be followed on. */
  readonly quiet: (by: HeldBy | undefined, state: State) => boolean;
  /** How often it is asked who works on the run, and looked where the system does not say what changed; in ms. */
  readonly askMs?: number;
}

/** Follows a run from its first event until it is sealed, the signal aborts, or nothing more is to be expected. */
export async function follow({ store, run, signal, batch, quiet, askMs = 2_000 }: Following): Promise<Followed> {
  const folder = watchFolder(join(store.locate(run), 'events'));
  let state = initialState();
  let before = firstBefore;
  const read = async (): Promise<boolean> => {
    const lines = await store.read(run, state.seq);
    const last = lines.at(-1);
    if (last === undefined) return false;
    const events = readEvents(lines, before);
    state = events.reduce(evolve, state);
    before = { seq: state.seq - 1, hash: hashLine(last), at: state.at, run };
    await batch(events, state);
    return true;
  };
  try {
    while (!signal.aborted && state.sealed === undefined) {
      if (await read()) continue;
      const by = await holderOf(store, run);
      // What was written right before that process ended comes first.
      if (await read()) continue;
      if (!quiet(by, state)) break;
      await folder.changed(askMs, signal);
    }
    return { state, head: `${before.seq}:${before.hash}` };
  } finally {
    folder.close();
  }
}

/** The last lines of a run that was sealed by another process. `now` in ms. */
export function sealedLines(
  page: Page,
  plan: Plan,
  { state, head }: Followed,
  how: { readonly run: string; readonly command: string; readonly now: number },
): readonly string[] {
  const throwAway = state.opened?.rehearsal === true;
  return closingLines(page, plan, state, rollUp(plan, state, how.now), { ...how, head, throwAway });
}

/** What counts as now in a run, in ms: a rehearsal's time is its own, and known as far as it was written. */
export function nowOf(state: State): number {
  return state.opened?.rehearsal === true || state.sealed ? Date.parse(state.at) : Date.now();
}
