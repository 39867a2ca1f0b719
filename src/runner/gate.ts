// A gate: what it stands on is looked at again, then the roles are polled.

import { frozenBy } from '../engine/acts.ts';
import type { Bodies } from '../engine/events.ts';
import { openPoll, pollOf, staleText, staleVote, stepsAbove } from '../engine/people.ts';
import { stepsOf, type GateWork, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { formatAt } from '../log/line.ts';
import { unsettledNow } from './above.ts';
import { lookAgain } from './again.ts';
import { noReturnOf } from './no-return.ts';
import type { Back, Leave } from './people.ts';
import { pollRole } from './poll.ts';
import { must, stateOf, type Session } from './session.ts';

/** How long a critical green counts at the point of no return, in ms. */
const shelfLifeMs = 600_000;

/**
 * Looks again at what the gate stands on, then asks each role. No vote is not a go. A poll that was open when the session
 * ended goes on: what was said and signed in it counts, unless something above it has changed since.
 */
export async function takeGate(session: Session, step: Step): Promise<'taken' | 'silent' | Leave | Back> {
  if (step.work.type !== 'gate') return 'silent';
  const { work } = step;
  // Whoever retries all that is red for one reason meets what stands above it first.
  if (unsettledNow(session, step.id) !== undefined) return 'taken';
  const goesOn = openPoll(step, stateOf(session)) !== undefined;
  const before = stateOf(session);
  const stoodOn = rechecked(session, step, work, session.world.clock.now());
  // What a person attested stays attested; a red stands anyway.
  const due = stoodOn.filter((other) => stepState(before, other.id).verdict?.verdict === 'pass');
  await lookAgain(session, due, 'recheck');
  if (session.signal.aborted) return 'taken';
  const survey = stateOf(session).opened?.mode === 'survey';
  if (broken(session, stoodOn).length > 0 && !survey) return 'taken';
  const shown = work.pointOfNoReturn ? await noReturnOf(session, step, due) : undefined;
  if (session.signal.aborted) return 'taken';
  session.flush();
  if (!goesOn) await must(session, { order: 'start', step: step.id, why: 'due' });
  if (pollIsStale(session, step))
    return judgeGate(session, step, { verdict: 'inconclusive', reason: staleReason(session, step) });
  // Nobody is asked for a go that nothing could be done with, or not taken back any more.
  if (shown?.closed !== undefined) return judgeGate(session, step, { verdict: 'error', reason: shown.closed });
  for (const role of work.poll) {
    const left = await pollRole(session, step, role, shown);
    if (left !== undefined) return left;
  }
  return closePoll(session, step, work);
}

async function closePoll(session: Session, step: Step, work: GateWork): Promise<'taken'> {
  if (pollOf(session.plan, stateOf(session), step.id, work).verdict === 'pass' && work.pointOfNoReturn) {
    // Whoever was waited for may have taken their time: what they said go to has to be there still.
    const late = rechecked(session, step, work, session.world.clock.now(), 'stale').filter(
      ({ id }) => stepState(stateOf(session), id).verdict?.verdict === 'pass',
    );
    await lookAgain(session, late, 'recheck');
    if (session.signal.aborted) return 'taken';
    const gone = broken(session, late).map(({ id }) => id);
    if (gone.length > 0 && stateOf(session).opened?.mode !== 'survey') {
      const reason = `${gone.join(', ')} did not hold any more when everybody had voted`;
      return judgeGate(session, step, { verdict: 'inconclusive', reason });
    }
  }
  const { verdict, findings } = pollOf(session.plan, stateOf(session), step.id, work);
  if (verdict === 'pass' && pollIsStale(session, step))
    return judgeGate(session, step, { verdict: 'inconclusive', reason: staleReason(session, step) });
  const open = unsettledNow(session, step.id);
  if (verdict === 'pass' && open !== undefined) {
    const reason = `${open.id} above it is not settled any more`;
    return judgeGate(session, step, { verdict: 'inconclusive', reason });
  }
  // Where nobody gave T, the go at the point of no return is T: what comes later is due from here.
  if (verdict === 'pass' && work.pointOfNoReturn && !hasMoment(session, step)) {
    const t0 = formatAt(session.world.clock.now());
    await must(session, { order: 'set-clock', t0, source: 'gate' });
  }
  return judgeGate(session, step, { verdict, findings });
}

type Seen = Bodies['step.verdict'];

async function judgeGate(
  session: Session,
  { id }: Step,
  { verdict, reason = '', findings = [] }: Pick<Seen, 'verdict'> & Partial<Pick<Seen, 'reason' | 'findings'>>,
): Promise<'taken'> {
  const now = formatAt(session.world.clock.now());
  const seen = { verdict, facts: '', observed_at: now, requests: [], findings, reason: reason.slice(0, 500), looks: 1 };
  await must(session, { order: 'judge', step: id, captures: {}, seen });
  return 'taken';
}

function pollIsStale(session: Session, { id }: Step): boolean {
  return staleVote(session.plan, stateOf(session), id) !== undefined;
}

function staleReason(session: Session, { id }: Step): string {
  const stale = staleVote(session.plan, stateOf(session), id);
  return stale === undefined ? '' : `${staleText(stale)}: everybody has to be asked again`;
}

function broken(session: Session, steps: readonly Step[]): readonly Step[] {
  return steps.filter((other) => {
    const known = stepState(stateOf(session), other.id);
    return known.attempt > 0 && standing(other, known, session.world.clock.now()) !== 'settled';
  });
}

/** T was given, or said by a go that is in the log. One that was set right before its go was lost is set anew. */
function hasMoment(session: Session, gate: Step): boolean {
  const { t0, t0From } = stateOf(session);
  if (t0 === undefined || t0From !== 'gate') return t0 !== undefined;
  const others = stepsOf(session.plan).filter(
    ({ id, work }) => id !== gate.id && work.type === 'gate' && work.pointOfNoReturn,
  );
  return others.some(({ id }) => stepState(stateOf(session), id).verdict?.verdict === 'pass');
}

/** The looks above a gate that it reads again; what pokes or was asked keeps its age. */
function rechecked(
  session: Session,
  step: Step,
  work: GateWork,
  nowMs: number,
  which: 'all' | 'stale' = 'all',
): readonly Step[] {
  return stepsAbove(session.plan, step.id).filter((other) => {
    // What has to hold for a time is not watched once more behind a question.
    if (other.nature !== 'looks' || other.hold !== undefined || other.skip !== undefined) return false;
    // What an act that stands was made from is not what is there now.
    if (frozenBy(session.plan, stateOf(session), other.id)) return false;
    const { verdict } = stepState(stateOf(session), other.id);
    const stale = verdict !== undefined && nowMs - Date.parse(verdict.observedAt) > shelfLifeMs;
    if (which === 'stale' && !stale) return false;
    if (work.recheck !== 'critical' && work.recheck.includes(other.id)) return true;
    if (other.severity !== 'critical') return false;
    return work.recheck === 'critical' || (work.pointOfNoReturn && stale);
  });
}
