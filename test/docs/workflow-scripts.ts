// The scripts of workflows and of the action, as a runner has them: read from their files, and run with what it gives them.

import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { home } from '../support/shell.ts';

export interface WorkflowStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly WorkflowStep[];
}

export interface Workflow {
  readonly on: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly description?: string; readonly required?: boolean; readonly default?: string }>
  >;
  readonly outputs: Readonly<Record<string, { readonly description?: string; readonly value?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly WorkflowStep[] };
}

export const textOf = (path: string): string => readFileSync(join(home, path), 'utf8');
export const workflowOf = (path: string): Workflow => parse(textOf(path)) as Workflow;
export const action = (): Action => parse(textOf('action.yml')) as Action;

/** The script of the step of this name. */
export function scriptOf(steps: readonly WorkflowStep[], name: string): string {
  const { run } = steps.find((step) => step.name === name) ?? {};
  if (run === undefined) throw new Error(`no script in a step ${name}`);
  return run;
}

export interface Ran {
  readonly code: number | null;
  /** What it printed, on both streams. */
  readonly printed: string;
  /** The files that a runner reads afterwards. */
  readonly output: string;
  readonly summary: string;
  readonly path: string;
}

/** Runs a script as a runner does, in this folder, with `golive` on the PATH and nothing of this machine's environment. */
export async function runScript(script: string, folder: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  const bin = join(folder, '.bin');
  mkdirSync(bin, { recursive: true });
  const main = join(home, 'dist', 'main.js');
  writeFileSync(join(bin, 'golive'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(bin, 'golive'), 0o755);
  const files = Object.fromEntries(
    ['OUTPUT', 'STEP_SUMMARY', 'PATH'].map((name) => [`GITHUB_${name}`, join(folder, `.${name}`)]),
  );
  for (const file of Object.values(files)) writeFileSync(file, '');
  const file = join(folder, '.script.sh');
  writeFileSync(file, script);
  const child = spawn('bash', ['--noprofile', '--norc', '-euo', 'pipefail', file], {
    cwd: folder,
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: folder, CI: 'true', ...files, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, printed } = await ended(child);
  const kept = (name: string): string => readFileSync(files[`GITHUB_${name}`] ?? '', 'utf8');
  return { code, printed, output: kept('OUTPUT'), summary: kept('STEP_SUMMARY'), path: kept('PATH') };
}

async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly printed: string }> {
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => said.push(bytes.toString('utf8')));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, printed: said.join('') };
}

/** The dry run of the workflow against the stand-in, for this checklist. */
export async function rehearsedInCi(
  checklist: string,
  folder: string,
): Promise<{ readonly ran: Ran; readonly missing: readonly string[] }> {
  const { jobs } = workflowOf('.github/workflows/golive-staging.yml');
  const out = join(folder, 'out');
  const env = { NAME: `${checklist}-staging`, OUT: out };
  const ran = await runScript(scriptOf(jobs['rehearsal']?.steps ?? [], 'Dry run'), folder, env);
  const files = ['junit.xml', 'report.json', 'run.html', 'summary.md', 'stand-in.txt', 'bundle/run.jsonl'];
  return { ran, missing: files.filter((name) => !existsSync(join(out, name))) };
}
