// An act for one target: what it will do, what has to be typed first, how its effect is seen, and the way back.

import { parseDuration } from '../engine/duration.ts';
import type { ActWork, BackCall, Verify } from '../engine/plan.ts';
import { ofTheWayBack } from '../engine/uses.ts';
import { bindCall, bindExpectations, bindUse, bindWait } from './bind-call.ts';
import type { Bind } from './bind.ts';
import { actOf, backPhase, callOfStep, undoParts, undoUse, type StepAt } from './calls.ts';
import { fillText } from './interpolate.ts';
import { cannotBeTyped, typeable } from './phrase.ts';
import type { ActBody, StepBody, UndoPartBody, VerifyBody } from './schema.ts';

/** For an act that lint has passed. Without a way back a mere word will not do, nor unasked on the way back itself. */
export function bindAct(bound: Bind, { step, phase }: StepAt, act: ActBody): ActWork {
  const use = actOf(act, bound.acts);
  if (use === undefined) throw new Error(`${step.id} names no kind that acts, and lint let it through`);
  const back = undoParts(step).map((part) => bindPart(bound, step, part));
  const goingBack = phase === backPhase;
  const none = noneOf(bound, step) ?? (goingBack && use.kind.back === undefined ? ofTheWayBack : undefined);
  const budgetMs = step.budget === undefined ? undefined : parseDuration(step.budget);
  return {
    type: 'act',
    call: bindUse(bound, use),
    confirm: confirmOf(bound, step, goingBack),
    ...(step.verify === undefined ? {} : { verify: bindVerify(bound, step, step.verify) }),
    ...(back.length === 0 ? {} : { back }),
    ...(none === undefined ? {} : { noUndo: none }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
  };
}

function noneOf({ scope }: Bind, { undo }: StepBody): string | undefined {
  return undo !== undefined && 'none' in undo ? fillText(undo.none, scope) : undefined;
}

function bindPart(bound: Bind, step: StepBody, part: UndoPartBody): BackCall {
  const use = undoUse(part, bound.acts);
  if (use === undefined) throw new Error(`the way back of ${step.id} names no kind that acts, and lint let it through`);
  const { verify } = part;
  return { ...bindUse(bound, use), ...(verify === undefined ? {} : { verify: bindVerify(bound, step, verify) }) };
}

function bindVerify(bound: Bind, step: StepBody, verify: VerifyBody): Verify {
  const call = callOfStep(verify, bound.checklist.body, bound.kinds);
  if (call === undefined) throw new Error(`${step.id} is verified by no probe, and lint let it through`);
  return {
    call: bindCall(bound, call),
    ...(typeof verify.probe === 'string' ? { named: verify.probe } : {}),
    nature: call.kind.nature(call.args),
    ...(verify.wait === undefined ? {} : { wait: bindWait(bound, verify.wait) }),
    expect: bindExpectations(bound, verify.expect),
  };
}

function confirmOf({ scope, report }: Bind, { confirm, undo }: StepBody, goingBack: boolean): ActWork['confirm'] {
  const careful = goingBack || (undo !== undefined && 'none' in undo);
  if (confirm === undefined) return careful ? 'target' : 'key';
  if (typeof confirm === 'string') return confirm;
  const phrase = fillText(confirm.phrase, scope);
  const problem = cannotBeTyped(phrase);
  if (problem !== undefined) report.value(confirm, 'phrase', `${problem}, for this target`, typeable);
  return { phrase, people: confirm.people ?? 1 };
}
