// What became of a change whose answer nobody has: found out by looking, else asked of a person, never assumed and never
// sent again for it.

import { formatDuration } from '../engine/duration.ts';
import { stepState } from '../engine/state.ts';
import { withHint } from '../errors.ts';
import { begin, conclude, seeEffect, type Blind, type Change, type Why } from './effect.ts';
import { isLeave, type Back, type Found, type Leave } from './people.ts';
import { sentAt } from './prepare.ts';
import { must, stateOf, type Session } from './session.ts';

/** For how long a change is waited for whose answer got lost. */
const lateMs = 30_000;

/**
 * Looks what became of a change whose answer got lost. That it is not there yet does not say that it will not be: a request
 * may still be on its way when the connection is gone, so only a while after `since` (ms) nobody waits for it any more.
 */
export async function lookAfterLoss(
  session: Session,
  look: () => Promise<Change | Blind>,
  since = session.world.clock.now(),
): Promise<Change | Blind> {
  const { clock } = session.world;
  const deadline = since + lateMs;
  for (;;) {
    const now = await look();
    const leftMs = deadline - clock.now();
    if ('blind' in now || now.prospect.stands !== 'ready' || leftMs <= 0 || session.signal.aborted) return now;
    session.screen.live(`no answer came for ${now.id}: looking whether it arrives, ${formatDuration(leftMs)} left`);
    await clock.sleep(Math.min(5_000, leftMs), session.signal);
    if (session.signal.aborted) return now;
  }
}

/** The same for a change that an earlier session was about to send; nothing can be seen of an opaque one. */
export async function lookAfterCrash(
  session: Session,
  id: string,
  look: () => Promise<Change | Blind>,
): Promise<Change | Blind> {
  const { act } = stepState(stateOf(session), id);
  if (act === undefined || act.class === 'opaque') return look();
  return lookAfterLoss(session, look, Date.parse(act.at));
}

/**
 * Finds out what became of a change that was about to be sent. `not made`: it is known not to have happened and the step
 * has no verdict of it, because nothing was under way any more. `decided`: the step has its verdict. Or somebody turned
 * away from the question.
 */
export async function findOut(
  session: Session,
  found: Change | Blind,
  why: Why,
): Promise<'not made' | 'decided' | Leave | Back> {
  const { id } = found;
  const reconciled = async (result: Found['result'], by: string, reason: string): Promise<void> =>
    must(session, { order: 'reconcile', step: id, result, by, reason: reason.slice(0, 500) });
  const undecided = async (reason: string, change: Change): Promise<void> => {
    const { expected, observed, requests } = change.prospect;
    const findings = [{ verdict: 'inconclusive', expected, observed } as const];
    await conclude(session, id, { verdict: 'inconclusive', reason, requests, findings });
  };
  const notMade = async (by: string, reason: string, change: Change): Promise<'not made' | 'decided'> => {
    const running = stepState(stateOf(session), id).running;
    await reconciled('not-applied', by, reason);
    if (!running) return 'not made';
    const told = `no answer came; ${by === golive ? 'looked again' : `as ${by} says`}, and the change was not made`;
    await conclude(session, id, { verdict: 'error', reason: told, requests: change.prospect.requests });
    return 'decided';
  };

  if ('blind' in found) {
    await begin(session, id, why);
    const reason = `whether the change was made is not known, and could not be found out: ${withHint(found.blind)}`;
    await conclude(session, id, { verdict: 'error', reason, requests: found.blind.requests });
    return 'decided';
  }
  const { stands, expected, observed, begun } = found.prospect;
  if (stands === 'ready' && begun !== undefined) {
    await begin(session, id, why);
    await reconciled('applied', golive, begun);
    await seeEffect(session, found, found.prospect.requests);
    return 'decided';
  }
  if (stands === 'ready') return notMade(golive, 'the state is still the one from before', found);
  if (stands === 'already') {
    await begin(session, id, why);
    await reconciled('applied', golive, 'what it would bring about is in place');
    await seeEffect(session, found, found.prospect.requests);
    return 'decided';
  }
  session.flush();
  const words = found.kind.describe(found.args);
  const seen = found.kind.class === 'opaque' ? opaqueWords : foreignWords;
  const { request } = found.prospect;
  const shown = { words, sentAt: sentAt(session, id), request, why: seen, expected, observed };
  const said = await session.people.reconcile(found.step, shown);
  if (session.signal.aborted || (isLeave(said) && said.leave !== 'rollback')) return isLeave(said) ? said : 'decided';
  if (isLeave(said) || said === 'silent' || said.result === 'unknown') {
    await begin(session, id, why);
    const by = typeof said === 'object' && 'by' in said ? said : { by: golive, reason: seen };
    await reconciled('unknown', by.by, by.reason);
    await undecided(`whether the change was made is not known: ${seen}`, found);
    return isLeave(said) ? said : 'decided';
  }
  if (said.result === 'not-applied') return notMade(said.by, said.reason, found);
  await begin(session, id, why);
  await reconciled('applied', said.by, said.reason);
  await seeEffect(session, found, found.prospect.requests);
  return 'decided';
}

const golive = 'golive';
const opaqueWords = 'nothing can tell from outside whether it was';
const foreignWords = 'the state is neither the one from before nor the wished one';
