// What is done alone and in file order: a question, a poke, a gate, and what to do about a red.

import { checkAnswer } from '../checklist/answers.ts';
import { judge } from '../engine/judge.ts';
import type { Expectation, Finding } from '../engine/expectation.ts';
import type { Turn } from '../engine/next.ts';
import { stepsOf, type AskWork, type GateWork, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { BlindError, withHint } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { lookAgain, sendPoke } from './again.ts';
import { capturesOf } from './captures.ts';
import { isLeave, type Answer, type Leave, type Remedy } from './people.ts';
import { must, stateOf, type Session } from './session.ts';

/** How long a critical green counts at the point of no return, in ms. */
const shelfLifeMs = 600_000;

/** `taken`: the loop goes on. `silent`: nobody here can take it. Or somebody leaves the run. */
export type Taken = 'taken' | 'silent' | Leave;

/** Takes one turn. */
export async function takeTurn(session: Session, turn: Turn): Promise<Taken> {
  switch (turn.what) {
    case 'ask':
      return ask(session, turn.step);
    case 'poke':
      await sendPoke(session, turn.step, 'due');
      return 'taken';
    case 'gate':
      return gate(session, turn.step);
    case 'red':
      return red(session, turn.step, turn.same);
    case 'act':
      return 'silent';
    default:
      return turn satisfies never;
  }
}

async function ask(session: Session, step: Step): Promise<Taken> {
  const reply = await session.people.ask(step);
  if (reply === 'silent' || isLeave(reply)) return reply;
  if (step.work.type !== 'ask') return 'silent';
  const { answer, evidence, by, source } = reply;
  const secret = step.work.ask.secret;
  await must(session, { order: 'start', step: step.id, why: 'due' });
  const text = secret ? '' : JSON.stringify(answer);
  await must(session, { order: 'answer', step: step.id, answer: text, evidence, by, source });
  const now = session.world.clock.now();
  const facts = { answer: secret ? '(given)' : answer, evidence };
  const judged = await judgeAnswer(session, step, step.work, reply);
  // Ended while what it is compared with was read: it is asked again.
  if (session.signal.aborted) return 'taken';
  const { verdict, findings, reason, captures } = judged;
  await must(session, {
    order: 'judge',
    step: step.id,
    captures,
    seen: {
      verdict,
      facts: await session.journal.keep(facts),
      observed_at: formatAt(now),
      requests: [],
      findings: secret ? findings.map(withoutObserved) : findings,
      reason: reason.slice(0, 500),
      looks: 1,
    },
  });
  return 'taken';
}

interface JudgedAnswer {
  readonly verdict: 'pass' | 'fail' | 'error' | 'inconclusive';
  readonly findings: readonly Finding[];
  readonly reason: string;
  readonly captures: Readonly<Record<string, string>>;
}

/** Somebody at a prompt is asked again until the form is right; what was written down beforehand is held to it here. */
async function judgeAnswer(session: Session, step: Step, work: AskWork, reply: Answer): Promise<JudgedAnswer> {
  const { answer, evidence } = reply;
  const now = session.world.clock.now();
  const form = checkAnswer(work.ask, answer, now);
  const wrong = form === undefined ? undefined : `the answer ${form}`;
  const bare = work.evidence && evidence.trim() === '' ? 'the evidence is missing' : undefined;
  const problem = wrong ?? bare;
  if (problem !== undefined) return { verdict: 'inconclusive', findings: [], reason: problem, captures: {} };
  try {
    const expect = await session.reader.fill(expectationsOf(step), session.signal);
    const { verdict, findings } = judge(expect, { answer, evidence }, now);
    if (verdict !== 'pass') return { verdict, findings, reason: '', captures: {} };
    const taken = capturesOf(step.capture, { answer, evidence });
    if ('missed' in taken) return { verdict: 'fail', findings: [...findings, taken.missed], reason: '', captures: {} };
    return { verdict, findings, reason: '', captures: taken.captures };
  } catch (error) {
    // What the answer is compared with could not be read.
    if (!(error instanceof BlindError)) throw error;
    return { verdict: 'error', findings: [], reason: withHint(error), captures: {} };
  }
}

/** A secret is judged like any answer; what was seen of it is kept nowhere. */
function withoutObserved({ verdict, expected }: Finding): Finding {
  return { verdict, expected, observed: '(a secret: not kept)' };
}

/** A question that expects nothing of its own is answered by any valid answer, except that a no is a no. */
function expectationsOf(step: Step): readonly Expectation[] {
  if (step.expect.length > 0) return step.expect;
  const confirm = step.work.type === 'ask' && step.work.ask.type === 'confirm';
  return [confirm ? { path: 'answer', eq: true } : { path: 'answer', absent: false }];
}

/** Looks again at what the gate stands on, then asks each role. No vote is not a go. */
async function gate(session: Session, step: Step): Promise<Taken> {
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
  session.flush();
  await must(session, { order: 'start', step: step.id, why: 'due' });
  for (const role of step.work.poll) {
    const reply = await session.people.vote(step, role);
    if (isLeave(reply)) return reply;
    if (reply === 'silent') continue;
    await must(session, { order: 'vote', step: step.id, role, ...reply });
  }
  await closePoll(session, step, step.work);
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
  if (verdict === 'pass' && work.pointOfNoReturn && stateOf(session).t0 === undefined)
    await must(session, { order: 'set-clock', t0: now, source: 'gate' });
  await must(session, { order: 'judge', step: step.id, captures: {}, seen });
}

/** The looks above a gate that it reads again; what pokes or was asked keeps its age. */
function rechecked(session: Session, step: Step, work: GateWork, nowMs: number): readonly Step[] {
  const steps = stepsOf(session.plan);
  const above = steps.slice(
    0,
    steps.findIndex((other) => other.id === step.id),
  );
  return above.filter((other) => {
    if (other.nature !== 'looks' || other.skip !== undefined) return false;
    if (work.recheck !== 'critical' && work.recheck.includes(other.id)) return true;
    if (other.severity !== 'critical') return false;
    const { verdict } = stepState(stateOf(session), other.id);
    const stale = verdict !== undefined && nowMs - Date.parse(verdict.observedAt) > shelfLifeMs;
    return work.recheck === 'critical' || (work.pointOfNoReturn && stale);
  });
}

async function red(session: Session, step: Step, same: readonly Step[]): Promise<Taken> {
  const reply = await session.people.red(step, same);
  if (reply === 'silent' || isLeave(reply)) return reply;
  return remedy(session, [step, ...same], reply);
}

async function remedy(session: Session, steps: readonly Step[], chosen: Remedy): Promise<Taken> {
  const first = steps[0];
  if (first === undefined) return 'taken';
  if (chosen.do === 'waive') {
    const untilMs = first.waive?.untilMs;
    const until = untilMs === undefined ? '' : formatAt(session.world.clock.now() + untilMs);
    const { by, role, reason } = chosen;
    await say(session, await session.journal.order({ order: 'waive', step: first.id, by, role, reason, until }));
    return 'taken';
  }
  if (chosen.do === 'attest') {
    const { by, evidence } = chosen;
    await say(
      session,
      await session.journal.order({ order: 'attest', step: first.id, by, evidence, second: '', signoff: -1 }),
    );
    return 'taken';
  }
  const again = chosen.do === 'again' ? stepsOf(session.plan).filter((step) => step.id === chosen.step) : steps;
  const why = chosen.do === 'again' ? 'again' : 'retry';
  for (const step of again) {
    if (step.nature === 'pokes') await sendPoke(session, step, why);
    if (step.nature !== 'asks' && step.nature !== 'decides') continue;
    const taken = step.nature === 'asks' ? await ask(session, step) : await gate(session, step);
    // Whoever leaves the run at the question leaves it, however the question came up.
    if (isLeave(taken)) return taken;
  }
  const looks = again.filter((step) => step.nature === 'looks');
  if (looks.length > 0) await lookAgain(session, looks, why);
  return 'taken';
}

async function say(session: Session, refused: string | undefined): Promise<void> {
  if (refused !== undefined) session.screen.print(`  not done: ${refused}`);
}
