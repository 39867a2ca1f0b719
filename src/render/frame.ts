// One mistake in a file as a person reads it: where, what, the line itself with a caret, what to do.

import type { Problem } from '../checklist/places.ts';
import { columns, visible } from './text.ts';

/** Characters of a long line that are shown around the mistake. */
const window = 100;

/** `file:line:column: what is wrong`, the line, a caret below it, the hint. */
export function frame(problem: Problem): string {
  const { file, line, column, message, hint, template: from } = problem;
  const { text, caret, length } = excerpt(problem);
  const gutter = String(line).padStart(5);
  const pad = ' '.repeat(gutter.length);
  const origin = from === undefined ? '' : ` (template ${from.name}, ${from.file}:${from.line}:${from.column})`;
  const lines = [`${visible(file)}:${line}:${column}: ${visible(message)}${visible(origin)}`];
  if (text.trim() !== '') lines.push(`${gutter} | ${text}`, `${pad} | ${' '.repeat(caret)}${'^'.repeat(length)}`);
  if (hint !== undefined) lines.push(`${pad}   ${visible(hint)}`);
  return lines.join('\n');
}

/** All problems, and how many there are of what they are called. */
export function frames(problems: readonly Problem[], called: 'mistake' | 'warning' = 'mistake'): string {
  const count = `${problems.length} ${called}${problems.length === 1 ? '' : 's'}`;
  return [...problems.map((problem) => frame(problem)), count].join('\n\n');
}

function excerpt({ excerpt: whole, column, length }: Problem): { text: string; caret: number; length: number } {
  const from = column - 1 > window - 20 ? column - 41 : 0;
  const before = `${from > 0 ? '…' : ''}${visible(whole.slice(from, column - 1))}`;
  const shown = whole.slice(column - 1, from + window);
  const marked = visible(shown.slice(0, length));
  const after = `${visible(shown.slice(length))}${whole.length > from + window ? '…' : ''}`;
  return { text: before + marked + after, caret: columns(before), length: Math.max(1, columns(marked)) };
}
