// `golive anchor check`: does a log hold what was kept of it elsewhere? Who wrote it is another question.

import { resolve } from 'node:path';
import type { StoredAnchors } from '../effects/anchor-list.ts';
import { openBundle } from '../effects/bundle.ts';
import { readLogFile } from '../effects/log-file.ts';
import { readWhole } from '../effects/store-file.ts';
import { GoliveError, withHint } from '../errors.ts';
import { anchorOf } from '../log/anchor.ts';
import { checkAnchors } from '../log/anchor-record.ts';
import { runIdPattern } from '../log/bodies.ts';
import { joinLines } from '../log/statement.ts';
import { verifyExits } from '../log/verify.ts';
import { walkLog, type Walk } from '../log/walk.ts';
import { anchorCheckLines } from '../render/anchor.ts';
import { jsonText } from '../render/json.ts';
import { withBucket, type BucketFlags } from './anchor.ts';
import { openStore } from './runs.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';

export interface AnchorCheckCommand extends GlobalOptions, BucketFlags {
  /** `s3://BUCKET/PREFIX`, where `golive anchor --to` kept them. */
  readonly from?: string | undefined;
  /** Heads as they were noted, each in any form that `anchorOf` reads. */
  readonly anchor?: readonly string[] | undefined;
}

/**
 * Holds every anchor there is against `log`, a run id or the path of an exported log, and prints what it found. Returns
 * 0 when all fit, 20 for a log that does not hold, 22 when one does not fit, 23 without any or with one that is none.
 */
export async function anchorCheck(log: string, options: AnchorCheckCommand, shell: ProcessShell): Promise<number> {
  const given = (options.anchor ?? []).map(anchorOf);
  const { from } = options;
  if (from === undefined && given.length === 0) {
    throw new GoliveError('usage', 'nothing says what the log is to be held against', {
      hint: 'Give --from s3://BUCKET/PREFIX, or --anchor with a head that was noted.',
    });
  }
  const isRun = runIdPattern.test(log);
  const walk = isRun ? await walkRun(log, options, shell) : walkLog(exported(resolve(shell.cwd, log)));
  const run = isRun ? log : walk.run;
  const stored =
    from === undefined || run === '' ? { anchors: [], hidden: 0, others: 0 } : await stand(from, run, options, shell);
  const check = checkAnchors(walk, stored.anchors, given);
  const { hidden, others } = stored;
  if (options.json === true) shell.out(jsonText({ ...check, hidden, others }, 2));
  else
    for (const line of anchorCheckLines({ ...check, hidden, others }, `${howCalled(shell, options)} verify ${log}`))
      shell.out(line);
  return check.exit;
}

/** A file, or the folder of a bundle. */
function exported(path: string): Uint8Array {
  return openBundle(path)?.log ?? readLogFile(path);
}

async function walkRun(run: string, options: GlobalOptions, shell: ProcessShell): Promise<Walk> {
  const store = openStore(options, shell);
  const { lines, damage } = readWhole(store.locate(run));
  if (lines.length === 0 && damage === undefined) await store.read(run, 0);
  const bytes = joinLines(lines);
  const walk = walkLog(bytes);
  const seq = walk.events.length;
  if (damage !== undefined && (walk.broken === undefined || seq === 0))
    walk.broken = { line: seq + 1, offset: bytes.length, reason: `event ${seq} ${damage}` };
  return walk;
}

/** What cannot be read says nothing: that is no pass. */
async function stand(
  from: string,
  run: string,
  options: AnchorCheckCommand,
  shell: ProcessShell,
): Promise<StoredAnchors> {
  try {
    return await withBucket(from, options, shell, async (bucket) => {
      const { readAnchors } = await import('../effects/anchor-list.ts');
      return await readAnchors(bucket, run, shell.signal);
    });
  } catch (error) {
    if (!(error instanceof GoliveError && error.code === 'anchor')) throw error;
    throw new GoliveError('anchor', `the anchors could not be read: ${withHint(error)}`, {
      exit: verifyExits.INCOMPLETE,
      cause: error,
    });
  }
}
