// Goal: a run that somebody works on is left to them, and whoever comes second hears who it is and what can be done. Method:
// the commands that write, and those that look, on a run in a folder that the test holds.

import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { ada as holder, folderRun } from '../support/folder-run.ts';
import { checklistText } from '../checklist/given.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

async function given() {
  const shell = testShell();
  shells.push(shell);
  const folder = await folderRun(shell, checklistText());
  const call = (...words: readonly string[]): Promise<number> => runCli([...words, '--runs-dir', shell.runsDir], shell);
  return { ...folder, shell, call };
}

describe('a run that somebody works on', () => {
  it.each([
    ['resume', []],
    ['note', ['a ticket']],
    ['amend', ['--reason', 'typo', '--yes']],
    ['rollback', []],
  ])('is not touched by %s: exit 2, who it is since when, and what can be done instead', async (command, more) => {
    const { run, shell, call, hold, kept } = await given();
    const letGo = await hold();
    const before = kept();
    expect(await call(command, run, ...more)).toBe(2);
    expect(shell.complained()).toContain(holder.principal);
    expect(shell.complained()).toMatch(/on desk/);
    expect(kept()).toEqual(before);
    await letGo();
  });

  it('names the way to look on and the way to end it', async () => {
    const { run, shell, call, hold } = await given();
    const letGo = await hold();
    await call('resume', run);
    expect(shell.complained()).toContain(
      `${run} is being worked on by ada@example.com on desk since 2026-03-01 12:00Z`,
    );
    expect(shell.complained()).toMatch(new RegExp(`watch ${run}\n.*stop ${run}`));
    await letGo();
  });

  it('is said to be worked on now, in the list, by itself and as JSON', async () => {
    const { run, shell, call, hold } = await given();
    const letGo = await hold();
    expect(await call('status')).toBe(0);
    expect(shell.printed()).toMatch(new RegExp(`${run} .* worked on now by ada@example.com on desk since`));
    expect(await call('status', run)).toBe(0);
    expect(shell.printed()).toMatch(/^ {2}now +worked on now by ada@example.com/m);
    const before = shell.printed().length;
    expect(await call('status', run, '--json')).toBe(0);
    expect(JSON.parse(shell.printed().slice(before))).toMatchObject({ held_by: holder });
    await letGo();
  });
});

describe('a run that nobody works on', () => {
  it('is said to be so, also where its process was killed', async () => {
    const { run, shell, call } = await given();
    expect(await call('status')).toBe(0);
    expect(shell.printed()).toMatch(new RegExp(`${run} .* nobody is at it: golive .*resume ${run}`));
    const before = shell.printed().length;
    expect(await call('status', '--json')).toBe(0);
    expect(JSON.parse(shell.printed().slice(before))).toMatchObject([{ run, held_by: null }]);
  });

  it('is said nothing about once it is sealed', async () => {
    const { shell, call, seal } = await given();
    await seal();
    await call('status');
    expect(shell.printed()).not.toMatch(/worked on|nobody/);
  });

  it('and whose process was killed takes no note, and it is said what comes first', async () => {
    const { run, shell, call, store, kept } = await given();
    const before = kept();
    expect(await call('note', run, 'a ticket')).toBe(2);
    expect(shell.complained()).toContain('was killed');
    expect(kept()).toEqual(before);
    expect(store.locate(run)).toBe(join(shell.runsDir, run));
  });
});
