// Where tests keep their runs: in memory where the machine has some to spare, because rehearsals write thousands of
// durable files, and how durable they are is the business of the tests of the store.

import { existsSync, statfsSync } from 'node:fs';

const enough = 1_073_741_824;

/** The variable that names the folder; nothing where the usual one has to do. */
export function quickFolder(): { readonly TMPDIR?: string } {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return {};
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize >= enough ? { TMPDIR: memory } : {};
}
