// Goal: what would stop a run is found before the day, what could not be seen is never fine, and nothing is changed or
// poked to find out. Method: the real command in process against the stand-in over loopback, with an environment and a
// key of its own.

import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '../../src/cli.ts';
import { doctor, type DoctorOptions } from '../../src/commands/doctor.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { findWorld } from '../../src/rehearsal/find-world.ts';
import { startStandIn, type StandIn } from '../../src/rehearsal/stand-in.ts';
import { patchWorld, type RehearsalWorld } from '../../src/rehearsal/world.ts';
import { home, testShell, type TestShell } from '../support/shell.ts';

const everything = { effect: 'Allow', action: '*', resource: '*' };
const deployer = (...statements: readonly JsonObject[]): JsonObject => ({
  account: { iam: { roles: { Deployer: { policies: { deploy: [...statements] } } } } },
});
const { world: found } = findWorld({ checklist: 'aep', target: 'prod', cwd: home, breaks: [] });
const world = patchWorld(found, deployer(everything), 'the policies');

const open: StandIn[] = [];
const shells: TestShell[] = [];
let whole: StandIn;
beforeAll(async () => {
  whole = await served({});
});
afterAll(async () => {
  for (const shell of shells) shell.remove();
  await Promise.all(open.map((standIn) => standIn.close()));
});

async function served(patch: JsonObject): Promise<StandIn> {
  const standIn = await startStandIn({ world: patchWorld(world, patch, 'the patch'), now: Date.now });
  open.push(standIn);
  return standIn;
}

/** The roster of the project: Ada with her own key, the others with keys nobody has. */
function roster({ cwd, env }: TestShell, people: Readonly<Record<string, readonly string[]>>): void {
  const folder = join(cwd, '.golive');
  mkdirSync(folder, { recursive: true });
  const own = readFileSync(join(env['HOME'] ?? '', '.config', 'golive', 'signing_key.pub'), 'utf8').trim();
  const lines = Object.keys(people).map((name) => {
    const principal = `${name}@example.com`;
    return `${principal} ${name === 'ada' ? own : throwAwaySigner(principal).publicKey}\n`;
  });
  const roles = Object.entries(people).map(([name, held]) => `  ${name}@example.com: [${held.join(', ')}]\n`);
  writeFileSync(join(folder, 'allowed_signers'), lines.join(''));
  writeFileSync(join(folder, 'roles.yaml'), `golive: 1\npeople:\n${roles.join('')}`);
}

/** Somebody at a terminal who has everything: inputs, credentials, programs, a key, and people for every role. */
async function readyShell(standIn: StandIn, env: Record<string, string> = {}): Promise<TestShell> {
  const folder = testShell().runsDir;
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(bin, 'aws'), '#!/bin/sh\nexit 1\n');
  chmodSync(join(bin, 'aws'), 0o755);
  const shell = testShell({
    cwd: project,
    env: {
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_ACCESS_KEY_ID: 'STANDIN',
      AWS_SECRET_ACCESS_KEY: 'STANDIN',
      AWS_ENDPOINT_URL: standIn.awsUrl,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      ...inputsOf(world),
      ...env,
    },
  });
  shells.push(shell);
  expect(await runCli(['key', 'init', '--as', 'ada@example.com'], shell)).toBe(0);
  roster(shell, { ada: ['infrastructure', 'on_call'], grace: ['engineering'], bob: ['security'] });
  return { ...shell, terminal: { ...shell.terminal, interactive: true } };
}

function inputsOf({ inputs, secrets }: RehearsalWorld): Record<string, string> {
  const all = Object.entries({ ...inputs, ...secrets });
  return Object.fromEntries(
    all.map(([name, value]) => [
      `GOLIVE_INPUT_${name.toUpperCase()}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function optionsFor(standIn: StandIn, shell: TestShell): DoctorOptions {
  const ca = join(shell.runsDir, '..', 'ca.pem');
  writeFileSync(ca, standIn.caPem);
  return {
    runsDir: shell.runsDir,
    as: 'ada@example.com',
    allowEndpoint: true,
    connectTo: standIn.connectTo.map((to) => `${to.host}:${to.port}:${to.toAddress}:${to.toPort}`),
    dnsServer: `${standIn.dns.address}:${standIn.dns.port}`,
    ca,
  };
}

const report = z.strictObject({
  name: z.literal('aep-prod'),
  exit: z.number(),
  groups: z.array(
    z.strictObject({
      title: z.string(),
      checks: z.array(
        z.strictObject({
          name: z.string(),
          state: z.enum(['ok', 'bad', 'unknown']),
          says: z.string(),
          todo: z.string().optional(),
        }),
      ),
    }),
  ),
});
type Found = z.infer<typeof report>['groups'][number]['checks'][number];

interface Examined {
  readonly exit: number;
  readonly checks: readonly Found[];
  /** Those that are not fine, as `bad clock`. */
  readonly wrong: readonly string[];
  check(name: string): Found | undefined;
}

/** What the doctor says to machines; standard input is a terminal. */
async function examined(
  standIn: StandIn,
  change: {
    env?: Record<string, string>;
    options?: Partial<DoctorOptions>;
    shell?: Partial<TestShell>;
    skewMs?: number;
  } = {},
): Promise<Examined> {
  const ready = await readyShell(standIn, change.env);
  const terminal = { ...ready.terminal, input: Object.assign(ready.terminal.input, { isTTY: true as const }) };
  const shell = { ...ready, terminal, ...change.shell };
  const before = shell.printed().length;
  const options = { ...optionsFor(standIn, shell), json: true, ...change.options };
  const exit = await doctor('aep-prod', options, shell, () => Date.now() + (change.skewMs ?? 0));
  const said = report.parse(JSON.parse(shell.printed().slice(before)));
  expect(said.exit).toBe(exit);
  const checks = said.groups.flatMap((group) => group.checks);
  const wrong = checks.filter(({ state }) => state !== 'ok').map(({ state, name }) => `${state} ${name}`);
  return { exit, checks, wrong, check: (name) => checks.find((one) => one.name === name) };
}

describe('when all is fine', () => {
  it('every check is, in words that fit the terminal, and the last line says how to go on', async () => {
    const shell = await readyShell(whole);
    const before = shell.printed().length;
    const narrow = { ...shell, terminal: { ...shell.terminal, width: 80 } };
    const exit = await doctor('aep-prod', optionsFor(whole, shell), narrow);
    const printed = shell.printed().slice(before);
    expect(exit, printed).toBe(0);
    expect(printed).toMatch(/ ✓ key +ada@example\.com signs with /);
    expect(printed).toMatch(/ ✓ permissions +(\d+) of \1 actions allowed to/);
    expect(printed).toMatch(/READY {2}\d+ fine: golive .*run aep-prod\n$/);
    for (const line of printed.trimEnd().split('\n').slice(0, -1)) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('it has looked at everything, and sent nothing that changes, pokes or starts something', async () => {
    const standIn = await served({});
    const { exit, wrong, checks } = await examined(standIn);
    expect([exit, wrong]).toEqual([0, []]);
    const names = checks.map(({ name }) => name);
    for (const name of [
      'node',
      'terminal',
      'disk',
      'ssh-keygen',
      'key',
      'checklist',
      'inputs',
      'roster',
      'listed',
      'valid',
      'gates',
      'clock',
      'account',
      'permissions',
    ])
      expect(names).toContain(name);
    expect(names.filter((name) => /^(?:https?:|DNS |TLS )/.test(name)).length).toBeGreaterThan(3);
    const asked = standIn.requests();
    expect(asked.some(({ operation }) => operation === 'SimulatePrincipalPolicy')).toBe(true);
    const aws = asked.filter(({ service }) => service !== 'dns' && !/^(?:application|\d)/.test(service));
    expect(aws.filter(({ operation }) => !/^(?:Get|List|Describe|Simulate)/.test(operation))).toEqual([]);
    expect(asked.filter(({ operation }) => /^(?:GET|POST|PUT|DELETE) /.test(operation))).toEqual([]);
  });
});

describe('the account', () => {
  it('that is another one is wrong, and nothing is read from it', async () => {
    const other = await served({ account: { id: '222222222222' } });
    const { exit, check } = await examined(other);
    expect(exit).toBe(1);
    expect(check('account')).toMatchObject({
      state: 'bad',
      says: expect.stringMatching(/222222222222.*the target is 111111111111/),
      todo: expect.stringContaining('--profile navra-prod'),
    });
    expect(check('permissions')).toMatchObject({ state: 'unknown' });
    const aws = other.requests().filter(({ service }) => service !== 'dns');
    expect(new Set(aws.map(({ operation }) => operation))).toEqual(new Set(['GetCallerIdentity']));
    // Where the load balancer is could not be asked for either.
    expect(check('https://app.navralabs.com via ${alb.DNSName}')).toMatchObject({ state: 'unknown' });
  });

  it('without credentials is wrong, and says how to get some', async () => {
    const { exit, check } = await examined(whole, { env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' } });
    expect(exit).toBe(1);
    expect(check('account')).toMatchObject({
      state: 'bad',
      todo: expect.stringContaining('aws configure sso --profile'),
    });
    expect(check('permissions')?.state).toBe('unknown');
  });

  it('is another region than the shell is set to', async () => {
    const { exit, wrong } = await examined(whole, { env: { AWS_REGION: 'eu-west-1' } });
    expect([exit, wrong]).toEqual([1, ['bad region']]);
  });
});

describe('permissions', () => {
  it('that IAM may not be asked about are not known, which is never fine', async () => {
    const standIn = await served({ faults: { denied: ['iam:SimulatePrincipalPolicy'] } });
    const { exit, wrong, check } = await examined(standIn);
    expect([exit, wrong]).toEqual([2, ['unknown permissions']]);
    expect(check('permissions')?.says).toContain('not known: needs iam:SimulatePrincipalPolicy');
  });

  it('that are denied are named with what they are for and how to get them', async () => {
    const standIn = await served(
      deployer(everything, { effect: 'Deny', action: 'cloudwatch:GetDashboard', resource: '*' }),
    );
    const { exit, wrong, check } = await examined(standIn);
    expect([exit, wrong]).toEqual([1, ['bad permissions', 'bad cloudwatch:GetDashboard']]);
    expect(check('cloudwatch:GetDashboard')?.says).toMatch(/^denied on dashboard\/aep-prod; for .*dash-http/);
    expect(check('permissions')?.todo).toContain('iam-policy aep-prod --acts');
  });

  it('that are only not given for everything may still do', async () => {
    const narrow = {
      effect: 'Allow',
      action: 'route53:*',
      resource: 'arn:aws:route53:::hostedzone/Z04128371KD9QJ3R5T7V',
    };
    const others = [
      'ecs',
      'ecr',
      'ec2',
      'elasticloadbalancing',
      'logs',
      's3',
      'cloudwatch',
      'iam',
      'acm',
      'budgets',
      'rds',
      'elasticache',
      'secretsmanager',
      'wafv2',
      'application-autoscaling',
    ];
    const rest = { effect: 'Allow', action: others.map((service) => `${service}:*`), resource: '*' };
    const names = {
      effect: 'Allow',
      action: ['route53:ListHostedZonesByName', 'route53:TestDNSAnswer', 'route53:GetChange'],
      resource: '*',
    };
    const { exit, wrong, check } = await examined(await served(deployer(narrow, rest, names)));
    expect(exit).toBe(2);
    expect(wrong).toContain('unknown route53:ChangeResourceRecordSets');
    expect(check('route53:ChangeResourceRecordSets')?.says).toContain('perhaps on the one that counts');
    expect(wrong.filter((each) => each.startsWith('bad'))).toEqual([]);
  });
});

describe('what is reached', () => {
  it('and does not answer is wrong', async () => {
    // Nobody listens on port 1.
    const nowhere = whole.connectTo.map((to) => `${to.host}:${to.port}:127.0.0.1:1`);
    const { exit, check, wrong } = await examined(whole, { options: { connectTo: nowhere } });
    expect(exit).toBe(1);
    expect(check('https://app.navralabs.com')).toMatchObject({
      state: 'bad',
      says: expect.stringContaining('127.0.0.1:1'),
    });
    expect(wrong.filter((each) => !/ (?:https?:|TLS )/.test(each))).toEqual([]);
  });

  it('by a certificate that nobody believes is wrong: every request would fail', async () => {
    const { exit, check } = await examined(whole, { options: { ca: '/dev/null' } });
    expect(exit).toBe(1);
    expect(check('https://app.navralabs.com')).toMatchObject({
      state: 'bad',
      says: expect.stringContaining('certificate'),
      todo: expect.stringContaining('--ca'),
    });
  });

  it('through name servers that say nothing is wrong', async () => {
    const { exit, check } = await examined(whole, { options: { dnsServer: '127.0.0.1:1' } });
    expect(exit).toBe(1);
    expect(check('DNS A app.navralabs.com')?.state).toBe('bad');
  });
});

describe('this machine', () => {
  it.each([
    ['a minute ahead', 60_000, 'ahead of AWS'],
    ['a minute behind', -60_000, 'behind AWS'],
  ])('has a clock that is %s', async (_, skewMs, words) => {
    const { exit, wrong, check } = await examined(whole, { skewMs });
    expect([exit, wrong]).toEqual([1, ['bad clock']]);
    expect(check('clock')?.says).toContain(words);
  });

  it('has an old Node', async () => {
    expect(await examined(whole, { shell: { node: 'v20.18.3' } })).toMatchObject({ exit: 1, wrong: ['bad node'] });
  });

  it('has no key, or nobody to have one', async () => {
    const { env } = await readyShell(whole);
    const { exit, wrong, check } = await examined(whole, {
      shell: { env: { ...env, XDG_CONFIG_HOME: join(home, 'docs') } },
    });
    expect([exit, wrong]).toEqual([1, ['bad key']]);
    expect(check('key')?.todo).toContain('key init');
    expect((await examined(whole, { options: { key: join(home, 'docs', 'no-key') } })).wrong).toEqual(['bad key']);
    expect((await examined(whole, { options: { as: 'a b' } })).wrong).toEqual(['bad key']);
  });

  it('has no place for runs', async () => {
    const { exit, wrong } = await examined(whole, { options: { runsDir: '/dev/null/runs' } });
    expect([exit, wrong]).toEqual([1, ['bad disk']]);
  });

  it('has no program that a step starts, and none to sign with', async () => {
    const { env, cwd } = await readyShell(whole);
    const { exit, wrong, check } = await examined(whole, { shell: { cwd, env: { ...env, PATH: '/dev/null' } } });
    expect(exit).toBe(1);
    expect(wrong).toEqual(['bad ssh-keygen', 'bad run aws']);
    expect(check('ssh-keygen')?.todo).toContain('OpenSSH');
    expect(check('run aws')?.todo).toContain('PATH');
  });

  it('has nobody at its terminal', async () => {
    const shell = await readyShell(whole);
    const { input, ...rest } = shell.terminal;
    const alone = { ...shell, terminal: { ...rest, input, interactive: false } };
    const before = shell.printed().length;
    expect(await doctor('aep-prod', optionsFor(whole, shell), alone)).toBe(2);
    expect(shell.printed().slice(before)).toMatch(/ ! terminal +[^]*NOT SURE {2}\d+ fine, 1 not known\n$/);
  });
});

describe('the people', () => {
  it('that nobody named are not known, and a gate that counts them stays shut', async () => {
    const { cwd, env } = await readyShell(whole);
    rmSync(join(cwd, '.golive'), { recursive: true });
    const { exit, wrong, check } = await examined(whole, { shell: { cwd, env } });
    expect([exit, wrong]).toEqual([1, ['unknown roster', 'bad gate go-no-go']]);
    expect(check('roster')?.todo).toContain('key trust');
  });

  it('of whom nobody holds a role that is polled are named with the gate, the role and the way on', async () => {
    const ready = await readyShell(whole);
    roster(ready, { ada: ['infrastructure'], grace: ['engineering'], bob: ['dns_admin'] });
    const { exit, wrong, check } = await examined(whole, { shell: { cwd: ready.cwd, env: ready.env } });
    expect([exit, wrong]).toEqual([1, ['bad gate go-no-go', 'bad gate success']]);
    expect(check('gate go-no-go')?.says).toBe('nobody holds security (Security review)');
    expect(check('gate go-no-go')?.todo).toMatch(
      /key trust LINE --roles security`, or add it in \.golive\/roles\.yaml\.$/,
    );
  });
});

describe('a checklist', () => {
  it('whose blanks are open is fine, and says which will be asked', async () => {
    const { exit, check } = await examined(whole, {
      env: { GOLIVE_INPUT_TEST_TOKEN: '', GOLIVE_INPUT_EXPECTED_RPM: '60' },
    });
    expect(exit).toBe(0);
    expect(check('inputs')).toMatchObject({ state: 'ok', says: expect.stringContaining('test_token (secret)') });
  });
});
