// lint, list, show, kinds and schema as a person calls them.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checklistJsonSchema } from '../../src/checklist/json-schema.ts';
import { kinds } from '../../src/commands/kinds.ts';
import { lintFiles } from '../../src/commands/lint.ts';
import { list } from '../../src/commands/list.ts';
import { schema, schemaText } from '../../src/commands/schema.ts';
import type { Shell } from '../../src/commands/shell.ts';
import { show } from '../../src/commands/show.ts';
import { GoliveError } from '../../src/errors.ts';
import { acts, kinds as probes } from '../../src/steps/index.ts';
import { checklistText } from '../checklist/given.ts';

let folder = '';
let out: string[] = [];
const shell = (cwd: string, env: Shell['env'] = {}): Shell => ({
  out: (text) => void out.push(text),
  err: (text) => void out.push(text),
  env,
  cwd,
});
const said = (): string => out.join('\n');

beforeEach(() => {
  out = [];
  folder = mkdtempSync(join(tmpdir(), 'golive-'));
  mkdirSync(join(folder, 'checklists'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, 'checklists', name), text);

describe('lint', () => {
  it('lists every mistake of every file with its line and a caret, and exits 3', async () => {
    write(
      'demo.yaml',
      checklistText({
        steps: '- id: one\n  title: One\n  severty: critical\n  probe: nothere\n  expect: [{ path: status, eq: 200 }]',
      }),
    );
    write('other.yaml', 'golive: 2\n');
    expect(await lintFiles(['demo', 'checklists/other.yaml'], {}, shell(folder))).toBe(3);
    expect(said()).toContain(
      'checklists/demo.yaml:17:13: `severty` is not known here\n   17 |             severty: critical\n      |             ^^^^^^^\n        did you mean `severity`?',
    );
    expect(said()).toContain('checklists/demo.yaml:18:20: there is no named probe `nothere`');
    expect(said()).toContain('checklists/other.yaml:1:9: `golive` is `1`');
  });

  it('says so when there is none, and exits 0', async () => {
    write('demo.yaml', checklistText().replace('title: One,', 'title: One, owner: ops,'));
    expect(await lintFiles(['demo'], {}, shell(folder))).toBe(0);
    expect(said()).toBe('checklists/demo.yaml: no mistakes');
  });

  it('gives places to machines', async () => {
    write('demo.yaml', checklistText({ top: 'values: { A: 1 }' }));
    expect(await lintFiles(['checklists/demo.yaml'], { json: true }, shell(folder))).toBe(3);
    expect(JSON.parse(said())).toMatchObject({
      problems: [{ file: 'checklists/demo.yaml', line: 7, column: 11, length: 1 }],
    });
  });

  it('shows what a terminal would obey as text', async () => {
    write(
      'demo.yaml',
      checklistText({ steps: '- { id: one, title: "\u202eevil\u200b", severty: "\\e[2J", probe: nothere }' }),
    );
    await lintFiles(['demo'], {}, shell(folder));
    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(said()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u200b]/);
  });

  it('knows no file that is not there', async () => {
    await expect(lintFiles(['nope.yaml'], {}, shell(folder))).rejects.toThrow(GoliveError);
  });

  it('passes the checklists that come with golive', async () => {
    expect(await lintFiles([], {}, shell(folder))).toBe(0);
    expect(said()).toContain('aep.yaml: no mistakes');
  });
});

describe('list', () => {
  it('shows the checklist that would be chosen: one of this folder before one of ours', async () => {
    write('aep.yaml', checklistText().replace('name: demo', 'name: aep'));
    expect(await list({}, shell(folder))).toBe(0);
    expect(said().split('\n').slice(0, 2)).toEqual(['aep  A demonstration', '  aep-prod  checklists/aep.yaml']);
    expect(said().match(/^aep /gm)).toHaveLength(1);
  });

  it('counts the mistakes of form for machines', async () => {
    write('broken.yaml', 'golive: 1\n');
    await list({ json: true }, shell(folder));
    expect(JSON.parse(said())).toContainEqual(expect.objectContaining({ name: 'broken', targets: [], mistakes: 4 }));
  });
});

describe('show', () => {
  it('tells the plan of AEP: where, which file, which lines, what is looked at, what is expected, what waits for it', async () => {
    expect(await show('aep-prod', {}, shell(process.cwd()))).toBe(0);
    const lines = said();
    expect(lines).toMatch(/account +111111111111, us-east-1, profile navra-prod/);
    expect(lines).toMatch(/checklist +checklists\/aep\.yaml\ndigest +sha256 [0-9a-f]{64}/);
    expect(lines).toContain('backend_count: 2 (default)');
    expect(lines).toContain('test_token: secret: GOLIVE_INPUT_TEST_TOKEN, or asked without echo');
    for (let number = 96; number <= 138; number++)
      expect(lines, String(number)).toContain(`aep-go-live-checklist#${number}`);
    expect(lines).toMatch(
      /backend-ready .*\n +critical · looks · aep-go-live-checklist#97 · Engineering lead\n +does .*https:\/\/app\.navralabs\.com\/health\/ready/,
    );
    expect(lines).toMatch(/json\.checks\[\] where name = "redis": exactly one with ok = true/);
    expect(lines).toMatch(/awaited by +go-no-go/);
    expect(lines).toMatch(/does +looks at everything critical again, then asks [^;]+;\s+all must say go; after this/);
    expect(lines).toMatch(
      /critical · changes [^]*?asks for +`aep-prod`, typed by a person\n +way back +the same act .* within 5m\n/,
    );
    expect(lines).toMatch(/holds +for 30m since dns-cutover, every 1m: /);
    for (const line of lines.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it('takes inputs and accounts from --values and the environment', async () => {
    write(
      'demo.yaml',
      checklistText({
        targets: '{ prod: { aws: { region: us-east-1 } } }',
        top: 'inputs: { sub: { question: Which?, text: {} }, n: { question: How many?, integer: {} } }',
      }),
    );
    writeFileSync(
      join(folder, 'v.yaml'),
      'inputs: { sub: www }\ntargets: { prod: { aws: { account: "012345678901" } } }\n',
    );
    expect(await show('demo-prod', { values: 'v.yaml' }, shell(folder, { GOLIVE_INPUT_N: '4' }))).toBe(0);
    expect(said()).toMatch(/account +012345678901/);
    expect(said()).toContain('sub: "www" (file)');
    expect(said()).toContain('n: 4 (environment)');
  });

  it('gives the plan to machines, without secrets', async () => {
    await show('aep-prod', { json: true }, shell(process.cwd(), { GOLIVE_INPUT_TEST_TOKEN: 'hunter2' }));
    expect(JSON.parse(said())).toMatchObject({
      path: 'checklists/aep.yaml',
      plan: { checklist: 'aep', target: 'prod' },
    });
    expect(said()).not.toContain('hunter2');
  });

  it.each([
    ['a checklist with mistakes', 'broken-prod', /broken\.yaml:1:9/],
    ['an unknown checklist', 'dmo-prod', /there is no checklist dmo/],
    ['an unknown target', 'demo-prd', /has no target prd/],
    ['what is no name', '../x', /is not NAME-TARGET/],
  ])('refuses %s with exit 3', async (_what, name, words) => {
    write('demo.yaml', checklistText());
    write('broken.yaml', 'golive: 3\n');
    const refused = await show(name, {}, shell(folder)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(GoliveError);
    expect(refused).toMatchObject({ exit: 3, message: expect.stringMatching(words) });
  });
});

describe('kinds', () => {
  it('lists them, and shows one with its fields and an example', async () => {
    await kinds(undefined, {}, shell(folder));
    expect(said()).toMatch(/^http +.*\naws\.call +/);
    out = [];
    await kinds('aws.ecs_service', {}, shell(folder));
    expect(said()).toMatch(/cluster +text, required[\s\S]*Example/);
    out = [];
    await kinds('http', { json: true }, shell(folder));
    expect(JSON.parse(said())).toMatchObject({ name: 'http', schema: { properties: { url: {} } } });
  });

  it.each([
    ['http', /status +number\n[^]*json +anything/],
    ['aws.ecs_service', /runningCount +number\n[^]*rollout +\{ state, rolled_back, reason, deployment \}/],
    ['aws.target_health', /targets +list of \{ id, /],
    ['aws.logs', /events_received +number/],
    ['aws.call', /what the operation returns/],
  ])('names the facts of %s, which its paths select from', async (name, facts) => {
    await kinds(name, {}, shell(folder));
    expect(said().slice(said().indexOf('Facts'))).toMatch(facts);
  });

  it('lists what changes something in a block of its own', async () => {
    await kinds(undefined, {}, shell(folder));
    const [looking = '', acting = ''] = said().split('\n\nActs change something');
    for (const { name } of probes) expect(looking).toMatch(new RegExp(`^${name} `, 'm'));
    for (const { name } of acts) expect(acting).toMatch(new RegExp(`^${name} `, 'm'));
    for (const { summary } of acts) expect(looking).not.toContain(summary);
    expect(acts.length).toBeGreaterThan(0);
  });

  it.each(acts.map(({ name }) => name))('shows of %s also what it may touch and how it is taken back', async (name) => {
    await kinds(name, {}, shell(folder));
    const page = said().slice(said().indexOf(`${name}, under act`));
    expect(page).toMatch(/Fields\n[^]*Example\n[^]*Facts, [^]*Permissions\n +\w[^]*The way back\n +\w/);
    const own = acts.find((act) => act.name === name)?.back !== undefined;
    expect(page).toContain(own ? 'the same act, with what was there before' : 'what `undo` says');
    out = [];
    await kinds(name, { json: true }, shell(folder));
    const shown: unknown = JSON.parse(said());
    const as = [shown].flat();
    expect(as.at(-1)).toMatchObject({ name, under: 'act', permissions: expect.any(Array), facts: expect.any(Object) });
  });

  it('shows a name that is a probe and an act as both, each with what it takes', async () => {
    await kinds('aws.call', {}, shell(folder));
    expect(said()).toMatch(/^aws\.call, under probe: [^]*reveal[^]*\n\n\naws\.call, under act: /);
    expect(said().slice(said().indexOf('under act'))).not.toContain('reveal');
    out = [];
    await kinds('aws.call', { json: true }, shell(folder));
    expect(JSON.parse(said())).toMatchObject([{ under: 'probe' }, { under: 'act' }]);
  });

  it('knows the nearest name of one that is not there', async () => {
    await expect(kinds('htp', {}, shell(folder))).rejects.toMatchObject({ hint: 'did you mean http?' });
  });
});

describe('schema', () => {
  it('is what stands in schema/checklist-v1.json (golive schema writes it)', async () => {
    expect(await schema(shell(folder))).toBe(0);
    expect(`${said()}\n`).toBe(readFileSync('schema/checklist-v1.json', 'utf8'));
  });

  it('is what stands in schema/library-v1.json for the files of the library', async () => {
    expect(await schema(shell(folder), 'library')).toBe(0);
    expect(`${said()}\n`).toBe(readFileSync('schema/library-v1.json', 'utf8'));
    expect(JSON.parse(said())).toMatchObject({ $defs: { namedProbe: { properties: { http: {} } } } });
  });

  it('lets steps and named probes use a template, which brings the title', () => {
    const step = z.object({ properties: z.record(z.string(), z.unknown()), required: z.array(z.string()) });
    const { $defs } = z
      .object({ $defs: z.object({ rollbackStep: step, namedProbe: step.partial({ required: true }) }) })
      .parse(checklistJsonSchema({ kinds: probes, acts }));
    expect($defs.rollbackStep).toMatchObject({ properties: { use: { maxProperties: 1 } }, required: ['id'] });
    expect($defs.namedProbe.properties).toHaveProperty('use');
  });

  it('leads every reference somewhere, and knows the arguments of every kind', () => {
    const whole = checklistJsonSchema({ kinds: probes, acts });
    const definitions = Object.keys(whole['$defs'] ?? {});
    const references = [...schemaText().matchAll(/"\$ref": "#\/\$defs\/([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(references.filter((name) => !definitions.includes(name))).toEqual([]);
    const follow = { anyOf: [{ type: 'integer' }, { pattern: '\\$\\{' }] };
    const probe = { additionalProperties: false, properties: { http: {}, 'aws.call': {}, recheck: {}, one: {} } };
    expect(whole).toMatchObject({ $defs: { probe, http: { properties: { follow } } } });
  });

  it('lets acts stand under `act` and nowhere else', () => {
    const part = z.object({ properties: z.record(z.string(), z.unknown()) });
    const whole = z.object({ $defs: z.object({ act: part, undoPart: part, probe: part, namedProbe: part }) });
    const { act, undoPart, probe, namedProbe } = whole.parse(checklistJsonSchema({ kinds: probes, acts })).$defs;
    expect(Object.keys(act.properties)).toEqual(acts.map(({ name }) => name));
    expect(undoPart.properties).toMatchObject({ ...act.properties, verify: {} });
    const both = probes.filter(({ name }) => acts.some((other) => other.name === name)).map(({ name }) => name);
    for (const { name } of acts)
      for (const other of [probe, namedProbe]) {
        if (!both.includes(name)) expect(other.properties).not.toHaveProperty([name]);
        else expect(other.properties[name]).not.toEqual(act.properties[name]);
      }
  });
});
