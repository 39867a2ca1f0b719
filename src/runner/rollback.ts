// The way back: every act that stands, newest first, as one plan that a person confirms once, and each of them verified.

import { actsThatStand, takingBack } from '../engine/acts.ts';
import { isObject } from '../engine/json.ts';
import { findStep, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState, undoOf } from '../engine/state.ts';
import { BlindError, withHint } from '../errors.ts';
import type { BackItem } from '../render/act.ts';
import { forgetAll } from './again.ts';
import { carryOut, prepareChange, settleUnsent, type Recorded } from './change.ts';
import { findOut } from './reconcile.ts';
import type { Blind, Change } from './effect.ts';
import { isLeave, type Leave } from './people.ts';
import { must, stateOf, type Session } from './session.ts';

/** One act with its way back as it was shown; `undefined` when the checklist says that there is none. */
interface Way {
  readonly step: Step;
  readonly found: Change | Blind | undefined;
}

/**
 * Takes back what stands, after a person confirmed the plan. `from` is the step in front of which it was asked for;
 * without it a way back that was begun before goes on, or one is offered to a session that begins with it. One that came through ends the run.
 */
export async function takeBack(session: Session, from: string | undefined): Promise<'taken' | 'silent' | Leave> {
  forgetAll(session);
  const acts = actsThatStand(session.plan, stateOf(session));
  const begun = takingBack(stateOf(session));
  const { rollback } = stateOf(session);
  // One that came through, and whose process died before it ended the run, still ends it.
  if (acts.length === 0 && (rollback === undefined || rollback.result === 'partial')) {
    if (from === undefined) session.screen.print('  This run has changed nothing that stands: nothing to take back.');
    return 'taken';
  }
  const why = (await recordedWhy(session)) ?? whyFrom(session, from);
  if (acts.length > 0) {
    const ways = await Promise.all(acts.map(async (step) => ({ step, found: await wayBack(session, step) })));
    if (session.signal.aborted) return 'taken';
    session.flush();
    const said = await session.people.rollback({ why, begun, backs: ways.map(shownOf) });
    if (said === 'turned away') return 'taken';
    if (said === 'silent') return 'silent';
    if (isLeave(said)) return said.leave === 'rollback' ? 'taken' : said;
    if (!begun)
      await must(session, {
        order: 'open-rollback',
        by: principalOf(session),
        plan: await keepPlan(session, why, ways),
      });
    session.flush();
    for (const way of ways) if (!(await takeBackOne(session, way))) break;
    forgetAll(session);
    if (session.signal.aborted) return 'taken';
  }
  const result = actsThatStand(session.plan, stateOf(session)).length === 0 ? 'done' : 'partial';
  if (takingBack(stateOf(session))) await must(session, { order: 'close-rollback', result });
  if (result === 'partial') return 'taken';
  const reason = `rolled back: ${why}`.slice(0, 500);
  await must(session, { order: 'stop', by: stateOf(session).rollback?.by ?? '', reason, step: '' });
  return 'taken';
}

/** True when the next older act may be taken back: this one was, or has no way back and the person knew. */
async function takeBackOne(session: Session, { step, found }: Way): Promise<boolean> {
  if (found === undefined) return true;
  const id = undoOf(step.id);
  const look = async (): Promise<Change | Blind> => (await wayBack(session, step)) ?? found;
  const unknown = stepState(stateOf(session), id).act?.outcome === 'unknown';
  const decided = unknown && (await findOut(session, await look(), 'due')) === 'decided';
  if (!decided) {
    // What could not be shown is not done.
    if ('blind' in found) await settleUnsent(session, found, 'due');
    else await carryOut(session, found, look, 'due');
  }
  session.flush();
  return stepState(stateOf(session), id).verdict?.verdict === 'pass';
}

/** The way back as it would be made now, from what the log says was there before. */
async function wayBack(session: Session, step: Step): Promise<Change | Blind | undefined> {
  if (step.work.type === 'act' && step.work.noUndo !== undefined) return undefined;
  const recorded = await recordedOf(session, step);
  if (recorded !== undefined) return prepareChange(session, step, recorded);
  const blind = new BlindError('internal', `what was there before ${step.id} is not in the log any more`);
  return { id: undoOf(step.id), blind };
}

async function recordedOf(session: Session, step: Step): Promise<Recorded | undefined> {
  const digest = stepState(stateOf(session), step.id).act?.before ?? '';
  const kept = digest === '' ? undefined : await session.kept(digest);
  if (!isObject(kept) || !isObject(kept['args']) || !isObject(kept['state'])) return undefined;
  return { args: kept['args'], state: kept['state'] };
}

function shownOf({ step, found }: Way): BackItem {
  if (found === undefined) return { step, none: (step.work.type === 'act' && step.work.noUndo) || '' };
  return 'blind' in found ? { step, blind: withHint(found.blind) } : { step, prospect: found.prospect };
}

/** What is to be taken back and why, as it was confirmed: its digest stands in the line that opens the way back. */
function keepPlan(session: Session, why: string, ways: readonly Way[]): Promise<string> {
  const undo = ways.map(({ step, found }) =>
    found === undefined || 'blind' in found
      ? { step: step.id }
      : { step: step.id, request: found.prospect.request, before: found.prospect.before },
  );
  return session.journal.keep({ why, undo });
}

async function recordedWhy(session: Session): Promise<string | undefined> {
  const { rollback } = stateOf(session);
  if (rollback === undefined || rollback.result === 'partial') return undefined;
  const plan = await session.kept(rollback.plan);
  return isObject(plan) && typeof plan['why'] === 'string' ? plan['why'] : undefined;
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
