// A table of texts that fits the page: each cell wraps within its column, rows never run into one another.

import { pad } from './layout.ts';
import { columns, visible, wrap } from './text.ts';
import type { Paint } from './theme.ts';

export interface Column {
  /** In columns of the terminal. */
  readonly width: number;
  readonly align?: 'right';
  readonly paint?: Paint;
}

const gap = '  ';

/** The lines of the rows below one another; `indent` columns stand in front of each. Foreign text is made visible here. */
export function tableLines(
  rows: readonly (readonly string[])[],
  layout: readonly Column[],
  indent: number,
): readonly string[] {
  return rows.flatMap((row) => {
    const cells = layout.map(({ width }, index) => wrap(visible(row[index] ?? ''), width));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const parts = layout.map((column, index) => cell(cells[index]?.[line] ?? '', column));
      return (' '.repeat(indent) + parts.join(gap)).trimEnd();
    });
  });
}

function cell(text: string, { width, align, paint = (plain) => plain }: Column): string {
  if (text === '') return ' '.repeat(width);
  if (align === 'right') return ' '.repeat(Math.max(0, width - columns(text))) + paint(text);
  return pad(paint(text), width);
}
