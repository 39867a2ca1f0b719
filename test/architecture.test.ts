// The house rules about who may import what, and about what the pure folders may not touch, as one table.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', 'src');
/** Inside out: a folder imports only folders above it, and of packages only those named here. */
const house: Readonly<Record<string, readonly string[] | 'anything'>> = {
  engine: ['@aws-lambda-powertools/jmespath'],
  steps: ['zod'],
  checklist: ['yaml', 'zod', 'node:crypto'],
  log: ['zod', 'node:crypto'],
  render: ['chalk'],
  runner: [],
  effects: 'anything',
  rehearsal: 'anything',
  commands: ['node:path', 'node:crypto'],
};
const folders = Object.keys(house);
/** Beside the folders: types and errors for all, and the two files that put everything together. */
const everywhere = ['world.ts', 'wire.ts', 'machine.ts', 'roster.ts', 'errors.ts'];
const longestFile = 250;

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  /** Without comments, strings and patterns, so that words in them do not count. */
  readonly code: string;
}

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, folder: path.includes('/') ? (path.split('/')[0] ?? '') : '', text, code: bare(text) };
  });

/** Walks over the text token by token; what stands in `${}` inside a template is code again. */
function bare(text: string): string {
  const token =
    /\/\*[\s\S]*?\*\/|(?<![:\\])\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[=(,:[!&|?]\s*|return )\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|[`{}]|[^`{}'"/]+|[\s\S]/gy;
  const template = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(`|\$\{)/y;
  const open: ('`' | '{')[] = [];
  let code = '';
  for (let at = 0; at < text.length;) {
    const inTemplate = open.at(-1) === '`';
    const pattern = inTemplate ? template : token;
    pattern.lastIndex = at;
    const [found = text[at] ?? '', end] = pattern.exec(text) ?? [];
    at += found.length;
    if (inTemplate) {
      if (end === '`') open.pop();
      else open.push('{');
    } else if (found === '`') open.push('`');
    else if (found === '{') open.push('{');
    else if (found === '}') open.pop();
    if (!inTemplate && !/^(?:['"`]|\/.)/.test(found)) code += found;
    else code += ' ';
  }
  return code;
}

function importsOf({
  text,
}: Source): readonly { readonly of: string; readonly lazy: boolean; readonly typeOnly: boolean }[] {
  const statements = text.matchAll(/^(?:import|export)\s(?:(type)\s)?[^;'"]*?from\s*'([^']+)'|^import\s*'([^']+)'/gm);
  const calls = text.matchAll(/\bimport\(\s*'([^']+)'/g);
  return [
    ...[...statements].map(([, type, from, alone]) => ({
      of: from ?? alone ?? '',
      lazy: false,
      typeOnly: type !== undefined,
    })),
    ...[...calls].map(([, from]) => ({ of: from ?? '', lazy: true, typeOnly: false })),
  ];
}

/** Every import that breaks the table, as a sentence. */
function trespasses(source: Source): readonly string[] {
  const packages = house[source.folder];
  if (packages === undefined) return [];
  return importsOf(source).flatMap(({ of, lazy, typeOnly }) => {
    if (!of.startsWith('.')) {
      // Types are gone when the program runs; commands may load what they need when they are called.
      const free =
        packages === 'anything' || packages.includes(of) || typeOnly || (lazy && source.folder === 'commands');
      return free ? [] : [`${source.path} imports the package ${of}`];
    }
    const to = relative(root, join(root, dirname(source.path), of));
    const there = to.includes('/') ? (to.split('/')[0] ?? '') : to;
    const above = folders.slice(0, folders.indexOf(source.folder) + 1);
    return above.includes(there) || everywhere.includes(there) ? [] : [`${source.path} imports ${to}`];
  });
}

function files(folder: string): readonly Source[] {
  return sources.filter((source) => source.folder === folder);
}

function using(pattern: RegExp, among: readonly Source[]): readonly string[] {
  return among.flatMap(({ path, code }) => [...code.matchAll(pattern)].map(([found]) => `${path}: ${found}`));
}

test('every folder of the source stands in the table', () => {
  expect([...new Set(sources.map((source) => source.folder))].filter((folder) => folder !== '').toSorted()).toEqual(
    folders.toSorted(),
  );
});

test.each(folders)('%s imports only what stands above it, and its own packages', (folder) => {
  expect(files(folder).flatMap(trespasses)).toEqual([]);
});

test('what may be imported from everywhere imports nothing but types', () => {
  const loose = sources.filter(({ path }) => everywhere.includes(path));
  expect(loose.flatMap(importsOf).filter(({ typeOnly }) => !typeOnly)).toEqual([]);
});

test('the engine knows no clock, no chance, no process and never waits', () => {
  const clocks =
    /\bnew Date\b|\bDate\.(?!parse\b)\w+|\bDate\(|\bMath\.random|\bprocess\b|\bfetch\b|\bset(?:Timeout|Interval|Immediate)\b|\basync\b|\bawait\b|\bPromise\b/g;
  expect(using(clocks, files('engine'))).toEqual([]);
});

test('only main.ts knows the process', () => {
  expect(
    using(
      /\bprocess\b(?!:)/g,
      sources.filter(({ path }) => path !== 'main.ts'),
    ),
  ).toEqual([]);
});

test('there are no classes but errors, no default exports and no enums', () => {
  expect(using(/\bclass \w+(?! extends \w*Error\b)\b/g, sources)).toEqual([]);
  expect(using(/\bexport default\b|\benum \w+/g, sources)).toEqual([]);
});

test('nothing is merely passed on from another file', () => {
  const passed = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/^export (?:\*|\{[^}]*\}) from/gm)].map(([found]) => `${path}: ${found}`),
  );
  expect(passed).toEqual([]);
});

test(`no file has more than ${longestFile} lines, and every one says at its top what it is for`, () => {
  expect(sources.filter(({ text }) => text.trimEnd().split('\n').length > longestFile).map(({ path }) => path)).toEqual(
    [],
  );
  expect(sources.filter(({ text }) => !/^(?:#!.*\n)?\/\/ \S/.test(text)).map(({ path }) => path)).toEqual([]);
});

describe('a kind', () => {
  const list = sources.find(({ path }) => path === 'steps/index.ts');
  const kinds = files('steps').filter(({ text }) => /^export const \w+: Kind</m.test(text));

  test.each(kinds.map(({ path }) => path))('in %s stands in the list of kinds', (path) => {
    expect(list?.text).toContain(`'./${path.replace('steps/', '')}'`);
  });

  test.each(kinds.map(({ path }) => path))('in %s has a test of its own', (path) => {
    expect(readdirSync(join(root, '..', 'test', 'steps'))).toContain(
      path.replace('steps/', '').replace('.ts', '.test.ts'),
    );
  });
});
