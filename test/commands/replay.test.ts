// Goal: a replay prints what the live run printed as far as the log has it, stops aloud where the log does not hold, and
// shows nothing a log says as anything but text. Method: the real command on runs in a folder, on one that was just
// rehearsed live, and on copies of them with a line changed.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { exportRun } from '../../src/commands/export.ts';
import { rehearse } from '../../src/commands/rehearse.ts';
import { replay, type ReplayOptions } from '../../src/commands/replay.ts';
import { allRuns, openStore } from '../../src/commands/runs.ts';
import type { Order } from '../../src/engine/decide.ts';
import { digest } from '../../src/log/canonical.ts';
import { checklistText } from '../checklist/given.ts';
import { openLog, verdictBody } from '../log/given.ts';
import { folderRun, type FolderRun } from '../support/folder-run.ts';
import { home, testShell, type TestShell } from '../support/shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-replay-'));
const shells: TestShell[] = [];
afterAll(() => {
  shells.forEach((shell) => shell.remove());
  rmSync(folder, { recursive: true, force: true });
});

function shellOf(around: Parameters<typeof testShell>[0] = {}): TestShell {
  const shell = testShell(around);
  shells.push(shell);
  return shell;
}

/** The command on runs of another shell, with what it printed. */
async function played(run: string, runsDir: string, options: ReplayOptions = {}, shell = shellOf()) {
  const exit = await replay(run, { runsDir, ...options }, shell);
  return { exit, out: shell.printed(), err: shell.complained() };
}

const look = (id: string): string =>
  `- { id: ${id}, title: Title of ${id}, probe: { http: { url: "https://x.example/${id}" } }, expect: [{ path: status, eq: 200 }] }`;
const text = checklistText({ steps: ['good', 'bad', 'late'].map(look).join('\n') });

function looked(
  step: string,
  verdict: 'pass' | 'fail',
  observed = verdict === 'pass' ? '200' : '503',
): readonly Order[] {
  const at = '2026-03-01T12:00:00.000Z';
  const findings = [{ verdict, expected: 'status is 200', observed }];
  const seen = { verdict, facts: '', observed_at: at, requests: [], findings, reason: '', looks: 1 };
  return [
    { order: 'start', step, why: 'due' },
    { order: 'judge', step, seen, captures: {} },
  ];
}

async function given(...orders: readonly Order[]): Promise<FolderRun & { readonly shell: TestShell }> {
  const shell = shellOf();
  const one = await folderRun(shell, text);
  await one.give({ order: 'open-phase', phase: 'first' }, ...orders);
  return { ...one, shell };
}

let open: ReturnType<typeof given> | undefined;
/** A run without a seal, the same for every test that only reads it. */
const openRun = (): ReturnType<typeof given> => (open ??= given(...all));

const all = [...looked('good', 'pass'), ...looked('bad', 'fail'), ...looked('late', 'pass')];
const stop: Order = { order: 'stop', by: 'ada@example.com', reason: 'enough', step: '' };

describe('a run that was rehearsed', () => {
  const probe = (path: string): string =>
    `probe: { http: { url: "https://\${domain}${path}", connect_to: "\${balancer}" } }, expect: [{ path: status, eq: 200 }]`;
  const checklist = `golive: 1
name: aep
title: A week in an hour
targets:
  prod:
    aws: { account: "111111111111", region: us-east-1 }
    values: { domain: app.navralabs.com, balancer: aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com }
roles: { engineering: { title: Engineering }, on_call: { title: On call } }
phases:
  - id: before
    title: The week before
    at: T-7d
    sections:
      - title: Alive
        steps:
          - { id: alive, title: The backend is alive, severity: critical, ${probe('/health/live')} }
          - { id: missing, title: Something is there, severity: advisory, ${probe('/nowhere')} }
          - { id: success, title: It may go on, gate: { recheck: critical, poll: [engineering, on_call] } }
  - id: after
    title: The hour after
    at: T+1h
    sections:
      - title: Alive
        steps:
          - { id: still, title: The backend is still alive, ${probe('/health/live')} }
`;
  mkdirSync(join(folder, 'checklists', 'rehearsal'), { recursive: true });
  writeFileSync(join(folder, 'checklists', 'aep.yaml'), checklist);
  const world = readFileSync(join(home, 'checklists/rehearsal/aep.yaml'), 'utf8').replace(/^t0: .*\n/m, '');
  writeFileSync(join(folder, 'checklists/rehearsal/aep.yaml'), world);

  it('is played with the lines it printed', async () => {
    const live = shellOf({ cwd: folder });
    const options = { auto: true, runsDir: live.runsDir, t0: '2026-03-10T12:00Z', verbose: true };
    expect(await rehearse('aep-prod', options, live)).toBe(0);
    const [known] = await allRuns(openStore({ runsDir: live.runsDir }, live));
    const again = await played(known?.run ?? '', live.runsDir, { verbose: true });
    expect(again.exit).toBe(0);
    /** From the first phase on: the first screen has what no log has. */
    const body = (printed: string): string => printed.slice(printed.indexOf('later, in a new session'));
    expect(body(live.printed())).toContain('1 read again, still passed');
    expect(body(again.out)).toBe(body(live.printed()));
    expect(again.out).toContain('SEALED rehearsal: whole');
  });
});

describe('a replay', () => {
  it('is the same every time, says who signed, and ends as the run did', async () => {
    const one = await given(...all, stop);
    await one.seal();
    const first = await played(one.run, one.shell.runsDir);
    expect(first.exit).toBe(0);
    expect(first.out).toMatch(/^golive replay · the rehearsal of demo-prod/);
    expect(first.out).toContain('log        SEALED rehearsal: whole, but nobody vouches for the key');
    expect(first.out).toMatch(/✗ FAIL {2}bad[\s\S]*status is 200[\s\S]*503/);
    expect(first.out).toMatch(/stopped by ada@example.com: enough[\s\S]*NO-GO {2}demo-prod \(rehearsal\)/);
    expect(await played(one.run, one.shell.runsDir)).toEqual(first);
  });

  it('of a run without a seal says that the log only ends', async () => {
    const one = await openRun();
    const { exit, out } = await played(one.run, one.shell.runsDir);
    expect(exit).toBe(0);
    expect(out).toContain('log        OPEN: it has no seal');
    expect(out).toMatch(/The log ends here, after \d+ events, without a seal\.\n$/);
  });

  it('of a real run says that nobody vouches for its people, where nobody said whom to trust', async () => {
    const shell = shellOf();
    const one = await folderRun(shell, text, { rehearsal: false, letter: 'b' });
    await one.give({ order: 'open-phase', phase: 'first' }, ...looked('good', 'pass'));
    const { exit, out } = await played(one.run, shell.runsDir);
    expect(exit).toBe(0);
    expect(out).toContain('log        UNTRUSTED: no allowed signers were given');
  });

  it('from a step on leaves out what came before, and says how much', async () => {
    const one = await openRun();
    const { out } = await played(one.run, one.shell.runsDir, { from: 'late', verbose: true });
    expect(out).toMatch(/\n {2}\d+ events before this are not shown\n/);
    expect(out).toContain('T-1h  First');
    expect(out).toContain('✓ late');
    expect(out).not.toContain('FAIL  bad');
    await expect(played(one.run, one.shell.runsDir, { from: 'lat' })).rejects.toMatchObject({
      code: 'usage',
      hint: 'Did you mean late?',
    });
  });

  it('as JSON has every event, and the verdict on standard error', async () => {
    const one = await openRun();
    const { out, err } = await played(one.run, one.shell.runsDir, { json: true });
    const kinds = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).kind);
    expect(kinds).toEqual((await one.events()).map(({ kind }) => kind));
    expect(err).toMatch(/^OPEN: /);
  });

  it('that is paced takes no speed that is none, and ends when it is interrupted', async () => {
    const one = await openRun();
    for (const speed of ['0', '-1', 'fast', '1e3'])
      await expect(played(one.run, one.shell.runsDir, { speed })).rejects.toThrow('a number above 0');
    await expect(played(one.run, one.shell.runsDir, { speed: '2', instant: true })).rejects.toThrow('give one of them');
    const ended = new AbortController();
    ended.abort();
    const { exit, out } = await played(one.run, one.shell.runsDir, { speed: '60' }, shellOf({ signal: ended.signal }));
    expect(exit).toBe(130);
    expect(out).not.toContain('bad');
  });

  it('of hostile texts shows them, and obeys none', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u202e<script>alert(1)</script>\r\n@everyone';
    const note: Order = { order: 'note', by: 'ada@example.com', step: '', text: evil };
    const one = await given(...looked('good', 'pass'), ...looked('bad', 'fail', evil), note);
    const { out } = await played(one.run, one.shell.runsDir, { verbose: true });
    for (const raw of ['\u001b', '\u0007', '\u202e', '\r']) expect(out).not.toContain(raw);
    expect(out.match(/\\x1b\]0;owned\\x07/g)?.length).toBeGreaterThanOrEqual(2);
    expect(out).toContain('@everyone');
  });
});

describe('a log that does not hold', () => {
  it('is played up to the first line that does not, and that is said at its end', async () => {
    const one = await openRun();
    const shell = shellOf();
    await exportRun(one.run, { runsDir: one.shell.runsDir, bundle: join(folder, 'bundle') }, shell);
    const path = join(folder, 'bundle', 'run.jsonl');
    const lines = readFileSync(path, 'utf8').split('\n');
    const bad = lines.findIndex((line) => line.includes('503'));
    lines[bad] = (lines[bad] ?? '').replace('503', '200');
    writeFileSync(path, lines.join('\n'));
    const { exit, out } = await played(join(folder, 'bundle'), one.shell.runsDir, { verbose: true });
    expect(exit).toBe(20);
    expect(out).toContain('✓ good');
    expect(out).not.toMatch(/FAIL {2}bad|✓ late/);
    expect(out).toMatch(new RegExp(`\n\nINVALID at line ${bad + 1} \\(byte \\d+\\): .*can be trusted\\.\n$`));
  });

  it('because an event is gone is played up to there', async () => {
    const one = await given(...all);
    const events = join(openStore({ runsDir: one.shell.runsDir }, one.shell).locate(one.run), 'events');
    const gone = one.kept().filter((name) => name.startsWith('events/'))[3] ?? '';
    rmSync(join(events, '..', gone));
    const { exit, out } = await played(one.run, one.shell.runsDir);
    expect(exit).toBe(20);
    expect(out).toMatch(/INVALID at line 4 .* is missing although later ones are there/);
    expect(out).not.toContain('FAIL  bad');
  });

  it('without its checklist can only be played as JSON', async () => {
    const one = await openRun();
    const shell = shellOf();
    await exportRun(one.run, { runsDir: one.shell.runsDir, out: join(folder, 'alone.jsonl') }, shell);
    const path = join(folder, 'alone.jsonl');
    await expect(played(path, one.shell.runsDir)).rejects.toMatchObject({ code: 'incomplete', exit: 2 });
    expect((await played(path, one.shell.runsDir, { json: true })).out).toContain('"kind":"step.verdict"');
  });
});

describe('a replay at a terminal', () => {
  async function paced(options: ReplayOptions, stopAfter = Infinity) {
    const log = await openLog({
      change: { checklist: { name: 'demo', title: 'Demo', path: 'demo.yaml', digest: digest(text) }, target: 'prod' },
    });
    const after = (ms: number): void => log.tick(ms);
    after(30_000);
    log.add('phase.open', { phase: 'first' });
    after(600_000);
    log.add('step.start', { step: 'good', attempt: 1, why: 'due', resets: [] });
    after(30);
    log.add('step.verdict', { ...verdictBody, step: 'good', facts: '' });
    const bundle = mkdtempSync(join(folder, 'paced-'));
    mkdirSync(join(bundle, 'blobs'));
    writeFileSync(join(bundle, 'run.jsonl'), log.bytes());
    writeFileSync(join(bundle, 'blobs', digest(text)), text);
    const ended = new AbortController();
    const shell = shellOf({ signal: ended.signal });
    const slept: number[] = [];
    const sleep = async (ms: number): Promise<void> => {
      slept.push(ms);
      if (slept.length >= stopAfter) ended.abort();
    };
    const person = { ...shell, terminal: { ...shell.terminal, interactive: true } };
    const exit = await replay(bundle, { runsDir: shell.runsDir, ...options }, person, sleep);
    return { exit, slept, out: shell.printed(), err: shell.complained() };
  }

  it('waits a sixtieth of the time, and never long', async () => {
    const { exit, slept, out } = await paced({});
    expect(slept).toEqual([500, 2000]);
    expect(exit).toBe(0);
    expect(out).toContain('The log ends here');
  });

  it('waits as it is told to, or not at all', async () => {
    expect((await paced({ speed: '600' })).slept).toEqual([50, 1000]);
    expect((await paced({ speed: '1', json: true })).slept).toEqual([2000, 2000, 30]);
    expect((await paced({ instant: true })).slept).toEqual([]);
    // The first that is shown has waited long enough.
    expect((await paced({ speed: '1', from: 'good' })).slept).toEqual([30]);
  });

  it('ends in the middle of a wait when it is interrupted', async () => {
    const { exit, out, err } = await paced({}, 1);
    expect(exit).toBe(130);
    expect(out).not.toContain('The log ends here');
    expect(err).toContain('Replay has ended, and nothing else.');
  });
});

describe('what golive verify takes', () => {
  it('is taken by the others, too: also the bare name of a bundle', async () => {
    const one = await openRun();
    const shell = shellOf({ cwd: folder });
    await exportRun(one.run, { runsDir: one.shell.runsDir, bundle: join(folder, 'bare') }, shell);
    const call = (...words: readonly string[]): Promise<number> =>
      runCli([...words, '--runs-dir', join(folder, 'none')], shell);
    expect(await call('replay', 'bare')).toBe(0);
    expect(await call('diff', 'bare', 'bare')).toBe(0);
    expect(await call('report', 'bare', '--format', 'json')).toBe(0);
    expect(await call('anchor', 'check', 'bare', '--anchor', `0:${'a'.repeat(64)}`)).toBe(22);
    // Nobody has to guess which is meant.
    await exportRun(one.run, { runsDir: one.shell.runsDir, bundle: join(folder, 'demo-prod') }, shell);
    await expect(played('demo-prod', one.shell.runsDir, {}, shell)).rejects.toMatchObject({
      code: 'usage',
      hint: 'Give the whole id of the run, or the path: ./demo-prod',
    });
    expect((await played('demo-prod', one.shell.runsDir)).exit).toBe(0);
  });
});
