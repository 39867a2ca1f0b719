// Goal: a slip on the command line is told with the way out, before anybody is asked for anything. Method: whole
// command lines in process.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandTree, runCli } from '../../src/cli.ts';
import { home, testShell, type TestShell } from '../support/shell.ts';

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

function shellWith(given: Parameters<typeof testShell>[0] = {}): TestShell {
  const shell = testShell(given);
  shells.push(shell);
  return shell;
}

/** Somebody sits there; whoever asks them anything all the same gets the error `no-terminal`. */
function attended(shell: TestShell): TestShell {
  return { ...shell, terminal: { ...shell.terminal, interactive: true } };
}

const environment = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

async function called(words: string, shell = shellWith()): Promise<{ exit: number; out: string; err: string }> {
  const exit = await runCli(['--runs-dir', shell.runsDir, ...words.split(' ')], shell);
  return { exit, out: shell.printed(), err: shell.complained() };
}

describe('help', () => {
  const program = commandTree(shellWith(), () => undefined);
  const names = program.commands.map((command) => command.name()).filter((name) => !name.startsWith('_'));

  it.each(names)('of %s has an example, and the options every command takes', async (name) => {
    const { exit, out } = await called(`${name} --help`);
    expect(exit).toBe(0);
    expect(out).toContain(`Examples:\n  golive ${name}`);
    expect(out).toContain('Global Options:');
    expect(out).toContain('--runs-dir');
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it.each([
    ['rehearse', "missing required argument 'name-target'", 'golive help rehearse'],
    ['note aep-prod', "missing required argument 'text'", 'golive help note'],
    ['run aep-prod --dryrun', 'Did you mean --dry-run?', 'golive help run'],
    ['key inti', 'Did you mean init?', 'golive help key'],
    ['key init --az x', "unknown option '--az'", 'golive help key'],
    ['rnu', 'Did you mean run?', 'golive help shows the commands'],
  ])('is pointed to after `golive %s`', async (words, slip, help) => {
    const { exit, out, err } = await called(words);
    expect([exit, out]).toEqual([3, '']);
    expect(err).toContain(slip);
    expect(err).toContain(help);
  });
});

describe('a slip in a name', () => {
  it.each([
    ['rehearse --break redis-dwon aep-prod', 'did you mean redis-down?'],
    ['rehearse aep-prod --break redis-down --break slow-and-rest', 'did you mean slow-and-reset?'],
    ['show aep', 'did you mean aep-prod or aep-staging?'],
    ['show checklists/aep.yaml', 'did you mean aep-prod or aep-staging?'],
    ['show aep-prd', 'did you mean aep-prod?'],
    ['rehearse aep-prod --phase verfy', 'did you mean verify?'],
    ['verify nowhere', 'nor is that the id of a run'],
    ['verify checklists', 'is a folder, not an exported log'],
    ['lint checklists', 'is a folder, not a file'],
    ['export nowhere', 'there is no run nowhere'],
  ])('is told with what was meant: golive %s', async (words, meant) => {
    const { exit, out, err } = await called(words);
    expect([exit, out]).toEqual([3, '']);
    expect(err).toContain(meant);
  });
});

describe('before anybody is asked for a value', () => {
  it.each([
    ['a phase that is not there', '--phase verfy', 'has no phase verfy'],
    ['a connection that says nothing', '--connect-to app:443', 'is not HOST:PORT:ADDR:PORT'],
    ['a DNS server by name', '--dns-server localhost:53', 'is not ADDR:PORT'],
    ['a detour around what an act changes', '--dns-server 127.0.0.1:53', 'changes something (lower-ttl)'],
    ['a connection led elsewhere', '--connect-to a.b:443:127.0.0.1:443', 'changes something (lower-ttl)'],
    ['authorities that are not there', '--ca nowhere.pem', 'there is no file nowhere.pem'],
    ['a missing key', '--as ada@example.com', 'no SSH key to sign the run with'],
    ['a missing name', '--new', 'does not know who you are'],
  ])('%s stops the run', async (_, option, words) => {
    const folder = shellWith().runsDir;
    mkdirSync(folder, { recursive: true });
    const { exit, err } = await called(
      `run aep-prod ${option}`,
      attended(shellWith({ env: { ...environment, GIT_CEILING_DIRECTORIES: folder }, cwd: folder })),
    );
    expect(err).toContain(words);
    expect(exit).toBe(3);
  });
});

describe('a checklist in a file of another name', () => {
  it('does not start, because its runs could not be found again', async () => {
    const cwd = shellWith().runsDir;
    mkdirSync(join(cwd, 'checklists'), { recursive: true });
    const step = '{ id: a, title: A, ask: { question: Q, confirm: {} }, expect: [{ path: answer, eq: true }] }';
    const targets = '{ prod: { aws: { account: "111111111111", region: us-east-1 } } }';
    const phases = `[{ id: p, title: P, at: T-0, sections: [{ title: S, steps: [${step}] }] }]`;
    const text = `golive: 1\nname: other\ntitle: T\ntargets: ${targets}\nphases: ${phases}\n`;
    writeFileSync(join(cwd, 'checklists', 'web.yaml'), text);
    const { exit, err } = await called('run web-prod', shellWith({ cwd, env: environment }));
    expect([exit, err]).toEqual([3, expect.stringContaining('web.yaml:2:7: this checklist stands in web.yaml')]);
    expect(await called('lint web', shellWith({ cwd }))).toMatchObject({ exit: 3 });
    writeFileSync(join(cwd, 'checklists', 'web.yaml'), text.replace('name: other', 'name: web'));
    expect(await called('lint web', shellWith({ cwd }))).toMatchObject({ exit: 0 });
  });
});

describe('a signal before the first screen', () => {
  it.each(['rehearse aep-prod --auto', 'run aep-prod --dry-run'])('ends `golive %s` with 130', async (words) => {
    const stop = new AbortController();
    const blanks = {
      TEST_TOKEN: 'a',
      SPENT_TOKEN: 'b',
      EXPECTED_RPM: '60',
      BACKEND_REVISION: '42',
      FRONTEND_REVISION: '31',
      ALEMBIC_HEAD: '9f2c4e7a1b30',
      ON_CALL_CONTACT: 'pager',
    };
    const secrets = Object.fromEntries(Object.entries(blanks).map(([name, value]) => [`GOLIVE_INPUT_${name}`, value]));
    const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_CONFIG_FILE: '/dev/null' };
    const shell = shellWith({ env: { ...environment, ...secrets, ...keys }, signal: stop.signal });
    stop.abort('SIGINT');
    expect(await called(words, shell)).toEqual({
      exit: 130,
      out: '',
      err: 'golive: Interrupted before anything began.\n',
    });
  });
});

describe('--json', () => {
  it('leaves nothing but JSON on standard output, whatever is called', async () => {
    const shell = shellWith({ env: environment });
    const before = ['show aep-prod --calls', 'iam-policy aep-prod', 'rehearse aep-prod --list-breaks'];
    const day = ['rehearse pantheon-staging --auto', 'list', 'kinds', 'kinds http', 'lint', 'show aep-prod', 'status'];
    const calls = [...before, ...day];
    for (const words of [...calls, 'status pantheon-staging', 'export pantheon-staging', 'key init --as ada@example.com', 'schema']) {
      const start = shell.printed().length;
      expect(await runCli(['--runs-dir', shell.runsDir, '--json', ...words.split(' ')], shell), words).toBe(0);
      const printed = shell.printed().slice(start).trimEnd();
      const parts = /^\{.*\}$/.test(printed.split('\n')[0] ?? '') ? printed.split('\n') : [printed];
      for (const part of parts) expect(() => JSON.parse(part), `${words}: ${part}`).not.toThrow();
    }
  });

  it('leaves standard output empty when the call is wrong', async () => {
    expect(await called('--json run aep-prod --dry-run', shellWith({ env: environment }))).toMatchObject({
      exit: 3,
      out: '',
      err: expect.stringContaining('GOLIVE_INPUT_TEST_TOKEN'),
    });
  });
});

describe('completion', () => {
  it.each([
    ['reh', ['rehearse']],
    ['--json st', ['status', 'stop', 'stand-in']],
    ['--runs-dir /x st', ['status', 'stop', 'stand-in']],
    ['rehearse aep-p', ['aep-prod']],
    ['rehearse aep-prod --break redis-d', ['redis-down']],
    ['rehearse --break redis-down aep-p', ['aep-prod']],
    ['run aep-prod --js', ['--json']],
    ['run aep-prod --conn', ['--connect-to']],
    ['resume aep-prod --dns', ['--dns-server']],
    ['run aep-prod aep', []],
    ['verify x --allowed-signers R', []],
    ['key i', ['init']],
    ['doc', ['doctor']],
    ['doctor aep-p', ['aep-prod']],
    ['iam-policy aep-p', ['aep-prod']],
    ['iam-policy aep-prod --ac', ['--acts']],
    ['rehearse aep-prod --list', ['--list-breaks']],
    ['show aep-prod --cal', ['--calls']],
    ['kinds aws.e', ['aws.ecs_service']],
    ['run aep-prod --report j', ['junit:', 'json:']],
    ['run aep-prod --ac', ['--act']],
  ])('of `golive %s`', async (typed, offered) => {
    const shell = shellWith({ cwd: home });
    await runCli(['__complete', '--', ...typed.split(' ')], shell);
    expect(shell.printed().split('\n').filter(Boolean)).toEqual(offered);
  });
});
