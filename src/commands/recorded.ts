// A run that is over, or as far as it went, read from its log: verified first, and then only up to what holds.

import { resolve } from 'node:path';
import { isExported, openBundle } from '../effects/bundle.ts';
import { readLogFile } from '../effects/log-file.ts';
import { readWhole } from '../effects/store-file.ts';
import type { RunEvent } from '../engine/events.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { runIdPattern } from '../log/bodies.ts';
import type { PlanOf } from '../log/procedure.ts';
import { joinLines } from '../log/statement.ts';
import { type Verification, verifyEvents, verifyExits, type VerifyOptions } from '../log/verify.ts';
import { visible } from '../render/text.ts';
import { planFrom } from './plan-from.ts';
import { allRuns, findRun, nameOf, openStore } from './runs.ts';
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
  /** The evidence with this digest, where it is at hand; undefined also for what is not what its digest says. */
  readonly blobOf: (digest: string) => Promise<Uint8Array | undefined>;
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
  const path = resolve(shell.cwd, wanted);
  const found = (await isPath(wanted, path, options, shell)) ? exported(path) : await kept(wanted, options, shell);
  const { verification, events } = await verifyEvents(found.log, { ...asked, ...found.asked });
  const { planOf, blobOf } = found;
  return { run: verification.run, verification, source: trust.source, events, planOf, blobOf };
}

/** What the log comes to for whoever reads it: 0 where it holds. Who vouches for its people is only asked where somebody said whom to trust. */
export function logExit({ verification }: Recorded, { allowedSigners, trustRepo }: VerifyTrustOptions): number {
  if (typeof verification.procedure === 'object') return verifyExits.INCOMPLETE;
  const asked = allowedSigners !== undefined || trustRepo !== undefined;
  const fine = verification.verdict === 'OPEN' || (verification.verdict === 'UNTRUSTED' && !asked);
  return fine ? exitCodes.go : verification.exit;
}

/** A path says so, or is that of something that was exported: as `golive verify` takes it, which knows no names. */
async function isPath(wanted: string, path: string, options: GlobalOptions, shell: Shell): Promise<boolean> {
  if (wanted.includes('/') || wanted.endsWith('.jsonl')) return true;
  if (runIdPattern.test(wanted) || !isExported(path)) return false;
  const runs = await allRuns(openStore(options, shell));
  const named = runs.some((known) => nameOf(known) === wanted || (wanted.length >= 4 && known.run.startsWith(wanted)));
  if (!named) return true;
  throw new GoliveError(
    'usage',
    `${visible(wanted)} is a run that is kept here, and something that was exported, too`,
    {
      hint: `Give the whole id of the run, or the path: ./${visible(wanted)}`,
    },
  );
}

interface Found extends Pick<Recorded, 'planOf' | 'blobOf'> {
  readonly log: Uint8Array;
  readonly asked: VerifyOptions;
}

async function kept(wanted: string, options: GlobalOptions, shell: Shell): Promise<Found> {
  const store = openStore(options, shell);
  // By its id even where it cannot be read to its end: it is played as far as it holds.
  const run = runIdPattern.test(wanted) ? wanted : (await findRun(store, wanted, shell)).run;
  const { lines, damage } = readWhole(store.locate(run));
  if (lines.length === 0 && damage === undefined) await store.read(run, 0);
  const planOf = planFrom(store, run);
  const blobOf: Recorded['blobOf'] = (digest) => store.getBlob(run, digest);
  const hasBlob = async (digest: string): Promise<boolean> => (await blobOf(digest)) !== undefined;
  return { log: joinLines(lines), asked: { run, hasBlob, planOf, damage }, planOf, blobOf };
}

function exported(path: string): Found {
  const bundle = openBundle(path);
  if (bundle === undefined) {
    const nothing = async (): Promise<undefined> => undefined;
    return { log: readLogFile(path), asked: {}, planOf: nothing, blobOf: nothing };
  }
  const blobOf: Recorded['blobOf'] = async (digest) => bundle.blob(digest);
  const planOf = planFrom({ getBlob: (_, digest) => blobOf(digest) }, '');
  const hasBlob = async (digest: string): Promise<boolean> => bundle.blob(digest) !== undefined;
  return { log: bundle.log, asked: { hasBlob, planOf }, planOf, blobOf };
}
