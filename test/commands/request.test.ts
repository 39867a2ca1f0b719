// Goal: a request says exactly what the log says at that moment, and is only written where it could be answered. Method: the
// real command on runs in a folder, with keys of ssh-keygen.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { digest } from '../../src/log/canonical.ts';
import { hashLine } from '../../src/log/line.ts';
import { readRequest } from '../../src/log/request.ts';
import { joinLines } from '../../src/log/statement.ts';
import { gateText } from '../../src/render/signoff.ts';
import { findStep } from '../../src/engine/plan.ts';
import { closed, gatedText, judged, newProject, signedRun, toTheGate, type SignedRun } from '../support/signed-run.ts';
import type { TestShell } from '../support/shell.ts';

const project = newProject();
afterAll(() => project.remove());

const request = (shell: TestShell, ...words: readonly string[]): Promise<number> =>
  runCli(['request', ...words, '--runs-dir', project.runsDir], shell);
const nameOf = ({ run }: SignedRun, more = ''): string =>
  `approved-${run.replace('rehearsal-', '').slice(0, 8)}-1${more}.request.json`;

describe('a request', () => {
  it('holds what the log says at its last line, and the log up to there, while somebody works on the run', async () => {
    const one = await signedRun(project);
    const shell = project.shell(project.people.ada);
    expect(await request(shell, one.run, 'approved'), shell.complained()).toBe(0);
    const path = join(shell.cwd, nameOf(one));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const read = readRequest(readFileSync(path));
    const lines = await one.store.read(one.run, 0);
    const step = findStep(one.plan, 'approved');
    const told = step ? gateText(one.plan, one.journal().state(), step) : '';
    expect(told).toContain('fail (advisory)  slow');
    expect(read).toMatchObject({
      run: one.run,
      step: 'approved',
      attempt: 1,
      roles: ['lead', 'ops'],
      seen: { seq: lines.length - 1, head: hashLine(lines.at(-1) ?? '') },
      checklist: { digest: digest(gatedText), text: gatedText },
      text: `${told}request ${read.nonce}, until ${read.expires}\n`,
      log: Buffer.from(joinLines(lines)).toString('utf8'),
    });
    const hours = (Date.parse(read.expires) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(3.9);
    expect(hours).toBeLessThanOrEqual(4);
    expect(shell.printed()).toContain('Lead (ada@example.com or dana@example.com), Operations (bob@example.com or');
    expect(await one.store.read(one.run, 0)).toEqual(lines);
  });

  it('asks only for who has not voted, lasts as long as is said, and says all that as JSON', async () => {
    const one = await signedRun(project);
    await one.votes(project.people.ada, 'lead', 'go');
    const { seq } = one.journal().state();
    const shell = project.shell(project.people.ada);
    expect(await request(shell, one.run, 'approved', '--expires', '30m', '--json', '--out', 'for-bob.json')).toBe(0);
    const told: unknown = JSON.parse(shell.printed());
    const read = readRequest(readFileSync(join(shell.cwd, 'for-bob.json')));
    const { expires } = read;
    expect(told).toEqual({
      run: one.run,
      step: 'approved',
      attempt: 1,
      roles: ['ops'],
      expires,
      file: 'for-bob.json',
      seen: {
        seq: seq - 1,
        head: read.seen.head,
      },
    });
    expect(Date.parse(read.expires) - Date.now()).toBeLessThanOrEqual(30 * 60_000);
  });

  it('goes over nothing that is there: its own name gets a number, and a name that was given is refused', async () => {
    const one = await signedRun(project, { orders: [...toTheGate, closed] });
    const shell = project.shell(project.people.ada);
    for (const more of ['', '-2', '-3']) {
      expect(await request(shell, one.run, 'approved')).toBe(0);
      expect(readRequest(readFileSync(join(shell.cwd, nameOf(one, more)))).run).toBe(one.run);
    }
    const before = readFileSync(join(shell.cwd, nameOf(one)));
    expect(await request(shell, one.run, 'approved', '--out', nameOf(one))).toBe(3);
    expect(shell.complained()).toContain('is there already, and is not overwritten');
    expect(readFileSync(join(shell.cwd, nameOf(one)))).toEqual(before);
  });

  it('of a rehearsal lasts by the clock of the rehearsal', async () => {
    const one = await signedRun(project, { rehearsal: true, orders: [...toTheGate, closed] });
    const shell = project.shell(project.people.ada);
    expect(await request(shell, one.run, 'approved'), shell.complained()).toBe(0);
    expect(readRequest(readFileSync(join(shell.cwd, nameOf(one)))).expires).toBe('2026-03-01T16:00:00.000Z');
  });
});

describe('no request is written', () => {
  it.each<[string, Parameters<typeof signedRun>[1], string, string]>([
    [
      'about a gate nobody has come to',
      { orders: toTheGate.slice(0, 3) },
      'approved',
      'approved is not open for votes: nobody has come to it|1 step above it is not settled: slow',
    ],
    [
      'about one that stands behind another',
      {},
      'later',
      'later is not open for votes: 1 step above it is not settled: approved',
    ],
    ['about a name that is nearly one', {}, 'aproved', 'did you mean approved'],
    ['about a step that is no gate', {}, 'good', 'good is no gate of demo-prod: it is a step, but no gate'],
    ['about nothing at all', {}, 'xyz', 'Its gates: approved, later'],
    ['where the people have throw-away keys', { rehearsal: true, people: 'throw-away' }, 'approved', '--own-keys'],
    ['where nobody said who holds what', { people: 'nobody' }, 'approved', 'nobody said who holds which role'],
    [
      'about one that was decided',
      { orders: [...toTheGate, judged('approved', 'fail')] },
      'approved',
      'it was decided, fail',
    ],
  ])('%s', async (_, given, gate, words) => {
    const one = await signedRun(project, given);
    const shell = project.shell(project.people.ada);
    expect(await request(shell, one.run, gate)).toBe(3);
    expect(shell.complained()).toMatch(new RegExp(words));
  });

  it('where everybody has voted', async () => {
    const one = await signedRun(project);
    await one.votes(project.people.ada, 'lead', 'go');
    await one.votes(project.people.bob, 'ops', 'go');
    const shell = project.shell(project.people.ada);
    expect(await request(shell, one.run, 'approved')).toBe(3);
    expect(shell.complained()).toMatch(/everybody has voted at approved\n.*resume/);
  });

  it('about a run that is sealed', async () => {
    const one = await signedRun(project);
    const { sealRun } = await import('../../src/runner/opening.ts');
    await sealRun(one.journal(), one.plan, one.signer, Date.now());
    const shell = project.shell(project.people.ada);
    expect(await request(shell, one.run, 'approved')).toBe(3);
    expect(shell.complained()).toContain('is sealed');
  });

  it.each(['0s', '31d', 'soon'])('that lasts %s', async (expires) => {
    const one = await signedRun(project);
    const shell = project.shell(project.people.ada);
    expect(await request(shell, one.run, 'approved', '--expires', expires)).toBe(3);
    expect(shell.complained()).toContain('--expires takes a duration from 1m to 30d');
  });
});
