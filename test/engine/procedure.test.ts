// Goal: a run that did not go the way it had to is told from one that did, by its lines and its checklist alone. Method:
// runs that are kept to, each bent in one place as somebody with a session's key could bend it.

import { describe, expect, it } from 'vitest';
import type { Mode, Verdict } from '../../src/engine/events.ts';
import type { Plan, Step } from '../../src/engine/plan.ts';
import { gate, phase, planOf, step } from '../support/plan.ts';
import { forge, seen, type Forged } from './forged.ts';

const hour = 3_600_000;
const none = { pass: 0, fail: 0, error: 0, inconclusive: 0, skip: 0, waived: 0, attested: 0, deferred: 0, open: 0 };
const ada = { principal: 'ada', roles: ['net'] };
const lee = { principal: 'lee', roles: ['lead'] };
const olga = { principal: 'olga', roles: ['ops'] };
const eve = { principal: 'eve', roles: ['lead', 'ops'] };
const roles = [ada, eve, lee, olga];

const plan = planOf(
  phase('before', [
    step('net', 'looks', { severity: 'critical' }),
    step('disk', 'looks', { owner: 'ops', waive: { by: 'lead', untilMs: hour } }),
    step('told', 'asks'),
  ]),
  phase('cut', [
    step('go', 'decides', { work: gate({ poll: ['lead', 'ops'], differentPeople: true, pointOfNoReturn: true }) }),
    step('switch', 'changes'),
    step('after', 'looks', { severity: 'critical' }),
  ]),
);

/** Up to the poll. */
function polled(log: Forged = forge(plan, { roles })): Forged {
  log.order({ order: 'open-phase', phase: 'before' });
  log.look('net');
  log.look('disk');
  log.answer('told');
  log.order({ order: 'close-phase', phase: 'before' });
  log.order({ order: 'open-phase', phase: 'cut' });
  log.order({ order: 'start', step: 'go', why: 'due' });
  return log;
}

const heads = (log: Forged): string[] =>
  Object.values(log.state().steps['go']?.votes ?? {}).map(({ signoff }) => `${signoff}:hash${signoff}`);

/** Up to the change. */
function approved(log = polled()): Forged {
  log.vote('go', 'lead', 'lee');
  log.vote('go', 'ops', 'olga');
  log.pass('go');
  return log;
}

function changed(log = approved()): Forged {
  log.intend('switch', heads(log));
  log.result('switch');
  log.pass('switch');
  return log;
}

/** Everything, to its seal. */
function whole(log = changed()): Forged {
  log.look('after');
  log.order({ order: 'close-phase', phase: 'cut' });
  log.seal();
  return log;
}

/** The sentence of the first breach; `kept` when there is none. */
const said = (log: Forged, more: Parameters<Forged['breach']>[0] = {}): string => log.breach(more)?.reason ?? 'kept';

it('keeps to it as it is, with the checklist and without it', () => {
  const log = whole();
  expect([said(log), log.bare()]).toEqual(['kept', undefined]);
  expect(log.state().sealed?.result).toBe('go');
});

describe('a step', () => {
  it('has no verdict without a start of that attempt', () => {
    const log = forge(plan);
    log.order({ order: 'open-phase', phase: 'before' });
    log.write('step.verdict', seen('net', 'pass'));
    expect([said(log), log.bare()?.reason]).toEqual(Array(2).fill('the verdict pass of net: it is not running'));
    const other = forge(plan);
    other.order({ order: 'open-phase', phase: 'before' });
    other.order({ order: 'start', step: 'net', why: 'due' });
    other.write('step.verdict', seen('net', 'pass', 2));
    expect(said(other)).toBe('the verdict pass of net: its attempt is 2, and 1 is what comes then');
    expect(other.bare()?.reason).toContain('attempt 1 is running, and this is about 2');
  });

  it('has no pass of what was not seen to hold', () => {
    for (const findings of [[], [{ verdict: 'fail', expected: 'status is 200', observed: '500' } as const]]) {
      const log = forge(plan);
      log.order({ order: 'open-phase', phase: 'before' });
      log.order({ order: 'start', step: 'net', why: 'due' });
      log.write('step.verdict', { ...seen('net', 'pass'), findings });
      for (const reason of [said(log), log.bare()?.reason]) expect(reason).toContain('that is no pass');
    }
  });

  it('that asks has no verdict without an answer', () => {
    const log = forge(plan);
    log.order({ order: 'open-phase', phase: 'before' });
    log.order({ order: 'start', step: 'told', why: 'due' });
    log.pass('told');
    expect(said(log)).toBe('the verdict pass of told: nobody has answered it');
  });

  it('is begun in its phase, behind settled acts and gates, and behind what it needs', () => {
    const early = forge(plan);
    early.look('net');
    expect(said(early)).toBe('the start of net: its phase before was not opened');
    const behind = polled();
    behind.look('after');
    expect(said(behind)).toBe('the start of after: go above it is not settled');
    const needing = planOf(phase('p', [step('a'), step('b', 'looks', { needs: [{ step: 'a', lagMs: hour }] })]));
    const after = (verdict: 'pass' | 'fail', ms: number): string => {
      const log = forge(needing);
      log.order({ order: 'open-phase', phase: 'p' });
      log.look('a', verdict);
      log.wait(ms);
      log.look('b');
      return said(log);
    };
    expect(after('fail', hour)).toBe('the start of b: it needs a, which is not settled');
    expect(after('pass', hour / 2)).toBe('the start of b: it comes too soon after a');
    expect(after('pass', hour)).toBe('kept');
  });

  it('is skipped only where the checklist says so, and put off only where the run does not decide it', () => {
    const log = forge(plan);
    log.order({ order: 'open-phase', phase: 'before' });
    log.order({ order: 'skip', step: 'net', reason: 'not here' });
    expect(said(log)).toBe('the verdict skip of net: the checklist does not skip it');
    for (const mode of ['run', 'dry-run'] as const) {
      const put = forge(plan, { mode });
      put.order({ order: 'open-phase', phase: 'before' });
      put.order({ order: 'defer', step: 'net', reason: 'needs told, which is not decided', on: 'told' });
      expect(said(put)).toBe('the deferral of net: this run decides it');
    }
  });

  it('is put off with others at once, each for its own reason', () => {
    const needing = (id: string, ...on: string[]): Step =>
      step(id, 'looks', { needs: on.map((one) => ({ step: one, lagMs: 0 })) });
    const dry = planOf(phase('p', [step('bad'), needing('a', 'bad'), needing('b', 'a', 'bad')]));
    const log = forge(dry, { mode: 'dry-run' });
    log.order({ order: 'open-phase', phase: 'p' });
    log.look('bad', 'fail');
    const put = (id: string, on: string): void =>
      log.order({ order: 'defer', step: id, reason: `needs ${on}, which is not decided`, on });
    put('a', 'bad');
    put('b', 'bad');
    expect(said(log)).toBe('kept');
  });

  it('is interrupted by the next session, and then begun again', () => {
    const log = forge(plan);
    log.order({ order: 'open-phase', phase: 'before' });
    log.order({ order: 'start', step: 'net', why: 'due' });
    log.session('ada');
    log.pass('net');
    expect(said(log)).toBe('the verdict pass of net: it was interrupted, and not begun again');
  });

  it('is not checked again before it was looked at, nor done again before it was done', () => {
    for (const why of ['recheck', 'retry', 'again'] as const) {
      const log = forge(plan);
      log.order({ order: 'open-phase', phase: 'before' });
      log.order({ order: 'start', step: 'net', why });
      expect(said(log)).toContain('the start of net: it was never begun');
    }
  });

  it('captures what it says, and nothing else instead later', () => {
    const capturing = planOf(phase('p', [step('a', 'looks', { capture: { ip: 'Ip' } })]));
    const log = (...values: readonly [name: string, json: string][]): string => {
      const forged = forge(capturing);
      forged.order({ order: 'open-phase', phase: 'p' });
      forged.order({ order: 'start', step: 'a', why: 'due' });
      for (const [name, json] of values) forged.write('value.set', { name, json, source: 'capture', step: 'a' });
      forged.pass('a');
      return said(forged);
    };
    expect(log(['ip', '"1"'])).toBe('kept');
    expect(log(['ip', '"1"'], ['ip', '"2"'])).toBe('the value ip: a has another ip already');
    expect(log(['host', '"h"'])).toBe('the value host: a captures no host');
    expect(log()).toBe('the verdict pass of a: it captured no ip');
  });
});

describe('the run', () => {
  it('opens its phases in their order, and closes none over what is not settled', () => {
    const log = forge(plan);
    log.order({ order: 'open-phase', phase: 'before' });
    log.order({ order: 'open-phase', phase: 'cut' });
    expect(said(log)).toBe('the opening of phase cut: the phase before before it is not closed');
    const over = forge(plan);
    over.order({ order: 'open-phase', phase: 'before' });
    over.look('net');
    over.look('disk', 'fail');
    over.answer('told');
    over.order({ order: 'close-phase', phase: 'before' });
    expect(said(over)).toBe('the closing of phase before: disk in it is not settled');
  });

  it('opens no phase before its time', () => {
    const later = planOf(phase('p', [step('a')], hour));
    const log = forge(later);
    log.order({ order: 'set-clock', t0: '2026-03-01T12:00:00.000Z', source: 'command line' });
    log.order({ order: 'open-phase', phase: 'p' });
    expect(said(log)).toContain('the opening of phase p: it comes at T-0, and that was not yet');
  });

  it('has T from a gate only when that says go', () => {
    const log = polled();
    log.vote('go', 'lead', 'lee');
    log.order({ order: 'set-clock', t0: '2026-03-01T12:00:00.000Z', source: 'gate' });
    expect(said(log)).toContain('no gate with a point of no return says go');
  });

  it('keeps its values', () => {
    const log = forge(plan);
    const set = (name: string): number => log.write('value.set', { name, json: '"b"', source: 'file', step: '' });
    set('region');
    log.order({ order: 'open-phase', phase: 'before' });
    set('new');
    set('region');
    expect([said(log), log.bare()?.reason]).toEqual(Array(2).fill('the value region: it has a value already'));
    const odd = forge(plan);
    odd.write('value.set', { name: 'region', json: '{', source: 'file', step: '' });
    expect([said(odd), odd.bare()?.reason]).toEqual(Array(2).fill('the value region: it is not JSON'));
  });

  it('is written by the newest of its sessions', () => {
    const log = forge(plan);
    log.session('eve');
    log.as('S0');
    log.order({ order: 'open-phase', phase: 'before' });
    expect([said(log), log.bare()?.reason]).toEqual(
      Array(2).fill('the opening of phase before: another session had taken over from the one that wrote it'),
    );
  });

  it('goes on with nothing once it was stopped', () => {
    const log = approved();
    log.order({ order: 'stop', by: 'ada', reason: 'enough', step: '' });
    log.intend('switch', heads(log));
    expect(said(log)).toBe('the start of switch: the run was ended before');
  });

  it('takes no act, no poke and no gate when it is dry, and accepts nothing', () => {
    const poking = planOf(
      phase('p', [step('p1', 'pokes'), step('act', 'changes'), step('gate', 'decides'), step('a')]),
    );
    for (const id of ['p1', 'act', 'gate']) {
      const log = forge(poking, { mode: 'dry-run' });
      log.order({ order: 'open-phase', phase: 'p' });
      log.order({ order: 'start', step: id, why: 'due' });
      expect(said(log)).toBe(`the start of ${id}: a dry run takes no poke, no act and no gate`);
    }
    const log = forge(poking, { mode: 'dry-run' });
    log.order({ order: 'open-phase', phase: 'p' });
    log.look('a', 'fail');
    log.order({ order: 'waive', step: 'a', by: 'ada', role: '', reason: 'well', until: '', signoff: -1 });
    for (const reason of [said(log), log.bare()?.reason])
      expect(reason).toBe('the waiver of a by ada: nobody accepts anything in a dry run or a survey');
    const act = forge(poking, { mode: 'dry-run' });
    act.order({ order: 'start', step: 'act', why: 'due' });
    act.intend('act');
    expect(act.bare()?.reason).toBe('the change of act: a dry run takes no act');
  });

  it('ends as its steps do, and says so', () => {
    const log = changed();
    log.look('after', 'fail');
    log.seal({ result: 'go', exit: 0 });
    expect(said(log)).toBe('the seal: its result is go, and by the lines before it is no-go');
    const counted = changed();
    counted.look('after');
    counted.seal({ counts: { ...none, pass: 7 } });
    expect(said(counted)).toBe('the seal: its counts.pass is 7, and by the lines before it is 6');
    const dry = forge(plan, { mode: 'survey' });
    dry.seal({ result: 'go', exit: 0 });
    expect(dry.bare()?.reason).toBe('the seal: a survey cannot end in go');
    const odd = forge(plan);
    odd.seal({ result: 'no-go', exit: 0 });
    expect(odd.bare()?.reason).toBe('the seal: no-go ends with 1, and it says 0');
  });
});

describe('a change', () => {
  it('has no result without an intent', () => {
    const log = approved();
    log.order({ order: 'start', step: 'switch', why: 'due' });
    log.result('switch');
    expect(said(log)).toBe('the result done of switch: switch sent nothing that could be done');
    expect(log.bare()?.reason).toBe('the result done of switch: nothing was sent');
  });

  it('does not pass before it is known that it was made', () => {
    const log = approved();
    log.intend('switch', heads(log));
    log.pass('switch');
    expect(said(log)).toBe(
      'the verdict pass of switch: nothing says that the change of switch was made: that is no pass',
    );
    expect(log.bare()?.reason).toBe('the verdict pass of switch: nothing says that the change was made');
  });

  it('is not found out about when it is known, nor sent again before it is', () => {
    const log = changed();
    log.write('act.reconciled', { step: 'switch', attempt: 1, result: 'not-applied', by: 'ada', reason: 'looked' });
    expect(said(log)).toBe('what became of switch: what became of switch is known');
    const twice = approved();
    twice.intend('switch', heads(twice));
    twice.intend('switch', heads(twice));
    expect(said(twice)).toContain('it is not known what became of the last change of switch');
  });

  it('needs everything above it settled, and every gate passed', () => {
    const past = polled();
    past.vote('go', 'lead', 'lee');
    past.order({ order: 'start', step: 'switch', why: 'due' });
    past.intend('switch');
    expect(said(past)).toBe('the start of switch: go above it is not settled');
    // Begun in time; then something above it turned out not to hold.
    const since = approved();
    since.order({ order: 'start', step: 'switch', why: 'due' });
    since.look('net', 'fail');
    since.intend('switch', heads(since));
    expect(said(since)).toBe('the change of switch: net above it is not settled');
  });

  it('names the sign-offs it rests on, as they stand there', () => {
    const bare = approved();
    bare.intend('switch', []);
    expect(said(bare)).toContain('switch rests on the sign-offs in lines');
    const other = approved();
    const [first = '', second = ''] = heads(other);
    other.intend('switch', [first, `${second.split(':')[0]}:somethingelse`]);
    for (const reason of [said(other), other.bare()?.reason])
      expect(reason).toContain('somethingelse is no go above it');
  });

  it('of several people has the word of each of them', () => {
    const two = planOf(
      phase('p', [
        step('switch', 'changes', {
          work: { type: 'act', call: { kind: 'k', args: {}, words: 'w' }, confirm: { phrase: 'yes', people: 2 } },
        }),
      ]),
    );
    const log = (by?: string, key?: string): string => {
      const forged = forge(two, { roles });
      forged.order({ order: 'open-phase', phase: 'p' });
      const line = by === undefined ? -1 : forged.sign('switch', 'go', by, { attempt: 1, ...(key && { key }) });
      forged.intend('switch', line === -1 || by === 'ada' || key !== undefined ? [] : [`${line}:hash${line}`]);
      return said(forged);
    };
    expect(log('lee')).toBe('kept');
    for (const alone of [log(), log('ada'), log('lee', 'key of ada')])
      expect(alone).toBe('the change of switch: switch takes the word of 2 people, and 1 of them gave it');
  });

  it('is marked with its own line', () => {
    const log = approved();
    log.order({ order: 'start', step: 'switch', why: 'due' });
    const sent = { class: 'compare', request: 'r', before: 'b', token: 'golive other/3', go: heads(log) } as const;
    log.write('act.intent', { step: 'switch', attempt: 1, ...sent });
    expect(said(log)).toContain('its token is "golive other/3"');
  });
});

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

describe('the way back', () => {
  const back = (log = changed()): Forged => {
    log.look('after', 'fail');
    log.order({ order: 'open-rollback', by: 'ada', to: 'go', plan: 'p' });
    return log;
  };
  const undo = (log: Forged): Forged => {
    log.intend('switch.undo', heads(log).slice(0, 0));
    log.result('switch.undo');
    log.pass('switch.undo');
    return log;
  };

  it('is taken between its beginning and its end', () => {
    const log = undo(back());
    log.order({ order: 'close-rollback', result: 'done' });
    log.order({ order: 'stop', by: 'ada', reason: 'rolled back', step: '' });
    log.seal();
    expect([said(log), log.bare()]).toEqual(['kept', undefined]);
    const early = changed();
    early.write('step.start', { step: 'switch.undo', attempt: 1, why: 'due', resets: [] });
    for (const reason of [said(early), early.bare()?.reason])
      expect(reason).toBe('the start of switch.undo: no way back was begun');
    const late = undo(back());
    late.order({ order: 'close-rollback', result: 'done' });
    late.write('step.start', { step: 'switch.undo', attempt: 2, why: 'due', resets: [] });
    for (const reason of [said(late), late.bare()?.reason])
      expect(reason).toBe('the start of switch.undo: no way back was begun');
  });

  it('is done when nothing is left, and leaves red what is', () => {
    const log = back();
    log.write('rollback.close', { result: 'done' });
    expect(said(log)).toBe('rollback.close: switch was not taken back');
    const green = back();
    green.write('rollback.close', { result: 'partial' });
    expect(said(green)).toBe('rollback.close: switch was not made red before');
    const partly = back();
    partly.order({ order: 'close-rollback', result: 'partial' });
    expect([said(partly), partly.bare()]).toEqual(['kept', undefined]);
    const other = back();
    other.write('step.verdict', { ...seen('switch', 'fail'), reason: 'never mind', looks: 0 });
    expect(said(other)).toContain('the verdict fail of switch: its verdict is "fail"');
  });

  it('leaves nothing else to be changed, and ends the run', () => {
    const log = back();
    log.write('step.start', { step: 'switch', attempt: 2, why: 'due', resets: [] });
    expect(said(log)).toContain('a way back is under way: nothing else is changed');
    const on = undo(back());
    on.order({ order: 'close-rollback', result: 'done' });
    on.look('after');
    expect(said(on)).toBe('the start of after: what the run changed was taken back before');
    const sealed = undo(back());
    sealed.order({ order: 'close-rollback', result: 'done' });
    sealed.seal({ result: 'go', exit: 0 });
    expect(said(sealed)).toContain('the seal: its result is go');
    expect(sealed.bare()?.reason).toBe('the seal: it was ended, or taken back');
  });
});

describe('an amendment', () => {
  const extra = step('extra', 'looks', { severity: 'critical' });
  const after: Plan = planOf(
    phase('before', [...(plan.phases[0]?.sections[0]?.steps ?? []), extra]),
    phase('cut', plan.phases[1]?.sections[0]?.steps ?? []),
  );
  const amend = (
    log: Forged,
    more: Partial<{ second: string; touched: string[]; previous: string; text: string; signed: boolean }> = {},
  ): Forged => {
    const { second = 'lee', touched = ['go'], previous = 'first', signed = second !== '' } = more;
    const { text = `aep-prod goes on with the checklist second in place of first\nmore` } = more;
    const signoff = signed ? log.sign('checklist.amend', 'go', second, { attempt: 0, text }) : -1;
    const body = { digest: 'second', previous, by: 'ada', second, reason: 'more', touched };
    log.write('checklist.amend', { ...body, ...(signed && { signoff }) });
    return log;
  };
  const open = (log: Forged): Forged => {
    log.write('phase.open', { phase: 'before' });
    return log;
  };

  it('voids what rests on what it changes, opens phases again, and takes two people where it weighs', () => {
    const poll = polled;
    expect(said(open(amend(poll())), { after })).toBe('kept');
    expect(said(amend(poll(), { touched: [] }), { after })).toBe(
      'the amendment by ada: it touches go, and says nothing',
    );
    expect(said(amend(poll(), { second: '' }), { after })).toBe(
      'the amendment by ada: it touches go, and ada alone agreed to it',
    );
    expect(said(amend(poll(), { second: 'ada' }), { after })).toContain('ada amends it: somebody else has to agree');
    expect(
      said(amend(poll(), { text: 'aep-prod goes on with the checklist other in place of first' }), { after }),
    ).toBe('the amendment by ada: another checklist was signed');
    const unsigned = amend(poll(), { signed: false });
    expect(said(unsigned, { after })).toBe('the amendment by ada: lee has to sign it');
    expect(unsigned.bare()?.reason).toBe('the amendment by ada: it is not signed');
    const not = amend(poll());
    not.write('note', { by: 'ada', step: '', text: 'well' });
    expect(said(not, { after })).toBe(
      'note: the phase before, which the amendment before it touches, was not opened again',
    );
    const other = amend(poll(), { previous: 'another' });
    for (const reason of [said(other, { after }), other.bare()?.reason])
      expect(reason).toContain('the amendment by ada');
  });

  it('is none of what was changed already', () => {
    expect(said(amend(changed()), { after })).toContain(
      'extra is new and critical, and switch below it was taken already',
    );
  });
});

describe('besides', () => {
  const poking = planOf(
    phase('p', [step('net'), step('send', 'pokes'), step('switch', 'changes'), step('told', 'asks')]),
    phase('q', [step('more')]),
  );
  const opened = (mode: Mode = 'run', phases: string[] = []): Forged => {
    const log = forge(poking, { mode, phases });
    log.order({ order: 'open-phase', phase: 'p' });
    return log;
  };
  const start = (log: Forged, id: string, why: 'due' | 'recheck' = 'due'): void =>
    log.order({ order: 'start', step: id, why });
  const cases: readonly [says: string, bend: (log: Forged) => void, log?: () => Forged][] = [
    [
      'the answer of ada to net: it asks nothing',
      (log) => {
        start(log, 'net');
        log.order({ order: 'answer', step: 'net', answer: '1', evidence: '', by: 'ada', source: 'asked' });
      },
    ],
    [
      'the verdict pass of send: it was interrupted: whether it arrived nobody knows',
      (log) => {
        start(log, 'send');
        log.session('ada');
        log.pass('send');
      },
    ],
    [
      'the start of send: there is no look to check again',
      (log) => {
        log.look('send');
        start(log, 'send', 'recheck');
      },
    ],
    [
      'the verdict fail of net: it is not running',
      (log) => {
        for (const id of ['net', 'send']) log.look(id);
        log.intend('switch');
        log.result('switch');
        log.order({ order: 'open-rollback', by: 'ada', to: '', plan: 'p' });
        log.write('step.verdict', seen('net', 'fail'));
      },
    ],
    [
      'the verdict pass of switch.undo: it was interrupted, and not begun again',
      (log) => {
        for (const id of ['net', 'send']) log.look(id);
        log.intend('switch');
        log.result('switch');
        log.order({ order: 'open-rollback', by: 'ada', to: '', plan: 'p' });
        log.intend('switch.undo');
        log.result('switch.undo');
        log.session('ada');
        log.pass('switch.undo');
      },
    ],
    [
      'the opening of phase other: the run has no such phase',
      (log) => log.order({ order: 'open-phase', phase: 'other' }),
    ],
    ['the opening of phase p: it is open already', (log) => log.order({ order: 'open-phase', phase: 'p' })],
    ['the closing of phase q: it is not open', (log) => log.order({ order: 'close-phase', phase: 'q' })],
    ['the start of more: the run does not take its phase q', (log) => start(log, 'more'), () => opened('run', ['p'])],
    [
      'the deferral of net: it is not open',
      (log) => {
        log.look('net');
        log.order({ order: 'defer', step: 'net', reason: 'needs told, which is not decided', on: 'told' });
      },
      () => opened('dry-run'),
    ],
    [
      'the amendment by ada: only a run is amended',
      (log) => {
        const body = { digest: 'second', previous: 'first', by: 'ada', second: '', reason: 'more', touched: [] };
        log.write('checklist.amend', body);
      },
      () => opened('dry-run'),
    ],
    [
      'the value ip: net is not running',
      (log) => void log.write('value.set', { name: 'ip', json: '1', source: 'capture', step: 'net' }),
      () => forge(planOf(phase('p', [step('net', 'looks', { capture: { ip: 'Ip' } })]))),
    ],
  ];

  it.each(cases)('%s', (says, bend, log = opened) => {
    const forged = log();
    bend(forged);
    expect(said(forged)).toBe(says);
  });
});

describe('without the checklist', () => {
  const begun = (): Forged => {
    const log = forge(plan, { roles });
    log.write('step.start', { step: 'a', attempt: 1, why: 'due', resets: [] });
    return log;
  };
  const red = (verdict: Verdict = 'fail'): Forged => {
    const log = begun();
    log.write('step.verdict', seen('a', verdict));
    return log;
  };
  const intend = (log: Forged, id: string, attempt = 1): void => {
    const sent = { class: 'compare', request: 'r', before: 'b', token: 't', go: [] } as const;
    log.write('act.intent', { step: id, attempt, ...sent });
  };
  const waiver = { step: 'a', attempt: 1, by: 'lee', role: 'lead', reason: 'known', until: '', signoff: 1 };
  const attest = { step: 'a', attempt: 1, by: 'lee', evidence: 'seen', second: '', signoff: 1 };
  const amend = { digest: 'second', previous: 'first', by: 'ada', second: '', reason: 'more', touched: [] };
  const open = { by: 'ada', to: '', plan: '' };
  const found = (log: Forged): void =>
    void log.write('act.reconciled', { step: 'a', attempt: 1, result: 'applied', by: 'ada', reason: 'looked' });
  const start = (log: Forged, id: string, attempt: number): void =>
    void log.write('step.start', { step: id, attempt, why: 'due', resets: [] });
  const cases: readonly [says: string, log: () => Forged, bend: (log: Forged) => void][] = [
    ['what became of a: nothing was sent', begun, found],
    [
      'rollback.open: a way back is under way already',
      begun,
      (log) => {
        log.write('rollback.open', open);
        log.write('rollback.open', open);
      },
    ],
    [
      'rollback.close: no way back is under way',
      begun,
      (log) => void log.write('rollback.close', { result: 'partial' }),
    ],
    ['the start of a: it is running', begun, (log) => start(log, 'a', 2)],
    ['the start of a: attempt 2 comes next, and this is 3', red, (log) => start(log, 'a', 3)],
    [
      'the change of a: what became of the last one is not known',
      begun,
      (log) => {
        intend(log, 'a');
        intend(log, 'a');
      },
    ],
    ['the change of a.undo.2: no way back was begun', begun, (log) => intend(log, 'a.undo.2')],
    ['the change of b: it is not running', begun, (log) => intend(log, 'b')],
    ['the change of a: attempt 1 is running, and this is about 2', begun, (log) => intend(log, 'a', 2)],
    [
      'the result already of a: something was sent, and what became of it has to be found out',
      begun,
      (log) => {
        intend(log, 'a');
        log.result('a', 'already');
      },
    ],
    [
      'the waiver of a by lee for lead: there is nothing to waive',
      begun,
      (log) => void log.write('step.waive', waiver),
    ],
    [
      'the waiver of a by lee for lead: it has no reason',
      red,
      (log) => void log.write('step.waive', { ...waiver, reason: ' ' }),
    ],
    [
      'the waiver of a by lee for ops: lee does not hold ops',
      red,
      (log) => void log.write('step.waive', { ...waiver, role: 'ops' }),
    ],
    [
      'the attestation of a by lee: it has no evidence',
      () => red('error'),
      (log) => void log.write('step.attest', { ...attest, evidence: '' }),
    ],
    [
      'the attestation of a by lee and lee: lee is one person',
      () => red('error'),
      (log) => void log.write('step.attest', { ...attest, second: 'lee' }),
    ],
    [
      'the amendment by ada: a way back is under way',
      begun,
      (log) => {
        log.write('rollback.open', open);
        log.write('checklist.amend', amend);
      },
    ],
    [
      'the amendment by ada: it has no reason',
      begun,
      (log) => void log.write('checklist.amend', { ...amend, reason: '' }),
    ],
    [
      'the amendment by ada: the run had another checklist before',
      begun,
      (log) => void log.write('checklist.amend', { ...amend, previous: 'second' }),
    ],
    ['the seal: only a dry run ends with no objection', begun, (log) => log.seal({ result: 'no-objection', exit: 0 })],
    [
      'the seal: it is of some phases only, which cannot end in go',
      () => forge(plan, { phases: ['before'] }),
      (log) => log.seal({ result: 'go', exit: 0 }),
    ],
  ];

  it.each(cases)('%s', (says, log, bend) => {
    const forged = log();
    bend(forged);
    expect(forged.bare()?.reason).toBe(says);
  });
});
