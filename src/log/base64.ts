// Standard base64 on one line, in the only spelling that counts: a second spelling of the same bytes is refused.

import { GoliveError } from '../errors.ts';

/** Bytes as standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The bytes of standard base64. Throws GoliveError `log` when writing them again gives another text (RFC 4648 3.5). */
export function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new GoliveError('log', 'its base64 is not in standard form');
  return bytes;
}
