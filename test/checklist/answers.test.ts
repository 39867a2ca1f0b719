import { expect, it } from 'vitest';
import { checkAnswer, questionOf, readAnswer } from '../../src/checklist/answers.ts';
import { parseInterval, parseOffset, parsePercent } from '../../src/checklist/offset.ts';
import { splitName } from '../../src/checklist/find.ts';

const now = Date.parse('2026-03-01T00:00:00Z');

it.each([
  ['confirm', { confirm: {} }, 'yes', true],
  ['confirm', { confirm: {} }, 'No', false],
  ['integer', { integer: { gte: 1 } }, '7', 7],
  ['number', { number: {} }, '-1.5', -1.5],
  ['text', { text: { matches: '^db' } }, ' db.t4g ', 'db.t4g'],
  ['date', { date: { ago: { lte: '90d' } } }, '2026-02-01', '2026-02-01'],
  ['choice', { choice: [1, 'two'] }, '1', 1],
])('reads a %s as it was typed', (_type, form, typed, answer) => {
  expect(readAnswer(questionOf({ question: 'Q', ...form }), typed, now)).toEqual({ answer });
});

it.each([
  ['confirm', { confirm: {} }, 'y'],
  ['confirm', { confirm: {} }, ''],
  ['integer', { integer: {} }, '1.5'],
  ['integer', { integer: { gte: 1 } }, '0'],
  ['number', { number: {} }, '0x10'],
  ['number', { number: {} }, ''],
  ['text', { text: {} }, '   '],
  ['text', { text: { matches: '^db' } }, 'x'],
  ['date', { date: {} }, '2026-02-31x'],
  ['date', { date: {} }, '2026-02-01T10:00'],
  ['date', { date: { ago: { lte: '90d' } } }, '2025-01-01'],
  ['choice', { choice: [1, 'two'] }, '2'],
])('refuses a %s of the wrong form or beyond its limits', (_type, form, typed) => {
  expect(readAnswer(questionOf({ question: 'Q', ...form }), typed, now)).toHaveProperty('problem');
});

it('tells text from numbers in a file', () => {
  expect(checkAnswer(questionOf({ question: 'Q', integer: {} }), '2', now)).toBe('must be a whole number');
  expect(checkAnswer(questionOf({ question: 'Q', confirm: {} }), 'yes', now)).toBe('must be yes or no');
  expect(checkAnswer(questionOf({ question: 'Q', text: { matches: '^b' } }), 'a', now)).toMatch(/^must match /);
});

it('reads offsets, intervals and shares, and nothing that only looks like them', () => {
  expect(['T', 'T-0', 'T-7d', 'T+15m', 'T+1h30m'].map(parseOffset)).toEqual([0, 0, -604_800_000, 900_000, 5_400_000]);
  expect(['', 'T7d', 't-7d', 'T-', 'T-7 d', 'T--7d'].map(parseOffset)).toEqual(Array(6).fill(undefined));
  expect(['5s', '5s..30s'].map(parseInterval)).toEqual([
    { min: 5000, max: 5000 },
    { min: 5000, max: 30_000 },
  ]);
  expect(['0s', '30s..5s', '5s..', '1s..2s..3s', '5'].map(parseInterval)).toEqual(Array(5).fill(undefined));
  expect(['90%', '0%', '101%', '90'].map(parsePercent)).toEqual([0.9, 0, undefined, undefined]);
});

it('splits a name at its last hyphen, and takes no path for a name', () => {
  expect(splitName('aep-prod')).toEqual({ checklist: 'aep', target: 'prod' });
  expect(splitName('data-lake-eu_west')).toEqual({ checklist: 'data-lake', target: 'eu_west' });
  for (const bad of ['aep', '../aep-prod', 'aep-', '-prod', 'aep-prod/..', 'AEP-prod', 'a/b-c'])
    expect(splitName(bad), bad).toBeUndefined();
});
