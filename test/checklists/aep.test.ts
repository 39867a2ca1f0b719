// The checklist of AEP against its paper: every line of the verification is one step's, or the parent of a section.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { loadChecklist } from '../../src/checklist/load.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { judge } from '../../src/engine/judge.ts';
import { stepsOf, type Plan } from '../../src/engine/plan.ts';
import { kinds } from '../../src/steps/index.ts';

const inputs = { backend_count: 2, frontend_count: 2 };

async function planFor(target: string): Promise<Plan> {
  const { checklist, problems } = await loadChecklist(readFileSync('checklists/aep.yaml', 'utf8'), 'checklists/aep.yaml', kinds, loadCatalogue);
  expect(problems).toEqual([]);
  const bound = checklist === undefined ? { missing: [], problems } : bind(checklist, kinds, { target, inputs });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  return bound.plan;
}

const line = (number: number): string => `aep-go-live-checklist#${number}`;
const parents = [105, 110, 115, 119].map(line);

it('cites the lines 96 to 121 of the paper exactly once each', async () => {
  const plan = await planFor('prod');
  const sections = plan.phases.flatMap((phase) => phase.sections);
  const cited = [...sections.flatMap((section) => section.source), ...stepsOf(plan).flatMap((step) => step.source)];
  expect(cited.toSorted()).toEqual(Array.from({ length: 26 }, (_, index) => line(96 + index)).toSorted());
  expect(sections.flatMap((section) => section.source)).toEqual(parents);
});

it('has one step for each line, with the severity the paper gives it', async () => {
  const steps = stepsOf(await planFor('prod'));
  const bySeverity = (severity: string): readonly string[] => steps.filter((step) => step.severity === severity).map(({ id }) => id);
  expect(bySeverity('critical')).toEqual([
    'backend-live', 'backend-ready', 'frontend-loads', 'backend-stable', 'frontend-stable', 'backend-targets',
    'frontend-targets', 'smoke-api', 'smoke-chat', 'budget-within', 'budget-429',
  ]);
  expect(bySeverity('required')).toEqual(['backend-logs', 'frontend-logs', 'alarm-unhealthy', 'alarm-5xx', 'alarm-tasks', 'go-no-go']);
  expect(bySeverity('advisory')).toEqual(['dash-http', 'dash-targets', 'dash-ecs', 'dash-latency', 'log-bucket', 'alb-logging']);
});

it('decides every line by machine, pokes only in the smoke tests, and ends in a poll', async () => {
  const steps = stepsOf(await planFor('prod'));
  expect(steps.filter((step) => step.nature === 'pokes').map(({ id }) => id)).toEqual(['smoke-chat', 'budget-within', 'budget-429']);
  expect(steps.filter((step) => step.nature === 'asks')).toEqual([]);
  expect(steps.at(-1)).toMatchObject({ id: 'go-no-go', nature: 'decides', source: [], work: { recheck: 'critical', poll: ['engineering', 'infrastructure'], need: 'all' } });
});

it('says for every step how to repair it, and who owns it', async () => {
  for (const step of stepsOf(await planFor('prod'))) {
    expect(step.fix?.length, step.id).toBeGreaterThan(40);
    expect(step.owner, step.id).toBeDefined();
  }
});

it.each([
  ['prod', '111111111111', 'app.navralabs.com'],
  ['staging', '222222222222', 'staging.navralabs.com'],
])('binds %s to its own account and names', async (target, account, domain) => {
  const plan = await planFor(target);
  expect(plan.aws).toMatchObject({ account, region: 'us-east-1' });
  expect(plan.names).toMatchObject({ domain, cluster: `aep-${target}`, log_bucket: `aep-${target}-alb-logs` });
  expect(plan.secrets).toEqual(['test_token', 'spent_token']);
});

it('says in the file which secrets it needs, and holds none', () => {
  expect(readFileSync('checklists/aep.yaml', 'utf8')).not.toMatch(/secret: [^t]|Bearer [^$]/);
});

it('does not take the count of unhealthy targets for the count of healthy ones', async () => {
  const step = stepsOf(await planFor('prod')).find(({ id }) => id === 'dash-targets');
  const verdict = (metric: string) =>
    judge(step?.expect ?? [], { DashboardBody: `{"metrics":[["AWS/ApplicationELB","${metric}"]]}` }, 0).verdict;
  expect(verdict('HealthyHostCount')).toBe('pass');
  expect(verdict('UnHealthyHostCount')).toBe('fail');
});
