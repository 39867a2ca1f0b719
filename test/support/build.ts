// Builds dist/ once before the tests that start golive as a process of its own.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A vitest global set-up. A type error is said aloud and stops nothing here: checking types is a step of its own. */
export function setup(): void {
  const built = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (built.error !== undefined) throw new Error('dist/ could not be built', { cause: built.error });
  if (built.status !== 0) process.stderr.write(`src/ does not compile:\n${built.stdout}${built.stderr}\n`);
}
