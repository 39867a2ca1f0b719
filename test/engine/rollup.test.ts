// Goal: how a run ends. Method: one table; each row is the verdicts of a required step and what they come to.

import { describe, expect, it } from 'vitest';
import { rollUp } from '../../src/engine/rollup.ts';
import { given, looked, noon, open, phase, planOf, step } from '../support/plan.ts';

const plan = planOf(
  phase('p', [step('a'), step('b'), step('nice', 'looks', { severity: 'advisory' })]),
  phase('q', []),
);
const passed = looked('a', 'pass');
const fine = [...passed, ...looked('nice', 'pass')] as const;

describe('roll-up', () => {
  it.each([
    // what happened                     events                                                                   result          exit
    ['all passed', [...fine, ...looked('b', 'pass')], 'go', 0],
    ['one failed', [...fine, ...looked('b', 'fail')], 'no-go', 1],
    ['one failed and was waived', [...fine, ...looked('b', 'fail'), ['step.waive', { step: 'b', until: '' }]], 'go', 0],
    [
      'its waiver expired',
      [...fine, ...looked('b', 'fail'), ['step.waive', { step: 'b', until: '2026-03-01T12:00:00.001Z' }]],
      'no-go',
      1,
    ],
    ['one could not be looked at', [...fine, ...looked('b', 'error')], 'undecided', 2],
    ['one was inconclusive', [...fine, ...looked('b', 'inconclusive')], 'undecided', 2],
    [
      'one could not be looked at and was attested',
      [...fine, ...looked('b', 'error'), ['step.attest', { step: 'b' }]],
      'go',
      0,
    ],
    ['one was never looked at', [...fine], 'undecided', 2],
    [
      'a way back came through in part',
      [...fine, ...looked('b', 'pass'), ['rollback.open', { by: 'ada' }], ['rollback.close', { result: 'partial' }]],
      'no-go',
      1,
    ],
    ['one was skipped', [...fine, ...looked('b', 'skip')], 'go', 0],
    ['an advisory one failed', [...passed, ...looked('nice', 'fail'), ...looked('b', 'pass')], 'go', 0],
    [
      'a person stopped',
      [...fine, ...looked('b', 'pass'), ['run.stop', { by: 'ada', reason: 'no', step: '' }]],
      'no-go',
      1,
    ],
    [
      'one failed and one errored',
      [...looked('a', 'error'), ...looked('nice', 'pass'), ...looked('b', 'fail')],
      'no-go',
      1,
    ],
  ] as const)('%s', (_, events, result, exit) => {
    expect(rollUp(plan, given('run', open('p'), ...events), noon + 3_600_000)).toMatchObject({ result, exit });
  });

  it('is never a go when only some phases ran', () => {
    const state = given('run', open('p'), ...fine, ...looked('b', 'pass'));
    const { opened } = state;
    if (opened === undefined) throw new Error('not opened');
    expect(rollUp(plan, { ...state, opened: { ...opened, phases: ['p'] } }, noon)).toMatchObject({
      result: 'undecided',
      exit: 2,
      partial: true,
    });
  });

  it('of a dry run says no objection, with what was deferred left out', () => {
    const deferred = ['step.defer', { step: 'b', reason: '', on: '' }] as const;
    expect(rollUp(plan, given('dry-run', open('p'), ...fine, deferred), noon)).toMatchObject({
      result: 'no-objection',
      exit: 0,
    });
    expect(rollUp(plan, given('dry-run', open('p'), ...fine), noon)).toMatchObject({ result: 'undecided', exit: 2 });
  });

  it('of a survey is never a go', () => {
    expect(rollUp(plan, given('survey', open('p'), ...fine, ...looked('b', 'pass')), noon)).toMatchObject({
      result: 'undecided',
      exit: 2,
    });
  });

  it('counts every step once', () => {
    const { counts } = rollUp(plan, given('run', open('p'), ...fine), noon);
    expect(counts).toMatchObject({ pass: 2, open: 1 });
  });
});
