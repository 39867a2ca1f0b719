// The names in a probe's metric math: which series an expression is worked out from, and what is wrong with it.

import { namesIn, parseMath } from '../engine/metric-math.ts';
import type { SeriesArgs } from './cloudwatch-points.ts';

type AllSeries = Readonly<Record<string, SeriesArgs>>;

/**
 * What is wrong with the expression of a series: a name that is none of this probe's, or a circle. Undefined for a
 * metric, and for an expression beyond the metric math known here, which is CloudWatch's to judge.
 */
export function mathProblem(own: string, all: AllSeries): string | undefined {
  const used = namesBehind(own, all);
  const stranger = used.find((name) => !Object.hasOwn(all, name));
  if (stranger !== undefined) {
    const at = (all[own]?.expression ?? '').search(new RegExp(String.raw`\b${stranger}\b`)) + 1;
    const others = Object.keys(all).filter((name) => name !== own);
    const known = others.length === 0 ? 'it has no other' : `it has ${others.join(', ')}`;
    return `Names ${stranger} at character ${at}, which is no series of this probe: ${known}`;
  }
  const reached = new Set<string>();
  const pending = [...used];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    pending.push(...namesBehind(name, all));
  }
  return reached.has(own) ? `Goes round in a circle: ${own} is worked out from itself` : undefined;
}

/** Whether one number over a window follows from the points: percentiles do not add up, nor does unknown math. */
export function hasTotal(name: string, all: AllSeries, above: readonly string[] = []): boolean {
  const one = Object.hasOwn(all, name) ? all[name] : undefined;
  if (one === undefined || above.includes(name)) return false;
  if (one.expression === undefined) return one.stat?.startsWith('p') !== true;
  const known = 'math' in parseMath(one.expression);
  return known && namesBehind(name, all).every((inner) => hasTotal(inner, all, [...above, name]));
}

function namesBehind(name: string, all: AllSeries): readonly string[] {
  const { expression = '' } = (Object.hasOwn(all, name) ? all[name] : undefined) ?? {};
  const parsed = parseMath(expression);
  return 'math' in parsed ? namesIn(parsed.math) : [];
}
