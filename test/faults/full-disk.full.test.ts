// Goal: a full disk stops the run with a clear sentence, and what is in the log stays whole. Method: golive itself with its
// runs on a file system of a few pages, mounted where nobody else sees it.

import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { home } from '../support/shell.ts';

const script = `
mount -t tmpfs -o size="$1" none /mnt || exit 99
node=$2; golive() { "$node" dist/main.js --runs-dir /mnt/runs "$@"; }
golive rehearse aep-prod --auto; echo "rehearse $?"
run=$(ls /mnt/runs)
ls /mnt/runs/$run/events | sed -n '$s/^/newest /p'
ls -A /mnt/runs/$run/events | sed -n 's/^[.]tmp.*/left over/p'
golive verify "$run" --rehearsal; echo "verify $?"
golive status; echo "status $?"
`;

it.each(['200k', '320k', '640k'])('a disk of %s', (size) => {
  const args = ['-c', 'exec unshare -rm sh -c "$0" sh "$@"', script, size, process.execPath];
  const ran = spawnSync('sh', args, {
    cwd: home,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nowhere' },
  });
  // Mounting takes rights that not every machine gives; where it does not, this says so.
  if (ran.status === 99 || /unshare: |mount: /.test(ran.stderr)) {
    process.stdout.write('not checked: /mnt cannot be mounted here\n');
    return;
  }
  const failed = /golive: (?:event (\d+)|a piece of evidence) of run \S+ could not be made durable: ENOSPC/.exec(
    ran.stderr,
  );
  expect(failed, ran.stderr).not.toBeNull();
  expect(ran.stderr).toContain('The run stops here');
  expect(ran.stdout).toContain('rehearse 2\n');
  // Nothing was written after the write that failed.
  const newest = Number(/newest (\d+)[.]json/.exec(ran.stdout)?.[1]);
  if (failed?.[1] !== undefined) expect(newest).toBe(Number(failed[1]) - 1);
  // Evidence is written beside other work, and the end of the process may cut that short as a crash would; a line never.
  expect(ran.stdout).not.toContain('left over');
  expect(ran.stdout).toMatch(/^OPEN: /m);
  expect(ran.stdout).toContain('verify 10\n');
  expect(ran.stdout).toContain('status 0\n');
});
