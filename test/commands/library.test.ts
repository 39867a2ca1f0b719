// Goal: the library as a person meets it, and a run that goes on without it. Method: the real commands in a folder.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { hasChanged } from '../../src/commands/amended.ts';
import { kinds } from '../../src/commands/kinds.ts';
import { lintFiles } from '../../src/commands/lint.ts';
import { list } from '../../src/commands/list.ts';
import { openChecklist } from '../../src/commands/open-checklist.ts';
import { planFrom } from '../../src/commands/plan-from.ts';
import { ownCopy } from '../../src/commands/own-copy.ts';
import { openStore, readRun } from '../../src/commands/runs.ts';
import { isTrustedHere } from '../../src/commands/trust.ts';
import { rememberTrusted } from '../../src/effects/trusted.ts';
import { acts, kinds as probes } from '../../src/steps/index.ts';
import { checklistText } from '../checklist/given.ts';
import { openJournal, opening } from '../support/run.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const template = `library: 1
templates:
  web.page:
    title: "\${url} answers"
    summary: A page answers.
    parameters:
      url: { about: The whole address, type: text }
      status: { about: What it answers, type: integer, default: 200 }
    probe: { http: { url: "\${url}" } }
    expect:
      - { path: status, eq: "\${status}" }
`;
const text = checklistText({ steps: '- { id: one, owner: ops, use: { web.page: { url: "https://${host}/" } } }' });

let shell: TestShell;
const write = (name: string, lines: string): void => writeFileSync(join(shell.cwd, 'checklists', name), lines);
const library = (lines = template): void => write('library/web.yaml', lines);

beforeEach(() => {
  const own = testShell();
  shell = { ...testShell({ cwd: join(own.runsDir, '..') }), remove: () => own.remove() };
  mkdirSync(join(shell.cwd, 'checklists', 'library'), { recursive: true });
  library();
  write('demo.yaml', text);
});
afterEach(() => shell.remove());

it('kinds lists templates after the kinds, with their parameters and where they are from', async () => {
  await kinds(undefined, {}, shell);
  const [, table = ''] = shell.printed().split('\nTemplates');
  expect(table).toContain('checklists/library/');
  expect(table).toMatch(/\nweb\.page +A page answers\. {2}\{ url, \[status\] \}\n/);
  expect(table).toMatch(/\ns3\.versioned +/);
  await kinds('web.page', {}, shell);
  const page = shell.printed().slice(shell.printed().indexOf('web.page, under use: A page'));
  expect(page).toMatch(
    / {2}url +text, required; The whole address\n {2}status +a whole number, 200 unless given; What/,
  );
  expect(page).toContain('use: { web.page: { url: TEXT } }');
  expect(page).toMatch(/ {2}web\.page:\n[^]*eq: "\$\{status\}" \}\n {2}\(checklists\/library\/web\.yaml\)/);
});

it('kinds tells machines the same, and knows the nearest name', async () => {
  await kinds('web.page', { json: true }, shell);
  expect(JSON.parse(shell.printed())).toEqual({
    name: 'web.page',
    under: 'use',
    summary: 'A page answers.',
    file: 'checklists/library/web.yaml',
    parameters: {
      url: { about: 'The whole address', type: 'text' },
      status: { about: 'What it answers', type: 'integer', default: 200 },
    },
    title: '${url} answers',
    judges: true,
  });
  await expect(kinds('web.pag', {}, shell)).rejects.toMatchObject({ hint: 'did you mean web.page?' });
});

it('lint checks a library file by itself, and a checklist with the library beside it', async () => {
  expect(await lintFiles(['demo', 'checklists/library/web.yaml'], {}, shell)).toBe(0);
  expect(shell.printed()).toBe('checklists/demo.yaml: no mistakes\nchecklists/library/web.yaml: no mistakes\n');
  library(template.replace('path: status', 'path: statuss'));
  expect(await lintFiles(['demo', 'checklists/library/web.yaml'], {}, shell)).toBe(3);
  expect(shell.printed()).toMatch(
    /demo\.yaml:15:43: the path `statuss`.* \(template web\.page, checklists\/library\/web\.yaml:11:17\)/,
  );
  expect(shell.printed()).toContain('checklists/library/web.yaml:11:17: the path `statuss`');
});

it('lint warns without failing, and keeps warnings apart for machines', async () => {
  write('demo.yaml', text.replace('owner: ops, ', ''));
  expect(await lintFiles(['demo'], {}, shell)).toBe(0);
  expect(shell.printed()).toMatch(
    /demo\.yaml:15:19: `one` has no owner\n[^]*1 warning\n\n.*demo\.yaml: no mistakes\n$/,
  );
  const before = shell.printed().length;
  expect(await lintFiles(['demo'], { json: true }, shell)).toBe(0);
  expect(JSON.parse(shell.printed().slice(before))).toMatchObject({
    problems: [],
    warnings: [{ line: 15, message: '`one` has no owner' }],
  });
});

it('list finds no mistake in a checklist that uses the library', async () => {
  await list({}, shell);
  expect(shell.printed()).toContain('demo-prod  checklists/demo.yaml\n');
});

describe('a run', () => {
  const run = 'b'.repeat(26);

  async function begun() {
    const opened = await openChecklist('demo-prod', shell);
    const bound = bind(opened.checklist, { kinds: probes, acts }, { target: 'prod', inputs: {} });
    if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
    const store = openStore({ runsDir: join(shell.cwd, 'runs') }, shell);
    // As a fresh run does: its copy first, then the line that names it.
    const digest = await store.putBlob(run, new TextEncoder().encode(opened.checklist.source.text));
    expect(digest).toBe(opened.checklist.digest);
    const checklist = { name: 'demo', title: 'Demo', path: opened.shown, digest };
    await openJournal(bound.plan, store, run, { ...opening('run'), checklist });
    return { store, plan: bound.plan, known: await readRun(store, run), digest };
  }

  it('goes on, and is verified, with the templates it began with, wherever the library is', async () => {
    const { store, plan, known, digest } = await begun();
    rmSync(join(shell.cwd, 'checklists'), { recursive: true });
    expect((await ownCopy(store, known)).plan).toEqual(plan);
    expect(await planFrom(store, run)(digest, known.state)).toMatchObject({ phases: plan.phases });
  });

  it('notices that a template it uses has changed', async () => {
    const { known } = await begun();
    expect(await hasChanged(known.state, shell)).toBe(false);
    library(template.replace('default: 200', 'default: 500'));
    expect(await hasChanged(known.state, shell)).toBe(true);
    library(`# moved\n${template}`);
    expect(await hasChanged(known.state, shell)).toBe(false);
    rmSync(join(shell.cwd, 'checklists', 'library'), { recursive: true });
    expect(await hasChanged(known.state, shell)).toBe(true);
  });

  it('is trusted with its templates: another template is another checklist', async () => {
    const opened = await openChecklist('demo-prod', shell);
    expect(isTrustedHere(opened, shell)).toBe(false);
    rememberTrusted(opened.checklist.digest, shell.env);
    expect(isTrustedHere(await openChecklist('demo-prod', shell), shell)).toBe(true);
    library(template.replace('http: { url: "${url}" }', 'http: { url: "https://elsewhere.example/?${url}" }'));
    expect(isTrustedHere(await openChecklist('demo-prod', shell), shell)).toBe(false);
  });
});
