// Goal: a program that changes something is shown while it runs, and however it ends, it is told whether it did anything.
// Method: real programs, node and sh; the rehearsal's for what needs none.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPrograms } from '../../src/effects/processes.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';
import { rehearsalClock } from '../../src/rehearsal/clock.ts';
import { rehearsedPrograms } from '../../src/rehearsal/programs.ts';
import { commandAct } from '../../src/steps/command-act.ts';
import type { Programs } from '../../src/machine.ts';
import { attempt, denied, now, scripted } from './aws-world.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'golive-command-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const account = { account: '111111111111', region: 'eu-central-1' };
const real = (): Programs =>
  openPrograms({ env: { PATH: process.env['PATH'] ?? '' }, cwd: folder, account, graceMs: 2_000 });

/** What came of it, and the lines that were shown; `onLine` is told each as it comes. */
async function made(
  given: JsonObject,
  {
    programs = real(),
    caller = {},
    ...how
  }: {
    programs?: Programs;
    caller?: JsonObject | Error;
    signal?: AbortSignal;
    onLine?: (line: string) => void;
  } = {},
) {
  const shown: string[] = [];
  const { world, calls } = scripted({ 'sts:GetCallerIdentity': caller });
  const args = commandAct.schema.parse(given);
  const acting = { ...world, programs, changes: { change: () => Promise.reject(new Error('no AWS here')) } };
  const output = (line: string): void => {
    shown.push(line);
    how.onLine?.(line);
  };
  const trying = { ...attempt, ...(how.signal && { signal: how.signal }), output };
  const prospect = await commandAct.prepare(args, acting, trying);
  const came = await commandAct.perform(args, prospect, 'golive R/1', acting, trying);
  return { came, shown, calls };
}

/** Code of node, as a command. */
const node = (code: string): JsonObject => ({ argv: [process.execPath, '-e', code] });
const sh = (script: string, more: JsonObject = {}): JsonObject => ({ argv: ['sh', '-c', script], ...more });

describe('what it would do', () => {
  const args = commandAct.schema.parse({ argv: ['./deploy', 'a b', 7], env: ['PGHOST'], aws: true });

  it('is ready whatever there is, and shows the words it would run with', async () => {
    expect(await commandAct.prepare(args, scripted({}).world, attempt)).toMatchObject({
      stands: 'ready',
      before: {},
      request: { argv: ['./deploy', 'a b', '7'], timeout: '15m', env: ['PGHOST'], aws: true },
      lines: ["+ ./deploy 'a b' 7"],
    });
    expect(commandAct.describe(args)).toBe("Run ./deploy 'a b' 7, with PGHOST, the AWS credentials");
  });

  it('cannot be told once its answer is lost: nobody may take it for done or for not done', async () => {
    const pending = { before: {}, mark: 'golive R/1' };
    expect(await commandAct.prepare(args, scripted({}).world, attempt, pending)).toMatchObject({ stands: 'foreign' });
    expect(commandAct).toMatchObject({ class: 'opaque' });
    expect(commandAct).not.toHaveProperty('sees');
    expect(commandAct).not.toHaveProperty('back');
  });

  it('takes six hours at most, and no option that was filled in', () => {
    const parsed = (timeout: string): boolean => commandAct.schema.safeParse({ argv: ['p'], timeout }).success;
    expect([parsed('6h'), parsed('7h'), parsed('0s')]).toEqual([true, false, false]);
    expect(commandAct.misfilled?.({ argv: ['p', '${x}'] }, { argv: ['p', '--force'] })).toContain('hyphen');
    expect(commandAct.misfilled?.({ argv: ['p', '${x}'] }, { argv: ['p', 'shop'] })).toBeUndefined();
  });
});

describe('a program that changes something', () => {
  it('is accepted when it ends with 0, with what it wrote', async () => {
    const { came, shown, calls } = await made(sh('echo one; echo two >&2; printf three'));
    expect(came).toEqual({
      change: '',
      facts: { exit: 0, text: 'one\nthree', truncated: false, stderr: 'two', stderr_truncated: false },
      requests: [],
    });
    expect(shown.toSorted()).toEqual(['one', 'three', 'two']);
    expect(calls).toEqual([]);
  });

  it('is shown line by line while it runs', async () => {
    // It goes on only when its first line was seen.
    const onLine = (line: string): void => {
      if (line === 'begun') writeFileSync(join(folder, 'seen'), '');
    };
    const { came, shown } = await made(sh('echo begun; until [ -e seen ]; do sleep 0.02; done; echo done'), { onLine });
    expect(came).toMatchObject({ change: '' });
    expect(shown).toEqual(['begun', 'done']);
  });

  it('is shown in lines of bounded length, whatever ends them, and without empty ones', async () => {
    const { shown, came } = await made(
      node('process.stdout.write("10%\\r20%\\r\\n\\n  \\n" + "x".repeat(9_000) + "\\nend")'),
    );
    expect(shown.map((line) => line.length)).toEqual([3, 3, 2_001, 3]);
    expect(shown.at(-1)).toBe('end');
    expect(came).toMatchObject({ facts: { truncated: false } });
  });

  it('keeps the end of what it wrote, where the reason stands', async () => {
    const { came } = await made(
      node(
        'console.log("FIRST"); console.log("x".repeat(300_000)); console.log("LAST"); console.error("y".repeat(70_000))',
      ),
    );
    expect(came).toMatchObject({ facts: { truncated: true, stderr_truncated: true } });
    const text = JSON.stringify('facts' in came ? came.facts?.['text'] : '');
    expect(text).toMatch(/^"x+\\nLAST"$/);
    expect(text.length).toBeLessThan(65_540);
  });

  it('shows and keeps nothing that looks like a secret', async () => {
    const { came, shown } = await made(sh('echo "password=hunter22"; echo "token: abcdef123" >&2; exit 3'));
    expect(JSON.stringify([came, shown])).not.toMatch(/hunter22|abcdef123/);
    expect(shown).toContain('password=(redacted)');
  });

  it('shows of a private key no more than that there is one, though it goes over many lines', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\\nMIIhunter22\\nabcdef123\\n-----END PRIVATE KEY-----';
    const { came, shown } = await made(sh(`printf 'a\\n${key}\\nb\\n'; printf '${key}\\n' >&2`));
    expect(JSON.stringify([came, shown])).not.toMatch(/hunter22|abcdef123/);
    expect(shown).toEqual(expect.arrayContaining(['a', '-----END PRIVATE KEY-----', 'b']));
  });

  it('has failed with any other exit code, and says the last it said', async () => {
    const { came } = await made(sh('echo half; echo "first" >&2; echo "Error: no such table" >&2; exit 3'));
    expect(came).toMatchObject({
      failed: 'sh ended with the exit code 3: Error: no such table',
      facts: { exit: 3, text: 'half', stderr: 'first\nError: no such table' },
    });
    expect((await made({ argv: ['false'] })).came).toMatchObject({ failed: 'false ended with the exit code 1.' });
  });

  it('has failed when something in it could not be started: the rest of it ran', async () => {
    const { came } = await made(sh('echo half; no-such-program-here'));
    expect(came).toMatchObject({ failed: expect.stringContaining('127'), facts: { text: 'half' } });
  });

  it('has failed when a signal or its time ended it, with what it wrote until then', async () => {
    const { came: killed } = await made(sh('echo half; kill -KILL $$'));
    expect(killed).toMatchObject({ failed: expect.stringMatching(/ended by SIGKILL/), facts: { text: 'half' } });
    expect(killed).not.toHaveProperty('facts.exit');
    const { came: late } = await made(sh('echo half; sleep 60', { timeout: '1s' }));
    expect(late).toMatchObject({ failed: expect.stringMatching(/had not ended after 1s/), facts: { text: 'half' } });
  });

  it('is refused when it could not be started: nothing happened', async () => {
    expect((await made({ argv: ['no-such-program-here'] })).came).toMatchObject({
      refused: expect.stringContaining('There is no program no-such-program-here here'),
    });
    writeFileSync(join(folder, 'deploy'), '#!/bin/sh\n', { mode: 0o600 });
    expect((await made({ argv: ['./deploy'] })).came).toMatchObject({
      refused: expect.stringContaining('may not be executed'),
    });
  });

  it('leaves it open what happened when golive is interrupted while it runs', async () => {
    const stop = new AbortController();
    const onLine = (): void => stop.abort();
    const run = made(sh('echo begun; sleep 60'), { signal: stop.signal, onLine });
    await expect(run).rejects.toThrow(BlindError);
    // Before it was started, everybody knows.
    const { came } = await made(sh('touch ran'), { signal: AbortSignal.abort() });
    expect(came).toMatchObject({ refused: expect.stringContaining('before it was started') });
  });

  it('gets credentials only after AWS said whose they are, and is not started otherwise', async () => {
    const { came, calls } = await made(sh('echo $AWS_REGION', { aws: true }));
    expect(came).toMatchObject({ facts: { text: 'eu-central-1' }, requests: [expect.any(String)] });
    expect(calls).toMatchObject([{ service: 'sts', operation: 'GetCallerIdentity', fresh: true }]);
    const never: Programs = { run: () => Promise.reject(new Error('it was started')) };
    const refused = await made({ argv: ['p'], aws: true }, { programs: never, caller: denied });
    expect(refused.came).toMatchObject({ refused: expect.stringContaining(denied.message) });
  });
});

describe('in a rehearsal it', () => {
  const known = { argv: ['deploy'], exit: 0, stdout: 'one\ntwo\n', stderr: '', takes: '1m', missing: false };
  const programs = (more: Partial<typeof known> = {}): Programs => {
    const clock = rehearsalClock(now, 'max');
    const rehearsed = rehearsedPrograms(() => ({ deploy: { ...known, ...more } }), clock);
    return { run: (request, signal) => clock.task(() => rehearsed.run(request, signal)) };
  };

  it('is answered by the world, line by line, and never started', async () => {
    const { came, shown } = await made({ argv: ['deploy'] }, { programs: programs() });
    expect(came).toMatchObject({ change: '', facts: { exit: 0, text: 'one\ntwo' } });
    expect(shown).toEqual(['one', 'two']);
  });

  it('fails as it would, and is refused where the world has no answer for it', async () => {
    const failing = programs({ exit: 1, stderr: 'no disk\n' });
    expect((await made({ argv: ['deploy'] }, { programs: failing })).came).toMatchObject({
      failed: 'deploy ended with the exit code 1: no disk',
    });
    const slow = await made({ argv: ['deploy'], timeout: '30s' }, { programs: programs() });
    expect(slow.came).toMatchObject({ failed: expect.stringContaining('had not ended after 30s') });
    for (const more of [{ missing: true }, { argv: ['other'] }])
      expect((await made({ argv: ['deploy'] }, { programs: programs(more) })).came).toHaveProperty('refused');
  });
});
