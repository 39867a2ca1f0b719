// Goal: what may start when. Method: a plan and a history in, the engine's answer out; nothing else drives the runner.

import { describe, expect, it } from 'vitest';
import { next } from '../../src/engine/next.ts';
import type { Plan } from '../../src/engine/plan.ts';
import type { State } from '../../src/engine/state.ts';
import { gate, given, looked, noon, open, phase, planOf, step } from '../support/plan.ts';

const hour = 3_600_000;

function told(plan: Plan, state: State, silent: readonly string[] = [], now = noon) {
  const answer = next(plan, state, { now, silent: new Set(silent) });
  return {
    orders: answer.orders.map(
      (order) => `${order.order} ${'phase' in order ? order.phase : 'step' in order ? order.step : ''}`,
    ),
    looks: answer.looks.map(({ id }) => id),
    turn: answer.turn && ('step' in answer.turn ? `${answer.turn.what} ${answer.turn.step.id}` : answer.turn.what),
    until: answer.until,
    done: answer.done,
  };
}

describe('order within a phase', () => {
  const plan = planOf(phase('p', [step('a'), step('ask', 'asks'), step('b'), step('act', 'changes'), step('after')]));

  it('opens the phase before anything else', () => {
    expect(told(plan, given('run'))).toMatchObject({ orders: ['open-phase p'], looks: [] });
  });

  it('starts the looks above a barrier side by side, and asks meanwhile', () => {
    expect(told(plan, given('run', open('p')))).toMatchObject({ looks: ['a', 'b'], turn: 'ask ask' });
  });

  it('starts nothing below an act that is not settled', () => {
    const state = given('run', open('p'), ...looked('a', 'pass'), ...looked('ask', 'pass'), ...looked('b', 'pass'));
    expect(told(plan, state)).toMatchObject({ looks: [], turn: 'act act' });
  });

  it('starts no act before everything above it is settled', () => {
    const state = given('run', open('p'), ...looked('a', 'pass'), ...looked('ask', 'pass'));
    expect(told(plan, state)).toMatchObject({ looks: ['b'], turn: undefined });
  });

  it('goes on below the act once it passed', () => {
    const past = [...looked('a', 'pass'), ...looked('ask', 'pass'), ...looked('b', 'pass'), ...looked('act', 'pass')];
    expect(told(plan, given('run', open('p'), ...past))).toMatchObject({ looks: ['after'] });
    expect(told(plan, given('run', open('p'), ...past, ...looked('after', 'pass')))).toMatchObject({
      orders: ['close-phase p'],
    });
  });

  it('pokes alone: neither while a look runs nor with a look beside it', () => {
    const poking = planOf(phase('p', [step('a'), step('poke', 'pokes'), step('b')]));
    const running = given('run', open('p'), ['step.start', { step: 'a', attempt: 1, why: 'due', resets: [] }]);
    expect(told(poking, running)).toMatchObject({ looks: ['b'], turn: undefined });
    const sent = given('run', open('p'), ...looked('a', 'pass'), [
      'step.start',
      { step: 'poke', attempt: 1, why: 'due', resets: [] },
    ]);
    expect(told(poking, sent)).toMatchObject({ looks: [], turn: undefined });
  });
});

describe('a red', () => {
  const plan = planOf(phase('p', [step('a'), step('b'), step('c')]), phase('q', [step('d')]));

  it('stops in front of a person and keeps the phase open', () => {
    const state = given('run', open('p'), ...looked('a', 'pass'), ...looked('b', 'fail'), ...looked('c', 'pass'));
    expect(told(plan, state)).toMatchObject({ orders: [], turn: 'red b', done: false });
  });

  it('is one turn for all that have one cause', () => {
    const state = given(
      'run',
      open('p'),
      ...looked('a', 'error', 'denied'),
      ...looked('b', 'error', 'denied'),
      ...looked('c', 'error', 'other'),
    );
    const { turn } = next(plan, state, { now: noon, silent: new Set() });
    expect(turn).toMatchObject({ what: 'red', step: { id: 'a' }, same: [{ id: 'b' }] });
  });

  it('is settled when it is advisory, waived or attested', () => {
    const advisory = planOf(phase('p', [step('a', 'looks', { severity: 'advisory' })]));
    expect(told(advisory, given('run', open('p'), ...looked('a', 'fail')))).toMatchObject({
      orders: ['close-phase p'],
    });
    const one = planOf(phase('p', [step('a')]));
    expect(
      told(one, given('run', open('p'), ...looked('a', 'fail'), ['step.waive', { step: 'a', until: '' }])),
    ).toMatchObject({ orders: ['close-phase p'] });
    expect(told(one, given('run', open('p'), ...looked('a', 'error'), ['step.attest', { step: 'a' }]))).toMatchObject({
      orders: ['close-phase p'],
    });
  });

  it('wrong pass 22: comes back when its waiver has expired', () => {
    const one = planOf(phase('p', [step('a')]));
    const state = given('run', open('p'), ...looked('a', 'fail'), [
      'step.waive',
      { step: 'a', until: '2026-03-01T13:00:00.000Z' },
    ]);
    expect(told(one, state).orders).toEqual(['close-phase p']);
    expect(told(one, state, [], noon + 2 * hour).turn).toBe('red a');
  });
});

describe('time', () => {
  const plan = planOf(
    phase('week-before', [step('a')], -168 * hour),
    phase('at', [step('b')]),
    phase('after', [step('c')], hour),
  );

  it('opens phases up to T at once while T is unset, and leaves later ones to T', () => {
    expect(told(plan, given('run')).orders).toEqual(['open-phase week-before']);
    const done = given('run', open('week-before'), ['phase.close', { phase: 'week-before' }], open('at'), [
      'phase.close',
      { phase: 'at' },
    ]);
    expect(told(plan, done)).toMatchObject({ orders: [], until: Number.POSITIVE_INFINITY });
  });

  it('opens a phase when its offset from T has come, not before', () => {
    const state = given('run', ['clock.set', { t0: '2026-03-08T12:30:00.000Z' }]);
    expect(told(plan, state).until).toBe(noon + hour / 2);
    expect(told(plan, state, [], noon + hour / 2).orders).toEqual(['open-phase week-before']);
  });

  it('waits for the lag of a need', () => {
    const lagging = planOf(phase('p', [step('a'), step('b', 'looks', { needs: [{ step: 'a', lagMs: 24 * hour }] })]));
    const state = given('run', open('p'), ...looked('a', 'pass'));
    const settledAt = noon + 3000;
    expect(told(lagging, state)).toMatchObject({ looks: [], until: settledAt + 24 * hour });
    expect(told(lagging, state, [], settledAt + 24 * hour).looks).toEqual(['b']);
  });

  it('waits for nothing in a dry run', () => {
    const state = given('dry-run', ['clock.set', { t0: '2026-03-08T12:30:00.000Z' }]);
    expect(told(plan, state).orders).toEqual(['open-phase week-before']);
  });
});

describe('a dry run', () => {
  const plan = planOf(
    phase('p', [step('a'), step('poke', 'pokes'), step('act', 'changes'), step('below'), step('ask', 'asks')]),
    phase('q', [
      step('b'),
      step('reads', 'looks', { readers: ['below'] }),
      step('gate', 'decides', { work: gate({ pointOfNoReturn: true }) }),
    ]),
    phase('r', [step('c')]),
  );

  it('defers acts and pokes and what stands below an act in its phase, and nothing else', () => {
    expect(told(plan, given('dry-run', open('p'))).orders).toEqual([
      'defer poke',
      'defer act',
      'defer below',
      'defer ask',
    ]);
  });

  it('defers what reads something deferred, the gate, and every phase after the point of no return', () => {
    const deferred = ['poke', 'act', 'below', 'ask'].map(
      (id) => ['step.defer', { step: id, reason: '', on: '' }] as const,
    );
    const inQ = given(
      'dry-run',
      open('p'),
      ...deferred,
      ...looked('a', 'fail'),
      ['phase.close', { phase: 'p' }],
      open('q'),
    );
    expect(told(plan, inQ).orders).toEqual(['defer reads', 'defer gate']);
    const inR = given('dry-run', ['phase.close', { phase: 'p' }], ['phase.close', { phase: 'q' }], open('r'));
    expect(told(plan, inR).orders).toEqual(['defer c']);
  });

  it('goes past reds and leaves unanswered questions open', () => {
    const asking = planOf(phase('p', [step('a'), step('ask', 'asks')]));
    const state = given('dry-run', open('p'), ...looked('a', 'fail'));
    expect(told(asking, state).turn).toBe('ask ask');
    expect(told(asking, state, ['ask']).orders).toEqual(['close-phase p']);
  });
});

describe('a survey', () => {
  it('goes past reds, defers what depends on one, and takes gates regardless', () => {
    const plan = planOf(phase('p', [step('a'), step('b', 'looks', { readers: ['a'] }), step('gate', 'decides')]));
    const red = given('survey', open('p'), ...looked('a', 'fail'));
    expect(told(plan, red).orders).toEqual(['defer b']);
    const after = given('survey', open('p'), ...looked('a', 'fail'), [
      'step.defer',
      { step: 'b', reason: '', on: 'a' },
    ]);
    expect(told(plan, after).turn).toBe('gate gate');
  });
});

describe('a new session', () => {
  const opening = [
    'session.open',
    { session: { principal: 'bob', endpoints: [], grant: { signatures: [] } } as never },
  ] as const;
  const started = (id: string) => ['step.start', { step: id, attempt: 1, why: 'due', resets: [] }] as const;

  it('looks again where the last one was interrupted, and never pokes again by itself', () => {
    const plan = planOf(phase('p', [step('a'), step('poke', 'pokes')]));
    expect(told(plan, given('run', open('p'), started('a'), opening)).looks).toEqual(['a']);
    const poked = given('run', open('p'), ...looked('a', 'pass'), started('poke'), opening);
    expect(told(plan, poked)).toMatchObject({ looks: [], turn: 'red poke' });
  });

  it('gives an act that was interrupted its turn again: it finds out by itself what became of it', () => {
    const plan = planOf(phase('p', [step('act', 'changes'), step('after')]));
    expect(told(plan, given('run', open('p'), started('act'), opening))).toMatchObject({ looks: [], turn: 'act act' });
  });

  it('puts a hold that broke before every other turn, wherever it stands', () => {
    const hold = { forMs: 1, everyMs: 1, coverage: 1, maxGapMs: 1, settleMs: 1, tolerate: 0, sample: 'each' as const };
    const plan = planOf(phase('p', [step('ask', 'asks'), step('red'), step('watch', 'looks', { hold })]));
    const state = given('run', open('p'), ...looked('red', 'fail'), ...looked('watch', 'fail'));
    expect(told(plan, state).turn).toBe('red watch');
    expect(told(plan, given('run', open('p'), ...looked('watch', 'pass'))).turn).toBe('ask ask');
  });

  it('does nothing but go on with a way back that was begun, and nothing of it once it came through in part', () => {
    const plan = planOf(phase('p', [step('a'), step('ask', 'asks')]));
    const begun = ['rollback.open', { by: 'ada', to: '', plan: '' }] as const;
    const closed = (result: 'done' | 'partial') => ['rollback.close', { result }] as const;
    expect(told(plan, given('run', open('p'), begun))).toMatchObject({ orders: [], looks: [], turn: 'rollback' });
    // Whoever dies between the end of the way back and the end of the run ends the run next.
    expect(told(plan, given('run', open('p'), begun, closed('done')))).toMatchObject({ looks: [], turn: 'rollback' });
    expect(told(plan, given('run', open('p'), begun, closed('partial')))).toMatchObject({
      looks: ['a'],
      turn: 'ask ask',
    });
  });

  it('skips what `when` rules out', () => {
    const plan = planOf(phase('p', [step('a', 'looks', { skip: 'when redis_kind is elasticache' })]));
    expect(told(plan, given('run', open('p'))).orders).toEqual(['skip a']);
  });
});
