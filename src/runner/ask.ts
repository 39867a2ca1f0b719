// The turn of a question: asked, written down, and judged like everything else that was seen.

import { checkAnswer } from '../checklist/answers.ts';
import { expectedOfAnswer } from '../engine/answer.ts';
import { judge } from '../engine/judge.ts';
import type { Finding } from '../engine/expectation.ts';
import type { Json } from '../engine/json.ts';
import type { Bodies } from '../engine/events.ts';
import type { AskWork, Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { BlindError, withHint } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { capturesOf } from './captures.ts';
import { isLeave, type Answer, type Back, type Leave } from './people.ts';
import { correctable, putAside } from './section.ts';
import { must, stateOf, type Session } from './session.ts';

type Why = Bodies['step.start']['why'];

/** `later`: it was put aside, and nothing about it was assumed. */
type TakenAsk = 'taken' | 'silent' | 'later' | Leave | Back;

/**
 * Asks a person, and judges what they say. What was answered in a session that ended before it was judged is not asked
 * again. Nothing is begun before there is an answer.
 */
export async function takeAsk(session: Session, step: Step, why: Why = 'due'): Promise<TakenAsk> {
  if (step.work.type !== 'ask') return 'silent';
  const given = answeredBefore(session, step, step.work);
  const reply = given ?? (await session.people.ask(step));
  if (reply === 'silent' || isLeave(reply)) return reply;
  if ('anew' in reply) return correct(session, reply.anew);
  if ('later' in reply) {
    await putAside(session, step, reply);
    return 'later';
  }
  const { answer, evidence, by, source } = reply;
  const secret = step.work.ask.secret;
  if (given === undefined) {
    await must(session, { order: 'start', step: step.id, why });
    const text = secret ? '' : JSON.stringify(answer);
    await must(session, { order: 'answer', step: step.id, answer: text, evidence, by, source });
  }
  const observedAt = given?.at ?? formatAt(session.world.clock.now());
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
      observed_at: observedAt,
      requests: [],
      findings: secret ? findings.map(withoutObserved) : findings,
      reason: reason.slice(0, 500),
      looks: 1,
    },
  });
  return 'taken';
}

/** Another attempt at a line that has an answer: what was answered before stays in the log. */
export async function correct(session: Session, id: string): Promise<TakenAsk> {
  const step = correctable(session, id);
  const taken = step === undefined ? 'taken' : await takeAsk(session, step, 'again');
  // Left as it was: whatever comes next does.
  return taken === 'later' || taken === 'silent' ? 'taken' : taken;
}

/** An answer that is in the log and was not judged. A secret is in no log: it has to be given again. */
function answeredBefore(session: Session, step: Step, work: AskWork): (Answer & { readonly at: string }) | undefined {
  const { interrupted, answer: known } = stepState(stateOf(session), step.id);
  if (!interrupted || known === undefined || work.ask.secret) return undefined;
  const answer: Json = JSON.parse(known.answer);
  return { ...known, answer, source: 'asked' };
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
    const expect = await session.reader.fill(expectedOfAnswer(step), session.signal);
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
