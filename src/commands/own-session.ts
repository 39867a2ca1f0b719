// A session of one command's own, on a run that no process holds: it adds its lines and is closed again.

import { wallClock } from '../effects/clock.ts';
import type { Plan } from '../engine/plan.ts';
import type { Journal } from '../runner/journal.ts';
import type { Notices } from '../runner/notices.ts';
import { openSession } from '../runner/opening.ts';
import type { Roster } from '../roster.ts';
import type { Clock, RunStore, Signer } from '../world.ts';
import { scrubHere } from './hidden.ts';
import type { KnownRun } from './runs.ts';
import type { ProcessShell } from './shell.ts';

export interface OwnSession {
  readonly store: RunStore;
  readonly known: KnownRun;
  readonly plan: Plan;
  /** All lines of the run, as they are now. */
  readonly lines: readonly Uint8Array[];
  readonly signer: Signer;
  /** Who holds which role from now on; absent: as the session before said. */
  readonly roster?: Roster | undefined;
  /** Who is told of it, and closes them. */
  readonly notices?: Notices | undefined;
}

/** Opens it; nothing is read from the world in it. A rehearsal has its own time: the lines come right after what is there. */
export async function openOwnSession(
  { store, known: { run, state }, plan, lines, signer, roster, notices }: OwnSession,
  shell: ProcessShell,
): Promise<{ readonly journal: Journal; readonly clock: Clock }> {
  const started = Date.parse(state.at);
  const clock = state.opened?.rehearsal === true ? { ...wallClock(), now: () => started } : wallClock();
  const journal = await openSession({
    run,
    store,
    clock,
    plan,
    lines,
    signer,
    roster,
    goesOn: false,
    scrub: scrubHere(plan, state.opened?.rehearsal === true, shell),
    shown: (event, _, after) => notices?.hear(event, after),
    host: shell.host,
    tool: { name: 'golive', version: shell.version, node: shell.node },
    callers: [],
    endpoints: [],
  });
  return { journal, clock };
}
