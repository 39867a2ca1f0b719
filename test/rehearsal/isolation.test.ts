// Goal: a rehearsal cannot touch the world: nothing sent beyond loopback, no program started, no AWS configuration,
// profile or credentials read, no webhook called.
// Method: checklists that try to reach out, an environment full of bait, and strace over the built binary.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checklistText } from '../checklist/given.ts';
import { home } from '../support/shell.ts';
import { play } from '../wrong-passes/given.ts';
import { givenWorld } from './given.ts';

let folder = '';
let trap: { readonly server: Server; readonly port: number; readonly knocks: () => number };

/** Listens on loopback, where a rehearsal may connect, and counts who does. */
async function openTrap() {
  let knocks = 0;
  const server = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0, knocks: () => knocks };
}

/** Every variable and file that tells an SDK or an HTTP client to go elsewhere; reading a file of it never returns. */
function bait(): Record<string, string> {
  const aws = join(folder, '.aws');
  mkdirSync(aws);
  for (const name of ['config', 'credentials']) execFileSync('mkfifo', [join(aws, name)]);
  const elsewhere = `http://127.0.0.1:${trap.port}`;
  return {
    HOME: folder,
    AWS_CONFIG_FILE: join(aws, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(aws, 'credentials'),
    AWS_PROFILE: 'production',
    AWS_ACCESS_KEY_ID: 'AKIABAITBAITBAITBAIT',
    AWS_SECRET_ACCESS_KEY: 'bait-secret-key',
    AWS_SESSION_TOKEN: 'bait-token',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: elsewhere,
    AWS_ENDPOINT_URL_ECS: elsewhere,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: elsewhere,
    HTTPS_PROXY: elsewhere,
    HTTP_PROXY: elsewhere,
    https_proxy: elsewhere,
    http_proxy: elsewhere,
    ALL_PROXY: elsewhere,
    GOLIVE_WEBHOOK_URL: `${elsewhere}/hook`,
    SLACK_WEBHOOK_URL: `${elsewhere}/services/T0/B0/bait`,
  };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'golive-bait-'));
  trap = await openTrap();
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((closed) => trap.server.close(closed));
});

const look = (id: string, url: string, more = ''): string => `- id: ${id}
  title: ${id}
  probe: { http: { url: "${url}"${more}, timeout: 2s } }
  expect: [{ path: status, eq: 200 }]`;

/** A step that starts a program which leaves a file. */
const touching = (file: string): string => `- id: program
  title: A program
  probe: { command: { argv: [touch, ${file}], aws: true } }
  expect: [{ path: exit, eq: 0 }]`;

test('a checklist with a program as a change gets a refusal on that step, and the program is not started', async () => {
  const file = join(folder, 'touched');
  const change = `- id: program
  title: A program
  act: { command: { argv: [touch, ${file}] } }
  undo: { none: nothing to undo }`;
  const played = await play(change, { env: bait() });
  expect([played.exit, played.verdicts]).toEqual([1, { program: 'fail' }]);
  expect(played.screen.replaceAll(/\s+/g, ' ')).toMatch(/starts no program, and its world has no answer for: touch/);
  expect(existsSync(file)).toBe(false);
});

describe('a checklist with a program as a poke', () => {
  test('gets an error on that step where its world has no answer, and the program is not started', async () => {
    const file = join(folder, 'touched');
    const played = await play(touching(file), { env: bait() });
    expect([played.exit, played.verdicts]).toEqual([2, { program: 'error' }]);
    expect(played.screen.replaceAll(/\s+/g, ' ')).toMatch(/starts no program, and its world has no answer for: touch/);
    expect(existsSync(file)).toBe(false);
  });

  test('gets the answer of its world, and the program is not started', async () => {
    const file = join(folder, 'touched');
    const commands = { touch: { argv: ['touch', file] } };
    const played = await play(touching(file), { env: bait(), patch: { commands } });
    expect([played.exit, played.verdicts]).toEqual([0, { program: 'pass' }]);
    expect(existsSync(file)).toBe(false);
    expect(trap.knocks(), 'connections to where the environment points').toBe(0);
  });
});

describe('a checklist that reaches out in a rehearsal', () => {
  test.each([
    ['an address of the internet', look('out', 'http://192.0.2.1/'), /192\.0\.2\.1 is not on this machine/],
    ['an IPv6 address', look('out', 'http://[2001:db8::1]/'), /2001:db8::1 is not on this machine/],
    [
      'the credentials of the machine, spelt as a number',
      look('out', 'http://2852039166/latest/meta-data/'),
      /169\.254\.169\.254 is a link-local address/,
    ],
    [
      'the same, as an IPv4 address inside an IPv6 one',
      look('out', 'http://[::ffff:169.254.169.254]/'),
      /is (a link-local address|not on this machine)/,
    ],
    [
      'another address behind connect_to',
      look('out', 'https://app.navralabs.com/', ', connect_to: 192.0.2.1'),
      /192\.0\.2\.1 is not on this machine/,
    ],
  ])('to %s gets an error on that step', async (_, steps, words) => {
    const played = await play(steps);
    expect([played.exit, played.verdicts]).toEqual([2, { out: 'error' }]);
    expect(played.screen.replaceAll(/\s+/g, ' ')).toMatch(words);
  });

  test('to the credentials of the machine in plain sight does not even load', async () => {
    const played = await play(look('out', 'http://169.254.169.254/latest/meta-data/'));
    expect([played.exit, played.runs]).toEqual([3, 0]);
    expect(played.screen).toMatch(/demo\.yaml:17:\d+: .*link-local/);
  });

  test('with a POST, sends nothing either', async () => {
    const played = await play(look('out', 'http://192.0.2.1/', ', method: POST, body: secret'));
    expect([played.exit, played.verdicts]).toEqual([2, { out: 'error' }]);
  });
});

test('a rehearsal in an environment full of bait takes none of it', async () => {
  const played = await play(
    `- id: caller
  title: Who asks
  probe: { aws.call: { operation: "ecs:DescribeServices", input: { cluster: aep-prod, services: [aep-backend-prod-svc] } } }
  expect: [{ path: "services[0].status", eq: ACTIVE }]
- id: front
  title: The front page
  probe: { http: { url: "https://app.navralabs.com/", connect_to: aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com } }
  expect: [{ path: status, eq: 200 }]`,
    { env: bait() },
  );
  expect([played.exit, played.verdicts]).toEqual([0, { caller: 'pass', front: 'pass' }]);
  expect(trap.knocks(), 'connections to where the environment points').toBe(0);
  expect(played.screen).not.toMatch(/AKIABAIT|bait|production/);
});

const strace = ['/usr/bin/strace', '/usr/local/bin/strace'].find((path) => existsSync(path) && works(path));
if (strace === undefined) process.stdout.write('isolation.test.ts: no strace here, so system calls are not watched\n');

/** Containers often forbid it. */
function works(path: string): boolean {
  return spawnSync(path, ['-qq', '-o', '/dev/null', 'true']).status === 0;
}

/** The built program with these words, bait around it: its exit code and every call by which it could reach anything. */
async function watched(words: readonly string[], cwd: string) {
  const trace = join(folder, 'trace');
  const sorts = 'trace=connect,sendto,sendmsg,sendmmsg,open,openat,execve,execveat';
  const golive = [process.execPath, join(home, 'dist/main.js'), ...words, '--runs-dir', join(folder, 'runs')];
  const env = { PATH: process.env['PATH'] ?? '', ...bait() };
  // Whole addresses, but only the beginning of what is sent.
  const child = spawn(
    strace ?? '',
    ['-f', '-qq', '-s', '64', '-e', 'abbrev=none', '-e', sorts, '-o', trace, ...golive],
    {
      cwd,
      env,
      stdio: 'ignore',
    },
  );
  const exit = await new Promise((ended) => child.once('close', ended));
  const calls = readFileSync(trace, 'utf8').split('\n');
  const reaching = (name: RegExp): readonly string[] =>
    calls.filter((call) => name.test(call) && /AF_(?!UNIX|UNSPEC|NETLINK)/.test(call));
  return {
    exit,
    opened: calls.filter((call) => /\bopen(at)?\(/.test(call)),
    connected: reaching(/\bconnect\(/),
    sent: reaching(/\bsend(to|msg|mmsg)\(/),
    // The first is strace's own: it starts what it watches.
    programs: calls.filter((call) => /\bexecve(at)?\(/.test(call)).slice(1),
  };
}

/** The calls with an address that is not this machine's, or with none that can be read. */
const elsewhere = (calls: readonly string[]): readonly string[] =>
  calls.filter((call) => {
    const addresses = [...call.matchAll(/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g)];
    return addresses.length === 0 || addresses.some(([, v4, v6]) => v6 !== '::1' && v4?.startsWith('127.') !== true);
  });

/** Watching every call of a whole cutover takes long: `npm test` watches one phase. */
const whole = process.env['GOLIVE_TEST_ALL'] !== undefined;

describe.runIf(strace !== undefined)('the built program under strace', () => {
  test('goes through a cutover on loopback, opens no AWS file and starts no program', { timeout: 90_000 }, async () => {
    const part = whole ? [] : ['--phase', 'verify'];
    const { exit, opened, connected, sent, programs } = await watched(
      ['rehearse', 'aep-prod', '--auto', ...part],
      home,
    );
    expect(exit).toBe(whole ? 0 : 2);
    expect(connected.length > 10 && (!whole || sent.length > 10), 'the watch works').toBe(true);
    expect(elsewhere(connected)).toEqual([]);
    expect(elsewhere(sent)).toEqual([]);
    expect(opened.some((call) => call.includes('checklists/aep.yaml'))).toBe(true);
    expect(opened.filter((call) => call.includes('.aws'))).toEqual([]);
    expect(programs).toEqual([]);
    expect(trap.knocks(), 'proxies, endpoints and webhooks of the environment').toBe(0);
  });

  test('starts no program for a checklist with commands, answered by its world or not', async () => {
    mkdirSync(join(folder, 'checklists', 'rehearsal'), { recursive: true });
    const [known, unknown] = [join(folder, 'known'), join(folder, 'unknown')];
    const steps = `${touching(known)}\n${touching(unknown).replace('id: program', 'id: other')}`;
    writeFileSync(join(folder, 'checklists', 'demo.yaml'), checklistText({ steps }));
    const commands = { known: { argv: ['touch', known] } };
    writeFileSync(
      join(folder, 'checklists', 'rehearsal', 'demo.yaml'),
      JSON.stringify({ ...givenWorld({ commands }), checklist: 'demo', breaks: {} }),
    );
    const { exit, connected, sent, programs } = await watched(['rehearse', 'demo-prod', '--auto'], folder);
    expect(exit).toBe(2);
    expect([elsewhere(connected), elsewhere(sent), programs]).toEqual([[], [], []]);
    expect([known, unknown].map((file) => existsSync(file))).toEqual([false, false]);
  });
});
