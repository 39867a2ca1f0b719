// Goal: one run that cannot be read takes no other with it, and is never passed over in silence. Method: a whole run and
// a damaged one in one folder, and the commands that look for a run.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allRuns, findRun, openRunOf, openStore } from '../../src/commands/runs.ts';
import { status } from '../../src/commands/status.ts';
import { openLog } from '../log/given.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const good = 'g'.repeat(26);
const bad = 'b'.repeat(26);
const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

async function shellWith(damage: (events: string) => void): Promise<TestShell> {
  const shell = testShell();
  shells.push(shell);
  const store = openStore(shell, shell);
  for (const [run, name] of [
    [good, 'aep'],
    [bad, 'serveml'],
  ] as const) {
    const checklist = { name, title: name, path: 'a.yaml', digest: '0'.repeat(64) };
    const log = await openLog({ run, change: { checklist } });
    log.add('phase.open', { phase: 'verify' });
    log.add('phase.close', { phase: 'verify' });
    for (const [seq, line] of log.lines.entries()) await store.append(run, seq, line);
  }
  damage(join(store.locate(bad), 'events'));
  return shell;
}

const event = (events: string, seq: number): string => join(events, `00000000000${seq}.json`);

describe.each([
  ['an event is missing', (events: string) => rmSync(event(events, 1)), 'event 1'],
  ['the first event is missing', (events: string) => rmSync(event(events, 0)), 'event 0'],
  ['a line is not one', (events: string) => writeFileSync(event(events, 2), '{}\n'), 'line 3'],
  [
    'a folder stands for a line',
    (events: string) => (rmSync(event(events, 2)), mkdirSync(event(events, 2))),
    'event 2',
  ],
])('a run of which %s', (_, damage, words) => {
  it('is named by status, beside the others', async () => {
    const shell = await shellWith(damage);
    expect(await status(undefined, shell, shell)).toBe(0);
    expect(shell.printed()).toMatch(new RegExp(`${good} +aep-prod +in a session`));
    expect(shell.printed()).toMatch(new RegExp(`${bad} .*damaged`));
    expect(shell.complained()).toContain(`${bad} cannot be read: `);
    expect(shell.complained()).toContain(words);
    expect(shell.complained()).toContain(`golive verify ${bad}`);
  });

  it('is not what is meant where nothing is named, and is an error where it is', async () => {
    const shell = await shellWith(damage);
    const store = openStore(shell, shell);
    expect((await findRun(store, undefined, shell)).run).toBe(good);
    expect(shell.complained()).toContain(`${bad} cannot be read: `);
    await expect(findRun(store, bad, shell)).rejects.toMatchObject({ message: expect.stringContaining(words) });
  });
});

it('a damaged run of which the beginning can be read counts as open: no second one is started unasked', async () => {
  const shell = await shellWith((events) => rmSync(event(events, 1)));
  const store = openStore(shell, shell);
  expect(await openRunOf(store, 'serveml-prod')).toMatchObject({
    run: bad,
    damage: expect.stringContaining('event 1'),
  });
  expect((await allRuns(store)).filter(({ damage }) => damage === undefined).map(({ run }) => run)).toEqual([good]);
});

it('what a log calls its run cannot draw on the screen', async () => {
  const shell = testShell();
  shells.push(shell);
  const checklist = { name: '\u001b[2Jaep', title: '', path: 'a.yaml', digest: '0'.repeat(64) };
  const log = await openLog({ run: good, change: { checklist } });
  await openStore(shell, shell).append(good, 0, log.lines[0] ?? Buffer.of());
  await status(undefined, shell, shell);
  expect(shell.printed()).not.toContain('\u001b');
});
