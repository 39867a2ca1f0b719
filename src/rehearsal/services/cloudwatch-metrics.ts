// CloudWatch: GetMetricData, with the metric math that checklists use and nothing younger than a minute.

import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
  MetricStat,
} from '@aws-sdk/client-cloudwatch';
import { namesIn, parseMath } from '../../engine/metric-math.ts';
import { evaluateSeries, type Series } from '../../engine/metric-math-value.ts';
import { merged, metricOf } from '../metrics.ts';
import type { Sample } from '../metrics.ts';
import { pageOf } from '../pages.ts';
import { idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

const minuteMs = 60_000;
/** So long after a period has ended its point appears. */
const lagMs = 60_000;
/** Older points are gone. */
const keptMs = 455 * 86_400_000;
const queryLimit = 500;
const pointLimit = 100_800;

interface Question {
  readonly queries: ReadonlyMap<string, MetricDataQuery>;
  /** In ms, as asked. */
  readonly start: number;
  readonly end: number;
  readonly place: Place;
  /** What was found so far, by id. */
  readonly found: Map<string, Found>;
}

interface Found {
  /** In seconds. */
  readonly period: number;
  /** By the moment a period begins. */
  readonly series: Series;
}

/** Points come metric after metric; a page cuts wherever MaxDatapoints says, and says PartialData of what it cut. */
export function GetMetricData(input: GetMetricDataInput, place: Place): GetMetricDataOutput {
  const size = input.MaxDatapoints ?? pointLimit;
  if (size < 1 || size > pointLimit) invalid(`MaxDatapoints must be between 1 and ${pointLimit}, got ${size}`);
  const question: Question = { ...checked(input), place, found: new Map() };
  const ascending = input.ScanBy === 'TimestampAscending';
  const series = new Map([...question.queries.keys()].map((id) => [id, find(question, id, []).series]));
  const wanted = [...question.queries].filter(([, query]) => query.ReturnData !== false);
  const points = wanted.flatMap(([id]) => {
    const all = [...(series.get(id) ?? [])].toSorted(([a], [b]) => (ascending ? a - b : b - a));
    return all.map(([at, value], index) => ({ id, at, value, last: index === all.length - 1 }));
  });
  const words = JSON.stringify([input.MetricDataQueries, question.start, question.end, ascending]);
  const page = pageOf(points, {
    token: input.NextToken,
    size,
    question: `metrics ${idOf(words, 16)}`,
    code: 'InvalidNextToken',
  });
  const results = wanted.flatMap(([id, query]) => {
    const here = page.items.filter((point) => point.id === id);
    const empty = series.get(id)?.size === 0 && input.NextToken === undefined;
    if (here.length === 0 && !empty) return [];
    return [resultOf(place, query, here, empty || here.some(({ last }) => last))];
  });
  return { MetricDataResults: results, NextToken: page.next, Messages: [] };
}

function invalid(message: string): never {
  return refuse('ValidationError', message);
}

function resultOf(
  place: Place,
  query: MetricDataQuery,
  points: readonly { readonly at: number; readonly value: number }[],
  whole: boolean,
): MetricDataResult {
  return {
    Id: query.Id,
    Label: query.Label ?? query.MetricStat?.Metric?.MetricName ?? query.Id,
    Timestamps: points.map(({ at }) => new Date(at)),
    Values: points.map(({ value }) => value),
    StatusCode: whole && place.account.cloudwatch.metrics.complete ? 'Complete' : 'PartialData',
  };
}

function checked(input: GetMetricDataInput): Pick<Question, 'queries' | 'start' | 'end'> {
  const { MetricDataQueries: queries = [], StartTime: start, EndTime: end } = input;
  if (start === undefined || end === undefined) invalid('The parameters StartTime and EndTime are required');
  if (start.getTime() >= end.getTime()) invalid('The parameter StartTime must be less than the parameter EndTime');
  if (queries.length === 0) invalid('The parameter MetricDataQueries is required');
  if (queries.length > queryLimit) invalid(`MetricDataQueries holds at most ${queryLimit}, got ${queries.length}`);
  const byId = new Map<string, MetricDataQuery>();
  for (const query of queries) {
    const id = query.Id ?? '';
    if (!/^[a-z]\w{0,254}$/.test(id)) invalid(`The value for parameter id is not valid: ${id.slice(0, 100)}`);
    if (byId.has(id)) invalid('The values for parameter id in the MetricDataQueries array are not unique');
    if ((query.MetricStat === undefined) === (query.Expression === undefined)) {
      invalid(`Query ${id} must have either MetricStat or Expression`);
    }
    byId.set(id, query);
  }
  return { queries: byId, start: start.getTime(), end: end.getTime() };
}

/** What a query gives. `path` is how it was come to: an expression may not lead back. */
function find(question: Question, id: string, path: readonly string[]): Found {
  const known = question.found.get(id);
  if (known !== undefined) return known;
  const query = question.queries.get(id);
  if (query === undefined) invalid(`Error in expression '${path.at(-1) ?? ''}' [Undefined variable: ${id}]`);
  if (path.includes(id)) invalid(`Error in expression '${id}' [Circular reference]`);
  const { MetricStat: stat, Expression: text = '' } = query;
  const found = stat === undefined ? calculate(question, id, text, path) : measure(question, id, stat);
  question.found.set(id, found);
  return found;
}

function calculate(question: Question, id: string, text: string, path: readonly string[]): Found {
  const parsed = parseMath(text);
  if ('problem' in parsed) invalid(`Error in expression '${id}' [${parsed.problem}, at ${parsed.offset}]`);
  const inner = new Map(namesIn(parsed.math).map((name) => [name, find(question, name, [...path, id])]));
  const [period = 0, ...others] = new Set([...inner.values()].map((found) => found.period));
  if (others.length > 0) invalid(`Error in expression '${id}' [All metrics must have the same period]`);
  const series = (name: string): Series => inner.get(name)?.series ?? new Map();
  return { period, series: evaluateSeries(parsed.math, series, momentsOf(question, period)) };
}

function measure(question: Question, id: string, stat: MetricStat): Found {
  const { Metric: metric = {}, Period: period = 0, Stat: name = '' } = stat;
  const value =
    statistic(name) ?? invalid(`The value ${name.slice(0, 100)} for parameter Stat of ${id} is not supported`);
  if (![1, 5, 10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0)) {
    invalid(`The parameter Period of ${id} must be 1, 5, 10, 20, 30 or a multiple of 60, got ${period}`);
  }
  const found = metricOf(question.place, {
    namespace: metric.Namespace ?? '',
    name: metric.MetricName ?? '',
    dimensions: (metric.Dimensions ?? []).map((each) => [each.Name ?? '', each.Value ?? '']),
  });
  if (found === undefined) return { period, series: new Map() };
  const points = new Map<number, number>();
  for (const moment of momentsOf(question, period)) {
    const minutes = Array.from({ length: period / 60 }, (_, index) => found(moment + index * minuteMs));
    const sample = merged(minutes);
    if (sample !== undefined) points.set(moment, value(sample));
  }
  return { period, series: points };
}

/** The beginnings of all published periods in the window, oldest first; every second one where data is incomplete. */
function momentsOf({ start, end, place }: Question, period: number): readonly number[] {
  const periodMs = period * 1000;
  // These metrics are kept by the minute: below that there is nothing.
  if (periodMs < minuteMs) return [];
  const moments: number[] = [];
  const oldest = Math.max(start, place.now - keptMs);
  for (
    let at = Math.floor(oldest / periodMs) * periodMs;
    at < end && at + periodMs + lagMs <= place.now;
    at += periodMs
  ) {
    if (place.account.cloudwatch.metrics.complete || (at / periodMs) % 2 === 0) moments.push(at);
  }
  return moments;
}

function statistic(name: string): ((sample: Sample) => number) | undefined {
  if (name === 'Sum') return ({ sum }) => sum;
  if (name === 'SampleCount') return ({ count }) => count;
  if (name === 'Average') return ({ sum, count }) => sum / count;
  if (name === 'Minimum') return ({ min }) => min;
  if (name === 'Maximum') return ({ max }) => max;
  const percent = Number(/^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1] ?? Number.NaN);
  return Number.isNaN(percent) ? undefined : ({ min, max }) => min + ((max - min) * percent) / 100;
}
