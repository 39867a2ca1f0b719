// Goal: what a person may order in which state. Method: given events, when an order, then events or a refusal.

import { describe, expect, it } from 'vitest';
import { decide, type Order } from '../../src/engine/decide.ts';
import type { Plan } from '../../src/engine/plan.ts';
import type { State } from '../../src/engine/state.ts';
import { gate, given, looked, open, phase, planOf, step } from '../support/plan.ts';

const plan: Plan = planOf(
  phase('p', [
    step('plain'),
    step('critical', 'looks', { severity: 'critical' }),
    step('captures', 'looks', { capture: { digest: 'digest' } }),
    step('reads', 'looks', { readers: ['captures'] }),
    step('reads-too', 'looks', { readers: ['reads'] }),
    step('gate', 'decides', { work: gate() }),
  ]),
);

function when(state: State, order: Order): readonly string[] | string {
  const decision = decide(order, plan, state);
  return 'refused' in decision ? decision.refused : decision.events.map(({ kind }) => kind);
}

const waive = (id: string, reason = 'known, ticket 12'): Order => ({
  order: 'waive',
  step: id,
  by: 'ada',
  role: 'lead',
  reason,
  until: '',
  signoff: -1,
});
const attest = (id: string, evidence = 'console, 14:02', second = ''): Order => ({
  order: 'attest',
  step: id,
  by: 'ada',
  evidence,
  second,
  signoff: -1,
});

describe('waiving', () => {
  it('accepts a fail with a reason', () => {
    expect(when(given('run', open('p'), ...looked('plain', 'fail')), waive('plain'))).toEqual(['step.waive']);
  });

  it('refuses critical steps, gates, passes, empty reasons and steps without a verdict', () => {
    const state = given(
      'run',
      open('p'),
      ...looked('critical', 'fail'),
      ...looked('gate', 'fail'),
      ...looked('plain', 'pass'),
    );
    expect(when(state, waive('critical'))).toContain('critical');
    expect(when(state, waive('gate'))).toContain('the decision');
    expect(when(state, waive('plain'))).toContain('needs no waiver');
    expect(when(state, waive('reads'))).toContain('no verdict');
    expect(when(given('run', ...looked('plain', 'fail')), waive('plain', '  '))).toContain('reason');
  });
});

describe('attesting', () => {
  it('is for what the machine could not look at', () => {
    expect(when(given('run', ...looked('plain', 'error')), attest('plain'))).toEqual(['step.attest']);
    expect(when(given('run', ...looked('plain', 'inconclusive')), attest('plain'))).toEqual(['step.attest']);
    expect(when(given('run', ...looked('plain', 'fail')), attest('plain'))).toContain('was looked at');
  });

  it('takes a second person for a critical step, and evidence always', () => {
    const state = given('run', ...looked('critical', 'error'));
    expect(when(state, attest('critical'))).toContain('second person');
    expect(when(state, attest('critical', 'seen', 'ada'))).toContain('second person');
    expect(when(state, attest('critical', 'seen', 'bob'))).toEqual(['step.attest']);
    expect(when(given('run', ...looked('plain', 'error')), attest('plain', ' '))).toContain('evidence');
  });

  it('is refused where a value would stay unknown', () => {
    expect(when(given('run', ...looked('captures', 'error')), attest('captures'))).toContain('captures');
  });
});

describe('starting again', () => {
  it('makes the verdicts of all that read its captures void', () => {
    const state = given(
      'run',
      ...looked('captures', 'pass'),
      ...looked('reads', 'pass'),
      ...looked('reads-too', 'pass'),
    );
    const decision = decide({ order: 'start', step: 'captures', why: 'again' }, plan, state);
    expect(decision).toMatchObject({
      events: [{ kind: 'step.start', body: { attempt: 2, resets: ['reads', 'reads-too'] } }],
    });
  });

  it('is refused while it runs', () => {
    const state = given('run', ['step.start', { step: 'plain', attempt: 1, why: 'due', resets: [] }]);
    expect(when(state, { order: 'start', step: 'plain', why: 'due' })).toContain('running');
  });
});

describe('everything else', () => {
  it('votes only at an open gate, for a role that is polled', () => {
    const vote = (role: string): Order => ({
      order: 'vote',
      step: 'gate',
      role,
      decision: 'go',
      by: 'ada',
      comment: '',
      signoff: -1,
    });
    const opened = given('run', ['step.start', { step: 'gate', attempt: 1, why: 'due', resets: [] }]);
    expect(when(opened, vote('lead'))).toEqual(['gate.vote']);
    expect(when(opened, vote('security'))).toContain('no vote');
    expect(when(given('run'), vote('lead'))).toContain('not opened');
  });

  it('takes nothing after the seal', () => {
    const sealed = given('run', ['seal', { exit: 0, result: 'go' }]);
    expect(when(sealed, { order: 'note', by: 'ada', step: '', text: 'late' })).toContain('sealed');
  });

  it('writes captures before the verdict that gives them', () => {
    const state = given('run', ['step.start', { step: 'captures', attempt: 1, why: 'due', resets: [] }]);
    const seen = {
      verdict: 'pass',
      facts: '',
      observed_at: '',
      requests: [],
      findings: [],
      reason: '',
      looks: 1,
    } as const;
    expect(when(state, { order: 'judge', step: 'captures', seen, captures: { digest: '"sha256:1"' } })).toEqual([
      'value.set',
      'step.verdict',
    ]);
  });
});
