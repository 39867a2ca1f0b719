// Random names.

import { randomBytes } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** 26 characters of lower-case base32, 130 bits: the id of a run. */
export function runId(): string {
  return [...randomBytes(26)].map((byte) => alphabet[byte % 32]).join('');
}
