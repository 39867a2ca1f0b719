// Keys that `ssh-keygen` makes and signs with: of people, and of what would like to be a session.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope } from '../../src/engine/events.ts';
import { fingerprint } from '../../src/log/public-key.ts';
import { sessionId, type SessionKey } from '../../src/log/session-key.ts';
import { namespaces, unarmour } from '../../src/log/sshsig.ts';
import type { StatementKind } from '../../src/log/statement.ts';
import type { Signer } from '../../src/world.ts';

/** Somebody with a key. */
export interface Person extends Signer {
  /** The private key; the public one is beside it. */
  readonly file: string;
}

/** Makes a key in a folder of its own, in `folder`. `type`: as `ssh-keygen -t` takes it. */
export function newPerson(principal: string, folder: string, type = 'ed25519'): Person {
  const file = join(mkdtempSync(join(folder, 'key-')), 'key');
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', file]);
  const publicKey = readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ').trim();
  return { principal, publicKey, file, source: file, sign: async (...what) => signWith(file, ...what) };
}

/** The same key in another name. */
export function named(person: Person, principal: string): Person {
  return { ...person, principal };
}

/** An SSHSIG blob over the bytes; `options`: more of `ssh-keygen -Y sign`. */
export function signWith(
  file: string,
  namespace: string,
  bytes: Uint8Array,
  options: readonly string[] = [],
): Uint8Array {
  const args = ['-Y', 'sign', '-f', file, '-n', namespace, ...options];
  return unarmour(
    execFileSync('ssh-keygen', args, { input: bytes, stdio: ['pipe', 'pipe', 'ignore'], encoding: 'utf8' }),
  );
}

/** What would sign lines with the key of a person. */
export function asSession({ file, publicKey }: Person): SessionKey {
  return { publicKey, sid: sessionId(publicKey), sign: (bytes) => signWith(file, namespaces.event, bytes) };
}

/** A statement of this text, whatever it says, as the person would sign one of that kind. */
export function envelopeOf(person: Person, kind: StatementKind, text: string): Envelope {
  const payload = Buffer.from(text);
  const message = Buffer.concat([Buffer.from(`DSSEv1 28 ${payloadType} ${payload.length} `), payload]);
  const sig = Buffer.from(signWith(person.file, namespaces[kind], message)).toString('base64');
  const signatures = [{ keyid: fingerprint(person.publicKey), sig }];
  return { payload: payload.toString('base64'), payloadType, signatures };
}

const payloadType = 'application/vnd.in-toto+json';
