// Durations and moments as people write them.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationUpTo, formatDuration, parseDuration, parseTime } from '../../src/engine/duration.ts';
import { nearest } from '../../src/engine/nearest.ts';

test.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['0d', 0],
  ['1h30m', 5_400_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '5', 'm', '5 m', '-5m', '5M', '1.5h', '30m1h', '5ms', '1w', '1000000s'])(
  '"%s" is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test(`every whole number of seconds survives being written and read (seed ${seed})`, () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8_000_000_000 }),
      (seconds) => parseDuration(formatDuration(seconds * 1000)) === seconds * 1000,
    ),
    { seed },
  );
});

test('what is below a second or negative is still readable', () => {
  expect([formatDuration(250), formatDuration(0), formatDuration(-90_500)]).toEqual(['250ms', '0s', '-1m30s']);
});

test.each([
  ['2026-03-01', Date.UTC(2026, 2, 1)],
  ['2026-03-01T10:00:00Z', Date.UTC(2026, 2, 1, 10)],
  ['2026-03-01T10:00:00.250+02:00', Date.UTC(2026, 2, 1, 8, 0, 0, 250)],
])('%s is a moment', (text, ms) => {
  expect(parseTime(text)).toBe(ms);
});

test.each(['2026-03-01T10:00:00', '2026-13-01', 'tomorrow', '1772359200', '01.03.2026'])(
  '%s is no moment: it means something else elsewhere',
  (text) => {
    expect(parseTime(text)).toBeUndefined();
  },
);

describe('the nearest name', () => {
  test.each([
    ['PubliclyAccesible', 'PubliclyAccessible'],
    ['stauts', 'status'],
    ['STATUS', 'status'],
  ])('to %s is %s', (wrong, right) => {
    expect(nearest(wrong, ['state', 'status', 'PubliclyAccessible'])).toBe(right);
  });

  test('is not offered when nothing is near', () => {
    expect(nearest('colour', ['status', 'state'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
});

test('a duration up to five minutes is more than nothing, and five minutes at most', () => {
  const fits = durationUpTo(300_000);
  expect(['1s', '5m', '0s', '5m1s', '', '10'].map(fits)).toEqual([true, true, false, false, false, false]);
});
