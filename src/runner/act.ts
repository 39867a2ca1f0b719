// The turn of an act: what would change is shown, a person says the word, and only then is anything begun or sent.

import { stepState } from '../engine/state.ts';
import type { Bodies } from '../engine/events.ts';
import type { Step } from '../engine/plan.ts';
import type { ActShown } from '../render/act.ts';
import { forgetAll } from './again.ts';
import { carryOut, prepareChange, settleUnsent } from './change.ts';
import { findOut } from './reconcile.ts';
import type { Change } from './effect.ts';
import type { Back, Leave } from './people.ts';
import { stateOf, type Session } from './session.ts';

/**
 * Takes the turn of an act. What was about to be sent before and has no result is found out about first. When the wished
 * state is in place, or the state is foreign or cannot be read, nobody is asked and nothing is sent.
 */
export async function takeAct(
  session: Session,
  step: Step,
  why: Bodies['step.start']['why'],
): Promise<'taken' | 'silent' | Leave | Back> {
  forgetAll(session);
  const found = await prepareChange(session, step);
  if (session.signal.aborted) return 'taken';
  const unknown = stepState(stateOf(session), step.id).act?.outcome === 'unknown';
  if (unknown && (await findOut(session, found, why)) === 'decided') return 'taken';
  const ready = await settleUnsent(session, found, why);
  if (ready === undefined) return 'taken';
  session.flush();
  const said = await session.people.confirm(step, shownOf(session, step, ready));
  if (said !== 'confirmed') return said;
  await carryOut(session, ready, () => prepareChange(session, step), why);
  // Nothing that was read before the change serves anybody after it.
  forgetAll(session);
  return 'taken';
}

function shownOf(session: Session, step: Step, { kind, args, prospect }: Change): ActShown {
  const work = step.work.type === 'act' ? step.work : undefined;
  const noUndo = work?.noUndo;
  const sent = Object.values(stateOf(session).steps).some(({ act }) => act !== undefined && act.request !== '');
  return {
    words: kind.describe(args),
    prospect,
    // What cannot be taken back is not done with a word typed by habit.
    confirm: noUndo === undefined ? (work?.confirm ?? 'target') : 'target',
    undo: noUndo === undefined ? { words: kind.undoWords(args, prospect.before) } : { none: noUndo },
    ...(work?.budgetMs !== undefined && { budgetMs: work.budgetMs }),
    first: !sent,
  };
}
