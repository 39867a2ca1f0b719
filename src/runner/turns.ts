// What is done alone and in file order: a question, a poke, a gate, and what to do about a red.

import { checkAnswer } from '../checklist/answers.ts';
import { judge } from '../engine/judge.ts';
import type { Expectation, Finding } from '../engine/expectation.ts';
import type { Turn } from '../engine/next.ts';
import { findStep, stepsOf, type AskWork, type Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { BlindError, withHint } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { frozenBy } from '../engine/acts.ts';
import { frozenWords } from '../engine/decide.ts';
import { takeAct } from './act.ts';
import { lookAgain, sendPoke } from './again.ts';
import { capturesOf } from './captures.ts';
import { takeGate } from './gate.ts';
import { isLeave, type Answer, type Back, type Leave, type Remedy } from './people.ts';
import { takeBack } from './rollback.ts';
import { must, stateOf, type Session } from './session.ts';

/** Steps that are to be watched again, beside everything else. */
export interface Watch {
  readonly watch: readonly Step[];
  readonly why: 'retry' | 'again';
}

/** `taken`: the loop goes on. `silent`: nobody here can take it. Or somebody leaves the run. */
export type Taken = 'taken' | 'silent' | Watch | Leave;

/** Takes one turn; whoever turns from it to the way back gets there. */
export async function takeTurn(session: Session, turn: Turn): Promise<Taken> {
  const taken = await take(session, turn);
  if (!isLeave(taken) || taken.leave !== 'rollback') return taken;
  const came = await takeBack(session, taken.step);
  if (came === 'taken') await leavePoll(session, taken.step);
  return came;
}

/** A poll that somebody turned away from is over: nothing else could be done while it stayed open. */
async function leavePoll(session: Session, id: string): Promise<void> {
  const { running } = stepState(stateOf(session), id);
  if (!running || session.signal.aborted || findStep(session.plan, id)?.nature !== 'decides') return;
  const seen = {
    verdict: 'inconclusive',
    facts: '',
    observed_at: formatAt(session.world.clock.now()),
    requests: [],
    findings: [],
    reason: 'somebody turned from the poll to take back what was changed',
    looks: 1,
  } as const;
  await must(session, { order: 'judge', step: id, captures: {}, seen });
}

async function take(session: Session, turn: Turn): Promise<Taken | Back> {
  switch (turn.what) {
    case 'ask':
      return ask(session, turn.step);
    case 'poke':
      await sendPoke(session, turn.step, 'due');
      return 'taken';
    case 'gate':
      return takeGate(session, turn.step);
    case 'red':
      return red(session, turn.step, turn.same);
    case 'act':
      return takeAct(session, turn.step, 'due');
    case 'rollback':
      return takeBack(session, undefined);
    default:
      return turn satisfies never;
  }
}

async function ask(session: Session, step: Step): Promise<Taken | Back> {
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

async function red(session: Session, step: Step, same: readonly Step[]): Promise<Taken | Back> {
  const reply = await session.people.red(step, same);
  if (reply === 'silent' || isLeave(reply)) return reply;
  return remedy(session, [step, ...same], reply);
}

async function remedy(session: Session, steps: readonly Step[], chosen: Remedy): Promise<Taken | Back> {
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
  const meant = chosen.do === 'again' ? stepsOf(session.plan).filter((step) => step.id === chosen.step) : steps;
  const why = chosen.do === 'again' ? 'again' : 'retry';
  const again: Step[] = [];
  for (const step of meant) {
    const act = frozenBy(session.plan, stateOf(session), step.id);
    if (act) await say(session, frozenWords(step.id, act.id));
    else again.push(step);
  }
  for (const step of again) {
    if (step.nature === 'pokes') await sendPoke(session, step, why);
    if (step.nature === 'pokes' || step.nature === 'looks') continue;
    const by = step.nature === 'asks' ? ask : step.nature === 'decides' ? takeGate : takeAct;
    const taken = await by(session, step, why);
    // Whoever leaves the run at the question leaves it, however the question came up.
    if (isLeave(taken)) return taken;
  }
  const looks = again.filter((step) => step.nature === 'looks');
  // What has to hold is watched beside everything else, as it was the first time.
  const watches = looks.filter((step) => step.hold !== undefined);
  if (watches.length < looks.length)
    await lookAgain(
      session,
      looks.filter((step) => step.hold === undefined),
      why,
    );
  return watches.length === 0 ? 'taken' : { watch: watches, why };
}

async function say(session: Session, refused: string | undefined): Promise<void> {
  if (refused !== undefined) session.screen.print(`  not done: ${refused}`);
}
