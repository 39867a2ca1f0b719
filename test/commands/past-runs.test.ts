// Goal: two runs are the same exactly when nothing that counts differs, and the past of a checklist is told as its logs have
// it. Method: the real commands on runs that were written into one folder.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diff, type DiffOptions } from '../../src/commands/diff.ts';
import { history, type HistoryOptions } from '../../src/commands/history.ts';
import type { Order } from '../../src/engine/decide.ts';
import { checklistText } from '../checklist/given.ts';
import { folderRun, type FolderRun } from '../support/folder-run.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

function shellOf(): TestShell {
  const shell = testShell();
  shells.push(shell);
  return shell;
}

const look = (id: string): string =>
  `- { id: ${id}, title: Title of ${id}, probe: { http: { url: "https://x.example/${id}" } }, expect: [{ path: status, eq: 200 }] }`;
const ask = '- { id: said, title: Said, ask: { question: Which?, text: {} }, expect: [{ path: answer, ne: "" }] }';
const text = checklistText({ steps: [look('good'), look('bad'), ask].join('\n') });

function judged(step: string, verdict: 'pass' | 'fail', observed: string): Order {
  const at = '2026-03-01T12:00:00.000Z';
  const findings = [{ verdict, expected: 'status is 200', observed }];
  const seen = { verdict, facts: '', observed_at: at, requests: [], findings, reason: '', looks: 1 };
  return { order: 'judge', step, seen, captures: {} };
}
const start = (step: string): Order => ({ order: 'start', step, why: 'due' });

interface Told {
  readonly bad?: 'pass' | 'fail';
  readonly observed?: string;
  readonly answer?: string;
  readonly by?: string;
  readonly waived?: string;
}

async function runIn(shell: TestShell, letter: string, told: Told = {}, rehearsal = true): Promise<FolderRun> {
  const { bad = 'pass', observed = bad === 'pass' ? '200' : '503', answer = 'left', by = 'ada@example.com' } = told;
  const one = await folderRun(shell, text, { letter, rehearsal });
  await one.give({ order: 'open-phase', phase: 'first' }, start('good'), judged('good', 'pass', '200'));
  await one.give(start('bad'), judged('bad', bad, observed));
  if (told.waived !== undefined) {
    await one.give({ order: 'waive', step: 'bad', by, role: '', reason: told.waived, until: '', signoff: -1 });
  }
  await one.give(start('said'), {
    order: 'answer',
    step: 'said',
    answer: JSON.stringify(answer),
    evidence: '',
    by,
    source: 'asked',
  });
  await one.give(judged('said', 'pass', answer));
  return one;
}

async function compared(shell: TestShell, one: FolderRun, other: FolderRun, options: DiffOptions = {}) {
  const own = shellOf();
  const exit = await diff(one.run, other.run, { runsDir: shell.runsDir, ...options }, own);
  return { exit, out: own.printed() };
}

async function pastOfAll(shell: TestShell, options: HistoryOptions = {}, name = 'demo-prod') {
  const own = shellOf();
  const exit = await history(name, { runsDir: shell.runsDir, ...options }, own);
  return { exit, out: own.printed() };
}

describe('two runs', () => {
  it('are the same when nothing that counts differs, and show then only what they are', async () => {
    const shell = shellOf();
    const [one, other] = [await runIn(shell, 'b'), await runIn(shell, 'c')];
    const { exit, out } = await compared(shell, one, other);
    expect(exit).toBe(0);
    expect(out).toContain(one.run);
    expect(out).toMatch(/OPEN: it has no seal/);
    expect(out).toMatch(/\n\nThe same: 3 of 3 steps have the same verdict\.\n$/);
    expect(out).not.toMatch(/Verdicts|Values/);
    const whole = await compared(shell, one, other, { all: true });
    expect(whole.exit).toBe(0);
    expect(whole.out).toMatch(/Verdicts\n +good +pass +pass\n/);
  });

  it('are different in a verdict, in what was observed, in an answer and in who gave it', async () => {
    const shell = shellOf();
    const one = await runIn(shell, 'b');
    const other = await runIn(shell, 'c', { bad: 'fail', answer: 'right', by: 'bob@example.com' });
    const { exit, out } = await compared(shell, one, other, { json: true });
    expect(exit).toBe(1);
    const { same, rows } = JSON.parse(out);
    expect(same).toBe(false);
    expect(rows).toEqual([
      { aspect: 'verdict', name: 'bad', of: '', left: 'pass', right: 'fail', differs: true },
      { aspect: 'value', name: 'bad', of: 'status is 200', left: '200', right: '503', differs: true },
      { aspect: 'answer', name: 'said', of: '', left: '"left"', right: '"right"', differs: true },
      { aspect: 'value', name: 'said', of: 'status is 200', left: 'left', right: 'right', differs: true },
      { aspect: 'people', name: 'said', of: '', left: 'ada@example.com', right: 'bob@example.com', differs: true },
    ]);
    const shown = await compared(shell, one, other);
    expect(shown.out).toMatch(/Verdicts\n +bad +pass +fail\n\nAnswers\n +said +"left" +"right"\n\nValues\n/);
    expect(shown.out).toMatch(/Different in 5 of \d+: 2 of 3 steps have the same verdict\.\n$/);
  });

  it('are different in who accepted what, and in a log that does not hold', async () => {
    const shell = shellOf();
    const one = await runIn(shell, 'b', { bad: 'fail' });
    const other = await runIn(shell, 'c', { bad: 'fail', waived: '\u001b[2Jknown' });
    const { exit, out } = await compared(shell, one, other);
    expect(exit).toBe(1);
    expect(out).toContain('waived by');
    expect(out.replaceAll(/\s+/g, '')).toContain('\\x1b[2Jknown');
    expect(out).not.toContain('\u001b');
    rmSync(join(one.store.locate(other.run), other.kept().find((name) => name.startsWith('events/')) ?? ''));
    expect((await compared(shell, one, other)).exit).toBe(20);
    expect(JSON.parse((await compared(shell, one, other, { json: true })).out).same).toBe(false);
  });
});

describe('the past of a checklist', () => {
  it('is every run with its verdict and what was accepted, and what never caught anything', async () => {
    const shell = shellOf();
    await runIn(shell, 'b', { bad: 'fail', waived: 'a known \u202e case' });
    const sealed = await runIn(shell, 'c');
    await sealed.seal();
    const { exit, out } = await pastOfAll(shell);
    expect(exit).toBe(0);
    expect(out).toMatch(/^demo-prod {2}2 runs\n {2}when +mode +verdict +took +run\n/);
    expect(out).toMatch(/2026-03-01 \d\d:\d\dZ +rehearsal +go +\d+s +rehearsal-c/);
    expect(out).toMatch(/rehearsal +not sealed +\d+s +rehearsal-b/);
    expect(out).toContain('~ bad waived by ada@example.com: a known \\u202e case');
    expect(out).toMatch(/In 2 rehearsals\n[\s\S]*never caught anything {2}2 of the steps: good, said\n/);
  });

  it('counts rehearsals only where there is no real run', async () => {
    const shell = shellOf();
    await runIn(shell, 'b', { bad: 'fail' });
    await runIn(shell, 'c', {}, false);
    const { out } = await pastOfAll(shell, { json: true });
    const { runs, together } = JSON.parse(out);
    expect(runs.map(({ mode }: { mode: string }) => mode).toSorted()).toEqual(['rehearsal', 'run']);
    expect(together.of).toBe('1 real run');
    expect(together.quiet.map(({ step }: { step: string }) => step)).toEqual(['good', 'bad', 'said']);
  });

  it('has a run whose log does not hold, and does not count it', async () => {
    const shell = shellOf();
    await runIn(shell, 'b');
    const other = await runIn(shell, 'c', { bad: 'fail' });
    rmSync(
      join(
        other.store.locate(other.run),
        'events',
        other
          .kept()
          .filter((name) => name.startsWith('events/'))[4]
          ?.slice(7) ?? '',
      ),
    );
    const { out } = await pastOfAll(shell);
    expect(out).toMatch(/does not hold +\S+ +rehearsal-c+\n +! from line 5 on: event 4 is missing/);
    expect(out).toMatch(/In 1 rehearsal\n[\s\S]*3 of the steps/);
  });

  it('of something that was never run is told with what was', async () => {
    const shell = shellOf();
    await runIn(shell, 'b');
    await expect(pastOfAll(shell, {}, 'demo-staging')).rejects.toMatchObject({
      message: 'no run of demo-staging is kept here',
      hint: 'There are runs of demo-prod.',
    });
  });
});
