// Two runs side by side: what they are, and below that what differs, one aspect after the other.

import type { Aspect, Compared } from '../engine/compare.ts';
import { lengthText } from './due.ts';
import { pair, type Page } from './layout.ts';
import { tableLines } from './table.ts';
import { clip, columns, visible } from './text.ts';

/** One of the two, in words. */
export interface DiffSide {
  readonly run: string;
  /** `aep-prod, rehearsal, go, 2026-03-10 11:00Z`. */
  readonly what: string;
  /** What the verification of its log says. */
  readonly log: string;
}

const titles: readonly (readonly [Aspect, string])[] = [
  ['result', 'Result'],
  ['verdict', 'Verdicts'],
  ['answer', 'Answers'],
  ['value', 'Values'],
  ['people', 'People'],
  ['took', 'Durations, which make no two runs different'],
];

/** No cell is longer than this, in columns. */
const longestCell = 300;
/** The reason of a verdict is only named here: the replay has it whole. */
const longestVerdict = 120;
const widestName = 28;

/** The comparison as lines. `all`: also what is the same. */
export function diffLines(
  page: Page,
  sides: readonly [DiffSide, DiffSide],
  rows: readonly Compared[],
  all: boolean,
): readonly string[] {
  const { theme } = page;
  const head = sides.flatMap(({ run, what, log }, index) => [
    ...pair(page, 0, String(index + 1), run, 3),
    ...pair(page, 3, '', what, 0),
    ...pair(page, 3, '', log, 0),
  ]);
  const lines = [...head];
  for (const [aspect, title] of titles) {
    const own = rows.filter((row) => row.aspect === aspect && (all || row.differs));
    if (own.length === 0) continue;
    lines.push('', theme.bold(title), ...aspectLines(page, own, all));
  }
  const decisive = rows.filter(({ aspect }) => aspect !== 'took');
  const different = decisive.filter(({ differs }) => differs).length;
  const verdicts = decisive.filter(({ aspect }) => aspect === 'verdict');
  const same = verdicts.filter(({ differs }) => !differs).length;
  const steps = `${same} of ${verdicts.length} steps have the same verdict`;
  lines.push(
    '',
    different === 0 ? `The same: ${steps}.` : `Different in ${different} of ${decisive.length}: ${steps}.`,
  );
  return lines;
}

function aspectLines(page: Page, rows: readonly Compared[], all: boolean): readonly string[] {
  const names = rows.map(nameOf);
  const longest = Math.max(...names.map(columns));
  const width = Math.min(longest, widestName, Math.floor(page.width / 3));
  // Two columns in front, two between each, and one for the mark.
  const mark = all ? 1 : 0;
  const side = Math.max(10, Math.floor((page.width - 2 - width - 4 - (all ? 3 : 0)) / 2));
  const layout = [...(all ? [{ width: mark }] : []), { width: Math.max(width, 1) }, { width: side }, { width: side }];
  const cells = rows.map((row, index) => [
    ...(all ? [row.differs ? '≠' : ''] : []),
    names[index] ?? '',
    cell(row, row.left),
    cell(row, row.right),
  ]);
  return tableLines(cells, layout, 2);
}

function nameOf({ aspect, name, of }: Compared): string {
  const own = visible(name === '' ? (aspect === 'people' ? 'sessions' : 'the run') : name);
  return of === '' || of === 'set' ? own : `${own}: ${visible(of)}`;
}

/** Made visible by the table; cut by what it takes when it is. */
function cell({ aspect }: Compared, text: string | undefined): string {
  if (text === undefined) return '–';
  const shown = visible(aspect === 'took' ? lengthText(Number(text)) : text);
  return clip(shown, aspect === 'verdict' ? longestVerdict : longestCell);
}
