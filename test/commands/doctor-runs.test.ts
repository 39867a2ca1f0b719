// Goal: a piece of evidence that is gone is known before the day goes on, and one that a killed process left behind
// frightens nobody (crash points 11 and 12). Method: real runs in a folder, looked at from outside.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { doctor } from '../../src/commands/doctor.ts';
import { runChecks } from '../../src/commands/doctor-runs.ts';
import { digest } from '../../src/log/canonical.ts';
import { checklistText } from '../checklist/given.ts';
import { folderRun } from '../support/folder-run.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

const asks = checklistText({ steps: '- { id: told, title: Told, ask: { question: Is support told?, confirm: {} } }' });

async function given(more: { rehearsal?: boolean } = {}) {
  const shell = testShell();
  shells.push(shell);
  const run = await folderRun(shell, asks, { rehearsal: false, ...more });
  const blobs = join(run.store.locate(run.run), 'blobs');
  const attach = async (bytes: string): Promise<string> => {
    const kept = await run.store.putBlob(run.run, Buffer.from(bytes));
    await run.give({ order: 'attach', digest: kept, name: 'a', size: 4, step: '', by: 'ada@example.com' });
    return join(blobs, kept);
  };
  return { ...run, shell, blobs, attach, checks: () => runChecks('demo-prod', { runsDir: shell.runsDir }, shell) };
}

it('an open run whose evidence is there is fine, and none is asked about that is sealed, a rehearsal or of another name', async () => {
  const { shell, attach, checks, seal } = await given();
  await attach('seen');
  await folderRun(shell, asks, { rehearsal: true, letter: 'b' });
  expect(await checks()).toEqual([
    { name: 'run aaaaaaaa', state: 'ok', says: 'open; 2 of 2 pieces of evidence that it names are there' },
  ]);
  expect(await runChecks('other-prod', { runsDir: shell.runsDir }, shell)).toEqual([]);
  await seal();
  expect(await checks()).toEqual([]);
});

it('an attachment that was stored without its event is harmless, is said in one line, and is not removed', async () => {
  const { run, store, blobs, checks, hold, shell } = await given();
  await store.putBlob(run, Buffer.from('attached, and then the process was killed'));
  writeFileSync(join(blobs, '.tmp-0123456789abcdef-1'), 'half');
  const [one] = await checks();
  expect([one?.state, one?.says]).toEqual([
    'ok',
    'open; 1 of 1 pieces of evidence that it names are there, and 1 more that no event names, which is harmless: a process was killed before it wrote it down',
  ]);
  expect(one).not.toHaveProperty('todo');
  await store.putBlob(run, Buffer.from('another'));
  expect((await checks())[0]?.says).toContain('2 more that no event names, which are harmless');
  // Somebody who works on it may be about to write the event.
  const letGo = await hold();
  expect((await checks())[0]?.says).not.toContain('no event names');
  await letGo();
  expect(await store.getBlob(run, digest('another'))).toBeDefined();
  expect(shell.complained()).toBe('');
});

it.each<[string, (path: string) => void]>([
  ['gone', (path) => rmSync(path)],
  ['damaged', (path) => writeFileSync(path, 'seem')],
])('an event whose attachment is %s is wrong, and where it belongs is said', async (_, bend) => {
  const { attach, checks, blobs } = await given();
  bend(await attach('seen'));
  const [one] = await checks();
  const first = digest('seen').slice(0, 12);
  expect(one).toMatchObject({ name: 'run aaaaaaaa', state: 'bad', todo: `Bring them back from a copy into ${blobs}.` });
  expect(one?.says).toBe(`1 of 2 pieces of evidence that it names are missing or damaged, first ${first} of line 2`);
});

it('a run that cannot be read is wrong, whatever is in it', async () => {
  const { store, run, checks } = await given();
  writeFileSync(join(store.locate(run), 'events', '000000000002.json'), '');
  expect(await checks()).toMatchObject([{ state: 'bad', todo: expect.stringContaining(`golive --runs-dir`) }]);
});

it('golive doctor says so among the rest', async () => {
  const { shell, attach } = await given();
  rmSync(await attach('seen'));
  const cwd = join(shell.runsDir, '..', 'project');
  mkdirSync(join(cwd, 'checklists'), { recursive: true });
  writeFileSync(join(cwd, 'checklists', 'demo.yaml'), asks);
  const env = {
    ...shell.env,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    PATH: process.env['PATH'],
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const exit = await doctor(
    'demo-prod',
    { runsDir: shell.runsDir, json: true, allowEndpoint: true },
    { ...shell, cwd, env },
  );
  expect(exit).toBe(1);
  const said: unknown = JSON.parse(shell.printed());
  expect(said).toMatchObject({
    groups: expect.arrayContaining([
      { title: 'Runs that are open', checks: [expect.objectContaining({ name: 'run aaaaaaaa', state: 'bad' })] },
    ]),
  });
});
