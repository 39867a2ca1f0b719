// One event as one line, `{"e":EVENT,"s":"SIGNATURE"}`: the bytes that are chained, signed and kept. docs/log-format.md.

import { GoliveError } from '../errors.ts';
import type { Bodies, EventKind, RunEvent } from '../engine/events.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { atPattern, bodySchemas, isKind, runIdPattern, sidPattern } from './bodies.ts';
import { digest, lineText, readCanonical } from './canonical.ts';
import { fitted } from './fit.ts';
import type { SessionKey } from './session-key.ts';

/** Longest line in bytes, without its LF. */
export const maxLine = 64 * 1024;
/** `prev` of the first line. */
export const noLine = '0'.repeat(64);

const shape = /^\{"e":(\{.*\}),"s":"([A-Za-z0-9+/=]+)"\}$/s;
const fields = ['at', 'body', 'kind', 'prev', 'run', 'seq', 'sid', 'v'];
const hashPattern = /^[0-9a-f]{64}$/;

export interface NewLine {
  readonly run: string;
  readonly seq: number;
  /** From `formatAt`. */
  readonly at: string;
  readonly sid: string;
  /** `hashLine` of the line before, or `noLine`. */
  readonly prev: string;
  readonly kind: EventKind;
  readonly body: Bodies[EventKind];
  readonly key: SessionKey;
}

/** A line taken apart. `event` is checked against the schema of its kind; chain and signature are not checked. */
export interface ReadLine {
  readonly event: RunEvent;
  readonly run: string;
  readonly prev: string;
  /** The bytes that are signed. */
  readonly signed: Uint8Array;
  /** The session's signature, an SSHSIG blob. */
  readonly signature: Uint8Array;
}

/**
 * The signed line of an event, without LF. Texts are made well-formed and findings cut to fit. Throws GoliveError `log`
 * when the body does not fit its kind or the line is longer than 64 KiB.
 */
export function encodeEvent(line: NewLine): Uint8Array {
  const { at, kind, prev, run, seq, sid } = line;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checkBody compares it with the schema of its kind next
  const body = kind === 'step.verdict' ? fitted(line.body as Bodies['step.verdict']) : line.body;
  checkBody(kind, body);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- bodies are JSON; an interface has no index to show it
  const event = lineText({ at, body: body as unknown as Json, kind, prev, run, seq, sid, v: 1 });
  const signature = line.key.sign(Buffer.from(event));
  const bytes = Buffer.from(`{"e":${event},"s":"${toBase64(signature)}"}`);
  if (bytes.length > maxLine)
    throw new GoliveError('log', `a ${kind} of ${bytes.length} bytes is longer than a line of the log may be`);
  return bytes;
}

/** Takes one line (without LF) apart. Throws GoliveError `log` with what is wrong, as a sentence that goes on from "line N:". */
export function decodeLine(bytes: Uint8Array): ReadLine {
  if (bytes.length > maxLine) throw new GoliveError('log', `it is longer than ${maxLine} bytes`);
  const [, signed, signature] = shape.exec(decodeUtf8(bytes)) ?? [];
  if (signed === undefined || signature === undefined)
    throw new GoliveError('log', 'it is not of the form {"e":{…},"s":"…"}');
  const { v, at, seq, sid, prev, run, kind, body } = eventFields(readCanonical(signed));
  if (v !== 1) throw new GoliveError('log', `its version is not 1`);
  const inForm =
    isText(at, atPattern) &&
    isText(sid, sidPattern) &&
    isText(prev, hashPattern) &&
    isText(run, runIdPattern) &&
    isCount(seq);
  if (!inForm) throw new GoliveError('log', 'one of at, prev, run, seq, sid is not written as the format has it');
  const time = Date.parse(at);
  if (Number.isNaN(time) || formatAt(time) !== at) throw new GoliveError('log', 'its time does not exist');
  if (typeof kind !== 'string' || !isKind(kind)) throw new GoliveError('log', 'its kind is not known');
  checkBody(kind, body);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checkBody has compared it with the schema of its kind
  const event = { seq, at, sid, kind, body } as unknown as RunEvent;
  return { event, run, prev, signed: Buffer.from(signed), signature: fromBase64(signature) };
}

/** SHA-256 of a line without its LF: what the next line's `prev` has to be. */
export function hashLine(line: Uint8Array | string): string {
  return digest(line);
}

/** Milliseconds since 1970 in the one spelling of the log, `2026-11-20T09:30:00.000Z`: compared as text, ordered as time. */
export function formatAt(ms: number): string {
  const at = Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : '';
  if (!atPattern.test(at)) throw new GoliveError('log', `${ms} is not a time between the years 0 and 9999`);
  return at;
}

function checkBody(kind: EventKind, body: unknown): void {
  const checked = bodySchemas[kind].safeParse(body);
  if (checked.success) return;
  const issue = checked.error.issues[0];
  throw new GoliveError(
    'log',
    `its body is not that of a ${kind}: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`,
  );
}

function eventFields(event: Json): JsonObject {
  if (isObject(event) && Object.keys(event).join() === fields.join()) return event;
  throw new GoliveError('log', `its fields are not exactly ${fields.join(', ')}`);
}

/** Text of UTF-8 bytes, a byte order mark included. Throws GoliveError `log` for anything that is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new GoliveError('log', 'it is not UTF-8', { cause });
  }
}

function isText(value: Json | undefined, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}
