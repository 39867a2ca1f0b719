// Keys that live in memory only: one per session for its lines, and throw-away ones that stand for people in rehearsals.

import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Signer } from '../world.ts';
import { ed25519Line, keyBytes } from './public-key.ts';
import { ed25519Start, namespaces, signedBytes } from './sshsig.ts';

/** Signs the lines of one session. It dies with its process, so nobody can sign old lines again later. */
export interface SessionKey {
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
  readonly sid: string;
  /** An SSHSIG blob over `bytes` in the namespace `golive.event`. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** A fresh session key. */
export function newSessionKey(): SessionKey {
  const { publicKey, privateKey } = newKeyPair();
  const start = ed25519Start(publicKey, namespaces.event);
  return {
    publicKey,
    sid: sessionId(publicKey),
    sign: (bytes) => signEd25519(start, privateKey, namespaces.event, bytes),
  };
}

/** `S` and the first 32 hexadecimal digits of the SHA-256 of the public key's bytes. */
export function sessionId(publicKey: string): string {
  return `S${createHash('sha256').update(keyBytes(publicKey)).digest('hex').slice(0, 32)}`;
}

/** A signer whose key nobody vouches for: rehearsals, and dry runs by people without a key. */
export function throwAwaySigner(principal: string): Signer {
  const { publicKey, privateKey } = newKeyPair();
  return {
    principal,
    publicKey,
    source: 'throw-away',
    throwAway: true,
    sign: async (namespace, message) => signEd25519(ed25519Start(publicKey, namespace), privateKey, namespace, message),
  };
}

function newKeyPair(): { readonly publicKey: string; readonly privateKey: KeyObject } {
  const pair = generateKeyPairSync('ed25519');
  const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { publicKey: ed25519Line(raw), privateKey: pair.privateKey };
}

function signEd25519(start: Uint8Array, privateKey: KeyObject, namespace: string, message: Uint8Array): Uint8Array {
  return Buffer.concat([start, sign(null, signedBytes(namespace, message), privateKey)]);
}
