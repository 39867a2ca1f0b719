// `--report FORMAT:FILE`: what a run leaves for other programs, written when its process is done with it.

import { dirname, resolve } from 'node:path';
import { isFolder, replaceFile } from '../effects/log-file.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { visible } from '../render/text.ts';
import { reportFormats } from './report-formats.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';

export interface ReportAsked {
  readonly format: string;
  /** Absolute; undefined: standard output. */
  readonly path: string | undefined;
}

/** Reads the options; throws GoliveError `usage` for one that could not be written in the end. */
export function reportsAsked(
  asked: readonly string[] = [],
  { json }: GlobalOptions,
  shell: Pick<ProcessShell, 'cwd'>,
): readonly ReportAsked[] {
  const read = asked.map((text) => {
    const [, format = '', file = ''] = /^([a-z]+):(.+)$/s.exec(text) ?? [];
    const formats = reportFormats.join(', ');
    if (!reportFormats.some((known) => known === format))
      throw new GoliveError(
        'usage',
        `--report ${visible(text.slice(0, 100))} is not FORMAT:FILE, such as junit:out.xml`,
        {
          hint: `Formats: ${formats}. FILE may be - for standard output.`,
        },
      );
    if (file === '-') return { format, path: undefined };
    const path = resolve(shell.cwd, file);
    if (!isFolder(dirname(path)))
      throw new GoliveError('usage', `--report ${format}: there is no folder ${visible(dirname(path))}`);
    return { format, path };
  });
  const shown = read.filter(({ path }) => path === undefined);
  if (shown.length > (json === true ? 0 : 1))
    throw new GoliveError(
      'usage',
      'standard output takes one format: the transcript with one report below it, or --json',
    );
  return read;
}

/**
 * Writes each report from the log of the run, as `golive report` would. Returns the exit code of the run, or 3 where a run
 * that came to nothing worse leaves without a report that was asked for.
 */
export async function writeReports(
  asked: readonly ReportAsked[],
  run: string,
  exit: number,
  options: GlobalOptions,
  shell: ProcessShell,
): Promise<number> {
  if (asked.length === 0) return exit;
  // Most runs never need what makes them.
  const { readReported, reportText } = await import('./report.ts');
  const kept = options.runsDir === undefined ? {} : { runsDir: options.runsDir };
  let reading: ReturnType<typeof readReported> | undefined;
  let written = true;
  for (const { format, path } of asked) {
    try {
      reading ??= readReported(run, kept, shell);
      const { reported, blobOf } = await reading;
      const { text } = await reportText(reported, format, blobOf);
      if (path === undefined) shell.out(text.slice(0, -1));
      else replaceFile(path, new TextEncoder().encode(text));
    } catch (error) {
      if (!(error instanceof GoliveError)) throw error;
      shell.err(`golive: the report ${format} was not written: ${visible(error.message)}`);
      written = false;
    }
  }
  return written || exit !== exitCodes.go ? exit : exitCodes.usage;
}
