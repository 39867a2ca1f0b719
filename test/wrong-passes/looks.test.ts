// Goal: what could pass wrongly does not, end to end: verdict in the log, exit code, and the words on the screen.
// Method: each case of docs/wrong-passes.md is a step of its own, rehearsed through the real kind against the stand-in.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { checklistText } from '../checklist/given.ts';
import { play, playText } from './given.ts';

const backend = (state: JsonObject | null): JsonObject => ({
  account: { ecs: { clusters: { 'aep-prod': { services: { 'aep-backend-prod-svc': state } } } } },
});
const backendLog = (state: JsonObject): JsonObject => ({
  account: { logs: { groups: { '/ecs/aep-backend-prod': state } } },
});
const connect = 'connect_to: aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com';

describe('wrong pass 1: targets of a target group without targets', () => {
  const asked = (expectation: string): string =>
    checklistText({
      top: 'probes: { group: { aws.call: { operation: "elbv2:DescribeTargetGroups", input: { Names: [aep-prod-tg-backend] } }, one: TargetGroups } }',
      steps: `- id: targets
  title: Targets
  probe: { aws.target_health: { target_group: "\${group.TargetGroupArn}" } }
  expect: [${expectation}]`,
    });

  test.each([
    ['all', '{ path: "targets[]", all: { path: state, eq: healthy } }', 'fail', 1],
    ['any', '{ path: "targets[]", any: { path: state, eq: healthy } }', 'fail', 1],
    ['one', '{ path: "targets[]", one: { path: state, eq: healthy } }', 'fail', 1],
    ['none without proof', '{ path: "targets[]", none: { path: state, eq: unhealthy } }', 'load', 3],
    [
      'none with a proof that is not there',
      '{ path: "targets[]", none: { path: state, eq: unhealthy }, proof: "targets[]" }',
      'inconclusive',
      2,
    ],
  ])('%s of them healthy is no pass', async (_, expectation, verdict, exit) => {
    const played = await playText(asked(expectation), { patch: backend(null) });
    expect(played.exit).toBe(exit);
    expect(played.screen).toMatch(/proves nothing|proof/);
    expect(played.verdicts).toEqual(verdict === 'load' ? {} : { targets: verdict });
  });

  test('with its two targets the same step passes', async () => {
    const played = await playText(asked('{ path: "targets[]", all: { path: state, eq: healthy } }'));
    expect([played.exit, played.verdicts]).toEqual([0, { targets: 'pass' }]);
  });
});

describe('wrong pass 2: a misspelt path', () => {
  const ready = (expectation: string): string => `- id: ready
  title: Ready
  probe: { http: { url: "https://app.navralabs.com/health/ready", ${connect} } }
  expect: [${expectation}]`;

  test.each([
    ['eq: false', '{ path: json.cheks, eq: false }'],
    ['ne', '{ path: json.cheks, ne: true }'],
    ['not_in', '{ path: json.cheks, not_in: [broken] }'],
    ['not_matches', '{ path: json.cheks, not_matches: broken }'],
    ['lt', '{ path: json.cheks, lt: 5 }'],
    ['lte', '{ path: json.cheks, lte: 5 }'],
  ])('under %s is a fail that names what is there', async (_, expectation) => {
    const played = await play(ready(expectation));
    expect([played.exit, played.verdicts]).toEqual([1, { ready: 'fail' }]);
    expect(played.screen).toMatch(/observed +nothing: no cheks in json/);
    expect(played.screen).toMatch(/did you mean checks\?/);
  });

  test('of facts whose shape is known does not even load', async () => {
    const played = await play(`- id: private
  title: The database is private
  probe: { aws.call: { operation: "rds:DescribeDBInstances", input: { DBInstanceIdentifier: aep-prod-db } } }
  expect: [{ path: "DBInstances[0].PubliclyAccesible", eq: false }]`);
    expect([played.exit, played.runs]).toEqual([3, 0]);
    expect(played.screen).toMatch(/checklists\/demo\.yaml:18:\d+: .*PubliclyAccesible/);
    expect(played.screen).toContain('PubliclyAccessible');
  });
});

describe('wrong pass 7: throttled at every attempt', () => {
  test.each([
    [
      'a negative expectation',
      '{ path: "MetricAlarms[]", none: { path: StateValue, eq: ALARM }, proof: "MetricAlarms[]" }',
    ],
    ['a count of nothing', '{ path: "CompositeAlarms[]", count: 0, allow_empty: true }'],
  ])('is an error, also under %s', async (_, expectation) => {
    const played = await play(
      `- id: quiet
  title: No alarm rings
  probe: { aws.call: { operation: "cloudwatch:DescribeAlarms", input: {} } }
  expect: [${expectation}]`,
      { patch: { faults: { throttled: ['cloudwatch:DescribeAlarms'] } } },
    );
    expect([played.exit, played.verdicts]).toEqual([2, { quiet: 'error' }]);
    expect(played.screen).toMatch(/ERROR +quiet/);
    expect(played.screen).toContain('cloudwatch:DescribeAlarms was throttled by AWS on every attempt');
  });
});

describe('wrong pass 8: the offender is not on the first page', () => {
  test('which is empty and has a token', async () => {
    const played = await play(
      `- id: clean
  title: No error in the log
  probe: { aws.logs: { group: /ecs/aep-backend-prod, window: 10m, match: [ERROR] } }
  expect: [{ path: "matches[]", count: 0, proof: events_received }]`,
      { patch: backendLog({ events: { lost: { ago: '4m', message: 'ERROR: lost the database' } } }) },
    );
    expect([played.exit, played.verdicts]).toEqual([1, { clean: 'fail' }]);
    expect(played.screen).toMatch(/expected +matches\[\] count = 0\n +observed +1: message ERROR: lost the database\n/);
  });

  test('but on a later one, among elements that are all fine', async () => {
    const alarm = { namespace: 'N', metric: 'M', comparison: 'GreaterThanThreshold', threshold: 1, statistic: 'Sum' };
    const alarms = Object.fromEntries(
      Array.from({ length: 120 }, (_, at) => [
        `z-${String(at).padStart(3, '0')}`,
        { ...alarm, period: 60, periods: 1, state: at === 119 ? 'ALARM' : 'OK' },
      ]),
    );
    const played = await play(
      `- id: quiet
  title: No alarm rings
  probe: { aws.call: { operation: "cloudwatch:DescribeAlarms", input: {} } }
  expect: [{ path: "MetricAlarms[]", all: { path: StateValue, eq: OK } }]`,
      { patch: { account: { cloudwatch: { alarms } } } },
    );
    expect([played.exit, played.verdicts]).toEqual([1, { quiet: 'fail' }]);
    expect(played.screen).toMatch(/observed[\s\S]*ALARM/);
  });
});

describe('an ECS service that is steady for the wrong reason', () => {
  const steady = `- id: steady
  title: The service is stable
  probe: { aws.ecs_service: { cluster: aep-prod, service: aep-backend-prod-svc } }
  expect:
    - { path: desiredCount, gte: 1 }
    - { path: runningCount == desiredCount, eq: true }
    - { path: "deployments[]", count: 1 }
    - { path: rollout.rolled_back, eq: false }`;

  test('wrong pass 12: because its deployment was rolled back, fails and says so', async () => {
    const played = await play(steady, { patch: backend({ rolled_back_from: 'aep-backend-prod:43' }) });
    expect([played.exit, played.verdicts]).toEqual([1, { steady: 'fail' }]);
    expect(played.screen).toMatch(/expected +rollout\.rolled_back = false\n +observed +true/);
  });

  test('wrong pass 13: because it wants no tasks, fails and says so', async () => {
    const played = await play(steady, { patch: backend({ desired: 0, running: 0 }) });
    expect([played.exit, played.verdicts]).toEqual([1, { steady: 'fail' }]);
    expect(played.screen).toMatch(/expected +desiredCount >= 1\n +observed +0/);
  });

  test('passes when it is steady for the right one', async () => {
    const played = await play(steady);
    expect([played.exit, played.verdicts]).toEqual([0, { steady: 'pass' }]);
  });
});

test('wrong pass 14: of five alarms asked for one does not exist, and the fail names it', async () => {
  const names = ['unhealthy-targets', '5xx-rate', 'running-below-desired', 'latency', 'disk-full'].map(
    (each) => `aep-prod-${each}`,
  );
  const alarm = { namespace: 'N', metric: 'M', comparison: 'GreaterThanThreshold', threshold: 1, statistic: 'Sum' };
  const played = await play(
    `- id: alarms
  title: All five alarms exist and none rings
  probe: { aws.call: { operation: "cloudwatch:DescribeAlarms", input: { AlarmNames: [${names.join(', ')}] } } }
  expect:
    - { path: "MetricAlarms[]", all: { path: StateValue, eq: OK } }
    - { path: "MetricAlarms[].AlarmName", contains: [${names.join(', ')}] }`,
    {
      patch: {
        account: { cloudwatch: { alarms: { 'aep-prod-latency': { ...alarm, period: 60, periods: 1, state: 'OK' } } } },
      },
    },
  );
  expect([played.exit, played.verdicts]).toEqual([1, { alarms: 'fail' }]);
  expect(played.first?.verdict?.findings.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
  expect(played.screen).toMatch(/observed +"aep-prod-disk-full" missing from/);
});

describe('wrong pass 16: no error in a log group', () => {
  const clean = `- id: clean
  title: No error in the log
  probe: { aws.logs: { group: /ecs/aep-backend-prod, window: 10m, match: [ERROR] } }
  expect: [{ path: "matches[]", count: 0, proof: events_received }]`;

  test('that received nothing is inconclusive', async () => {
    const played = await play(clean, { patch: backendLog({ steady: null }) });
    expect([played.exit, played.verdicts]).toEqual([2, { clean: 'inconclusive' }]);
    expect(played.screen).toContain('events_received');
  });

  test('that does not exist is no pass either', async () => {
    const played = await play(clean, { patch: { account: { logs: { groups: { '/ecs/aep-backend-prod': null } } } } });
    expect(played.exit).not.toBe(0);
    expect(played.verdicts['clean']).toMatch(/^(fail|inconclusive)$/);
    expect(played.screen).toMatch(/not found: ResourceNotFoundException/);
  });

  test('that received lines is a pass', async () => {
    expect(await play(clean)).toMatchObject({ exit: 0, verdicts: { clean: 'pass' } });
  });
});

test('wrong pass 18: a redirect to https://app.navralabs.com:443/ is the one to https://app.navralabs.com/', async () => {
  const redirect = (wanted: string): string => `- id: redirect
  title: Plain HTTP leads to HTTPS
  probe: { http: { url: "http://app.navralabs.com/", ${connect} } }
  expect: [{ path: status, eq: 301 }, { path: headers.location, ${wanted} }]`;
  const played = await play(redirect('url: "https://app.navralabs.com/"'));
  expect([played.exit, played.verdicts]).toEqual([0, { redirect: 'pass' }]);
  const other = await play(redirect('url: "https://app.navralabs.com:8443/"'));
  expect([other.exit, other.verdicts]).toEqual([1, { redirect: 'fail' }]);
  expect(other.screen).toMatch(/observed +.*https:\/\/app\.navralabs\.com:443\//);
});

test.each([
  ['second', '{ path: status, gte: 200, lt: 200 }', '< 200'],
  ['first', '{ path: status, gt: 200, lte: 200 }', '> 200'],
  [
    'one behind a quantifier',
    '{ path: "json.checks[]", all: { path: name, matches: "[a-z]", ne: db } }',
    'observed  1 of 3: "db" (name db)',
  ],
])('wrong pass 23: of two matchers only the %s is false, and that is a fail', async (_, expectation, words) => {
  const played = await play(`- id: ready
  title: Ready
  probe: { http: { url: "https://app.navralabs.com/health/ready", ${connect} } }
  expect: [${expectation}]`);
  expect([played.exit, played.verdicts]).toEqual([1, { ready: 'fail' }]);
  expect(played.screen).toContain(words);
});
