// Every matcher over one value, as a table: what passes, what fails, and what can only be inconclusive.

import { describe, expect, test } from 'vitest';
import type { Expectation } from '../../src/engine/expectation.ts';
import type { Json } from '../../src/engine/json.ts';
import { judge } from '../../src/engine/judge.ts';
import { longestSearched } from '../../src/engine/matchers.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

function verdict(expectation: Expectation, value: Json): string {
  return judge([{ path: 'value', ...expectation }], { value }, now).verdict;
}

function told(expectation: Expectation, value: Json): { observed?: string; hint?: string } {
  return judge([{ path: 'value', ...expectation }], { value }, now).findings[0] ?? {};
}

const cases: readonly (readonly [Expectation, Json, string])[] = [
  [{ eq: 200 }, 200, 'pass'],
  [{ eq: 200 }, '200', 'fail'],
  [{ eq: true }, 'true', 'fail'],
  [{ eq: 'healthy' }, 'healthy ', 'fail'],
  [{ eq: { a: [1, { b: null }] } }, { a: [1, { b: null }] }, 'pass'],
  [{ eq: { a: 1 } }, { a: 1, b: 2 }, 'fail'],
  [{ eq: ['a', 'b'] }, ['b', 'a'], 'fail'],
  [{ eq: ['sg-1'] }, 'sg-1', 'fail'],
  [{ eq: 'sg-1' }, ['sg-1'], 'fail'],
  [{ eq: null }, 0, 'fail'],
  [{ eq: 0 }, false, 'fail'],
  [{ ne: 200 }, 404, 'pass'],
  [{ ne: 200 }, 200, 'fail'],
  [{ in: [200, 401] }, 401, 'pass'],
  [{ in: [200, 401] }, 500, 'fail'],
  [{ in: [] }, 500, 'fail'],
  [{ not_in: [500, 502] }, 200, 'pass'],
  [{ not_in: [500, 502] }, 502, 'fail'],
  [{ not_in: [] }, 502, 'inconclusive'],
  [{ ne: '500' }, 500, 'inconclusive'],
  [{ ne: 'true' }, true, 'inconclusive'],
  [{ ne: null }, 500, 'pass'],
  [{ not_in: ['500'] }, 500, 'inconclusive'],
  [{ not_in: [429, '500'] }, 500, 'inconclusive'],
  [{ not_in: ['500', '502'] }, 200, 'inconclusive'],
  [{ lt: 1 }, 0.5, 'pass'],
  [{ lt: 1 }, 1, 'fail'],
  [{ lte: 1 }, 1, 'pass'],
  [{ gt: 1 }, 1, 'fail'],
  [{ gte: 1 }, 1, 'pass'],
  [{ gte: 5 }, '7', 'fail'],
  [{ gte: '5' }, 7, 'fail'],
  [{ gte: 'a' }, 'b', 'fail'],
  [{ gte: 5 }, [7], 'fail'],
  [{ gte: '2026-01-01' }, '2026-02-01T00:00:00Z', 'pass'],
  [{ lt: '2026-01-01' }, '2026-02-01T00:00:00Z', 'fail'],
  [{ gte: 2, lt: 4 }, 3, 'pass'],
  [{ matches: '^text/html' }, 'text/html; charset=utf-8', 'pass'],
  [{ matches: '^html' }, 'text/html', 'fail'],
  [{ matches: '2' }, 200, 'fail'],
  [{ matches: '(' }, 'x', 'inconclusive'],
  [{ matches: 'z$' }, `${'x'.repeat(longestSearched)}z`, 'inconclusive'],
  [{ not_matches: 'unsafe-inline' }, "default-src 'self'", 'pass'],
  [{ not_matches: 'unsafe-inline' }, "script-src 'unsafe-inline'", 'fail'],
  [{ not_matches: 'x' }, 5, 'fail'],
  [{ not_matches: 'x' }, '', 'inconclusive'],
  [{ not_matches: 'z' }, `${'x'.repeat(longestSearched)}z`, 'inconclusive'],
  [{ contains: '<html' }, '<!doctype html><html>', 'pass'],
  [{ contains: ['CPU', 'Memory'] }, 'CPU and Memory', 'pass'],
  [{ contains: ['CPU', 'Disk'] }, 'CPU and Memory', 'fail'],
  [{ contains: 'a' }, ['a', 'b'], 'pass'],
  [{ contains: 'a' }, ['ab'], 'fail'],
  [{ contains: { k: 1 } }, [{ k: 1 }], 'pass'],
  [{ contains: 1 }, 'x1', 'fail'],
  [{ contains: 'a' }, { a: 1 }, 'fail'],
  [{ contains: [] }, 'abc', 'inconclusive'],
  [{ contains: '' }, 'abc', 'inconclusive'],
  [{ url: 'https://h/' }, 'https://H', 'pass'],
  [{ url: 'https://h/' }, 'http://h/', 'fail'],
  [{ url: 'https://h/' }, '/login', 'fail'],
  [{ url: 'h' }, 'https://h/', 'inconclusive'],
  [{ count: 2 }, [1, 2], 'pass'],
  [{ count: { gte: 2, lte: 3 } }, [1], 'fail'],
  [{ count: 1 }, 'x', 'fail'],
  [{ count: {} }, [1], 'inconclusive'],
  [{ count: { gte: '2' } }, [1, 2], 'inconclusive'],
  [{ from_now: { gte: '30d' } }, '2026-04-15T00:00:00Z', 'pass'],
  [{ from_now: { gte: '30d' } }, '2026-03-15T00:00:00Z', 'fail'],
  [{ ago: { lte: '15m' } }, '2026-03-01T11:50:00Z', 'pass'],
  [{ ago: { lte: '15m' } }, '2026-03-01T11:30:00Z', 'fail'],
  [{ ago: { gte: '0d', lte: '90d' } }, '2026-02-20', 'pass'],
  [{ ago: { gte: '0d', lte: '90d' } }, '2026-03-05', 'fail'],
  [{ ago: { lte: '15m' } }, '2026-03-01T11:50:00', 'fail'],
  [{ ago: { lte: '15m' } }, 1_772_366_400, 'fail'],
  [{ ago: {} }, '2026-03-01T11:50:00Z', 'inconclusive'],
  [{ ago: { lte: 15 } }, '2026-03-01T11:50:00Z', 'inconclusive'],
  [{ absent: true }, 'x', 'fail'],
  [{ absent: false }, 'x', 'pass'],
  [{}, 'x', 'inconclusive'],
];

test.each(
  cases.map(
    ([expectation, value, expected]) =>
      [JSON.stringify(expectation), JSON.stringify(value).slice(0, 60), expected, expectation, value] as const,
  ),
)('%s over %s: %s', (_expectation, _value, expected, expectation, value) => {
  expect(verdict(expectation, value)).toBe(expected);
});

test('wrong pass 18: a redirect to https://h:443/ is one to https://h/', () => {
  expect(verdict({ url: 'https://h/' }, 'https://h:443/')).toBe('pass');
  expect(verdict({ eq: 'https://h/' }, 'https://h:443/')).toBe('fail');
});

test('wrong pass 23: of two matchers in one expectation the second counts as much as the first', () => {
  expect(verdict({ gte: 100, lt: 200 }, 250)).toBe('fail');
  expect(verdict({ ne: 1, eq: 3 }, 2)).toBe('fail');
  expect(verdict({ matches: '^a', contains: 'z' }, 'abc')).toBe('fail');
});

describe('the words', () => {
  test.each<[Expectation, Json, string, string | undefined]>([
    [{ eq: 512 }, '512', '"512", which is text and not a number', 'use path: to_number(value)'],
    [{ gte: 512 }, '512', '"512", which is text and not a number', 'use path: to_number(value)'],
    [{ eq: true }, 'true', '"true", which is text and not true or false', 'expect the text: "true"'],
    [{ in: ['200'] }, 200, '200, which is a number and not text', undefined],
    [
      { eq: 'a' },
      ['a'],
      '["a"], which is a list and not text',
      'use `all:`, `any:` or `one:` for the elements of a list',
    ],
    [{ eq: null }, 'a', '"a", which is text and not null', 'a thing that is not there is expected with `absent: true`'],
    [{ contains: ['a', 'b', 'c'] }, ['b'], '"a", "c" missing from ["b"]', undefined],
    [{ from_now: { gte: '30d' } }, '2026-03-10T12:00:00Z', '"2026-03-10T12:00:00Z", 9d from now', undefined],
    [{ from_now: { gte: '30d' } }, '2026-02-28T12:00:00Z', '"2026-02-28T12:00:00Z", 1d ago', undefined],
    [{ url: 'https://h/' }, '/login', '"/login", which is not a whole address (https://host/path)', undefined],
    [{ eq: 'a' }, 'x'.repeat(1000), `"${'x'.repeat(119)}…"`, undefined],
  ])('of %j over %j say what was seen and what to do', (expectation, value, observed, hint) => {
    expect(told(expectation, value)).toMatchObject(hint === undefined ? { observed } : { observed, hint });
  });
});
