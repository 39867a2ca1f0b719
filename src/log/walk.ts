// Goes through a log from its first line to its last, or to the first that does not hold. Nothing after it is looked at.

import type { KeyObject } from 'node:crypto';
import type { RunEvent, SessionOpening } from '../engine/events.ts';
import { GoliveError } from '../errors.ts';
import { decodeLine, hashLine, type ReadLine } from './line.ts';
import { checkGrant, checkNamed, checkSeal, checkSignoff, type Context, type Said, type Signed } from './people.ts';
import { ed25519Key } from './public-key.ts';
import { type Before, checkChain, firstBefore } from './replay.ts';
import { sessionId } from './session-key.ts';
import { namespaces, verifyEd25519 } from './sshsig.ts';

/** A process that wrote lines, and how long it may. */
export interface WalkedSession {
  readonly sid: string;
  readonly principal: string;
  readonly host: string;
  readonly tool: SessionOpening['tool'];
  readonly callers: SessionOpening['callers'];
  readonly endpoints: readonly string[];
  readonly key: { readonly line: string; readonly object: KeyObject };
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
  /** Sign-offs by their seq. */
  readonly signed: Map<number, Signed>;
  broken: Broken | undefined;
}

/** Checks form, chain, sessions, signatures, statements and seal of the bytes of a `run.jsonl`. Trusts nobody, calls nobody. */
export function walkLog(log: Uint8Array): Walk {
  const walk: Walk = {
    run: '',
    checklist: '',
    before: firstBefore,
    events: [],
    hashes: [],
    sessions: new Map(),
    said: [],
    signed: new Map(),
    broken: log.length === 0 ? { line: 1, offset: 0, reason: 'there is nothing in it' } : undefined,
  };
  for (let offset = 0; offset < log.length;) {
    const end = log.indexOf(10, offset);
    try {
      if (end === -1) throw new GoliveError('log', 'it does not end with a line feed: something was cut off or added');
      addLine(walk, log.subarray(offset, end), log.subarray(0, offset));
    } catch (cause) {
      if (!(cause instanceof GoliveError)) throw cause;
      walk.broken = { line: walk.events.length + 1, offset, reason: cause.message };
      return walk;
    }
    offset = end + 1;
  }
  return walk;
}

function addLine(walk: Walk, bytes: Uint8Array, log: Uint8Array): void {
  const line = decodeLine(bytes);
  checkNotSealed(walk);
  checkChain(line, walk.before);
  takeRun(walk, line);
  openSession(walk, line, log);
  checkSession(walk, line);
  endSession(walk, line.event);
  takeStatement(walk, line, log);

  const { seq, at } = line.event;
  walk.events.push(line.event);
  walk.hashes.push(hashLine(bytes));
  walk.before = { seq, hash: hashLine(bytes), at, run: line.run };
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

function openSession(walk: Walk, { event }: ReadLine, log: Uint8Array): void {
  if (event.kind !== 'run.open' && event.kind !== 'session.open') return;
  const { session } = event.body;
  if (sessionId(session.key) !== event.sid)
    throw new GoliveError('log', 'its session id is not that of its session key');
  if (walk.sessions.has(event.sid)) throw new GoliveError('log', 'its session was opened before');
  const key = { line: session.key, object: ed25519Key(session.key) };
  const { said, until } = checkGrant(event, session, contextOf(walk, log, session.key));
  const { principal, host, tool, callers, endpoints } = session;
  const about = { principal, host, tool, callers, endpoints, firstLine: event.seq + 1 };
  walk.sessions.set(event.sid, { sid: event.sid, ...about, key, until, lines: 0, ended: undefined });
  walk.said.push(said);
}

function checkSession(walk: Walk, { event, signed, signature }: ReadLine): void {
  const session = walk.sessions.get(event.sid);
  if (session === undefined) throw new GoliveError('log', 'nobody opened its session');
  if (session.ended !== undefined) throw new GoliveError('log', `its session was ${session.ended} before`);
  if (event.at > session.until) throw new GoliveError('log', 'the grant of its session had run out');
  if (!verifyEd25519(session.key, namespaces.event, signed, signature))
    throw new GoliveError('log', 'its signature does not fit');
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

function takeStatement(walk: Walk, { event }: ReadLine, log: Uint8Array): void {
  checkNamed(event, walk.signed);
  if (event.kind === 'signoff') {
    const { said, signed } = checkSignoff(event, contextOf(walk, log));
    walk.said.push(said);
    walk.signed.set(event.seq, signed);
  }
  if (event.kind === 'seal') walk.said.push(checkSeal(event, contextOf(walk, log)));
}

function contextOf(walk: Walk, log: Uint8Array, opening?: string): Context {
  const sessionKeys = new Set([...walk.sessions.values()].map(({ key }) => key.line));
  if (opening !== undefined) sessionKeys.add(opening);
  const principals = new Set(walk.said.map(({ principal }) => principal));
  const { run, hashes, checklist } = walk;
  return { run, rehearsal: run.startsWith('rehearsal-'), hashes, checklist, principals, sessionKeys, log };
}
