// Which steps watch a source that remembers: what such a step holds for need not be watched while it happens.

import type { Plan, Step } from '../engine/plan.ts';
import { findKind } from './index.ts';

/** Tells of a step of this plan whether its kind has a history. */
export function remembersOf(plan: Plan): (step: Step) => boolean {
  return ({ work }) => {
    if (work.type !== 'probe') return false;
    const call = work.named === undefined ? work.call : plan.probes[work.named]?.call;
    return call !== undefined && findKind(call.kind)?.history !== undefined;
  };
}
