// Roles, polls and signed words: who may say what, and when a word does not count any more.

import { describe, expect, it } from 'vitest';
import { decide, type Order } from '../../src/engine/decide.ts';
import type { Bodies } from '../../src/engine/events.ts';
import { approvalsOf, pollOf, staleVote } from '../../src/engine/people.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { stepState, type State } from '../../src/engine/state.ts';
import { gate, given, looked, phase, planOf, step } from '../support/plan.ts';

type Told = Parameters<typeof given>[1];

const roles = [
  { principal: 'ada', roles: ['lead', 'ops'] },
  { principal: 'grace', roles: ['security'] },
  { principal: 'eve', roles: ['ops'] },
];
/** The run knows its people from its second event on. */
const known: Told = [
  'session.open',
  {
    session: { principal: 'ada', endpoints: [], grant: { signatures: [{ keyid: 'K-ada', sig: '' }] }, roles } as never,
  },
];
const polled = gate({ poll: ['lead', 'ops', 'security'], differentPeople: true, barred: ['switch'] });
const plan = planOf(
  phase('p', [
    step('plain', 'looks', { owner: 'ops' }),
    step('vital', 'looks', { severity: 'critical' }),
    step('switch', 'changes'),
    step('gate', 'decides', { work: polled }),
    step('cut', 'changes', {
      work: { type: 'act', call: { kind: 'x', args: {}, words: 'x' }, confirm: { phrase: 'now', people: 2 } },
    }),
  ]),
);

const envelope = (key: string): Bodies['signoff']['statement'] => ({
  payload: '',
  payloadType: '',
  signatures: [{ keyid: key, sig: '' }],
});
const opened: Told = ['step.start', { step: 'gate', attempt: 1, why: 'due', resets: [] }];
const sign = (by: string, role: string, more: Partial<Extract<Order, { order: 'sign' }>> = {}): Order => ({
  order: 'sign',
  step: 'gate',
  role,
  decision: 'go',
  by,
  attempt: 1,
  seen: 2,
  statement: envelope(`K-${by}`),
  ...more,
});
const signed = (
  principal: string,
  role: string,
  key = `K-${principal}`,
  more: Partial<Bodies['signoff']> = {},
): Told => [
  'signoff',
  { principal, role, step: 'gate', decision: 'go', attempt: 1, seen: 2, statement: envelope(key), ...more },
];
const voted = (by: string, role: string, signoff: number): Told => [
  'gate.vote',
  { step: 'gate', attempt: 1, role, decision: 'go', by, comment: '', signoff },
];
const vote = (by: string, role: string, signoff: number, decision: 'go' | 'no-go' = 'go'): Order => ({
  order: 'vote',
  step: 'gate',
  role,
  decision,
  by,
  comment: '',
  signoff,
});

function when(state: State, order: Order, of: Plan = plan): string | readonly string[] {
  const decision = decide(order, of, state);
  return 'refused' in decision ? decision.refused : decision.events.map(({ kind }) => kind);
}

describe('a vote', () => {
  it('counts with the signature of somebody who holds the role, and never without', () => {
    expect(when(given('run', known, opened), vote('ada', 'lead', -1))).toBe('ada has to sign it');
    expect(when(given('run', known, opened, signed('ada', 'lead')), vote('ada', 'lead', 3))).toEqual(['gate.vote']);
    expect(when(given('run', known, opened), sign('ada', 'lead'))).toEqual(['signoff']);
  });

  it('of somebody who does not hold the role is refused, with those who do', () => {
    expect(when(given('run', known, opened), sign('grace', 'lead'))).toBe('grace does not hold Lead; ada holds it');
    const nobody = planOf(phase('p', [step('gate', 'decides', { work: gate({ poll: ['chief'] }) })]));
    expect(when(given('run', known, opened), sign('ada', 'chief'), nobody)).toBe(
      'ada does not hold chief; nobody holds it',
    );
  });

  it('names what was signed: not for another role, decision, person or attempt', () => {
    const state = given('run', known, opened, signed('ada', 'lead'));
    for (const other of [vote('ada', 'ops', 3), vote('ada', 'lead', 3, 'no-go'), vote('ada', 'lead', 2)])
      expect(when(state, other)).toContain('is not what ada signed');
    const again = given(
      'run',
      known,
      opened,
      signed('ada', 'lead'),
      ['step.verdict', verdict('gate', 'inconclusive')],
      ['step.start', { step: 'gate', attempt: 2, why: 'retry', resets: [] }],
    );
    expect(when(again, vote('ada', 'lead', 3))).toContain('is not what ada signed');
  });

  it('is taken once for each attempt and person', () => {
    const state = given('run', known, opened, signed('ada', 'lead'), voted('ada', 'lead', 3));
    expect(when(state, sign('ada', 'lead'))).toBe('ada has signed about attempt 1 of gate already (line 4)');
    expect(when(state, sign('ada', 'lead', { attempt: 2 }))).toContain('this is attempt 1');
  });

  it('is one of different people: not the same name, nor another name with the same key', () => {
    const state = given('run', known, opened, signed('ada', 'lead'), voted('ada', 'lead', 3));
    expect(when(state, sign('ada', 'ops'))).toBe(
      'ada has voted for Lead already, and gate takes different people; eve holds it',
    );
    expect(when(state, sign('eve', 'ops', { statement: envelope('K-ada') }))).toContain(
      'eve, with the key of ada, has voted for Lead already',
    );
    expect(when(state, sign('eve', 'ops'))).toEqual(['signoff']);
    expect(when(given('run', opened), vote('ada', 'lead', -1))).toContain('who count by their signatures');
  });

  it('is not for whoever ran what the gate bars them for', () => {
    const ran: Told = ['act.intent', { step: 'switch', attempt: 1, request: 'r', before: 'b' }];
    expect(when(given('run', known, ran, opened), sign('ada', 'lead', { seen: 3 }))).toBe(
      'ada ran switch, and whoever did that has no vote at gate',
    );
    expect(when(given('run', known, ran, opened), sign('eve', 'ops', { seen: 3 }))).toEqual(['signoff']);
  });

  it('goes on in another session, in the same attempt', () => {
    const state = given('run', known, opened, signed('ada', 'lead'), voted('ada', 'lead', 3), known);
    expect(when(state, sign('eve', 'ops'))).toEqual(['signoff']);
    expect(stepState(state, 'gate').votes['lead']?.by).toBe('ada');
  });
});

const verdict = (id: string, came: 'pass' | 'fail' | 'inconclusive'): Bodies['step.verdict'] => ({
  step: id,
  attempt: 1,
  verdict: came,
  facts: '',
  observed_at: '2026-03-01T12:00:00.000Z',
  requests: [],
  findings: [],
  reason: '',
  looks: 1,
});

describe('a word is stale', () => {
  const said = [known, opened, signed('ada', 'lead'), voted('ada', 'lead', 3)] as const;
  const stale = (...more: readonly Told[]): string | undefined =>
    staleVote(plan, given('run', ...said, ...more), 'gate')?.step;

  it.each<[string, Told]>([
    ['a verdict', ['step.verdict', verdict('plain', 'fail')]],
    ['an overlay', ['step.waive', { step: 'plain', by: 'ada', reason: 'known', until: '' }]],
    ['an act', ['act.intent', { step: 'switch', attempt: 1 }]],
    ['a captured value', ['value.set', { name: 'n', json: '1', source: 'capture', step: 'plain' }]],
  ])('after %s of a step above the gate', (_, told) => {
    expect(stale(told)).toBe(told[1] && 'step' in told[1] ? told[1].step : '');
    const state = given('run', known, opened, told);
    expect(when(state, sign('eve', 'ops'))).toMatch(/changed after eve was shown what there was: it has to be signed/);
    expect(when(state, sign('eve', 'ops', { seen: 3 }))).toEqual(['signoff']);
  });

  it('after an amendment of anything, and not after anything below the gate, a note, or a pass seen again', () => {
    expect(stale(['checklist.amend', { digest: 'd', touched: [], by: 'ada', second: '' }])).toBe('');
    expect(stale(['act.intent', { step: 'cut', attempt: 1 }])).toBeUndefined();
    expect(stale(['note', { by: 'ada', step: '', text: 'x' }])).toBeUndefined();
    const before = given('run', ...looked('plain', 'pass'), known, opened, signed('ada', 'lead', 'K-ada', { seen: 4 }));
    const order = vote('ada', 'lead', 5);
    expect(when(before, order)).toEqual(['gate.vote']);
    const again = given(
      'run',
      ...looked('plain', 'pass'),
      known,
      opened,
      signed('ada', 'lead', 'K-ada', { seen: 4 }),
      voted('ada', 'lead', 5),
      ...looked('plain', 'pass', '', 2),
    );
    expect(staleVote(plan, again, 'gate')).toBeUndefined();
  });

  it('and then the gate is no go', () => {
    const all = [
      ...said,
      signed('eve', 'ops'),
      voted('eve', 'ops', 5),
      signed('grace', 'security'),
      voted('grace', 'security', 7),
    ] as const;
    const judge: Order = { order: 'judge', step: 'gate', captures: {}, seen: verdict('gate', 'pass') };
    const fresh = given('run', ...all);
    expect(pollOf(plan, fresh, 'gate', polled).verdict).toBe('pass');
    expect(when(fresh, judge)).toEqual(['step.verdict']);
    expect(when(given('run', ...said), judge)).toBe('gate has no go: that is no pass');
    const late = given('run', ...all, ['step.verdict', verdict('plain', 'fail')]);
    expect(when(late, judge)).toBe('plain changed after ada was shown what there was');
  });
});

describe('an overlay', () => {
  const red = [known, ...looked('plain', 'fail')] as const;
  const waive = (by: string, role: string, signoff: number): Order => ({
    order: 'waive',
    step: 'plain',
    by,
    role,
    reason: 'known',
    until: '',
    signoff,
  });
  const waived = (principal: string): Told =>
    signed(principal, 'ops', `K-${principal}`, { step: 'plain', decision: 'waive' });

  it('is signed by the role that may give it', () => {
    expect(when(given('run', ...red), waive('ada', 'ops', -1))).toBe('ada has to sign it');
    expect(when(given('run', ...red, waived('eve')), waive('eve', 'ops', 4))).toEqual(['step.waive']);
    expect(when(given('run', ...red), waive('grace', 'ops', -1))).toBe('grace does not hold ops; ada, eve hold it');
    expect(when(given('run', ...red), waive('ada', 'lead', -1))).toBe('plain is waived by ops, not by lead');
  });

  it('of what is critical takes a second person, with a key of their own', () => {
    const blind = [known, ...looked('vital', 'error')] as const;
    const attested = (key: string): Told => signed('grace', '', key, { step: 'vital', decision: 'attest' });
    const attest = (second: string): Order => ({
      order: 'attest',
      step: 'vital',
      by: 'ada',
      evidence: 'seen',
      second,
      signoff: 4,
    });
    expect(when(given('run', ...blind, attested('K-grace')), attest('grace'))).toEqual(['step.attest']);
    expect(when(given('run', ...blind, attested('K-ada')), attest('grace'))).toContain('that is one person');
    expect(when(given('run', ...blind, attested('K-grace')), attest(''))).toContain('a second person');
    const stranger = sign('mallory', '', { step: 'vital', decision: 'attest' });
    expect(when(given('run', ...blind), stranger)).toContain('nobody knows mallory');
  });
});

describe('a change', () => {
  const agreed = (principal: string, key = `K-${principal}`): Told =>
    signed(principal, '', key, { step: 'cut', attempt: 1 });
  const begun: Told = ['step.start', { step: 'cut', attempt: 1, why: 'due', resets: [] }];
  const intend = (...go: readonly string[]): Order => ({
    order: 'intend',
    step: 'cut',
    run: 'r',
    class: 'compare',
    request: 'r',
    before: 'b',
    go,
  });

  it('that takes two people is made on the signature of a second one, and names it', () => {
    expect(when(given('run', known, begun), intend())).toBe('cut takes the word of 2 people, and 1 of them gave it');
    expect(when(given('run', known, agreed('ada'), begun), intend())).toContain('and 1 of them gave it');
    expect(when(given('run', known, agreed('grace', 'K-ada'), begun), intend())).toContain('and 1 of them gave it');
    expect(when(given('run', known, agreed('grace'), begun), intend())).toContain('rests on the sign-offs in lines 3');
    expect(when(given('run', known, agreed('grace'), begun), intend('2:hash'))).toEqual(['act.intent']);
  });

  it('rests on the go of every gate above it', () => {
    const state = given(
      'run',
      known,
      opened,
      signed('ada', 'lead'),
      voted('ada', 'lead', 3),
      signed('eve', 'ops'),
      voted('eve', 'ops', 5),
      signed('grace', 'security'),
      voted('grace', 'security', 7),
      ['step.verdict', verdict('gate', 'pass')],
    );
    expect(approvalsOf(plan, state, 'cut')).toEqual([3, 5, 7]);
    expect(approvalsOf(plan, state, 'switch')).toEqual([]);
  });
});
