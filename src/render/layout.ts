// How lines are laid out: a width, a theme, and pairs of a name and a text that wraps under itself.

import type { Paint, Theme } from './theme.ts';
import { clip, columns, visible, wrap } from './text.ts';

/** Where lines go: `width` in columns. */
export interface Page {
  readonly width: number;
  readonly theme: Theme;
}

/** `name  text`, the text wrapped under itself; foreign text is made visible here. `paint` is for the name. */
export function pair(
  page: Page,
  indent: number,
  name: string,
  text: string,
  nameWidth = 10,
  paint: Paint = page.theme.dim,
): string[] {
  const lead = indent + nameWidth;
  const lines = wrap(visible(text), Math.max(20, page.width - lead), 0);
  return lines.map((line, index) => {
    const label = index === 0 ? paint(name.padEnd(nameWidth)) : ' '.repeat(nameWidth);
    return `${' '.repeat(indent)}${label}${line}`;
  });
}

/** A line with something at its right edge, as far as there is room. */
export function spread(page: Page, left: string, right: string): string {
  const room = page.width - columns(left) - columns(right);
  return right !== '' && room >= 2 ? left + ' '.repeat(room) + right : fit(page, left);
}

/** One line, cut where the page ends. */
export function fit(page: Page, line: string): string {
  return clip(line, page.width, page.theme.glyphs.ellipsis);
}

/** Pads to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** `3 passed, 1 waived`: what is not zero, in a fixed order. */
export function tally(counts: Readonly<Record<string, number>>, words: readonly (readonly [string, string])[]): string {
  return words.flatMap(([key, word]) => ((counts[key] ?? 0) > 0 ? [`${counts[key]} ${word}`] : [])).join(', ');
}

/** The words of a roll-up, worst first. */
export const tallyWords = [
  ['fail', 'failed'],
  ['error', 'could not be looked at'],
  ['inconclusive', 'inconclusive'],
  ['open', 'open'],
  ['waived', 'waived'],
  ['attested', 'attested'],
  ['deferred', 'deferred'],
  ['skip', 'skipped'],
  ['pass', 'passed'],
] as const;

/** How many steps are named before the rest is only counted; the log has all. */
const namesMax = 12;

/** The ids of steps, the first dozen by name. */
export function someIds(steps: readonly { readonly id: string }[]): string {
  const named = steps.slice(0, namesMax).map(({ id }) => id);
  const more = steps.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}
