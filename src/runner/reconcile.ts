// What became of a change whose answer nobody has: found out by looking, never assumed and never sent again for it.

import { formatDuration } from '../engine/duration.ts';
import { stepState } from '../engine/state.ts';
import { withHint } from '../errors.ts';
import { begin, conclude, seeEffect, type Blind, type Change, type Why } from './effect.ts';
import { must, stateOf, type Session } from './session.ts';

/** For how long a change is waited for whose answer got lost. */
const lateMs = 30_000;

/**
 * Looks what became of a change whose answer got lost. That it is not there yet does not say that it will not be: a request
 * may still be on its way when the connection is gone, so only after a while nobody waits for it any more.
 */
export async function lookAfterLoss(session: Session, look: () => Promise<Change | Blind>): Promise<Change | Blind> {
  const { clock } = session.world;
  const deadline = clock.now() + lateMs;
  for (;;) {
    const now = await look();
    const leftMs = deadline - clock.now();
    if ('blind' in now || now.prospect.stands !== 'ready' || leftMs <= 0 || session.signal.aborted) return now;
    session.screen.live(`no answer came for ${now.id}: looking whether it arrives, ${formatDuration(leftMs)} left`);
    await clock.sleep(Math.min(5_000, leftMs), session.signal);
    if (session.signal.aborted) return now;
  }
}

/**
 * Finds out by looking what became of a change that was about to be sent. `not made`: it is known not to have happened
 * and the step has no verdict of it, because nothing was under way any more. Otherwise the step has its verdict.
 */
export async function findOut(session: Session, found: Change | Blind, why: Why): Promise<'not made' | 'decided'> {
  const { id } = found;
  const reconciled = async (result: 'applied' | 'not-applied' | 'unknown', reason: string): Promise<void> =>
    must(session, { order: 'reconcile', step: id, result, by: 'golive', reason });
  if ('blind' in found) {
    await begin(session, id, why);
    const reason = `whether the change was made is not known, and could not be found out: ${withHint(found.blind)}`;
    await conclude(session, id, { verdict: 'error', reason, requests: found.blind.requests });
    return 'decided';
  }
  const { stands, expected, observed, requests } = found.prospect;
  if (stands === 'already') {
    await begin(session, id, why);
    await reconciled('applied', 'what it would bring about is in place');
    await seeEffect(session, found, requests);
    return 'decided';
  }
  if (stands === 'ready') {
    await reconciled('not-applied', 'the state is still the one from before');
    if (!stepState(stateOf(session), id).running) return 'not made';
    const reason = 'no answer came; looked again, and the change was not made';
    await conclude(session, id, { verdict: 'error', reason, requests });
    return 'decided';
  }
  await begin(session, id, why);
  const reason =
    'whether the change was made is not known: the state is neither the one from before nor the wished one';
  await reconciled('unknown', reason);
  await conclude(session, id, {
    verdict: 'inconclusive',
    reason,
    requests,
    findings: [{ verdict: 'inconclusive', expected, observed }],
  });
  return 'decided';
}
