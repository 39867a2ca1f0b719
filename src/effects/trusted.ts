// The checklists this user has said yes to, by digest, in the XDG state directory.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** True when the digest was trusted before. A list that cannot be read trusts nothing. */
export function isTrusted(digest: string, env: Env): boolean {
  try {
    return readFileSync(listFile(env), 'utf8').split('\n').includes(digest);
  } catch {
    return false;
  }
}

/** Remembers the digest. */
export function rememberTrusted(digest: string, env: Env): void {
  const file = listFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${digest}\n`, { flag: 'a', mode: 0o600 });
}

function listFile(env: Env): string {
  const given = env['XDG_STATE_HOME'] ?? '';
  // As the XDG specification has it, and so that no list that comes with a checklist's own folder is ever believed.
  const home = env['HOME'] ?? '';
  const state = isAbsolute(given) ? given : join(isAbsolute(home) ? home : homedir(), '.local', 'state');
  return join(state, 'golive', 'trusted-checklists');
}
