// The breaks of a rehearsal's world as a table: what to call each, what it does, and which steps it turns red.

import { pad, type Page } from './layout.ts';
import { columns, visible, wrap } from './text.ts';

export interface BreakRow {
  readonly name: string;
  readonly title: string;
  /** Ids, in the order of the checklist. */
  readonly steps: readonly string[];
  /** The lines of the paper that these steps cite: `aep-go-live-checklist#96`. */
  readonly lines: readonly string[];
}

/** Where there is less room for the text than this, it stands below the name. */
const leastRoom = 40;

/** The table, and how to use it. `rehearse`: the command without its options. */
export function breakLines(page: Page, rows: readonly BreakRow[], rehearse: string): readonly string[] {
  if (rows.length === 0) return ['This world has no breaks.'];
  const longest = Math.max(...rows.map(({ name }) => columns(visible(name)))) + 2;
  const beside = page.width - longest >= leastRoom;
  const indent = beside ? longest : 4;
  const body = rows.flatMap((row) => {
    const [first = '', ...rest] = [
      ...wrap(visible(row.title), page.width - indent),
      ...stepLines(page, row.steps, page.width - indent),
    ];
    const name = visible(row.name);
    const margin = ' '.repeat(indent);
    const head = beside ? [page.theme.bold(pad(name, indent)) + first] : [page.theme.bold(name), margin + first];
    return [...head, ...rest.map((line) => margin + line)];
  });
  const lines = new Set(rows.flatMap((row) => row.lines)).size;
  const total = `${count(rows.length, 'break')}, noticed by ${count(lines, 'line')} of the paper.`;
  return [...body, '', ...wrap(total, page.width), `${rehearse} --break ${visible(rows[0]?.name ?? '')}`];
}

function stepLines(page: Page, steps: readonly string[], width: number): readonly string[] {
  const { glyphs, dim, bad } = page.theme;
  if (steps.length === 0) return [dim(`${glyphs.open} not said which steps`)];
  const [first = '', ...rest] = wrap(visible(steps.join(', ')), width - 2);
  return [`${bad(glyphs.fail)} ${dim(first)}`, ...rest.map((line) => `  ${dim(line)}`)];
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
