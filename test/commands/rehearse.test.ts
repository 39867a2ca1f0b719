// Goal: the clock and the sessions of a rehearsal, and what it refuses. Method: the real command in process, on
// checklists and worlds in a folder of their own.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rehearse, type RehearseOptions } from '../../src/commands/rehearse.ts';
import { allRuns, openStore } from '../../src/commands/runs.ts';
import { verify } from '../../src/commands/verify.ts';
import { readEvents } from '../../src/log/replay.ts';
import { home, testShell, type TestShell } from '../support/shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-rehearse-'));
const shells: TestShell[] = [];
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const shell of shells) shell.remove();
});

const checklist = `golive: 1
name: aep
title: A week in an hour
targets:
  prod:
    aws: { account: "111111111111", region: us-east-1 }
    values: { domain: app.navralabs.com, balancer: aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com }
phases:
  - id: week-before
    title: The week before
    at: T-7d
    sections:
      - title: Alive
        steps:
          - { id: alive, title: The backend is alive, probe: { http: { url: "https://\${domain}/health/live", connect_to: "\${balancer}" } }, expect: [{ path: status, eq: 200 }] }
  - id: after
    title: The hour after
    at: T+1h
    sections:
      - title: Alive
        steps:
          - { id: still, title: The backend is still alive, probe: { http: { url: "https://\${domain}/health/live", connect_to: "\${balancer}" } }, expect: [{ path: status, eq: 200 }] }
`;
mkdirSync(join(folder, 'checklists', 'rehearsal'), { recursive: true });
writeFileSync(join(folder, 'checklists', 'aep.yaml'), checklist);
// A world in which nobody has set T.
const world = readFileSync(join(home, 'checklists/rehearsal/aep.yaml'), 'utf8').replace(/^t0: .*\n/m, '');
writeFileSync(join(folder, 'checklists/rehearsal/aep.yaml'), world);

async function rehearsed(options: RehearseOptions) {
  const shell = testShell({ cwd: folder });
  shells.push(shell);
  const exit = await rehearse('aep-prod', { auto: true, runsDir: shell.runsDir, ...options }, shell);
  const store = openStore({ runsDir: shell.runsDir }, shell);
  const [known] = await allRuns(store);
  if (known === undefined) throw new Error('no run');
  return { exit, shell, known, events: readEvents(await store.read(known.run, 0)) };
}

describe('phases that are days apart', () => {
  it('are one run: the clock jumps from one session to the next, and the log verifies', async () => {
    const { exit, shell, known, events } = await rehearsed({ t0: '2026-03-10T12:00Z' });
    expect(exit).toBe(0);
    // One waits for T-7d, one works on it, one on the hour after.
    expect(known.state.sessions).toBe(3);
    const opened = events.flatMap((event) => (event.kind === 'phase.open' ? [[event.body.phase, event.at]] : []));
    expect(opened).toEqual([
      ['week-before', '2026-03-03T12:00:00.000Z'],
      ['after', '2026-03-10T13:00:00.000Z'],
    ]);
    expect(events.find((event) => event.kind === 'session.close')?.body).toEqual({
      reason: 'later',
      until: '2026-03-03T12:00:00.000Z',
    });
    expect(await verify(known.run, { rehearsal: true, runsDir: shell.runsDir }, shell)).toBe(0);
  });

  it('wait for T when nobody has set it', async () => {
    const { exit, known, shell } = await rehearsed({});
    expect(exit).toBe(2);
    expect(known.state.steps['still']).toBeUndefined();
    expect(shell.printed()).toContain('when T is set');
  });
});

describe('the T of a rehearsal', () => {
  writeFileSync(join(folder, 'with-t0.yaml'), 't0: "2026-03-08T10:00:00Z"\n');

  it('is the world’s, unless the command line names another', async () => {
    const { known } = await rehearsed({ world: 'with-t0.yaml' });
    expect(known.state.t0).toBe('2026-03-08T10:00:00.000Z');
    const { known: other } = await rehearsed({ world: 'with-t0.yaml', t0: '2026-03-09T10:00Z' });
    expect(other.state.t0).toBe('2026-03-09T10:00:00.000Z');
  });
});

describe('a rehearsal that answers by itself', () => {
  it('goes through the cutover of AEP, half an hour of watching included, to a sealed go that verifies', async () => {
    const shell = testShell({ cwd: home });
    shells.push(shell);
    expect(await rehearse('aep-prod', { auto: true, runsDir: shell.runsDir }, shell)).toBe(0);
    const store = openStore({ runsDir: shell.runsDir }, shell);
    const [known] = await allRuns(store);
    expect(known?.state.sealed).toEqual({ exit: 0, result: 'go' });
    const verdicts = Object.values(known?.state.steps ?? {}).map(({ verdict }) => verdict?.verdict);
    expect(verdicts.filter((verdict) => verdict !== 'pass')).toEqual(['skip']);
    expect(verdicts).toHaveLength(182);
    // The change was accepted at T, and the thirty minutes count from there.
    const accepted = known?.state.steps['dns-cutover']?.act?.accepted ?? '';
    expect(accepted).toMatch(/^2026-03-10T11:00:/);
    const watched = Date.parse(known?.state.steps['watch-5xx']?.verdict?.at ?? '') - Date.parse(accepted);
    expect(watched).toBeGreaterThanOrEqual(30 * 60_000);
    expect(watched).toBeLessThan(36 * 60_000);
    expect(await verify(known?.run ?? '', { rehearsal: true, runsDir: shell.runsDir }, shell)).toBe(0);
  });

  it('ends at a red with its verdict, at a terminal too', async () => {
    const shell = testShell({ cwd: home });
    shells.push(shell);
    const options = { auto: true, break: ['redis-down'], runsDir: shell.runsDir };
    const atTerminal = { ...shell, terminal: { ...shell.terminal, interactive: true } };
    expect(await rehearse('aep-prod', options, atTerminal)).toBe(1);
    expect(shell.printed()).toContain('NO-GO  aep-prod (rehearsal)');
  });
});

describe('a rehearsal refuses', () => {
  it.each([
    ['a break the world does not know', { break: ['redis-dwon'] }, 'break'],
    ['a world patch that is not there', { world: 'nowhere.yaml' }, 'world'],
    ['a speed that is none', { speed: 'fast' }, 'usage'],
    ['a phase that is not there', { phase: ['affter'] }, 'usage'],
    ['a T without a zone', { t0: '2026-03-01 10:00' }, 'usage'],
  ] as const)('%s', async (_, options, code) => {
    const given: RehearseOptions = options;
    await expect(rehearsed(given)).rejects.toMatchObject({ code, exit: 3 });
  });
});

describe('the log of a rehearsal', () => {
  it('says in every line that it is one, and holds no secret of its world', async () => {
    const { shell, known } = await rehearsed({ t0: '2026-03-09T10:00Z' });
    expect(known.run).toMatch(/^rehearsal-/);
    const lines = await openStore({ runsDir: shell.runsDir }, shell).read(known.run, 0);
    const text = lines.map((line) => new TextDecoder().decode(line)).join('\n');
    expect(text.match(/"run":"rehearsal-/g)?.length).toBe(lines.length);
    expect(readFileSync(join(home, 'checklists/rehearsal/aep.yaml'), 'utf8')).toContain('played-test-token');
    expect(text).not.toContain('played-test-token');
  });
});
