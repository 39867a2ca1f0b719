// The procedure around changes: what they rest on, what became of them, the way back, and amendments in between.

import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/engine/plan.ts';
import { phase, planOf, step } from '../support/plan.ts';
import { forge, seen, type Forged } from './forged.ts';
import { approved, changed, heads, plan, polled, roles, said } from './forged-runs.ts';

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
