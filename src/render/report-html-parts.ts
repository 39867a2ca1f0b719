// The small parts of the HTML report that all its sections are made of: verdicts, moments, tables.

import { code, el, told, type Child, type Html } from './html.ts';
import type { ReportStep } from './report-model.ts';
import { theme } from './theme.ts';

type Word = ReportStep['word'];

const { glyphs } = theme({ colour: false, unicode: true });

/** How a word is coloured; beside it always stands the word itself. */
export const tones: Readonly<Record<Word, 'good' | 'bad' | 'warn' | 'plain'>> = {
  pass: 'good',
  fail: 'bad',
  error: 'bad',
  inconclusive: 'warn',
  waived: 'warn',
  attested: 'warn',
  open: 'plain',
  skip: 'plain',
  deferred: 'plain',
};

/** In the order in which they are counted out. */
export const words = [
  'pass',
  'fail',
  'error',
  'inconclusive',
  'waived',
  'attested',
  'open',
  'skip',
  'deferred',
] as const satisfies readonly Word[];

/** A verdict: a glyph for the eye, and the word. */
export function badge(word: Word): Html {
  return el('span', { class: `badge ${tones[word]}` }, glyph(word), ' ', word);
}

/** The glyph of a word, which nobody reads out. */
export function glyph(word: Word): Html {
  return el('span', { 'aria-hidden': 'true' }, glyphs[word]);
}

/** `2026-05-05 13:00:12Z` of a time in the `at` format; nothing of an empty one. */
export function moment(at: string): Html | undefined {
  if (at === '') return undefined;
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d{3}Z$/.exec(at) ?? [];
  return day === undefined ? told(at) : el('time', { datetime: at }, `${day} ${time}Z`);
}

/** Where a step stands on the page. No two ids of steps come to the same. */
export function anchorOf(id: string): string {
  const safe = id.replace(/[^A-Za-z0-9._-]/gu, (found) => `~${(found.codePointAt(0) ?? 0).toString(16)}~`);
  return `step-${safe}`;
}

/** The id of a step, leading to where all of it is told. */
export function linkTo({ id }: Pick<ReportStep, 'id'>): Html {
  return el('a', { href: `#${anchorOf(id)}` }, code(id));
}

/** Pairs of a name and what it is; those without are left out. */
export function facts(pairs: readonly (readonly [string, Child])[], kind = 'facts'): Html {
  const there = pairs.filter(([, what]) => what !== undefined && what !== '');
  return el(
    'dl',
    { class: kind },
    there.map(([name, what]) => el('div', {}, el('dt', {}, name), el('dd', {}, what))),
  );
}

/**
 * A table with a caption, the first cell of each row being its head. On a narrow screen its rows are put one below the other
 * with the names of the columns beside the cells, which takes the roles away that browsers give; so they are written.
 */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Child[])[], kind = ''): Html {
  return el(
    'table',
    { class: kind === '' ? undefined : kind, role: 'table' },
    el('caption', {}, caption),
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, head.map(columnHead))),
    el('tbody', { role: 'rowgroup' }, rows.map(row)),
  );

  function row(cells: readonly Child[]): Html {
    return el('tr', { role: 'row' }, cells.map(cell));
  }

  function cell(child: Child, at: number): Html {
    if (at === 0) return el('th', { scope: 'row', role: 'rowheader', 'data-name': head[at] }, child);
    return el('td', { role: 'cell', 'data-name': head[at] }, child);
  }
}

function columnHead(name: string): Html {
  return el('th', { scope: 'col', role: 'columnheader' }, name);
}

/** A section of the page with its heading. */
export function section(id: string, title: string, ...children: readonly Child[]): Html {
  return el('section', { id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, title), children);
}

/** `1 step`, `12 steps`. */
export function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
