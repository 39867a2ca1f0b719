// SSH public keys: the line of text people know, the bytes inside it (RFC 4253 6.6, RFC 8709), and Ed25519 for node:crypto.

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { GoliveError } from '../errors.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { readString, wireString } from './wire.ts';

/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** The bytes of `TYPE BASE64`. Throws GoliveError `log` when the line is not of that form or names another type. */
export function keyBytes(line: string): Uint8Array {
  const [type, base64, ...rest] = line.split(' ');
  if (type === undefined || base64 === undefined || rest.length > 0) throw notAKey();
  const bytes = fromBase64(base64);
  const named = readString(bytes, 0);
  if (named === undefined || Buffer.from(named.value).toString('latin1') !== type) throw notAKey();
  return bytes;
}

/** `TYPE BASE64` of the bytes of a key. */
export function keyLine(bytes: Uint8Array): string {
  const type = readString(bytes, 0);
  if (type === undefined || !/^[a-z0-9@.-]{1,64}$/.test(Buffer.from(type.value).toString('latin1'))) throw notAKey();
  return `${Buffer.from(type.value).toString('latin1')} ${toBase64(bytes)}`;
}

/** `ssh-ed25519 AAAA…` of the 32 bytes of an Ed25519 public key. */
export function ed25519Line(raw: Uint8Array): string {
  return keyLine(Buffer.concat([wireString('ssh-ed25519'), wireString(raw)]));
}

/** The key in `ssh-ed25519 AAAA…`, for node:crypto. Throws GoliveError `log` for any other type of key. */
export function ed25519Key(line: string): KeyObject {
  const bytes = keyBytes(line);
  const type = readString(bytes, 0);
  const raw = type === undefined ? undefined : readString(bytes, type.next);
  const fits = line.startsWith('ssh-ed25519 ') && raw?.value.length === 32 && raw.next === bytes.length;
  if (!fits) throw new GoliveError('log', 'a key is not an Ed25519 key');
  return createPublicKey({ key: Buffer.concat([spkiPrefix, raw.value]), format: 'der', type: 'spki' });
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export function fingerprint(line: string): string {
  return `SHA256:${createHash('sha256').update(keyBytes(line)).digest('base64').replace(/=+$/, '')}`;
}

function notAKey(): GoliveError {
  return new GoliveError('log', 'a key is not written as `TYPE BASE64`');
}
