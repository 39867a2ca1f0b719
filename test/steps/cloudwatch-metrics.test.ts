// Goal: only complete answers make numbers, a series without a point has none, and every series comes in one request.
// Method: the kind against scripted answers, through a real client against a server with pages, and against the stand-in.

import { describe, expect, onTestFinished, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import type { Json, JsonObject } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';
import { cloudwatchMetrics as kind, type CloudwatchMetricsArgs } from '../../src/steps/cloudwatch-metrics.ts';
import type { History } from '../../src/steps/kind.ts';
import type { AwsCall } from '../../src/world.ts';
import { rehearse, serve } from '../effects/aws-server.ts';
import { givenStandIn } from '../rehearsal/given.ts';
import { attempt, denied, listOf, missing, now, scripted } from './aws-world.ts';

const minute = 60_000;
const balancer = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/aep-prod-alb/6d70595752b8b1e6';
const group = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/aep-prod-backend/0123456789abcdef';
const sum = (name: string): JsonObject => ({ metric: `AWS/ApplicationELB ${name}`, stat: 'Sum' });
const rate: JsonObject = {
  requests: sum('RequestCount'),
  errors: sum('HTTPCode_Target_5XX_Count'),
  percent: { expression: '100 * FILL(errors, 0) / requests' },
};

function argsOf(series: JsonObject = rate, more: JsonObject = {}): CloudwatchMetricsArgs {
  return kind.schema.parse({ period: '60s', series, ...more });
}

/** Points by minutes after `from`; a null is a period without a point. */
type Line = readonly (number | null)[];

function result(Id: string, line: Line, from: number, more: JsonObject = {}): JsonObject {
  const there = line.flatMap((value, at) => (value === null ? [] : [{ at: from + at * minute, value }]));
  const Timestamps = there.map(({ at }) => new Date(at).toISOString());
  return { Id, Label: Id, StatusCode: 'Complete', Timestamps, Values: there.map(({ value }) => value), ...more };
}

const answerOf = (...results: JsonObject[]): JsonObject => ({ MetricDataResults: results });

const from = now - 6 * minute;

/** What it remembers of the six minutes before now. */
async function remember(
  lines: Readonly<Record<string, Line>>,
  series: JsonObject = rate,
  window = { from, to: now },
): Promise<History> {
  const results = Object.keys(series).map((name) => result(name, lines[name] ?? [], from));
  return await history(scripted({ 'cloudwatch:GetMetricData': answerOf(...results) }), argsOf(series), window);
}

async function history(
  { world }: ReturnType<typeof scripted>,
  args = argsOf(),
  window = { from, to: now },
): Promise<History> {
  if (kind.history === undefined) throw new Error('it remembers nothing');
  return await kind.history(args, world, attempt, window);
}

async function blindness(answer: JsonObject, args = argsOf()): Promise<BlindError> {
  const thrown: unknown = await history(scripted({ 'cloudwatch:GetMetricData': answer }), args).then(
    () => 'a history',
    (error: unknown) => error,
  );
  if (thrown instanceof BlindError) return thrown;
  throw new Error(`it was not blind: ${String(thrown)}`);
}

/** The problems of these arguments, each with where it is. */
function problems(series: JsonObject, more: JsonObject = {}): readonly string[] {
  const parsed = kind.schema.safeParse({ period: '60s', series, ...more });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the question', () => {
  async function asked(args: CloudwatchMetricsArgs): Promise<readonly AwsCall[]> {
    const { world, calls } = scripted({
      'cloudwatch:GetMetricData': answerOf(...Object.keys(args.series).map((name) => result(name, [1], from))),
    });
    await kind.run(args, world, attempt);
    return calls;
  }

  test('is one for all series, the oldest point first, to the end of the last whole period', async () => {
    const calls = await asked(argsOf());
    expect(calls).toHaveLength(1);
    expect(calls[0]?.input).toMatchObject({
      StartTime: '2026-03-01T11:50:00.000Z',
      EndTime: '2026-03-01T12:00:00.000Z',
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        {
          Id: 'requests',
          MetricStat: {
            Metric: { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount' },
            Period: 60,
            Stat: 'Sum',
          },
        },
        { Id: 'errors' },
        { Id: 'percent', Expression: '100 * FILL(errors, 0) / requests' },
      ],
    });
  });

  test('names load balancers and target groups by the end of their ARN, and leaves other values alone', async () => {
    const dimensions = { LoadBalancer: balancer, TargetGroup: group, ServiceName: balancer };
    const [call] = await asked(argsOf({ healthy: { ...sum('HealthyHostCount'), dimensions } }));
    const [query] = listOf(call?.input['MetricDataQueries']);
    expect(query).toMatchObject({
      MetricStat: {
        Metric: {
          Dimensions: [
            { Name: 'LoadBalancer', Value: 'app/aep-prod-alb/6d70595752b8b1e6' },
            { Name: 'TargetGroup', Value: 'targetgroup/aep-prod-backend/0123456789abcdef' },
            { Name: 'ServiceName', Value: balancer },
          ],
        },
      },
    });
    const short = { ...sum('RequestCount'), dimensions: { LoadBalancer: 'app/aep-prod-alb/6d70595752b8b1e6' } };
    expect(JSON.stringify(await asked(argsOf({ short })))).toContain('"Value":"app/aep-prod-alb/6d70595752b8b1e6"');
  });

  test('goes to the account and region of the probe, past the cache when a window is watched', async () => {
    const fake = scripted({ 'cloudwatch:GetMetricData': answerOf(result('requests', [1], from)) });
    const args = argsOf({ requests: sum('RequestCount') }, { account: 'edge', region: 'us-east-1' });
    await history(fake, args);
    await kind.run(args, fake.world, attempt);
    expect(fake.calls).toMatchObject([{ account: 'edge', region: 'us-east-1', fresh: true }, { account: 'edge' }]);
    expect(fake.calls[1]?.fresh).toBeUndefined();
  });

  test('is about whole periods inside the window, wherever it begins', async () => {
    const fake = scripted({
      'cloudwatch:GetMetricData': answerOf(...Object.keys(rate).map((id) => result(id, [1, 2, 3], from))),
    });
    const { samples } = await history(fake, argsOf(), { from: from + 1, to: from + 3 * minute - 1 });
    expect(fake.calls[0]?.input).toMatchObject({
      StartTime: new Date(from + minute).toISOString(),
      EndTime: new Date(from + 2 * minute).toISOString(),
    });
    expect(samples.map(({ at }) => at)).toEqual([from + minute]);
  });

  test('is not asked about a window without a whole period', async () => {
    const fake = scripted({});
    const { samples, whole, periodMs } = await history(fake, argsOf(), { from: from + 1, to: from + minute });
    expect(fake.calls).toEqual([]);
    expect(samples).toEqual([]);
    expect(periodMs).toBe(minute);
    expect(whole['points']).toEqual({ requests: 0, errors: 0, percent: 0 });
    expect(whole).not.toHaveProperty('requests');
  });
});

describe('an answer that is not complete is no answer', () => {
  const others = [result('errors', [], from), result('percent', [], from)];
  test.each([
    ['PartialData', 'server', true],
    ['InternalError', 'server', true],
    ['Forbidden', 'access-denied', false],
    ['Sulking', 'server', true],
  ])('%s', async (StatusCode, code, transient) => {
    const Messages = [{ Code: 'x', Value: `why it is so ${'x'.repeat(2000)}` }];
    const error = await blindness(answerOf(result('requests', [1, 2], from, { StatusCode, Messages }), ...others));
    expect(error).toMatchObject({ code, transient });
    expect(error.message).toMatch(new RegExp(`requests.*${StatusCode}|${StatusCode}.*requests`));
    expect(error.message).toContain('why it is so');
    expect(error.message.length).toBeLessThanOrEqual(600);
    expect(error.requests).toEqual(['GetMetricData-1']);
  });

  test('nor is one whose status is missing', async () => {
    const { StatusCode: _, ...silent } = result('requests', [1], from);
    expect((await blindness(answerOf(silent, ...others))).message).toContain('requests');
  });

  test('nor one that lacks a series, or has no list', async () => {
    expect((await blindness(answerOf(...others))).message).toContain('requests');
    await blindness({});
  });

  test('nor one with two series of a name, as a SEARCH gives', async () => {
    const two = [result('requests', [1], from, { Label: 'a' }), result('requests', [2], from, { Label: 'b' })];
    const error = await blindness(answerOf(...two, ...others));
    expect(error).toMatchObject({ code: 'invalid', transient: false });
  });

  test('nor one that CloudWatch says is only as much as it could do', async () => {
    const Messages = [{ Code: 'MaxMetricsExceeded', Value: 'Maximum number of allowed metrics exceeded' }];
    const error = await blindness({ ...answerOf(result('requests', [1], from), ...others), Messages });
    expect(error.message).toContain('Maximum number of allowed metrics exceeded');
  });

  test.each([
    ['denied', denied],
    ['a thing that is not there', missing('ResourceNotFound')],
  ])('nor is %s', async (_, said) => {
    const thrown = await history(scripted({ 'cloudwatch:GetMetricData': said })).then(
      () => 'a history',
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(BlindError);
  });
});

describe('each period', () => {
  test('is a sample with the series that have a point then, and none without any', async () => {
    const { samples, periodMs, requests } = await remember({
      requests: [10, null, 30],
      errors: [null, null, 3],
      percent: [0, null, 10],
    });
    expect(samples).toEqual([
      { at: from, facts: { requests: 10, percent: 0 } },
      { at: from + 2 * minute, facts: { requests: 30, errors: 3, percent: 10 } },
    ]);
    expect(periodMs).toBe(minute);
    expect(requests).toEqual(['GetMetricData-1']);
  });

  test('comes oldest first, whatever the order of the answer, and never from outside the window', async () => {
    const line = result('requests', [1, 2, 3], from - minute);
    const back = { ...line, Timestamps: (line['Timestamps'] as Json[]).toReversed(), Values: [3, 2, 1] };
    const fake = scripted({ 'cloudwatch:GetMetricData': answerOf(back) });
    const window = { from, to: from + minute };
    const { samples } = await history(fake, argsOf({ requests: sum('RequestCount') }), window);
    expect(samples).toEqual([{ at: from, facts: { requests: 2 } }]);
  });

  test('has no point where the value is no number', async () => {
    const odd = result('requests', [1, 2], from, { Values: ['NaN', 2] });
    const fake = scripted({ 'cloudwatch:GetMetricData': answerOf(odd) });
    const { samples } = await history(fake, argsOf({ requests: sum('RequestCount') }));
    expect(samples).toEqual([{ at: from + minute, facts: { requests: 2 } }]);
  });
});

describe('the whole window', () => {
  const stats = Object.fromEntries(
    ['Sum', 'SampleCount', 'Minimum', 'Maximum', 'Average', 'p95', 'p99.9'].map((stat) => [
      stat.toLowerCase().replace('.', '_'),
      { metric: 'AWS/ApplicationELB X', stat },
    ]),
  );

  test('has one number a series by its statistic, and none for percentiles', async () => {
    const line = [4, 1, null, 7];
    const { whole } = await remember(Object.fromEntries(Object.keys(stats).map((name) => [name, line])), stats);
    expect(whole).toMatchObject({ sum: 12, samplecount: 12, minimum: 1, maximum: 7, average: 4 });
    expect(whole).not.toHaveProperty('p95');
    expect(whole).not.toHaveProperty('p99_9');
    expect(whole['points']).toMatchObject({ sum: 3, p95: 3 });
  });

  test('has one ratio, of what everything adds up to', async () => {
    const { whole } = await remember({ requests: [1, 99], errors: [1, null], percent: [100, 0] });
    expect(whole['percent']).toBe(1);
  });

  test('works out expressions of expressions', async () => {
    const series = { ...rate, fine: { expression: '100 - percent' }, twice: { expression: '2 * fine' } };
    const line = [1, 1];
    const { whole } = await remember(
      { requests: [50, 50], errors: [1, 1], percent: line, fine: line, twice: line },
      series,
    );
    expect(whole).toMatchObject({ percent: 2, fine: 98, twice: 196 });
  });

  test('has no number for what has no point: no data is not zero', async () => {
    const { whole } = await remember({ requests: [], errors: [], percent: [] });
    for (const name of Object.keys(rate)) expect(whole).not.toHaveProperty(name);
    expect(whole).toMatchObject({ points: { requests: 0, errors: 0, percent: 0 }, first_third: {}, increase: {} });
    expect(judge([{ path: 'percent', lt: 1 }], whole, now).verdict).not.toBe('pass');
    const filled = { errors: sum('HTTPCode_Target_5XX_Count'), all: { expression: 'FILL(errors, 0)' } };
    expect((await remember({}, filled)).whole).not.toHaveProperty('all');
  });

  test('has no number where it would divide by zero, or where the math is beyond what is known here', async () => {
    const odd = { a: sum('A'), b: sum('B'), ratio: { expression: 'a / b' }, top: { expression: 'MAX([a, b])' } };
    const { whole } = await remember({ a: [1], b: [0], ratio: [1], top: [1] }, odd);
    expect(whole).toMatchObject({ a: 1, b: 0, points: { ratio: 1, top: 1 } });
    expect(whole).not.toHaveProperty('ratio');
    expect(whole).not.toHaveProperty('top');
  });

  test('does not fill a percentile that cannot be worked out with a zero', async () => {
    const series = {
      slow: { metric: 'AWS/ApplicationELB X', stat: 'p95' },
      ms: { expression: '1000 * FILL(slow, 0)' },
    };
    const { whole, samples } = await remember({ slow: [2], ms: [2000] }, series);
    expect(samples[0]?.facts).toEqual({ slow: 2, ms: 2000 });
    expect(whole).not.toHaveProperty('ms');
  });

  test('compares its last third with its first, as many whole periods of each', async () => {
    const requests = sum('RequestCount');
    const window = { from, to: from + 7 * minute };
    const grown = [1, 3, 100, 100, 100, 10, 20];
    const { whole } = await remember({ requests: grown }, { requests }, window);
    expect(whole).toMatchObject({
      first_third: { requests: 2 },
      last_third: { requests: 15 },
      increase: { requests: 13 },
    });
    const holes = await remember({ requests: [4, null, 9, 9, null, 1] }, { requests });
    expect(holes.whole).toMatchObject({
      first_third: { requests: 4 },
      last_third: { requests: 1 },
      increase: { requests: -3 },
    });
  });

  test('has nothing to compare in fewer than three periods, or without a point in one of the thirds', async () => {
    const requests = sum('RequestCount');
    const short = await remember({ requests: [1, 2] }, { requests }, { from, to: from + 2 * minute });
    expect(short.whole).toMatchObject({ first_third: {}, last_third: {}, increase: {} });
    const late = await remember({ requests: [null, null, null, null, 5, 5] }, { requests });
    expect(late.whole).toMatchObject({ first_third: {}, last_third: { requests: 5 }, increase: {} });
    expect(judge([{ path: 'increase.requests', gt: 0 }], late.whole, now).verdict).not.toBe('pass');
  });

  test('says from when to when it is', async () => {
    const { whole } = await remember({});
    expect(whole).toMatchObject({ from: '2026-03-01T11:54:00.000Z', to: '2026-03-01T12:00:00.000Z', period_s: 60 });
  });

  test('is what a single look brings, over the window of the probe', async () => {
    const fake = scripted({ 'cloudwatch:GetMetricData': answerOf(result('requests', [1, 2, 3], from)) });
    const args = argsOf({ requests: sum('RequestCount') }, { window: '6m' });
    const { facts, requests } = await kind.run(args, fake.world, attempt);
    expect(facts).toMatchObject({ requests: 6, points: { requests: 3 }, from: '2026-03-01T11:54:00.000Z' });
    expect(requests).toEqual(['GetMetricData-1']);
    const hourly = scripted({ 'cloudwatch:GetMetricData': answerOf(result('requests', [], from)) });
    await kind.run(argsOf({ requests: sum('RequestCount') }, { period: '1h' }), hourly.world, attempt);
    expect(hourly.calls[0]?.input).toMatchObject({ StartTime: '2026-03-01T11:00:00.000Z' });
  });
});

describe('what it takes', () => {
  test('an expression may only name series of this probe, and the problem says which and where', () => {
    const [problem, ...more] = problems({ ...rate, percent: { expression: '100 * FILL(erors, 0) / requests' } });
    expect(problem).toMatch(/^series\.percent\.expression: .*erors at character 12/);
    expect(more).toEqual([]);
  });

  test('an expression may not be worked out from itself, by whatever way', () => {
    expect(problems({ a: { expression: 'a + 1' } })[0]).toMatch(/^series\.a\.expression: /);
    const round = problems({ a: { expression: 'b + 1' }, b: { expression: 'c * 2' }, c: { expression: 'a' } });
    expect(round.length).toBeGreaterThan(0);
    expect(round[0]).toMatch(/^series\.\w\.expression: .*circle/);
    expect(problems({ ...rate, behind: { expression: 'percent + 1' } })).toEqual([]);
  });

  test('math that only CloudWatch knows is left to it', () => {
    expect(problems({ ...rate, top: { expression: 'MAX(METRICS())' } })).toEqual([]);
  });

  test.each(['first_third', 'last_third', 'increase', 'points', 'from', 'to', 'period_s', 'at'])(
    'no series is called %s, which the facts have already',
    (name) => {
      expect(problems({ [name]: sum('X') }).length).toBeGreaterThan(0);
    },
  );

  test.each<[string, JsonObject, JsonObject]>([
    ['no series', {}, {}],
    ['a name that is no id of CloudWatch', { Requests: sum('X') }, {}],
    ['a name with a dash', { 'my-requests': sum('X') }, {}],
    ['a metric without its namespace', { a: { metric: 'RequestCount', stat: 'Sum' } }, {}],
    ['a metric without a stat', { a: { metric: 'AWS/ApplicationELB X' } }, {}],
    ['a stat nobody knows', { a: { metric: 'AWS/ApplicationELB X', stat: 'Mode' } }, {}],
    ['a metric and an expression', { a: { ...sum('X'), expression: 'b' }, b: sum('Y') }, {}],
    ['a period that is no whole minute', { a: sum('X') }, { period: '90s' }],
    ['a period of nothing', { a: sum('X') }, { period: '0s' }],
    ['a window of nothing', { a: sum('X') }, { window: '0m' }],
    ['a key nobody knows', { a: sum('X') }, { interval: '60s' }],
  ])('not %s', (_, series, more) => {
    expect(problems(series, more).length).toBeGreaterThan(0);
  });
});

describe('through a real client', () => {
  test('the points of a series that goes on on the next page are one series', async () => {
    const page = (values: readonly number[], code: string, begin: number, token = ''): JsonObject => ({
      MetricDataResults: [
        {
          Id: 'requests',
          Label: 'requests',
          Timestamps: values.map((_, at) => (begin + at * minute) / 1000),
          Values: values,
          StatusCode: code,
        },
      ],
      ...(token === '' ? {} : { NextToken: token }),
    });
    const server = await serve((_, nth) => ({
      body: nth === 1 ? page([1, 2], 'PartialData', from, 'two') : page([3], 'Complete', from + 2 * minute),
    }));
    const session = await rehearse(server.endpoint);
    onTestFinished(async () => {
      await session.close();
      await server.close();
    });
    const { world } = scripted({});
    const look = { ...world, aws: session };
    const got = await kind.history?.(argsOf({ requests: sum('RequestCount') }), look, attempt, { from, to: now });
    expect(got?.samples.map(({ facts }) => facts['requests'])).toEqual([1, 2, 3]);
    expect(got?.whole['requests']).toBe(6);
    expect(server.seen).toHaveLength(2);
  });

  const series: JsonObject = {
    requests: { ...sum('RequestCount'), dimensions: { LoadBalancer: balancer } },
    errors: { ...sum('HTTPCode_Target_5XX_Count'), dimensions: { LoadBalancer: balancer } },
    percent: { expression: '100 * FILL(errors, 0) / requests' },
  };

  async function played(patch: JsonObject = {}) {
    const at = Date.parse('2026-03-02T09:00:30Z');
    const standIn = await givenStandIn(patch, () => at);
    const { world } = scripted({});
    const clock = { ...world.clock, now: () => at };
    const accounts = { '': { account: '111111111111', region: 'us-east-1' } };
    const session = await rehearse(standIn.awsUrl, { accounts, clock });
    onTestFinished(() => session.close());
    const look = { ...world, clock, aws: session };
    return { standIn, at, read: (args: CloudwatchMetricsArgs) => kind.run(args, look, attempt) };
  }

  test('one request of the stand-in gives all series, the newest minute not among them yet', async () => {
    const { standIn, read } = await played();
    const { facts } = await read(argsOf(series));
    expect(facts).toMatchObject({ percent: 0, points: { requests: 9, errors: 0, percent: 9 } });
    expect(facts['requests']).toBeGreaterThan(0);
    expect(facts).not.toHaveProperty('errors');
    expect(standIn.requests().filter(({ operation }) => operation === 'GetMetricData')).toHaveLength(1);
  });

  test('an account that gives only a part is nobody to believe, and one that publishes nothing has no numbers', async () => {
    const partial = await played({ account: { cloudwatch: { metrics: { complete: false } } } });
    await expect(partial.read(argsOf(series))).rejects.toThrow(/PartialData/);
    const silent = await played({ account: { cloudwatch: { metrics: { published: false } } } });
    const { facts } = await silent.read(argsOf(series));
    expect(facts).toMatchObject({ points: { requests: 0, errors: 0 } });
    expect(facts).not.toHaveProperty('requests');
    expect(facts).not.toHaveProperty('percent');
  });
});
