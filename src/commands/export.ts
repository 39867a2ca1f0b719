// `golive export RUN`: the log of a run as one file that anybody can verify, or with all its evidence as a folder.

import { resolve } from 'node:path';
import { writeNewFile } from '../effects/log-file.ts';
import { GoliveError } from '../errors.ts';
import { runIdPattern } from '../log/bodies.ts';
import { joinLines } from '../log/statement.ts';
import { findRun, openStore } from './runs.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export interface ExportCommand extends GlobalOptions {
  /** A path that is not there yet; absent: standard output. */
  readonly out?: string | undefined;
  /** A folder that is not there yet, for the log with everything an auditor needs. */
  readonly bundle?: string | undefined;
}

/**
 * Writes `run.jsonl` of the run that is meant, or the whole bundle. The same run always gives the same bytes. Returns 0,
 * and 23 for a bundle in which evidence is missing.
 */
export async function exportRun(wanted: string, options: ExportCommand, shell: Shell): Promise<number> {
  const { out, bundle } = options;
  if (out !== undefined && bundle !== undefined)
    throw new GoliveError('usage', '--out is for the log alone, and --bundle for a folder with all of it', {
      hint: 'A bundle has the log in it: run.jsonl.',
    });
  const store = openStore(options, shell);
  // By its id even where it cannot be replayed: whoever looks into damage needs the bytes.
  const run = runIdPattern.test(wanted) ? wanted : (await findRun(store, wanted, shell)).run;
  const lines = await store.read(run, 0);
  if (bundle !== undefined) {
    const { exportBundle } = await import('./export-bundle.ts');
    return exportBundle({ store, run, lines, path: resolve(shell.cwd, bundle) }, options, shell);
  }
  const log = joinLines(lines);
  // Without its last line feed, which `out` adds.
  if (out === undefined) shell.out(Buffer.from(log.subarray(0, -1)).toString('utf8'));
  else writeNewFile(resolve(shell.cwd, out), log);
  return 0;
}
