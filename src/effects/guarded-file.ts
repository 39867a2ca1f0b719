// Files that say who is trusted: only believed when nobody else on this machine can write to them.

import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { GoliveError } from '../errors.ts';

/**
 * The bytes of the file. Throws GoliveError `trust` when it cannot be read, or when somebody else on this
 * machine could have written it: whoever can write to it says who is trusted.
 */
export function readGuarded(path: string): Buffer {
  try {
    for (const one of [dirname(path), path]) refuseOthers(one, dirname(dirname(path)));
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof GoliveError) throw cause;
    throw new GoliveError('trust', `${path} could not be read, and without it nobody can be trusted`, { cause });
  }
}

function refuseOthers(path: string, around: string): void {
  const { mode, uid } = statSync(path);
  const me = ownId();
  // For root everything is within reach; what lies in somebody's project is as good as that project.
  const owners = me === 0 ? [0, statSync(around).uid] : [0, me ?? uid];
  if (!owners.includes(uid))
    throw new GoliveError('trust', `${path} belongs to somebody else on this machine, who could say who is trusted`, {
      hint: 'Work in a checkout of your own.',
    });
  if ((mode & 0o022) === 0) return;
  const bits = (mode & 0o777).toString(8).padStart(4, '0');
  throw new GoliveError(
    'trust',
    `others on this machine can write to ${path} (mode ${bits}), and whoever can says who is trusted`,
    { hint: `chmod go-w ${path}` },
  );
}

function ownId(): number | undefined {
  try {
    return userInfo().uid;
  } catch {
    // A user without an entry in the list of users, as in a container.
    return undefined;
  }
}
