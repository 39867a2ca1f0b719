// The checklist of AEP against its paper: every line of the verification, of the cutover and of the sign-off is one
// step's, or the parent of a section.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { loadChecklist } from '../../src/checklist/load.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import type { Json } from '../../src/engine/json.ts';
import { judge } from '../../src/engine/judge.ts';
import { evaluateNumber } from '../../src/engine/metric-math-value.ts';
import { parseMath } from '../../src/engine/metric-math.ts';
import { stepsOf, type Plan } from '../../src/engine/plan.ts';
import { acts, kinds } from '../../src/steps/index.ts';

const inputs = { backend_count: 2, frontend_count: 2, expected_rpm: 120, has_login: true };

async function planFor(target: string, given: Readonly<Record<string, Json>> = {}): Promise<Plan> {
  const { checklist, problems } = await loadChecklist(readFileSync('checklists/aep.yaml', 'utf8'), 'checklists/aep.yaml', { kinds, acts }, loadCatalogue);
  expect(problems).toEqual([]);
  const bound = checklist === undefined ? { missing: [], problems } : bind(checklist, { kinds, acts }, { target, inputs: { ...inputs, ...given } });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  return bound.plan;
}

const line = (number: number): string => `aep-go-live-checklist#${number}`;
const lines = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const parents = [105, 110, 115, 119, 130].map(line);

it('cites the lines 96 to 138 and 163 to 166 of the paper exactly once each', async () => {
  const plan = await planFor('prod');
  const sections = plan.phases.flatMap((phase) => phase.sections);
  const cited = [...sections.flatMap((section) => section.source), ...stepsOf(plan).flatMap((step) => step.source)];
  expect(cited.toSorted()).toEqual([...lines(96, 138), ...lines(163, 166)].toSorted());
  expect(sections.flatMap((section) => section.source)).toEqual(parents);
});

it('adds to the lines of the paper the TTL of the day before, a look at the certificate and one at the resolvers, and nothing else', async () => {
  const steps = stepsOf(await planFor('prod'));
  expect(steps.filter((step) => step.source.length === 0).map(({ id }) => id)).toEqual(['lower-ttl', 'certificate', 'resolvers-answer']);
  expect(steps.filter((step) => step.source.length > 1).map(({ id, source }) => [id, source])).toEqual([
    ['go-no-go', lines(163, 166)],
  ]);
});

it('has the severity the paper gives each line', async () => {
  const steps = stepsOf(await planFor('prod'));
  const bySeverity = (severity: string): readonly string[] => steps.filter((step) => step.severity === severity).map(({ id }) => id);
  expect(bySeverity('critical')).toEqual([
    'backend-live', 'backend-ready', 'frontend-loads', 'backend-stable', 'frontend-stable', 'backend-targets',
    'frontend-targets', 'smoke-api', 'smoke-chat', 'budget-within', 'budget-429',
    'ttl-lowered', 'record-before', 'certificate', 'resolvers-answer', 'dns-cutover', 'dns-propagated',
    'public-ready', 'public-frontend', 'public-api', 'https-enforced',
    'watch-5xx', 'watch-stable', 'watch-unhealthy',
  ]);
  expect(bySeverity('required')).toEqual([
    'lower-ttl', 'backend-logs', 'frontend-logs', 'alarm-unhealthy', 'alarm-5xx', 'alarm-tasks', 'go-no-go',
    'watch-traffic', 'uat-browser', 'uat-login', 'uat-journey', 'uat-budget',
  ]);
  expect(bySeverity('advisory')).toEqual(['dash-http', 'dash-targets', 'dash-ecs', 'dash-latency', 'log-bucket', 'alb-logging']);
});

it('leaves to people what only people know, and decides everything else by machine', async () => {
  const steps = stepsOf(await planFor('prod'));
  const byNature = (nature: string): readonly string[] => steps.filter((step) => step.nature === nature).map(({ id }) => id);
  expect(byNature('pokes')).toEqual(['smoke-chat', 'budget-within', 'budget-429']);
  expect(byNature('asks')).toEqual(['lower-ttl', 'uat-browser', 'uat-login', 'uat-journey', 'uat-budget']);
  expect(byNature('decides')).toEqual(['go-no-go']);
  expect(byNature('changes')).toEqual(['dns-cutover']);
  expect(byNature('looks')).toHaveLength(steps.length - 10);
});

it('asks nobody who could answer in their sleep: a number, or words of what was seen', async () => {
  const asks = stepsOf(await planFor('prod')).filter((step) => step.nature === 'asks');
  const types = asks.map(({ work }) => (work.type === 'ask' ? work.ask.type : ''));
  expect(types).toEqual(['integer', 'text', 'text', 'number', 'text']);
});

it('asks for the log-in only where there is one', async () => {
  const skipped = async (has_login: boolean): Promise<readonly string[]> =>
    stepsOf(await planFor('prod', { has_login })).flatMap((step) => (step.skip === undefined ? [] : [step.id]));
  expect(await skipped(true)).toEqual([]);
  expect(await skipped(false)).toEqual(['uat-login']);
});

describe('the cutover', () => {
  it('stands behind the sign-off of the three leads, who are asked after everything critical was read again', async () => {
    const ids = stepsOf(await planFor('prod')).map(({ id }) => id);
    const steps = stepsOf(await planFor('prod'));
    expect(steps[ids.indexOf('dns-cutover') - 1]).toMatchObject({
      id: 'go-no-go',
      work: {
        recheck: 'critical',
        poll: ['infrastructure', 'engineering', 'security'],
        need: 'all',
        pointOfNoReturn: true,
      },
    });
  });

  it('replaces what was kept before it, asks for the name of the target, and has five minutes for its way back', async () => {
    const steps = stepsOf(await planFor('prod'));
    const step = steps.find(({ id }) => id === 'dns-cutover');
    expect(step?.work).toMatchObject({ type: 'act', confirm: 'target', budgetMs: 300_000 });
    expect(JSON.stringify(step?.work)).toContain('"from":"${dns_before}"');
    expect(steps.find(({ id }) => id === 'record-before')?.capture).toEqual({ dns_before: 'sets' });
  });

  it('is looked at under the public name only after resolvers follow it', async () => {
    const steps = stepsOf(await planFor('prod'));
    const after = ['public-ready', 'public-frontend', 'public-api', 'https-enforced'];
    for (const step of steps.filter(({ id }) => after.includes(id)))
      expect(step.needs.map((need) => need.step), step.id).toEqual(['dns-propagated']);
  });

  it('is watched for thirty minutes from the moment it was accepted, on one request', async () => {
    const steps = stepsOf(await planFor('prod'));
    const watched = steps.filter(({ hold }) => hold !== undefined);
    expect(watched.map(({ id }) => id)).toEqual(['watch-5xx', 'watch-stable', 'watch-traffic', 'watch-unhealthy']);
    for (const { id, hold, work } of watched) {
      expect(hold, id).toMatchObject({ forMs: 1_800_000, since: 'dns-cutover' });
      expect(JSON.stringify(work), id).toBe(JSON.stringify(watched[0]?.work));
    }
  });
});

it('counts the errors of the balancer among the answers, so that an outage is no hole in the data', async () => {
  const step = stepsOf(await planFor('prod')).find(({ id }) => id === 'watch-5xx');
  const text = /"error_percent":\{"expression":"([^"]+)"/.exec(JSON.stringify(step?.work))?.[1] ?? '';
  const parsed = parseMath(text);
  if (!('math' in parsed)) throw new Error(text);
  const percent = (counts: Readonly<Record<string, number>>) => evaluateNumber(parsed.math, (name) => counts[name]);
  expect(percent({ requests: 200 })).toBe(0);
  expect(percent({ requests: 200, target_5xx: 1 })).toBe(0.5);
  expect(percent({ requests: 150, target_5xx: 10, elb_5xx: 50 })).toBe(30);
  // Without a target no request is counted at all.
  expect(percent({ elb_5xx: 40 })).toBe(100);
  expect(percent({}), 'nobody came: no sample').toBeUndefined();
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
