// A run that is over, or as far as it went, read from its log: verified first, and then only up to what holds.

import { resolve } from 'node:path';
import { openBundle } from '../effects/bundle.ts';
import { readLogFile } from '../effects/log-file.ts';
import { readWhole } from '../effects/store-file.ts';
import type { RunEvent } from '../engine/events.ts';
import { runIdPattern } from '../log/bodies.ts';
import type { PlanOf } from '../log/procedure.ts';
import { readEvents } from '../log/replay.ts';
import { joinLines } from '../log/statement.ts';
import { type Verification, verifyLog, type VerifyOptions } from '../log/verify.ts';
import { planFrom } from './plan-from.ts';
import { findRun, openStore } from './runs.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { trustOf, type Trusting, type VerifyTrustOptions } from './verify-trust.ts';

export interface Recorded {
  readonly run: string;
  readonly verification: Verification;
  /** Whom the verdict rests on, where that is a commit. */
  readonly source: Trusting['source'];
  /** The events that hold, in order: those before `verification.broken`. */
  readonly events: readonly RunEvent[];
  /** The checklist with a digest, bound with the values the run had by then. */
  readonly planOf: PlanOf;
}

/**
 * The run that is meant: by id, the beginning of one or `aep-prod` among the runs kept here, or the path of an exported log
 * or bundle. Throws GoliveError when there is none; a log that does not hold is no error.
 */
export async function readRecorded(
  wanted: string,
  options: GlobalOptions & VerifyTrustOptions,
  shell: Shell,
): Promise<Recorded> {
  const trust = await trustOf(options, shell);
  // Whoever plays a rehearsal knows that it is one: its name says so in every line that is printed of it.
  const asked = { ...trust.asked, rehearsal: true };
  const found =
    wanted.includes('/') || wanted.endsWith('.jsonl')
      ? exported(resolve(shell.cwd, wanted))
      : await kept(wanted, options, shell);
  const verification = await verifyLog(found.log, { ...asked, ...found.asked });
  const events = readEvents(firstLines(found.log, verification.lines));
  return { run: verification.run, verification, source: trust.source, events, planOf: found.planOf };
}

interface Found {
  readonly log: Uint8Array;
  readonly asked: VerifyOptions;
  readonly planOf: PlanOf;
}

async function kept(wanted: string, options: GlobalOptions, shell: Shell): Promise<Found> {
  const store = openStore(options, shell);
  // By its id even where it cannot be read to its end: it is played as far as it holds.
  const run = runIdPattern.test(wanted) ? wanted : (await findRun(store, wanted, shell)).run;
  const { lines, damage } = readWhole(store.locate(run));
  if (lines.length === 0 && damage === undefined) await store.read(run, 0);
  const planOf = planFrom(store, run);
  const hasBlob = async (digest: string): Promise<boolean> => (await store.getBlob(run, digest)) !== undefined;
  return { log: joinLines(lines), asked: { run, hasBlob, planOf, damage }, planOf };
}

function exported(path: string): Found {
  const bundle = openBundle(path);
  if (bundle === undefined) return { log: readLogFile(path), asked: {}, planOf: async () => undefined };
  const planOf = planFrom({ getBlob: async (_, digest) => bundle.blob(digest) }, '');
  const hasBlob = async (digest: string): Promise<boolean> => bundle.blob(digest) !== undefined;
  return { log: bundle.log, asked: { hasBlob, planOf }, planOf };
}

function firstLines(log: Uint8Array, count: number): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; lines.length < count;) {
    const end = log.indexOf(10, from);
    if (end === -1) break;
    lines.push(log.subarray(from, end));
    from = end + 1;
  }
  return lines;
}
