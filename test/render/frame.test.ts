import { expect, it } from 'vitest';
import { frame, frames } from '../../src/render/frame.ts';

const problem = { file: 'a.yaml', line: 12, column: 5, length: 3, message: 'is wrong', excerpt: '    abc: 1' };

it('shows the place, the line, a caret below it and the hint', () => {
  expect(frame({ ...problem, hint: 'write it right' })).toBe(
    'a.yaml:12:5: is wrong\n   12 |     abc: 1\n      |     ^^^\n        write it right',
  );
});

it('keeps the caret below the place behind what is shown wider than it is', () => {
  const [, text = '', carets = ''] = frame({ ...problem, excerpt: '\u001b[2J漢abc: 1', column: 6 }).split('\n');
  expect(text).toContain(String.raw`\x1b`);
  // One of the characters before it takes two columns.
  expect(carets.indexOf('^')).toBe(text.indexOf('abc') + 1);
});

it('cuts a long line around the place', () => {
  const [, text = '', carets = ''] = frame({
    ...problem,
    excerpt: `${'x'.repeat(500)}abc${'y'.repeat(500)}`,
    column: 501,
  }).split('\n');
  expect(text.length).toBeLessThan(130);
  expect(text.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('abc');
});

it('counts the mistakes', () => {
  expect(frames([problem])).toMatch(/\n\n1 mistake$/);
  expect(frames([problem, problem])).toMatch(/\n\n2 mistakes$/);
});
