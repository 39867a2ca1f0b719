// Goal: a rehearsal cannot touch the world: no socket beyond loopback, no AWS configuration, profile or credentials read.
// Method: checklists that try to reach out, an environment full of bait, and strace over the built binary.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { home } from '../support/shell.ts';
import { play } from '../wrong-passes/given.ts';

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

describe.runIf(strace !== undefined)('the built binary under strace', () => {
  test('connects to loopback only, opens no AWS file and starts no program but git', { timeout: 90_000 }, async () => {
    const trace = join(folder, 'trace');
    const watched = 'trace=connect,sendto,open,openat,execve';
    const runs = join(folder, 'runs');
    const golive = [join(home, 'dist/main.js'), 'rehearse', 'aep-prod', '--auto', '--runs-dir', runs];
    const env = { PATH: process.env['PATH'] ?? '', ...bait() };
    const child = spawn(strace ?? '', ['-f', '-qq', '-e', watched, '-o', trace, process.execPath, ...golive], {
      cwd: home,
      env,
      stdio: 'ignore',
    });
    expect(await new Promise((ended) => child.once('close', ended))).toBe(0);
    const calls = readFileSync(trace, 'utf8').split('\n');
    const connected = calls.filter((call) => /\bconnect\(.*AF_INET/.test(call));
    expect(connected.length, 'the watch works').toBeGreaterThan(10);
    expect(connected.filter((call) => !/inet_addr\("127\.|"::1"/.test(call))).toEqual([]);
    expect(calls.filter((call) => /AF_INET/.test(call) && /sendto\(/.test(call))).toEqual([]);
    expect(
      calls.some((call) => /\bopen(at)?\(.*checklists\/aep\.yaml/.test(call)),
      'it sees files',
    ).toBe(true);
    expect(calls.filter((call) => /\bopen(at)?\(.*\.aws/.test(call))).toEqual([]);
    const programs = calls.filter((call) => /execve\(.*\) = 0/.test(call));
    expect(programs.filter((call) => !/execve\("[^"]*\/(node|git)"/.test(call))).toEqual([]);
    expect(trap.knocks()).toBe(0);
  });
});
