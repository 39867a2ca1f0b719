// The services of AWS that a plan asks, so that their clients can be loaded before they are needed.

import type { Plan } from '../engine/plan.ts';
import { everyStep, usesOf } from '../engine/uses.ts';
import { findAct, findKind } from '../steps/index.ts';

/** Each once, by the CLI's word for it. */
export function servicesOf(plan: Plan): readonly string[] {
  const named = Object.values(plan.probes).map(({ call }) => ({ call, as: 'probe' as const }));
  const operations = [...named, ...everyStep(plan).flatMap(usesOf)].flatMap(({ call, as }) => {
    const kind = as === 'act' ? findAct(call.kind) : findKind(call.kind);
    return kind?.operations(call.args) ?? [];
  });
  return [...new Set(operations.map((operation) => operation.split(':')[0] ?? ''))];
}
