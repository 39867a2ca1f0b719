// Goal: a program gets its words and little else, its whole group ends with it, and what says nothing is no result.
// Method: real programs, node and sh, that say what they were given and leave children behind.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPrograms, type ProgramsOptions } from '../../src/effects/processes.ts';
import { BlindError } from '../../src/errors.ts';
import type { ProgramRequest } from '../../src/machine.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'golive-programs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const account = { account: '111111111111', region: 'eu-central-1' };
const path = process.env['PATH'] ?? '';

function run(
  argv: readonly string[],
  given: Partial<ProgramRequest> = {},
  options: Partial<ProgramsOptions> = {},
  signal = new AbortController().signal,
) {
  const programs = openPrograms({ env: { PATH: path }, cwd: folder, account, ...options });
  return programs.run({ argv, timeoutMs: 30_000, env: [], aws: false, ...given }, signal);
}

/** Code of node, with arguments. */
const node = (code: string, ...args: readonly string[]): readonly string[] => [process.execPath, '-e', code, ...args];

async function blind(promise: Promise<unknown>): Promise<BlindError> {
  const thrown: unknown = await promise.then(
    (result) => `a result: ${JSON.stringify(result)}`,
    (error: unknown) => error,
  );
  if (!(thrown instanceof BlindError)) throw new Error(`somebody looked: ${String(thrown)}`);
  return thrown;
}

/** Whether the process whose number a program left in a file is there. A zombie is not. */
function lives(file: string): boolean {
  const pid = readFileSync(join(folder, file), 'utf8').trim();
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a program', () => {
  it('gives its exit code and what it wrote, whatever that code is', async () => {
    const result = await run(node('console.log("out"); console.error("err"); process.exitCode = 3'));
    expect(result).toMatchObject({
      exit: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
      stderrTruncated: false,
    });
    expect(await run(['true'])).toMatchObject({ exit: 0, stdout: '', stderr: '' });
  });

  it('gets its words as they are: no shell reads them', async () => {
    const words = ['$HOME', '`id`', '; touch x', '*', "it's", 'two  words', ''];
    const { stdout } = await run(node('console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words));
    expect(JSON.parse(stdout)).toEqual(words);
  });

  it('is started where golive was, or where it is said, and reads nothing', async () => {
    const code = 'console.log(process.cwd(), JSON.stringify(require("fs").readFileSync(0, "utf8")))';
    expect((await run(node(code))).stdout).toBe(`${folder} ""\n`);
    expect((await run(node(code), { cwd: '/' })).stdout).toBe('/ ""\n');
  });

  it('may write anything: what is no UTF-8 is replaced, control characters stay', async () => {
    const { stdout } = await run(node('process.stdout.write(Buffer.from([0x61, 0xff, 0x1b, 0x62]))'));
    expect(stdout).toBe('a\u{FFFD}\u001B\u0062');
  });

  it('is cut off after 256 KiB and 64 KiB, and runs to its end all the same', async () => {
    const code =
      'process.stdout.write("x".repeat(300_000)); process.stderr.write("y".repeat(70_000)); process.exitCode = 4';
    const { exit, stdout, stderr, truncated, stderrTruncated } = await run(node(code));
    expect([exit, stdout.length, stderr.length]).toEqual([4, 262_144, 65_536]);
    expect([truncated, stderrTruncated]).toEqual([true, true]);
    const whole = await run(
      node('process.stdout.write("x".repeat(262_144)); process.stderr.write("y".repeat(65_536))'),
    );
    expect([whole.truncated, whole.stderrTruncated]).toEqual([false, false]);
  });
});

describe('its environment', () => {
  const env = {
    PATH: path,
    HOME: '/home/ada',
    LANG: 'C.UTF-8',
    LC_TIME: 'C',
    TZ: 'UTC',
    TMPDIR: '/tmp',
    USER: 'ada',
    LOGNAME: 'ada',
    NO_COLOR: '1',
    SECRET_TOKEN: 'hidden',
    NODE_OPTIONS: '',
    GOLIVE_INPUT_TOKEN: 'hidden',
    PGHOST: 'db.example',
    AWS_PROFILE: 'prod',
    AWS_CONFIG_FILE: '/x/config',
    AWS_REGION: 'us-east-1',
  };
  const show = node('console.log(JSON.stringify(process.env))');
  const environment = async (given: Partial<ProgramRequest>, options: Partial<ProgramsOptions> = {}) => {
    const { stdout } = await run(show, given, { env, ...options });
    const seen: Record<string, string> = JSON.parse(stdout);
    return seen;
  };
  const few = ['HOME', 'LANG', 'LC_TIME', 'LOGNAME', 'NO_COLOR', 'PATH', 'TMPDIR', 'TZ', 'USER'];

  it('is a short list, and what is named besides', async () => {
    expect(Object.keys(await environment({})).toSorted()).toEqual(few);
    expect(await environment({ env: ['PGHOST'] })).toMatchObject({ PGHOST: 'db.example' });
    expect(Object.keys(await environment({ env: ['PGHOST'] }))).toHaveLength(few.length + 1);
  });

  it('holds what says who we are at AWS only when it is asked for, and the region of the target', async () => {
    expect(await environment({ aws: true })).toMatchObject({
      AWS_PROFILE: 'prod',
      AWS_CONFIG_FILE: '/x/config',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
    });
  });

  it('makes the program who golive is: --profile goes before keys, keys go before the profile of the target', async () => {
    const keys = { PATH: path, AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
    const named = await environment({ aws: true }, { env: keys, profile: 'ops' });
    expect(named).toMatchObject({ AWS_PROFILE: 'ops' });
    expect(Object.keys(named).filter((name) => /KEY|TOKEN/.test(name))).toEqual([]);
    const target = { ...account, profile: 'of-the-target' };
    const keyed = await environment({ aws: true }, { env: keys, account: target });
    expect(keyed).toMatchObject(keys);
    expect(keyed).not.toHaveProperty('AWS_PROFILE');
    expect(await environment({ aws: true }, { env: { PATH: path }, account: target })).toMatchObject({
      AWS_PROFILE: 'of-the-target',
    });
  });

  it.each(['GOLIVE_INPUT_TOKEN', 'AWS_PROFILE', 'NOT_SET', '__proto__', 'toString'])(
    'never gets %s by its name, and nothing is started',
    async (name) => {
      const made = node(`require("fs").writeFileSync("made", "")`);
      expect(await blind(run(made, { env: [name] }, { env }))).toMatchObject({ code: 'invalid', transient: false });
      expect(() => readFileSync(join(folder, 'made'))).toThrow();
    },
  );
});

describe('could not look', () => {
  it.each([
    ['a program that is not there', ['golive-no-such-program'], 'invalid'],
    ['a path that is not there', ['./nothing'], 'invalid'],
    ['a word no program takes', ['true', 'a\0b'], 'invalid'],
    ['words that are too long', ['true', 'x'.repeat(5_000_000)], 'invalid'],
    ['a shell that found no program', ['sh', '-c', 'golive-no-such-program'], 'invalid'],
    ['a shell that could not execute one', ['sh', '-c', './plain'], 'invalid'],
    ['a file that may not be executed', ['./plain'], 'refused'],
    ['a program that was killed', ['sh', '-c', 'kill -9 $$'], 'server'],
  ])('is said of %s', async (_, argv, code) => {
    writeFileSync(join(folder, 'plain'), 'echo no', { mode: 0o600 });
    const error = await blind(run(argv));
    expect(error).toMatchObject({ code, transient: false });
    expect(error.message.length).toBeLessThan(600);
  });

  it('is told with the last line a shell wrote, without what looks like a secret', async () => {
    const error = await blind(run(['sh', '-c', 'echo "password=hunter22" >&2; exit 127']));
    expect(error.message).toContain('password=(redacted)');
    expect(error.message).not.toContain('hunter22');
  });
});

describe('its end', () => {
  // Leaves the number of a child behind that nobody waits for.
  const parent = (ways: string): readonly string[] => ['sh', '-c', `${ways} & echo $! > child; echo begun; wait`];

  it('comes for its whole group when its time is over', async () => {
    const error = await blind(run(parent('sleep 600'), { timeoutMs: 500 }));
    expect(error).toMatchObject({ code: 'timeout', transient: false });
    expect(lives('child')).toBe(false);
  });

  it('comes also for what does not want to hear of it', async () => {
    const deaf = `trap "" TERM; echo $$ > child; echo begun; while :; do sleep 1; done`;
    const error = await blind(run(['sh', '-c', deaf], { timeoutMs: 500 }, { graceMs: 200 }));
    expect(error.code).toBe('timeout');
    expect(lives('child')).toBe(false);
  });

  it('comes when golive is told to end, and is waited for', async () => {
    const abort = new AbortController();
    const running = blind(run(parent('sleep 600'), {}, {}, abort.signal));
    while (!begun()) await new Promise((resolve) => setImmediate(resolve));
    abort.abort('SIGINT');
    expect(await running).toMatchObject({ code: 'server' });
    expect(lives('child')).toBe(false);
  });

  it('takes along what it left behind, and its own exit code stands', async () => {
    const result = await run(['sh', '-c', 'sleep 600 & echo $! > child; echo done; exit 5']);
    expect(result).toMatchObject({ exit: 5, stdout: 'done\n' });
    expect(lives('child')).toBe(false);
  });

  it('is never begun when golive is already ending', async () => {
    const abort = new AbortController();
    abort.abort('SIGINT');
    await blind(run(node('require("fs").writeFileSync("made", "")'), {}, {}, abort.signal));
    expect(() => readFileSync(join(folder, 'made'))).toThrow();
  });

  function begun(): boolean {
    try {
      return readFileSync(join(folder, 'child'), 'utf8').endsWith('\n');
    } catch {
      return false;
    }
  }
});
