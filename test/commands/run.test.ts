// Goal: what a run refuses before it starts, and what it says when AWS cannot be asked. Method: the real command in
// process against the stand-in over loopback, with an environment of its own.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, type RunOptions } from '../../src/commands/run.ts';
import { allRuns, openStore } from '../../src/commands/runs.ts';
import { findWorld } from '../../src/rehearsal/find-world.ts';
import { startStandIn, type StandIn } from '../../src/rehearsal/stand-in.ts';
import { home, testShell, type TestShell } from '../support/shell.ts';

const { world } = findWorld({ checklist: 'aep', target: 'prod', cwd: home, breaks: [] });
let standIn: StandIn;
let other: StandIn;
const shells: TestShell[] = [];

beforeAll(async () => {
  standIn = await startStandIn({ world, now: Date.now });
  other = await startStandIn({ world: { ...world, account: { ...world.account, id: '222222222222' } }, now: Date.now });
});
afterAll(async () => {
  for (const shell of shells) shell.remove();
  await Promise.all([standIn.close(), other.close()]);
});

function shellAt(target: StandIn, env: Record<string, string> = {}): TestShell {
  const shell = testShell({
    env: {
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_ACCESS_KEY_ID: 'STANDIN',
      AWS_SECRET_ACCESS_KEY: 'STANDIN',
      AWS_ENDPOINT_URL: target.awsUrl,
      GOLIVE_INPUT_TEST_TOKEN: 'test-token-of-nobody',
      GOLIVE_INPUT_SPENT_TOKEN: 'spent-token-of-nobody',
      GOLIVE_INPUT_EXPECTED_RPM: '120',
      GOLIVE_INPUT_ALEMBIC_HEAD: '9f2c4e7a1b30',
      GOLIVE_INPUT_BACKEND_REVISION: '42',
      GOLIVE_INPUT_FRONTEND_REVISION: '31',
      GOLIVE_INPUT_ON_CALL_CONTACT: 'nobody@example.com',
      PATH: process.env['PATH'] ?? '',
      ...env,
    },
  });
  shells.push(shell);
  return shell;
}

/** The dry run of AEP, with its application on the stand-in. */
function dryRun(shell: TestShell, options: RunOptions = {}): Promise<number> {
  const connectTo = standIn.connectTo.map((to) => `${to.host}:${to.port}:${to.toAddress}:${to.toPort}`);
  const dnsServer = `${standIn.dns.address}:${standIn.dns.port}`;
  const ca = join(shell.runsDir, '..', 'ca.pem');
  writeFileSync(ca, standIn.caPem);
  // What a person would have answered the day before.
  const values = join(shell.runsDir, '..', 'values.yaml');
  const evidence = 'CHG-4711';
  const practised = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const answers = {
    'rollback-tested': { answer: practised, evidence },
  };
  writeFileSync(values, JSON.stringify({ answers }));
  return run(
    'aep-prod',
    { runsDir: shell.runsDir, allowEndpoint: true, connectTo, dnsServer, ca, values, ...options },
    shell,
  );
}

describe('before anything else', () => {
  it('stops at the wrong account: nothing is read and no run begins', async () => {
    const shell = shellAt(other);
    const error = await dryRun(shell).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'account',
      exit: 3,
      message: expect.stringMatching(/111111111111.*222222222222/),
    });
    expect(other.requests().map(({ operation }) => operation)).toEqual(['GetCallerIdentity']);
    expect(await openStore({ runsDir: shell.runsDir }, shell).list()).toEqual([]);
  });

  it.each([
    ['an endpoint outside AWS without --allow-endpoint', { allowEndpoint: false }, {}, 'endpoint'],
    ['another region than the target’s', {}, { AWS_REGION: 'eu-west-1' }, 'region'],
    ['a T without a zone', { t0: '2026-03-01 10:00' }, {}, 'usage'],
    ['a phase that is not there', { phase: ['verfy'] }, {}, 'usage'],
    ['a connection that says nothing', { connectTo: ['app.navralabs.com:443'] }, {}, 'usage'],
    ['a DNS server without an address', { dnsServer: 'localhost:5353' }, {}, 'usage'],
    ['a values file that is not there', { values: 'nowhere.yaml' }, {}, 'usage'],
  ] as const)('refuses %s', async (_, options, env, code) => {
    const given: RunOptions = options;
    await expect(dryRun(shellAt(standIn, env), given)).rejects.toMatchObject({ code, exit: 3 });
  });

  it('names every missing value when there is nobody to ask', async () => {
    const shell = shellAt(standIn, { GOLIVE_INPUT_TEST_TOKEN: '', GOLIVE_INPUT_SPENT_TOKEN: '' });
    const message = expect.stringMatching(
      /test_token.*GOLIVE_INPUT_TEST_TOKEN[^]*spent_token.*GOLIVE_INPUT_SPENT_TOKEN/,
    );
    await expect(dryRun(shell)).rejects.toMatchObject({ code: 'missing-input', exit: 3, message });
  });
});

describe('a dry run', () => {
  it('of a whole account has no objection, defers what it does not take, and is sealed', async () => {
    const shell = shellAt(standIn);
    const exit = await dryRun(shell);
    expect(exit, shell.printed()).toBe(0);
    const [known] = await allRuns(openStore({ runsDir: shell.runsDir }, shell));
    expect(known?.state.sealed).toMatchObject({ result: 'no-objection' });
    expect(known?.state.steps['smoke-chat']?.deferred).toBeDefined();
    expect(known?.state.steps['go-no-go']?.deferred).toBeDefined();
    expect(shell.printed()).toContain('not evidence about AWS');
    const where = `--dns-server 127.0.0.1:${standIn.dns.port}`;
    expect(shell.printed()).toContain(`way        not the one users go: ${where}, --connect-to for `);
    const asked = standIn.requests().filter(({ service }) => service === 'dns');
    expect(asked.map(({ operation }) => operation)).toContain('NS navralabs.com @resolver');
    // Nobody vouches for a key that was made for it, and the words do not ask for a file that would.
    expect(shell.printed()).toMatch(/verify +golive .*verify [a-z2-7]{26}\n +Its key was made for this dry run/);
  });

  it('of a phase asks AWS for nothing twice, not even who we are', async () => {
    const own = await startStandIn({ world, now: Date.now });
    const shell = shellAt(own);
    try {
      await dryRun(shell, { phase: ['prepare'] });
      const made = own.requests().map(({ operation }) => operation);
      const times = (operation: string): number => made.filter((one) => one === operation).length;
      expect(times('GetCallerIdentity')).toBe(1);
      // A typed kind and a plain call want the same.
      expect(times('DescribeNatGateways')).toBe(1);
      // All of the network, and the five that are looked at one by one.
      expect(times('DescribeSecurityGroups')).toBe(2);
      expect(times('DescribeSecurityGroupRules')).toBe(1);
    } finally {
      await own.close();
    }
  });

  it('writes nothing but one JSON object a line with --json', async () => {
    const shell = shellAt(standIn);
    expect(await dryRun(shell, { json: true })).toBe(0);
    const kinds = shell
      .printed()
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds[0]).toBe('run.open');
    expect(shell.printed()).toMatch(
      /"kind":"note".*not the way users go: --dns-server 127\.0\.0\.1:\d+, --connect-to /,
    );
    expect(kinds.at(-1)).toBe('seal');
  });

  it('of some phases only is not decided', async () => {
    const shell = shellAt(standIn);
    expect(await dryRun(shell, { phase: ['verify'] })).toBe(2);
    expect(shell.printed()).toContain('some phases only');
  });

  it('without credentials names them once a phase, once at the end, and is not decided', async () => {
    const shell = shellAt(standIn, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    expect(await dryRun(shell)).toBe(2);
    expect(shell.printed()).toContain('aws configure sso');
    expect(shell.printed().match(/^ +! ERROR|^T-\S+/gm)).toEqual([
      'T-7d',
      '  ! ERROR',
      'T-26h',
      'T-1d',
      '  ! ERROR',
      'T-1h',
      '  ! ERROR',
      'T-0',
      '  ! ERROR',
    ]);
    const summary = shell.printed().slice(shell.printed().indexOf('not decided'));
    expect(summary.match(/^ +! /gm)).toHaveLength(1);
  });
});
