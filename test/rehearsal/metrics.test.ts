// What the stand-in publishes to CloudWatch, asked for by an unmodified client and by a form of the Query protocol.

import {
  CloudWatchClient,
  GetMetricDataCommand,
  paginateGetMetricData,
  type GetMetricDataInput,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { createHash } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { clientConfig, givenWorld } from './given.ts';

const minute = 60_000;
const cutover = Date.parse('2026-03-02T09:00:00Z');
const domain = 'app.navralabs.com';
const old = { ttl: 300, values: ['203.0.113.10'] };
const alias = 'dualstack.aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com.';

/** DNS was moved to the load balancer at nine, and what else is patched. */
function moved(...patches: readonly JsonObject[]): readonly JsonObject[] {
  const before = { [domain]: { A: old } };
  const route53 = {
    zones: {
      'navralabs.com': {
        records: {
          [domain]: { A: { ttl: null, values: null, alias, zone: 'Z35SXDOTRQ7X7K', evaluate_health: false } },
        },
      },
    },
    changes: { C1: { at: new Date(cutover).toISOString(), zone: 'Z04128371KD9QJ3R5T7V', before } },
  };
  return [{ account: { route53 } }, ...patches];
}

/** A client of a stand-in whose clock stands so many minutes after nine. */
async function given(minutes: number, patches: readonly JsonObject[] = [], region = 'us-east-1') {
  const world = givenWorld();
  const standIn = await startStandIn({ world, now: () => cutover + minutes * minute });
  onTestFinished(() => standIn.close());
  for (const patch of patches) standIn.applyPatch(patch);
  const client = new CloudWatchClient(clientConfig(standIn.awsUrl, region));
  const window = { StartTime: new Date(cutover), EndTime: new Date(cutover + 30 * minute) };
  const ask = (queries: MetricDataQuery[], input: Partial<GetMetricDataInput> = {}) =>
    client.send(new GetMetricDataCommand({ ...window, MetricDataQueries: queries, ...input }));
  return { standIn, client, window, ask };
}

const balancer = resource('app', 'aep-prod-alb');
const backend = resource('targetgroup', 'aep-prod-tg-backend');
const frontend = resource('targetgroup', 'aep-prod-tg-frontend');

/** As the stand-in writes the end of an ARN. */
function resource(sort: string, name: string): string {
  return `${sort}/${name}/${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

function metric(id: string, name: string, stat = 'Sum', group?: string, period = 60): MetricDataQuery {
  const dimensions = [
    { Name: 'LoadBalancer', Value: balancer },
    ...(group === undefined ? [] : [{ Name: 'TargetGroup', Value: group }]),
  ];
  const asked = { Namespace: 'AWS/ApplicationELB', MetricName: name, Dimensions: dimensions };
  return { Id: id, MetricStat: { Metric: asked, Period: period, Stat: stat } };
}

const requests = metric('requests', 'RequestCount');
const math = (id: string, expression: string): MetricDataQuery => ({ Id: id, Expression: expression });
const rate = [
  requests,
  metric('target', 'HTTPCode_Target_5XX_Count'),
  metric('balancer', 'HTTPCode_ELB_5XX_Count'),
  math('percent', '100 * (FILL(target, 0) + FILL(balancer, 0)) / requests'),
];

function valuesOf(results: readonly MetricDataResult[] | undefined, id: string): readonly number[] {
  const result = results?.find((each) => each.Id === id);
  if (result === undefined) throw new Error(`no result ${id}`);
  // Oldest first.
  return (result.Values ?? []).toReversed();
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('traffic', () => {
  test('is idle before the cutover, grows after it, and then stays', async () => {
    const { ask } = await given(90, moved());
    const from = new Date(cutover - 10 * minute);
    const { MetricDataResults: results } = await ask([requests], { StartTime: from });
    const [before, after] = [valuesOf(results, 'requests').slice(0, 10), valuesOf(results, 'requests').slice(10)];
    expect(before).toEqual(Array.from({ length: 10 }, () => 2));
    expect(after).toHaveLength(30);
    expect(sum(after.slice(20))).toBeGreaterThan(3 * sum(after.slice(0, 10)));
    expect(Math.min(...after.slice(22))).toBeGreaterThanOrEqual(114);
    expect(Math.max(...after)).toBeLessThanOrEqual(126);
  });

  test.each([
    ['DNS was never moved', []],
    ['the change is in sync and no server gives it', moved({ dns: { stuck: true } })],
    ['nobody comes', moved({ application: { traffic: { flat: true } } })],
  ])('stays idle when %s', async (_, patches) => {
    const { MetricDataResults: results } = await (await given(90, patches)).ask([requests]);
    expect(valuesOf(results, 'requests')).toEqual(Array.from({ length: 30 }, () => 2));
  });

  test('is idle again once the old record is back, and what was before stays as it was', async () => {
    const back = {
      zones: {
        'navralabs.com': { records: { [domain]: { A: { alias: null, zone: null, evaluate_health: null, ...old } } } },
      },
      changes: {
        C2: {
          at: new Date(cutover + 15 * minute).toISOString(),
          zone: 'Z04128371KD9QJ3R5T7V',
          before: { [domain]: { A: { alias, zone: 'Z35SXDOTRQ7X7K', evaluate_health: false } } },
        },
      },
    };
    const there = await (await given(90, moved())).ask([requests]);
    const gone = await (await given(90, moved({ account: { route53: back } }))).ask([requests]);
    const [moving, returned] = [there, gone].map((answer) => valuesOf(answer.MetricDataResults, 'requests'));
    expect(returned?.slice(0, 15)).toEqual(moving?.slice(0, 15));
    expect(returned?.slice(15)).toEqual(Array.from({ length: 15 }, () => 2));
  });

  test('is full all along where DNS has always led to the load balancer, and its address is as good as its name', async () => {
    const values = ['198.51.100.208'];
    const records = { [domain]: { A: { ttl: 60, values } } };
    const { ask } = await given(90, [{ account: { route53: { zones: { 'navralabs.com': { records } } } } }]);
    const { MetricDataResults: results } = await ask([requests]);
    expect(Math.min(...valuesOf(results, 'requests'))).toBeGreaterThanOrEqual(114);
  });
});

describe('errors', () => {
  test('there are none to be counted, and the rate is zero for every minute with requests', async () => {
    const { MetricDataResults: results } = await (await given(90, moved())).ask(rate);
    expect(valuesOf(results, 'target')).toEqual([]);
    expect(valuesOf(results, 'balancer')).toEqual([]);
    expect(valuesOf(results, 'percent')).toEqual(Array.from({ length: 30 }, () => 0));
    expect(results?.map(({ StatusCode }) => StatusCode)).toEqual(['Complete', 'Complete', 'Complete', 'Complete']);
  });

  test('a spike is where it was put, and nowhere else', async () => {
    const spike = { after: '5m', for: '3m', percent: 30 };
    const { ask } = await given(90, moved({ application: { traffic: { spike } } }));
    const { MetricDataResults: results } = await ask(rate);
    const hit = valuesOf(results, 'percent').map((value) => value > 20);
    // In sync 20 s after nine, so the spike begins and ends within a minute.
    expect(hit.flatMap((high, index) => (high ? [index] : []))).toEqual([5, 6, 7, 8]);
  });

  test('steady errors are counted by their sum; any other statistic of a count says one', async () => {
    const { ask } = await given(90, moved({ application: { traffic: { errors: 3 } } }));
    const name = 'HTTPCode_Target_5XX_Count';
    const { MetricDataResults: results } = await ask([
      metric('sum', name),
      metric('average', name, 'Average'),
      metric('count', name, 'SampleCount'),
      metric('backend', name, 'Sum', backend),
      metric('frontend', name, 'Sum', frontend),
    ]);
    expect(valuesOf(results, 'sum')[29]).toBe(3);
    expect(valuesOf(results, 'average')[29]).toBe(1);
    expect(valuesOf(results, 'count')[29]).toBe(3);
    const parts = [valuesOf(results, 'backend'), valuesOf(results, 'frontend')];
    expect((parts[0]?.[29] ?? 0) + (parts[1]?.[29] ?? 0)).toBe(3);
  });

  test('where no target can be chosen, the load balancer counts its own errors and no requests', async () => {
    const none = { desired: 0, running: 0 };
    const services = { 'aep-backend-prod-svc': none, 'aep-frontend-prod-svc': none };
    const patch = { account: { ecs: { clusters: { 'aep-prod': { services } } } } };
    const { MetricDataResults: results } = await (await given(90, moved(patch))).ask(rate);
    expect(valuesOf(results, 'requests')).toEqual([]);
    expect(valuesOf(results, 'balancer')).toHaveLength(30);
    expect(valuesOf(results, 'percent')).toEqual([]);
  });

  test('targets that hang are errors of the load balancer, of requests that count', async () => {
    const services = { 'aep-backend-prod-svc': { sick: 2 }, 'aep-frontend-prod-svc': { sick: 2 } };
    const patch = { account: { ecs: { clusters: { 'aep-prod': { services } } } } };
    const { MetricDataResults: results } = await (await given(90, moved(patch))).ask(rate);
    expect(new Set(valuesOf(results, 'percent'))).toEqual(new Set([100]));
  });
});

describe('hosts and response times', () => {
  test('hosts are counted per target group and load balancer, as the targets stand', async () => {
    const services = { 'aep-backend-prod-svc': { sick: 1 } };
    const { ask } = await given(90, [{ account: { ecs: { clusters: { 'aep-prod': { services } } } } }]);
    const { MetricDataResults: results } = await ask([
      metric('healthy', 'HealthyHostCount', 'Minimum', backend),
      metric('unhealthy', 'UnHealthyHostCount', 'Maximum', backend),
      metric('all', 'HealthyHostCount', 'Average', frontend),
      metric('unbound', 'HealthyHostCount', 'Minimum'),
    ]);
    expect(new Set(valuesOf(results, 'healthy'))).toEqual(new Set([1]));
    expect(new Set(valuesOf(results, 'unhealthy'))).toEqual(new Set([1]));
    expect(new Set(valuesOf(results, 'all'))).toEqual(new Set([2]));
    expect(valuesOf(results, 'unbound')).toEqual([]);
  });

  test('a group without targets, or of another load balancer, has no hosts to count', async () => {
    const services = { 'aep-backend-prod-svc': { desired: 0, running: 0 } };
    const listeners = { '443': { default: { forward: null, fixed: { code: 404, body: '' } } } };
    const { ask } = await given(90, [
      { account: { ecs: { clusters: { 'aep-prod': { services } } } } },
      { account: { elbv2: { load_balancers: { 'aep-prod-alb': { listeners } } } } },
    ]);
    const { MetricDataResults: results } = await ask([
      metric('backend', 'HealthyHostCount', 'Minimum', backend),
      metric('frontend', 'HealthyHostCount', 'Minimum', frontend),
    ]);
    expect([valuesOf(results, 'backend'), valuesOf(results, 'frontend')]).toEqual([[], []]);
  });

  test('response times are seconds, and a percentile lies between the least and the most', async () => {
    const { ask } = await given(90, moved());
    const { MetricDataResults: results } = await ask(
      ['Minimum', 'Average', 'p95', 'Maximum'].map((stat) => metric(stat.toLowerCase(), 'TargetResponseTime', stat)),
    );
    const [least = 0, mean = 0, p95 = 0, most = 0] = ['minimum', 'average', 'p95', 'maximum'].map(
      (id) => valuesOf(results, id)[29],
    );
    expect(least).toBeGreaterThan(0);
    expect([least < mean, mean < p95, p95 < most, most < 1]).toEqual([true, true, true, true]);
  });

  test('answers take as long as the world says', async () => {
    const { ask } = await given(90, moved({ application: { traffic: { seconds: 2 } } }));
    const { MetricDataResults: results } = await ask([metric('mean', 'TargetResponseTime', 'Average')]);
    expect(valuesOf(results, 'mean')[29]).toBeGreaterThan(2);
  });
});

describe('what somebody publishes beside the load balancers', () => {
  const own: JsonObject = {
    metric: 'Shop Orders',
    dimensions: { Stage: 'prod' },
    value: 3,
    least: 1,
    most: 5,
    since: new Date(cutover + 10 * minute).toISOString(),
  };
  const orders = (stat: string, stage?: string): MetricDataQuery => {
    const dimensions = stage === undefined ? [] : [{ Name: 'Stage', Value: stage }];
    const asked = { Namespace: 'Shop', MetricName: 'Orders', Dimensions: dimensions };
    return { Id: stat.toLowerCase(), MetricStat: { Metric: asked, Period: 60, Stat: stat } };
  };
  const published = (metrics: JsonObject): JsonObject => ({ account: { cloudwatch: { metrics } } });

  test('has a point a minute from when it began, by exactly its dimensions', async () => {
    const { ask } = await given(90, [published({ own: { orders: own } })]);
    const { MetricDataResults: results } = await ask(['Sum', 'Minimum', 'Maximum'].map((stat) => orders(stat, 'prod')));
    const [sums, least, most] = ['sum', 'minimum', 'maximum'].map((id) => valuesOf(results, id));
    expect([sums, new Set(least), new Set(most)]).toEqual([
      Array.from({ length: 20 }, () => 3),
      new Set([1]),
      new Set([5]),
    ]);
    for (const other of [undefined, 'staging'])
      expect((await ask([orders('Sum', other)])).MetricDataResults?.[0]?.Values).toEqual([]);
  });

  test('is not there where nothing is published at all', async () => {
    const { ask } = await given(90, [published({ own: { orders: own }, published: false })]);
    expect((await ask([orders('Sum', 'prod')])).MetricDataResults?.[0]?.Values).toEqual([]);
  });
});

describe('what is published', () => {
  test.each([
    ['another namespace', { Namespace: 'AWS/NetworkELB' }],
    ['another metric', { MetricName: 'RequestCounts' }],
    ['no dimension', { Dimensions: [] }],
    ['the whole ARN for a dimension', { Dimensions: [{ Name: 'LoadBalancer', Value: `arn:aws:x:${balancer}` }] }],
    [
      'one dimension too many',
      {
        Dimensions: [
          { Name: 'LoadBalancer', Value: balancer },
          { Name: 'AvailabilityZone', Value: 'us-east-1a' },
        ],
      },
    ],
    [
      'a target group nobody has',
      {
        Dimensions: [
          { Name: 'LoadBalancer', Value: balancer },
          { Name: 'TargetGroup', Value: resource('targetgroup', 'nope') },
        ],
      },
    ],
  ])('nothing for %s, and no error either', async (_, change) => {
    const { ask } = await given(90);
    const stat = { ...requests.MetricStat?.Metric, ...change };
    const { MetricDataResults: results } = await ask([
      { Id: 'a', MetricStat: { Metric: stat, Period: 60, Stat: 'Sum' } },
    ]);
    expect(results).toMatchObject([{ Id: 'a', StatusCode: 'Complete' }]);
    expect(valuesOf(results, 'a')).toEqual([]);
  });

  test('nothing in another region, nor before the load balancer was there', async () => {
    const { ask } = await given(90, [], 'eu-central-1');
    expect(valuesOf((await ask([requests])).MetricDataResults, 'requests')).toEqual([]);
    const created = new Date(cutover + 10 * minute).toISOString();
    const patch = { account: { elbv2: { load_balancers: { 'aep-prod-alb': { created } } } } };
    const { MetricDataResults: results } = await (await given(90, [patch])).ask([requests]);
    expect(valuesOf(results, 'requests')).toHaveLength(20);
  });

  test('nothing is younger than a minute: a period appears when it has been over for that long', async () => {
    const stamps = async (minutes: number, period: number) => {
      const { MetricDataResults: results } = await (
        await given(minutes)
      ).ask([metric('a', 'RequestCount', 'Sum', undefined, period)]);
      return results?.[0]?.Timestamps?.map((each) => (each.getTime() - cutover) / minute).toReversed();
    };
    expect(await stamps(1.99, 60)).toEqual([]);
    expect(await stamps(2, 60)).toEqual([0]);
    expect(await stamps(5.5, 60)).toEqual([0, 1, 2, 3]);
    expect(await stamps(10.9, 300)).toEqual([0]);
    expect(await stamps(11, 300)).toEqual([0, 5]);
  });

  test('the start belongs to the window and the end does not; both are on the raster of the period', async () => {
    const { ask } = await given(90);
    const stamps = async (from: number, to: number, period: number) => {
      const window = { StartTime: new Date(cutover + from * minute), EndTime: new Date(cutover + to * minute) };
      const { MetricDataResults: results } = await ask([metric('a', 'RequestCount', 'Sum', undefined, period)], {
        ...window,
        ScanBy: 'TimestampAscending',
      });
      return results?.[0]?.Timestamps?.map((each) => (each.getTime() - cutover) / minute);
    };
    expect(await stamps(0, 3, 60)).toEqual([0, 1, 2]);
    expect(await stamps(0.6, 2.1, 60)).toEqual([0, 1, 2]);
    expect(await stamps(2, 11, 300)).toEqual([0, 5, 10]);
    expect(await stamps(2, 11, 10)).toEqual([]);
  });

  test('a longer period sums its minutes up', async () => {
    const { ask } = await given(90, moved());
    const { MetricDataResults: results } = await ask([requests, metric('long', 'RequestCount', 'Sum', undefined, 300)]);
    const minutes = valuesOf(results, 'requests');
    expect(valuesOf(results, 'long')).toEqual([0, 5, 10, 15, 20, 25].map((from) => sum(minutes.slice(from, from + 5))));
  });

  test('nothing at all when nothing is published; FILL makes zeros of that, a division does not', async () => {
    const { ask } = await given(90, moved({ account: { cloudwatch: { metrics: { published: false } } } }));
    const { MetricDataResults: results } = await ask([...rate, math('filled', 'FILL(target, 0)')]);
    expect(valuesOf(results, 'requests')).toEqual([]);
    expect(valuesOf(results, 'percent')).toEqual([]);
    expect(valuesOf(results, 'filled')).toHaveLength(30);
    expect(results?.every(({ StatusCode }) => StatusCode === 'Complete')).toBe(true);
  });

  test('half of the points, and PartialData, when data is incomplete', async () => {
    const { ask } = await given(90, moved({ account: { cloudwatch: { metrics: { complete: false } } } }));
    const { MetricDataResults: results, NextToken: next } = await ask(rate);
    expect(valuesOf(results, 'requests')).toHaveLength(15);
    expect(valuesOf(results, 'percent')).toHaveLength(15);
    expect(new Set(results?.map(({ StatusCode }) => StatusCode))).toEqual(new Set(['PartialData']));
    expect(next).toBeUndefined();
  });
});

describe('the request', () => {
  test('what is not to be returned is not, and can be counted with', async () => {
    const { ask } = await given(90);
    const { MetricDataResults: results } = await ask([
      { ...requests, ReturnData: false },
      { ...math('twice', '2 * requests'), Label: 'Twice' },
    ]);
    expect(results).toMatchObject([{ Id: 'twice', Label: 'Twice' }]);
    expect(valuesOf(results, 'twice')[0]).toBe(4);
  });

  test('expressions build on expressions, in any order', async () => {
    const { ask } = await given(90);
    const { MetricDataResults: results } = await ask([math('b', 'a + 1'), math('a', '2 * requests'), requests]);
    expect(valuesOf(results, 'b')[0]).toBe(5);
  });

  test('pages by MaxDatapoints hold every point once, and say which series they cut', async () => {
    const { ask, client, window } = await given(90, moved());
    const whole = await ask([requests, math('twice', '2 * requests')]);
    const input = { ...window, MetricDataQueries: [requests, math('twice', '2 * requests')], MaxDatapoints: 25 };
    const pages: (readonly MetricDataResult[])[] = [];
    for await (const page of paginateGetMetricData({ client }, input)) pages.push(page.MetricDataResults ?? []);
    expect(pages.map((page) => page.map(({ Id, StatusCode, Values }) => [Id, StatusCode, Values?.length]))).toEqual([
      [['requests', 'PartialData', 25]],
      [
        ['requests', 'Complete', 5],
        ['twice', 'PartialData', 20],
      ],
      [['twice', 'Complete', 10]],
    ]);
    for (const id of ['requests', 'twice']) {
      const paged = pages.flat().filter((result) => result.Id === id);
      const [first] = (whole.MetricDataResults ?? []).filter((result) => result.Id === id);
      expect(paged.flatMap(({ Values }) => Values ?? [])).toEqual(first?.Values);
      expect(paged.flatMap(({ Timestamps }) => Timestamps ?? [])).toEqual(first?.Timestamps);
    }
  });

  test('a token is good for its own question only', async () => {
    const { ask } = await given(90);
    const { NextToken: next } = await ask([requests], { MaxDatapoints: 5 });
    await expect(ask([metric('other', 'RequestCount')], { NextToken: next, MaxDatapoints: 5 })).rejects.toMatchObject({
      name: 'InvalidNextToken',
    });
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...requests, Id: `q${index}` }));

  const refused: readonly (readonly [string, MetricDataQuery[], Partial<GetMetricDataInput>])[] = [
    ['an unknown name', [requests, math('a', 'requests + nobody')], {}],
    ['a circle', [math('a', 'b + 1'), math('b', 'a + 1')], {}],
    ['itself', [math('a', 'a')], {}],
    ['a function not played', [requests, math('a', 'ANOMALY_DETECTION_BAND(requests)')], {}],
    ['one number', [requests, math('a', 'SUM(requests)')], {}],
    ['two periods', [requests, metric('b', 'RequestCount', 'Sum', undefined, 300), math('a', 'requests + b')], {}],
    ['one id twice', [requests, requests], {}],
    ['an id that begins with a capital', [{ ...requests, Id: 'Requests' }], {}],
    ['neither a metric nor an expression', [{ Id: 'a' }], {}],
    ['both', [{ ...requests, Expression: '1' }], {}],
    ['a statistic there is not', [metric('a', 'RequestCount', 'Median')], {}],
    ['a percentile there is not', [metric('a', 'RequestCount', 'p101')], {}],
    ['a period of 90 s', [metric('a', 'RequestCount', 'Sum', undefined, 90)], {}],
    ['nothing', [], {}],
    ['too much', many(501), {}],
    ['a window that ends at its start', [requests], { EndTime: new Date(cutover) }],
    ['no points a page', [requests], { MaxDatapoints: 0 }],
    ['too many points a page', [requests], { MaxDatapoints: 100_801 }],
  ];

  test.each(refused)('is refused for %s', async (_, queries, input) => {
    const { ask } = await given(90);
    await expect(ask(queries, input)).rejects.toMatchObject({
      name: expect.stringMatching(/^Validation(Error|Exception)$/),
    });
  });

  test('five hundred queries are not too many', async () => {
    const { ask } = await given(3);
    expect((await ask(many(500))).MetricDataResults).toHaveLength(500);
  });

  test('comes as a form too, as older clients send it', async () => {
    const { standIn } = await given(90, moved());
    const form = new URLSearchParams({
      Action: 'GetMetricData',
      Version: '2010-08-01',
      StartTime: '2026-03-02T09:00:00Z',
      EndTime: '2026-03-02T09:02:00Z',
      'MetricDataQueries.member.1.Id': 'requests',
      'MetricDataQueries.member.1.MetricStat.Metric.Namespace': 'AWS/ApplicationELB',
      'MetricDataQueries.member.1.MetricStat.Metric.MetricName': 'RequestCount',
      'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name': 'LoadBalancer',
      'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value': balancer,
      'MetricDataQueries.member.1.MetricStat.Period': '60',
      'MetricDataQueries.member.1.MetricStat.Stat': 'Sum',
      'MetricDataQueries.member.2.Id': 'half',
      'MetricDataQueries.member.2.Expression': 'requests / 4',
    });
    const scope = 'AKID/20260302/us-east-1/monitoring/aws4_request';
    const answer = await fetch(standIn.awsUrl, {
      method: 'POST',
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
      body: form,
    });
    const xml = await answer.text();
    expect(answer.status).toBe(200);
    const members = [...xml.matchAll(/<member>([^<]+)<\/member>/g)].map(([, text]) => text);
    expect(members).toEqual(['2026-03-02T09:01:00Z', '2026-03-02T09:00:00Z', ...members.slice(2)]);
    expect(xml).toContain('<Id>half</Id>');
    expect(xml).toMatch(/<member>\d+\.\d+<\/member>/);
    expect(xml).toContain('<StatusCode>Complete</StatusCode>');
  });
});
