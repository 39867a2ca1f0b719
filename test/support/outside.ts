// What a test does not touch of the outside: whoever reaches for it finds out.

import type { People } from '../../src/runner/people.ts';
import type { Dns, Tls } from '../../src/wire.ts';
import type { AwsChanges, Programs } from '../../src/world.ts';

export const noDns: Dns = { resolvers: [], ask: () => Promise.reject(new Error('no DNS here')) };
export const noTls: Tls = { handshake: () => Promise.reject(new Error('no TLS here')) };
export const noPrograms: Programs = { run: () => Promise.reject(new Error('no programs here')) };
export const noChanges: AwsChanges = { change: () => Promise.reject(new Error('nothing may be changed here')) };

/** People who say nothing. */
export const nobody: People = {
  ask: async () => 'silent',
  vote: async () => 'silent',
  red: async () => 'silent',
  confirm: async () => 'silent',
  reconcile: async () => 'silent',
  rollback: async () => 'silent',
  notCounted: () => false,
  putAside: () => undefined,
};
