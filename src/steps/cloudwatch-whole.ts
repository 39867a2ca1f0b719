// A window of metrics in one number each, and which way they went; what has no point has no number.

import type { JsonObject } from '../engine/json.ts';
import { evaluateNumber } from '../engine/metric-math-value.ts';
import { parseMath } from '../engine/metric-math.ts';
import { hasTotal } from './cloudwatch-expressions.ts';
import type { Points, SeriesArgs } from './cloudwatch-points.ts';
import type { Window } from './kind.ts';

/** The facts over a window: see `cloudwatch.metrics`. */
export function wholeFacts(
  all: Readonly<Record<string, SeriesArgs>>,
  points: Points,
  { from, to }: Window,
  periodMs: number,
): JsonObject {
  // Whole periods, as many at the end as at the beginning; fewer than three of them have no thirds.
  const third = Math.floor((to - from) / periodMs / 3) * periodMs;
  const [first, last] = [means(points, from, from + third), means(points, to - third, to)];
  const increase = Object.entries(last).flatMap(([name, value]) => {
    const before = first[name];
    return before === undefined ? [] : [[name, value - before] as const];
  });
  return {
    ...numbers(all, points),
    first_third: first,
    last_third: last,
    increase: Object.fromEntries(increase),
    points: Object.fromEntries(Object.keys(all).map((name) => [name, points.get(name)?.size ?? 0])),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    period_s: periodMs / 1000,
  };
}

/** Metrics first, then expressions over them, and over one another as far as they lead to metrics. */
function numbers(all: Readonly<Record<string, SeriesArgs>>, points: Points): Readonly<Record<string, number>> {
  const known: Record<string, number> = {};
  const open = new Map<string, string>();
  for (const [name, { stat = '', expression }] of Object.entries(all)) {
    const value = expression === undefined ? total(stat, [...(points.get(name)?.values() ?? [])]) : undefined;
    if (value !== undefined) known[name] = value;
    if (expression !== undefined) open.set(name, expression);
  }
  for (const name of open.keys()) {
    // FILL must not make up a number where CloudWatch has no point, nor for what has no number over a window.
    if ((points.get(name)?.size ?? 0) === 0 || !hasTotal(name, all)) continue;
    const value = evaluate(name, open, known);
    if (value !== undefined) known[name] = value;
  }
  return known;
}

function total(stat: string, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sum = values.reduce((all, value) => all + value, 0);
  if (stat === 'Sum' || stat === 'SampleCount') return sum;
  if (stat === 'Maximum') return values.reduce((a, b) => Math.max(a, b));
  if (stat === 'Minimum') return values.reduce((a, b) => Math.min(a, b));
  // There is no percentile of percentiles.
  return stat === 'Average' ? sum / values.length : undefined;
}

/** Only for what `hasTotal`, so there is no circle to go round in. */
function evaluate(
  name: string,
  open: ReadonlyMap<string, string>,
  known: Readonly<Record<string, number>>,
): number | undefined {
  const expression = open.get(name);
  if (expression === undefined) return Object.hasOwn(known, name) ? known[name] : undefined;
  const parsed = parseMath(expression);
  if (!('math' in parsed)) return undefined;
  return evaluateNumber(parsed.math, (used) => evaluate(used, open, known));
}

function means(points: Points, from: number, to: number): Readonly<Record<string, number>> {
  const found = [...points].flatMap(([name, series]) => {
    const values = [...series].flatMap(([at, value]) => (at >= from && at < to ? [value] : []));
    return values.length === 0 ? [] : [[name, values.reduce((sum, value) => sum + value, 0) / values.length] as const];
  });
  return Object.fromEntries(found);
}
