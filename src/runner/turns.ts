// What is done alone and in file order: a question, a poke, a gate, and what to do about a red.

import { capturePath, judge } from '../engine/judge.ts';
import type { Expectation, Finding } from '../engine/expectation.ts';
import type { Turn } from '../engine/next.ts';
import { phaseSteps, type GateWork, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { formatAt } from '../log/line.ts';
import { performLook } from './look.ts';
import { isLeave, type Leave, type Remedy } from './people.ts';
import { must, stateOf, type Session } from './session.ts';

/** `taken`: the loop goes on. `silent`: nobody here can take it. Or somebody leaves the run. */
export type Taken = 'taken' | 'silent' | Leave;

/** Takes one turn. */
export async function takeTurn(session: Session, turn: Turn): Promise<Taken> {
  switch (turn.what) {
    case 'ask':
      return ask(session, turn.step);
    case 'poke':
      session.aws.forget();
      session.reader.forget();
      await performLook(session, turn.step, { why: 'due', fresh: true, resting: () => undefined });
      session.aws.forget();
      session.reader.forget();
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
  const expect = await session.reader.fill(expectationsOf(step), session.signal);
  const { verdict, findings } = judge(expect, { answer, evidence }, now);
  const captures = Object.fromEntries(
    Object.entries(step.capture).map(([name, path]) => [
      name,
      JSON.stringify(capturePath(path, secret ? facts : { answer, evidence }) ?? null),
    ]),
  );
  await must(session, {
    order: 'judge',
    step: step.id,
    captures: verdict === 'pass' ? captures : {},
    seen: {
      verdict,
      facts: await session.journal.keep(facts),
      observed_at: formatAt(now),
      requests: [],
      findings: secret ? findings.map(withoutObserved) : findings,
      reason: '',
      looks: 1,
    },
  });
  return 'taken';
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
  await recheck(session, step, step.work);
  const state = stateOf(session);
  const survey = state.opened?.mode === 'survey';
  const brokeSince = rechecked(session, step, step.work).some(
    (other) => standing(other, stepState(state, other.id), session.world.clock.now()) === 'red',
  );
  if (brokeSince && !survey) return 'taken';
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
  await must(session, { order: 'judge', step: step.id, captures: {}, seen });
}

/** The looks a gate reads again; what pokes or was asked keeps its age. */
function rechecked(session: Session, step: Step, work: GateWork): readonly Step[] {
  const earlier = session.plan.phases.slice(0, session.plan.phases.findIndex((phase) => phase.id === step.phase) + 1);
  const steps = earlier.flatMap(phaseSteps).filter((other) => other.nature === 'looks' && other.skip === undefined);
  if (work.recheck === 'critical') return steps.filter((other) => other.severity === 'critical');
  return steps.filter((other) => work.recheck.includes(other.id));
}

async function recheck(session: Session, step: Step, work: GateWork): Promise<void> {
  session.aws.forget();
  session.reader.forget();
  const state = stateOf(session);
  // What a person attested stays attested; a red stands anyway.
  const due = rechecked(session, step, work).filter((other) => stepState(state, other.id).verdict?.verdict === 'pass');
  await session.world.clock.rest(
    Promise.all(
      due.map((other) =>
        session.world.clock.task(() =>
          performLook(session, other, { why: 'recheck', fresh: false, resting: () => undefined }),
        ),
      ),
    ),
  );
}

async function red(session: Session, step: Step, same: readonly Step[]): Promise<Taken> {
  const reply = await session.people.red(step, same);
  if (reply === 'silent' || isLeave(reply)) return reply;
  await remedy(session, [step, ...same], reply);
  return 'taken';
}

async function remedy(session: Session, steps: readonly Step[], chosen: Remedy): Promise<void> {
  const first = steps[0];
  if (first === undefined) return;
  if (chosen.do === 'waive') {
    const untilMs = first.waive?.untilMs;
    const until = untilMs === undefined ? '' : formatAt(session.world.clock.now() + untilMs);
    const { by, role, reason } = chosen;
    await say(session, await session.journal.order({ order: 'waive', step: first.id, by, role, reason, until }));
    return;
  }
  if (chosen.do === 'attest') {
    const { by, evidence } = chosen;
    await say(
      session,
      await session.journal.order({ order: 'attest', step: first.id, by, evidence, second: '', signoff: -1 }),
    );
    return;
  }
  session.aws.forget();
  session.reader.forget();
  const again =
    chosen.do === 'again' ? session.plan.phases.flatMap(phaseSteps).filter((step) => step.id === chosen.step) : steps;
  for (const step of again) {
    if (step.nature === 'asks') await ask(session, step);
    else if (step.nature === 'decides') await gate(session, step);
    else if (step.nature === 'pokes')
      await performLook(session, step, { why: 'retry', fresh: true, resting: () => undefined });
  }
  const why = chosen.do === 'again' ? 'again' : 'retry';
  const looks = again.filter((step) => step.nature === 'looks');
  await session.world.clock.rest(
    Promise.all(
      looks.map((step) =>
        session.world.clock.task(() => performLook(session, step, { why, fresh: false, resting: () => undefined })),
      ),
    ),
  );
}

async function say(session: Session, refused: string | undefined): Promise<void> {
  if (refused !== undefined) session.screen.print(`  not done: ${refused}`);
}
