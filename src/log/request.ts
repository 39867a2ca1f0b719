// The two files that take a decision to another machine and back: a request to sign, and what was signed. Data of strangers.

import { z } from 'zod';
import type { Envelope } from '../engine/events.ts';
import { GoliveError } from '../errors.ts';
import { at, envelope, hash, runIdPattern } from './bodies.ts';
import { digest } from './canonical.ts';
import { decodeUtf8 } from './line.ts';

const name = z.string().max(200);
const noncePattern = /^[a-z2-7]{26}$/;

const request = z.strictObject({
  kind: z.literal('golive.request'),
  version: z.literal(1),
  run: z.string().regex(runIdPattern),
  step: name,
  attempt: z.int().min(1),
  roles: z.array(name).min(1).max(50),
  seen: z.strictObject({ seq: z.int().min(0), head: hash }),
  checklist: z.strictObject({ digest: hash, text: z.string() }),
  text: z.string().max(8000),
  text_digest: hash,
  nonce: z.string().regex(noncePattern),
  expires: at,
  log: z.string(),
});

const decisionFile = z.strictObject({
  kind: z.literal('golive.decision'),
  version: z.literal(1),
  statement: envelope,
});

/**
 * What somebody at another machine is asked about a gate. `roles` have no vote yet, `seen` is the line that stood last,
 * `text` what is to be signed, and `log` every line up to `seen`. All of it can be told anew from `log` and `checklist`.
 */
export type SigningRequest = z.output<typeof request>;

/** A request as its digests and its last line follow from the rest. */
export function newRequest(
  about: Omit<SigningRequest, 'kind' | 'version' | 'checklist' | 'text' | 'text_digest'> & {
    readonly checklist: string;
    /** As it stands above the last line, line feed included. */
    readonly told: string;
  },
): SigningRequest {
  const { told, checklist, ...rest } = about;
  const text = requestText(told, rest.nonce, rest.expires);
  return {
    kind: 'golive.request',
    version: 1,
    ...rest,
    checklist: { digest: digest(checklist), text: checklist },
    text,
    text_digest: digest(text),
  };
}

/** The text that is signed: what the log says, and in its last line which request it answers and until when that counts. */
export function requestText(told: string, nonce: string, expires: string): string {
  return `${told}request ${nonce}, until ${expires}\n`;
}

/** The same taken apart; undefined for a text that answers no request. */
export function splitRequestText(
  text: string,
): { readonly told: string; readonly nonce: string; readonly expires: string } | undefined {
  const [, told, nonce, expires] = /^(.*\n)request ([^,\n]*), until ([^\n]*)\n$/s.exec(text) ?? [];
  if (told === undefined || nonce === undefined || expires === undefined) return undefined;
  return noncePattern.test(nonce) && at.safeParse(expires).success ? { told, nonce, expires } : undefined;
}

/** The bytes of a request. */
export function requestBytes(one: SigningRequest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(one, null, 1)}\n`);
}

/** The bytes of a decision. */
export function decisionBytes(statement: Envelope): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ kind: 'golive.decision', version: 1, statement }, null, 1)}\n`);
}

/** Reads a request. Throws GoliveError `request` unless it has this form and its digests fit. Nothing in it is verified yet. */
export function readRequest(bytes: Uint8Array): SigningRequest {
  const read = parsed(request, bytes, 'a request', 'It is the file that `golive request` writes.');
  if (digest(read.checklist.text) !== read.checklist.digest)
    throw new GoliveError('request', 'the checklist in this request is not the one its digest names', { hint: again });
  if (digest(read.text) !== read.text_digest)
    throw new GoliveError('request', 'the text in this request is not the one its digest names', { hint: again });
  return read;
}

/** Reads a decision. Throws GoliveError `request` unless it has this form. The statement in it is not looked at. */
export function readDecision(bytes: Uint8Array): Envelope {
  return parsed(decisionFile, bytes, 'a decision', 'It is the file that `golive sign` writes.').statement;
}

const again = 'It was changed on its way: ask for another one.';

function parsed<T>(schema: z.ZodType<T>, bytes: Uint8Array, what: string, hint: string): T {
  const checked = schema.safeParse(jsonIn(bytes, what, hint));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const where = (issue?.path ?? []).map(String).join('.').slice(0, 100);
  const why = (issue?.message ?? '').slice(0, 200);
  throw new GoliveError('request', `this is not ${what}: ${where === '' ? why : `${where}: ${why}`}`, { hint });
}

function jsonIn(bytes: Uint8Array, what: string, hint: string): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch (cause) {
    throw new GoliveError('request', `this is not ${what}: it is not JSON`, { hint, cause });
  }
}
