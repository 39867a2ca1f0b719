// A gate: what it stands on is looked at again, then the roles are polled.

import { frozenBy } from '../engine/acts.ts';
import { stepsOf, type GateWork, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { formatAt } from '../log/line.ts';
import { lookAgain } from './again.ts';
import { noReturnOf } from './no-return.ts';
import { isLeave, type Back, type Leave } from './people.ts';
import { must, stateOf, type Session } from './session.ts';

/** How long a critical green counts at the point of no return, in ms. */
const shelfLifeMs = 600_000;

/** Looks again at what the gate stands on, then asks each role. No vote is not a go. */
export async function takeGate(session: Session, step: Step): Promise<'taken' | 'silent' | Leave | Back> {
  if (step.work.type !== 'gate') return 'silent';
  const before = stateOf(session);
  const stoodOn = rechecked(session, step, step.work, session.world.clock.now());
  // What a person attested stays attested; a red stands anyway.
  const due = stoodOn.filter((other) => stepState(before, other.id).verdict?.verdict === 'pass');
  await lookAgain(session, due, 'recheck');
  if (session.signal.aborted) return 'taken';
  const state = stateOf(session);
  const brokeSince = stoodOn.some((other) => {
    const known = stepState(state, other.id);
    return known.attempt > 0 && standing(other, known, session.world.clock.now()) !== 'settled';
  });
  if (brokeSince && state.opened?.mode !== 'survey') return 'taken';
  const shown = step.work.pointOfNoReturn ? await noReturnOf(session, step, due) : undefined;
  if (session.signal.aborted) return 'taken';
  session.flush();
  await must(session, { order: 'start', step: step.id, why: 'due' });
  // Nobody is asked for a go that nothing could be done with, or not taken back any more.
  if (shown?.closed !== undefined) return keepClosed(session, step, shown.closed);
  for (const role of step.work.poll) {
    const reply = await session.people.vote(step, role, shown);
    if (isLeave(reply)) return reply;
    if (reply === 'silent') continue;
    await must(session, { order: 'vote', step: step.id, role, ...reply });
  }
  await closePoll(session, step, step.work);
  return 'taken';
}

async function keepClosed(session: Session, { id }: Step, why: string): Promise<'taken'> {
  const reason = why.slice(0, 500);
  const now = formatAt(session.world.clock.now());
  const seen = { verdict: 'error', facts: '', observed_at: now, requests: [], findings: [], reason, looks: 1 } as const;
  await must(session, { order: 'judge', step: id, captures: {}, seen });
  return 'taken';
}

async function closePoll(session: Session, step: Step, work: GateWork): Promise<void> {
  const votes = stepState(stateOf(session), step.id).votes;
  const go = work.poll.filter((role) => votes[role]?.decision === 'go').length;
  const needed = work.need === 'all' ? work.poll.length : work.need === 'any' ? 1 : work.need.at_least;
  const against = work.poll.some((role) => votes[role]?.decision === 'no-go');
  const verdict = against ? 'fail' : go >= needed ? 'pass' : 'inconclusive';
  const findings = work.poll.map((role) => {
    const vote = votes[role];
    const said = vote ? `${vote.decision} by ${vote.by}` : 'no answer';
    const agrees = vote?.decision === 'go' ? 'pass' : vote ? 'fail' : 'inconclusive';
    return { verdict: agrees, expected: `${session.plan.roles[role]?.title ?? role}: go`, observed: said } as const;
  });
  const now = formatAt(session.world.clock.now());
  const seen = { verdict, facts: '', observed_at: now, requests: [], findings, reason: '', looks: 1 } as const;
  // Where nobody gave T, the go at the point of no return is T: what comes later is due from here.
  if (verdict === 'pass' && work.pointOfNoReturn && !hasMoment(session, step))
    await must(session, { order: 'set-clock', t0: now, source: 'gate' });
  await must(session, { order: 'judge', step: step.id, captures: {}, seen });
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
function rechecked(session: Session, step: Step, work: GateWork, nowMs: number): readonly Step[] {
  const steps = stepsOf(session.plan);
  const above = steps.slice(
    0,
    steps.findIndex((other) => other.id === step.id),
  );
  return above.filter((other) => {
    // What has to hold for a time is not watched once more behind a question.
    if (other.nature !== 'looks' || other.hold !== undefined || other.skip !== undefined) return false;
    // What an act that stands was made from is not what is there now.
    if (frozenBy(session.plan, stateOf(session), other.id)) return false;
    if (work.recheck !== 'critical' && work.recheck.includes(other.id)) return true;
    if (other.severity !== 'critical') return false;
    const { verdict } = stepState(stateOf(session), other.id);
    const stale = verdict !== undefined && nowMs - Date.parse(verdict.observedAt) > shelfLifeMs;
    return work.recheck === 'critical' || (work.pointOfNoReturn && stale);
  });
}
