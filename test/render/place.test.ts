// Given where a run stands, when a prompt is about to open, then one line says it.

import { expect, it } from 'vitest';
import { placeLines } from '../../src/render/place.ts';
import { columns } from '../../src/render/text.ts';
import { theme } from '../../src/render/theme.ts';
import { given, looked, noon, phase, planOf, step } from '../support/plan.ts';

const a = step('a');
const plan = planOf(phase('check', [a, step('b'), step('c', 'looks', { severity: 'advisory' }), step('d')]));
const page = { width: 80, theme: theme({ colour: false, unicode: true }) };
const at = { ...a, phase: 'check' };

it('counts what is settled, red and to come, and leaves out what is none', () => {
  const state = given('run', ...looked('a', 'pass'), ...looked('b', 'fail'), ...looked('c', 'fail'));
  expect(placeLines(page, plan, state, at, noon)).toEqual(['', '── T-0 check · 2 of 4 settled, 1 red, 1 to come']);
  expect(placeLines(page, plan, given('run'), at, noon)[1]).toBe('── T-0 check · 0 of 4 settled, 4 to come');
});

it('gives the time used and the time to T in whole minutes', () => {
  const state = given('run', ['clock.set', { t0: '2026-03-01T13:30:00.000Z', source: 'command line' }]);
  const line = (minutes: number): string =>
    placeLines(page, plan, state, at, noon + minutes * 60_000 + 59_000)[1] ?? '';
  expect(line(0)).toMatch(/to come · T-1h29m$/);
  expect(line(12)).toMatch(/· 12m used · T-1h17m$/);
  expect(line(100)).toMatch(/· 1h40m used · T\+10m$/);
});

it('is one line on a narrow terminal, and safe to show', () => {
  const evil = planOf({ ...phase('check', [a]), title: `x\u001b[2J${'long '.repeat(40)}` });
  const line = placeLines(page, evil, given('run'), at, noon)[1] ?? '';
  expect(columns(line)).toBe(80);
  expect(line).toContain('x\\x1b[2J');
});

it('says how to take back what was changed, as soon as something was', () => {
  const changes = planOf(phase('check', [a, step('cut', 'changes')]));
  const sent = ['act.intent', { step: 'cut', attempt: 1, request: 'r', before: 'b' }] as const;
  const refused = ['act.result', { step: 'cut', attempt: 1, result: 'refused' }] as const;
  expect(placeLines(page, changes, given('run', sent), at, noon)[2]).toBe('   :rollback takes back cut');
  expect(placeLines(page, changes, given('run', sent, refused), at, noon)).toHaveLength(2);
});

it('says how late the phase at hand is, before everything that may be cut', () => {
  const state = given('run', ['clock.set', { t0: '2026-03-01T11:30:00.000Z', source: 'command line' }]);
  expect(placeLines(page, plan, state, at, noon)[1]).toMatch(/^── T-0 check · 30m late · 0 of 4 settled/);
  const onTime = given('run', ['clock.set', { t0: '2026-03-01T12:30:00.000Z', source: 'command line' }]);
  expect(placeLines(page, plan, onTime, at, noon)[1]).not.toMatch(/late|early/);
});

it('says until when going back keeps its budget, once something was changed and that is known', () => {
  const call = { kind: 'test.swap', args: {}, words: 'swaps' };
  const cut = (budgetMs?: number): typeof plan => {
    const work = { type: 'act', call, confirm: 'key', ...(budgetMs !== undefined && { budgetMs }) } as const;
    return planOf(phase('check', [a, step('cut', 'changes', { work })]), phase('later', [step('z')], 3_600_000));
  };
  const sent = ['act.intent', { step: 'cut', attempt: 1, request: 'r', before: 'b' }] as const;
  const state = given('run', ['clock.set', { t0: '2026-03-01T12:00:00.000Z', source: 'command line' }], sent);
  const line = (budgetMs: number | undefined, now: number): string | undefined =>
    placeLines(page, cut(budgetMs), state, at, now)[2];
  expect(line(300_000, noon)).toBe('   can go back until 12:55Z, :rollback takes back cut');
  expect(line(300_000, noon + 3_400_000)).toBe('   going back was due by 12:55Z, :rollback takes back cut');
  expect(line(undefined, noon)).toBe('   :rollback takes back cut');
});
