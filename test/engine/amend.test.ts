// Goal: mending a checklist never rewrites what was changed in the world, and judges again what it touches and no more.

import { describe, expect, it } from 'vitest';
import { amendmentOf } from '../../src/engine/amend.ts';
import { refusals } from '../../src/engine/amend-refusals.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Bodies, EventKind } from '../../src/engine/events.ts';
import { evolve } from '../../src/engine/evolve.ts';
import { next } from '../../src/engine/next.ts';
import { stepsOf, type Phase, type Plan, type Step } from '../../src/engine/plan.ts';
import { stepState, type State } from '../../src/engine/state.ts';
import { gate, given, holdOf, looked, noon, open, phase, planOf, step } from '../support/plan.ts';

type Told = { [K in EventKind]: readonly [K, Partial<Bodies[K]>] }[EventKind];

const url = (path: string) => ({ kind: 'http', args: { url: `https://app.test/${path}` }, words: `GET ${path}` });
const check = [
  step('alb', 'looks', { severity: 'critical', capture: { host: 'DNSName' } }),
  step('through', 'looks', { readers: ['alb'], capture: { more: 'more' } }),
  step('page', 'looks', { work: { type: 'probe', call: url('page') }, expect: [{ path: 'status', eq: 200 }] }),
  step('asked', 'asks'),
];
const cutover = [
  step('decision', 'decides'),
  step('switch', 'changes', { readers: ['through'] }),
  step('after', 'looks', { severity: 'critical' }),
  step('sent', 'pokes'),
];
const before = planOf(phase('verify', check, -3_600_000), phase('cutover', cutover));

/** The plan with a step changed. */
function withStep(id: string, change: Partial<Step>, plan: Plan = before): Plan {
  return withPhases(plan, (one) => (one.id === id ? [{ ...one, ...change }] : [one]));
}

/** The plan with each step replaced by what `of` makes of it. */
function withPhases(plan: Plan, of: (step: Step) => readonly Step[]): Plan {
  const phases = plan.phases.map((one: Phase) => ({
    ...one,
    sections: one.sections.map((section) => ({ ...section, steps: section.steps.flatMap(of) })),
  }));
  return { ...plan, phases };
}

const without = (id: string): Plan => withPhases(before, (one) => (one.id === id ? [] : [one]));
const beside = (id: string, ...added: readonly Step[]): Plan =>
  withPhases(before, (one) => (one.id === id ? [...added.map((each) => ({ ...each, phase: one.phase })), one] : [one]));

const passed = (...ids: readonly string[]): readonly Told[] => ids.flatMap((id) => looked(id, 'pass'));
const closed = (id: string): Told => ['phase.close', { phase: id }];
const upToTheGate: readonly Told[] = [open('verify'), ...passed('alb', 'through', 'page', 'asked'), closed('verify')];
const decided: readonly Told[] = [...upToTheGate, open('cutover'), ...passed('decision')];
const intent = { attempt: 1, class: 'compare', request: 'r', before: 'b', token: '', go: [] } as const;
const begun: readonly Told[] = [
  ...decided,
  ['step.start', { step: 'switch', attempt: 1, why: 'due', resets: [] }],
  ['act.intent', { step: 'switch', ...intent }],
];
const came = (result: 'done' | 'failed' | 'refused' | 'already'): readonly Told[] => [
  ...begun,
  ['act.result', { step: 'switch', attempt: 1, result, after: '', requests: [], change: 'C', reason: '' }],
  looked('switch', result === 'done' || result === 'already' ? 'pass' : 'fail')[1],
];
const taken = [...came('done'), ...passed('after')];

const session = { principal: 'ada', endpoints: [], grant: { signatures: [] } } as never;
const checklist = { name: 'aep', title: 'AEP', path: 'a.yaml', digest: 'c' };
const begins: Told = ['run.open', { mode: 'run', phases: [], session, checklist }];

function compared(after: Plan, told: readonly Told[] = upToTheGate) {
  const state = given('run', begins, ...told);
  const amendment = amendmentOf(before, after, state);
  return { state, amendment, refused: refusals(before, after, state, amendment) };
}

/** The state after the amendment and its replay, and what is due then. */
function amended(after: Plan, told: readonly Told[]) {
  const { state, amendment, refused } = compared(after, told);
  expect(refused).toEqual([]);
  const { touched, reopen } = amendment;
  const order = { order: 'amend', digest: 'd', by: 'ada', second: '', reason: 'typo', touched, reopen } as const;
  const decision = decide(order, before, state);
  if ('refused' in decision) throw new Error(decision.refused);
  const now: State = decision.events.reduce(
    (known, event, index) =>
      evolve(known, { seq: known.seq, at: new Date(noon + 60_000 + index).toISOString(), sid: 'S', ...event }),
    state,
  );
  return { before: state, state: now, due: next(after, now, { now: noon + 90_000, silent: new Set() }) };
}

describe('what is judged again', () => {
  it.each([[[]], [upToTheGate], [taken]])('the same plan touches nothing, whatever has happened', (told) => {
    const { amendment, refused } = compared(before, told);
    expect(amendment).toMatchObject({ added: [], removed: [], changed: [], moved: [], touched: [], reopen: [] });
    expect(refused).toEqual([]);
    expect(amended(before, told).state.steps).toEqual(amended(before, told).before.steps);
  });

  it('another place in the file is no change', () => {
    expect(compared(withStep('page', { position: 'a.yaml:9:9' })).amendment.changed).toEqual([]);
  });

  it('a changed step loses its verdict, its phase opens again, and every other verdict stays', () => {
    const after = withStep('page', { expect: [{ path: 'status', eq: 204 }] });
    const { amendment } = compared(after);
    expect(amendment).toMatchObject({ touched: ['page'], reopen: ['verify'], kept: 3, critical: [] });
    expect(amendment.changed[0]?.differences).toEqual([{ path: 'expect[0].eq', before: 200, after: 204 }]);
    const { state, due } = amended(after, upToTheGate);
    expect(stepState(state, 'page').verdict).toBeUndefined();
    expect(stepState(state, 'alb').verdict?.verdict).toBe('pass');
    expect(due).toMatchObject({ phase: { id: 'verify' }, looks: [{ id: 'page' }] });
  });

  it('what reads a capture of a changed step goes with it, through every link of the chain', () => {
    const { amendment } = compared(withStep('alb', { expect: [{ path: 'a', eq: 1 }] }));
    expect(amendment.touched).toEqual(['alb', 'through']);
    expect(amendment.critical).toEqual(['alb']);
  });

  it.each<[string, Partial<Step>]>([
    ['needs', { needs: [{ step: 'page', lagMs: 0 }] }],
    ['a recheck', { work: { type: 'probe', recheck: ['page'] } }],
    ['since', { hold: holdOf({ since: 'page' }) }],
  ])('what rests on a changed step by %s goes with it', (_, link) => {
    const plan = withStep('after', link);
    const told = [...decided, ...passed('after')];
    const state = given('run', ...told);
    const after = withStep('page', { expect: [] }, plan);
    expect(amendmentOf(plan, after, state).touched).toEqual(['page', 'decision', 'after']);
  });

  it('another named probe changes every step that reads it', () => {
    const probe = { name: 'lb', call: url('lb'), nature: 'looks', probes: [], readers: [] } as const;
    const plan = { ...withStep('page', { probes: ['lb'] }), probes: { lb: probe } };
    const after = { ...plan, probes: { lb: { ...probe, call: url('balancer') } } };
    const amendment = amendmentOf(plan, after, given('run', ...upToTheGate));
    expect(amendment.touched).toEqual(['page']);
    expect(amendment.changed[0]?.probes).toEqual(['lb']);
    expect(amendment.probes[0]?.differences).toContainEqual(
      expect.objectContaining({ before: 'https://app.test/lb', after: 'https://app.test/balancer' }),
    );
  });

  it('other words around a look keep its verdict; other words of a question do not keep its answer', () => {
    const words = { title: 'Better', fix: 'Do it' };
    expect(compared(withStep('page', words)).amendment).toMatchObject({ touched: [], changed: [{ reworded: true }] });
    expect(compared(withStep('asked', words)).amendment.touched).toEqual(['asked']);
  });

  it('a step that is new in a closed phase opens it again', () => {
    const after = beside('asked', step('new'));
    expect(compared(after).amendment).toMatchObject({ touched: [], reopen: ['verify'], kept: 4 });
    expect(amended(after, upToTheGate).due).toMatchObject({ phase: { id: 'verify' }, looks: [{ id: 'new' }] });
  });

  it('a gate that nothing was changed behind is polled again when what it decided on is another', () => {
    expect(compared(withStep('page', { expect: [] }), decided).amendment.again.map(({ id }) => id)).toEqual([
      'decision',
    ]);
    expect(compared(beside('page', step('new')), decided).amendment.touched).toEqual(['decision']);
    expect(compared(without('page'), decided).amendment.touched).toEqual(['page', 'decision']);
    expect(compared(beside('page', step('new', 'looks', { severity: 'advisory' })), decided).amendment.touched).toEqual(
      [],
    );
  });

  it('a gate that something was changed behind stays as it was said', () => {
    const { amendment, refused } = compared(withStep('page', { expect: [] }), taken);
    expect([amendment.touched, refused]).toEqual([['page'], []]);
  });

  it('what was seen before a change that is new above it is judged again', () => {
    const after = beside('page', step('deploy', 'changes'));
    expect(compared(after).amendment.moved.map(({ id }) => id)).toContain('page');
    expect(compared(after).amendment.touched).not.toContain('through');
  });

  it('a step in another phase that comes at another time is judged again; a phase by another name touches nothing', () => {
    const [page, renamed] = [stepsOf(before).find(({ id }) => id === 'page'), before.phases[0]];
    if (page === undefined || renamed === undefined) throw new Error('the plan is another');
    const later = without('page');
    const phases = [...later.phases, phase('later', [page], 3_600_000)];
    expect(compared({ ...later, phases }).amendment.touched).toContain('page');
    const steps = check.map((one) => ({ ...one, phase: 'checks' }));
    const other = { ...before, phases: [phase('checks', steps, -3_600_000), ...before.phases.slice(1)] };
    expect(compared(other, taken)).toMatchObject({ amendment: { touched: [] }, refused: [] });
  });

  it('a critical step weighs as much when it is critical no longer', () => {
    expect(compared(withStep('alb', { severity: 'advisory' })).amendment.critical).toEqual(['alb']);
    expect(compared(without('after')).amendment.critical).toEqual(['after']);
    expect(compared(withStep('decision', { work: gate({ need: 'any' }) })).amendment.critical).toEqual(['decision']);
  });

  it('says when a phase comes at another time', () => {
    const [first, ...rest] = before.phases;
    if (first === undefined) throw new Error('the plan is another');
    const after = { ...before, phases: [{ ...first, at: 'T-2h', offsetMs: -7_200_000 }, ...rest] };
    expect(compared(after).amendment).toMatchObject({
      clock: [{ phase: 'verify', before: 'T-0', after: 'T-2h' }],
      touched: [],
    });
  });
});

describe('what is refused', () => {
  const refusedOf = (after: Plan, told: readonly Told[] = taken): string => compared(after, told).refused.join('; ');

  it.each<[string, Partial<Plan>, string]>([
    ['checklist', { checklist: 'shop' }, 'the checklist shop'],
    ['target', { target: 'staging' }, 'the target staging'],
    ['account', { aws: { account: '222222222222', region: 'us-east-1' } }, '222222222222 us-east-1'],
    ['region', { aws: { account: '111111111111', region: 'eu-west-1' } }, '111111111111 eu-west-1'],
  ])('another %s', (_, other, words) => {
    expect(refusedOf({ ...before, ...other }, [])).toContain(words);
  });

  it('another account behind a name the run knows', () => {
    const [was, is] = ['111111111111', '222222222222'].map((account) => ({ dns: { account, region: 'us-east-1' } }));
    const plan = { ...before, accounts: was ?? {} };
    const after = { ...before, accounts: is ?? {} };
    const state = given('run');
    expect(refusals(plan, after, state, amendmentOf(plan, after, state)).join()).toContain('account dns');
  });

  const otherAct: Partial<Step> = { work: { type: 'act', call: url('other'), confirm: 'key' } };
  const otherUndo: Partial<Step> = {
    work: { type: 'act', call: { kind: 'http', args: {}, words: 'looks' }, confirm: 'key', back: [url('back')] },
  };

  it.each([
    ['done', taken],
    ['failed', came('failed')],
    ['of unknown outcome', begun],
  ])('another act where that act is %s', (_, told) => {
    expect(refusedOf(withStep('switch', otherAct), told)).toBe('switch was taken already: it cannot be changed');
    expect(refusedOf(withStep('switch', otherUndo), told)).toContain('switch was taken already');
    expect(refusedOf(without('switch'), told)).toContain('switch was taken already: it cannot be removed');
  });

  it.each([
    ['not taken yet', decided],
    ['refused, so that nothing happened', came('refused')],
  ])('no other act where that act is %s', (_, told) => {
    expect(refusedOf(withStep('switch', otherAct), told)).toBe('');
  });

  it('other words around an act that was taken are no other act', () => {
    expect(refusedOf(withStep('switch', { title: 'The switch' }))).toBe('');
  });

  it('an act that was taken past a gate, or a gate past it', () => {
    const order = ['switch', 'decision', 'after', 'sent'];
    const steps = order.flatMap((id) => cutover.filter((one) => one.id === id));
    const after = planOf(phase('verify', check, -3_600_000), phase('cutover', steps));
    expect(refusedOf(after)).toContain('switch was taken already: it cannot be moved past another act or gate');
  });

  it('what an act that stands was made from, directly or through another step', () => {
    expect(refusedOf(withStep('through', { expect: [] }))).toBe('');
    expect(refusedOf(withStep('through', { expect: [{ path: 'a', eq: 1 }] }))).toContain(
      'switch was made from what through',
    );
    expect(refusedOf(withStep('alb', { expect: [{ path: 'a', eq: 1 }] }))).toContain('switch was made from what alb');
    expect(refusedOf(withStep('through', { expect: [{ path: 'a', eq: 1 }] }), decided)).toBe('');
  });

  it('what an act that stands was made from is not captured again for something else that changed', () => {
    const plan = withStep('through', { needs: [{ step: 'page', lagMs: 0 }] });
    const state = given('run', ...taken);
    expect(amendmentOf(plan, withStep('page', { expect: [] }, plan), state).touched).toEqual(['page']);
  });

  it('another gate where something was changed behind it', () => {
    const after = withStep('decision', { work: gate({ need: 'any' }) });
    expect(refusedOf(after)).toContain('decision passed, and what was changed behind it stands');
    expect(refusedOf(without('decision'))).toContain('it cannot be removed');
    expect(refusedOf(after, decided)).toBe('');
  });

  it('taking away the step that is being run', () => {
    const running: readonly Told[] = [
      open('verify'),
      ['step.start', { step: 'page', attempt: 1, why: 'due', resets: [] }],
    ];
    expect(refusedOf(without('page'), running)).toContain('page was begun and has not ended');
    const killed: Told = ['session.open', { session }];
    expect(refusedOf(without('page'), [...running, killed])).toContain('page was begun and has not ended');
    expect(refusedOf(withStep('page', { expect: [] }), running)).toBe('');
    expect(refusedOf(without('page'), [open('verify'), ...looked('page', 'fail')])).toBe('');
  });

  it('another poke where nobody knows whether it arrived', () => {
    const sent: readonly Told[] = [...taken, ['step.start', { step: 'sent', attempt: 1, why: 'due', resets: [] }]];
    const after = withStep('sent', { expect: [{ path: 'status', eq: 200 }] });
    expect(refusedOf(after, sent)).toContain('whether it arrived is not known');
    expect(refusedOf(after, [...taken, ...passed('sent')])).toBe('');
  });

  it.each([
    ['a critical check', step('new', 'looks', { severity: 'critical' }), 'new is new and critical'],
    ['an act', step('new', 'changes'), 'new is new and an act'],
    ['a gate', step('new', 'decides'), 'new is new and a gate'],
  ])('%s above a change that was made, and not below it', (_, added, words) => {
    expect(refusedOf(beside('page', added))).toContain(words);
    expect(refusedOf(beside('after', added))).toBe('');
  });

  it('no other check above a change that was made: it is late, and says so by its time', () => {
    expect(refusedOf(beside('page', step('new')))).toBe('');
  });

  it('taking away an open phase with verdicts, unless its steps are elsewhere', () => {
    const [first, ...rest] = before.phases;
    if (first === undefined) throw new Error('the plan is another');
    const told = [open('verify'), ...passed('page')];
    expect(refusedOf({ ...before, phases: rest }, told)).toContain('the phase verify is open, and page in it');
    expect(refusedOf({ ...before, phases: [{ ...first, id: 'checks' }, ...rest] }, told)).toBe('');
    expect(refusedOf({ ...before, phases: rest }, [open('verify')])).toBe('');
  });

  it('a value under a name that was captured in this run, which would go on to count', () => {
    const captured: Told = ['value.set', { name: 'host', json: '"a"', source: 'capture', step: 'alb' }];
    const after = { ...without('alb'), names: { host: 'b' } };
    expect(refusedOf(after, [captured])).toBe('host was captured by alb in this run: call it something else');
    expect(refusedOf(after, [])).toBe('');
  });

  it('another way back of the checklist where it was taken, and not before', () => {
    const offered = step('restore', 'changes', { phase: 'rollback' });
    const plan = { ...before, rollback: [offered] };
    const after = { ...before, rollback: [{ ...offered, ...otherAct }] };
    const told: readonly Told[] = [...taken, ['act.intent', { step: 'restore', ...intent }]];
    const words = (state: State): string => refusals(plan, after, state, amendmentOf(plan, after, state)).join();
    expect(words(given('run', ...told))).toContain('restore was taken already');
    expect(words(given('run', ...taken))).toBe('');
  });
});
