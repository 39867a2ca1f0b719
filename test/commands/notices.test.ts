// Goal: a real run tells webhooks what happens, ends the same without them, and writes their address nowhere; a rehearsal
// tells nobody. Method: whole runs against webhooks on loopback, and a search in all that was written and printed.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { hiddenSecrets } from '../../src/commands/hidden.ts';
import { newRun } from '../../src/commands/new-run.ts';
import { couriersFor, noticeChecks } from '../../src/commands/notices.ts';
import { openChecklist } from '../../src/commands/open-checklist.ts';
import { realOutside } from '../../src/commands/outside.ts';
import { rehearse } from '../../src/commands/rehearse.ts';
import { run } from '../../src/commands/run.ts';
import { allRuns, openStore } from '../../src/commands/runs.ts';
import { work } from '../../src/commands/work.ts';
import { runId } from '../../src/effects/ids.ts';
import { openCouriers } from '../../src/effects/webhooks.ts';
import { readEvents } from '../../src/log/replay.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { scripted } from '../../src/runner/people.ts';
import { acts, kinds } from '../../src/steps/index.ts';
import { filesBelow, leaksIn } from '../support/canaries.ts';
import { testShell, type TestShell } from '../support/shell.ts';
import { webhook, type TestWebhook } from '../support/webhook.ts';

const checklist = `golive: 1
name: demo
title: Demo
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
roles: { dev: { title: Dev } }
phases:
  - id: before
    title: Before
    at: T-1h
    sections:
      - title: S
        owner: dev
        steps:
          - { id: there, title: The file is there, probe: { file: { path: there.txt } }, expect: [{ path: count, eq: 1 }] }
          - { id: gone, title: The other is gone, probe: { file: { path: there.txt } }, expect: [{ path: count, eq: 0 }], fix: "Remove it <!channel>" }
`;

let folder: string;
const hooks: TestWebhook[] = [];
const shells: TestShell[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'golive-notices-'));
  mkdirSync(join(folder, 'checklists'));
  writeFileSync(join(folder, 'checklists', 'demo.yaml'), checklist);
  writeFileSync(join(folder, 'there.txt'), 'x');
});
afterEach(async () => {
  await Promise.all(hooks.splice(0).map((hook) => hook.close()));
  for (const shell of shells.splice(0)) shell.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function hookOf(...answer: Parameters<typeof webhook>): Promise<TestWebhook> {
  const hook = await webhook(...answer);
  hooks.push(hook);
  return hook;
}

function shellAt(env: Record<string, string>): TestShell {
  const shell = testShell({ cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env } });
  shells.push(shell);
  return shell;
}

/** A real run with nobody at it, in the folder. */
async function play(shell: TestShell, timeoutMs?: number) {
  const opened = await openChecklist('demo-prod', shell);
  const bound = bind(opened.checklist, { kinds, acts }, { target: 'prod', inputs: {} });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  const { plan } = bound;
  const store = openStore({}, shell);
  const id = runId();
  const begun = { id, store, opened, plan, mode: 'run', rehearsal: false, phases: [], values: [] } as const;
  const outside = await realOutside(plan, {}, shell, []);
  const signer = throwAwaySigner('ada@example.com');
  const { env } = shell;
  const nobody = scripted({ answers: {}, votes: {}, principal: () => signer.principal, source: 'file' });
  try {
    const exit = await work({
      ...(await newRun(begun, shell)),
      ...outside,
      signer,
      secrets: {},
      hidden: hiddenSecrets(plan, env),
      couriers: timeoutMs === undefined ? couriersFor('run', shell) : openCouriers({ env, timeoutMs }),
      people: () => nobody,
      attended: false,
      personOf: () => signer.principal,
      options: {},
      shell,
      command: 'golive',
    });
    const events = readEvents(await store.read(id, 0));
    const notes = events.flatMap(({ kind, body }) =>
      kind === 'note' && body.text.startsWith('notif') ? [body.text] : [],
    );
    return { exit, notes, last: events.at(-1)?.kind };
  } finally {
    await outside.close();
  }
}

const textsOf = ({ received }: TestWebhook): readonly string[] =>
  received.map(({ body }) => {
    const { text }: { text: string } = JSON.parse(body);
    return text;
  });

/** Everything that was written and printed. */
function everything(): Record<string, string> {
  const printed = shells.map((shell, at) => [`shell ${at}`, shell.printed() + shell.complained()] as const);
  return { ...Object.fromEntries(printed), ...filesBelow(folder, ...shells.map(({ runsDir }) => join(runsDir, '..'))) };
}

describe('a real run', () => {
  it('tells both webhooks what happens, in order', async () => {
    const [slack, other] = [await hookOf(), await hookOf()];
    const { exit, notes } = await play(shellAt({ GOLIVE_SLACK_WEBHOOK: slack.url, GOLIVE_WEBHOOK: other.url }));
    expect([exit, notes]).toEqual([1, []]);
    expect(textsOf(other)).toEqual([
      'demo-prod: phase T-1h Before: begins (2 steps)',
      'demo-prod: FAIL gone (required): The other is gone\nexpected: count = 0\nobserved: 1\ndo: Remove it <!channel>',
      'demo-prod: NO-GO (exit 1), sealed by ada@example.com\n1 pass, 1 fail',
    ]);
    expect(textsOf(slack)[1]).toContain('&lt;!channel&gt;');
    expect(JSON.parse(other.received.at(-1)?.body ?? '')).toMatchObject({
      version: 1,
      kind: 'seal',
      name: 'demo-prod',
      mode: 'run',
      verdict: 'no-go',
      counts: { pass: 1, fail: 1 },
    });
  });

  it('ends in the same way when a webhook hangs or is broken: the log says so, and nothing has an address', async () => {
    const hanging = await hookOf('hang');
    const broken = await hookOf((response) => response.writeHead(404).end());
    const shell = shellAt({ GOLIVE_SLACK_WEBHOOK: hanging.url, GOLIVE_WEBHOOK: broken.url });
    const { exit, notes, last } = await play(shell, 20);
    expect([exit, last]).toEqual([1, 'seal']);
    expect(notes).toContain('notifications: the webhook answered 404; the run goes on');
    expect(notes).toContain('notifications: the webhook: 2 messages not delivered when the session ended');
    expect(notes.join('\n')).toContain('the Slack webhook');
    expect(shell.printed().match(/the webhook answered 404; the run goes on/g)).toHaveLength(1);
    const addresses = { slack: hanging.url, other: broken.url, path: 'Zq7wS9canary', port: `127.0.0.1:${broken.port}` };
    expect(leaksIn(everything(), addresses)).toEqual([]);
  });

  it('keeps the address out of what it looks at, too', async () => {
    const hook = await hookOf();
    writeFileSync(join(folder, 'there.txt'), `see ${hook.url}`);
    writeFileSync(
      join(folder, 'checklists', 'demo.yaml'),
      checklist
        .replace('{ path: count, eq: 0 }', '{ path: text, eq: x }')
        .replace(
          'file: { path: there.txt } }, expect: [{ path: text',
          'file: { path: there.txt, read: true } }, expect: [{ path: text',
        ),
    );
    await play(shellAt({ GOLIVE_WEBHOOK: hook.url }));
    const texts = { ...everything(), [join(folder, 'there.txt')]: '', sent: textsOf(hook).join('\n') };
    expect(texts.sent).toContain('(secret GOLIVE_WEBHOOK)');
    expect(leaksIn(texts, { address: 'Zq7wS9canary' })).toEqual([]);
  });
});

describe('a dry run', () => {
  it.each([
    [{}, []],
    [{ GOLIVE_NOTIFY_DRY_RUN: '1' }, ['failure', 'seal']],
  ] as const)('with %o tells %j', async (more, told) => {
    const hook = await hookOf();
    const shell = shellAt({ GOLIVE_WEBHOOK: hook.url, ...more });
    const { digest } = (await openChecklist('demo-prod', shell)).checklist;
    expect(await run('demo-prod', { dryRun: true, trustChecklist: digest, runsDir: shell.runsDir }, shell)).toBe(1);
    expect(hook.received.map(({ body }) => (JSON.parse(body) as { kind: string }).kind)).toEqual(told);
  });
});

describe('a rehearsal', () => {
  it('tells nobody, and does not even read where it could', async () => {
    const hook = await hookOf();
    const read: string[] = [];
    const shell = testShell({ env: { GOLIVE_WEBHOOK: hook.url, GOLIVE_SLACK_WEBHOOK: hook.url } });
    shells.push(shell);
    const env = new Proxy(shell.env, {
      get: (target, name) => {
        read.push(String(name));
        return Reflect.get(target, name) as string | undefined;
      },
    });
    const options = { auto: true, phase: ['hour-before'], runsDir: shell.runsDir };
    const phases = await rehearse('pantheon-staging', options, { ...shell, env }).catch((error: unknown) => error);
    expect(phases, 'the phase is not there').toBeTypeOf('number');
    expect(await allRuns(openStore({ runsDir: shell.runsDir }, shell))).toHaveLength(1);
    expect(hook.received).toEqual([]);
    expect(read.filter((name) => name.startsWith('GOLIVE_') && name.includes('WEBHOOK'))).toEqual([]);
  }, 120_000);
});

describe('golive doctor', () => {
  it('says what is configured, and never where', () => {
    const checks = noticeChecks({
      env: { GOLIVE_SLACK_WEBHOOK: 'https://hooks.example.test/T0CANARY', GOLIVE_WEBHOOK: 'http://a.test/T0CANARY' },
    });
    expect(checks.map(({ state, says }) => `${state}: ${says}`)).toEqual([
      'ok: the Slack webhook is configured (GOLIVE_SLACK_WEBHOOK)',
      'bad: the webhook has an address that is not https',
    ]);
    expect(JSON.stringify(checks)).not.toContain('T0CANARY');
    expect(noticeChecks({ env: {} })).toMatchObject([{ state: 'ok', says: 'none: no webhook is configured' }]);
  });
});
