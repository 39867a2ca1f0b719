// Goal: with nobody to ask nothing hangs, nothing is assumed, and everything that is missing is named before anything begins.
// Method: whole command lines in process, of a checklist of its own, against the stand-in over loopback.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { allRuns, openStore } from '../../src/commands/runs.ts';
import { digest } from '../../src/log/canonical.ts';
import { readEvents } from '../../src/log/replay.ts';
import { findWorld } from '../../src/rehearsal/find-world.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { home, type TestShell } from '../support/shell.ts';
import { newProject, type Person } from '../support/signed-run.ts';

const project = newProject();
const patchFile = join(project.runsDir, '..', 'brisk.json');
writeFileSync(patchFile, '{ "dns": { "propagation": "1s" } }');
const { world } = findWorld({ checklist: 'aep', target: 'prod', cwd: home, breaks: [], patchFile });
const { ada, bob } = project.people;
const standIn = await startStandIn({ world, now: Date.now });
afterAll(async () => {
  await standIn.close();
  project.remove();
});

const zone = 'Z04128371KD9QJ3R5T7V';
const ask = '- { id: told, title: Support knows, ask: { question: Does support know?, confirm: {} } }';
const act = `- { id: ttl, title: The TTL is lowered, act: { route53.set_ttl: { zone: ${zone}, name: app.navralabs.com, ttl: 60 } }, confirm: target }`;
const gate = '- { id: approved, title: Go, gate: { poll: [lead, ops] } }';
const look = (id: string, name = 'aep-prod'): string =>
  `- { id: ${id}, title: The cluster is there, probe: { aws.call: { operation: ecs:DescribeClusters, input: { clusters: [${name}] } } }, expect: [{ path: "clusters[0].status", eq: ACTIVE }] }`;

function shopText(...steps: readonly string[]): string {
  return `golive: 1
name: shop
title: Shop
targets:
  prod: { aws: { account: "111111111111", region: us-east-1 } }
roles: { lead: { title: Lead }, ops: { title: Operations } }
phases:
  - id: all
    title: All of it
    at: T-1h
    sections:
      - title: Everything
        steps:
${steps.map((step) => `          ${step}`).join('\n')}
`;
}

interface Place {
  readonly shell: TestShell;
  /** Runs a command line here; `run shop-prod` and `resume` go to the stand-in. */
  called(words: string): Promise<number>;
  events(): Promise<ReturnType<typeof readEvents>>;
  /** What `golive verify` returns for somebody who trusts the people here. */
  verified(): Promise<number>;
}

function place(text: string, who: Person = ada, files?: Readonly<Record<string, string>>): Place {
  const made = project.shell(who, files);
  const env = {
    ...made.env,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ACCESS_KEY_ID: 'STANDIN',
    AWS_SECRET_ACCESS_KEY: 'STANDIN',
    AWS_ENDPOINT_URL: standIn.awsUrl,
  };
  const shell = { ...made, env };
  mkdirSync(join(shell.cwd, 'checklists'));
  writeFileSync(join(shell.cwd, 'checklists', 'shop.yaml'), text);
  writeFileSync(join(shell.cwd, 'v.yaml'), 'answers: { told: { answer: true, evidence: CHG-1 } }\n');
  const trust = ['--trust-checklist', digest(text)];
  const store = openStore({ runsDir: shell.runsDir }, shell);
  const called: Place['called'] = (words) => {
    const all = words.split(' ');
    const dns = `${standIn.dns.address}:${standIn.dns.port}`;
    const reaching = ['run', 'resume'].includes(all[0] ?? '') ? ['--allow-endpoint', '--dns-server', dns] : [];
    const trusting = all[0] === 'run' ? trust : [];
    return runCli(['--runs-dir', shell.runsDir, ...all, ...reaching, ...trusting], shell);
  };
  return {
    shell,
    called,
    events: async () => readEvents(await store.read((await store.list())[0] ?? '', 0)),
    verified: async () => called(`verify ${(await store.list())[0]} --allowed-signers .golive/allowed_signers`),
  };
}

const notes = async (at: Place): Promise<readonly string[]> =>
  (await at.events()).flatMap(({ kind, body }) => (kind === 'note' ? [body.text] : []));

describe('words that do not go together', () => {
  const at = place(shopText(look('cluster')));
  it.each([
    ['run shop-prod --act --dry-run', '--dry-run or --act'],
    ['run shop-prod --act --allow-open', '--allow-open is for dry runs'],
    ['run shop-prod --deadline soon', 'no time for --deadline'],
    ['run shop-prod --deadline 0s', 'no time for --deadline'],
    ['run shop-prod --report junit', 'is not FORMAT:FILE'],
    ['run shop-prod --report pdf:x.pdf', 'is not FORMAT:FILE'],
    ['run shop-prod --report junit:nowhere/x.xml', 'there is no folder'],
    ['run shop-prod --report junit:- --report json:-', 'standard output takes one format'],
  ])('%s', async (words, why) => {
    expect(await at.called(words)).toBe(3);
    expect(at.shell.complained()).toContain(why);
    expect(await openStore({ runsDir: at.shell.runsDir }, at.shell).list()).toEqual([]);
  });
});

describe('a dry run', () => {
  it('with a question that nobody answers is not decided, and says where answers stand', async () => {
    const at = place(shopText(ask, look('cluster')));
    expect(await at.called('run shop-prod --dry-run')).toBe(2);
    expect(at.shell.printed()).toContain('dry run: not decided; 1 open  (shop-prod: 1 passed)');
    expect(at.shell.printed()).toMatch(/open: told\n +Answers stand in the file of --values/);
  });

  it('has no objection where that is allowed, counts it all the same, and its log says that it was', async () => {
    const at = place(shopText(ask, look('cluster')));
    expect(await at.called('run shop-prod --dry-run --allow-open')).toBe(0);
    expect(at.shell.printed()).toContain('dry run: no objection; 1 open  (shop-prod: 1 passed)');
    expect((await at.events())[0]?.body).toMatchObject({ allow_open: true });
    expect(await at.verified()).toBe(0);
  });

  it('does not let pass for that what a machine found', async () => {
    const at = place(shopText(ask, look('cluster', 'nowhere')));
    expect(await at.called('run shop-prod --dry-run --allow-open')).toBe(1);
  });

  it('without a key is signed with one made for it, and says so in its log', async () => {
    const at = place(shopText(look('cluster')));
    delete (at.shell.env as Record<string, unknown>)['GOLIVE_SIGNING_KEY'];
    expect(await at.called('run shop-prod')).toBe(0);
    expect(await notes(at)).toContain('signed with a key made for this dry run: nobody vouches for it');
  });
});

describe('--act', () => {
  it('names every place where it would stop for somebody, and begins nothing', async () => {
    const phrase = act.replace('confirm: target', 'confirm: { phrase: I mean it, people: 1 }');
    const at = place(shopText(look('cluster'), ask, phrase, gate), ada, {});
    expect(await at.called('run shop-prod --act')).toBe(3);
    expect(at.shell.complained()).toMatch(/shop\.yaml:15:\d+ told: nobody answers it \(answers\.told/);
    expect(at.shell.complained()).toMatch(/shop\.yaml:16:\d+ ttl: people have to type its phrase/);
    expect(at.shell.complained()).toMatch(/shop\.yaml:17:\d+ approved: its decisions have to be signed/);
    expect(await openStore({ runsDir: at.shell.runsDir }, at.shell).list()).toEqual([]);
  });

  it('takes the act, and a go is a go', async () => {
    const at = place(shopText(ask, look('cluster'), act));
    expect(await at.called('run shop-prod --act --values v.yaml --report json:out.json'), at.shell.printed()).toBe(0);
    expect(await notes(at)).toContain('--act: nobody is asked, and acts that want no phrase are confirmed by it');
    expect((await at.events()).map(({ kind }) => kind)).toContain('act.intent');
    expect(await at.verified()).toBe(0);
    expect(JSON.parse(readFileSync(join(at.shell.cwd, 'out.json'), 'utf8'))).toMatchObject({
      result: 'go',
      mode: 'run',
    });
  });

  it('waits at a gate without a process, for decisions that are signed elsewhere', async () => {
    const at = place(shopText(look('cluster'), gate, act));
    expect(await at.called('run shop-prod --act'), at.shell.printed()).toBe(2);
    expect(at.shell.printed()).toMatch(/Go on with: .* resume [a-z2-7]{26} --act/);
    const request = readdirSync(at.shell.cwd).find((name) => name.endsWith('.request.json')) ?? '';
    const theirs = project.shell(bob);
    writeFileSync(join(theirs.cwd, 'r.request.json'), readFileSync(join(at.shell.cwd, request)));
    expect(await runCli(['sign', 'r.request.json', '--decision', 'go'], theirs), theirs.complained()).toBe(0);
    expect(await at.called(`sign ${request} --decision go --role lead --out ada.decision.json`)).toBe(0);
    writeFileSync(join(at.shell.cwd, 'bob.decision.json'), readFileSync(join(theirs.cwd, 'r.decision.json')));
    for (const name of ['ada', 'bob']) expect(await at.called(`accept shop-prod ${name}.decision.json`)).toBe(0);
    expect(await at.called('resume shop-prod --act'), at.shell.printed()).toBe(0);
    expect(await at.verified()).toBe(0);
  });

  it('is stopped by a no-go that came from elsewhere, and changes nothing', async () => {
    const at = place(shopText(gate, act));
    expect(await at.called('run shop-prod --act')).toBe(2);
    const request = readdirSync(at.shell.cwd).find((name) => name.endsWith('.request.json')) ?? '';
    const words = `sign ${request} --decision no-go --role lead --comment red --out a.decision.json`;
    expect(await at.called(words), at.shell.complained()).toBe(0);
    expect(await at.called('accept shop-prod a.decision.json')).toBe(0);
    expect(await at.called('resume shop-prod --act')).not.toBe(0);
    expect((await at.events()).map(({ kind }) => kind)).not.toContain('act.intent');
  });

  it('with a red behind a change leaves the run open, so that the change can be taken back', async () => {
    const at = place(shopText(act.replace('60', '61'), look('cluster', 'nowhere')));
    expect(await at.called('run shop-prod --act')).toBe(1);
    expect(at.shell.printed()).toMatch(/Take back ttl with: .* rollback [a-z2-7]{26}/);
    const [known] = await allRuns(openStore({ runsDir: at.shell.runsDir }, at.shell));
    expect(known?.state.sealed).toBeUndefined();
    // Nobody begins beside it what it has not ended.
    expect(await at.called('run shop-prod --act')).toBe(3);
    expect(at.shell.complained()).toContain('has an open run');
  });

  it('with a red and nothing changed ends the run', async () => {
    const at = place(shopText(look('cluster', 'nowhere'), act));
    expect(await at.called('run shop-prod --act')).toBe(1);
    const [known] = await allRuns(openStore({ runsDir: at.shell.runsDir }, at.shell));
    expect(known?.state.sealed).toMatchObject({ result: 'no-go' });
  });
});

describe('reports', () => {
  it('are written together, and are the bytes that golive report gives later', async () => {
    const at = place(shopText(ask, look('cluster', 'nowhere')));
    const formats = ['junit', 'json', 'markdown', 'github', 'ndjson', 'html'];
    const words = formats.map((format) => `--report ${format}:${format}.out`).join(' ');
    expect(await at.called(`run shop-prod --values v.yaml ${words}`)).toBe(1);
    for (const format of formats) {
      await at.called(`report shop-prod --format ${format} --out ${format}.later`);
      const [now, later] = ['out', 'later'].map((when) =>
        readFileSync(join(at.shell.cwd, `${format}.${when}`), 'utf8'),
      );
      expect(now, format).toBe(later);
      expect(now).toContain('cluster');
    }
  });

  it('that cannot be written keep a good run from ending well, and say which', async () => {
    const at = place(shopText(look('cluster')));
    mkdirSync(join(at.shell.cwd, 'taken'));
    expect(await at.called('run shop-prod --report junit:taken')).toBe(3);
    expect(at.shell.complained()).toContain('the report junit was not written');
  });
});

describe('output that is kept as a log', () => {
  it('says in every line when it was written, and has no command for a runner of jobs', async () => {
    const at = place(shopText(look('cluster')).replace('title: Shop', 'title: "##[error]Shop"'));
    const shell = { ...at.shell, terminal: { ...at.shell.terminal, stamped: true } };
    const words = ['run', 'shop-prod', '--allow-endpoint', '--trust-checklist'];
    const text = readFileSync(join(shell.cwd, 'checklists', 'shop.yaml'), 'utf8');
    expect(await runCli(['--runs-dir', shell.runsDir, ...words, digest(text)], shell)).toBe(0);
    const lines = shell
      .printed()
      .split('\n')
      .filter((line) => line !== '');
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}\S?/);
    expect(shell.printed()).not.toContain('##');
    expect(shell.printed()).toContain('#\\x23[error]Shop');
  });
});
