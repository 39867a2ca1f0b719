// Every template that comes with golive: it lints, it is seen to pass, and it is seen to fail.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { shelfOf } from '../../src/checklist/library.ts';
import { lintLibrary } from '../../src/checklist/lint-library.ts';
import { loadChecklist } from '../../src/checklist/load.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { openFiles } from '../../src/effects/files.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { judge, selectOne } from '../../src/engine/judge.ts';
import type { Step } from '../../src/engine/plan.ts';
import { acts, kinds } from '../../src/steps/index.ts';
import { checklistText } from './given.ts';

const folder = join(import.meta.dirname, '..', '..', 'checklists', 'library');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const shelf = shelfOf([folder], openFiles(), (path) => path);
const at = Date.parse('2026-03-01T12:00:00Z');

/** A step that uses the template, bound for prod. */
async function stepOf(name: string, args: JsonObject): Promise<Step> {
  const use = JSON.stringify({ [name]: args });
  const text = checklistText({
    top: 'inputs: { token: { question: Which token?, secret: true } }',
    steps: `- { id: one, owner: ops, use: ${use} }`,
  });
  const { checklist, problems, warnings } = await loadChecklist(
    text,
    'demo.yaml',
    { kinds, acts },
    loadCatalogue,
    shelf,
  );
  expect([...problems, ...warnings]).toEqual([]);
  if (checklist === undefined) throw new Error('not loaded');
  const bound = bind(checklist, { kinds, acts }, { target: 'prod', inputs: {} });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound.problems));
  const step = bound.plan.phases[0]?.sections[0]?.steps[0];
  if (step === undefined) throw new Error('no step');
  return step;
}

function verdict({ work, expect: wanted }: Step, facts: JsonObject): string {
  const one = work.type === 'probe' ? work.call?.one : undefined;
  const picked = one === undefined ? { facts } : selectOne(facts, one, at);
  return 'facts' in picked ? judge(wanted, picked.facts, at).verdict : 'not one';
}

const bucket = { bucket: 'app-prod' };
const db = { instance: 'app-db' };
const instance = (fields: JsonObject): JsonObject => ({ found: true, DBInstances: [fields] });
const group = { vpc: 'vpc-1', name: 'app' };
const rule = (port: number, source: string): JsonObject => ({
  protocol: 'tcp',
  from_port: port,
  to_port: port,
  source,
});
const cert = {
  Status: 'ISSUED',
  SubjectAlternativeNames: ['app.example.com'],
  DomainValidationOptions: [{ ValidationMethod: 'DNS', ValidationStatus: 'SUCCESS' }],
  NotAfter: '2026-09-01T00:00:00.000Z',
};
const handshake = {
  authorized: true,
  covers_host: true,
  earliest_expiry: '2026-06-01T00:00:00.000Z',
  versions: [{ version: 'TLSv1', accepted: false, said: 'no' }],
};
const secure = {
  strict_transport_security: 'max-age=31536000; includeSubDomains',
  x_content_type_options: 'nosniff',
  content_security_policy: "default-src 'self'; frame-ancestors 'none'",
  referrer_policy: 'no-referrer',
};
const { referrer_policy: _r, ...noReferrer } = secure;
const { content_security_policy: _c, ...framed } = secure;
const alarm = { AlarmName: 'errors', ActionsEnabled: true, AlarmActions: ['arn:aws:sns:x'], StateValue: 'OK' };
const service = {
  desiredCount: 2,
  runningCount: 2,
  deployments: [{ rolloutState: 'COMPLETED' }],
  rollout: { rolled_back: false },
};
const net = {
  found: true,
  public_zones: ['a', 'b', 'c'],
  private_zones: ['a', 'b', 'c'],
  private: [{ default_route: 'nat-1', default_route_state: 'active' }],
};
const url = { url: 'https://app.example.com/' };
const lambda = { function: 'serve' };
const release = { repository: 'example/app', commit: 'a1b2c3d4', token: '${token}' };
const check = { name: 'build', status: 'completed', conclusion: 'success' };
const checked = (...checks: readonly JsonObject[]): JsonObject => ({ commit: { found: true }, checks });
const answer = (same: boolean): JsonObject => ({ server: '1.1.1.1', same });
const pab = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const gone: JsonObject = { found: false, error: { code: 'NoSuch', message: 'gone' } };

type Case = readonly [name: string, args: JsonObject, passes: readonly JsonObject[], not: readonly JsonObject[]];

const cases: readonly Case[] = [
  ['s3.exists', bucket, [{ found: true }], [gone]],
  [
    's3.versioned',
    bucket,
    [{ found: true, Status: 'Enabled' }],
    [{ found: true, Status: 'Suspended' }, { found: true }, gone],
  ],
  [
    's3.lifecycle',
    bucket,
    [{ found: true, Rules: [{ Status: 'Disabled' }, { Status: 'Enabled' }] }],
    [{ found: true, Rules: [{ Status: 'Disabled' }] }, { found: true, Rules: [] }, gone],
  ],
  [
    's3.private',
    bucket,
    [{ found: true, PublicAccessBlockConfiguration: pab }],
    [{ found: true, PublicAccessBlockConfiguration: { ...pab, BlockPublicPolicy: false } }, { found: true }, gone],
  ],
  [
    'kms.enabled',
    { key: 'alias/app' },
    [{ found: true, KeyMetadata: { KeyState: 'Enabled', KeyManager: 'CUSTOMER' } }],
    [
      { found: true, KeyMetadata: { KeyState: 'PendingDeletion', KeyManager: 'CUSTOMER' } },
      { found: true, KeyMetadata: { KeyState: 'Enabled', KeyManager: 'AWS' } },
      gone,
    ],
  ],
  [
    'kms.rotating',
    { key: '1234' },
    [{ found: true, KeyRotationEnabled: true }],
    [{ found: true, KeyRotationEnabled: false }, gone],
  ],
  [
    'ec2.vpc',
    { name: 'app' },
    [{ found: true, Vpcs: [{ IsDefault: false, State: 'available' }] }],
    [
      { found: true, Vpcs: [{ IsDefault: true, State: 'available' }] },
      { found: true, Vpcs: [] },
    ],
  ],
  [
    'ec2.subnets_per_zone',
    { vpc: 'vpc-1', zones: 3 },
    [net],
    [
      { ...net, private_zones: ['a', 'b'] },
      { ...net, public_zones: ['a'] },
      { ...net, private: [{ default_route: 'nat-1', default_route_state: 'blackhole' }] },
      { ...net, private: [] },
    ],
  ],
  [
    'ec2.security_group_closed',
    group,
    [
      { ingress: [rule(5432, 'sg-1')], sources_known: true },
      { ingress: [], sources_known: true },
    ],
    [
      { ingress: [rule(22, '0.0.0.0/0')], sources_known: true },
      { ingress: [rule(22, '0.0.0.0/1')], sources_known: true },
      { ingress: [rule(443, '::/0')], sources_known: true },
      { ingress: [] },
      gone,
    ],
  ],
  [
    'ec2.security_group_closed',
    { ...group, open: [['tcp', 443, 443]] },
    [{ ingress: [rule(443, '0.0.0.0/0')], sources_known: true }],
    [
      { ingress: [rule(443, '0.0.0.0/0'), rule(22, '::/0')], sources_known: true },
      { ingress: [{ ...rule(443, '0.0.0.0/0'), to_port: 65_535 }], sources_known: true },
    ],
  ],
  [
    'acm.issued',
    { certificate: 'arn:aws:acm:x', domain: 'app.example.com' },
    [{ found: true, Certificate: cert }],
    [
      { found: true, Certificate: { ...cert, Status: 'PENDING_VALIDATION' } },
      { found: true, Certificate: { ...cert, SubjectAlternativeNames: ['example.com'] } },
      { found: true, Certificate: { ...cert, NotAfter: '2026-03-20T00:00:00.000Z' } },
      { found: true, Certificate: { ...cert, DomainValidationOptions: [] } },
    ],
  ],
  [
    'tls.modern',
    { host: 'app.example.com' },
    [handshake],
    [
      { ...handshake, authorized: false },
      { ...handshake, covers_host: false },
      { ...handshake, earliest_expiry: '2026-03-02T00:00:00.000Z' },
      { ...handshake, versions: [{ version: 'TLSv1', accepted: true, said: 'yes' }] },
      { ...handshake, versions: [] },
    ],
  ],
  ['http.healthy', url, [{ status: 200 }], [{ status: 503 }, { status: 301 }]],
  [
    'http.redirects_to_https',
    { host: 'app.example.com' },
    [{ status: 301, headers: { location: 'https://app.example.com:443/' } }],
    [
      { status: 302, headers: { location: 'https://app.example.com/' } },
      { status: 301, headers: { location: 'https://elsewhere.example/' } },
      { status: 301, headers: { location: 'http://app.example.com/' } },
      { status: 200, headers: {} },
    ],
  ],
  [
    'http.security_headers',
    url,
    [
      { status: 200, headers: secure },
      { status: 200, headers: { ...framed, x_frame_options: 'DENY' } },
    ],
    [
      { status: 200, headers: noReferrer },
      { status: 200, headers: framed },
      { status: 200, headers: { ...secure, strict_transport_security: 'max-age=300' } },
      { status: 404, headers: secure },
      { status: 200, headers: {} },
    ],
  ],
  [
    'http.cors_refuses',
    url,
    [
      { status: 200, headers: { server: 'x' } },
      { status: 403, headers: { access_control_allow_origin: 'https://app.example.com' } },
    ],
    [
      { status: 200, headers: { access_control_allow_origin: '*' } },
      { status: 200, headers: { access_control_allow_origin: 'https://elsewhere.invalid' } },
      { status: 502, headers: {} },
    ],
  ],
  [
    'http.cors_allows',
    { ...url, origin: 'https://app.example.com' },
    [{ status: 200, headers: { access_control_allow_origin: 'https://app.example.com' } }],
    [
      { status: 200, headers: {} },
      { status: 200, headers: { access_control_allow_origin: '*' } },
    ],
  ],
  [
    'http.published',
    { ...url, says: ['Deployment', 'v1.0.0'] },
    [{ status: 200, text: 'Deployment of v1.0.0', truncated: false }],
    [
      { status: 200, text: 'Deployment of v0.9.0', truncated: false },
      { status: 404, text: 'Deployment of v1.0.0', truncated: false },
      { status: 200, text: '', truncated: false },
    ],
  ],
  [
    'file.says',
    { path: 'SECURITY.md', says: ['30 days'] },
    [{ count: 1, text: 'Within 30 days.', truncated: false }],
    [{ count: 1, text: 'Soon.', truncated: false }, { count: 0 }],
  ],
  [
    'cloudwatch.alarm',
    { name: 'errors' },
    [{ found: true, MetricAlarms: [alarm] }],
    [
      { found: true, MetricAlarms: [{ ...alarm, StateValue: 'ALARM' }] },
      { found: true, MetricAlarms: [{ ...alarm, StateValue: 'INSUFFICIENT_DATA' }] },
      { found: true, MetricAlarms: [{ ...alarm, AlarmActions: [] }] },
      { found: true, MetricAlarms: [{ ...alarm, ActionsEnabled: false }] },
      { found: true, MetricAlarms: [] },
    ],
  ],
  [
    'cloudwatch.alarm',
    { name: 'errors', quiet: ['OK', 'INSUFFICIENT_DATA'] },
    [{ found: true, MetricAlarms: [{ ...alarm, StateValue: 'INSUFFICIENT_DATA' }] }],
    [{ found: true, MetricAlarms: [{ ...alarm, StateValue: 'ALARM' }] }],
  ],
  [
    'cloudwatch.dashboard',
    { name: 'app' },
    [{ found: true, DashboardName: 'app', DashboardBody: '{"widgets":[]}' }],
    [{ found: true, DashboardName: 'app', DashboardBody: '{}' }, gone],
  ],
  [
    'logs.retention',
    { group: '/app', days: 14 },
    [
      {
        found: true,
        logGroups: [
          { logGroupName: '/app', retentionInDays: 30 },
          { logGroupName: '/app2', retentionInDays: 1 },
        ],
      },
    ],
    [
      { found: true, logGroups: [{ logGroupName: '/app', retentionInDays: 7 }] },
      { found: true, logGroups: [{ logGroupName: '/app' }] },
      { found: true, logGroups: [{ logGroupName: '/app2', retentionInDays: 30 }] },
    ],
  ],
  [
    'logs.flowing',
    { group: '/app' },
    [{ found: true, match_count: 0, events_received: 3 }],
    [{ found: true, match_count: 0 }, gone],
  ],
  [
    'logs.clean',
    { group: '/app' },
    [{ found: true, match_count: 0, events_received: 3 }],
    [{ found: true, match_count: 1, events_received: 1 }, { found: true, match_count: 0 }, gone],
  ],
  [
    'waf.attached',
    { resource: 'arn:aws:elb:x' },
    [{ found: true, WebACL: { Name: 'app', Rules: [{ Name: 'one' }] } }],
    [{ found: true, WebACL: { Name: 'app', Rules: [] } }, { found: true }, gone],
  ],
  [
    'rds.backups',
    { ...db, days: 30 },
    [instance({ BackupRetentionPeriod: 30, LatestRestorableTime: '2026-03-01T11:55:00Z' })],
    [
      instance({ BackupRetentionPeriod: 7, LatestRestorableTime: '2026-03-01T11:55:00Z' }),
      instance({ BackupRetentionPeriod: 30, LatestRestorableTime: '2026-03-01T10:00:00Z' }),
      instance({ BackupRetentionPeriod: 0 }),
    ],
  ],
  ['rds.multi_az', db, [instance({ MultiAZ: true })], [instance({ MultiAZ: false }), { found: true, DBInstances: [] }]],
  [
    'rds.encrypted',
    db,
    [instance({ StorageEncrypted: true })],
    [instance({ StorageEncrypted: false }), instance({ DBInstanceStatus: 'creating' })],
  ],
  [
    'rds.private',
    db,
    [instance({ PubliclyAccessible: false })],
    [instance({ PubliclyAccessible: true }), instance({ MultiAZ: true })],
  ],
  [
    'rds.performance_insights',
    db,
    [instance({ PerformanceInsightsEnabled: true })],
    [instance({ PerformanceInsightsEnabled: false })],
  ],
  [
    'ecs.stable',
    { cluster: 'app', service: 'web', tasks: 2 },
    [service],
    [
      { ...service, runningCount: 1 },
      { ...service, desiredCount: 0, runningCount: 0 },
      { ...service, deployments: [{ rolloutState: 'COMPLETED' }, { rolloutState: 'IN_PROGRESS' }] },
      { ...service, rollout: { rolled_back: true } },
      gone,
    ],
  ],
  [
    'ecr.image_scanned',
    { repository: 'app', tag: 'prod' },
    [
      { findings: [{ severity: 'LOW' }], scan: { completed_at: '2026-02-01T00:00:00Z' } },
      { findings: [], scan: { completed_at: '2026-02-01T00:00:00Z' } },
    ],
    [
      { findings: [{ severity: 'HIGH' }], scan: { completed_at: '2026-02-01T00:00:00Z' } },
      { findings: [], scan: {} },
      gone,
    ],
  ],
  [
    'budgets.exists',
    { name: 'monthly' },
    [{ found: true, Budget: { TimeUnit: 'MONTHLY', BudgetLimit: { Amount: '1000.0' } } }],
    [
      { found: true, Budget: { TimeUnit: 'ANNUALLY', BudgetLimit: { Amount: '1000' } } },
      { found: true, Budget: { TimeUnit: 'MONTHLY', BudgetLimit: { Amount: '0' } } },
      gone,
    ],
  ],
  [
    'budgets.warns',
    { name: 'monthly' },
    [
      {
        found: true,
        Notifications: [
          {
            NotificationType: 'ACTUAL',
            ComparisonOperator: 'GREATER_THAN',
            ThresholdType: 'PERCENTAGE',
            Threshold: 80,
          },
        ],
      },
    ],
    [
      {
        found: true,
        Notifications: [
          {
            NotificationType: 'ACTUAL',
            ComparisonOperator: 'GREATER_THAN',
            ThresholdType: 'ABSOLUTE_VALUE',
            Threshold: 80,
          },
        ],
      },
      { found: true, Notifications: [] },
    ],
  ],
  [
    'iam.root_guarded',
    {},
    [{ found: true, SummaryMap: { AccountMFAEnabled: 1, AccountAccessKeysPresent: 0 } }],
    [
      { found: true, SummaryMap: { AccountMFAEnabled: 0, AccountAccessKeysPresent: 0 } },
      { found: true, SummaryMap: { AccountMFAEnabled: 1, AccountAccessKeysPresent: 1 } },
      { found: true, SummaryMap: {} },
    ],
  ],
  [
    'dynamodb.active',
    { table: 'jobs' },
    [{ found: true, Table: { TableStatus: 'ACTIVE' } }],
    [{ found: true, Table: { TableStatus: 'CREATING' } }, gone],
  ],
  [
    'dynamodb.pitr',
    { table: 'jobs' },
    [
      {
        found: true,
        ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } },
      },
    ],
    [
      {
        found: true,
        ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' } },
      },
      { found: true, ContinuousBackupsDescription: {} },
      gone,
    ],
  ],
  [
    'lambda.active',
    lambda,
    [{ found: true, State: 'Active', LastUpdateStatus: 'Successful' }],
    [{ found: true, State: 'Active', LastUpdateStatus: 'Failed' }, { found: true, State: 'Pending' }, gone],
  ],
  [
    'lambda.tracing',
    lambda,
    [{ found: true, TracingConfig: { Mode: 'Active' } }],
    [{ found: true, TracingConfig: { Mode: 'PassThrough' } }, { found: true }],
  ],
  [
    'lambda.dead_letters',
    lambda,
    [{ found: true, DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:1:dead' } }],
    [{ found: true, DeadLetterConfig: {} }, { found: true }],
  ],
  [
    'github.check_passed',
    { ...release, check: 'build' },
    [checked(check, { ...check, name: 'lint', conclusion: 'failure' })],
    [
      checked({ ...check, conclusion: 'skipped' }),
      checked({ ...check, status: 'in_progress' }),
      checked(check, { ...check, conclusion: 'failure' }),
      checked({ ...check, name: 'lint' }),
      checked(),
      { commit: { found: false } },
    ],
  ],
  [
    'github.tagged',
    { ...release, tag: 'v1' },
    [{ tag: { name: 'v1', found: true, same_commit: true } }],
    [
      { tag: { name: 'v1', found: true, same_commit: false } },
      { tag: { name: 'v1', found: false } },
      { tag: { name: 'v1', found: true } },
    ],
  ],
  [
    'dns.propagated',
    { name: 'app.example.com', same_as: 'new.example.com' },
    [{ found: true, answers: [answer(true), answer(true)] }],
    [{ found: true, answers: [answer(true), answer(false)] }, { found: true, answers: [] }, gone],
  ],
  [
    'route53.ttl',
    { zone: 'example.com', name: 'app.example.com' },
    [{ found: true, ttls: [60, 30] }],
    [{ found: true, ttls: [60, 300] }, { found: true, ttls: [] }, gone],
  ],
];

describe('a template that comes with golive', () => {
  it.each(files)('in %s has no mistakes', async (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const problems = await lintLibrary(text, file, file.replace('.yaml', ''), { kinds, acts }, loadCatalogue);
    expect(problems.map(({ line, message }) => `${file}:${line} ${message}`)).toEqual([]);
  });

  it('has a case below, or is a probe for others to judge', async () => {
    const judging = [...(await shelf.all()).values()].filter(({ body }) => body?.expect !== undefined);
    expect([...new Set(cases.map(([name]) => name))].toSorted()).toEqual(judging.map(({ name }) => name).toSorted());
  });

  it.each(cases)('%s %j passes on what it should see, and on nothing else', async (name, args, passing, others) => {
    const step = await stepOf(name, args);
    expect(passing.map((facts) => verdict(step, facts))).toEqual(passing.map(() => 'pass'));
    expect(others.map((facts) => verdict(step, facts))).not.toContain('pass');
    expect(others.map((facts) => verdict(step, facts)).some((one) => one === 'fail' || one === 'not one')).toBe(true);
    // Everything of the template is filled in: what is left are names that only a run knows.
    expect(JSON.stringify(step).match(/\$\{(?!token\})/)).toBeNull();
  });
});
