// The part of CloudWatch's metric math that checklists use.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateNumber, evaluateSeries } from '../../src/engine/metric-math-value.ts';
import { namesIn, parseMath } from '../../src/engine/metric-math.ts';

function mathOf(text: string) {
  const parsed = parseMath(text);
  if ('problem' in parsed) throw new Error(`${text}: ${parsed.problem}, at ${parsed.offset}`);
  return parsed.math;
}

/** Series as `[value, value, undefined]`, at moments 0, 1, 2. */
function over(text: string, given: Readonly<Record<string, readonly (number | undefined)[]>>) {
  const moments = [0, 1, 2];
  const series = (name: string) =>
    new Map((given[name] ?? []).flatMap((value, at) => (value === undefined ? [] : [[at, value] as const])));
  const found = evaluateSeries(mathOf(text), series, moments);
  return moments.map((moment) => found.get(moment));
}

const numbers = (given: Readonly<Record<string, number>>) => (name: string) => given[name];

describe('an expression over numbers', () => {
  test.each([
    ['a + b * c', 7],
    ['(a + b) * c', 9],
    ['a - b - c', -4],
    ['12 / b / c', 2],
    ['-a * b', -2],
    ['a - -b', 3],
    ['100 * (FILL(none, 0) + FILL(b, 0)) / c', 200 / 3],
    ['FILL(none, -1.5) + 0 * a', -1.5],
    ['SUM([a, b, none])', 3],
    ['a + SUM(b)', 3],
    [' a\n', 1],
  ])('%s is %d where a is 1, b is 2 and c is 3', (text, value) => {
    expect(evaluateNumber(mathOf(text), numbers({ a: 1, b: 2, c: 3 }))).toBe(value);
  });

  test.each(['a / zero', 'zero / zero', 'a + none', 'SUM([none, none])', 'a - SUM(none)', 'a * huge * huge'])(
    'nothing can be said of %s',
    (text) => {
      expect(evaluateNumber(mathOf(text), numbers({ a: 1, zero: 0, huge: 1e200 }))).toBeUndefined();
    },
  );
});

describe('an expression over series', () => {
  test('two series meet where both have a value', () => {
    expect(over('a + b', { a: [1, 2, undefined], b: [10, undefined, 30] })).toEqual([11, undefined, undefined]);
  });

  test('a division by zero gives no value, and neither does one by nothing', () => {
    expect(over('a / b', { a: [1, 1, 1], b: [0, undefined, 4] })).toEqual([undefined, undefined, 0.25]);
  });

  test('FILL gives a value at every moment, of a series without any too', () => {
    expect(over('FILL(a, 7)', { a: [1, undefined, 3] })).toEqual([1, 7, 3]);
    expect(over('FILL(a, 0)', {})).toEqual([0, 0, 0]);
  });

  test('a rate of rare errors has a value exactly where there were requests', () => {
    const given = { target: [undefined, 3, 3], requests: [20, 30, undefined] };
    expect(over('100 * (FILL(target, 0) + FILL(balancer, 0)) / requests', given)).toEqual([0, 10, undefined]);
  });

  test('SUM of several adds up what is there; SUM of one is one number for all moments', () => {
    const given = { a: [1, 2, undefined], b: [10, undefined, undefined] };
    expect(over('SUM([a, b])', given)).toEqual([11, 2, undefined]);
    expect(over('a / SUM(a)', given)).toEqual([1 / 3, 2 / 3, undefined]);
    expect(over('a / (2 * SUM(a))', given)).toEqual([1 / 6, 1 / 3, undefined]);
  });

  test('negative numbers and brackets go through', () => {
    expect(over('-(a - 3)', { a: [1, 2, 3] })).toEqual([2, 1, 0]);
  });
});

describe('what is no expression', () => {
  test.each([
    ['', 0, 'ends too early'],
    ['a +', 3, 'ends too early'],
    ['a b', 2, '`b` is not expected'],
    ['(a', 2, 'ends too early'],
    ['a)', 1, '`)` is not expected'],
    ['a ^ 2', 2, '"^" is not part'],
    ['a > 1', 2, '">" is not part'],
    ['MAX(a)', 0, 'MAX is not known here'],
    ['SUM(METRICS())', 4, 'METRICS is not known here'],
    ['FILL(a, REPEAT)', 8, 'FILL takes a series and a number'],
    ['FILL(a)', 6, '`)` is not expected'],
    ['FILL(1, 0)', 5, 'a series is expected'],
    ['SUM([a, 1])', 8, 'a series is expected'],
    ['SUM([])', 5, '`]` is not expected'],
    ['SUM(SUM(a))', 4, 'a series is expected'],
    ['5', 0, 'gives one number'],
    ['SUM(a) / 2', 0, 'gives one number'],
    ['a. b', 1, '"." is not part'],
    ['__proto__', 0, '"_" is not part'],
  ])('"%s" is refused at %d: %s', (text, offset, problem) => {
    expect(parseMath(text)).toEqual({ offset, problem: expect.stringContaining(problem) });
  });

  test('neither endless text nor endless brackets get through', () => {
    expect(parseMath(`a${' + a'.repeat(1000)}`)).toHaveProperty('problem');
    expect(parseMath(`${'('.repeat(500)}a${')'.repeat(500)}`)).toHaveProperty('problem');
    expect(parseMath(`${'-'.repeat(500)}a`)).toHaveProperty('problem');
    expect(parseMath(`a${' + a'.repeat(500)}`)).toHaveProperty('math');
  });

  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  test(`whatever is written, it is an expression or a problem with its place (seed ${seed})`, () => {
    const words = fc.constantFrom(
      'a',
      'bc',
      '1',
      '2.5',
      '+',
      '-',
      '*',
      '/',
      '(',
      ')',
      '[',
      ']',
      ',',
      'SUM',
      'FILL',
      ' ',
      '!',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        const parsed = parseMath(text);
        if ('math' in parsed) expect(namesIn(parsed.math).length).toBeGreaterThan(0);
        else {
          expect(parsed.offset).toBeGreaterThanOrEqual(0);
          expect(parsed.offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { seed, numRuns: 2000 },
    );
  });
});

test('the names in an expression come once each, as they are written', () => {
  expect(namesIn(mathOf('100 * (FILL(b, 0) + SUM([a, b])) / c2_x - SUM(a)'))).toEqual(['b', 'a', 'c2_x']);
});
