// SSH signatures in the format of OpenSSH's PROTOCOL.sshsig: built and checked here for Ed25519, taken apart for any key.

import { hash, type KeyObject, verify } from 'node:crypto';
import { GoliveError } from '../errors.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { keyBytes, keyLine } from './public-key.ts';
import { readString, wireString } from './wire.ts';

/** What a signature is for. It stands inside every signature, so one kind can never pass for another. */
export const namespaces = {
  event: 'golive.event',
  grant: 'golive.grant',
  signoff: 'golive.signoff',
  seal: 'golive.seal',
} as const;

const preamble = Buffer.from('SSHSIG', 'latin1');
const versionOne = Buffer.from([0, 0, 0, 1]);
const header = '-----BEGIN SSH SIGNATURE-----';
const footer = '-----END SSH SIGNATURE-----';

/** The bytes that are signed in place of `message`: its SHA-512 and what the signature is for. */
export function signedBytes(namespace: string, message: Uint8Array): Uint8Array {
  return Buffer.concat([signedStarts.get(namespace) ?? signedStart(namespace), hash('sha512', message, 'buffer')]);
}

function signedStart(namespace: string): Uint8Array {
  const whole = [preamble, wireString(namespace), wireString(''), wireString('sha512'), wireString(Buffer.alloc(64))];
  return Buffer.concat(whole).subarray(0, -64);
}

// Every line of a log needs the same one.
const signedStarts: ReadonlyMap<string, Uint8Array> = new Map(
  Object.values(namespaces).map((namespace) => [namespace, signedStart(namespace)]),
);

/** All of the one acceptable blob for this Ed25519 key and namespace, except for the 64 bytes of signature at its end. */
export function ed25519Start(publicKey: string, namespace: string): Uint8Array {
  const whole = Buffer.concat([
    preamble,
    versionOne,
    wireString(keyBytes(publicKey)),
    wireString(namespace),
    wireString(''),
    wireString('sha512'),
    wireString(Buffer.concat([wireString('ssh-ed25519'), wireString(Buffer.alloc(64))])),
  ]);
  return whole.subarray(0, -64);
}

/**
 * True when `blob` is that key's signature over `message` in `namespace`. Only the 64 bytes at its end may vary: every
 * other byte is compared with the blob built here, so nothing a lenient reader skips can hold a second version.
 */
export function verifyEd25519(key: VerifyingKey, namespace: string, message: Uint8Array, blob: Uint8Array): boolean {
  return (
    startsRight(key, namespace, blob) && verify(null, signedBytes(namespace, message), key.object, blob.subarray(-64))
  );
}

/** The same beside whatever else is done: a log has very many. */
export async function verifyEd25519Beside(
  key: VerifyingKey,
  namespace: string,
  message: Uint8Array,
  blob: Uint8Array,
): Promise<boolean> {
  if (!startsRight(key, namespace, blob)) return false;
  return new Promise((resolve) => {
    const done = (error: Error | null, good: boolean): void => resolve(error === null && good);
    verify(null, signedBytes(namespace, message), key.object, blob.subarray(-64), done);
  });
}

export interface VerifyingKey {
  /** `ssh-ed25519 AAAA…` */
  readonly line: string;
  readonly object: KeyObject;
}

function startsRight({ line, object }: VerifyingKey, namespace: string, blob: Uint8Array): boolean {
  const known = eventStarts.get(object) ?? ed25519Start(line, namespaces.event);
  eventStarts.set(object, known);
  const start = namespace === namespaces.event ? known : ed25519Start(line, namespace);
  return blob.length === start.length + 64 && Buffer.compare(blob.subarray(0, -64), start) === 0;
}

// Every line of a session begins its signature alike.
const eventStarts = new WeakMap<KeyObject, Uint8Array>();

/** The public key inside a signature of any type, as `TYPE BASE64`. Throws GoliveError `log` when it is no SSHSIG blob. */
export function signingKey(blob: Uint8Array): string {
  const [key] = partsOf(blob);
  if (key === undefined) throw new GoliveError('log', 'a signature is not in the format of SSHSIG version 1');
  return keyLine(key);
}

/**
 * True when a signature of any type is in the form the log has for this namespace: over SHA-512, nothing in the reserved
 * field, nothing after it. `ssh-keygen` takes it in other forms as well.
 */
export function isInForm(blob: Uint8Array, namespace: string): boolean {
  const [key, , , , signature] = partsOf(blob);
  if (key === undefined || signature === undefined) return false;
  const form = Buffer.concat([namespace, '', 'sha512'].map((part) => wireString(part)));
  const whole = [preamble, versionOne, wireString(key), form, wireString(signature)];
  return Buffer.concat(whole).equals(Buffer.from(blob));
}

/** The strings of an SSHSIG blob: key, namespace, reserved, hash, signature. None of one that begins otherwise. */
function partsOf(blob: Uint8Array): readonly Uint8Array[] {
  const start = Buffer.concat([preamble, versionOne]);
  const parts: Uint8Array[] = [];
  if (!start.equals(blob.subarray(0, start.length))) return parts;
  for (let at = start.length; at < blob.length;) {
    const part = readString(blob, at);
    if (part === undefined) return parts;
    parts.push(part.value);
    at = part.next;
  }
  return parts;
}

/** `blob` between the lines that `ssh-keygen` expects. */
export function armour(blob: Uint8Array): string {
  const lines = toBase64(blob).match(/.{1,70}/g) ?? [];
  return [header, ...lines, footer, ''].join('\n');
}

/** The blob between the lines that `ssh-keygen` writes. Throws GoliveError `log` when they are not there. */
export function unarmour(text: string): Uint8Array {
  const lines = text.trimEnd().split(/\r?\n/);
  if (lines[0] !== header || lines.at(-1) !== footer) throw new GoliveError('log', 'this is not an SSH signature');
  return fromBase64(lines.slice(1, -1).join(''));
}
