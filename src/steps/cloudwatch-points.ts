// GetMetricData asked and answered: queries from named series, and points only from answers that are complete.

import type { Json, JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import { objects, text } from './aws-facts.ts';
import type { Window } from './kind.ts';

/** One series: a metric with its stat, or an expression. */
export interface SeriesArgs {
  /** `NAMESPACE NAME`. */
  readonly metric?: string | undefined;
  readonly stat?: string | undefined;
  /** The ARN of a load balancer or target group will do. */
  readonly dimensions?: Readonly<Record<string, string>> | undefined;
  readonly expression?: string | undefined;
}

/** The points of each series by the moment their period begins, in ms. */
export type Points = ReadonlyMap<string, ReadonlyMap<number, number>>;

const longest = 200;

/** The queries of all series: their names are the ids. */
export function queriesOf(all: Readonly<Record<string, SeriesArgs>>, periodS: number): readonly JsonObject[] {
  return Object.entries(all).map(([name, { metric = '', stat = '', dimensions = {}, expression }]) => {
    if (expression !== undefined) return { Id: name, Expression: expression, ReturnData: true };
    const [, namespace = '', metricName = ''] = /^(\S+) (.+)$/.exec(metric) ?? [];
    const Dimensions = Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: dimensionOf(Name, value) }));
    const Metric = { Namespace: namespace, MetricName: metricName, Dimensions };
    return { Id: name, MetricStat: { Metric, Period: periodS, Stat: stat }, ReturnData: true };
  });
}

/** CloudWatch knows load balancers and target groups by the end of their ARN; with the whole of it there are no points. */
function dimensionOf(name: string, value: string): string {
  if (!value.startsWith('arn:')) return value;
  if (name === 'LoadBalancer') return /:loadbalancer\/(.+)$/.exec(value)?.[1] ?? value;
  return name === 'TargetGroup' ? (/:(targetgroup\/.+)$/.exec(value)?.[1] ?? value) : value;
}

/**
 * The points of an answer that lie in the window. Throws BlindError unless there is exactly one complete result for
 * each name, because a part of a series would look like a quiet one; and for a remark about the whole answer, with which
 * CloudWatch says that it did only as much as it could.
 */
export function pointsOf(
  names: readonly string[],
  output: JsonObject,
  window: Window,
  requests: readonly string[],
): Points {
  const results = objects(output['MetricDataResults']);
  const remarks = wordsOf(output).join(': ').slice(0, longest);
  if (remarks !== '') {
    throw new BlindError('server', `CloudWatch says of the whole answer: ${remarks}`, { transient: true, requests });
  }
  const incomplete = results.filter((result) => result['StatusCode'] !== 'Complete');
  if (incomplete.length > 0) throw partial(incomplete, requests);
  return new Map(
    names.map((name) => {
      const [result, ...more] = results.filter((each) => each['Id'] === name);
      if (result === undefined) {
        throw new BlindError('server', `CloudWatch gave no result for ${name}.`, { transient: true, requests });
      }
      if (more.length > 0) {
        throw new BlindError('invalid', `CloudWatch gave several series for ${name}, and one is needed.`, { requests });
      }
      return [name, inWindow(name, result, window, requests)];
    }),
  );
}

function partial(results: readonly JsonObject[], requests: readonly string[]): BlindError {
  const said = results.map((result) => {
    const code = text(result['StatusCode']) ?? 'no status';
    return `${text(result['Id']) ?? ''} is ${[code, ...wordsOf(result)].join(': ').slice(0, longest)}`;
  });
  const denied = results.some((result) => result['StatusCode'] === 'Forbidden');
  const words = `CloudWatch did not give everything: ${said.join('; ')}`.slice(0, 500);
  return new BlindError(denied ? 'access-denied' : 'server', words, { transient: !denied, requests });
}

function wordsOf(said: JsonObject): readonly string[] {
  return objects(said['Messages']).map(({ Value, Code }) => text(Value) ?? text(Code) ?? 'something without words');
}

function inWindow(
  name: string,
  { Timestamps: moments = [], Values: values = [] }: JsonObject,
  { from, to }: Window,
  requests: readonly string[],
): ReadonlyMap<number, number> {
  const [at, said]: readonly (readonly Json[])[] = [moments, values].map((list) => (Array.isArray(list) ? list : []));
  if (at === undefined || said === undefined || at.length !== said.length) {
    throw new BlindError('server', `CloudWatch gave ${name} with moments and values that do not match.`, { requests });
  }
  const points = new Map<number, number>();
  for (const [index, moment] of at.entries()) {
    const ms = typeof moment === 'string' ? Date.parse(moment) : Number.NaN;
    const value = said[index];
    // What is no number (NaN comes as text) says nothing.
    if (typeof value === 'number' && ms >= from && ms < to) points.set(ms, value);
  }
  return points;
}
