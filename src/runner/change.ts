// One change, forwards or back: send the request that was worked out once, and say what came of it.

import { approvalsOf } from '../engine/people.ts';
import { stepState } from '../engine/state.ts';
import { withHint } from '../errors.ts';
import { hashLine } from '../log/line.ts';
import { cleaned } from '../render/output.ts';
import { visible } from '../render/text.ts';
import { unsettledNow } from './above.ts';
import { asBlind } from './blind.ts';
import { begin, conclude, seeEffect, type Blind, type Change, type Why } from './effect.ts';
import type { Back, Leave } from './people.ts';
import type { Recorded } from './prepare.ts';
import { findOut, lookAfterLoss } from './reconcile.ts';
import { must, stateOf, type Session } from './session.ts';

/** What came of sending it; `lost`: nobody knows. Nothing at all where it was not sent. */
type Sent =
  | { readonly requests: readonly string[] }
  | { readonly refused: string; readonly blind?: true; readonly requests: readonly string[] }
  | 'failed'
  | 'lost'
  | undefined;

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
    const known = stepState(stateOf(session), found.id).act?.outcome;
    const reason =
      known === 'not-applied'
        ? 'what it would bring about is in place: what was sent before arrived late'
        : known === 'done'
          ? 'it was made before, and what it brings about is in place; nothing was sent again'
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
): Promise<Leave | Back | undefined> {
  const found = await look();
  if (session.signal.aborted) return undefined;
  const ready = await settleUnsent(session, found, why);
  if (ready === undefined) return undefined;
  const open = unsettledNow(session, ready.id);
  if (open !== undefined) {
    session.screen.print(`  ${ready.id} was not sent: ${open.id} above it is not settled any more`);
    return undefined;
  }
  const agreed = JSON.stringify(shown.prospect.request);
  const would = JSON.stringify(ready.prospect.request);
  await begin(session, ready.id, why);
  if (agreed !== would) {
    const prospect = { ...ready.prospect, expected: `the request that was shown: ${agreed}`, observed: would };
    await refuse(session, { ...ready, prospect }, 'it changed while it was being confirmed; nothing was sent');
    return undefined;
  }
  const sent = await send(session, ready);
  if (session.signal.aborted || sent === undefined || sent === 'failed') return undefined;
  if (sent === 'lost') {
    const now = await (ready.kind.class === 'opaque' ? look() : lookAfterLoss(session, look));
    const came = session.signal.aborted ? 'decided' : await findOut(session, now, why);
    return typeof came === 'object' ? came : undefined;
  }
  if ('refused' in sent && sent.blind === true)
    await conclude(session, ready.id, { verdict: 'error', reason: sent.refused, requests: sent.requests });
  else if ('refused' in sent) await sayWhatStands(session, ready.id, sent, await look());
  else await seeEffect(session, ready, sent.requests);
  return undefined;
}

/** The other side refused. Where somebody else was faster, what stands there now says more than the refusal. */
async function sayWhatStands(
  session: Session,
  id: string,
  { refused, requests }: { readonly refused: string; readonly requests: readonly string[] },
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

/** Writes down what is about to be sent, and sends it in one attempt. */
async function send(session: Session, change: Change): Promise<Sent> {
  const { id, kind, args, prospect } = change;
  const { journal, world, signal } = session;
  if (!(await intend(session, change))) return undefined;
  const mark = stepState(stateOf(session), id).act?.token ?? '';
  session.flush();
  const output = (text: string): void => {
    for (const line of cleaned(journal.told(text))) session.screen.print(line);
  };
  let answer: Awaited<ReturnType<typeof kind.perform>>;
  try {
    const acting = { ...world, changes: session.aws };
    answer = await kind.perform(args, prospect, mark, acting, { signal, fresh: true, output });
  } catch (error) {
    session.screen.print(`  ${visible(journal.told(withHint(asBlind(error, 'sending the change')))).slice(0, 500)}`);
    return 'lost';
  }
  const requests = answer.requests.slice(-20);
  if ('refused' in answer) {
    const reason = answer.refused.slice(0, 500);
    await must(session, { order: 'act-result', step: id, result: 'refused', change: '', requests, reason });
    return { refused: reason, ...(answer.blind && { blind: true }), requests };
  }
  const after = answer.facts === undefined ? '' : await journal.keep(answer.facts);
  if ('failed' in answer) {
    const reason = answer.failed.slice(0, 500);
    await must(session, { order: 'act-result', step: id, result: 'failed', after, change: '', requests, reason });
    const findings = [{ verdict: 'fail', expected: kind.accepted ?? 'it is accepted', observed: reason }] as const;
    const told = 'it was begun and came to a bad end: something may have been changed';
    await conclude(session, id, {
      verdict: 'fail',
      reason: told,
      requests,
      findings,
      ...(answer.facts && { facts: answer.facts }),
    });
    return 'failed';
  }
  const accepted = answer.change.slice(0, 500);
  await must(session, { order: 'act-result', step: id, result: 'done', after, change: accepted, requests, reason: '' });
  session.flush();
  return { requests };
}

/** The request and all that a way back needs, durable before anything is sent. False where that cannot be kept. */
async function intend(session: Session, { id, kind, args, prospect, held, back }: Change): Promise<boolean> {
  const { journal } = session;
  const recorded: Recorded = {
    args,
    state: prospect.before,
    ...(held !== undefined && { held }),
    ...(back && { back }),
  };
  const kept = JSON.stringify(recorded);
  if (journal.scrub(kept) !== kept) {
    const reason = 'the state before holds a secret, which is kept nowhere: there would be no way back';
    await conclude(session, id, { verdict: 'error', reason, requests: prospect.requests });
    return false;
  }
  const request = await journal.keep(prospect.request);
  const before = await journal.keep(JSON.parse(kept));
  const lines = journal.lines();
  const rests = approvalsOf(session.plan, stateOf(session), id);
  const go = rests.map((seq) => `${seq}:${hashLine(lines[seq] ?? '')}`);
  await must(session, { order: 'intend', step: id, run: journal.run, class: kind.class, request, before, go });
  return true;
}
