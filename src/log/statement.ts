// What people sign: grants, sign-offs and seals, as in-toto statements (v1) in DSSE envelopes with SSH signatures.

import { z } from 'zod';
import type { Bodies, Envelope } from '../engine/events.ts';
import type { Json } from '../engine/json.ts';
import { GoliveError } from '../errors.ts';
import type { Signer } from '../world.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { at, decision, hash, principal, publicKey, result, runIdPattern, sid } from './bodies.ts';
import { canonicalText, digest, readCanonical, wellFormed } from './canonical.ts';
import { decodeUtf8, formatAt } from './line.ts';
import { fingerprint, keyBytes } from './public-key.ts';
import { isInForm, namespaces, signingKey } from './sshsig.ts';

const payloadType = 'application/vnd.in-toto+json';
const statementType = 'https://in-toto.io/Statement/v1';

const run = z.string().regex(runIdPattern);
const count = z.int().min(0);
const text = z.string().max(8000);
const subject = z.strictObject({ name: z.string().max(200), digest: z.strictObject({ sha256: hash }) });
/** Whoever signs says who they are and with which key; both are compared with what verifies. */
const signed = { run, principal, signer: publicKey };

const predicates = {
  grant: z.strictObject({ ...signed, sid, key: publicKey, from: at, until: at }),
  signoff: z.strictObject({
    ...signed,
    role: z.string().max(200),
    step: z.string().max(200),
    attempt: count,
    decision,
    text,
    comment: text,
    seen: z.strictObject({ seq: count, head: hash }),
  }),
  seal: z.strictObject({
    ...signed,
    lines: count,
    size: count,
    head: hash,
    result,
    participants: z.array(principal).max(200),
  }),
};

/** What each kind is about, in this order. */
const subjectNames = { grant: ['session key'], signoff: ['seen', 'checklist'], seal: ['run.jsonl'] } as const;

const frame = z.strictObject({
  _type: z.literal(statementType),
  predicateType: z.string(),
  subject: z.array(subject).max(4),
  predicate: z.unknown(),
});

export type StatementKind = keyof typeof predicates;
export type Predicate<K extends StatementKind> = z.output<(typeof predicates)[K]>;
type Subject = z.output<typeof subject>;

/** A statement taken out of its envelope, with what is needed to check its signature. Nothing is verified yet. */
export interface Statement<K extends StatementKind> {
  readonly subjects: readonly Subject[];
  readonly predicate: Predicate<K>;
  readonly namespace: string;
  /** The bytes that are signed: DSSE's pre-authentication encoding. */
  readonly message: Uint8Array;
  /** The SSHSIG blob. */
  readonly signature: Uint8Array;
}

/** A person's word that a session key may write lines of `run` from `from` until `until` (ms since 1970). */
export function grantEnvelope(grant: {
  readonly signer: Signer;
  readonly run: string;
  readonly sid: string;
  readonly sessionKey: string;
  readonly from: number;
  readonly until: number;
}): Promise<Envelope> {
  const { signer, sessionKey: key, from, until } = grant;
  const predicate = {
    ...signedBy(signer, grant.run),
    sid: grant.sid,
    key,
    from: formatAt(from),
    until: formatAt(until),
  };
  return enclose('grant', signer, [subjectOf('session key', digest(keyBytes(key)))], predicate);
}

/**
 * A person's decision about one attempt of a step. `seen` is the line that stood last when it was shown; `text` is what
 * was shown; `checklist` is the digest of the checklist it was shown from.
 */
export function signoffEnvelope(
  signoff: Pick<Bodies['signoff'], 'role' | 'step' | 'decision'> & {
    readonly signer: Signer;
    readonly run: string;
    readonly attempt: number;
    readonly text: string;
    readonly comment: string;
    readonly seen: { readonly seq: number; readonly head: string };
    readonly checklist: string;
  },
): Promise<Envelope> {
  const { signer, checklist, run: id, role, step, attempt, comment, seen } = signoff;
  const words = { text: wellFormed(signoff.text), comment: wellFormed(comment) };
  const predicate = { ...signedBy(signer, id), role, step, attempt, decision: signoff.decision, ...words, seen };
  return enclose('signoff', signer, [subjectOf('seen', seen.head), subjectOf('checklist', checklist)], predicate);
}

/** A person's closing word over all `lines` (without LF) before the seal. `head` is the hash of the last of them. */
export function sealEnvelope(seal: {
  readonly signer: Signer;
  readonly run: string;
  readonly lines: readonly Uint8Array[];
  readonly head: string;
  readonly result: Bodies['seal']['result'];
  /** Principals; sorted and made distinct here. */
  readonly participants: readonly string[];
}): Promise<Envelope> {
  const { signer, head } = seal;
  const log = joinLines(seal.lines);
  const participants = [...new Set(seal.participants)].toSorted();
  const about = { lines: seal.lines.length, size: log.length, head, result: seal.result, participants };
  return enclose('seal', signer, [subjectOf('run.jsonl', digest(log))], { ...signedBy(signer, seal.run), ...about });
}

/** The lines of a log as the bytes of `run.jsonl`. */
export function joinLines(lines: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
}

/** Takes a statement out of its envelope. Throws GoliveError `log` unless its form is exactly that of `kind`. */
export function openEnvelope<K extends StatementKind>(kind: K, envelope: Envelope): Statement<K> {
  const payload = fromBase64(envelope.payload);
  const outer = frame.safeParse(readCanonical(decodeUtf8(payload)));
  const inner = predicates[kind].safeParse(outer.data?.predicate);
  const names = (outer.data?.subject ?? []).map(({ name }) => name);
  const isOne = outer.data?.predicateType === predicateType(kind) && names.join() === subjectNames[kind].join();
  if (!outer.success || !inner.success || !isOne) {
    throw new GoliveError('log', `its statement is not a ${kind}`);
  }
  const signature = fromBase64(envelope.signatures[0]?.sig ?? '');
  const key = signingKey(signature);
  if (inner.data.signer !== key || envelope.signatures[0]?.keyid !== fingerprint(key)) {
    throw new GoliveError('log', `its ${kind} names another key than the one that signed it`);
  }
  if (!isInForm(signature, namespaces[kind]))
    throw new GoliveError(
      'log',
      `the signature of its ${kind} does not fit: it is for something else, or in another form`,
    );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `predicates[kind]` has just checked it
  const predicate = inner.data as Predicate<K>;
  return {
    subjects: outer.data.subject,
    predicate,
    namespace: namespaces[kind],
    message: preAuthentication(payload),
    signature,
  };
}

async function enclose(
  kind: StatementKind,
  signer: Signer,
  subjects: readonly Subject[],
  predicate: Json,
): Promise<Envelope> {
  const statement = { _type: statementType, predicateType: predicateType(kind), subject: subjects, predicate };
  const payload = Buffer.from(canonicalText(statement));
  const signature = await signer.sign(namespaces[kind], preAuthentication(payload));
  if (signingKey(signature) !== signer.publicKey) {
    throw new GoliveError('key', `the signature was made with another key than ${signer.source} announced`, {
      hint: 'Check that the .pub file belongs to the private key.',
    });
  }
  const keyid = fingerprint(signer.publicKey);
  return { payload: toBase64(payload), payloadType, signatures: [{ keyid, sig: toBase64(signature) }] };
}

/** DSSE v1.0.2: `DSSEv1 LENGTH TYPE LENGTH BYTES`. */
function preAuthentication(payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
}

function signedBy(signer: Signer, id: string): { run: string; principal: string; signer: string } {
  return { run: id, principal: signer.principal, signer: signer.publicKey };
}

function subjectOf(name: string, sha256: string): Subject {
  return { name, digest: { sha256 } };
}

function predicateType(kind: StatementKind): string {
  return `urn:golive:${kind}:1`;
}
