// `golive anchor`: the head of a run, for a ticket, or kept in a bucket where nobody can change it.

import { keepAnchor, testStore, type KeptAnchor } from '../effects/anchor-store.ts';
import { anchorPlaceOf, openBucket, type AnchorBucket } from '../effects/anchor-bucket.ts';
import { parseDuration } from '../engine/duration.ts';
import { exitCodes, GoliveError, withHint } from '../errors.ts';
import { humanHead } from '../log/anchor.ts';
import { joinLines } from '../log/statement.ts';
import { walkLog } from '../log/walk.ts';
import { keptLines, ticketLine, type Noted } from '../render/anchor.ts';
import { visible } from '../render/text.ts';
import type { RunStore } from '../world.ts';
import { holderOf } from './holding.ts';
import { openOwnSession } from './own-session.ts';
import { ownCopy } from './own-copy.ts';
import { findRun, nameOf, openStore, type KnownRun } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';

/** How a command gets to the bucket. */
export interface BucketFlags {
  readonly profile?: string | undefined;
  /** Of the bucket; otherwise that of the environment or the profile. */
  readonly region?: string | undefined;
  readonly allowEndpoint?: boolean | undefined;
}

export interface AnchorCommand extends GlobalOptions, SigningOptions, BucketFlags {
  /** `s3://BUCKET/PREFIX`; absent: only print it. */
  readonly to?: string | undefined;
  /** How long nobody can change or delete it: `400d`. */
  readonly retain?: string | undefined;
}

const dayMs = 86_400_000;
/** S3 locks nothing for longer than a hundred years. */
const longestDays = 36_500;

/** Prints the head, and keeps it when told where. Only reads while somebody works on the run. Returns 0. */
export async function anchor(wanted: string | undefined, options: AnchorCommand, shell: ProcessShell): Promise<number> {
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  const lines = await store.read(known.run, 0);
  const noted = notedOf(known, lines);
  if (options.to === undefined) {
    if (options.retain !== undefined)
      throw new GoliveError('usage', '--retain is for an anchor that is kept with --to');
    shell.out(options.json === true ? JSON.stringify(told(noted)) : ticketLine(noted));
    return exitCodes.go;
  }
  if (known.state.opened?.rehearsal === true) {
    throw new GoliveError('usage', `${known.run} is a rehearsal, which leaves nothing outside this machine`, {
      hint: 'Without --to its head is only printed.',
    });
  }
  if (options.json !== true) shell.out(ticketLine(noted));
  const kept = await keep(noted, options.to, options, shell);
  const missing = await writeDown(store, known, lines, { kept, noted }, options, shell);
  if (options.json === true) {
    const { lockedUntil, ...rest } = kept;
    const locked = { ...rest, locked_until: lockedUntil?.toISOString() ?? null };
    shell.out(JSON.stringify({ ...told(noted), kept: locked, logged: missing === undefined, why: missing ?? '' }));
  } else for (const line of keptLines(kept, missing)) shell.out(line);
  return exitCodes.go;
}

/** Throws GoliveError `log` for a log that does not hold: its head is worth nothing. */
function notedOf(known: KnownRun, lines: readonly Uint8Array[]): Noted {
  const { broken, before } = walkLog(joinLines(lines));
  if (broken !== undefined) {
    throw new GoliveError('log', `line ${broken.line} of ${known.run} does not hold: ${broken.reason}`, {
      hint: 'Nothing is anchored of a log that is not whole. `golive verify` says more.',
    });
  }
  return { run: known.run, name: nameOf(known), seq: before.seq, head: before.hash, at: before.at };
}

function told(noted: Noted): object {
  return { ...noted, human: humanHead(noted.head) };
}

async function keep(noted: Noted, to: string, options: AnchorCommand, shell: ProcessShell): Promise<KeptAnchor> {
  const until = new Date(Date.now() + retentionOf(options.retain ?? '400d'));
  return await withBucket(to, options, shell, async (bucket) => {
    await testStore(bucket, shell.signal);
    return await keepAnchor(bucket, noted, until, shell.signal);
  });
}

/** Opens the bucket, says so where another host than AWS is asked, and closes it again. */
export async function withBucket<T>(
  place: string,
  { profile, region, allowEndpoint }: BucketFlags,
  shell: ProcessShell,
  work: (bucket: AnchorBucket) => Promise<T>,
): Promise<T> {
  const bucket = await openBucket({
    place: anchorPlaceOf(place),
    env: shell.env,
    profile,
    region,
    allowEndpoint: allowEndpoint === true,
  });
  const { override } = bucket;
  if (override !== undefined) shell.err(visible(`${override.host} (${override.from}) answers instead of AWS.`));
  try {
    return await work(bucket);
  } finally {
    bucket.close();
  }
}

function retentionOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= dayMs && ms <= longestDays * dayMs) return ms;
  throw new GoliveError('usage', `--retain takes a time of one day to ${longestDays} days, not "${text}"`, {
    hint: 'Write it as 400d. Nobody can shorten it afterwards.',
  });
}

/** Writes into the log that it was anchored. Returns why that is not there, or undefined. */
async function writeDown(
  store: RunStore,
  known: KnownRun,
  lines: readonly Uint8Array[],
  { kept, noted }: { readonly kept: KeptAnchor; readonly noted: Noted },
  options: AnchorCommand,
  shell: ProcessShell,
): Promise<string | undefined> {
  const { run, state } = known;
  if (state.sealed) return 'the run is sealed';
  if ((await holderOf(store, run)) !== undefined) return 'somebody works on the run';
  if (state.session) return 'the process that worked on the run was killed, and closed nothing';
  try {
    const signer = await signerFor('run', options, shell);
    const { plan } = await ownCopy(store, known);
    const { journal } = await openOwnSession({ store, known, plan, lines, signer }, shell);
    const { place, token } = kept;
    await journal.append([{ kind: 'anchor', body: { seq: noted.seq, head: noted.head, place, token } }]);
    // What was due when still is: this session leaves the run as it found it.
    const { paused, until } = state;
    await journal.order({ order: 'close-session', reason: paused ? 'paused' : 'later', until });
    return undefined;
  } catch (error) {
    // It is kept, whatever becomes of the line about it.
    if (error instanceof GoliveError) return withHint(error);
    throw error;
  }
}
