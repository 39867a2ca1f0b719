// Goal: no order around a change that makes no sense. Method: given events, when an order, then events or a refusal.

import { describe, expect, it } from 'vitest';
import { actsThatStand, frozenBy, gateBehindActs } from '../../src/engine/acts.ts';
import { decide, type Order } from '../../src/engine/decide.ts';
import type { Bodies, EventKind, Mode } from '../../src/engine/events.ts';
import { stepState, type State } from '../../src/engine/state.ts';
import { gate, given, looked, phase, planOf, step } from '../support/plan.ts';

type Told = { [K in EventKind]: readonly [K, Partial<Bodies[K]>] }[EventKind];

const plan = planOf(
  phase('p', [
    step('was', 'looks', { capture: { record: 'record' } }),
    step('through', 'looks', { readers: ['was'], capture: { more: 'more' } }),
    step('gate', 'decides', { work: gate() }),
    step('one', 'changes', { readers: ['through'] }),
    step('two', 'changes'),
  ]),
);

const starts = (id: string, attempt = 1): Told => ['step.start', { step: id, attempt, why: 'due', resets: [] }];
const intends = (id: string): Told => ['act.intent', { step: id, attempt: 1, request: 'r', before: 'b' }];
const came = (id: string, result: Bodies['act.result']['result']): Told => [
  'act.result',
  { step: id, attempt: 1, result, change: 'C' },
];
const found = (id: string, result: Bodies['act.reconciled']['result']): Told => [
  'act.reconciled',
  { step: id, result },
];
const ends = (id: string, verdict: 'pass' | 'fail' = 'pass'): Told => looked(id, verdict)[1];
const done = (id: string): readonly Told[] => [starts(id), intends(id), came(id, 'done'), ends(id)];
const opened: Told = ['rollback.open', { by: 'ada', to: '', plan: 'x' }];
const closed = (result: 'done' | 'partial'): Told => ['rollback.close', { result }];

function when(order: Order, told: readonly Told[], mode: Mode = 'run'): string {
  const decision = decide(order, plan, given(mode, ...told));
  if ('refused' in decision) return decision.refused;
  return decision.events.map(({ kind, body }) => `${kind} ${'step' in body ? body.step : ''}`.trim()).join(', ');
}

const digests = { run: 'run', class: 'compare', request: 'r', before: 'b' } as const;
const intend = (id: string): Order => ({ order: 'intend', step: id, ...digests, go: [] });
const start = (id: string, why: Bodies['step.start']['why'] = 'due'): Order => ({ order: 'start', step: id, why });
const result = (id: string, said: 'done' | 'already' | 'refused'): Order => ({
  order: 'act-result',
  step: id,
  result: said,
  change: '',
  requests: [],
  reason: '',
});
const reconcile = (id: string, reason = 'looked'): Order => ({
  order: 'reconcile',
  step: id,
  result: 'applied',
  by: 'golive',
  reason,
});
const seen = { facts: '', observed_at: '', requests: [], findings: [], reason: '', looks: 1 };
const pass = (id: string): Order => ({ order: 'judge', step: id, captures: {}, seen: { verdict: 'pass', ...seen } });
const openIt: Order = { order: 'open-rollback', by: 'ada', to: '', plan: 'x' };
const close = (said: 'done' | 'partial'): Order => ({ order: 'close-rollback', result: said });

describe('before something is sent', () => {
  it('it is written down, marked with the run and its line', () => {
    const decision = decide(intend('two'), plan, given('run', starts('two')));
    expect(decision).toMatchObject({ events: [{ kind: 'act.intent', body: { step: 'two', token: 'golive run/2' } }] });
  });

  it('it must be an act that was begun, in a mode that takes acts', () => {
    expect(when(intend('was'), [starts('was')])).toContain('is not an act');
    expect(when(intend('nothing'), [])).toContain('is not an act');
    expect(when(intend('two'), [])).toContain('is not running');
    expect(when(intend('two'), [starts('two')], 'dry-run')).toContain('a dry run takes no act');
  });

  it('it must be known what became of the last time', () => {
    expect(when(intend('two'), [starts('two'), intends('two')])).toContain('not known');
    expect(when(intend('two'), [starts('two'), intends('two'), found('two', 'unknown')])).toContain('not known');
    expect(when(intend('two'), [starts('two'), intends('two'), found('two', 'not-applied')])).toBe('act.intent two');
  });

  it('nothing else may be on its way back', () => {
    expect(when(intend('two'), [...done('one'), starts('two'), opened])).toContain('a way back is under way');
    expect(when(start('two'), [...done('one'), opened])).toContain('a way back is under way');
    expect(when(start('one.undo'), done('one'))).toContain('no way back was begun');
    expect(when(start('one.undo'), [...done('one'), opened])).toBe('step.start one.undo');
    expect(when(intend('one.undo'), [...done('one'), opened, starts('one.undo')])).toBe('act.intent one.undo');
  });
});

describe('what became of it', () => {
  it('is a result only of what was sent', () => {
    expect(when(result('two', 'done'), [starts('two')])).toContain('sent nothing');
    expect(when(result('two', 'already'), [starts('two'), intends('two')])).toContain('has to be found out');
    expect(when(result('two', 'done'), [intends('two')])).toContain('is not running');
    expect(when(result('two', 'done'), [starts('two'), intends('two')])).toBe('act.result two');
    expect(when(result('two', 'already'), [starts('two')])).toBe('act.result two');
    expect(when(result('two', 'refused'), [starts('two')])).toBe('act.result two');
  });

  it('is found out only where nobody said, and with a reason', () => {
    expect(when(reconcile('two'), [starts('two')])).toContain('is known');
    expect(when(reconcile('two'), [starts('two'), intends('two'), came('two', 'done')])).toContain('is known');
    expect(when(reconcile('two', ' '), [starts('two'), intends('two')])).toContain('reason');
    expect(when(reconcile('two'), [starts('two'), intends('two')])).toBe('act.reconciled two');
  });

  it('has to be known, or seen, before the act passes', () => {
    const sent = [starts('two'), intends('two')];
    expect(when(pass('two'), [starts('two')])).toContain('no pass');
    expect(when(pass('two'), sent)).toContain('no pass');
    expect(when(pass('two'), [...sent, came('two', 'refused')])).toContain('no pass');
    expect(when(pass('two'), [...sent, found('two', 'not-applied')])).toContain('no pass');
    for (const fine of [came('two', 'done'), found('two', 'applied')])
      expect(when(pass('two'), [...sent, fine])).toBe('step.verdict two');
    expect(when(pass('two'), [starts('two'), came('two', 'already')])).toBe('step.verdict two');
  });

  it('survives another attempt, and a result that nothing was sent for', () => {
    const again = (said: Bodies['act.result']['result']): State =>
      given('run', ...done('two'), starts('two', 2), came('two', said), ends('two', 'fail'));
    for (const said of ['already', 'refused'] as const)
      expect(stepState(again(said), 'two').act).toMatchObject({ outcome: 'done', before: 'b', request: 'r' });
  });
});

describe('what stands', () => {
  const standing = (...told: readonly Told[]): readonly string[] =>
    actsThatStand(plan, given('run', ...told)).map(({ id }) => id);
  const back = (id: string, said: 'done' | 'already' = 'done'): readonly Told[] => [
    starts(`${id}.undo`),
    ...(said === 'done' ? [intends(`${id}.undo`)] : []),
    came(`${id}.undo`, said),
    ends(`${id}.undo`),
  ];

  it('is what was done or may have been, newest first', () => {
    expect(standing(...done('one'), starts('two'), intends('two'))).toEqual(['two', 'one']);
    expect(standing(starts('two'), intends('two'), came('two', 'refused'))).toEqual([]);
    expect(standing(starts('two'), came('two', 'already'))).toEqual([]);
    expect(standing(starts('two'), intends('two'), found('two', 'not-applied'))).toEqual([]);
  });

  it('does not stand any more once it was taken back, and does when it was done once more', () => {
    expect(standing(...done('one'), opened, ...back('one'))).toEqual([]);
    expect(standing(...done('one'), opened, ...back('one', 'already'))).toEqual([]);
    expect(standing(...done('one'), opened, ...back('one'), closed('partial'), ...done('one'))).toEqual(['one']);
    const twice = [...done('one'), opened, ...back('one'), closed('partial'), ...done('one'), opened];
    expect(standing(...twice, ...back('one', 'already'))).toEqual([]);
  });

  it('stands while its way back is not known to have been made', () => {
    expect(standing(...done('one'), opened, starts('one.undo'), intends('one.undo'))).toEqual(['one']);
  });

  it('stands while its way back was sent and not seen to take effect', () => {
    const sent = [starts('one.undo'), intends('one.undo'), came('one.undo', 'done')];
    expect(standing(...done('one'), opened, ...sent)).toEqual(['one']);
    expect(standing(...done('one'), opened, ...sent, ends('one.undo', 'fail'))).toEqual(['one']);
  });

  it('stands when what was thought lost arrived after all, and can be taken back', () => {
    const late = [starts('one'), intends('one'), found('one', 'not-applied'), starts('one', 2), came('one', 'already')];
    expect(standing(...late)).toEqual(['one']);
    expect(stepState(given('run', ...late), 'one').act).toMatchObject({ outcome: 'done', before: 'b', request: 'r' });
    const refused = [starts('one'), intends('one'), came('one', 'refused'), starts('one', 2), came('one', 'already')];
    expect(standing(...refused)).toEqual([]);
  });

  it('freezes what it was made from, through everything in between', () => {
    expect(frozenBy(plan, given('run', ...done('one')), 'was')?.id).toBe('one');
    expect(frozenBy(plan, given('run', ...done('two')), 'was')).toBeUndefined();
    const known = [...looked('was', 'pass'), ...looked('through', 'pass'), ...done('one')];
    expect(when(start('was', 'again'), known)).toContain('one rests on what was captured');
    expect(when(start('was', 'retry'), known)).toContain('one rests on what was captured');
    expect(when(start('was', 'recheck'), known)).toBe('step.start was');
    expect(when(start('was', 'again'), [...known, opened, ...back('one'), closed('partial')])).toBe('step.start was');
  });
});

describe('a way back', () => {
  it('begins where something stands, once, at the last gate that passed above it', () => {
    expect(when(openIt, [])).toContain('nothing that was changed stands');
    expect(when(openIt, done('one'))).toBe('rollback.open');
    expect(when(openIt, [...done('one'), opened])).toContain('under way already');
    expect(gateBehindActs(plan, given('run', ...looked('gate', 'pass'), ...done('one')))).toBe('gate');
    expect(gateBehindActs(plan, given('run', ...looked('gate', 'fail'), ...done('one')))).toBe('');
  });

  it('is done only when nothing stands any more', () => {
    const back = [starts('one.undo'), intends('one.undo'), came('one.undo', 'done')];
    expect(when(close('done'), done('one'))).toContain('no way back is under way');
    expect(when(close('done'), [...done('one'), opened])).toContain('one was not taken back');
    expect(when(close('done'), [...done('one'), opened, ...back])).toContain('one was not taken back');
    expect(when(close('done'), [...done('one'), opened, ...back, ends('one.undo')])).toBe('rollback.close');
  });

  it('that came through in part leaves every act red that something was sent for', () => {
    const sent = [
      ...done('one'),
      ...done('two'),
      opened,
      starts('two.undo'),
      intends('two.undo'),
      came('two.undo', 'done'),
    ];
    const closing = (...more: readonly Told[]) => decide(close('partial'), plan, given('run', ...sent, ...more));
    const one = { body: { step: 'one', verdict: 'inconclusive' } };
    expect(closing(ends('two.undo'))).toMatchObject({
      events: [
        one,
        { body: { step: 'two', verdict: 'fail', reason: 'this was taken back' } },
        { kind: 'rollback.close' },
      ],
    });
    const unseen = 'it was taken back, and that was not seen to take effect';
    expect(closing(ends('two.undo', 'fail'))).toMatchObject({
      events: [one, { body: { step: 'two', verdict: 'inconclusive', reason: unseen } }, { kind: 'rollback.close' }],
    });
  });
});

describe('an act that did not pass', () => {
  const waive: Order = { order: 'waive', step: 'two', by: 'ada', role: '', reason: 'fine', until: '', signoff: -1 };
  const attest: Order = { order: 'attest', step: 'two', by: 'ada', evidence: 'I saw it', second: '', signoff: -1 };
  const [, blind] = looked('two', 'error');
  const sent = [starts('two'), intends('two')];

  it('is accepted only when it changed something', () => {
    for (const nothing of [
      [starts('two')],
      [...sent, came('two', 'refused')],
      [...sent, found('two', 'not-applied')],
    ]) {
      expect(when(waive, [...nothing, ends('two', 'fail')])).toContain('changed nothing that is known');
      expect(when(attest, [...nothing, blind])).toContain('sent nothing');
    }
    expect(when(waive, [...sent, blind])).toContain('changed nothing that is known');
    expect(when(attest, [...sent, blind])).toBe('step.attest two');
    expect(when(waive, [...sent, came('two', 'done'), ends('two', 'fail')])).toBe('step.waive two');
  });

  it('makes void what was seen below it when it is made once more', () => {
    const back = [starts('one.undo'), intends('one.undo'), came('one.undo', 'done'), ends('one.undo')];
    const below = [...done('one'), ...done('two')];
    const resets = (...told: readonly Told[]) => {
      const decision = decide(start('one', 'retry'), plan, given('run', ...looked('was', 'pass'), ...told));
      return 'events' in decision ? decision.events[0]?.body : decision;
    };
    expect(resets(...below, opened, ...back, closed('partial'))).toMatchObject({ resets: ['two'] });
    expect(resets(...below)).toMatchObject({ resets: [] });
  });
});
