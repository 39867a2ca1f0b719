// Goal: while several steps are under way, what fails in one of them is never hidden behind another.

import { expect, it } from 'vitest';
import { liveLine } from '../../src/render/live.ts';

const watch = (id: string, failing: number) =>
  [id, { words: `watching ${id}: 12 of 30 minutes, ${failing} failing`, failing }] as const;

it('one step has the line for itself, without foreign control characters', () => {
  expect(liveLine(new Map())).toBe('');
  expect(liveLine(new Map([watch('a', 0)]))).toBe('watching a: 12 of 30 minutes, 0 failing');
  expect(liveLine(new Map([['a', { words: 'waiting for a: \u001b[2J', failing: 0 }]]))).not.toContain('\u001b');
});

it('of several the one that fails most is told in full, the others that fail by name, and the rest are counted', () => {
  const under = new Map([watch('a', 0), watch('b', 1), watch('c', 3), watch('d', 0)]);
  expect(liveLine(under)).toBe('watching c: 12 of 30 minutes, 3 failing; b: 1 failing; 2 more');
});

it('as long as nothing fails, the first to say something keeps the line', () => {
  expect(liveLine(new Map([watch('a', 0), watch('b', 0)]))).toBe('watching a: 12 of 30 minutes, 0 failing; 1 more');
});
