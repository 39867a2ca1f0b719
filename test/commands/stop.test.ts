// Goal: a run is ended from outside exactly as at its own prompt, and never by mistake. Method: the real command on runs in
// a folder, whose session is played by the test, and once on a real session of a rehearsal.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { keyInit } from '../../src/commands/key.ts';
import { allRuns, openStore } from '../../src/commands/runs.ts';
import { stop, type StopOptions } from '../../src/commands/stop.ts';
import { watch } from '../../src/commands/watch.ts';
import type { StopWish } from '../../src/effects/holder.ts';
import type { Order } from '../../src/engine/decide.ts';
import { joinLines } from '../../src/log/statement.ts';
import { verifyLog } from '../../src/log/verify.ts';
import { checklistText } from '../checklist/given.ts';
import { givenWorld } from '../rehearsal/given.ts';
import { folderRun, type FolderRun } from '../support/folder-run.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const look = (id: string, more = ''): string =>
  `- { id: ${id}, title: ${id}, probe: { http: { url: "https://x.example/${id}" } }, expect: [{ path: status, eq: 200 }]${more} }`;
const act =
  '- { id: switch, title: Switch, act: { route53.replace_record: { zone: x.example, name: www.x.example, from: [], to: [{ Type: CNAME, TTL: 60, ResourceRecords: [{ Value: a.example }] }] } } }';
const text = checklistText({ steps: [look('good'), act].join('\n') });
const reason = 'the window is over';
const by = 'bea@example.com';

const shells: TestShell[] = [];
const keys = testShell({ env: { PATH: process.env['PATH'] ?? '' } });
beforeAll(async () => void (await keyInit({ as: by }, keys)));
afterAll(() => [keys, ...shells].forEach((shell) => shell.remove()));

function newShell(): TestShell {
  const shell = testShell({
    env: Object.fromEntries(Object.entries(keys.env).map(([name, value = '']) => [name, value])),
  });
  shells.push(shell);
  return shell;
}

interface Case extends FolderRun {
  readonly shell: TestShell;
  end(options?: StopOptions): Promise<number>;
}

async function given(more: Parameters<typeof folderRun>[2] = {}): Promise<Case> {
  const shell = newShell();
  const folder = await folderRun(shell, text, more);
  const end = (options: StopOptions = { reason, as: by }): Promise<number> =>
    stop(folder.run, { runsDir: shell.runsDir, ...options }, shell);
  return { ...folder, shell, end };
}

const closed: Order = { order: 'close-session', reason: 'later', until: '' };
const digests = { request: '0'.repeat(64), before: '0'.repeat(64) };
const switched = (run: string): readonly Order[] => [
  { order: 'start', step: 'switch', why: 'due' },
  { order: 'intend', step: 'switch', run, class: 'compare', ...digests, go: [] },
  { order: 'act-result', step: 'switch', result: 'done', change: 'C1', requests: [], reason: '' },
];
const endOf = async ({ events }: FolderRun, count: number) =>
  (await events()).slice(-count).map(({ kind, body }) => ({ kind, body }));

describe('a run that nobody is at', () => {
  it.each([
    ['rehearsed', true],
    ['real', false],
  ])('%s, is stopped and sealed as a no-go in a session of its own', async (_, rehearsal) => {
    const one = await given({ rehearsal });
    await one.give(closed);
    expect(await one.end()).toBe(1);
    expect(await endOf(one, 3)).toMatchObject([
      { kind: 'session.open', body: { session: { principal: by } } },
      { kind: 'run.stop', body: { by, reason, step: '' } },
      { kind: 'seal', body: { result: 'no-go', exit: 1 } },
    ]);
    expect(one.shell.printed()).toMatch(/^NO-GO {2}demo-prod/m);
    const verified = await verifyLog(joinLines(await one.store.read(one.run, 0)), {});
    expect(verified.broken).toBeUndefined();
    expect(one.kept().filter((name) => name.startsWith('local/'))).toEqual([]);
  });

  it('after its process was killed is ended too', async () => {
    const one = await given();
    await one.give({ order: 'start', step: 'good', why: 'due' });
    expect(await one.end()).toBe(1);
  });

  it('that was stopped and killed before its seal is only sealed', async () => {
    const one = await given();
    await one.give({ order: 'stop', by: 'ada@example.com', reason: 'enough', step: '' });
    expect(await one.end()).toBe(1);
    const stops = (await one.events()).filter(({ kind }) => kind === 'run.stop');
    expect(stops.map(({ body }) => body)).toEqual([{ by: 'ada@example.com', reason: 'enough', step: '' }]);
  });

  it('and that changed something is not ended without a word, and it is said how it is taken back', async () => {
    const one = await given();
    await one.give(...switched(one.run), closed);
    const before = one.kept();
    await expect(one.end()).rejects.toMatchObject({
      code: 'stands',
      exit: 3,
      message: expect.stringContaining('switch'),
      hint: expect.stringMatching(/rollback rehearsal-a+\n.*--leave/),
    });
    expect(one.kept()).toEqual(before);
    expect(await one.end({ reason, as: by, leave: true })).toBe(1);
    expect(one.shell.printed()).toMatch(/switch +changed, and not taken back/);
  });

  it('says as JSON what came of it', async () => {
    const one = await given();
    await one.give(closed);
    expect(await one.end({ reason, as: by, json: true })).toBe(1);
    expect(JSON.parse(one.shell.printed())).toEqual({ run: one.run, exit: 1, reason });
  });
});

describe('what is not ended', () => {
  it.each([
    ['without a reason', { as: by }],
    ['for a blank reason', { reason: '  ', as: by }],
  ])('%s', async (_, options) => {
    const one = await given();
    const before = one.kept();
    await expect(one.end(options)).rejects.toMatchObject({ code: 'usage', exit: 3 });
    expect(one.kept()).toEqual(before);
  });

  it('because it is sealed', async () => {
    const one = await given();
    await one.seal();
    await expect(one.end()).rejects.toMatchObject({ code: 'sealed', exit: 3 });
  });

  it.each(['dry-run', 'survey'] as const)('because a %s ends by itself', async (mode) => {
    const one = await given({ mode });
    await expect(one.end()).rejects.toMatchObject({
      code: 'not-open',
      message: expect.stringContaining('ends by itself'),
    });
  });
});

describe('a run that somebody is at', () => {
  it('is ended by its session, which hears who, why and what stays', async () => {
    const one = await given();
    await one.give(...switched(one.run));
    const heard: StopWish[] = [];
    const letGo = await one.hold((wish) => {
      heard.push(wish);
      const { by: who, reason: why } = wish;
      void one.give({ order: 'stop', by: who, reason: why, step: '' }).then(() => one.seal());
      return undefined;
    });
    expect(await one.end({ reason, as: by, leave: true })).toBe(1);
    expect(heard).toEqual([{ by, reason, stands: ['switch'] }]);
    expect(await endOf(one, 2)).toMatchObject([{ kind: 'run.stop', body: { by, reason } }, { kind: 'seal' }]);
    expect(one.shell.printed()).toMatch(/^NO-GO {2}demo-prod \(rehearsal\)/m);
    await letGo();
  });

  it('goes on where its session refuses, and it is said why', async () => {
    const one = await given();
    const before = one.kept();
    const letGo = await one.hold(() => 'a way back is under way');
    const failed = one.end();
    await expect(failed).rejects.toMatchObject({
      code: 'held',
      exit: 2,
      message: expect.stringContaining('a way back is under way'),
    });
    await letGo();
    expect(one.kept()).toEqual(before);
  });

  it('and whose process is killed instead of ending it is said not to have ended', async () => {
    const one = await given();
    const letGo = await one.hold(() => void setImmediate(() => void letGo()));
    await expect(one.end()).rejects.toMatchObject({ code: 'held', message: expect.stringContaining('gone without') });
  });
});

it('a real session hears it while it waits, and everybody who looks on sees how it ends', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'golive-case-'));
  const [session, other, watcher] = [testShell({ cwd }), testShell({ cwd }), testShell({ cwd })];
  shells.push(session, other, watcher);
  const { runsDir } = session;
  mkdirSync(join(cwd, 'checklists', 'rehearsal'), { recursive: true });
  const never = `- id: never
  title: Never
  probe: { http: { url: "https://app.navralabs.com/", connect_to: aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com } }
  expect: [{ path: status, eq: 204 }]
  wait: { for: 10h, every: 30m }`;
  writeFileSync(join(cwd, 'checklists', 'demo.yaml'), checklistText({ steps: never }));
  const world = { ...givenWorld(), checklist: 'demo', breaks: {} };
  writeFileSync(join(cwd, 'checklists', 'rehearsal', 'demo.yaml'), JSON.stringify(world));

  // Each pause takes two seconds for the eye, so that somebody else can get a word in.
  const rehearsed = runCli(['rehearse', 'demo-prod', '--auto', '--speed', '1', '--runs-dir', runsDir], session);
  const known = await vi.waitFor(
    async () => {
      const [first] = await allRuns(openStore({ runsDir }, other));
      if (first?.state.steps['never']?.running !== true) throw new Error(session.complained());
      return first;
    },
    { timeout: 20_000 },
  );
  expect(await runCli(['resume', known.run, '--auto', '--runs-dir', runsDir], other)).toBe(2);
  expect(other.complained()).toMatch(/is being worked on by erin@navralabs\.example on test-host since \d\d:\d\dZ/);
  expect(other.complained()).toContain(`watch ${known.run}`);
  const watching = watch(known.run, { runsDir }, watcher);
  await vi.waitFor(() => expect(watcher.complained()).toContain('It is worked on by erin@navralabs.example'), {
    timeout: 20_000,
  });
  const words = ['stop', known.run, '--reason', reason, '--as', by, '--runs-dir', runsDir];
  expect(await runCli(words, other)).toBe(1);
  expect(await Promise.all([rehearsed, watching])).toEqual([1, 1]);
  for (const shell of [session, watcher]) expect(shell.printed()).toContain(`stopped by ${by}: ${reason}`);
  for (const shell of [session, other, watcher]) expect(shell.printed()).toMatch(/^NO-GO {2}demo-prod \(rehearsal\)/m);
  rmSync(cwd, { recursive: true });
});
