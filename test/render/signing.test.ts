// Goal: whoever signs elsewhere sees every exception with who accepted it and in which words, and nothing a terminal obeys.
// Method: a state with one of each above a gate, and the lines it gives.

import { expect, it } from 'vitest';
import { signingLines } from '../../src/render/signing.ts';
import { theme } from '../../src/render/theme.ts';
import { gate, given, looked, phase, planOf, step } from '../support/plan.ts';

const work = gate({ poll: ['lead', 'ops'], pointOfNoReturn: true });
const approved = step('approved', 'decides', { work });
const plan = planOf(
  phase('p', [...['good', 'waived', 'lapsed', 'seen', 'blind', 'open'].map((id) => step(id)), approved]),
);
const page = { width: 90, theme: theme({ colour: false, unicode: true }) };

it('shows what did not simply pass, who took it, who has voted, and that there is no return', () => {
  const state = given(
    'run',
    ...['good', 'waived', 'lapsed', 'seen', 'blind'].flatMap((id) =>
      looked(
        id,
        id === 'good' ? 'pass' : id === 'waived' || id === 'lapsed' ? 'fail' : 'error',
        id === 'blind' ? 'timeout' : '',
      ),
    ),
    ['step.waive', { step: 'waived', by: 'bob', reason: 'known \u202eodd', until: '2026-05-01T00:00:00.000Z' }],
    ['step.waive', { step: 'lapsed', by: 'bob', reason: 'was fine', until: '2026-03-01T12:00:01.000Z' }],
    ['step.attest', { step: 'seen', by: 'cy', evidence: 'I saw it', second: '' }],
    ['step.start', { step: 'approved', attempt: 1, why: 'due', resets: [] }],
    ['gate.vote', { step: 'approved', role: 'lead', decision: 'go', by: 'ada', signoff: 7 }],
  );
  const noReturn = {
    again: [],
    older: [],
    acts: [],
    back: { acts: [], unknown: [], none: [], budgetMs: 0 },
    forecast: [],
    keys: [],
  };
  const shown = { run: 'r', plan, state, step: approved, work, attempt: 1, seen: { seq: 9, head: 'a'.repeat(64) } };
  const lines = signingLines(page, { ...shown, notes: ['look twice'], noReturn });
  const rows = (from: number, to: number): string => lines.slice(from, to).join('\n');
  expect(rows(0, 2)).toBe('◆ approved  Title of approved\n  run       r, aep-prod, attempt 1');
  expect(lines.find((line) => line.startsWith('  stands'))).toContain('1 waived, 1 attested, 1 passed');
  const text = lines.join('\n');
  expect(text).toContain('waived  fail, waived by bob until 2026-05-01T00:00:00.000Z: known \\u202eodd');
  expect(text).toMatch(/^ {2}\S lapsed {2}fail$/m);
  expect(text).toContain('seen  error, attested by cy: I saw it');
  expect(text).toMatch(/blind {2}error\n {4}why +timeout/);
  expect(text).toContain('open  open');
  expect(text).toContain('  voted     Lead: go by ada\n  asked     ops\n  no return after this gate');
  expect(rows(-2, lines.length)).toMatch(/^ {2}head {6}9 {2}VKVKV-(.+-){3}.+\n {2}note {6}look twice$/);
});

it('says so where everything has passed, and nothing of a return that is open', () => {
  const state = given(
    'run',
    ...['good', 'waived', 'lapsed', 'seen', 'blind', 'open'].flatMap((id) => looked(id, 'pass')),
  );
  const shown = { run: 'r', plan, state, step: approved, work, attempt: 1, seen: { seq: 9, head: 'a'.repeat(64) } };
  const lines = signingLines(page, { ...shown, notes: [] });
  expect(lines).toContain('  ✓ Everything above it has passed.');
  expect(lines.join('\n')).not.toContain('no return');
});
