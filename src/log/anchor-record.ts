// Anchors in a store: under which name each is kept, what stands in it, and what all of them say about a log.

import { z } from 'zod';
import { GoliveError } from '../errors.ts';
import { type Anchor, anchoredTo, contradiction } from './anchor.ts';
import { hash, runIdPattern } from './bodies.ts';
import { canonicalText, readCanonical } from './canonical.ts';
import { verifyExits } from './verify.ts';
import type { Broken } from './walk.ts';

/** What is kept. */
export interface AnchorRecord {
  readonly run: string;
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly head: string;
}

/** An object that was found where anchors are kept: data of whoever wrote it. */
export interface FoundAnchor {
  /** `s3://BUCKET/KEY`, and which version. */
  readonly place: string;
  /** The last part of its key. */
  readonly name: string;
  /** Undefined when it is larger than any anchor is. */
  readonly bytes: Uint8Array | undefined;
  /** When the store took it, as in `at`; empty where it does not say. */
  readonly at: string;
}

/** In bytes; an anchor has about 150. */
export const largestAnchor = 4096;

const record = z.strictObject({ head: hash, run: z.string().regex(runIdPattern), seq: z.int().min(0) });
const nameForm = /^\d{12}\.json$/;

/** The key of an anchor, under a prefix that is empty or has no slash at its end. */
export function anchorKey(prefix: string, { run, seq }: AnchorRecord): string {
  return `${anchorFolder(prefix, run)}${nameOf(seq)}`;
}

/** Where the anchors of a run are; ends with a slash. */
export function anchorFolder(prefix: string, run: string): string {
  return prefix === '' ? `${run}/` : `${prefix}/${run}/`;
}

/** The bytes of an anchor: canonical JSON. */
export function anchorText({ run, seq, head }: AnchorRecord): string {
  return canonicalText({ run, seq, head });
}

/** Whether an object is named as an anchor is: whatever else lies there is none of ours. */
export function isAnchorName(name: string): boolean {
  return nameForm.test(name);
}

function nameOf(seq: number): string {
  return `${String(seq).padStart(12, '0')}.json`;
}

/** The anchor in an object, or why it is none, in words that go on from its name. */
export function readAnchor({ name, bytes }: FoundAnchor): AnchorRecord | string {
  if (bytes === undefined || bytes.length > largestAnchor) return `has more than ${largestAnchor} bytes`;
  try {
    const read = record.safeParse(readCanonical(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    if (!read.success) return 'does not say run, seq and head, and nothing else';
    return nameOf(read.data.seq) === name ? read.data : `is about event ${read.data.seq}`;
  } catch (error) {
    if (error instanceof GoliveError) return error.message.replace(/^it /, '');
    return 'is not UTF-8';
  }
}

/** What anchors say about a log. */
export interface AnchorCheck {
  readonly verdict: 'HELD' | 'DIVERGED' | 'INCOMPLETE' | 'INVALID';
  /** Of the process: 0, or as `golive verify` has it. */
  readonly exit: number;
  /** Why it is no better; empty when all are held. */
  readonly reason: string;
  readonly run: string;
  readonly head: { readonly seq: number; readonly hash: string };
  /** How many anchors there were, and how many of them the log holds. */
  readonly anchors: number;
  readonly fit: number;
  /** The last event they reach; -1 for none. */
  readonly to: number;
  /** When the store took the first that reaches so far; empty where that is not known. */
  readonly since: string;
}

/** Holds anchors against a log: those that were `found` in a store, and those that were `given` by hand. */
export function checkAnchors(
  log: { readonly run: string; readonly hashes: readonly string[]; readonly broken: Broken | undefined },
  found: readonly FoundAnchor[],
  given: readonly Anchor[],
): AnchorCheck {
  const read = found.map((object) => ({ object, anchor: readAnchor(object) }));
  const kept = read.flatMap(({ object, anchor }) => (typeof anchor === 'string' ? [] : [{ object, anchor }]));
  const odd = read.flatMap(({ object, anchor }) => (typeof anchor === 'string' ? [`${object.place} ${anchor}`] : []));
  const all = [...kept.map(({ anchor, object }) => ({ anchor, place: object.place })), ...given.map(asGiven)];
  const wrong = all.flatMap(({ anchor, place }) => {
    const why = contradiction(log, anchor);
    return why === undefined ? [] : [place === '' ? why : `${place}: ${why}`];
  });
  const to = anchoredTo(
    log.hashes,
    all.map(({ anchor }) => anchor).filter(({ run = log.run }) => run === log.run),
  );
  const last = log.hashes.length - 1;
  const about = {
    run: log.run,
    head: { seq: last, hash: log.hashes[last] ?? '' },
    anchors: all.length + odd.length,
    fit: all.length - wrong.length,
    to,
    since: sinceOf(kept, to),
  };
  const ends = (verdict: 'DIVERGED' | 'INCOMPLETE' | 'INVALID', reason: string): AnchorCheck => ({
    verdict,
    exit: verifyExits[verdict],
    reason,
    ...about,
  });
  if (log.broken !== undefined) {
    const { line, offset, reason } = log.broken;
    return ends('INVALID', `line ${line} (byte ${offset}) does not hold: ${reason}`);
  }
  if (wrong[0] !== undefined) return ends('DIVERGED', wrong[0]);
  if (odd[0] !== undefined) return ends('INCOMPLETE', `${odd[0]}: that is no anchor`);
  if (all.length === 0) return ends('INCOMPLETE', 'there is no anchor of this run, which says nothing about it');
  return { verdict: 'HELD', exit: 0, reason: '', ...about };
}

function asGiven(anchor: Anchor): { readonly anchor: Anchor; readonly place: string } {
  return { anchor, place: '' };
}

/** Several versions may say the same: the first of them counts. */
function sinceOf(kept: readonly { readonly object: FoundAnchor; readonly anchor: AnchorRecord }[], to: number): string {
  const times = kept.filter(({ anchor }) => anchor.seq === to).map(({ object }) => object.at);
  return times.toSorted()[0] ?? '';
}
