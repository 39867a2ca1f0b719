// `golive report RUN`: a run as a file for other programs and people. Made from its log alone, after that was verified.

import { resolve } from 'node:path';
import { writeNewFile } from '../effects/log-file.ts';
import { evolveAll } from '../engine/evolve.ts';
import { GoliveError } from '../errors.ts';
import { verifyExits } from '../log/verify.ts';
import { reportGithub } from '../render/report-github.ts';
import { reportHtml } from '../render/report-html.ts';
import { reportJson, reportNdjson } from '../render/report-json.ts';
import { reportJunit } from '../render/report-junit.ts';
import { reportMarkdown } from '../render/report-markdown.ts';
import { reportOf, type Reported } from '../render/report-model.ts';
import { standingOf } from '../render/report-words.ts';
import { ownDigest } from './amended.ts';
import { readRecorded, type Recorded } from './recorded.ts';
import { evidenceOf } from './report-evidence.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import type { VerifyTrustOptions } from './verify-trust.ts';

export interface ReportCommand extends GlobalOptions, VerifyTrustOptions {
  /** Absent: `json` where `--json` asks for it, else `markdown`. */
  readonly format?: string | undefined;
  /** A path that is not there yet; absent: standard output. */
  readonly out?: string | undefined;
}

/**
 * Writes the report of the run that is meant, as `readRecorded` finds it. The same log always gives the same bytes; for `html`
 * the same log and evidence. Returns 0 whatever the run came to, and what `golive verify` would where the log does not hold:
 * the report then says so, and is of the lines before. Throws GoliveError `usage` for a format that is none.
 */
export async function report(wanted: string, options: ReportCommand, shell: Shell): Promise<number> {
  const format = options.format ?? (options.json === true ? 'json' : 'markdown');
  const { reported, blobOf } = await readReported(wanted, options, shell);
  const { text, broken } = await reportText(reported, format, blobOf);
  // Without its last line feed, which `out` adds.
  if (options.out === undefined) shell.out(text.slice(0, -1));
  else writeNewFile(resolve(shell.cwd, options.out), Buffer.from(text));
  if (!broken) return 0;
  const { exit } = reported.verification;
  return exit === 0 ? verifyExits.INCOMPLETE : exit;
}

/** What every report of a run is made from, read and verified once. Throws GoliveError as `readRecorded`. */
export async function readReported(
  wanted: string,
  options: GlobalOptions & VerifyTrustOptions,
  shell: Shell,
): Promise<{ readonly reported: Reported } & Pick<Recorded, 'blobOf'>> {
  const { events, verification, planOf, blobOf } = await readRecorded(wanted, options, shell);
  const state = evolveAll(events);
  const found = state.opened === undefined ? undefined : await planOf(ownDigest(state), state);
  const plan = found === undefined || 'missing' in found ? undefined : found;
  const signersGiven = options.allowedSigners !== undefined || options.trustRepo !== undefined;
  return { reported: { events, state, plan, verification, signersGiven }, blobOf };
}

/**
 * The text of a report in that format, with a line feed at its end, and whether the log it was made from does not hold.
 * Throws GoliveError `usage` for a format that is none.
 */
export async function reportText(
  reported: Reported,
  format: string,
  blobOf: Recorded['blobOf'],
): Promise<{ readonly text: string; readonly broken: boolean }> {
  const made = reportOf(reported);
  const broken = standingOf(made) === 'broken';
  if (format === 'markdown') return { text: reportMarkdown(made), broken };
  if (format === 'junit') return { text: reportJunit(made), broken };
  if (format === 'html') return { text: reportHtml(made, reported, await evidenceOf(reported, blobOf)), broken };
  if (format === 'github') return { text: reportGithub(made), broken };
  if (format === 'json') return { text: reportJson(made), broken };
  if (format === 'ndjson') return { text: reportNdjson(made, reported.events), broken };
  throw new GoliveError('usage', `a report is junit, markdown, html, github, json or ndjson, and not ${format}`);
}
