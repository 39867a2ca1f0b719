// What holds of every watch, whatever samples come and when it is asked: no pass on missing evidence, and nothing said
// early that could still have turned out otherwise. The limits are worked out here a second time, minute by minute.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOf, judgeHold, watchFrom, type Sample, type Watch } from '../../src/engine/hold.ts';
import type { Hold } from '../../src/engine/plan.ts';
import { noon } from '../support/plan.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const sampled = { seed, numRuns: 3000 };
const seeded = `(seed ${seed})`;
const minute = 60_000;

const aHold = fc
  .record({
    minutes: fc.integer({ min: 1, max: 20 }),
    coverage: fc.constantFrom(0, 0.5, 0.8, 0.9, 1),
    gap: fc.integer({ min: 1, max: 8 }),
    settle: fc.integer({ min: 0, max: 5 }),
    tolerate: fc.constantFrom(0, 0, 1, 3),
  })
  .map(({ minutes, coverage, gap, settle, tolerate }): Hold => ({
    forMs: minutes * minute,
    everyMs: minute,
    coverage,
    maxGapMs: gap * minute,
    settleMs: settle * minute,
    tolerate,
    sample: 'each',
  }));

/** What came of each minute, the window and some time around it. */
type Signs = readonly ('pass' | 'fail' | 'nothing')[];
const good = fc.array(fc.constantFrom<Signs[number]>('pass', 'pass', 'pass', 'pass', 'pass', 'fail', 'nothing'), {
  maxLength: 24,
});
const sparse = fc.array(fc.constantFrom<Signs[number]>('pass', 'nothing'), { maxLength: 24 });
const steady = fc.array(fc.constant<Signs[number]>('pass'), { maxLength: 24 });
const someSigns: fc.Arbitrary<Signs> = fc.oneof(good, sparse, steady);

function samplesOf(signs: Signs): readonly Sample[] {
  return signs.flatMap((verdict, at): readonly Sample[] =>
    verdict === 'nothing'
      ? []
      : [{ at: noon + at * minute, verdict, findings: [{ verdict, expected: 'n < 1', observed: verdict }] }],
  );
}

function verdictAt(watch: Watch, signs: Signs, now: number): string {
  return judgeHold(watch, samplesOf(signs), now, { expect: [{ path: 'n', lt: 1 }] }).decided?.verdict ?? 'undecided';
}

/** Longest stretch of the window without a sample, in minutes. A look of our own sees only its moment. */
function longestHole(slots: Signs, live: boolean): number {
  const runs = [
    ...slots
      .map((sign) => (sign === 'nothing' ? '_' : 'x'))
      .join('')
      .matchAll(/_+/g),
  ];
  if (!live) return Math.max(0, ...runs.map(([run]) => run.length));
  const between = ([run]: RegExpExecArray, index: number): number =>
    index === 0 || index + run.length === slots.length ? run.length : run.length + 1;
  return Math.min(slots.length - 1, Math.max(1, ...runs.map((run) => between(run, run.index))));
}

function limits(hold: Hold, signs: Signs, live: boolean) {
  const slots = slotsOf(hold, signs, live);
  const obtained = slots.filter((sign) => sign !== 'nothing').length;
  return {
    enough: obtained > 0 && obtained / slots.length >= hold.coverage,
    whole: longestHole(slots, live) * minute <= hold.maxGapMs,
    failing: slots.filter((sign) => sign === 'fail').length,
  };
}

/** One sign for each sample there could be: a look of our own is made at both ends. */
function slotsOf(hold: Hold, signs: Signs, live: boolean): Signs {
  const length = hold.forMs / minute + (live ? 1 : 0);
  return Array.from({ length }, (_, at) => signs[at] ?? 'nothing');
}

test(`no hold passes before its end, with too few samples, a hole, or more failing than tolerated ${seeded}`, () => {
  const passes = { source: 0, live: 0 };
  fc.assert(
    fc.property(aHold, someSigns, fc.integer({ min: 0, max: 30 }), fc.boolean(), (hold, signs, minutes, live) => {
      const watch = watchFrom(hold, noon, live ? 0 : minute);
      const now = noon + minutes * minute;
      if (verdictAt(watch, slotsOf(hold, signs, live), now) !== 'pass') return;
      expect(now).toBeGreaterThanOrEqual(endOf(watch));
      const { enough, whole, failing } = limits(hold, signs, live);
      expect({ enough, whole }).toEqual({ enough: true, whole: true });
      expect(failing).toBeLessThanOrEqual(hold.tolerate);
      passes[live ? 'live' : 'source'] += 1;
    }),
    sampled,
  );
  // Otherwise nothing was tried.
  expect(passes.source).toBeGreaterThan(20);
  expect(passes.live).toBeGreaterThan(20);
});

test(`at its end a hold that kept all limits passes, one that failed too often fails, the rest are inconclusive ${seeded}`, () => {
  fc.assert(
    fc.property(aHold, someSigns, fc.boolean(), (hold, signs, live) => {
      const watch = watchFrom(hold, noon, live ? 0 : minute);
      const { enough, whole, failing } = limits(hold, signs, live);
      const due = failing > hold.tolerate ? 'fail' : enough && whole ? 'pass' : 'inconclusive';
      expect(verdictAt(watch, slotsOf(hold, signs, live), endOf(watch))).toBe(due);
    }),
    sampled,
  );
});

test(`what is decided before the end is never a pass in the end, whatever still comes ${seeded}`, () => {
  const early = { fail: 0, inconclusive: 0 };
  fc.assert(
    fc.property(aHold, someSigns, fc.integer({ min: 0, max: 24 }), fc.boolean(), (hold, signs, minutes, live) => {
      const watch = watchFrom(hold, noon, live ? 0 : minute);
      const now = noon + minutes * minute;
      const verdict = verdictAt(watch, slotsOf(hold, signs, live), now);
      if (now >= endOf(watch) || (verdict !== 'fail' && verdict !== 'inconclusive')) return;
      // The best that can still happen: what may come late comes, what may still be written is well.
      const best = slotsOf(hold, signs, live).map((sign, at): Signs[number] => {
        if (live) return at < minutes || (at === minutes && sign !== 'nothing') ? sign : 'pass';
        const final = at + 1 + (sign === 'nothing' ? hold.settleMs / minute : 1) <= minutes;
        return final ? sign : 'pass';
      });
      expect(verdictAt(watch, best, endOf(watch))).not.toBe('pass');
      early[verdict] += 1;
    }),
    sampled,
  );
  expect(early.fail).toBeGreaterThan(20);
  expect(early.inconclusive).toBeGreaterThan(20);
});
