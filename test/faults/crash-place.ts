// Where a case of the fault test happens: a folder with a key, a small checklist around one act, and what the log of its run says.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/engine/json.ts';
import { checklistDigest } from '../../src/checklist/digest.ts';
import { golive, type Place } from './crash-child.ts';

export const principal = 'ada@crash.example';

export interface CrashPlace extends Place {
  /** The flags that `run` and `resume` take here. */
  readonly flags: readonly string[];
  /** The text of its checklist. */
  readonly checklist: string;
  /** Ids of the runs that have begun. */
  runs(): readonly string[];
  /** The lines of a run as they are on the disk. */
  lines(run: string): readonly string[];
  remove(): void;
}

export interface Line {
  readonly kind: string;
  readonly body: JsonObject;
}

export function eventOf(line: string): Line {
  return (JSON.parse(line) as { e: Line }).e;
}

/** Somebody's home, with a key in it: made once and copied, because a key takes longest. */
export interface Home {
  readonly key: string;
  readonly publicKey: string;
  /** The allowed-signers line. */
  readonly signers: string;
}

export async function newHome(): Promise<Home> {
  const folder = mkdtempSync(join(tmpdir(), 'golive-crash-key-'));
  try {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
    const made = await golive({ folder, env }, ['key', 'init', '--as', principal]);
    if (made.code !== 0) throw new Error(made.stderr);
    const file = join(folder, '.config', 'golive', 'signing_key');
    const [key, publicKey] = [file, `${file}.pub`].map((path) => readFileSync(path, 'utf8'));
    return { key: key ?? '', publicKey: publicKey ?? '', signers: made.stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A folder to run a checklist with this act in; `awsUrl`: who answers instead of AWS. */
export function newPlace(home: Home, awsUrl: string, write: (folder: string) => string): CrashPlace {
  const folder = mkdtempSync(join(tmpdir(), 'golive-crash-'));
  const config = join(folder, '.config', 'golive');
  mkdirSync(config, { recursive: true });
  mkdirSync(join(folder, 'checklists'));
  writeFileSync(join(config, 'signing_key'), home.key, { mode: 0o600 });
  writeFileSync(join(config, 'signing_key.pub'), home.publicKey);
  writeFileSync(join(folder, 'signers'), home.signers);
  const checklist = write(folder);
  writeFileSync(join(folder, 'checklists', 'crash.yaml'), checklist);
  const runsDir = join(folder, '.golive', 'runs');
  const eventsOf = (run: string): readonly string[] => {
    const events = join(runsDir, run, 'events');
    const names = existsSync(events) ? readdirSync(events).filter((name) => name.endsWith('.json')) : [];
    return names.toSorted().map((name) => join(runsDir, run, 'events', name));
  };
  return {
    folder,
    checklist,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      TMPDIR: tmpdir(),
      TZ: 'UTC',
      LANG: 'C.UTF-8',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_ACCESS_KEY_ID: 'STANDIN',
      AWS_SECRET_ACCESS_KEY: 'STANDIN',
      AWS_ENDPOINT_URL: awsUrl,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    flags: ['--as', principal, '--allow-endpoint'],
    runs: () => (existsSync(runsDir) ? readdirSync(runsDir).filter((run) => eventsOf(run).length > 0) : []),
    lines: (run) => eventsOf(run).map((path) => readFileSync(path, 'utf8')),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }),
  };
}

/** A look, a question, the act and a question after it: everything that can be under way when a process dies. */
export function checklistWith(act: string): string {
  return `golive: 1
name: crash
title: A cutover that survives anything
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
roles: { lead: { title: Lead } }
phases:
  - id: cutover
    title: Cutover
    at: T-0
    sections:
      - title: All of it
        owner: lead
        steps:
          - { id: look, title: The zone is there, probe: { aws.call: { operation: "route53:ListHostedZonesByName", input: { DNSName: crash.example } } }, expect: [{ path: "HostedZones[0].Name", eq: crash.example. }] }
          - { id: told, title: Support is told, ask: { question: Is support told?, confirm: {} }, expect: [{ path: answer, eq: true }] }
          - id: change
            title: The change is made
            confirm: target
${act.replaceAll(/^/gm, '            ')}
          - { id: seen, title: Somebody saw it, ask: { question: Did you see it?, confirm: {} }, expect: [{ path: answer, eq: true }] }
`;
}

/** What `--trust-checklist` takes. */
export const trust = (checklist: string): readonly string[] => ['--trust-checklist', checklistDigest(checklist)];
