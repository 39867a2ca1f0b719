// Past runs of one checklist as a table, and what they say together.

import type { QuietStep, SlowStep } from '../engine/history.ts';
import { lengthText, minuteText } from './due.ts';
import { pair, someIds, type Page } from './layout.ts';
import { tableLines } from './table.ts';
import { clip, columns, visible } from './text.ts';

export interface PastRun {
  readonly run: string;
  /** When it was opened, in ms; absent where its first line does not hold. */
  readonly begunMs?: number;
  /** `run`, `dry-run`, `survey` or `rehearsal`. */
  readonly mode: string;
  /** `go`, or how it stands. */
  readonly result: string;
  readonly tookMs: number;
  /** `ID waived by WHO: WHY` for each step somebody took a verdict for. */
  readonly accepted: readonly string[];
  readonly slowest: readonly SlowStep[];
  /** Why its log is not whole; absent for one that is. */
  readonly damage?: string;
}

export interface Together {
  /** What is counted: `3 runs`, or rehearsals where there is nothing else. */
  readonly of: string;
  readonly slowest: readonly SlowStep[];
  readonly quiet: readonly QuietStep[];
}

/** No text from a log is longer than this, in columns. */
const longest = 300;

/** The newest run first. `verbose`: every step that never caught anything by name. */
export function historyLines(
  page: Page,
  name: string,
  runs: readonly PastRun[],
  together: Together | undefined,
  verbose: boolean,
): readonly string[] {
  const { theme } = page;
  const rows = runs.map(({ begunMs, mode, result, tookMs, run }) => [
    begunMs === undefined ? 'unknown' : minuteText(begunMs),
    mode,
    result,
    lengthText(tookMs),
    run,
  ]);
  const heads = ['when', 'mode', 'verdict', 'took', 'run'];
  const widths = heads.map((head, index) => Math.max(...[head, ...rows.map((row) => row[index] ?? '')].map(columns)));
  const layout = widths.map((width) => ({ width }));
  const lines = [
    `${theme.bold(visible(name))}  ${runs.length === 1 ? '1 run' : `${runs.length} runs`}`,
    ...tableLines(
      [heads],
      layout.map((column) => ({ ...column, paint: theme.dim })),
      2,
    ),
  ];
  for (const [index, one] of runs.entries()) {
    lines.push(...tableLines([rows[index] ?? []], layout, 2));
    if (one.damage !== undefined)
      lines.push(...pair(page, 4, theme.glyphs.error, clip(visible(one.damage), longest), 2, theme.bad));
    for (const text of one.accepted)
      lines.push(...pair(page, 4, theme.glyphs.waived, clip(visible(text), longest), 2, theme.warn));
    if (one.slowest.length > 0) lines.push(...pair(page, 4, theme.glyphs.dot, `slowest: ${slowText(one.slowest)}`, 2));
  }
  if (together === undefined) return lines;
  const { of, slowest, quiet } = together;
  lines.push('', theme.bold(`In ${of}`));
  lines.push(...pair(page, 2, 'slowest', slowest.length === 0 ? 'none took any time' : slowText(slowest), 10));
  const ids = quiet.map(({ step }) => ({ id: step }));
  const named = verbose ? ids.map(({ id }) => id).join(', ') : someIds(ids);
  const never = ids.length === 0 ? 'every step did once' : `${ids.length} of the steps: ${named}`;
  return [...lines, ...pair(page, 2, 'never caught anything', never, 23)];
}

function slowText(steps: readonly SlowStep[]): string {
  return steps.map(({ step, medianMs }) => `${step} ${lengthText(medianMs)}`).join(', ');
}
