// Named series of CloudWatch and expressions over them, all in one GetMetricData, over a window on CloudWatch's clock.

import { z } from 'zod';
import { parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { BlindError } from '../errors.ts';
import type { World } from '../world.ts';
import { placeFields, placeOf, placeWords } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import { mathProblem } from './cloudwatch-expressions.ts';
import { pointsOf, queriesOf } from './cloudwatch-points.ts';
import type { Points, SeriesArgs } from './cloudwatch-points.ts';
import { wholeFacts } from './cloudwatch-whole.ts';
import type { Attempt, History, Kind, Window } from './kind.ts';

export interface CloudwatchMetricsArgs extends AwsPlace {
  /** What one point covers: `60s`. */
  readonly period: string;
  /** By name; an expression names other series of this probe. */
  readonly series: Readonly<Record<string, SeriesArgs>>;
  /** How far back a look that is no hold goes. Default 10m, or one period that is longer. */
  readonly window?: string | undefined;
}

const operations = ['cloudwatch:GetMetricData'];
const defaultWindow = '10m';
/** A day of minutes: more is a report, not a look. */
const mostPeriods = 1440;
const mostSeries = 100;
/** The form of CloudWatch's ids. */
const nameForm = /^[a-z][A-Za-z0-9_]{0,254}$/;
/** What stands beside the series in the facts of a window. */
const ownFacts = ['first_third', 'last_third', 'increase', 'points', 'from', 'to', 'period_s', 'at'];

const oneSeries: z.ZodType<SeriesArgs> = z
  .strictObject({
    metric: z
      .string()
      .regex(/^[^\s:]\S* \S.*$/, 'Write the namespace, a space and the name: AWS/ApplicationELB RequestCount')
      .optional(),
    stat: z
      .string()
      .regex(/^(?:Sum|Average|Minimum|Maximum|SampleCount|p\d{1,2}(?:\.\d{1,10})?|p100)$/, {
        error: 'Give Sum, Average, Minimum, Maximum, SampleCount or a percentile such as p95',
      })
      .optional(),
    dimensions: z.record(z.string().min(1), z.string().min(1)).optional(),
    expression: z.string().min(1).max(2048).optional(),
  })
  .superRefine(({ metric, stat, dimensions, expression }, context) => {
    const say = (message: string): void => context.addIssue({ code: 'custom', message });
    if ((metric === undefined) === (expression === undefined)) say('Give either metric or expression');
    else if (metric !== undefined && stat === undefined) say('Give the stat of the metric: Sum, Average, Maximum, p95');
    else if (expression !== undefined && (stat !== undefined || dimensions !== undefined))
      say('An expression has no stat and no dimensions: they belong to the series it names');
  });

const schema: z.ZodType<CloudwatchMetricsArgs> = z
  .strictObject({
    period: z
      .string()
      .refine(isPeriod, 'Give whole minutes, or 1s, 5s, 10s or 30s: 60s')
      .describe('what one point covers, such as 60s'),
    series: z
      .record(z.string(), oneSeries)
      .refine((all) => Object.keys(all).length > 0, 'Name at least one series')
      .refine((all) => Object.keys(all).length <= mostSeries, `At most ${mostSeries} series fit in one probe`)
      .superRefine(checkNames)
      .describe('by name: metric, stat and dimensions, or an expression over other series'),
    window: z.string().refine(isDuration, 'Give a duration such as 10m').optional().describe('how far back; 10m'),
    ...placeFields,
  })
  .refine((args) => fitsWindow(periodOf(args), windowOf(args)), {
    error: `The window takes between one period and ${mostPeriods} periods`,
    path: ['window'],
  });

/** What is no duration is told of at its own place. */
function fitsWindow(period: number, window: number): boolean {
  return period === 0 || window === 0 || (window >= period && window <= period * mostPeriods);
}

function checkNames(all: Readonly<Record<string, SeriesArgs>>, context: z.RefinementCtx): void {
  for (const name of Object.keys(all)) {
    const say = (message: string, path: string[]): void => context.addIssue({ code: 'custom', message, path });
    if (!nameForm.test(name)) say(`A name begins with a small letter and has letters, digits and _: ${name}`, [name]);
    if (ownFacts.includes(name)) say(`Choose another name: ${name} is a fact of its own`, [name]);
    const problem = mathProblem(name, all);
    if (problem !== undefined) say(problem, [name, 'expression']);
  }
}

/**
 * Facts over the window: each series by its name as one number (a Sum added up, the Maximum of all, the mean of
 * Averages; percentiles have none; expressions over those numbers), `points` (how many each has), `first_third`,
 * `last_third` and `increase` (the mean of a point in each, and what was gained), `from`, `to`, `period_s`. A series
 * without a point is absent, never 0. In a hold each period by itself is a sample with the series that have a point.
 */
export const cloudwatchMetrics: Kind<CloudwatchMetricsArgs> = {
  name: 'cloudwatch.metrics',
  summary: 'Named metrics and expressions over them, over a window; under a hold, judged period by period.',
  example: `probe:
  cloudwatch.metrics:
    period: 60s
    series:
      requests: { metric: AWS/ApplicationELB RequestCount, stat: Sum, dimensions: { LoadBalancer: "\${alb.LoadBalancerArn}" } }
      errors: { metric: AWS/ApplicationELB HTTPCode_Target_5XX_Count, stat: Sum, dimensions: { LoadBalancer: "\${alb.LoadBalancerArn}" } }
      error_percent: { expression: "100 * FILL(errors, 0) / requests" }
hold: { for: 30m, since: cutover, sample: whole }
expect:
  - { path: error_percent, lt: 1 }`,
  schema,
  nature: () => 'looks',
  describe: (args) => `Read ${Object.keys(args.series).join(', ')} from CloudWatch${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: (args) => ({ type: 'structure', members: () => membersFor(args) }),
  sampleFacts: (args) => ({ type: 'structure', members: () => seriesOf(args) }),
  run: async (args, world, attempt) => {
    const to = Math.floor(world.clock.now() / periodOf(args)) * periodOf(args);
    const window = { from: to - Math.ceil(windowOf(args) / periodOf(args)) * periodOf(args), to };
    const { points, requests } = await read(args, world, attempt, window);
    return { facts: wholeFacts(args.series, points, window, periodOf(args)), requests };
  },
  history: async (args, world, attempt, { from, to }): Promise<History> => {
    const periodMs = periodOf(args);
    // Whole periods: part of one would speak of time outside the window.
    const first = Math.ceil(from / periodMs) * periodMs;
    const window = { from: first, to: Math.max(first, Math.floor(to / periodMs) * periodMs) };
    const { points, requests } = await read(args, world, { ...attempt, fresh: true }, window);
    return {
      periodMs,
      samples: samplesOf(points),
      whole: wholeFacts(args.series, points, window, periodMs),
      requests,
    };
  },
};

async function read(
  args: CloudwatchMetricsArgs,
  world: World,
  attempt: Attempt,
  { from, to }: Window,
): Promise<{ readonly points: Points; readonly requests: readonly string[] }> {
  // CloudWatch refuses a window of no length; there is nothing in it either.
  if (to <= from) return { points: new Map(), requests: [] };
  const input = {
    MetricDataQueries: queriesOf(args.series, periodOf(args) / 1000),
    StartTime: new Date(from).toISOString(),
    EndTime: new Date(to).toISOString(),
    ScanBy: 'TimestampAscending',
  };
  const call = { service: 'cloudwatch', operation: 'GetMetricData', input, ...placeOf(args, attempt) };
  const answer = await world.aws.read(call, attempt.signal);
  const { requests } = answer;
  if ('missing' in answer)
    throw new BlindError('invalid', `cloudwatch:GetMetricData: ${answer.missing.message}`, { requests });
  return { points: pointsOf(Object.keys(args.series), answer.output, { from, to }, requests), requests };
}

/** A period in which no series has a point is no sample. */
function samplesOf(points: Points): History['samples'] {
  const byMoment = new Map<number, Record<string, number>>();
  for (const [name, series] of points) {
    for (const [at, value] of series) byMoment.set(at, { ...byMoment.get(at), [name]: value });
  }
  return [...byMoment.entries()]
    .toSorted(([a], [b]) => a - b)
    .map(([at, facts]: [number, JsonObject]) => ({ at, facts }));
}

function seriesOf(args: Partial<CloudwatchMetricsArgs>): Readonly<Record<string, Shape>> {
  return Object.fromEntries(Object.keys(args.series ?? {}).map((name) => [name, { type: 'number' }]));
}

function membersFor(args: Partial<CloudwatchMetricsArgs>): Readonly<Record<string, Shape>> {
  const number: Shape = { type: 'number' };
  const each = seriesOf(args);
  const bySeries: Shape = { type: 'structure', members: () => each };
  const own = { first_third: bySeries, last_third: bySeries, increase: bySeries, points: bySeries };
  return { ...each, ...own, from: { type: 'time' }, to: { type: 'time' }, period_s: number };
}

function isPeriod(text: string): boolean {
  const ms = parseDuration(text) ?? 0;
  return (ms > 0 && ms % 60_000 === 0) || [1000, 5000, 10_000, 30_000].includes(ms);
}

function isDuration(text: string): boolean {
  return (parseDuration(text) ?? 0) > 0;
}

function periodOf(args: CloudwatchMetricsArgs): number {
  return parseDuration(args.period) ?? 0;
}

function windowOf(args: CloudwatchMetricsArgs): number {
  if (args.window !== undefined) return parseDuration(args.window) ?? 0;
  return Math.max(parseDuration(defaultWindow) ?? 0, periodOf(args));
}
