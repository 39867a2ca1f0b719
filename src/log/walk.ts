// Goes through a log from its first line to its last, or to the first that does not hold. Nothing after it is looked at.

import type { RunEvent, SessionOpening } from '../engine/events.ts';
import { GoliveError } from '../errors.ts';
import { decodeLine, hashLine, type ReadLine } from './line.ts';
import { checkGrant, checkNamed, checkSeal, checkSignoff, type Context, type Said, type Signed } from './people.ts';
import { ed25519Key } from './public-key.ts';
import { type Before, checkChain, firstBefore } from './replay.ts';
import { sessionId } from './session-key.ts';
import { namespaces, verifyEd25519, verifyEd25519Beside, type VerifyingKey } from './sshsig.ts';

/** A process that wrote lines, and how long it may. */
export interface WalkedSession {
  readonly sid: string;
  readonly principal: string;
  readonly host: string;
  readonly tool: SessionOpening['tool'];
  readonly callers: SessionOpening['callers'];
  readonly endpoints: readonly string[];
  readonly key: VerifyingKey;
  readonly until: string;
  /** Counted from 1. */
  readonly firstLine: number;
  lines: number;
  /** Set when it closed or was revoked. */
  ended: string | undefined;
}

/** The first line that does not hold. */
export interface Broken {
  /** Counted from 1. */
  readonly line: number;
  /** Byte of the file at which the line begins, from 0. */
  readonly offset: number;
  readonly reason: string;
}

/** All that holds, up to `broken`. */
export interface Walk {
  run: string;
  checklist: string;
  before: Before;
  readonly events: RunEvent[];
  readonly hashes: string[];
  readonly sessions: Map<string, WalkedSession>;
  readonly said: Said[];
  /** Who said it, and with which keys lines are written. */
  readonly principals: Set<string>;
  readonly sessionKeys: Set<string>;
  /** Sign-offs by their seq. */
  readonly signed: Map<number, Signed>;
  broken: Broken | undefined;
}

/** Checks form, chain, sessions, signatures, statements and seal of the bytes of a `run.jsonl`. Trusts nobody, calls nobody. */
export function walkLog(log: Uint8Array): Walk {
  const walk = newWalk(log);
  const now: CheckSignature = (key, signed, signature) => {
    if (!verifyEd25519(key, namespaces.event, signed, signature))
      throw new GoliveError('log', 'its signature does not fit');
  };
  // The walk is what counts, and not what the lines are.
  for (const _ of goOn(walk, log, now)) continue;
  return walk;
}

/** From so many bytes on it is worth checking signatures beside the walk. */
export const longLog = 1_048_576;
/** So many signatures are checked beside each other; as many lines are walked meanwhile. */
const together = 2048;

/**
 * The same walk in less time where there are several cores: the signatures of lines are checked beside it. Where one does not
 * fit, everything is done again in order, so that the first line that does not hold is the one that is found.
 */
export async function walkLogBeside(log: Uint8Array): Promise<Walk> {
  const walk = newWalk(log);
  let checks: Promise<boolean>[] = [];
  let before: Promise<readonly boolean[]> = Promise.resolve([]);
  const beside: CheckSignature = (key, signed, signature) =>
    void checks.push(verifyEd25519Beside(key, namespaces.event, signed, signature));
  for (const _ of goOn(walk, log, beside)) {
    if (checks.length < together) continue;
    if ((await before).includes(false)) return walkLog(log);
    before = Promise.all(checks);
    checks = [];
  }
  const rest = [...(await before), ...(await Promise.all(checks))];
  return rest.includes(false) ? walkLog(log) : walk;
}

/** Has to throw GoliveError `log` at once or to see to it later that the walk counts for nothing. */
type CheckSignature = (key: VerifyingKey, signed: Uint8Array, signature: Uint8Array) => void;

function newWalk(log: Uint8Array): Walk {
  return {
    run: '',
    checklist: '',
    before: firstBefore,
    events: [],
    hashes: [],
    sessions: new Map(),
    said: [],
    principals: new Set(),
    sessionKeys: new Set(),
    signed: new Map(),
    broken: log.length === 0 ? { line: 1, offset: 0, reason: 'there is nothing in it' } : undefined,
  };
}

/** Stops after every line that holds, and ends with the first that does not. */
function* goOn(walk: Walk, log: Uint8Array, check: CheckSignature): Generator<void, void> {
  for (let offset = 0; offset < log.length;) {
    const end = log.indexOf(10, offset);
    try {
      if (end === -1) throw new GoliveError('log', 'it does not end with a line feed: something was cut off or added');
      addLine(walk, log.subarray(offset, end), { log, offset, check });
    } catch (cause) {
      if (!(cause instanceof GoliveError)) throw cause;
      walk.broken = { line: walk.events.length + 1, offset, reason: cause.message };
      return;
    }
    offset = end + 1;
    yield;
  }
}

/** Where a line begins, and how its signature is checked. */
interface Here {
  readonly log: Uint8Array;
  readonly offset: number;
  readonly check: CheckSignature;
}

function addLine(walk: Walk, bytes: Uint8Array, here: Here): void {
  const line = decodeLine(bytes);
  checkNotSealed(walk);
  checkChain(line, walk.before);
  takeRun(walk, line);
  openSession(walk, line, here);
  checkSession(walk, line, here.check);
  endSession(walk, line.event);
  takeStatement(walk, line, here);

  const { seq, at } = line.event;
  walk.events.push(line.event);
  const hash = hashLine(bytes);
  walk.hashes.push(hash);
  walk.before = { seq, hash, at, run: line.run };
}

function checkNotSealed(walk: Walk): void {
  if (walk.events.at(-1)?.kind === 'seal') throw new GoliveError('log', 'it stands after the seal');
}

function takeRun(walk: Walk, { event, run }: ReadLine): void {
  if (event.kind === 'checklist.amend') walk.checklist = event.body.digest;
  if (event.kind !== 'run.open') return;
  if (event.body.rehearsal !== run.startsWith('rehearsal-'))
    throw new GoliveError('log', 'its run id and its body differ on whether this is a rehearsal');
  walk.run = run;
  walk.checklist = event.body.checklist.digest;
}

function openSession(walk: Walk, { event }: ReadLine, here: Here): void {
  if (event.kind !== 'run.open' && event.kind !== 'session.open') return;
  const { session } = event.body;
  if (sessionId(session.key) !== event.sid)
    throw new GoliveError('log', 'its session id is not that of its session key');
  if (walk.sessions.has(event.sid)) throw new GoliveError('log', 'its session was opened before');
  const key = { line: session.key, object: ed25519Key(session.key) };
  walk.sessionKeys.add(session.key);
  const { said, until } = checkGrant(event, session, contextOf(walk, here));
  const { principal, host, tool, callers, endpoints } = session;
  const about = { principal, host, tool, callers, endpoints, firstLine: event.seq + 1 };
  walk.sessions.set(event.sid, { sid: event.sid, ...about, key, until, lines: 0, ended: undefined });
  take(walk, said);
}

function checkSession(walk: Walk, { event, signed, signature }: ReadLine, check: CheckSignature): void {
  const session = walk.sessions.get(event.sid);
  if (session === undefined) throw new GoliveError('log', 'nobody opened its session');
  if (session.ended !== undefined) throw new GoliveError('log', `its session was ${session.ended} before`);
  if (event.at > session.until) throw new GoliveError('log', 'the grant of its session had run out');
  check(session.key, signed, signature);
  session.lines += 1;
}

function endSession(walk: Walk, event: RunEvent): void {
  const own = walk.sessions.get(event.sid);
  if (event.kind === 'session.close' && own !== undefined) own.ended = 'closed';
  if (event.kind !== 'session.revoke') return;
  const revoked = walk.sessions.get(event.body.sid);
  if (revoked === undefined || revoked.principal !== own?.principal) {
    throw new GoliveError('log', 'it revokes a session that is not of the same person');
  }
  revoked.ended = 'revoked';
}

function takeStatement(walk: Walk, { event }: ReadLine, here: Here): void {
  checkNamed(event, walk.signed);
  if (event.kind === 'signoff') {
    const { said, signed } = checkSignoff(event, contextOf(walk, here));
    take(walk, said);
    walk.signed.set(event.seq, signed);
  }
  if (event.kind === 'seal') take(walk, checkSeal(event, contextOf(walk, here)));
}

function take(walk: Walk, said: Said): void {
  walk.said.push(said);
  walk.principals.add(said.principal);
}

function contextOf({ run, hashes, checklist, principals, sessionKeys }: Walk, { log, offset }: Here): Context {
  const rehearsal = run.startsWith('rehearsal-');
  return { run, rehearsal, hashes, checklist, principals, sessionKeys, log: log.subarray(0, offset) };
}
