// The one line that is redrawn while steps are under way: whatever fails is never hidden behind what does not.

import { visible } from './text.ts';

/** How far a step is that is looked at again and again. */
export interface UnderWay {
  /** `watching watch-5xx: 12 of 30 minutes, 1 failing, 18m left`. */
  readonly words: string;
  /** Samples that did not hold so far. */
  readonly failing: number;
}

/** How much of one step's words goes on the line. */
const wordsMax = 300;

/** The steps under way, by id, in one line: the one with most that fails in full, others that fail by name. */
export function liveLine(under: ReadonlyMap<string, UnderWay>): string {
  const [first, ...others] = [...under].toSorted(([, a], [, b]) => b.failing - a.failing);
  if (first === undefined) return '';
  const failing = others.filter(([, { failing: count }]) => count > 0);
  const quiet = others.length - failing.length;
  return [
    visible(first[1].words).slice(0, wordsMax),
    ...failing.map(([id, { failing: count }]) => `${id}: ${count} failing`),
    ...(quiet > 0 ? [`${quiet} more`] : []),
  ].join('; ');
}
