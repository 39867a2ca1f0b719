// Given a run that was sealed, when it is shown, then what was taken back stands among its last lines.

import { expect, it } from 'vitest';
import { rollUp } from '../../src/engine/rollup.ts';
import { closingLines } from '../../src/render/closing.ts';
import { theme } from '../../src/render/theme.ts';
import { given, looked, noon, phase, planOf, step } from '../support/plan.ts';

const plan = planOf(phase('p', [step('cut', 'changes'), step('errors')]));
const page = { width: 80, theme: theme({ colour: false, unicode: true }) };

it('says of a run that was rolled back what was taken back, by whom and in what time', () => {
  const act = (id: string) => ['act.intent', { step: id, attempt: 1, request: 'r', before: 'b' }] as const;
  const done = (id: string) => ['act.result', { step: id, attempt: 1, result: 'done', change: '' }] as const;
  const [starts, passes] = looked('cut.undo', 'pass');
  const state = given(
    'run',
    act('cut'),
    done('cut'),
    ...looked('cut', 'pass'),
    ...looked('errors', 'fail'),
    ['rollback.open', { by: 'ada', to: '', plan: 'x' }],
    starts,
    act('cut.undo'),
    done('cut.undo'),
    passes,
    ['rollback.close', { result: 'done' }],
    ['run.stop', { by: 'ada', reason: 'rolled back', step: '' }],
  );
  const how = { run: 'r', command: 'golive', now: noon, head: `7:${'a'.repeat(64)}`, throwAway: false };
  const lines = closingLines(page, plan, state, rollUp(plan, state, noon), how);
  expect(lines[1]).toContain('NO-GO');
  expect(lines).toContain('  ✓ cut                taken back, by ada, in 3s');
});
