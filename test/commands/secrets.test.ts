// Goal: no secret that comes to a run on any way is in a file that it writes or in a byte that it prints. Method: the real
// runner with real requests and programs in a folder of its own, everybody in it careless, and a search of its own.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { askInputs } from '../../src/commands/ask-inputs.ts';
import { doctor } from '../../src/commands/doctor.ts';
import { explain } from '../../src/commands/explain.ts';
import { exportRun } from '../../src/commands/export.ts';
import { hiddenSecrets } from '../../src/commands/hidden.ts';
import { newRun } from '../../src/commands/new-run.ts';
import { note } from '../../src/commands/note.ts';
import { openChecklist } from '../../src/commands/open-checklist.ts';
import { realOutside } from '../../src/commands/outside.ts';
import { openStore } from '../../src/commands/runs.ts';
import { status } from '../../src/commands/status.ts';
import { stop } from '../../src/commands/stop.ts';
import { verify } from '../../src/commands/verify.ts';
import { watch } from '../../src/commands/watch.ts';
import { work } from '../../src/commands/work.ts';
import { runId } from '../../src/effects/ids.ts';
import { GoliveError } from '../../src/errors.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { findWorld } from '../../src/rehearsal/find-world.ts';
import { startStandIn, type StandIn } from '../../src/rehearsal/stand-in.ts';
import { atTerminal } from '../../src/runner/at-terminal.ts';
import { acts, kinds } from '../../src/steps/index.ts';
import type { Operator } from '../../src/world.ts';
import { filesBelow, leaksIn } from '../support/canaries.ts';
import { home, testShell, type TestShell } from '../support/shell.ts';
import { canaries, careless, echo, quotingAws, searched, talkative, written } from './canary-run.ts';

const principal = 'ada@example.com';
/** Whatever the run may know, and what somebody tells it besides. */
const words = `${written(canaries.input)} ${written(canaries.environment)} ${canaries.webhook}`;

let folder: string;
let elsewhere: string;
let application: Awaited<ReturnType<typeof echo>>;
let elbv2: Awaited<ReturnType<typeof quotingAws>>;
let standIn: StandIn;
let program: string;
const shells: TestShell[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'golive-secrets-'));
  elsewhere = mkdtempSync(join(tmpdir(), 'golive-elsewhere-'));
  [application, elbv2] = await Promise.all([echo(), quotingAws()]);
  const { world } = findWorld({ checklist: 'aep', target: 'prod', cwd: home, breaks: [] });
  const definition = world.account.ecs.task_definitions['aep-backend-prod:42'];
  if (definition === undefined) throw new Error('there is no such task definition');
  definition.environment = {
    ...definition.environment,
    DB_PASSWORD: canaries.environment,
    PLAIN: canaries.environment,
  };
  standIn = await startStandIn({ world, now: Date.now });
  program = talkative(elsewhere);
  mkdirSync(join(folder, 'checklists'));
  const steps = stepTexts();
  writeFileSync(join(folder, 'checklists', 'demo.yaml'), checklistText('demo', steps));
  writeFileSync(
    join(folder, 'checklists', 'few.yaml'),
    checklistText(
      'few',
      steps.filter((text) => text.includes('id: quoted')),
    ),
  );
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'x', '-f', join(elsewhere, 'key')]);
});
afterAll(async () => {
  for (const shell of shells) shell.remove();
  await Promise.all([application.close(), elbv2.close(), standIn.close()]);
  for (const one of [folder, elsewhere]) rmSync(one, { recursive: true, force: true });
});

function stepTexts(): readonly string[] {
  const { url } = application;
  const sent = '{ authorization: "Bearer ${token}" }';
  const accept = 'waive: { by: dev, until: 90d, ask: Why? }';
  const told = `command: { argv: ["${process.execPath}", "${program}", "EXIT"], env: [HOOK_URL, DB_PASSWORD] }`;
  const look = (id: string, path: string, expected: string, more = ''): string =>
    `- { id: ${id}, title: T, ${accept}, probe: { http: { url: "${url}${path}", headers: ${sent} ${more} } }, expect: [${expected}] }`;
  return [
    look('passes', '/json', '{ path: status, eq: 200 }, { path: json.password, ne: x }'),
    look(
      'said',
      '/json',
      '{ path: json.said, eq: x }, { path: json.all, eq: x }, { path: json.password, eq: x }, { path: json.next, url: "https://x.test/" }',
    ),
    look(
      'echoed',
      '/page',
      '{ path: headers.x_echo, eq: x }, { path: headers.set_cookie, eq: x }, { path: headers.x_api_key, eq: x }, { path: text, matches: "^x$" }',
    ),
    look('no-json', '/page', '{ path: json.ok, eq: true }'),
    look('moved', '/redirect', '{ path: headers.location, eq: x }'),
    look('followed', '/redirect', '{ path: url, eq: x }, { path: text, contains: x }', ', follow: 1'),
    look('challenged', '/challenge', '{ path: status, eq: 200 }, { path: headers.www_authenticate, eq: x }'),
    `- { id: hidden, title: T, ${accept}, probe: { aws.call: { operation: "ecs:DescribeTaskDefinition", input: { taskDefinition: "aep-backend-prod:42" } } }, expect: [{ path: "taskDefinition.containerDefinitions[0].environment[].value", contains: x }] }`,
    `- { id: revealed, title: T, ${accept}, probe: { aws.call: { operation: "ecs:DescribeTaskDefinition", input: { taskDefinition: "aep-backend-prod:42" }, reveal: [DB_PASSWORD] } }, expect: [{ path: "taskDefinition.containerDefinitions[0].environment[].value", contains: x }] }`,
    `- { id: quoted, title: T, ${accept}, probe: { aws.call: { operation: "elbv2:DescribeLoadBalancers", input: {} } }, expect: [{ path: found, eq: true }] }`,
    `- { id: printed, title: T, ${accept}, probe: { ${told.replace('EXIT', '0')} }, expect: [{ path: exit, eq: 0 }] }`,
    `- { id: misprinted, title: T, ${accept}, probe: { ${told.replace('EXIT', '3')} }, expect: [{ path: exit, eq: 0 }, { path: text, eq: x }, { path: "lines[5]", eq: x }, { path: stderr, eq: x }] }`,
    `- { id: unstarted, title: T, ${accept}, probe: { ${told.replace('EXIT', '127')} }, expect: [{ path: exit, eq: 0 }] }`,
    `- { id: door, title: T, ask: { question: Code?, secret: true } }`,
    `- { id: remark, title: T, ask: { question: Well?, text: {}, evidence: required } }`,
    `- { id: deploys, title: T, ${accept}, confirm: key, act: { ${told.replace('EXIT', '0')} }, verify: { probe: { http: { url: "${url}/json", headers: ${sent} } }, expect: [{ path: json.said, eq: x }] }, undo: [{ ${told.replace('EXIT', '0')} }], budget: 1m }`,
    `- { id: signed, title: T, gate: { poll: [dev], need: all } }`,
    `- { id: breaks, title: T, ${accept}, confirm: key, act: { ${told.replace('EXIT', '1')} }, verify: { probe: { http: { url: "${url}/json", headers: ${sent} } }, expect: [{ path: status, eq: 200 }] }, undo: [{ ${told.replace('EXIT', '0')} }], budget: 1m }`,
  ];
}

function checklistText(name: string, steps: readonly string[]): string {
  return `golive: 1
name: ${name}
title: Demo
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
inputs: { token: { question: Token?, secret: true } }
roles: { dev: { title: Dev } }
phases:
  - id: p
    title: P
    at: T-1h
    sections:
      - title: S
        owner: dev
        steps:
${steps.map((step) => `          ${step}`).join('\n')}
`;
}

function shellHere(more: Record<string, string> = {}): TestShell {
  const shell = testShell({
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_ACCESS_KEY_ID: 'STANDIN',
      AWS_SECRET_ACCESS_KEY: 'STANDIN',
      AWS_ENDPOINT_URL: standIn.awsUrl,
      AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: elbv2.url,
      AWS_MAX_ATTEMPTS: '1',
      GOLIVE_INPUT_TOKEN: canaries.input,
      HOOK_URL: canaries.webhook,
      DB_PASSWORD: canaries.environment,
      ...more,
    },
  });
  shells.push(shell);
  return shell;
}

/** Runs the checklist up to a change that comes to a bad end, and pauses there. */
async function play(
  shell: TestShell,
  look: { verbose?: boolean; json?: boolean },
  name = 'demo',
  more: Partial<Operator> = {},
) {
  const opened = await openChecklist(`${name}-prod`, shell);
  const { checklist, target } = opened;
  const { secrets } = await askInputs(checklist, { file: undefined, env: shell.env, mayAsk: false }, shell);
  const bound = bind(checklist, { kinds, acts }, { target, inputs: {} });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  const { plan } = bound;
  const store = openStore({}, shell);
  const id = runId();
  const begun = { id, store, opened, plan, mode: 'run', rehearsal: false, phases: [], values: [] } as const;
  const outside = await realOutside(plan, { allowEndpoint: true }, shell, []);
  // Only what programs of the checklist get is known of the environment.
  const operator = { ...careless(name === 'demo' ? words : written(canaries.input)), ...more };
  try {
    const exit = await work({
      ...(await newRun(begun, shell)),
      ...outside,
      signer: throwAwaySigner(principal),
      secrets,
      hidden: hiddenSecrets(plan, shell.env),
      people: (terminal) => atTerminal({ ...terminal, operator }),
      attended: true,
      personOf: () => principal,
      options: look,
      shell,
      command: 'golive',
    });
    return { id, exit, asked: operator.asked };
  } finally {
    await outside.close();
  }
}

/** What was printed, and every file in the folder. */
function everything(): Record<string, string> {
  const printed = shells.flatMap((shell, at) => [
    [`printed ${at}`, shell.printed()],
    // Long words are broken at the edge of the screen.
    [`printed ${at}, as one line`, shell.printed().replaceAll(/\n\s*/g, '')],
    [`complained ${at}`, shell.complained()],
  ]);
  return { ...Object.fromEntries(printed), ...filesBelow(folder) };
}

describe('eight canaries and one that is typed', () => {
  it('stand in no file and in nothing that is printed', async () => {
    const shell = shellHere();
    const { id, exit, asked } = await play(shell, { verbose: true });
    expect(exit, shell.printed() + shell.complained()).toBe(2);
    const machine = shellHere();
    const second = await play(machine, { json: true });
    // Before there is a log AWS says whose credentials these are not.
    const unknown = shellHere({ AWS_ENDPOINT_URL_STS: elbv2.url });
    await play(unknown, {}, 'few');
    expect(unknown.printed()).toContain('AWS cannot be asked: ');
    for (const options of [{}, { json: true }])
      await doctor('few-prod', { allowEndpoint: true, as: principal, ...options }, unknown);
    // And something breaks that says too much of why.
    const broken = () => Promise.reject(new GoliveError('broken', written(canaries.input), { hint: canaries.input }));
    const error: unknown = await play(shellHere(), {}, 'few', { menu: broken }).catch((thrown: unknown) => thrown);
    explain(error, unknown);
    expect(unknown.complained()).toContain('golive: (secret token) ');
    const signing = { as: principal, key: join(elsewhere, 'key') };
    const outer = shellHere();
    await note(id, words, signing, outer);
    await note(id, words, { ...signing, json: true }, outer);
    for (const options of [{}, { verbose: true }, { json: true }]) {
      await status(id, options, outer);
      await watch(id, options, outer);
    }
    await status(undefined, {}, outer);
    await stop(id, { ...signing, reason: words, leave: true }, outer);
    await stop(second.id, { ...signing, reason: words, leave: true, json: true }, outer);
    await exportRun(id, {}, outer);
    await exportRun(id, { out: 'run.jsonl' }, outer);
    await exportRun(id, { bundle: 'bundle' }, outer);
    for (const options of [{}, { json: true }]) await verify(id, options, outer);
    for (const options of [{}, { json: true }]) await watch(id, options, outer);

    const texts: Record<string, string> = { ...everything(), asked: [...asked, ...second.asked].join('\n') };
    expect(leaksIn(texts, searched)).toEqual([]);

    // All of them came by: their places say so.
    const log = texts[join(folder, 'run.jsonl')] ?? '';
    const verdicts = [...log.matchAll(/"step":"([\w-]+)","verdict":"(\w+)"/g)].map(
      ([, step, verdict]) => `${step} ${verdict}`,
    );
    expect(new Set(verdicts)).toEqual(
      new Set(
        (
          'passes pass, said fail, echoed fail, no-json fail, moved fail, followed fail, challenged fail, hidden fail, ' +
          'revealed fail, quoted error, printed pass, misprinted fail, unstarted error, door pass, remark pass, ' +
          'deploys fail, breaks fail, signed pass'
        ).split(', '),
      ),
    );
    const all = Object.values(texts).join('\n');
    for (const name of ['token', 'HOOK_URL', 'DB_PASSWORD']) expect(all).toContain(`(secret ${name})`);
    for (const put of [
      'password=(redacted)',
      '/landed?token=(redacted)',
      '\\"password\\":\\"(redacted)',
      'PASSWORD=(redacted)',
    ])
      expect(all).toContain(put);
  });

  it.each(Object.entries(searched))('would be found: %s', (canary, value) => {
    const texts = { there: `a ${written(value)} b`, file: '' };
    const forms = leaksIn(texts, { [canary]: value }).map(({ form }) => form);
    expect(forms).toEqual(expect.arrayContaining(['plain', 'URL', 'base64 at 0', 'base64 at 1', 'base64 at 2']));
    writeFileSync(join(elsewhere, 'planted'), Buffer.from(`x${value}`).toString('base64'));
    expect(leaksIn(filesBelow(elsewhere), { [canary]: value }).map(({ where }) => where)).toContain(
      join(elsewhere, 'planted'),
    );
  });
});
