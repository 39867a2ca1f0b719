// The way back: every act that stands, newest first, as one plan that a person confirms once, and each of them verified.

import { actsLeft, actsThatStand, gateBehindActs, takingBack } from '../engine/acts.ts';
import { isObject, type Json } from '../engine/json.ts';
import { findStep } from '../engine/plan.ts';
import type { OfferedItem } from '../render/way-back.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { forgetAll } from './again.ts';
import { carryOut, settleUnsent } from './change.ts';
import { seeMade } from './effect.ts';
import { passedOnThisWay, takeOffered } from './offered.ts';
import { isLeave, type Back, type Leave } from './people.ts';
import { prepareBack } from './prepare.ts';
import { findOut, lookAfterCrash } from './reconcile.ts';
import { must, stateOf, type Session } from './session.ts';
import { shownBack, waysBack, type Reach, type Way } from './way-back.ts';

/** What was confirmed, as it is kept under the digest that opens the way back. */
interface Confirmed {
  readonly why: string;
  readonly steps: readonly string[];
}

/**
 * Takes back what stands, after a person confirmed the plan. `from` is the step in front of which it was asked for;
 * without it a way back that was begun before goes on, or one is offered to a session that begins with it. `deep`: to the
 * beginning, and not to the last gate. One that came through ends the run. `ask` takes the turn of a question.
 */
export async function takeBack(
  session: Session,
  from: string | undefined,
  deep = false,
): Promise<'taken' | 'silent' | Leave> {
  forgetAll(session);
  const state = stateOf(session);
  const begun = takingBack(state);
  const standsNone = actsThatStand(session.plan, state).length === 0;
  // One that came through, and whose process died before it ended the run, still ends it.
  if (
    standsNone &&
    session.plan.rollback.length === 0 &&
    (state.rollback === undefined || state.rollback.result === 'partial')
  ) {
    if (from === undefined) session.screen.print('  This run has changed nothing that stands: nothing to take back.');
    return 'taken';
  }
  const before = await confirmedBefore(session);
  const why = before?.why ?? whyFrom(session, from);
  if (!cameThrough(session) && !(begun && (await nothingLeft(session)))) {
    const reach = {
      to: begun ? (state.rollback?.to ?? '') : deep ? '' : gateBehindActs(session.plan, state),
      chosen: before?.steps ?? [],
    };
    const agreed = await agree(session, reach, { why, begun });
    if (session.signal.aborted) return 'taken';
    if (agreed === 'silent') return 'silent';
    // Whoever turns from one that was begun leaves it as it is: a person decides about what still stands.
    if (agreed === 'turned away') return begun ? close(session, why) : 'taken';
    if (isLeave(agreed)) return agreed;
    if (!begun) {
      const plan = await keepPlan(session, why, agreed);
      await must(session, { order: 'open-rollback', by: principalOf(session), to: agreed.reach.to, plan });
    }
    session.flush();
    const left = await takeAll(session, agreed, why);
    forgetAll(session);
    if (session.signal.aborted) return 'taken';
    if (left !== undefined) return left;
  }
  return close(session, why);
}

/** It was closed as done before; only the run has to be ended. */
function cameThrough(session: Session): boolean {
  return stateOf(session).rollback?.result === 'done';
}

/** All that was confirmed is done, and the process died before it said so. */
async function nothingLeft(session: Session): Promise<boolean> {
  const state = stateOf(session);
  const confirmed = await confirmedBefore(session);
  const back = actsLeft(session.plan, state, state.rollback?.to ?? '').length === 0;
  return back && confirmed !== undefined && confirmed.steps.every((id) => passedOnThisWay(session, id));
}

async function close(session: Session, why: string): Promise<'taken'> {
  const { rollback } = stateOf(session);
  if (takingBack(stateOf(session))) {
    const done = (await nothingLeft(session)) && !offeredUnknown(session);
    await must(session, { order: 'close-rollback', result: done ? 'done' : 'partial' });
  }
  if (!cameThrough(session)) return 'taken';
  const reason = `rolled back: ${why}`.slice(0, 500);
  await must(session, { order: 'stop', by: rollback?.by ?? '', reason, step: '' });
  return 'taken';
}

function offeredUnknown(session: Session): boolean {
  return session.plan.rollback.some(({ id }) => stepState(stateOf(session), id).act?.outcome === 'unknown');
}

interface Agreed {
  readonly reach: Reach;
  readonly ways: readonly Way[];
  /** The checklist's own steps as they were shown. */
  readonly offered: readonly OfferedItem[];
}

/** Shows the plan until somebody confirms it or turns away; on the way it may be widened. */
async function agree(
  session: Session,
  asked: Reach,
  about: { readonly why: string; readonly begun: boolean; readonly again?: string },
): Promise<Agreed | 'turned away' | 'silent' | Leave> {
  for (let reach = asked; ;) {
    const ways = await waysBack(session, reach);
    const shown = await shownBack(session, reach, ways, about);
    if (session.signal.aborted) return 'turned away';
    session.flush();
    const said = await session.people.rollback(shown);
    if (said === 'confirmed') return { reach, ways, offered: shown.offered };
    if (typeof said === 'string') return said;
    if (isLeave(said)) return said.leave === 'rollback' ? 'turned away' : said;
    reach = wider(reach, said);
  }
}

function wider(reach: Reach, said: { readonly with: string } | { readonly deeper: true }): Reach {
  if ('deeper' in said) return { ...reach, to: '' };
  const { chosen } = reach;
  return {
    ...reach,
    chosen: chosen.includes(said.with) ? chosen.filter((id) => id !== said.with) : [...chosen, said.with],
  };
}

/**
 * First what was done, newest first, then what the checklist offers and a person chose, in the order of the file. Where
 * taking back the one part changed what the next one would do, what is left is shown and confirmed once more.
 */
async function takeAll(session: Session, agreed: Agreed, why: string): Promise<Leave | 'silent' | undefined> {
  const { reach } = agreed;
  let { offered } = agreed;
  for (let [ways, at] = [agreed.ways, 0]; at < ways.length; at += 1) {
    const way = ways[at];
    if (way === undefined) break;
    if (at > 0 && (await isAnother(session, way))) {
      const other = `${way.step.id} does something else now that what came before it was taken back`;
      const again = await agree(session, reach, { why, begun: true, again: other });
      if (typeof again === 'string') return again === 'silent' ? again : undefined;
      if (isLeave(again)) return again;
      [ways, at] = [again.ways, -1];
      offered = again.offered;
      continue;
    }
    const came = await takeBackOne(session, way);
    if (isLeave(came) && came.leave !== 'rollback') return came;
    if (came !== 'on') return undefined;
  }
  for (const step of session.plan.rollback.filter(({ id }) => reach.chosen.includes(id))) {
    const item = offered.find((one) => one.step.id === step.id);
    const came = await takeOffered(session, step, item?.prospect);
    session.flush();
    if (isLeave(came) && came.leave !== 'rollback') return came;
    if (session.signal.aborted || !passedOnThisWay(session, step.id)) return undefined;
  }
  return undefined;
}

/** True when this part would do something else now than what was shown: two changes may be of one thing. */
async function isAnother(session: Session, { step, id, found }: Way): Promise<boolean> {
  if (found === undefined || 'blind' in found || session.signal.aborted) return false;
  const now = await prepareBack(session, step, id);
  if ('blind' in now || now.prospect.stands === 'foreign') return false;
  const would = ({ prospect }: typeof found): string => JSON.stringify([prospect.stands, prospect.request]);
  return would(now) !== would(found);
}

/** `on`: the next older part may be taken back, because this one was, or has no way back and the person knew. */
async function takeBackOne(session: Session, { step, id, found }: Way): Promise<'on' | 'halt' | Leave | Back> {
  if (found === undefined) return 'on';
  const look = async (): ReturnType<typeof prepareBack> => prepareBack(session, step, id);
  const unknown = stepState(stateOf(session), id).act?.outcome === 'unknown';
  const became = unknown ? await findOut(session, await lookAfterCrash(session, id, look), 'due') : 'not made';
  if (typeof became === 'object') return became;
  if (became === 'not made') {
    const now = unknown ? await look() : found;
    const made = await seeMade(session, now, 'due');
    // What could not be shown is not done.
    if ('blind' in now) await settleUnsent(session, now, 'due');
    else if (!made) {
      const left = await carryOut(session, now, look, 'due');
      if (left !== undefined) return left;
    }
  }
  session.flush();
  if (session.signal.aborted) return 'halt';
  return stepState(stateOf(session), id).verdict?.verdict === 'pass' ? 'on' : 'halt';
}

/** What is to be taken back and why, as it was confirmed: its digest stands in the line that opens the way back. */
function keepPlan(session: Session, why: string, { reach, ways }: Agreed): Promise<string> {
  const undo = ways.map(({ id, found }): Json =>
    found === undefined || 'blind' in found
      ? { step: id }
      : { step: id, request: found.prospect.request, before: found.prospect.before },
  );
  return session.journal.keep({ why, undo, steps: [...reach.chosen] });
}

async function confirmedBefore(session: Session): Promise<Confirmed | undefined> {
  const { rollback } = stateOf(session);
  if (rollback === undefined || rollback.result === 'partial') return undefined;
  const plan = await session.kept(rollback.plan);
  if (!isObject(plan) || typeof plan['why'] !== 'string') return undefined;
  const steps: readonly Json[] = Array.isArray(plan['steps']) ? plan['steps'] : [];
  return { why: plan['why'], steps: steps.filter((id) => typeof id === 'string') };
}

/** The red that was on the screen, or where it was asked for. */
function whyFrom(session: Session, from: string | undefined): string {
  const step = from === undefined ? undefined : findStep(session.plan, from);
  if (step === undefined) return 'asked for';
  const known = stepState(stateOf(session), step.id);
  if (standing(step, known, session.world.clock.now()) !== 'red') return `asked for at ${step.id}`;
  const bad = known.verdict?.findings.find((finding) => finding.verdict !== 'pass');
  const words = bad ? `expected ${bad.expected}, observed ${bad.observed}` : (known.verdict?.reason ?? '');
  return `${step.id}: ${words}`.slice(0, 400);
}

function principalOf(session: Session): string {
  return stateOf(session).session?.principal ?? '';
}
