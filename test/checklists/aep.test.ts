// The checklist of AEP against its papers: every line is one step's, or the parent of a section, and only people's lines
// are left to people.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import { evaluateNumber } from '../../src/engine/metric-math-value.ts';
import { parseMath } from '../../src/engine/metric-math.ts';
import { stepsOf } from '../../src/engine/plan.ts';
import { planFor } from '../support/aep.ts';

const line = (number: number): string => `aep-go-live-checklist#${number}`;
const lines = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const numbered = (what: string, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `${what}-${index + 1}`);
/** They only have lines below them, and say nothing themselves. */
const parents = [24, 64, 105, 119, 130].map(line);

it('cites every line, risk and exit criterion of the papers, and nothing else', async () => {
  const plan = await planFor('prod');
  const sections = plan.phases.flatMap((phase) => phase.sections);
  const cited = new Set([...sections.flatMap((section) => section.source), ...stepsOf(plan).flatMap((step) => step.source)]);
  const wanted = [...lines(1, 166), ...numbered('aep-go-live-checklist#risk', 5), ...numbered('aep-rollout-plan#exit', 6)];
  expect([...cited].toSorted()).toEqual(wanted.toSorted());
  expect(sections.flatMap((section) => section.source)).toEqual(parents);
});

it('has one step for a line, and two only where there are two things or two ways', async () => {
  const steps = stepsOf(await planFor('prod'));
  const citing = (cited: string): readonly string[] => steps.filter((step) => step.source.includes(cited)).map(({ id }) => id);
  const twice = [...new Set(steps.flatMap((step) => step.source))].filter((cited) => citing(cited).length > 1);
  expect(twice.map((cited) => [cited.split('#')[1], ...citing(cited)])).toEqual([
    ['4', 'budget', 'budget-warning'],
    ['38', 'redis', 'redis-managed'],
    ['39', 'redis-engine', 'redis-managed'],
    ['122', 'lower-ttl', 'ttl-lowered'],
    ['56', 'backend-image-pushed', 'frontend-image-pushed'],
    ['55', 'backend-image-amd64', 'frontend-image-amd64'],
    ['57', 'backend-digest', 'frontend-digest'],
    ['58', 'backend-image-scan', 'frontend-image-scan'],
    ['51', 'no-plaintext-backend', 'no-plaintext-frontend'],
    ['risk-2', 'two-tasks-backend', 'two-tasks-frontend'],
    ['144', 'day-backend-logs', 'day-frontend-logs'],
  ]);
});

it('adds to the lines of the papers what the rollout plan advises, and what the cutover itself needs', async () => {
  const steps = stepsOf(await planFor('prod'));
  expect(steps.filter((step) => step.source.length === 0).map(({ id }) => id)).toEqual([
    'waf-rules', 'tls-policy', 'scan-on-push', 'lifecycle-policy', 'hardened-containers',
    'certificate', 'resolvers-answer', 'success',
  ]);
  expect(steps.filter((step) => step.source.length > 2).map(({ id, source }) => [id, source])).toEqual([['go-no-go', lines(163, 166)]]);
});

it('lets nobody waive what the outage of a cutover is made of', async () => {
  const steps = stepsOf(await planFor('prod'));
  const bySeverity = (severity: string): readonly string[] => steps.filter((step) => step.severity === severity).map(({ id }) => id);
  const critical = new Set(bySeverity('critical'));
  for (const id of [
    'account', 'sg-rds', 'rds-private', 'rds-backups', 'cert-issued', 'secret-database', 'no-plaintext-backend', 'backend-private',
    'migration-verified', 'backend-live', 'backend-ready', 'frontend-loads', 'backend-stable', 'frontend-stable', 'backend-targets',
    'frontend-targets', 'smoke-api', 'smoke-chat', 'budget-within', 'budget-429', 'ttl-lowered', 'record-before', 'certificate',
    'resolvers-answer', 'dns-cutover', 'dns-propagated', 'public-ready', 'public-frontend', 'public-api', 'https-enforced',
    'watch-5xx', 'watch-stable', 'watch-unhealthy',
  ]) expect(critical.has(id), id).toBe(true);
  expect(bySeverity('advisory')).toEqual([
    'waf-rules', 'tls-policy', 'scan-on-push', 'lifecycle-policy', 'hardened-containers',
    'dashboard', 'dash-http', 'dash-targets', 'dash-ecs', 'dash-latency', 'log-bucket', 'alb-logging', 'celebrate',
  ]);
});

it('states each risk as its good case, and lets somebody with a name accept it until a date', async () => {
  const steps = stepsOf(await planFor('prod'));
  const risks = steps.filter((step) => step.source.some((cited) => cited.includes('#risk-')));
  expect(risks.map(({ id, severity }) => [id, severity])).toEqual([
    ['nat-per-zone', 'required'], ['rds-multi-az', 'required'], ['waf', 'required'],
    ['two-tasks-backend', 'required'], ['two-tasks-frontend', 'required'], ['autoscaling', 'required'],
  ]);
  for (const { id, waive } of risks) {
    expect(waive?.ask, id).toMatch(/when/);
    expect(waive?.untilMs, id).toBe(90 * 86_400_000);
  }
  const staging = stepsOf(await planFor('staging')).filter((step) => risks.some(({ id }) => id === step.id));
  expect(new Set(staging.map(({ severity }) => severity))).toEqual(new Set(['advisory']));
});

it('leaves to people what only people know, and decides everything else by machine', async () => {
  const steps = stepsOf(await planFor('prod'));
  const byNature = (nature: string): readonly string[] => steps.filter((step) => step.nature === nature).map(({ id }) => id);
  expect(byNature('pokes')).toEqual(['cli-profile', 'migration-verified', 'tables', 'smoke-chat', 'budget-within', 'budget-429']);
  expect(byNature('asks')).toEqual([
    'redis-managed', 'rollback-tested',
    'uat-browser', 'uat-login', 'uat-journey', 'uat-budget',
    'user-reports', 'issues-written-down', 'celebrate', 'done-acceptance',
  ]);
  expect(byNature('decides')).toEqual(['go-no-go', 'success']);
  expect(byNature('changes')).toEqual(['lower-ttl', 'migrated', 'dns-cutover', 'ttl-restored']);
});

it('looks again at what makes it a success, instead of remembering it', async () => {
  const steps = stepsOf(await planFor('prod'));
  const again = steps.filter(({ work }) => work.type === 'probe' && work.recheck !== undefined).map(({ id }) => id);
  expect(again).toEqual([
    'done-dns', 'done-redirect', 'done-ready', 'done-frontend', 'done-api', 'done-targets', 'done-budget', 'done-logs',
    'done-plaintext', 'done-private', 'done-alarms',
  ]);
});

it('asks nobody who could answer in their sleep: a number, a date, or words of what was seen', async () => {
  const asks = stepsOf(await planFor('prod')).filter((step) => step.nature === 'asks');
  for (const { id, work } of asks) expect(work.type === 'ask' ? work.ask.type : '', id).toMatch(/^(?:integer|number|date|text)$/);
});

it('asks for the log-in only where there is one', async () => {
  const skipped = async (has_login: boolean): Promise<readonly string[]> =>
    stepsOf(await planFor('prod', { has_login })).flatMap((step) => (step.skip === undefined ? [] : [step.id]));
  expect(await skipped(true)).toEqual(['redis-managed']);
  expect(await skipped(false)).toEqual(['redis-managed', 'uat-login']);
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
    const watched = steps.filter(({ hold, phase }) => hold !== undefined && phase === 'cutover');
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
