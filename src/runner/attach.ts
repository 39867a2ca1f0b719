// A file becomes evidence of a run: what it may not have in it, and the order that names it once it is kept.

import type { Order } from '../engine/decide.ts';
import { GoliveError } from '../errors.ts';
import type { Journal } from './journal.ts';
import type { Scrub } from './scrubber.ts';

/** A file with what the log is to say of it. */
export interface Attachment {
  readonly bytes: Uint8Array;
  /** At most 500 characters. */
  readonly name: string;
  /** Empty where it is about the run as a whole. */
  readonly step: string;
  readonly by: string;
}

/** Longest name that a line of the log takes. */
const longestName = 500;
/** How much of a file is looked through at once, in characters: a run goes on meanwhile. */
const piece = 512 * 1024;
/** So much of the piece before is looked through again: no secret is longer, however it is written. */
const overlap = 64 * 1024;

/**
 * Throws GoliveError `secret` when one of the run's secrets stands in the file or in its name, and `usage` for a name that
 * the log does not take. A secret is found in text (UTF-8 and UTF-16), not inside an archive or a picture.
 */
export async function checkAttachment(
  { bytes, name }: Pick<Attachment, 'bytes' | 'name'>,
  scrub: Scrub,
): Promise<void> {
  if (name.trim() === '' || name.length > longestName)
    throw new GoliveError('usage', `an attachment has a name of 1 to ${longestName} characters`, {
      hint: "Say how it is to be called: --name 'load test, 20 November'",
    });
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // What has no zero byte in it is not UTF-16.
  const wide = file.includes(0) ? [file.toString('utf16le'), file.subarray(1).toString('utf16le')] : [];
  for (const text of [name, file.toString('utf8'), ...wide]) {
    if (!(await hasSecret(text, scrub))) continue;
    throw new GoliveError('secret', `a secret of this run stands in ${scrub(name)}: it was not kept`, {
      hint: 'Take the secret out of the file, then attach it.',
    });
  }
}

async function hasSecret(text: string, scrub: Scrub): Promise<boolean> {
  for (let from = 0; from === 0 || from + overlap < text.length; from += piece) {
    const part = text.slice(from, from + piece + overlap);
    if (scrub(part) !== part) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return false;
}

/** Keeps the file, then writes the line that names it. Gives its digest, or why the line was refused. */
export async function attachTo(
  journal: Pick<Journal, 'keepBytes' | 'order' | 'scrub'>,
  file: Attachment,
): Promise<{ readonly digest: string } | { readonly refused: string }> {
  await checkAttachment(file, journal.scrub);
  const digest = await journal.keepBytes(file.bytes);
  const refused = await journal.order(attachOrder(file, digest));
  return refused === undefined ? { digest } : { refused };
}

/** The order for a file that is kept under this digest. */
export function attachOrder({ bytes, name, step, by }: Attachment, digest: string): Order {
  return { order: 'attach', digest, name, size: bytes.length, step, by };
}
