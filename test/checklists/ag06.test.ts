// The checklist of ag06 against its paper: every line is cited, for both targets.

import { expect, it } from 'vitest';
import { stepsOf } from '../../src/engine/plan.ts';
import { citesAll, rehearsedPlan } from '../rehearsal/matrix.ts';
import { ag06 } from '../rehearsal/papers.ts';

citesAll(ag06);

it('asks for a number, a day or words of what was seen, with evidence, and for at most nine in a section', async () => {
  const plan = await rehearsedPlan('ag06', 'prod');
  const asks = stepsOf(plan).flatMap(({ id, work }) => (work.type === 'ask' ? [{ id, type: work.ask.type, evidence: work.evidence }] : []));
  expect(asks.length).toBeGreaterThan(30);
  for (const { id, type, evidence } of asks) {
    expect(type, id).toMatch(/^(?:integer|number|date|text)$/);
    expect(evidence, id).toBe(true);
  }
  for (const { title, steps } of plan.phases.flatMap(({ sections }) => sections))
    expect(steps.filter(({ work }) => work.type === 'ask').length, title).toBeLessThanOrEqual(9);
});

it('is authorized by five different people, after everything critical was read again', async () => {
  const steps = stepsOf(await rehearsedPlan('ag06', 'prod'));
  expect(steps.find(({ id }) => id === 'authorization')?.work).toMatchObject({
    type: 'gate',
    recheck: 'critical',
    poll: ['technical', 'security', 'business', 'operations', 'approver'],
    need: 'all',
    differentPeople: true,
  });
});

it('changes nothing, says for every step how to repair it, and who owns it', async () => {
  const steps = stepsOf(await rehearsedPlan('ag06', 'prod'));
  expect(steps.filter(({ nature }) => nature === 'changes')).toEqual([]);
  for (const step of steps) {
    expect(step.fix?.length, step.id).toBeGreaterThan(40);
    expect(step.owner, step.id).toBeDefined();
  }
});
