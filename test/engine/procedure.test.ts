// Goal: a run that did not go the way it had to is told from one that did, by its lines and its checklist alone. Method:
// runs that are kept to, each bent in one place as somebody with a session's key could bend it.

import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/engine/plan.ts';
import { phase, planOf, step } from '../support/plan.ts';
import { forge, seen } from './forged.ts';
import { approved, changed, heads, hour, none, plan, polled, said, whole } from './forged-runs.ts';

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
