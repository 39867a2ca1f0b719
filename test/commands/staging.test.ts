// Goal: what CI gets to hear of staging is the truth: everything that is missing by name, no objection where there is none,
// and with any one break an exit code that stops it and an annotation at the line of the checklist where it went wrong.
// Method: `golive run aep-staging` as CI calls it, against the stand-in.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { allRuns, openStore } from '../../src/commands/runs.ts';
import { stepsOf } from '../../src/engine/plan.ts';
import { findWorld } from '../../src/rehearsal/find-world.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { worldToday } from '../../src/rehearsal/today.ts';
import { layOut } from '../../src/rehearsal/workplace.ts';
import { newPlace } from '../pty/golive.ts';
import { planFor } from '../support/aep.ts';
import { drawn } from '../support/drawn.ts';
import { home, testShell } from '../support/shell.ts';

interface DryRun {
  readonly exit: number;
  readonly printed: string;
  /** `FILE:LINE` and the whole annotation. */
  readonly annotations: readonly { readonly place: string; readonly text: string }[];
  /** The steps that passed. */
  readonly passed: ReadonlySet<string>;
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** The dry run of AEP's staging, with the values that the stand-in lays out, in a world that is broken like this. */
async function dryRun(breaks: readonly string[], more: readonly string[] = []): Promise<DryRun> {
  const cwd = mkdtempSync(join(tmpdir(), 'golive-staging-'));
  folders.push(cwd);
  const world = worldToday(findWorld({ checklist: 'aep', target: 'staging', cwd: home, breaks }).world, Date.now());
  layOut(world, join(cwd, 'work'));
  writeFileSync(join(cwd, 'ca.pem'), '');
  const standIn = await startStandIn({ world, now: Date.now });
  try {
    const secrets = Object.entries(world.secrets).map(([name, value]) => [`GOLIVE_INPUT_${name.toUpperCase()}`, value]);
    const env = {
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_ACCESS_KEY_ID: 'STANDIN',
      AWS_SECRET_ACCESS_KEY: 'STANDIN',
      AWS_ENDPOINT_URL: standIn.awsUrl,
      PATH: process.env['PATH'] ?? '',
      ...Object.fromEntries(secrets),
    };
    writeFileSync(join(cwd, 'ca.pem'), standIn.caPem);
    const shell = testShell({ cwd: join(cwd, 'work'), env });
    folders.push(join(shell.runsDir, '..'));
    const to = standIn.connectTo.flatMap((each) => [
      '--connect-to',
      `${each.host}:${each.port}:${each.toAddress}:${each.toPort}`,
    ]);
    const words = ['--runs-dir', shell.runsDir, 'run', 'aep-staging', '--values', 'values.yaml', '--allow-endpoint'];
    const ways = ['--ca', '../ca.pem', '--dns-server', `${standIn.dns.address}:${standIn.dns.port}`, ...to];
    const exit = await runCli([...words, ...ways, '--report', 'github:-', ...more], shell);
    const [known] = await allRuns(openStore({ runsDir: shell.runsDir }, shell));
    const steps = Object.entries(known?.state.steps ?? {});
    return {
      exit,
      printed: `${shell.printed()}${shell.complained()}`,
      annotations: [...shell.printed().matchAll(/^::\w+ file=([^,]+),line=(\d+),.*$/gm)].map(([text, file, line]) => ({
        place: `${file}:${line}`,
        text,
      })),
      passed: new Set(steps.flatMap(([id, { verdict }]) => (verdict?.verdict === 'pass' ? [id] : []))),
    };
  } finally {
    await standIn.close();
  }
}

describe('golive run aep-staging, with no terminal', () => {
  const place = newPlace({});
  afterAll(() => place.remove());
  const nothing = { CI: 'true', AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
  const inputs = {
    GOLIVE_INPUT_BACKEND_REVISION: '42',
    GOLIVE_INPUT_FRONTEND_REVISION: '31',
    GOLIVE_INPUT_ALEMBIC_HEAD: '9f2c4e7a1b30',
    GOLIVE_INPUT_EXPECTED_RPM: '60',
    GOLIVE_INPUT_ON_CALL_CONTACT: 'nobody@example.com',
    GOLIVE_INPUT_TEST_TOKEN: 'test-token-of-nobody',
    GOLIVE_INPUT_SPENT_TOKEN: 'spent-token-of-nobody',
  };

  it('without values and credentials ends by itself, and names everything that is missing', async () => {
    const { code, stderr } = await place.run(['run', 'aep-staging'], nothing);
    expect(code).toBe(3);
    for (const name of Object.keys(inputs)) expect(stderr).toContain(name);
    expect(stderr).toMatch(/AWS credentials \(profile navra-staging \(of the target\)\): there is no such profile/);
    expect(stderr).toMatch(/aep\.yaml:\d+:\d+ rollback-tested: nobody answers it/);
    expect(existsSync(join(place.folder, '.golive'))).toBe(false);
  });

  it('with values and without credentials is not decided, and says so of AWS and of what nobody answers', async () => {
    // Nothing but AWS: what else there is in this checklist lies beyond this machine.
    const words = ['run', 'aep-staging', '--phase', 'prepare', '--deadline', '20s'];
    const { code, stdout } = await place.run(words, { ...nothing, ...inputs });
    expect(code).toBe(2);
    expect(stdout).toMatch(/not known, AWS cannot be asked: .*navra-staging/);
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}dry run: not decided; /m);
  });
});

describe('golive run aep-staging against the stand-in', () => {
  let clean: DryRun;
  beforeAll(async () => {
    clean = await dryRun([]);
  }, 60_000);

  it('has no objection', () => {
    expect(clean.exit, clean.printed).toBe(0);
    expect(clean.printed).toContain('dry run: no objection; ');
    expect(clean.printed).not.toMatch(/\bGO\b/);
    expect(clean.annotations).toEqual([]);
  });

  const { breaks } = findWorld({ checklist: 'aep', target: 'staging', cwd: home, breaks: [] }).world;
  // What somebody does at a moment of its own may still be to come.
  const standing = Object.keys(breaks).filter((name) => !/"(?:turns|from)"/.test(JSON.stringify(breaks[name])));

  it.each(drawn('breaks of staging', standing, 2))('with %s stops, and points at the line', async (name) => {
    const plan = await planFor('staging');
    const { reds = [], blind = [] } = breaks[name] ?? {};
    const looked = stepsOf(plan).filter(({ id }) => clean.passed.has(id) && [...reds, ...blind].includes(id));
    const stops = looked.some(({ severity }) => severity !== 'advisory');
    // Nobody waits five minutes here for what never comes true: it is inconclusive, and stops as well.
    const broken = await dryRun([name], ['--deadline', '15s']);
    expect(broken.exit === 1 || broken.exit === 2, broken.printed).toBe(stops);
    const text = readFileSync(join(home, 'checklists', 'aep.yaml'), 'utf8').split('\n');
    const pointed = broken.annotations.map(({ place }) => text[Number(place.split(':').at(-1)) - 1] ?? '');
    for (const line of pointed) expect(line).toMatch(/^ *- (?:\{ )?id: /);
    // One for each cause, with the others by name; the tenth says how many there are more.
    if (looked.length > 0)
      expect(pointed.some((line) => looked.some(({ id }) => new RegExp(`id: ${id}\\b`).test(line)))).toBe(true);
  });
});
