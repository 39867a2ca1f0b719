// The pen of an insider: writes a log anew, event by event, with the keys he holds, and leaves any part of it as he likes.

import type { Bodies, Envelope, EventKind, RunEvent } from '../../src/engine/events.ts';
import { encodeEvent, formatAt, hashLine, noLine } from '../../src/log/line.ts';
import { readEvents } from '../../src/log/replay.ts';
import { newSessionKey, type SessionKey } from '../../src/log/session-key.ts';
import { grantEnvelope, joinLines, openEnvelope, sealEnvelope, signoffEnvelope } from '../../src/log/statement.ts';
import type { Signer } from '../../src/world.ts';
import { lineWith, partsOf } from './mutate.ts';

/** An event that is to be written. What it does not say follows from the event as it was. */
export interface Draft<K extends EventKind = EventKind> {
  readonly kind: K;
  readonly body: Bodies[K];
  /** In ms. */
  readonly at: number;
  /** Which session writes it, in the order in which they open. */
  readonly session: number;
  /** Another session's id on the line that `session` signs. */
  readonly sid?: string;
  /** What the statement in it says, where that is not what the line says. */
  readonly says?: Partial<Parameters<typeof signoffEnvelope>[0] & Parameters<typeof sealEnvelope>[0] & Grant>;
  /** This statement as it is, signed for whatever it was signed. */
  readonly statement?: Envelope;
}

type Grant = Parameters<typeof grantEnvelope>[0];

/** A log and what it was written with. */
export interface Forged {
  readonly run: string;
  readonly lines: readonly Uint8Array[];
  readonly bytes: Uint8Array;
  readonly keys: readonly SessionKey[];
}

/** Whose keys are at hand, by principal; and those of the sessions, where they are not to be new ones. */
export interface Hand {
  readonly run: string;
  readonly signers: Readonly<Record<string, Signer>>;
  readonly keys?: readonly SessionKey[];
}

/** The events of a log, ready to be written again. */
export function draftsOf(lines: readonly Uint8Array[]): Draft[] {
  const sids: string[] = [];
  return readEvents(lines).map((event: RunEvent) => {
    if (!sids.includes(event.sid)) sids.push(event.sid);
    const { kind, body, at, sid } = event;
    return { kind, body, at: Date.parse(at), session: sids.indexOf(sid) };
  });
}

/** Writes them: a chain that holds, sessions with grants, sign-offs of the lines they were of, and a seal over it all. */
export async function forge(drafts: readonly Draft[], hand: Hand): Promise<Forged> {
  const lines: Uint8Array[] = [];
  const keys: SessionKey[] = [...(hand.keys ?? [])];
  for (const draft of drafts) {
    const key = (keys[draft.session] ??= newSessionKey());
    const { kind, at } = draft;
    const last = lines.at(-1);
    const prev = last === undefined ? noLine : hashLine(last);
    const body = await bodyOf(draft, key, lines, hand);
    const sid = draft.sid ?? key.sid;
    lines.push(encodeEvent({ run: hand.run, seq: lines.length, at: formatAt(at), sid, prev, kind, body, key }));
  }
  return { run: hand.run, lines, bytes: joinLines(lines), keys };
}

async function bodyOf(
  draft: Draft,
  key: SessionKey,
  lines: readonly Uint8Array[],
  { run, signers }: Hand,
): Promise<Bodies[EventKind]> {
  const { says = {}, statement } = draft;
  const by = (principal: string): Signer => {
    const signer = says.signer ?? signers[principal];
    if (signer === undefined) throw new Error(`no key of ${principal}`);
    return signer;
  };
  if (is(draft, 'run.open') || is(draft, 'session.open')) {
    const { session } = draft.body;
    const { from, until } = openEnvelope('grant', session.grant).predicate;
    const [sid, sessionKey, signer] = [key.sid, key.publicKey, by(session.principal)];
    const times = { from: Date.parse(from), until: Date.parse(until) };
    const grant = statement ?? (await grantEnvelope({ signer, run, sid, sessionKey, ...times, ...says }));
    return { ...draft.body, session: { ...session, key: sessionKey, grant } };
  }
  if (is(draft, 'signoff')) {
    const { principal, role, step, decision } = draft.body;
    const { predicate, subjects } = openEnvelope('signoff', draft.body.statement);
    const { attempt, text, comment } = predicate;
    const seq = draft.body.seen ?? predicate.seen.seq;
    const seen = { seq, head: hashLine(lines[seq] ?? '') };
    const checklist = subjects.find(({ name }) => name === 'checklist')?.digest.sha256 ?? '';
    const about = { run, role, step, decision, attempt, text, comment, seen, checklist };
    const signed = statement ?? (await signoffEnvelope({ signer: by(principal), ...about, ...says }));
    return { ...draft.body, statement: signed };
  }
  if (!is(draft, 'seal')) return draft.body;
  const { principal, result } = draft.body;
  const { participants } = openEnvelope('seal', draft.body.statement).predicate;
  const head = hashLine(lines.at(-1) ?? '');
  const over = { run, lines, head, result, participants };
  return {
    ...draft.body,
    statement: statement ?? (await sealEnvelope({ signer: by(principal), ...over, ...says })),
  };
}

function is<K extends EventKind>(draft: Draft, kind: K): draft is Draft & Draft<K> {
  return draft.kind === kind;
}

/** The same drafts with some of one kind changed: all, or the one that is `nth` of them, from 0. */
export function changed<K extends EventKind>(
  drafts: readonly Draft[],
  kind: K,
  change: (draft: Draft<K>) => Partial<Draft<K>>,
  nth?: number,
): Draft[] {
  let seen = -1;
  return drafts.map((draft) => {
    if (!is(draft, kind)) return draft;
    seen += 1;
    return nth === undefined || nth === seen ? { ...draft, ...change(draft) } : draft;
  });
}

/** A log up to the line with this index, whose event is changed and then signed by the session that wrote it. */
export function signedAgain({ lines, keys }: Forged, index: number, change: (event: string) => string): Uint8Array {
  const { event } = partsOf(lines[index] ?? Buffer.of());
  const bent = change(event);
  if (bent === event) throw new Error('nothing in it is changed');
  const signature = keys[0]?.sign(Buffer.from(bent)) ?? Buffer.of();
  const line = lineWith(bent, Buffer.from(signature).toString('base64'));
  return joinLines([...lines.slice(0, index), Buffer.from(line)]);
}
