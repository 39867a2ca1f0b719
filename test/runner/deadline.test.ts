// Goal: a run with a deadline is over by then, and what was not decided is inconclusive: never a pass, and never a fail that
// only the deadline made. Method: runs in memory on a clock that jumps.

import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/engine/plan.ts';
import { phase, planOf } from '../support/plan.ts';
import { application, looks, play, type Played } from '../support/run.ts';

const second = 1000;
const minute = 60 * second;
const every = { min: 5 * second, max: 5 * second };
const waits = (consecutive = 1): Pick<Step, 'wait'> => ({
  wait: { forMs: 10 * minute, everyMs: every, consecutive, stopIf: [] },
});
const holds: Pick<Step, 'hold'> = {
  hold: {
    forMs: 10 * minute,
    everyMs: 30 * second,
    coverage: 0.9,
    maxGapMs: minute,
    settleMs: 0,
    tolerate: 0,
    sample: 'each',
  },
};

function dryRun(first: readonly Step[], second_: readonly Step[], answer: Parameters<typeof application>[0]) {
  return play(planOf(phase('p', first), phase('q', second_)), application(answer), {
    mode: 'dry-run',
    deadlineMs: minute,
    seal: true,
  });
}

const seen = ({ state }: Played, id: string) => state.steps[id]?.verdict;

describe('the deadline of a run', () => {
  it('cuts a wait short: what it waited for is not decided, and what was seen last is told', async () => {
    const played = await dryRun([looks('a', waits())], [], () => 503);
    expect(played.tookMs).toBe(minute);
    expect(seen(played, 'a')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the deadline of the run (1m) came before its wait was over',
      findings: [{ verdict: 'fail', observed: '503' }],
    });
    expect(played.state.sealed).toEqual({ exit: 2, result: 'undecided' });
  });

  it('leaves what it comes before unseen, in every phase, and asks nobody for it', async () => {
    const asked = application(() => 503);
    const plan = planOf(phase('p', [looks('a', waits())]), phase('q', [looks('b'), looks('c')]));
    const played = await play(plan, asked, { mode: 'dry-run', deadlineMs: minute, seal: true });
    expect(asked.asked).not.toContain('b');
    for (const id of ['b', 'c'])
      expect(seen(played, id)).toMatchObject({
        verdict: 'inconclusive',
        looks: 0,
        findings: [],
        reason: 'the deadline of the run (1m) came before it was looked at',
      });
  });

  it('ends a hold without a verdict, however well it went so far', async () => {
    const played = await dryRun([looks('a', holds)], [], () => 200);
    expect(played.tookMs).toBe(minute);
    expect(seen(played, 'a')?.verdict).toBe('inconclusive');
  });

  it('takes one pass for no row of passes', async () => {
    const played = await dryRun([looks('a', waits(30))], [], () => 200);
    expect(seen(played, 'a')?.verdict).toBe('inconclusive');
  });

  it('changes nothing of what was decided in time', async () => {
    const played = await dryRun([looks('a', waits()), looks('b')], [looks('c')], (path, times) =>
      path === 'b' || (path === 'a' && times < 3) ? 503 : 200,
    );
    expect([seen(played, 'a')?.verdict, seen(played, 'b')?.verdict, seen(played, 'c')?.verdict]).toEqual([
      'pass',
      'fail',
      'pass',
    ]);
    expect(played.state.sealed).toMatchObject({ exit: 1 });
  });

  it('does not hold up a run that is over before it', async () => {
    const played = await dryRun([looks('a')], [], () => 200);
    expect(played.tookMs).toBe(0);
    expect(played.state.sealed).toMatchObject({ result: 'no-objection' });
  });
});
