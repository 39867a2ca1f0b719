// `golive diff`: two runs side by side, a rehearsal against the real thing for example. Only their logs are asked.

import { compareRuns } from '../engine/compare.ts';
import { pastOf, type Past } from '../engine/past.ts';
import { exitCodes } from '../errors.ts';
import { diffLines, type DiffSide } from '../render/diff.ts';
import { lengthText, minuteText } from '../render/due.ts';
import { jsonText } from '../render/json.ts';
import { theme } from '../render/theme.ts';
import { unobeyed } from '../render/text.ts';
import { verificationLines } from '../render/verification.ts';
import { logExit, readRecorded, type Recorded } from './recorded.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';

export interface DiffOptions extends GlobalOptions {
  /** Also what is the same. */
  readonly all?: boolean;
}

/**
 * Compares two runs, each by id, by name or as an exported log. Returns 0 when they are the same, 1 when they are not, and
 * what `golive verify` would when a log does not hold: what is before a line that does not is compared all the same.
 */
export async function diff(one: string, other: string, options: DiffOptions, shell: ProcessShell): Promise<number> {
  const left = await sideOf(one, options, shell);
  const right = await sideOf(other, options, shell);
  const rows = compareRuns(left.past, right.past);
  const differs = rows.some((row) => row.differs && row.aspect !== 'took');
  const broken = [left, right].map(({ recorded }) => logExit(recorded, {})).find((exit) => exit !== exitCodes.go);
  if (options.json === true) {
    const shown = options.all === true ? rows : rows.filter((row) => row.differs);
    const told = { same: !differs && broken === undefined, runs: [left.json, right.json], rows: shown };
    shell.out(jsonText(told, 2));
  } else {
    const { width, colour, unicode } = shell.terminal;
    const page = { width, theme: theme({ colour, unicode }) };
    for (const line of diffLines(page, [left.side, right.side], rows, options.all === true)) shell.out(unobeyed(line));
  }
  if (broken !== undefined) return broken;
  return differs ? exitCodes.noGo : exitCodes.go;
}

interface Side {
  readonly recorded: Recorded;
  readonly past: Past;
  readonly side: DiffSide;
  readonly json: Readonly<Record<string, unknown>>;
}

async function sideOf(wanted: string, options: DiffOptions, shell: ProcessShell): Promise<Side> {
  const recorded = await readRecorded(wanted, options, shell);
  const { run, verification, events, source } = recorded;
  const past = pastOf(events);
  const { opened, begun = '', sealed } = past.state;
  const name = `${opened?.checklist.name ?? ''}-${opened?.target ?? ''}`;
  const mode = opened?.rehearsal === true ? 'rehearsal' : (opened?.mode ?? 'nothing');
  const [log = ''] = verificationLines(verification, source);
  const when = begun === '' ? '' : `, ${minuteText(Date.parse(begun))}, ${lengthText(past.tookMs)}`;
  const digest = opened?.checklist.digest ?? '';
  return {
    recorded,
    past,
    side: {
      run: run === '' ? wanted : run,
      what: `${name}, ${mode}, ${sealed?.result ?? 'not sealed'}${when}, checklist sha256 ${digest.slice(0, 12)}`,
      log,
    },
    json: {
      run,
      name,
      mode: opened?.mode ?? null,
      rehearsal: opened?.rehearsal ?? null,
      checklist: digest,
      result: sealed?.result ?? null,
      begun,
      took_ms: past.tookMs,
      log: { verdict: verification.verdict, reason: verification.reason, lines: verification.lines },
    },
  };
}
