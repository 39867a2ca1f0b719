// Goal: golive attach dies between the file and its line (crash point 11), and nothing is lost but that line: the log is
// whole, the file harms nobody, and attaching it again is all there is to do. Method: the built program, killed with
// signal 9 at two moments.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { runChecks } from '../../src/commands/doctor-runs.ts';
import { digest } from '../../src/log/canonical.ts';
import { checklistText } from '../checklist/given.ts';
import { folderRun } from '../support/folder-run.ts';
import { testShell, type TestShell } from '../support/shell.ts';
import { goliveAt } from './crash-child.ts';

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

it.each([
  ['its session began', 'session.open'],
  ['its line was written', 'attach'],
])('killed before %s, it leaves a file that no event names, and that is harmless', async (_, what) => {
  const shell = testShell({ env: { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null' } });
  shells.push(shell);
  const folder = join(shell.runsDir, '..');
  const call = (...words: readonly string[]): Promise<number> => runCli([...words, '--runs-dir', shell.runsDir], shell);
  const { run, store, give, events } = await folderRun(shell, checklistText(), { rehearsal: false });
  await give({ order: 'close-session', reason: 'later', until: '' });
  expect(await runCli(['key', 'init', '--as', 'ada@example.com'], shell)).toBe(0);
  writeFileSync(join(folder, 'a.txt'), 'seen');

  const words = ['attach', run, 'a.txt', '--as', 'ada@example.com', '--runs-dir', shell.runsDir];
  const env = Object.fromEntries(Object.entries(shell.env).map(([name, value]) => [name, value ?? '']));
  const ended = await goliveAt({ folder, env }, words, { moment: { at: 'before-link', what } });
  expect([ended.signal, ended.reached]).toEqual(['SIGKILL', expect.stringContaining(what)]);

  expect(await store.getBlob(run, digest('seen'))).toBeDefined();
  expect((await events()).map(({ kind }) => kind)).not.toContain('attach');
  expect((await runChecks('demo-prod', { runsDir: shell.runsDir }, shell))[0]).toMatchObject({
    state: 'ok',
    says: expect.stringContaining('1 more that no event names, which is harmless'),
  });
  // Nobody is trusted here, and beside that it is as good as it was.
  expect(await call('verify', run)).toBe(21);
  expect(shell.printed()).toContain('1 of 1 there and whole');
  // A session that was killed is gone on with first; where none had begun, the file is just attached again.
  const again = await call('attach', run, join(folder, 'a.txt'), '--as', 'ada@example.com');
  expect(again).toBe(what === 'attach' ? 2 : 0);
});
