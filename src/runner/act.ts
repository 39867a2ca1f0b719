// The turn of an act: what would change is shown, a person says the word, and only then is anything begun or sent.

import { stepState } from '../engine/state.ts';
import type { Step } from '../engine/plan.ts';
import type { ActShown } from '../render/act.ts';
import { actText } from '../render/signoff.ts';
import type { Signer } from '../world.ts';
import { unsettledNow } from './above.ts';
import { forgetAll } from './again.ts';
import { carryOut, settleUnsent } from './change.ts';
import { seeMade, type Change, type Why } from './effect.ts';
import { isLeave, type Back, type Leave } from './people.ts';
import { prepareAct } from './prepare.ts';
import { findOut, lookAfterCrash } from './reconcile.ts';
import { stateOf, type Session } from './session.ts';
import { signWord } from './signoff.ts';

/**
 * Takes the turn of an act. What was about to be sent before and has no result is found out about first, and what was
 * made is only looked at. When the wished state is in place, or the state is foreign or cannot be read, nobody is asked
 * and nothing is sent.
 */
export async function takeAct(session: Session, step: Step, why: Why): Promise<'taken' | 'silent' | Leave | Back> {
  forgetAll(session);
  const { act } = stepState(stateOf(session), step.id);
  const look = (): ReturnType<typeof prepareAct> => prepareAct(session, step);
  const found = await (act?.outcome === 'unknown' ? lookAfterCrash(session, step.id, look) : look());
  if (session.signal.aborted) return 'taken';
  if (act?.outcome === 'unknown') {
    const came = await findOut(session, found, why);
    if (came !== 'not made') return came === 'decided' ? 'taken' : came;
  } else if (await seeMade(session, found, why)) return 'taken';
  // What could not be told while it was unknown is worked out once more.
  const anew = act?.outcome === 'unknown' ? await look() : found;
  const ready = await settleUnsent(session, anew, why);
  if (ready === undefined) return 'taken';
  return agreeAndSend(session, ready, why);
}

/** Asks for the word, and sends it. */
export async function agreeAndSend(
  session: Session,
  ready: Change,
  why: Why,
): Promise<'taken' | 'silent' | Leave | Back> {
  session.flush();
  const open = unsettledNow(session, ready.id);
  if (open !== undefined) {
    session.screen.print(`  ${ready.id} has to wait: ${open.id} above it is not settled`);
    return 'taken';
  }
  const said = await session.people.confirm(ready.step, shownOf(session, ready));
  if (said === 'silent' || isLeave(said)) return said;
  if (!(await agreedBy(session, ready, said.agreed))) return 'taken';
  const left = await carryOut(session, ready, () => prepareAct(session, ready.step), why);
  // Nothing that was read before the change serves anybody after it.
  forgetAll(session);
  return left ?? 'taken';
}

/** Everybody who agreed beside the one who runs it signs that. False when one of them does not count. */
async function agreedBy(session: Session, { step }: Change, agreed: readonly Signer[]): Promise<boolean> {
  const work = step.work.type === 'act' ? step.work : undefined;
  const phrase = typeof work?.confirm === 'object' ? work.confirm.phrase : '';
  const attempt = stepState(stateOf(session), step.id).attempt + 1;
  for (const signer of agreed) {
    const by = signer.principal;
    const text = actText(session.plan, step, attempt, phrase);
    const word = { step: step.id, role: '', decision: 'go', by, text, comment: '', attempt, signer } as const;
    const signed = await signWord(session, word);
    if (!('refused' in signed)) continue;
    session.people.notCounted(signed.refused);
    return false;
  }
  return true;
}

function shownOf(session: Session, { step, kind, args, prospect, held, back }: Change): ActShown {
  const work = step.work.type === 'act' ? step.work : undefined;
  const noUndo = work?.noUndo;
  const { steps } = stateOf(session);
  const sent = Object.values(steps).some(({ act }) => act !== undefined && act.request !== '');
  const { act } = stepState(stateOf(session), step.id);
  const made = act?.outcome === 'done' || act?.outcome === 'failed' ? act : undefined;
  const words = back?.map((part) => session.findAct(part.kind)?.describe(part.args) ?? part.kind);
  return {
    words: kind.describe(args),
    prospect,
    // What cannot be taken back is not done with a word typed by habit.
    confirm: noUndo !== undefined && typeof work?.confirm !== 'object' ? 'target' : (work?.confirm ?? 'target'),
    undo:
      noUndo === undefined
        ? { words: words?.join('; then: ') ?? kind.back?.words(args, prospect.before) ?? '' }
        : { none: noUndo },
    ...(work?.budgetMs !== undefined && { budgetMs: work.budgetMs }),
    ...(work?.verify && { verify: { words: work.verify.call.words, ...(held !== undefined && { held }) } }),
    ...(made && { before: { at: made.at, failed: made.outcome === 'failed' } }),
    first: !sent,
  };
}
