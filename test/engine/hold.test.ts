// Goal: what the samples of a window come to, at every moment of it. Method: windows drawn as text, one sign a period.

import { describe, expect, it } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import { counted, endOf, judgeHold, watchFrom, type Sample } from '../../src/engine/hold.ts';
import { seriesRead } from '../../src/engine/names-read.ts';
import type { Hold } from '../../src/engine/plan.ts';
import { holdOf, noon } from '../support/plan.ts';

const minute = 60_000;
const expectation = [{ path: 'errors', lt: 1 }];
const hold = holdOf;

/** `.` holds, a digit is that many errors, a space is nothing; one sign a minute from noon on. */
function drawn(signs: string): readonly Sample[] {
  return signs.split('').flatMap((sign, index): readonly Sample[] => {
    if (sign === ' ') return [];
    const { verdict, findings } = judge(expectation, { errors: sign === '.' ? 0 : Number(sign) }, noon);
    return [{ at: noon + index * minute, verdict: verdict === 'fail' ? 'fail' : 'pass', findings }];
  });
}

/** How a watch of these signs stands `minutes` after noon; on the clock of a source unless `live`. */
function at(minutes: number, signs: string, more: Partial<Hold> = {}, live = false) {
  const watch = watchFrom(hold(more), noon, live ? 0 : minute);
  const { decided } = judgeHold(watch, drawn(signs), noon + minutes * minute, { expect: expectation });
  return decided;
}

describe('the window of a hold', () => {
  it('begins with the first whole period, is never shorter than asked for, and is looked at until late points are in', () => {
    const watch = watchFrom(hold(), noon + 20_000, minute);
    expect(watch).toMatchObject({ from: noon + minute, to: noon + 11 * minute, expected: 10 });
    expect(endOf(watch)).toBe(noon + 14 * minute);
    const odd = watchFrom(hold({ forMs: 7 * minute }), noon, 5 * minute);
    expect(odd).toMatchObject({ from: noon, to: noon + 10 * minute, expected: 2 });
  });

  it('of our own looks begins and ends with one', () => {
    const watch = watchFrom(hold(), noon + 1);
    expect(watch).toMatchObject({ from: noon + 1, to: noon + 1 + 10 * minute, expected: 11, periodMs: 0 });
    expect(endOf(watch)).toBe(watch.to);
    expect([counted(watch, 1), counted(watchFrom(hold(), noon, minute), 2)]).toEqual(['1 sample', '2 minutes']);
  });
});

describe('a hold on the clock of its source', () => {
  it('passes when the whole window held, and not before its late points had their time', () => {
    expect(at(10, '..........')).toBeUndefined();
    expect(at(12.9, '..........')).toBeUndefined();
    expect(at(13, '..........')).toMatchObject({
      verdict: 'pass',
      reason: '',
      findings: [{ verdict: 'pass', expected: 'errors < 1', observed: 'all 10 minutes; last 0 at 12:09Z' }],
    });
  });

  it('breaks at once, one period after the one that failed, and says when and what', () => {
    expect(at(4, '...5')).toBeUndefined();
    expect(at(5, '...5.')).toMatchObject({
      verdict: 'fail',
      reason: 'broke after 5m of 10m',
      findings: [{ verdict: 'fail', expected: 'errors < 1', observed: '1 of 5 minutes: 5 at 12:03Z' }],
    });
  });

  it('breaks at its end by the newest period too', () => {
    expect(at(13, '.........7')).toMatchObject({ verdict: 'fail', reason: '' });
  });

  it('tolerates as many failing samples as it says and not one more', () => {
    expect(at(13, '..3....4..', { tolerate: 2 })).toMatchObject({
      verdict: 'pass',
      findings: [{ observed: '2 of 10 minutes (2 may): 3 at 12:02Z, 4 at 12:07Z' }],
    });
    expect(at(13, '..3....4..', { tolerate: 1 })).toMatchObject({ verdict: 'fail' });
  });

  it('names at most five moments', () => {
    expect(at(13, '1234567...')?.findings[0]?.observed).toMatch(
      /^7 of 10 minutes: 1 at 12:00Z, .* 5 at 12:04Z and 2 more$/,
    );
  });

  it('fails rather than being inconclusive when both are so', () => {
    expect(at(13, '.9        ')).toMatchObject({ verdict: 'fail' });
  });

  it('is inconclusive without a single sample, also when nothing is asked of coverage and gaps', () => {
    const lax = { coverage: 0, maxGapMs: 100 * minute };
    expect(at(12.9, '', lax)).toBeUndefined();
    expect(at(13, '', lax)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'nothing came of 10 minutes',
      findings: [{ verdict: 'inconclusive', expected: 'errors < 1', observed: '0 of 10 minutes' }],
    });
  });

  it('is inconclusive as soon as what is missing cannot come any more', () => {
    expect(at(5.9, '. . ..')).toBeUndefined();
    // Two minutes are missing; the later of them could have come until 12:07.
    expect(at(6.9, '. . ...')).toBeUndefined();
    expect(at(7, '. . ...')).toMatchObject({
      verdict: 'inconclusive',
      reason: '2 of the first 4 minutes never came: 90% of 10 cannot be reached any more',
    });
    expect(at(13, '. ........')).toMatchObject({ verdict: 'pass' });
  });

  it('is inconclusive over a hole that is too long, as soon as it cannot be filled any more', () => {
    const lax = { coverage: 0.1 };
    expect(at(13, '..   .....', lax)).toMatchObject({ verdict: 'pass' });
    const holed = '..    ....';
    expect(at(8.9, holed, lax)).toBeUndefined();
    expect(at(9, holed, lax)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'nothing came for 4m from 12:02Z on; 3m are allowed',
    });
    expect(at(13, '......    ', lax)).toMatchObject({ verdict: 'inconclusive' });
    expect(at(13, '    ......', lax)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('counts nothing from outside the window, nothing twice, and no period that is not over', () => {
    const watch = watchFrom(hold(), noon, minute);
    const [good] = drawn('.');
    if (good === undefined) throw new Error('no sample');
    const all = { expect: expectation };
    const strewn = [-1, 0, 0, 0, 0.5, 10, 11].map((n) => ({ ...good, at: noon + n * minute }));
    expect(judgeHold(watch, strewn, noon + 13 * minute, all)).toMatchObject({ obtained: 1 });
    expect(judgeHold(watch, drawn('..'), noon + 1.5 * minute, all)).toMatchObject({ obtained: 1 });
  });
});

describe('a hold that is judged by the whole window', () => {
  const whole = (verdict: 'pass' | 'fail', signs: string, minutes = 13) =>
    judgeHold(watchFrom(hold({ sample: 'whole' }), noon, minute), drawn(signs), noon + minutes * minute, {
      expect: expectation,
      whole: { verdict, findings: [{ verdict, expected: 'errors < 1', observed: '0.2' }] },
    }).decided;

  it('takes its verdict from that, at the end', () => {
    expect(whole('fail', '..........', 12)).toBeUndefined();
    expect(whole('pass', '.9........')).toMatchObject({ verdict: 'pass', findings: [{ observed: '0.2' }] });
    expect(whole('fail', '..........')).toMatchObject({ verdict: 'fail' });
  });

  it('still asks for enough samples', () => {
    expect(whole('pass', '......')).toMatchObject({ verdict: 'inconclusive' });
    expect(whole('fail', '')).toMatchObject({ verdict: 'inconclusive' });
  });

  it('is inconclusive when the facts over the window say nothing about it', () => {
    const watch = watchFrom(hold({ sample: 'whole' }), noon, minute);
    const held = judgeHold(watch, drawn('..........'), noon + 13 * minute, { expect: expectation });
    expect(held.decided).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('a hold by looks of our own', () => {
  it('passes with its last look, breaks with the first bad one', () => {
    expect(at(9, '..........', {}, true)).toBeUndefined();
    expect(at(10, '...........', {}, true)).toMatchObject({ verdict: 'pass' });
    expect(at(3, '...2', {}, true)).toMatchObject({
      verdict: 'fail',
      reason: 'broke after 3m of 10m',
      findings: [{ observed: '1 of 4 samples: 2 at 12:03Z' }],
    });
  });

  it('is inconclusive as soon as nothing came for too long', () => {
    expect(at(4, '..', { coverage: 0 }, true)).toBeUndefined();
    expect(at(5, '..', { coverage: 0 }, true)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'nothing came for 4m from 12:01Z on; 3m are allowed',
    });
    // Slept from 12:01 on, and saw one more moment long after the end.
    const late = [...drawn('..'), ...drawn(`${' '.repeat(30)}.`)];
    const watch = watchFrom(hold({ coverage: 0 }), noon);
    const { decided } = judgeHold(watch, late, noon + 30 * minute, { expect: expectation });
    expect(decided).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('nothing came for 29m') });
  });

  it('tells moments to the second when it looks that often', () => {
    const quick = { everyMs: 5000, forMs: minute };
    expect(at(1, '.3', quick, true)?.findings[0]?.observed).toBe('1 of 2 samples: 3 at 12:01:00Z');
  });
});

describe('the series an expectation reads', () => {
  it.each([
    ['errors', ['errors']],
    ['errors.p99', ['errors']],
    ['max([errors, timeouts])', ['errors', 'timeouts']],
    ['errors > `1` || timeouts', ['errors', 'timeouts']],
    ['sort_by(lines, &at)[0].n', ['lines']],
    ['lines[?n > `1`].m', ['lines']],
    ['{a: errors, b: timeouts} | a', ['errors', 'timeouts']],
    ['!(errors)', ['errors']],
    ['"odd-name"', ['odd-name']],
    ['@', []],
    ['`1`', []],
  ])('%s: %j', (path, names) => {
    expect(seriesRead([{ path, lt: 1 }])).toEqual(names);
  });

  it('are those of its proof as well, each once', () => {
    expect(
      seriesRead([{ path: 'errors', absent: true, proof: 'requests' }, { path: 'errors', lt: 1 }, { eq: 1 }]),
    ).toEqual(['errors', 'requests']);
  });

  it('stand behind what was worked out over the whole window', () => {
    const whole = { requests: 12, increase: { requests: 3 }, from: '2026-03-01T12:00:00Z' };
    const read = [
      { path: 'increase.requests', gt: 0 },
      { path: 'requests', gt: 0 },
      { path: 'errors', lt: 1 },
    ];
    expect(seriesRead(read, whole)).toEqual(['requests', 'errors']);
    expect(seriesRead([{ path: 'increase', ne: 1 }], whole)).toEqual([]);
  });
});
