// Metric math over series and over single numbers: what can be said at each moment, and nothing where nothing can.

import { givesSeries, type MetricMath, type Operator } from './metric-math.ts';

/** Values by moment, in ms. A moment without a value is not in it. */
export type Series = ReadonlyMap<number, number>;

/**
 * The expression over series, at the given moments (ms). Two series meet where both have a value; a division by zero
 * gives none; FILL gives one at every moment; SUM of several adds up whatever is there.
 */
export function evaluateSeries(math: MetricMath, series: (name: string) => Series, moments: readonly number[]): Series {
  const value = evaluate(math, series, moments);
  return typeof value === 'object' ? value : new Map();
}

/** The expression over one number a name, such as the sums of a whole window. Undefined: nothing can be said. */
export function evaluateNumber(math: MetricMath, value: (name: string) => number | undefined): number | undefined {
  const series = (name: string): Series => {
    const known = value(name);
    return known === undefined ? new Map() : new Map([[0, known]]);
  };
  return evaluateSeries(math, series, [0]).get(0);
}

/** A number is the same at every moment; undefined is a number that nothing is known of. */
type Value = Series | number | undefined;

function evaluate(math: MetricMath, series: (name: string) => Series, moments: readonly number[]): Value {
  if (math.type === 'number') return math.value;
  if (math.type === 'name') return series(math.name);
  const of = (inner: MetricMath): Value => evaluate(inner, series, moments);
  if (math.type === 'operation') {
    const [left, right] = [of(math.left), of(math.right)];
    const met = (moment: number): number | undefined => operate(math.operator, at(left, moment), at(right, moment));
    return givesSeries(math) ? seriesOf(moments, met) : met(0);
  }
  if (math.type === 'sum') {
    const inner = math.of.map(of);
    return seriesOf(moments, (moment) => added(inner.map((each) => at(each, moment))));
  }
  const inner = of(math.of);
  if (math.type === 'total') return added(moments.map((moment) => at(inner, moment)));
  return seriesOf(moments, (moment) => at(inner, moment) ?? math.value);
}

function at(value: Value, moment: number): number | undefined {
  return typeof value === 'object' ? value.get(moment) : value;
}

function seriesOf(moments: readonly number[], said: (moment: number) => number | undefined): Series {
  const values = new Map<number, number>();
  for (const moment of moments) {
    const value = said(moment);
    if (value !== undefined) values.set(moment, value);
  }
  return values;
}

/** Of nothing there is no sum: zero would be a measurement nobody made. */
function added(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : finite(known.reduce((sum, value) => sum + value, 0));
}

function operate(operator: Operator, left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (operator === '+') return finite(left + right);
  if (operator === '-') return finite(left - right);
  return finite(operator === '*' ? left * right : left / right);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
