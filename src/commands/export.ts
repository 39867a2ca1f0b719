// `golive export RUN`: the log of a run as one file that anybody can verify.

import { resolve } from 'node:path';
import { writeNewFile } from '../effects/log-file.ts';
import { runIdPattern } from '../log/bodies.ts';
import { joinLines } from '../log/statement.ts';
import { findRun, openStore } from './runs.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export interface ExportCommand extends GlobalOptions {
  /** A path that is not there yet; absent: standard output. */
  readonly out?: string | undefined;
}

/** Writes `run.jsonl` of the run that is meant. The same run always gives the same bytes. */
export async function exportRun(wanted: string, options: ExportCommand, shell: Shell): Promise<number> {
  const store = openStore(options, shell);
  // By its id even where it cannot be replayed: whoever looks into damage needs the bytes.
  const run = runIdPattern.test(wanted) ? wanted : (await findRun(store, wanted, shell)).run;
  const log = joinLines(await store.read(run, 0));
  // Without its last line feed, which `out` adds.
  if (options.out === undefined) shell.out(Buffer.from(log.subarray(0, -1)).toString('utf8'));
  else writeNewFile(resolve(shell.cwd, options.out), log);
  return 0;
}
