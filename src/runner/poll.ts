// One role of a poll: somebody says go or no-go, signs it, and it counts or they are told why not.

import type { Order } from '../engine/decide.ts';
import type { Envelope } from '../engine/events.ts';
import type { Step } from '../engine/plan.ts';
import { stepState, type Signoff } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import type { NoReturnShown } from '../render/no-return.ts';
import { openEnvelope } from '../log/statement.ts';
import { gateText } from '../render/signoff.ts';
import { isLeave, type Back, type Leave, type Vote } from './people.ts';
import { must, stateOf, type Session } from './session.ts';
import { signWord, takeWord, type SignDesk } from './signoff.ts';

/** Until the role has a vote, nobody here can give one, or somebody leaves. */
export async function pollRole(
  session: Session,
  step: Step,
  role: string,
  shown: NoReturnShown | undefined,
): Promise<Leave | Back | undefined> {
  for (;;) {
    const known = stepState(stateOf(session), step.id);
    if (known.votes[role] !== undefined) return undefined;
    // Signed, and the process was gone before the vote was written.
    const signed = known.signoffs.find((word) => word.role === role && word.attempt === known.attempt);
    if (signed !== undefined) {
      await must(session, voteOf(step, signed));
      continue;
    }
    const reply = await asked(session, () => session.people.vote(step, role, shown));
    if (reply === 'put aside') continue;
    if (isLeave(reply)) return reply;
    if (reply === 'silent') return undefined;
    const refused = await countVote(session, step, role, reply);
    session.flush();
    if (refused === undefined) continue;
    if (!session.people.notCounted(refused)) return undefined;
  }
}

/** Somebody else's vote may arrive while this one is asked for: then the question is put again, if there is one still. */
async function asked<T>(session: Session, question: () => Promise<T>): Promise<T | 'put aside'> {
  try {
    return await question();
  } catch (error) {
    const aside = error instanceof GoliveError && error.code === 'put-aside';
    if (aside && session.presence?.asked() === undefined && !session.signal.aborted) return 'put aside';
    throw error;
  }
}

/** Signs and writes down a vote. Returns why it does not count, or undefined. */
async function countVote(session: Session, step: Step, role: string, vote: Vote): Promise<string | undefined> {
  const { decision, by, comment, signer } = vote;
  // What somebody brings along may be about another role of the same poll: then this one is asked for again.
  if (vote.statement !== undefined) return bringVote(session, step, vote.statement);
  const text = gateText(session.plan, stateOf(session), step);
  const signed = await signWord(session, { step: step.id, role, decision, by, text, comment, signer });
  if ('refused' in signed) return signed.refused;
  const signoff = signed.line;
  return session.journal.order({ order: 'vote', step: step.id, role, decision, by, comment, signoff });
}

/** Writes down a vote that was signed elsewhere. Returns why it does not count, or undefined. */
export async function bringVote(
  desk: SignDesk,
  step: Pick<Step, 'id'>,
  statement: Envelope,
): Promise<string | undefined> {
  const taken = await takeWord(desk, statement);
  if ('refused' in taken) return taken.refused;
  const word = stepState(desk.journal.state(), step.id).signoffs.find(({ seq }) => seq === taken.line);
  return word === undefined
    ? `it is not about ${step.id}`
    : desk.journal.order(voteOf(step, word, commentOf(statement)));
}

/** The vote that a sign-off in the log is about. */
function voteOf(step: Pick<Step, 'id'>, { role, decision, principal, seq }: Signoff, comment = ''): Order {
  const said = decision === 'go' ? 'go' : 'no-go';
  return { order: 'vote', step: step.id, role, decision: said, by: principal, comment, signoff: seq };
}

/** Why somebody said no: with the vote it is on the screen. */
function commentOf(statement: Envelope): string {
  return openEnvelope('signoff', statement).predicate.comment;
}
