// A person's signed word in the log: made here with their key, or made elsewhere and brought along. Checked before it is written.

import type { Bodies, Envelope } from '../engine/events.ts';
import { signs } from '../engine/people.ts';
import type { Plan } from '../engine/plan.ts';
import { stepState, type State } from '../engine/state.ts';
import { GoliveError, withHint } from '../errors.ts';
import { formatAt, hashLine } from '../log/line.ts';
import type { Vouching } from '../log/people.ts';
import { openEnvelope, signoffEnvelope } from '../log/statement.ts';
import type { Roster } from '../roster.ts';
import type { Clock, Signer } from '../world.ts';
import type { Journal } from './journal.ts';

/** What it takes to write somebody's word down. */
export interface SignDesk {
  readonly plan: Plan;
  readonly journal: Pick<Journal, 'run' | 'state' | 'lines' | 'order' | 'scrub' | 'told'>;
  /** Absent where nobody said who holds which role. */
  readonly roster?: Roster | undefined;
  readonly world: { readonly clock: Pick<Clock, 'now'> };
}

/** A word that is about to be signed. */
export interface Word {
  readonly step: string;
  readonly role: string;
  readonly decision: Bodies['signoff']['decision'];
  readonly by: string;
  /** As it was shown, from render/signoff.ts. */
  readonly text: string;
  readonly comment: string;
  /** Absent: the attempt that is there. */
  readonly attempt?: number;
  /** Absent: whatever this machine has of that person. */
  readonly signer?: Signer | undefined;
}

/** The line of a sign-off, -1 where nobody signs; or why it does not count, as a sentence with the way on. */
export type Signed = { readonly line: number } | { readonly refused: string };

/** Has the person sign what was just shown, and writes it down. */
export async function signWord(desk: SignDesk, word: Word): Promise<Signed> {
  const { journal, roster } = desk;
  const state = journal.state();
  if (!signs(state) || roster === undefined) return { line: -1 };
  try {
    const signer = word.signer ?? (await roster.signer(word.by));
    if (signer === undefined)
      return { refused: `there is no key of ${word.by} at this machine: they can sign elsewhere, on a request` };
    const lines = journal.lines();
    const statement = await signoffEnvelope({
      signer,
      run: journal.run,
      step: word.step,
      role: word.role,
      decision: word.decision,
      attempt: word.attempt ?? stepState(state, word.step).attempt,
      text: word.text,
      // Nothing can be taken out of what is signed.
      comment: journal.told(word.comment),
      seen: { seq: lines.length - 1, head: hashLine(lines.at(-1) ?? '') },
      checklist: checklistOf(state),
    });
    return await takeWord(desk, statement);
  } catch (error) {
    if (error instanceof GoliveError && (error.code === 'key' || error.code === 'log'))
      return { refused: withHint(error) };
    throw error;
  }
}

/**
 * Writes down a word that is signed already. Nothing is taken on trust: run, attempt, line, checklist, signature, role and
 * whether it was decided before are all looked at.
 */
export async function takeWord(desk: SignDesk, statement: Envelope): Promise<Signed> {
  const { journal, roster } = desk;
  const state = journal.state();
  if (roster === undefined) return { refused: 'nobody said who holds which role: there is no .golive/roles.yaml' };
  try {
    const opened = openEnvelope('signoff', statement);
    const { run, principal, signer, step, role, decision, attempt, seen, comment } = opened.predicate;
    if (run !== journal.run) return { refused: `it is about run ${run}, and this is ${journal.run}` };
    if (journal.scrub(comment) !== comment)
      return { refused: 'its comment has a secret of this run in it, which is kept nowhere: sign again without it' };
    const line = journal.lines()[seen.seq];
    if (line === undefined || hashLine(line) !== seen.head)
      return { refused: `it was signed on line ${seen.seq + 1} of another log than this one` };
    if (!opened.subjects.some(({ name, digest }) => name === 'checklist' && digest.sha256 === checklistOf(state)))
      return { refused: 'it was signed for another version of the checklist: ask again' };
    const { namespace, message, signature } = opened;
    const now = formatAt(desk.world.clock.now());
    const at = now > state.at ? now : state.at;
    const said = {
      line: state.seq + 1,
      kind: 'signoff',
      principal,
      signer,
      namespace,
      message,
      signature,
      at,
    } as const;
    const vouching = await roster.vouch(said);
    if (vouching !== 'good') return { refused: notVouched(principal, role, vouching) };
    const by = principal;
    const refused = await journal.order({
      order: 'sign',
      step,
      role,
      decision,
      by,
      attempt,
      seen: seen.seq,
      statement,
    });
    return refused === undefined ? { line: journal.state().seq - 1 } : { refused };
  } catch (error) {
    if (error instanceof GoliveError && error.code === 'log') return { refused: error.message };
    throw error;
  }
}

function notVouched(by: string, role: string, vouching: Exclude<Vouching, 'good'>): string {
  const ways = {
    EXPIRED: 'Renew its dates in the allowed signers, or sign with a key that is good now.',
    REVOKED: 'Somebody else who holds the role has to sign, or a new key has to be trusted first.',
    UNTRUSTED: '`golive key trust` adds a key to the allowed signers.',
    INVALID: 'Ask for it again.',
  };
  const what = role === '' ? 'the signature' : `the signature for ${role}`;
  return `${what} of ${by} does not count: ${vouching.reason}. ${ways[vouching.verdict]}`;
}

function checklistOf(state: State): string {
  return state.amended ?? state.opened?.checklist.digest ?? '';
}
