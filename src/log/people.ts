// What people said in a log: that each statement fits the line it stands in, and whether its signer is who he named.

import type { RunEvent, SessionOpening } from '../engine/events.ts';
import { amendments } from '../engine/people.ts';
import { GoliveError } from '../errors.ts';
import { digest } from './canonical.ts';
import { ed25519Key, fingerprint, keyBytes } from './public-key.ts';
import { openEnvelope, type Predicate, type Statement, type StatementKind } from './statement.ts';
import { verifyEd25519 } from './sshsig.ts';

/** One statement of a person, with all that is needed to check who signed it. */
export interface Said {
  /** Counted from 1. */
  readonly line: number;
  readonly kind: StatementKind;
  readonly principal: string;
  /** `ssh-… AAAA…` */
  readonly signer: string;
  readonly namespace: string;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  /** When, in the format of the log. */
  readonly at: string;
}

export type Vouching =
  | 'good'
  | { readonly verdict: 'INVALID' | 'UNTRUSTED' | 'EXPIRED' | 'REVOKED'; readonly reason: string };

/** Whether the auditor trusts that this principal signed this message at that time. */
export type VerifyStatement = (statement: Said) => Promise<Vouching>;

/** What the lines before a statement say about it. */
export interface Context {
  readonly run: string;
  readonly rehearsal: boolean;
  /** `hashLine` of every line so far. */
  readonly hashes: readonly string[];
  /** Digest of the checklist in force. */
  readonly checklist: string;
  /** Everybody who spoke so far. */
  readonly principals: ReadonlySet<string>;
  /** Public keys of all sessions: they must not speak for people. */
  readonly sessionKeys: ReadonlySet<string>;
  /** The bytes of the log before this line. */
  readonly log: Uint8Array;
}

/** The grant of a session that opens in `event`. Throws GoliveError `log` unless it allows exactly this session, now. */
export function checkGrant(
  event: RunEvent,
  session: SessionOpening,
  context: Context,
): { readonly said: Said; readonly until: string } {
  const statement = openEnvelope('grant', session.grant);
  const { predicate } = statement;
  const fits =
    predicate.sid === event.sid &&
    predicate.key === session.key &&
    subjectIs(statement, 'session key', digest(keyBytes(session.key)));
  if (!fits) throw new GoliveError('log', 'its grant is for another session');
  if (event.at < predicate.from || event.at > predicate.until)
    throw new GoliveError('log', 'its grant does not hold at this time');
  return { said: vouched('grant', statement, session.principal, event, context), until: predicate.until };
}

/** A sign-off. Throws GoliveError `log` unless statement and line agree and it was made on a line of this log. */
export function checkSignoff(
  event: Extract<RunEvent, { kind: 'signoff' }>,
  context: Context,
): { readonly said: Said; readonly signed: Signed } {
  const statement = openEnvelope('signoff', event.body.statement);
  const { role, step, decision, attempt, seen } = statement.predicate;
  const said = event.body;
  const copied = (said.attempt ?? attempt) === attempt && (said.seen ?? seen.seq) === seen.seq;
  if (role !== said.role || step !== said.step || decision !== said.decision || !copied) {
    throw new GoliveError('log', 'it says something else than the sign-off inside it');
  }
  if (context.hashes[seen.seq] !== seen.head || !subjectIs(statement, 'seen', seen.head)) {
    throw new GoliveError('log', 'its sign-off was made on a line that is not in this log');
  }
  if (!subjectIs(statement, 'checklist', context.checklist))
    throw new GoliveError('log', 'its sign-off is for another checklist');
  return { said: vouched('signoff', statement, said.principal, event, context), signed: statement.predicate };
}

/** A sign-off that other lines may name: what it is about, and whose it is. */
export type Signed = Pick<Predicate<'signoff'>, 'principal' | 'role' | 'step' | 'attempt' | 'decision'>;

/**
 * The sign-off that a vote, a waiver or an attestation names. Throws GoliveError `log` unless it stands above (`signed`,
 * by seq) and says what the line says, for the same attempt.
 */
export function checkNamed(event: RunEvent, signed: ReadonlyMap<number, Signed>): void {
  const named = namedBy(event);
  if (named === undefined || named.signoff === -1) return;
  const found = signed.get(named.signoff);
  if (found === undefined)
    throw new GoliveError('log', `it names line ${named.signoff + 1}, which is no sign-off above it`);
  const fits =
    named.step === found.step &&
    named.attempt === found.attempt &&
    named.decision === found.decision &&
    named.principal === found.principal &&
    (named.role ?? found.role) === found.role;
  if (!fits) throw new GoliveError('log', 'it says something else than the sign-off it names');
}

function namedBy(event: RunEvent): (Partial<Signed> & { readonly signoff: number }) | undefined {
  switch (event.kind) {
    case 'gate.vote': {
      const { step, attempt, role, decision, by, signoff } = event.body;
      return { step, attempt, role, decision, principal: by, signoff };
    }
    case 'step.waive': {
      const { step, attempt, role, by, signoff } = event.body;
      return { step, attempt, role, decision: 'waive', principal: by, signoff };
    }
    case 'step.attest': {
      const { step, attempt, by, second, signoff } = event.body;
      return { step, attempt, decision: 'attest', principal: second === '' ? by : second, signoff };
    }
    case 'checklist.amend': {
      const { second, signoff = -1 } = event.body;
      return { step: amendments, attempt: 0, role: '', decision: 'go', principal: second, signoff };
    }
    default:
      return undefined;
  }
}

/** The seal. Throws GoliveError `log` unless it covers exactly the lines before it. */
export function checkSeal(event: Extract<RunEvent, { kind: 'seal' }>, context: Context): Said {
  const statement = openEnvelope('seal', event.body.statement);
  const { lines, size, head, result, participants } = statement.predicate;
  const covers =
    lines === event.seq &&
    size === context.log.length &&
    head === context.hashes.at(-1) &&
    subjectIs(statement, 'run.jsonl', digest(context.log));
  if (!covers) throw new GoliveError('log', 'its seal is not over the lines before it');
  if (result !== event.body.result) throw new GoliveError('log', 'its seal states another result');
  if (participants.join() !== [...new Set(participants)].toSorted().join())
    throw new GoliveError('log', 'its seal does not name each participant once, in order');
  if (!participants.every((person) => context.principals.has(person))) {
    throw new GoliveError('log', 'its seal names somebody who said nothing in this log');
  }
  return vouched('seal', statement, event.body.principal, event, context);
}

/** One line per person for whoever reads the result: the name and the fingerprint of each key they used. */
export function keysOf(
  spoken: readonly Said[],
): readonly { readonly principal: string; readonly keys: readonly string[] }[] {
  const people = new Map<string, Set<string>>();
  for (const { principal, signer } of spoken) {
    people.set(principal, (people.get(principal) ?? new Set()).add(fingerprint(signer)));
  }
  return [...people].map(([principal, keys]) => ({ principal, keys: [...keys] }));
}

function vouched<K extends StatementKind>(
  kind: K,
  statement: Statement<K>,
  principal: string,
  event: RunEvent,
  context: Context,
): Said {
  const { run, principal: signedAs, signer } = statement.predicate;
  if (run !== context.run) throw new GoliveError('log', `its ${kind} is for another run`);
  if (signedAs !== principal) throw new GoliveError('log', `its ${kind} is signed in another name`);
  if (context.sessionKeys.has(signer))
    throw new GoliveError('log', `its ${kind} is signed by a session, not by a person`);
  const { namespace, message, signature } = statement;
  // Throw-away keys stand in the log itself, so that nobody can vouch for them; a real person's key is the auditor's affair.
  if (
    context.rehearsal &&
    !verifyEd25519({ line: signer, object: ed25519Key(signer) }, namespace, message, signature)
  ) {
    throw new GoliveError('log', `the signature of its ${kind} does not fit`);
  }
  return { line: event.seq + 1, kind, principal, signer, namespace, message, signature, at: event.at };
}

function subjectIs(statement: Statement<StatementKind>, name: string, sha256: string): boolean {
  return statement.subjects.some((subject) => subject.name === name && subject.digest.sha256 === sha256);
}
