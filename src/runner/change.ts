// One change, forwards or back: work out the request and send it once.

import type { JsonObject } from '../engine/json.ts';
import type { Step } from '../engine/plan.ts';
import { stepState, undoOf } from '../engine/state.ts';
import { markOf } from '../engine/decide-acts.ts';
import { BlindError, withHint } from '../errors.ts';
import { visible } from '../render/text.ts';
import type { AnyAct } from '../steps/index.ts';
import { asBlind, begin, conclude, seeEffect, type Blind, type Change, type Why } from './effect.ts';
import { argumentsFor } from './reader.ts';
import { findOut, lookAfterLoss } from './reconcile.ts';
import { must, stateOf, type Session } from './session.ts';

/** The other side's words for not doing it. */
interface Refused {
  readonly refused: string;
  readonly requests: readonly string[];
}

/** What an act leaves in the log for its way back: its arguments as they were, and the state it found. */
export interface Recorded {
  readonly args: JsonObject;
  readonly state: JsonObject;
}

/**
 * Asks who we are in the act's account, reads the state and works out the request. Changes nothing. With `recorded` it is
 * the way back that is worked out, from the log alone: it must not hang on what an act's arguments refer to.
 */
export async function prepareChange(session: Session, step: Step, recorded?: Recorded): Promise<Change | Blind> {
  const id = recorded === undefined ? step.id : undoOf(step.id);
  const { signal } = session;
  try {
    const call = step.work.type === 'act' ? step.work.call : undefined;
    const kind = call && session.findAct(call.kind);
    if (call === undefined || kind === undefined) throw new BlindError('internal', `${step.id} names no kind of act`);
    const given = argumentsFor(kind, recorded?.args ?? (await session.reader.anew().fill(call.args, signal)));
    const args = recorded === undefined ? given : kind.undo(given, recorded.state);
    const account = typeof args['account'] === 'string' ? args['account'] : undefined;
    await session.aws.caller(account, signal);
    return { id, kind, args, prospect: await kind.prepare(args, session.world, { signal, fresh: true }) };
  } catch (error) {
    return { id, blind: asBlind(error, 'working out the change') };
  }
}

/**
 * Deals with everything but a change that may be sent. Returns the change when it may: the state is the one it starts
 * from. Otherwise the step has its verdict and nothing was sent.
 */
export async function settleUnsent(session: Session, found: Change | Blind, why: Why): Promise<Change | undefined> {
  if ('blind' in found) {
    await begin(session, found.id, why);
    await conclude(session, found.id, {
      verdict: 'error',
      reason: withHint(found.blind),
      requests: found.blind.requests,
    });
    return undefined;
  }
  const { stands, requests } = found.prospect;
  if (stands === 'ready') return found;
  await begin(session, found.id, why);
  if (stands === 'foreign')
    await refuse(session, found, 'the state is not the one this starts from; nothing was changed');
  else {
    const late = stepState(stateOf(session), found.id).act?.outcome === 'not-applied';
    const reason = late
      ? 'what it would bring about is in place: what was sent before arrived late'
      : 'what it would bring about is in place; nothing was sent';
    await must(session, { order: 'act-result', step: found.id, result: 'already', change: '', requests, reason });
    await seeEffect(session, found, requests);
  }
  return undefined;
}

/** Sends nothing, says what was expected and seen instead, and fails the step. */
async function refuse(session: Session, { id, prospect }: Change, reason: string): Promise<void> {
  const { expected, observed, requests } = prospect;
  await must(session, { order: 'act-result', step: id, result: 'refused', change: '', requests, reason });
  await conclude(session, id, {
    verdict: 'fail',
    reason,
    requests,
    findings: [{ verdict: 'fail', expected, observed }],
  });
}

/**
 * Makes the change that was shown and agreed to. `look` reads the state again: when it is not as it was shown, nothing is
 * sent. Ends with a verdict, or without one when the session is over: then the next session finds out what became of it.
 */
export async function carryOut(
  session: Session,
  shown: Change,
  look: () => Promise<Change | Blind>,
  why: Why,
): Promise<void> {
  const found = await look();
  if (session.signal.aborted) return;
  const ready = await settleUnsent(session, found, why);
  if (ready === undefined) return;
  const agreed = JSON.stringify(shown.prospect.request);
  const would = JSON.stringify(ready.prospect.request);
  await begin(session, ready.id, why);
  if (agreed !== would) {
    const prospect = { ...ready.prospect, expected: `the request that was shown: ${agreed}`, observed: would };
    return refuse(session, { ...ready, prospect }, 'it changed while it was being confirmed; nothing was sent');
  }
  const sent = await send(session, ready);
  if (session.signal.aborted || sent === undefined) return;
  if (typeof sent === 'object' && 'refused' in sent) return sayWhatStands(session, ready.id, sent, await look());
  if (sent !== 'lost') return seeEffect(session, ready, sent.requests);
  const now = await lookAfterLoss(session, look);
  if (!session.signal.aborted) await findOut(session, now, why);
}

/** The other side refused. Where somebody else was faster, what stands there now says more than the refusal. */
async function sayWhatStands(
  session: Session,
  id: string,
  { refused, requests }: Refused,
  now: Change | Blind,
): Promise<void> {
  if (session.signal.aborted) return;
  const prospect = 'blind' in now ? undefined : now.prospect;
  const seen = prospect?.stands === 'foreign' ? [prospect] : [];
  await conclude(session, id, {
    verdict: 'fail',
    reason: 'refused: nothing was changed',
    requests: [...requests, ...seen.flatMap((each) => each.requests)],
    findings: [
      ...seen.map(({ expected, observed }) => ({ verdict: 'fail', expected, observed }) as const),
      { verdict: 'fail', expected: 'the change is accepted', observed: refused },
    ],
  });
}

/** Writes down what is about to be sent, and sends it in one attempt. `lost`: nobody knows whether it happened. */
async function send(
  session: Session,
  change: Change,
): Promise<{ readonly requests: readonly string[] } | Refused | 'lost' | undefined> {
  const { id, kind, args, prospect } = change;
  const { journal, world, signal } = session;
  const recorded: Recorded = { args, state: prospect.before };
  const kept = JSON.stringify(recorded);
  if (journal.scrub(kept) !== kept) {
    const reason = 'the state before holds a secret, which is kept nowhere: there would be no way back';
    await conclude(session, id, { verdict: 'error', reason, requests: prospect.requests });
    return undefined;
  }
  const request = await journal.keep(prospect.request);
  const before = await journal.keep({ ...recorded });
  await must(session, { order: 'intend', step: id, run: journal.run, class: kind.class, request, before });
  const mark = markOf(journal.run, stepState(stateOf(session), id).act?.seq ?? 0);
  session.flush();
  let answer: Awaited<ReturnType<AnyAct['perform']>>;
  try {
    answer = await kind.perform(args, prospect, mark, { ...world, changes: session.aws }, { signal, fresh: true });
  } catch (error) {
    session.screen.print(`  ${visible(journal.scrub(withHint(asBlind(error, 'sending the change')))).slice(0, 500)}`);
    return 'lost';
  }
  const requests = answer.requests.slice(-20);
  if ('refused' in answer) {
    const reason = answer.refused.slice(0, 500);
    await must(session, { order: 'act-result', step: id, result: 'refused', change: '', requests, reason });
    return { refused: reason, requests };
  }
  const accepted = answer.change.slice(0, 500);
  await must(session, { order: 'act-result', step: id, result: 'done', change: accepted, requests, reason: '' });
  session.flush();
  return { requests };
}
