// The commit a file stands in, as far as git knows.

import { dirname } from 'node:path';
import { runProgram } from './keygen.ts';

/** Commit of the folder's checkout and whether its tree has changes; an empty commit outside git. */
export async function gitState(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly commit: string; readonly dirty: boolean }> {
  const place = { cwd: dirname(file), env };
  const head = await runProgram('git', ['rev-parse', 'HEAD'], place).catch(() => undefined);
  const commit = head?.code === 0 ? new TextDecoder().decode(head.out).trim() : '';
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return { commit: '', dirty: false };
  // A checkout may name a program of its own to watch for changes: it is not started.
  const changes = await runProgram(
    'git',
    ['-c', 'core.fsmonitor=false', 'status', '--porcelain', '--untracked-files=normal', '--', '.'],
    place,
  );
  return { commit, dirty: changes.code !== 0 || changes.out.length > 0 };
}
