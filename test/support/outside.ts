// What a test does not touch of the outside: whoever reaches for it finds out.

import type { People } from '../../src/runner/people.ts';
import type { Dns, Tls } from '../../src/wire.ts';
import type { Programs } from '../../src/machine.ts';
import type { AwsChanges, World } from '../../src/world.ts';

export const noDns: Dns = { resolvers: [], ask: () => Promise.reject(new Error('no DNS here')) };
export const noTls: Tls = { handshake: () => Promise.reject(new Error('no TLS here')) };
export const noPrograms: Programs = { run: () => Promise.reject(new Error('no programs here')) };
/** What only the kinds touch that are made for it. */
export const untouched: Pick<World, 'websockets' | 'load' | 'browser' | 'files' | 'folders'> = {
  websockets: { exchange: () => Promise.reject(new Error('no WebSockets here')) },
  load: { run: () => Promise.reject(new Error('no load here')) },
  browser: { vitals: () => Promise.reject(new Error('no browser here')) },
  files: {
    find: () => Promise.reject(new Error('no files here')),
    read: () => Promise.reject(new Error('no files here')),
  },
  folders: {
    tree: () => Promise.reject(new Error('no folders here')),
    bytes: () => Promise.reject(new Error('no folders here')),
  },
};
export const noChanges: AwsChanges = { change: () => Promise.reject(new Error('nothing may be changed here')) };

/** People who say nothing. */
export const nobody: People = {
  ask: async () => 'silent',
  close: async () => 'silent',
  vote: async () => 'silent',
  red: async () => 'silent',
  confirm: async () => 'silent',
  reconcile: async () => 'silent',
  rollback: async () => 'silent',
  notCounted: () => false,
  putAside: () => undefined,
};
