// An act for one target: what it will do, what has to be typed first, and whether there is a way back.

import { parseDuration } from '../engine/duration.ts';
import type { ActWork } from '../engine/plan.ts';
import { bindUse } from './bind-call.ts';
import type { Bind } from './bind.ts';
import { actOf } from './calls.ts';
import { fillText } from './interpolate.ts';
import { cannotBeTyped, typeable } from './phrase.ts';
import type { ActBody, StepBody } from './schema.ts';

/** For an act that lint has passed. Without a way back only the typed target will do. */
export function bindAct(bound: Bind, step: StepBody, act: ActBody): ActWork {
  const use = actOf(act, bound.acts);
  if (use === undefined) throw new Error(`${step.id} names no kind that acts, and lint let it through`);
  const none = step.undo !== undefined && 'none' in step.undo ? step.undo.none : undefined;
  const budgetMs = step.budget === undefined ? undefined : parseDuration(step.budget);
  return {
    type: 'act',
    call: bindUse(bound, use),
    confirm: none === undefined ? confirmOf(bound, step.confirm) : 'target',
    ...(none === undefined ? {} : { noUndo: fillText(none, bound.scope) }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
  };
}

function confirmOf({ scope, report }: Bind, confirm: StepBody['confirm']): ActWork['confirm'] {
  if (confirm === undefined) return 'key';
  if (typeof confirm === 'string') return confirm;
  const phrase = fillText(confirm.phrase, scope);
  const problem = cannotBeTyped(phrase);
  if (problem !== undefined) report.value(confirm, 'phrase', `${problem}, for this target`, typeable);
  return { phrase };
}
