// Whether what happened in a test kept to the procedure: nothing the engine and the runner do may look like a breach.

import { existsSync, readdirSync } from 'node:fs';
import { planFrom } from '../../src/commands/plan-from.ts';
import { fileStore, readWhole } from '../../src/effects/store-file.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { breachOf, follow, nothingFollowed, type Followed, type Lines } from '../../src/engine/procedure.ts';
import type { State } from '../../src/engine/state.ts';
import { hashLine } from '../../src/log/line.ts';
import { readEvents } from '../../src/log/replay.ts';
import { joinLines } from '../../src/log/statement.ts';
import { verifyLog } from '../../src/log/verify.ts';

export interface Breach {
  readonly seq: number;
  readonly reason: string;
}

/** What a test knows beside its events: by default no statements, and lines whose hashes say their number. */
interface Beside extends Partial<Lines> {
  /** The plan that amendments bring. */
  readonly after?: Plan;
  /** The state before the first of the events; otherwise they begin a run. */
  readonly from?: State;
}

/** The first event that could not come when it did; without a plan by the rules that need none. */
export function firstBreach(
  events: readonly RunEvent[],
  plan: Plan | undefined,
  { after, from, ...given }: Beside = {},
): Breach | undefined {
  const lines: Lines = { run: 'run', hash: (seq) => `hash${seq}`, text: () => undefined, ...given };
  let followed: Followed = from === undefined ? nothingFollowed(lines) : { state: from, reopen: [] };
  let inForce = plan;
  for (const event of events) {
    const plans = { plan: inForce, after };
    const reason = breachOf(followed, event, plans, lines);
    if (reason !== undefined) return { seq: event.seq, reason };
    followed = follow(followed, event, plans, lines);
    if (event.kind === 'checklist.amend') inForce = after;
  }
  return undefined;
}

/** The same for the lines of a store, with the checklist and without it. */
export function breachIn(lines: readonly Uint8Array[], plan: Plan, run: string): Breach | undefined {
  const events = readEvents(lines);
  const hash = (seq: number): string | undefined => (lines[seq] ? hashLine(lines[seq]) : undefined);
  return firstBreach(events, plan, { run, hash }) ?? firstBreach(events, undefined, { run, hash });
}

/** Throws for a run in the folder that did not keep to the procedure, by its own copy of the checklist. */
export async function refuseBreaches(
  runsDir: string,
  runs = existsSync(runsDir) ? readdirSync(runsDir) : [],
): Promise<void> {
  const store = fileStore(runsDir);
  for (const run of runs) {
    const { lines } = readWhole(store.locate(run));
    const { procedure } = await verifyLog(joinLines(lines), { run, planOf: planFrom(store, run) });
    if (typeof procedure === 'object') throw new Error(`${run}, line ${procedure.line}: ${procedure.reason}`);
  }
}
