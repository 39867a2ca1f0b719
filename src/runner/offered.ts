// The steps a checklist offers on the way back, and a person chose.

import type { Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import type { Prospect } from '../steps/act.ts';
import { agreeAndSend, takeAct } from './act.ts';
import { takeAsk } from './ask.ts';
import { carryOut, settleUnsent } from './change.ts';
import { performLook } from './look.ts';
import type { Back, Leave } from './people.ts';
import { prepareAct } from './prepare.ts';
import { stateOf, type Session } from './session.ts';

/** It passed since this way back was opened: what it came to on an earlier one says nothing. */
export function passedOnThisWay(session: Session, id: string): boolean {
  return judgedOnThisWay(session, id) && stepState(stateOf(session), id).verdict?.verdict === 'pass';
}

function judgedOnThisWay(session: Session, id: string): boolean {
  const { rollback } = stateOf(session);
  const { verdict } = stepState(stateOf(session), id);
  return rollback !== undefined && verdict !== undefined && verdict.seq > rollback.seq;
}

/**
 * A step of the checklist's own. An act of it was shown and confirmed with the plan, unless it wants a phrase of its own
 * or would do something else by now. What pokes is not sent twice: whether it arrived, a person says.
 */
export async function takeOffered(
  session: Session,
  step: Step,
  shown: Prospect | undefined,
): Promise<'taken' | 'silent' | Leave | Back> {
  const known = stepState(stateOf(session), step.id);
  if (passedOnThisWay(session, step.id)) return 'taken';
  if (step.nature === 'asks') {
    // What is offered there is no line of a section: nobody is told that it can be put aside.
    const taken = await takeAsk(session, step);
    return taken === 'later' ? 'silent' : taken;
  }
  if (step.nature !== 'changes') {
    if (step.nature === 'pokes' && judgedOnThisWay(session, step.id)) return 'taken';
    await performLook(session, step, { why: 'due', fresh: true, resting: () => undefined });
    return 'taken';
  }
  if (known.act?.outcome === 'unknown' || known.interrupted) return takeAct(session, step, 'due');
  const ready = await settleUnsent(session, await prepareAct(session, step), 'due');
  if (ready === undefined) return 'taken';
  const phrase = step.work.type === 'act' && typeof step.work.confirm === 'object';
  const same = shown?.stands === 'ready' && JSON.stringify(shown.request) === JSON.stringify(ready.prospect.request);
  if (phrase || !same) return agreeAndSend(session, ready, 'due');
  return (await carryOut(session, ready, () => prepareAct(session, step), 'due')) ?? 'taken';
}
