import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { judge } from '../../src/engine/judge.ts';
import { BlindError } from '../../src/errors.ts';
import { rehearsalClock } from '../../src/rehearsal/clock.ts';
import { rehearsedPrograms } from '../../src/rehearsal/programs.ts';
import { command } from '../../src/steps/command.ts';
import type { ProgramRequest, ProgramResult } from '../../src/machine.ts';
import { play } from '../wrong-passes/given.ts';
import { attempt, denied, now, scripted } from './aws-world.ts';

/** What the kind makes of a program that ends like this, and what it asked for. */
async function ran(args: JsonObject, ended: Partial<ProgramResult> = {}, caller: JsonObject | Error = {}) {
  const asked: ProgramRequest[] = [];
  const { world, calls } = scripted({ 'sts:GetCallerIdentity': caller });
  const programs = {
    run: async (request: ProgramRequest): Promise<ProgramResult> => {
      asked.push(request);
      return { exit: 0, stdout: '', stderr: '', truncated: false, stderrTruncated: false, ms: 7, ...ended };
    },
  };
  const seen = await command.run(command.schema.parse(args), { ...world, programs }, attempt);
  return { ...seen, asked, calls };
}

const facts = async (ended: Partial<ProgramResult>): Promise<JsonObject> => (await ran({ argv: ['p'] }, ended)).facts;

describe('command', () => {
  it('brings the exit code, what was written and its lines, and nothing that differs from run to run', async () => {
    expect(await facts({ exit: 2, stdout: 'one\r\ntwo\n\n', stderr: 'careful\n' })).toEqual({
      exit: 2,
      text: 'one\r\ntwo',
      truncated: false,
      lines: ['one', 'two'],
      json_error: 'the output is not JSON: one\r\ntwo',
      stderr: 'careful',
    });
    expect(await facts({})).toMatchObject({ text: '', lines: [], json_error: 'the output is empty' });
  });

  it('brings JSON, and says why not where there is none to trust', async () => {
    expect(await facts({ stdout: '{"rows": 3}\n' })).toMatchObject({ json: { rows: 3 } });
    expect(await facts({ stdout: '3\n' })).toMatchObject({ json: 3 });
    expect(await facts({ stdout: '['.repeat(200) + ']'.repeat(200) })).not.toHaveProperty('json');
    expect((await facts({ stdout: '{"rows": 3}', truncated: true }))['json_error']).toMatch(/longer than 256 KiB/);
  });

  it('brings no lines of a text that was cut off: some would look like all', async () => {
    const cut = await facts({ stdout: `${'fine\n'.repeat(20_000)}ERROR` });
    expect(cut).toMatchObject({ truncated: true });
    expect(cut).not.toHaveProperty('lines');
    const quiet = { path: 'lines[]', none: { matches: 'ERROR' }, allow_empty: true };
    for (const expectation of [quiet, { path: 'text', not_matches: 'ERROR' }])
      expect(judge([expectation], cut, now).verdict).not.toBe('pass');
    const errors = await facts({ stderr: 'fine\n', stderrTruncated: true });
    expect(judge([{ path: 'stderr', not_matches: 'ERROR' }], errors, now).verdict).not.toBe('pass');
  });

  it('asks for what the step says, and for a minute otherwise', async () => {
    expect((await ran({ argv: ['wc', '-l', 5] })).asked).toEqual([
      { argv: ['wc', '-l', '5'], timeoutMs: 60_000, env: [], aws: false },
    ]);
    const { asked } = await ran({ argv: ['psql'], timeout: '5m', env: ['PGHOST'] });
    expect(asked).toEqual([{ argv: ['psql'], timeoutMs: 300_000, env: ['PGHOST'], aws: false }]);
  });

  it('asks AWS who we are before a program gets credentials, and starts none when that cannot be had', async () => {
    const { asked, calls, requests } = await ran({ argv: ['aws', 's3', 'ls'], aws: true });
    expect(asked).toMatchObject([{ aws: true }]);
    expect(calls).toMatchObject([{ service: 'sts', operation: 'GetCallerIdentity', fresh: true }]);
    expect(requests).toHaveLength(1);
    expect((await ran({ argv: ['p'] })).calls).toEqual([]);
    await expect(ran({ argv: ['aws', 's3', 'ls'], aws: true }, {}, denied)).rejects.toBe(denied);
  });

  it('says in words what it runs', () => {
    const words = (args: JsonObject): string => command.describe(command.schema.parse(args));
    expect(words({ argv: ['ls', '-l', 'a b', "it's", ''] })).toBe(String.raw`Run ls -l 'a b' 'it'\''s' ''`);
    expect(words({ argv: ['psql', '-c', '${x}'], env: ['PGHOST'], aws: true })).toBe(
      "Run psql -c '${x}', with PGHOST, the AWS credentials",
    );
    expect(command.nature({ argv: ['true'] })).toBe('pokes');
  });

  it.each([
    ['no words', { argv: [] }],
    ['no program', { argv: [''] }],
    ['a number for a program', { argv: [5] }],
    ['a NUL character', { argv: ['p', 'a\0b'] }],
    ['a shell text', { argv: 'ls -l' }],
    ['a list inside', { argv: ['p', ['a']] }],
    ['an endless wait', { argv: ['p'], timeout: '2h' }],
    ['no time at all', { argv: ['p'], timeout: '0s' }],
    ['a variable of ours', { argv: ['p'], env: ['GOLIVE_INPUT_TOKEN'] }],
    ['credentials by the back door', { argv: ['p'], env: ['AWS_PROFILE'] }],
    ['a variable with a value', { argv: ['p'], env: ['A=b'] }],
    ['aws: false', { argv: ['p'], aws: false }],
    ['a folder', { argv: ['p'], cwd: '/' }],
  ])('does not take %s', (_, args) => {
    expect(command.schema.safeParse(args).success).toBe(false);
  });

  it('is not given an option by a look-up', () => {
    const filled = (written: string, word: string | number): string | undefined =>
      command.misfilled?.({ argv: ['grep', written] }, { argv: ['grep', word] });
    expect(filled('${x}', '--exec=touch')).toMatch(/^\$\{x\} was filled/);
    expect(filled('${x}', -5)).toMatch(/begins with a hyphen/);
    expect(filled('${x}${y}', '-f')).toMatch(/begins with a hyphen/);
    for (const [written, word] of [
      ['${x}', 'web'],
      ['-${x}', '-f'],
      ['--user=${x}', '--user=-f'],
      ['-f', '-f'],
    ] as const)
      expect(filled(written, word), written).toBeUndefined();
  });
});

describe('a program of a rehearsal', () => {
  const known = { argv: ['make', 'check'], exit: 0, stdout: 'ok', stderr: '', takes: '90s', missing: false };
  const run = async (argv: readonly string[], more: Partial<typeof known> = {}, timeoutMs = 600_000) => {
    const clock = rehearsalClock(now, 'max');
    const programs = rehearsedPrograms(() => ({ check: { ...known, ...more } }), clock);
    const request = { argv, timeoutMs, env: [], aws: false };
    const ended = await clock.task(() => programs.run(request, attempt.signal).catch((error: unknown) => error));
    return { ended, tookMs: clock.now() - now };
  };

  it('answers what the world says, after the time it takes there', async () => {
    expect(await run(['make', 'check'])).toEqual({
      ended: { exit: 0, stdout: 'ok', stderr: '', truncated: false, stderrTruncated: false, ms: 90_000 },
      tookMs: 90_000,
    });
  });

  it.each([
    ['other words', ['make', 'check', 'all'], {}, 'refused'],
    ['fewer words', ['make'], {}, 'refused'],
    ['no such program', ['make', 'check'], { missing: true }, 'invalid'],
    ['a shell that found none', ['make', 'check'], { exit: 127 }, 'invalid'],
  ])('is an error with %s', async (_, argv, more, code) => {
    const { ended } = await run(argv, more);
    expect(ended).toBeInstanceOf(BlindError);
    expect(ended).toMatchObject({ code, transient: false });
  });

  it('is ended when its time is over', async () => {
    const { ended, tookMs } = await run(['make', 'check'], {}, 30_000);
    expect(ended).toMatchObject({ code: 'timeout' });
    expect(tookMs).toBe(30_000);
  });

  it('is cut off like a real one', async () => {
    const { ended } = await run(['make', 'check'], { stdout: 'x'.repeat(300_000) });
    expect(ended).toMatchObject({ truncated: true, stderrTruncated: false });
  });
});

describe('a step with a command, from its checklist to its verdict', () => {
  const step = (argv: string, more = ''): string => `- id: rows
  title: Rows
  probe: { command: { argv: ${argv}${more} } }
  expect: [{ path: exit, eq: 0 }, { path: json.rows, gte: 3 }]`;
  const patch = (answer: JsonObject): JsonObject => ({ commands: { rows: { argv: ['rows', 'prod'], ...answer } } });

  it.each([
    ['passes when all holds', { stdout: '{"rows":3}' }, 0, 'pass'],
    ['fails by its exit code', { stdout: '{"rows":3}', exit: 1 }, 1, 'fail'],
    ['fails by what it wrote', { stdout: '{"rows":2}' }, 1, 'fail'],
    ['does not pass without output', {}, 1, 'fail'],
    ['could not look without the program', { missing: true }, 2, 'error'],
  ])('%s', async (_, answer, exit, verdict) => {
    const played = await play(step('[rows, "${target}"]', ', aws: true'), { patch: patch(answer) });
    expect([played.exit, played.verdicts]).toEqual([exit, { rows: verdict }]);
    expect(played.screen).toContain('Run rows prod, with the AWS credentials');
  });

  it('says which answer its world lacks', async () => {
    const played = await play(step('[rows, staging]'), { patch: patch({}) });
    expect([played.exit, played.verdicts]).toEqual([2, { rows: 'error' }]);
    expect(played.screen.replaceAll(/\s+/g, ' ')).toMatch(/starts no program.*no answer for: rows staging.*commands:/);
  });

  it('gives no program the credentials of another account', async () => {
    const caller = 'arn:aws:sts::222222222222:assumed-role/Deployer/rehearsal';
    const played = await play(step('[rows, prod]', ', aws: true'), {
      patch: { ...patch({ stdout: '{"rows":3}' }), account: { id: '222222222222', caller } },
    });
    expect(played.verdicts['rows']).not.toBe('pass');
    expect(played.screen).toMatch(/222222222222/);
  });
});
