// One text per JSON value, by RFC 8785: what is signed and digested can be written in one way only.

import { hash } from 'node:crypto';
import { type Json, isObject } from '../engine/json.ts';
import { GoliveError } from '../errors.ts';

const LONE_SURROGATES = /\p{Surrogate}/gu;

/** What may be written: how deep, and what becomes of numbers, texts and depths that may not. */
interface Profile {
  readonly depth: number;
  readonly number: (value: number) => string;
  readonly text: (text: string) => string;
  readonly tooDeep: () => string;
}

const lineProfile: Profile = {
  depth: 16,
  number(value) {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
    throw new GoliveError('log', `${value} is not a whole number that every reader understands alike`);
  },
  text(text) {
    const quoted = JSON.stringify(text);
    // A lone surrogate comes out as an escape, which is quicker to look for; a backslash in the text looks alike.
    if (!quoted.includes('\\ud') || text.search(LONE_SURROGATES) === -1) return quoted;
    throw new GoliveError('log', 'a text is not well-formed Unicode');
  },
  tooDeep() {
    throw new GoliveError('log', 'an event nests deeper than 16 levels');
  },
};

const writingProfile: Profile = {
  ...lineProfile,
  text(text) {
    const quoted = JSON.stringify(text);
    return quoted.includes('\\ud') ? JSON.stringify(wellFormed(text)) : quoted;
  },
};

// Facts come from outside and must never stop a run, so what has no canonical form is replaced.
const factsProfile: Profile = {
  depth: 64,
  number: (value) => (Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value))),
  text: (text) => JSON.stringify(wellFormed(text)),
  tooDeep: () => '"(nested deeper than 64 levels)"',
};

/**
 * RFC 8785 text in the profile of the log: whole numbers within ±(2^53-1), well-formed Unicode, at most 16 levels.
 * Throws GoliveError `log` for anything else: what cannot be written in one way must not be signed.
 */
export function canonicalText(json: Json): string {
  return write(json, lineProfile, lineProfile.depth);
}

/** As `canonicalText`, with every lone surrogate replaced by U+FFFD: for texts from outside, which must not stop a run. */
export function lineText(json: Json): string {
  return write(json, writingProfile, writingProfile.depth);
}

/**
 * RFC 8785 text of facts, fractions allowed. A lone surrogate becomes U+FFFD, a number beyond doubles its name as text,
 * and what nests deeper than 64 levels a remark.
 */
export function factsText(json: Json): string {
  return write(json, factsProfile, factsProfile.depth);
}

function write(json: Json, profile: Profile, depth: number): string {
  if (json === null || typeof json === 'boolean') return String(json);
  if (typeof json === 'number') return profile.number(json);
  if (typeof json === 'string') return profile.text(json);
  if (depth === 0) return profile.tooDeep();
  if (!isObject(json)) return `[${json.map((item) => write(item, profile, depth - 1)).join(',')}]`;
  // Strings are sorted by UTF-16 code units, which is the order of RFC 8785 3.2.3.
  const keys = Object.keys(json).toSorted();
  return `{${keys.map((key) => `${profile.text(key)}:${write(json[key] ?? null, profile, depth - 1)}`).join(',')}}`;
}

/** The JSON in `text`, which must be exactly what `canonicalText` writes. Throws GoliveError `log` otherwise. */
export function readCanonical(text: string): Json {
  let json: Json;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.parse returns is JSON
    json = JSON.parse(text) as Json;
  } catch (cause) {
    throw new GoliveError('log', 'it is not JSON', { cause });
  }
  // Writing it again finds whatever a parser forgives: spaces, second keys, `1.0`, needless escapes, another order.
  if (canonicalText(json) !== text) throw new GoliveError('log', 'it is not canonical JSON');
  return json;
}

/** `text` with every lone surrogate replaced by U+FFFD: fit to be encoded as UTF-8. */
export function wellFormed(text: string): string {
  return text.search(LONE_SURROGATES) === -1 ? text : text.replace(LONE_SURROGATES, '\ufffd');
}

/** SHA-256 as 64 lower-case hexadecimal digits; a string counts as its UTF-8 bytes. */
export function digest(bytes: Uint8Array | string): string {
  return hash('sha256', bytes);
}
