// Logs that golive itself wrote, as a program of its own: a small decision of two people, once for real and once rehearsed.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowedSignersLine } from '../../src/effects/keys.ts';
import { golive, goliveAt } from '../faults/crash-child.ts';
import { trust } from '../faults/crash-place.ts';
import { newPerson, type Person } from './keys.ts';

/** One question, and one gate at which two roles have to say go, held by different people. */
export const checklistText = `golive: 1
name: small
title: A small decision
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
roles: { lead: { title: Lead }, ops: { title: Operations } }
phases:
  - id: decide
    title: Decide
    at: T-0
    sections:
      - title: All of it
        owner: lead
        steps:
          - { id: told, title: Support is told, ask: { question: Is support told?, confirm: {} }, expect: [{ path: answer, eq: true }] }
          - { id: go-live, title: Everybody says go, gate: { poll: [lead, ops], different_people: true } }
`;

const worldText = `rehearsal: 1
checklist: small
target: prod
start: "2026-03-02T09:00:00Z"
t0: "2026-03-02T09:00:00Z"
people:
  lead: { name: Ada, principal: ada@example.com }
  ops: { name: Bob, principal: bob@example.com }
answers: { told: { answer: true } }
votes: { go-live: { lead: go, ops: go } }
account: { id: "111111111111", region: us-east-1, caller: "arn:aws:sts::111111111111:assumed-role/Deployer/rehearsal" }
application:
  domains: [app.small.example]
  load_balancer: web
  backend: { live: true, checks: {}, budget_enforced: true, model: m }
  frontend: { page: { status: 200, type: text/html, body: "" } }
`;

/** A log that is on the disk. */
export interface Written {
  readonly run: string;
  readonly bytes: Uint8Array;
  /** Without LF. */
  readonly lines: readonly Uint8Array[];
  /** Where its run is kept: events, and the blobs it names. */
  readonly folder: string;
}

/** Two people who decide, and everything they need for it. */
export interface Stage {
  /** Ada is at the keyboard, with a key in a file; Bob's key is held by an agent. */
  readonly ada: Person;
  readonly bob: Person;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The lines of their allowed signers. */
  readonly signers: string;
  /** A folder with the checklist, its world, and both of them known. */
  newProject(): string;
  /** Plays the checklist at a terminal, to its seal: 13 lines. */
  realRun(): Promise<Written>;
  /** Rehearses it. */
  rehearsal(): Promise<Written>;
  close(): void;
}

export const rolesText = 'golive: 1\npeople:\n  ada@example.com: [lead]\n  bob@example.com: [ops]\n';

/** Makes their keys and starts an agent that holds one of them. */
export function newStage(): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'golive-log-'));
  const [ada, bob] = [newPerson('ada@example.com', folder), newPerson('bob@example.com', folder)];
  const signers = [ada, bob].map((one) => `${allowedSignersLine(one.principal, one.publicKey)}\n`).join('');
  const SSH_AUTH_SOCK = join(folder, 'agent');
  const started = execFileSync('ssh-agent', ['-s', '-a', SSH_AUTH_SOCK], { encoding: 'utf8' });
  const agent = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
  execFileSync('ssh-add', ['-q', bob.file], { env: { ...process.env, SSH_AUTH_SOCK }, stdio: 'ignore' });
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TMPDIR: tmpdir(),
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GOLIVE_SIGNING_KEY: ada.file,
    SSH_AUTH_SOCK,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const newProject = (): string => {
    const here = mkdtempSync(join(folder, 'project-'));
    mkdirSync(join(here, '.golive'), { mode: 0o700 });
    writeFileSync(join(here, '.golive', 'allowed_signers'), signers, { mode: 0o644 });
    writeFileSync(join(here, '.golive', 'roles.yaml'), rolesText, { mode: 0o644 });
    mkdirSync(join(here, 'checklists', 'rehearsal'), { recursive: true });
    writeFileSync(join(here, 'checklists', 'small.yaml'), checklistText);
    writeFileSync(join(here, 'checklists', 'rehearsal', 'small.yaml'), worldText);
    return here;
  };
  return {
    ada,
    bob,
    folder,
    env,
    signers,
    newProject,
    realRun: async () => {
      const here = newProject();
      const words = ['run', 'small-prod', '--as', ada.principal, ...trust(checklistText)];
      const says = Object.entries(answers).map(([to, said]) => ({ to, says: () => said }));
      const ended = await goliveAt({ folder: here, env }, words, { says });
      if (ended.code !== 0) throw new Error(ended.printed);
      return writtenIn(here);
    },
    rehearsal: async () => {
      const here = newProject();
      const ended = await golive({ folder: here, env }, ['rehearse', 'small-prod', '--auto', '--speed', 'max']);
      if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
      return writtenIn(here);
    },
    close: () => {
      process.kill(agent);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What Ada and Bob say at her terminal. */
const answers = {
  'Is support told?': 'yes',
  'Lead, go or no-go?': 'go',
  'Operations, who signs?': 'bob@example.com',
  'for Operations, go or no-go?': 'go',
};

function writtenIn(project: string): Written {
  const runs = join(project, '.golive', 'runs');
  const [run, ...others] = readdirSync(runs);
  if (run === undefined || others.length > 0) throw new Error(`expected one run in ${runs}`);
  const events = join(runs, run, 'events');
  const names = readdirSync(events).filter((name) => name.endsWith('.json'));
  const files = names.toSorted().map((name) => readFileSync(join(events, name)));
  return {
    run,
    bytes: Buffer.concat(files),
    lines: files.map((line) => line.subarray(0, -1)),
    folder: join(runs, run),
  };
}
