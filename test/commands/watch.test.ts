// Goal: whoever watches a run sees what happens in it, only sees it, and is told when nobody is there any more. Method: the
// real command on runs in a folder, to which the test writes as a session does.

import { afterAll, describe, expect, it, vi } from 'vitest';
import { watch, type WatchOptions } from '../../src/commands/watch.ts';
import type { Order } from '../../src/engine/decide.ts';
import { checklistText } from '../checklist/given.ts';
import { folderRun, type FolderRun } from '../support/folder-run.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const look = (id: string): string =>
  `- { id: ${id}, title: Title of ${id}, probe: { http: { url: "https://x.example/${id}" } }, expect: [{ path: status, eq: 200 }] }`;
const text = checklistText({ steps: ['good', 'bad', 'late'].map(look).join('\n') });

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

interface Case extends FolderRun {
  readonly shell: TestShell;
  watch(options?: WatchOptions): Promise<number>;
}

async function given(signal?: AbortSignal): Promise<Case> {
  const shell = testShell(signal ? { signal } : {});
  shells.push(shell);
  const folder = await folderRun(shell, text);
  await folder.give({ order: 'open-phase', phase: 'first' }, ...looked('good', 'pass'));
  return {
    ...folder,
    shell,
    watch: (options = {}) => watch(folder.run, { runsDir: shell.runsDir, ...options }, shell),
  };
}

function looked(step: string, verdict: 'pass' | 'fail'): readonly Order[] {
  const at = '2026-03-01T12:00:00.000Z';
  const findings = [{ verdict, expected: 'status is 200', observed: verdict === 'pass' ? '200' : '503' }];
  const seen = { verdict, facts: '', observed_at: at, requests: [], findings, reason: '', looks: 1 };
  return [
    { order: 'start', step, why: 'due' },
    { order: 'judge', step, seen, captures: {} },
  ];
}

const note: Order = { order: 'note', by: 'ada@example.com', step: '', text: 'CDN ticket 4711' };
const closed: Order = { order: 'close-session', reason: 'paused', until: '' };

describe('a run that somebody works on', () => {
  it('is told in short so far, then event by event, and to its end', async () => {
    const one = await given();
    const { shell } = one;
    const letGo = await one.hold();
    await one.give(...looked('bad', 'fail'));
    const watching = one.watch();
    await vi.waitFor(() => expect(shell.complained()).toContain('worked on by ada@example.com on desk'), 20_000);
    expect(shell.printed()).toMatch(/^demo-prod \(rehearsal\) {2}1 failed, 1 open, 1 passed/m);
    expect(shell.printed()).toMatch(/^ {2}✗ bad {2}fail/m);
    expect(shell.printed()).toMatch(/T-1h First .* 1 red/);
    expect(shell.printed()).not.toContain('CDN');
    await one.give(note);
    await vi.waitFor(() => expect(shell.printed()).toContain('CDN ticket 4711  (ada@example.com)'), 20_000);
    await one.give(...looked('late', 'fail'));
    await vi.waitFor(() => expect(shell.printed()).toMatch(/late.*Title of late[\s\S]*status is 200/), 20_000);
    const before = one.kept();
    await one.give({ order: 'stop', by: 'ada@example.com', reason: 'enough', step: '' });
    await one.seal();
    await letGo();
    expect(await watching).toBe(1);
    expect(shell.printed()).toContain('stopped by ada@example.com: enough');
    expect(shell.printed()).toMatch(/^NO-GO {2}demo-prod \(rehearsal\)/m);
    expect(shell.printed()).toContain(`head    ${one.journal.head()}`);
    const added = one.kept().filter((name) => !before.includes(name));
    expect(added, 'nothing but the stop and the seal').toHaveLength(2);
  });

  it('is told from its beginning with --verbose', async () => {
    const one = await given();
    await one.give(...looked('bad', 'fail'), closed);
    expect(await one.watch({ verbose: true })).toBe(2);
    expect(one.shell.printed()).toMatch(/✓ good/);
    expect(one.shell.printed()).toMatch(/status is 200/);
    expect(one.shell.printed()).toContain('The session was closed: paused.');
  });

  it('is told as JSON, every event from the first one on', async () => {
    const one = await given();
    await one.give(note);
    await one.seal();
    expect(await one.watch({ json: true })).toBe(2);
    const told = one.shell
      .printed()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.map(({ kind }) => kind)).toEqual((await one.events()).map(({ kind }) => kind));
    expect(told.map(({ run }) => run)).toEqual(told.map(() => one.run));
    expect(one.shell.printed()).not.toMatch(/grant|statement/);
  });
});

describe('a run that nobody works on', () => {
  it('is told with how it stands, and without a terminal that is all', async () => {
    const one = await given();
    await one.give(...looked('bad', 'fail'), closed);
    const before = one.kept();
    expect(await one.watch()).toBe(2);
    expect(one.shell.printed()).toMatch(/✗ bad {2}fail/);
    expect(one.shell.complained()).toMatch(/Nobody is at it\.\nGo on with: golive .*resume rehearsal-a+/);
    expect(one.kept()).toEqual(before);
  });

  it('because its process was killed is told so', async () => {
    const one = await given();
    expect(await one.watch()).toBe(2);
    expect(one.shell.complained()).toMatch(
      /Its process is gone, and did not close its session\.\n.*resume rehearsal-a+/,
    );
  });

  it('because it is sealed is told with how it ended', async () => {
    const one = await given();
    await one.seal();
    expect(await one.watch()).toBe(2);
    expect(one.shell.printed()).toMatch(/^NOT DECIDED {2}demo-prod/m);
    expect(one.shell.complained()).toBe('');
  });
});

it('Ctrl-C ends watching, and says that it ended nothing else', async () => {
  const interrupt = new AbortController();
  const one = await given(interrupt.signal);
  const letGo = await one.hold();
  const before = one.kept();
  const watching = one.watch();
  await vi.waitFor(() => expect(one.shell.complained()).toContain('Ctrl-C ends watching only'), 20_000);
  interrupt.abort('SIGINT');
  expect(await watching).toBe(130);
  expect(one.shell.complained()).toContain(`Watching has ended, and nothing else: ${one.run} is as it was.`);
  expect(one.kept()).toEqual(before);
  await letGo();
});
