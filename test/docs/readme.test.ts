// The README promises what the program does: its transcripts, tables and samples are made anew here and compared.
// UPDATE_GOLDENS=1 writes the blocks between `golden` comments anew instead.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadChecklist } from '../../src/checklist/load.ts';
import { readValuesFile } from '../../src/checklist/values-file.ts';
import { commandTree } from '../../src/cli.ts';
import { kinds as kindsCommand } from '../../src/commands/kinds.ts';
import { rehearse, type RehearseOptions } from '../../src/commands/rehearse.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { exitCodes } from '../../src/errors.ts';
import { rehearsalExit, verifyExits } from '../../src/log/verify.ts';
import { acts, kinds } from '../../src/steps/index.ts';
import { home, testShell } from '../support/shell.ts';

const readmePath = join(home, 'README.md');
const readme = (): string => readFileSync(readmePath, 'utf8');
const { version, scripts } = z
  .object({ version: z.string(), scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')));
// As a reader calls it who has just cloned: `npx --no-install golive`.
const shell = { ...testShell({ env: { npm_command: 'exec' } }), version };
afterAll(() => shell.remove());

/** What differs between two equal runs, and the sample that stands for it on the page. */
const samples: readonly (readonly [RegExp, string])[] = [
  // The reader's runs are in the usual place.
  [/ --runs-dir \S+/g, ''],
  [/\S*\/(?=rehearsal-)/g, '.golive/runs/'],
  [/\brehearsal-[a-z2-7]{26}\b/g, 'rehearsal-q4wz7hmd2kx5ybtn3vjc6rfsla'],
  [/\b[0-9a-f]{64}\b/g, 'b7e23ec29af22b0b4e41da31e868d57226121c84f1d0c36e9c5a7b0d2f4a6c81'],
  [/\b[A-Z2-7]{5}(?:-[A-Z2-7]{5}){4}\b/g, 'W7RD5-QU26I-VQWTS-B3IY6-Q2GVO'],
  [/sha256 [0-9a-f]{12}/g, 'sha256 8d969eef6eca'],
  [/git [0-9a-f]{8}(?:, with uncommitted changes)?|not in git/g, 'git 5994471a'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:41893'],
  [/\btask\/aep-prod\/[0-9a-f]{32}\b/g, 'task/aep-prod/8e6334c0bf796c4c689b3ca8958511ea'],
];

function blockOf(kind: 'golden' | 'sample', name: string, page = readme()): string {
  const found = new RegExp(`<!-- ${kind}: ${name} -->\\n([^]*?)<!-- end: ${name} -->`).exec(page)?.[1];
  if (found === undefined) throw new Error(`README.md has no ${kind} ${name}`);
  return found;
}

/** Compares a generated block with the page, or writes it. */
function expectBlock(name: string, text: string): void {
  if (process.env['UPDATE_GOLDENS'] === '1') {
    const page = readme();
    writeFileSync(
      readmePath,
      page.replace(
        `<!-- golden: ${name} -->\n${blockOf('golden', name, page)}`,
        () => `<!-- golden: ${name} -->\n${text}`,
      ),
    );
  }
  expect(text).toBe(blockOf('golden', name));
}

/** The code of a fenced sample. */
function codeOf(name: string): string {
  return blockOf('sample', name)
    .replace(/^```\w*\n/, '')
    .replace(/```\n$/, '');
}

async function rehearsed(options: RehearseOptions): Promise<{ readonly exit: number; readonly screen: string }> {
  const before = shell.printed().length;
  const exit = await rehearse('aep-prod', { ...options, runsDir: shell.runsDir }, shell);
  const printed = shell.printed().slice(before);
  return { exit, screen: samples.reduce((text, [pattern, sample]) => text.replace(pattern, sample), printed) };
}

const fenced = (command: string, screen: string): string => `\`\`\`text\n$ ${command}\n${screen}\`\`\`\n`;

describe('the README', () => {
  it('shows the transcript of a rehearsal as it is', async () => {
    const { exit, screen } = await rehearsed({ auto: true });
    expect(exit).toBe(0);
    expectBlock('transcript', fenced('npx --no-install golive rehearse aep-prod --auto', screen));
  });

  it('shows a red as it is', async () => {
    const { exit, screen } = await rehearsed({ survey: true, phase: ['verify'], break: ['redis-down'] });
    expect(exit).toBe(1);
    const [, ...rest] = screen.split('\n\n');
    expect(rest.join('\n\n')).toContain('backend-ready');
    expectBlock(
      'red',
      fenced('npx --no-install golive rehearse aep-prod --survey --phase verify --break redis-down', rest.join('\n\n')),
    );
  });

  it('lists the kinds that golive kinds lists', async () => {
    const before = shell.printed().length;
    await kindsCommand(undefined, { json: true }, shell);
    const listed = z
      .array(z.object({ name: z.string(), summary: z.string(), under: z.string().or(z.array(z.string())).optional() }))
      .parse(JSON.parse(shell.printed().slice(before)));
    const rows = listed
      .filter(({ under }) => under !== 'use')
      .map(({ name, summary }) => `| \`${name}\` | ${summary} |\n`);
    expectBlock('kinds', `| kind | what it does |\n| --- | --- |\n${rows.join('')}`);
  });

  it('has a checklist of at most 25 lines that lint finds no mistake in, and values that fit it', async () => {
    const text = codeOf('checklist');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
    const { checklist, problems } = await loadChecklist(text, 'shop.yaml', { kinds, acts }, loadCatalogue);
    expect(problems).toEqual([]);
    if (checklist === undefined) throw new Error('no checklist');
    expect(readValuesFile(codeOf('values'), 'ci.yaml', checklist.body)).toMatchObject({
      problems: [],
      values: { inputs: { tasks: 4 }, accounts: { prod: '123456789012' } },
    });
  });

  it('has a kind that the compiler takes', () => {
    const file = join(home, 'src/steps/aws-rds-backups.ts');
    expect(existsSync(file), 'the sample would shadow a real kind: choose another').toBe(false);
    const wrong = codeOf('kind').replace("nature: () => 'looks'", "nature: () => 'stares'");
    const complaints = compilerOn({ right: codeOf('kind'), wrong });
    expect(complaints.filter((line) => line.includes('right.mts'))).toEqual([]);
    expect(complaints.join()).toMatch(/wrong\.mts.*"stares"/);
  });

  it('names every exit code, and no other', () => {
    const exits = [...blockOf('sample', 'exit codes').matchAll(/^\| (\d+) /gm)].map(([, exit]) => Number(exit));
    expect(new Set(exits)).toEqual(new Set(Object.values(exitCodes)));
    const verdicts = [...blockOf('sample', 'verify exits').matchAll(/^\| `([\w ]+)` \| (\d+) /gm)];
    expect(Object.fromEntries(verdicts.map(([, word, exit]) => [word, Number(exit)]))).toEqual({
      ...verifyExits,
      'SEALED rehearsal': rehearsalExit,
    });
  });
});

const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...markdownIn('docs')];

describe.each(pages)('%s', (name) => {
  const text = readFileSync(join(home, name), 'utf8');

  it('links only to files that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(home, dirname(name), link)))).toEqual([]);
  });

  it('calls only commands, options and scripts that exist', () => {
    expect([...codeIn(text).flatMap(unknownCalls), ...unknownScripts(text)]).toEqual([]);
  });
});

describe('the check of commands', () => {
  it('finds one that does not exist', () => {
    expect(unknownCalls('golive frobnicate')).toEqual(['golive frobnicate']);
    expect(unknownCalls('golive verify RUN --rehearsal --loudly')).toEqual(['golive verify --loudly']);
    expect(unknownScripts('`npm run deploy`')).toEqual(['npm run deploy']);
  });
});

it('ARCHITECTURE.md names every folder of the source', () => {
  const folders = readdirSync(join(home, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const text = readFileSync(join(home, 'ARCHITECTURE.md'), 'utf8');
  expect(folders.map((entry) => entry.name).filter((name) => !text.includes(`\n  ${name}/ `))).toEqual([]);
});

/** What the compiler says about files like these in src/steps/, without putting them there. */
function compilerOn(code: Readonly<Record<string, string>>): readonly string[] {
  const folder = join(shell.runsDir, '..');
  for (const [name, text] of Object.entries(code)) {
    // Elsewhere neither neighbours nor packages would be found by name.
    const placed = text.replaceAll("'./", `'${home}src/steps/`).replace("'zod'", `'${home}node_modules/zod/index.cjs'`);
    writeFileSync(join(folder, `${name}.mts`), placed);
  }
  const compilerOptions = {
    typeRoots: [join(home, 'node_modules/@types')],
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
  };
  const config = { extends: join(home, 'tsconfig.json'), compilerOptions, include: [join(folder, '*.mts')] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const compiler = join(home, 'node_modules/.bin/tsc');
  return spawnSync(compiler, ['-p', folder], { encoding: 'utf8' }).stdout.split('\n');
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(home, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
}

/** Lines of code: fenced blocks, generated ones aside, and code within sentences. */
function codeIn(text: string): readonly string[] {
  const written = text.replace(/<!-- golden: (\w+) -->[^]*?<!-- end: \1 -->/g, '');
  const blocks = [...written.matchAll(/^```\w*\n([^]*?)^```$/gm)].flatMap(([, code = '']) => code.split('\n'));
  const spans = [...written.replace(/^```[^]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...spans];
}

function unknownCalls(line: string): readonly string[] {
  const [, verb, rest = ''] = /(?:^|\s)golive ([a-z][a-z-]*)([^#|]*)/.exec(line) ?? [];
  if (verb === undefined) return [];
  const program = commandTree(shell, () => undefined);
  const command = program.commands.find((one) => one.name() === verb);
  if (command === undefined) return [`golive ${verb}`];
  const known = [program, command, ...command.commands].flatMap((one) => one.options.map((option) => option.long));
  return [...rest.matchAll(/--[a-z][a-z0-9-]*/g)]
    .map(([flag]) => flag)
    .filter((flag) => !known.includes(flag))
    .map((flag) => `golive ${verb} ${flag}`);
}

function unknownScripts(text: string): readonly string[] {
  return [...text.matchAll(/\bnpm run ([\w:]+)/g)]
    .filter(([, script = '']) => !(script in scripts))
    .map(([call]) => call);
}
