// Goal: whoever asks where a run stands learns what is due when, without a session and without AWS. Method: a run of a small
// checklist in a folder, written event by event.

import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/commands/runs.ts';
import { status } from '../../src/commands/status.ts';
import { began, openLog, verdictBody } from '../log/given.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const minute = 60_000;
const run = `rehearsal-${'r'.repeat(26)}`;
const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

const text = `golive: 1
name: demo
title: Demo
targets: { prod: { aws: { account: "111111111111", region: eu-central-1 } } }
roles: { lead: { title: Lead } }
phases:
  - id: check
    title: Verification
    at: T-1h
    sections:
      - title: All
        steps:
          - { id: approved, title: Approved, ask: { question: Is it?, confirm: {} } }
  - id: cut
    title: Cutover
    at: T-0
    sections:
      - title: All
        steps:
          - { id: decision, title: Go, gate: { poll: [lead], point_of_no_return: true } }
`;

/** A run whose first phase was begun four minutes late and is open; `t0`: with T an hour after its beginning. */
async function given(t0: boolean): Promise<TestShell> {
  const shell = testShell();
  shells.push(shell);
  const store = openStore(shell, shell);
  const digest = await store.putBlob(run, new TextEncoder().encode(text));
  const checklist = { name: 'demo', title: 'Demo', path: 'demo.yaml', digest };
  const log = await openLog({ run, change: { checklist, target: 'prod', phases: [] } });
  if (t0) log.add('clock.set', { t0: new Date(began + 60 * minute).toISOString(), source: 'command line' });
  log.tick(4 * minute);
  log.add('phase.open', { phase: 'check' });
  log.tick(2 * minute);
  log.add('step.start', { step: 'approved', attempt: 1, why: 'due', resets: [] });
  log.tick(minute);
  log.add('session.close', { reason: 'interrupted', until: '' });
  for (const [seq, line] of log.lines.entries()) await store.append(run, seq, line);
  return shell;
}

const at = (minutes: number): string => new Date(began + minutes * minute).toISOString();
const short = (minutes: number): string => `${at(minutes).slice(0, 16).replace('T', ' ')}Z`;

describe('status of a run', () => {
  it('says what was planned, what happened, what it waits for, and when it may be over', async () => {
    const shell = await given(true);
    expect(await status(run, shell, shell)).toBe(0);
    const printed = shell.printed();
    expect(printed).toContain(`T-1h  Verification  ${short(0)}  ${short(4)}  4m late, open 3m`);
    expect(printed).toMatch(/at hand +T-1h Verification, 4m late/);
    expect(printed).toContain(`no return decision: planned for ${short(60)}`);
    expect(printed).toContain(`the end at about ${short(63)}`);
    expect(printed).not.toContain('took');
  });

  it('says with -v when each step was begun', async () => {
    const shell = await given(true);
    await status(run, { ...shell, verbose: true }, shell);
    expect(shell.printed()).toMatch(new RegExp(`approved +${short(0)} +${short(6)} +under way`));
  });

  it('says without T that it is missing, and gives no date to what hangs on it', async () => {
    const shell = await given(false);
    await status(run, shell, shell);
    expect(shell.printed()).toMatch(/T +not set: --t0 is missing/);
    expect(shell.printed()).toContain('no return decision: with no time planned');
    expect(shell.printed()).not.toContain('late');
  });

  it('says the same as JSON, with null for what is not known', async () => {
    const shell = await given(true);
    await status(run, { ...shell, json: true }, shell);
    const { clock, steps } = JSON.parse(shell.printed()) as {
      clock: Record<string, unknown>;
      steps: readonly Record<string, unknown>[];
    };
    expect(clock).toMatchObject({
      now: at(7),
      t0: at(60),
      at_hand: 'check',
      behind_ms: 4 * minute,
      phases: [
        { id: 'check', planned: at(0), opened: at(4), closed: null, late_ms: 4 * minute },
        { id: 'cut', planned: at(60), opened: null, closed: null, late_ms: null },
      ],
      points_of_no_return: [{ step: 'decision', planned: at(60), passed: null }],
      way_back: { acts: [], budget_ms: 0, before: null, latest_decision: null },
      forecast_end: at(63),
    });
    expect(steps.map(({ id, begun, ended, took_ms }) => [id, begun, ended, took_ms])).toEqual([
      ['approved', at(6), null, null],
      ['decision', null, null, null],
    ]);
  });
});

describe('the forecast of a run', () => {
  /** A run that is over, in which the gate took so many minutes. */
  async function past(
    shell: TestShell,
    letter: string,
    took: number,
    how: 'whole' | 'forged' | 'dry' | 'open' | 'real',
  ) {
    const id = `${how === 'real' ? '' : 'rehearsal-'}${letter.repeat(26)}`;
    const checklist = { name: 'demo', title: 'Demo', path: 'demo.yaml', digest: 'a'.repeat(64) };
    const mode = how === 'dry' ? 'dry-run' : 'run';
    const log = await openLog({ run: id, change: { checklist, target: 'prod', phases: [], mode } });
    log.add('phase.open', { phase: 'cut' });
    log.add('step.start', { step: 'decision', attempt: 1, why: 'due', resets: [] });
    log.tick(took * minute);
    log.add('step.verdict', { ...verdictBody, step: 'decision', facts: '' });
    if (how !== 'open') await log.seal();
    for (const [seq, line] of log.lines.entries()) {
      const whole = Buffer.from(line).toString('utf8');
      const bent = how === 'forged' ? whole.replace('"verdict":"pass"', '"verdict":"skip"') : whole;
      await openStore(shell, shell).append(id, seq, Buffer.from(bent));
    }
  }

  it('rests on what past runs took, the middle one of those that are over and hold', async () => {
    const shell = await given(true);
    await past(shell, 'b', 20, 'whole');
    await past(shell, 'c', 12, 'whole');
    await past(shell, 'd', 90, 'whole');
    await past(shell, 'e', 1, 'forged');
    await past(shell, 'f', 1, 'dry');
    await past(shell, 'g', 1, 'open');
    await past(shell, 'h', 1, 'real');
    await status(run, shell, shell);
    expect(shell.printed().replaceAll(/\s+/g, ' ')).toContain(`the end at about ${short(80)} (from 3 past runs)`);
    const json = testShell();
    shells.push(json);
    await status(run, { runsDir: shell.runsDir, json: true }, json);
    expect(JSON.parse(json.printed())).toMatchObject({ clock: { forecast_end: at(80), forecast_from_runs: 3 } });
  });

  it('without any rests on what is counted for a turn, and says nothing of runs', async () => {
    const shell = await given(true);
    await past(shell, 'h', 1, 'real');
    await past(shell, 'f', 1, 'dry');
    await status(run, shell, shell);
    expect(shell.printed()).toContain(`the end at about ${short(63)}\n`);
  });
});
