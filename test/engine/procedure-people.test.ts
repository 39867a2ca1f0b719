// The procedure of people: whose word counts at a gate, and for how long what somebody accepted counts.

import { describe, expect, it } from 'vitest';
import { gate, phase, planOf, step } from '../support/plan.ts';
import { forge, type Forged } from './forged.ts';
import { ada, eve, heads, hour, none, olga, plan, polled, roles, said, whole } from './forged-runs.ts';

describe('a gate', () => {
  it('passes only when its poll says so', () => {
    const log = polled();
    log.vote('go', 'lead', 'lee');
    log.pass('go');
    expect(said(log)).toBe('the verdict pass of go: go has no go: that is no pass');
    const against = polled();
    against.vote('go', 'lead', 'lee');
    against.vote('go', 'ops', 'olga', 'no-go');
    against.pass('go');
    expect(said(against)).toBe('the verdict pass of go: go has no go: that is no pass');
  });

  it('polls somebody', () => {
    const log = forge(planOf(phase('p', [step('go', 'decides', { work: gate({ poll: [] }) })])));
    log.order({ order: 'open-phase', phase: 'p' });
    log.look('go');
    expect(said(log)).toBe('the verdict pass of go: nobody is polled there');
  });

  it('counts whoever held the role then, with their signature', () => {
    const wrong = polled();
    wrong.vote('go', 'lead', 'olga');
    expect(said(wrong)).toBe('the go that olga signed for lead about go: olga does not hold Lead; eve, lee hold it');
    expect(wrong.bare()?.reason).toBe('the vote of olga for lead at go: olga does not hold lead');
    const bare = polled();
    const vote = { step: 'go', attempt: 1, role: 'lead', decision: 'go', by: 'lee', comment: '', signoff: -1 } as const;
    bare.write('gate.vote', vote);
    expect(said(bare)).toContain('the vote of lee for lead at go: ');
    expect(bare.bare()?.reason).toBe('the vote of lee for lead at go: it is not signed');
    const nobody = polled();
    nobody.vote('go', 'boss', 'lee');
    expect(said(nobody)).toContain('boss has no vote at go');
    // By the roles of whoever verifies, too.
    expect(said(whole(), { people: roles })).toBe('kept');
    expect(said(whole(), { people: [eve, olga] })).toContain('lee does not hold Lead');
  });

  it('counts those who held the role then, and not those who held it before', () => {
    const log = polled();
    log.session('ada', [ada, eve, olga]);
    log.vote('go', 'lead', 'lee');
    expect(said(log)).toContain('lee does not hold Lead');
  });

  it('goes on counting signatures when a session leaves out who holds which role', () => {
    const log = polled();
    log.session('ada');
    expect(log.state().people).toEqual(roles);
    const vote = { step: 'go', attempt: 1, role: 'lead', decision: 'go', by: 'lee', comment: '', signoff: -1 } as const;
    log.write('gate.vote', vote);
    expect(log.bare()?.reason).toBe('the vote of lee for lead at go: it is not signed');
  });

  it('takes different people: neither one name twice nor one key under two names', () => {
    const twice = polled();
    twice.vote('go', 'lead', 'eve');
    twice.vote('go', 'ops', 'eve');
    expect(said(twice)).toContain('eve has voted for Lead already');
    const key = polled();
    key.vote('go', 'lead', 'lee');
    const signoff = key.sign('go', 'go', 'olga', { role: 'ops', key: 'key of lee' });
    key.write('gate.vote', { step: 'go', attempt: 1, role: 'ops', decision: 'go', by: 'olga', comment: '', signoff });
    expect(said(key)).toContain('with the key of lee');
  });

  it('counts no sign-off on what was there before something changed', () => {
    const log = polled();
    const before = log.state().seq - 1;
    log.look('disk', 'fail');
    log.look('disk');
    log.sign('go', 'go', 'lee', { role: 'lead', seen: before });
    expect(said(log)).toContain('disk changed after lee was shown what there was');
    const late = polled();
    late.vote('go', 'lead', 'lee');
    late.look('disk', 'fail');
    late.look('disk');
    late.vote('go', 'ops', 'olga');
    late.pass('go');
    expect(said(late)).toBe('the verdict pass of go: disk changed after lee was shown what there was');
  });

  it('counts no sign-off about another attempt, and none twice', () => {
    const other = polled();
    other.sign('go', 'go', 'lee', { role: 'lead', attempt: 2 });
    expect(said(other)).toContain('it is about attempt 2 of go, and this is attempt 1');
    const again = polled();
    again.sign('go', 'no-go', 'lee', { role: 'lead' });
    again.sign('go', 'go', 'lee', { role: 'lead' });
    expect(said(again)).toContain('lee has signed about attempt 1 of go already');
  });

  it('is not passed over what is not settled', () => {
    const log = forge(plan, { roles });
    log.order({ order: 'open-phase', phase: 'before' });
    for (const id of ['net', 'disk']) log.look(id);
    log.answer('told');
    log.order({ order: 'close-phase', phase: 'before' });
    log.order({ order: 'open-phase', phase: 'cut' });
    log.look('net', 'fail');
    log.order({ order: 'start', step: 'go', why: 'due' });
    expect(said(log)).toBe('the start of go: net above it is not settled');
    const since = polled();
    since.look('net', 'error');
    since.vote('go', 'lead', 'lee');
    since.vote('go', 'ops', 'olga');
    since.pass('go');
    expect(said(since)).toBe('the verdict pass of go: net above it is not settled');
  });

  it('stays open over sessions, and goes on in the same attempt', () => {
    const log = polled();
    log.vote('go', 'lead', 'lee');
    log.session('ada', roles);
    log.vote('go', 'ops', 'olga');
    log.pass('go');
    expect([said(log), log.bare()]).toEqual(['kept', undefined]);
  });
});

describe('what is accepted', () => {
  const until = (ms: number): string => new Date(Date.parse('2026-03-01T12:00:00.000Z') + ms).toISOString();
  const red = (): Forged => {
    const log = forge(plan, { roles });
    log.order({ order: 'open-phase', phase: 'before' });
    log.look('net');
    log.look('disk', 'fail');
    return log;
  };
  const waive = (
    log: Forged,
    more: { by?: string; role?: string; until?: string; text?: string; seen?: number } = {},
  ): Forged => {
    const { by = 'lee', role = 'lead', until: time = until(hour / 2), seen: saw } = more;
    const { text = `waive disk until ${time}: aep-prod` } = more;
    const signoff = log.sign('disk', 'waive', by, { role, text, ...(saw !== undefined && { seen: saw }) });
    log.write('step.waive', { step: 'disk', attempt: 1, by, role, reason: 'known', until: time, signoff });
    return log;
  };

  it('is waived by the role the checklist names, as it was signed, and for no longer than it says', () => {
    expect(said(waive(red()))).toBe('kept');
    expect(said(waive(red(), { by: 'olga', role: 'ops' }))).toContain('disk is waived by lead, not by ops');
    expect(said(waive(red(), { by: 'olga' }))).toContain('olga does not hold lead');
    expect(said(waive(red(), { text: 'waive disk: aep-prod' }))).toBe(
      'the waiver of disk by lee for lead: other terms were signed',
    );
    expect(said(waive(red(), { until: until(2 * hour) }))).toContain('and 1h is the most there');
    expect(said(waive(red(), { until: '', text: 'waive disk: ' }))).toContain(
      'it holds for the whole run, and 1h is the most',
    );
    expect(said(waive(red(), { seen: 2 }))).toBe('the waiver of disk by lee for lead: lee signed before that was seen');
    const unsigned = red();
    const body = {
      step: 'disk',
      attempt: 1,
      by: 'lee',
      role: 'lead',
      reason: 'known',
      until: until(hour / 2),
      signoff: -1,
    };
    unsigned.write('step.waive', body);
    expect(said(unsigned)).toBe('the waiver of disk by lee for lead: lee has to sign it');
    expect(unsigned.bare()?.reason).toBe('the waiver of disk by lee for lead: it is not signed');
  });

  it('is nothing critical', () => {
    const log = forge(plan);
    log.order({ order: 'open-phase', phase: 'before' });
    log.look('net', 'fail');
    log.write('step.waive', { step: 'net', attempt: 1, by: 'ada', role: '', reason: 'known', until: '', signoff: -1 });
    expect(said(log)).toBe('the waiver of net by ada: net is critical: it cannot be waived');
  });

  /** Waived for half an hour; what comes then is written after `ms`. */
  const expiring = (ms: number, then: 'phase' | 'go' | 'switch' | 'seal'): string => {
    const log = waive(red());
    const at = (what: typeof then): void => (what === then ? log.wait(ms) : undefined);
    log.answer('told');
    log.order({ order: 'close-phase', phase: 'before' });
    at('phase');
    log.order({ order: 'open-phase', phase: 'cut' });
    log.order({ order: 'start', step: 'go', why: 'due' });
    log.vote('go', 'lead', 'lee');
    log.vote('go', 'ops', 'olga');
    at('go');
    log.pass('go');
    log.order({ order: 'start', step: 'switch', why: 'due' });
    at('switch');
    log.intend('switch', heads(log));
    log.result('switch');
    log.pass('switch');
    log.look('after');
    log.order({ order: 'close-phase', phase: 'cut' });
    at('seal');
    log.seal({ result: 'go', exit: 0, counts: { ...none, pass: 5, waived: 1 } });
    return said(log);
  };
  it('counts until its time is over, and no longer (wrong pass 22)', () => {
    for (const then of ['phase', 'go', 'switch', 'seal'] as const) expect(expiring(60_000, then), then).toBe('kept');
    expect(expiring(hour, 'phase')).toBe('the opening of phase cut: disk before it is not settled');
    expect(expiring(hour, 'go')).toBe('the verdict pass of go: disk above it is not settled');
    expect(expiring(hour, 'switch')).toBe('the change of switch: disk above it is not settled');
    expect(expiring(hour, 'seal')).toBe('the seal: its result is go, and by the lines before it is no-go');
  });

  it('is attested where nobody could look, by two people where it is critical', () => {
    const attest = (
      verdict: 'fail' | 'error',
      more: { by?: string; second?: string; signer?: string; key?: string } = {},
    ) => {
      const { by = 'ada', second = 'lee', signer = second === '' ? by : second, key } = more;
      const log = forge(plan, { roles });
      log.order({ order: 'open-phase', phase: 'before' });
      log.look('net', verdict);
      const signoff = log.sign('net', 'attest', signer, { ...(key !== undefined && { key }) });
      log.write('step.attest', { step: 'net', attempt: 1, by, evidence: 'console', second, signoff });
      return log;
    };
    expect([said(attest('error')), attest('error').bare()]).toEqual(['kept', undefined]);
    expect(said(attest('fail'))).toContain('net was looked at and is fail');
    expect(attest('fail').bare()?.reason).toBe('the attestation of net by ada and lee: it could be looked at');
    expect(said(attest('error', { by: 'lee', second: '' }))).toContain(
      'net is critical: a second person has to attest it',
    );
    expect(said(attest('error', { second: 'ada' }))).toContain('ada');
    for (const one of [attest('error', { by: 'lee', second: 'ada' }), attest('error', { key: 'key of ada' })])
      for (const reason of [said(one), one.bare()?.reason]) expect(reason).toContain('writes it: that is one person');
  });
});
