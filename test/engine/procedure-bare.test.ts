// What is told from the lines alone, without the checklist; and the rules that need a case of their own.

import { describe, expect, it } from 'vitest';
import type { Mode, Verdict } from '../../src/engine/events.ts';
import { phase, planOf, step } from '../support/plan.ts';
import { forge, seen, type Forged } from './forged.ts';
import { plan, roles, said } from './forged-runs.ts';

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
