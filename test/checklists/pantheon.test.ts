// The checklist of pantheon against its paper: every line is cited, for both targets.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../src/engine/plan.ts';
import { citesAll, rehearsedPlan } from '../rehearsal/matrix.ts';
import { pantheon } from '../rehearsal/papers.ts';

citesAll(pantheon);

describe('the steps of pantheon', () => {
  it('say how to repair each, and whose it is', async () => {
    for (const step of stepsOf(await rehearsedPlan('pantheon', 'prod'))) {
      expect(step.fix?.length, step.id).toBeGreaterThan(40);
      expect(step.owner, step.id).toBeDefined();
    }
  });

  it('leave to people what only people know, and ask for what was seen', async () => {
    const steps = stepsOf(await rehearsedPlan('pantheon', 'prod'));
    const byNature = (nature: string): readonly string[] => steps.filter((step) => step.nature === nature).map(({ id }) => id);
    expect(byNature('asks')).toEqual([
      'roles-reviewed', 'on-call', 'freeze', 'standup', 'channels', 'rollback-reviewed', 'reports', 'register', 'navigation', 'mobile',
    ]);
    expect(byNature('decides')).toEqual(['go-no-go', 'declare']);
    expect(byNature('changes')).toEqual(['deploy-site', 'forget-site', 'deploy-api']);
    for (const { id, work } of steps.filter(({ nature }) => nature === 'asks'))
      expect(work.type === 'ask' ? work.ask.type : '', id).toMatch(/^(?:integer|number|date|text)$/);
  });

  it('name nothing of the product: a copy for another one changes values, targets and inputs only', () => {
    const steps = readFileSync('checklists/pantheon.yaml', 'utf8').split(/^phases:$/m)[1] ?? '';
    expect(steps).toContain('rollback:');
    expect(steps.replaceAll('pantheon-launch-checklist#', '')).not.toMatch(/pantheon|miyabi|example\.com|\d{12}/i);
  });

  it('start the launch behind the sign-off of three different people, and can take all of it back', async () => {
    const steps = stepsOf(await rehearsedPlan('pantheon', 'prod'));
    const gate = steps.find(({ id }) => id === 'go-no-go');
    expect(gate?.work).toMatchObject({
      type: 'gate', recheck: 'critical', poll: ['tech_lead', 'product', 'qa'], need: 'all', differentPeople: true, pointOfNoReturn: true,
    });
    const acts = steps.filter(({ work }) => work.type === 'act');
    expect(steps[steps.findIndex(({ id }) => id === 'go-no-go') + 1]?.id).toBe(acts[0]?.id);
    expect(acts.map(({ work }) => (work.type === 'act' ? [work.budgetMs, work.confirm] : []))).toEqual([
      [300_000, 'target'], [undefined, 'target'], [600_000, 'target'],
    ]);
  });
});
