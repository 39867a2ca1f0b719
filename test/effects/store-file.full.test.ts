// The file store under a disk that fails and a system that stops, at every call of an append in turn.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { fileStore } from '../../src/effects/store-file.ts';

const program = new URL('programs/append.mjs', import.meta.url).pathname;
const run = 'rehearsal-abcdefghijklmnopqrstuvwxyz';
const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const strace = spawnSync('strace', ['-V']).error === undefined;
if (!strace) process.stdout.write('not checked: strace is not installed, so no fault can be put into system calls\n');

const calls = ['fsync', 'link', 'unlink'];
const faults = ['error=EIO', 'error=ENOSPC', 'signal=SIGKILL'];
const cases = calls.flatMap((call) =>
  faults.flatMap((fault) => [1, 2, 3, 4, 5, 9].map((when) => [call, fault, when] as const)),
);

it.runIf(strace).each(cases)(
  '%s with %s at call %i: what was acknowledged is there, and the writer stopped',
  async (call, fault, when) => {
    const root = join(folder, `${call}-${fault}-${when}`);
    const inject = [
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      `trace=${call}`,
      '-e',
      `inject=${call}:${fault}:when=${when}`,
    ];
    const ran = spawnSync('strace', [...inject, process.execPath, program, root, run, 'a', '12'], { encoding: 'utf8' });
    const acknowledged = ran.stdout.split('\n').slice(0, -1);
    const lines = await fileStore(root)
      .read(run, 0)
      .catch(() => []);
    for (const [seq, said] of acknowledged.entries())
      expect(`${seq} ${Buffer.from(lines[seq] ?? '').toString()}`).toBe(said);
    for (const line of lines) expect(Buffer.from(line).toString()).toMatch(/^a \d+$/);
    expect(acknowledged.length).toBeLessThan(12);
    expect(ran.status).not.toBe(0);
  },
);
