// `golive kinds`: what a step can do, and which checks are written already; with a name, its fields, the facts it brings and an example; for an act also what
// it may touch and how it is taken back.

import { kindJsonSchema } from '../checklist/json-schema.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import type { Shape } from '../engine/shape.ts';
import { loadCatalogue } from '../effects/catalogue.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { acts, kinds as probes, type AnyAct, type AnyKind } from '../steps/index.ts';
import { templateJson, templatePage, templatesHere, templateTable } from './kinds-templates.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export async function kinds(name: string | undefined, options: GlobalOptions, shell: Shell): Promise<number> {
  const all = [...probes, ...acts];
  // A name may stand for a probe and for an act: what they take and bring differs.
  const named = all.filter((kind) => kind.name === name);
  const templates = await templatesHere(shell);
  const template = named.length === 0 ? templates.find((one) => one.name === name) : undefined;
  if (template !== undefined) {
    shell.out(options.json === true ? JSON.stringify(templateJson(template), null, 2) : templatePage(template));
    return exitCodes.go;
  }
  if (name !== undefined && named.length === 0) {
    const names = [...new Set([...all, ...templates].map((one) => one.name))];
    const near = nearest(name, names);
    const hint = near === undefined ? `kinds: ${names.join(', ')}` : `did you mean ${near}?`;
    throw new GoliveError('usage', `there is no kind ${JSON.stringify(name.slice(0, 100))}`, { hint });
  }
  if (options.json === true) {
    const shown = await jsonOf(name === undefined ? all : named, name);
    const more = name === undefined ? templates.map(templateJson) : [];
    shell.out(JSON.stringify(Array.isArray(shown) ? [...shown, ...more] : shown, null, 2));
  } else if (name !== undefined) shell.out((await Promise.all(named.map(pageOf))).join('\n\n\n'));
  else {
    const width = Math.max(...all.map((one) => one.name.length));
    const list = (some: readonly (AnyKind | AnyAct)[]): void => {
      for (const one of some) shell.out(`${one.name.padEnd(width)}  ${one.summary}`);
    };
    list(probes);
    shell.out('\nActs change something, after a person has typed a word:');
    list(acts);
    for (const line of templateTable(templates)) shell.out(line);
    shell.out('\nBesides these a step can be an `ask` (a person answers) or a `gate` (people decide).');
  }
  return exitCodes.go;
}

/** One kind as an object with its facts, several as a list; all kinds of golive without their facts. */
async function jsonOf(some: readonly (AnyKind | AnyAct)[], name: string | undefined): Promise<Json> {
  if (name === undefined) return some.map(described);
  const whole = await Promise.all(some.map(async (kind) => ({ ...described(kind), facts: await factsOf(kind) })));
  const [only, ...more] = whole;
  return only !== undefined && more.length === 0 ? only : whole;
}

/** `under`: where a step names it. */
function described(kind: AnyKind | AnyAct): JsonObject {
  const { name, summary, example } = kind;
  const own = isAct(kind) ? { under: 'act', permissions: [...kind.permissions({})] } : { under: 'probe' };
  return { name, ...own, summary, example, schema: kindJsonSchema(kind) };
}

function isAct(kind: AnyKind | AnyAct): kind is AnyAct {
  return 'perform' in kind;
}

/** The names of its facts with their types. None where they depend on the operation. */
async function factsOf(kind: AnyKind | AnyAct): Promise<Readonly<Record<string, string>>> {
  const services = kind.operations({}).map((operation) => operation.split(':')[0] ?? '');
  const shape = kind.facts({}, await loadCatalogue(services));
  if (shape.type !== 'structure') return {};
  return Object.fromEntries(Object.entries(shape.members()).map(([name, fact]) => [name, factWords(fact)]));
}

function factWords(fact: Shape): string {
  const inner = fact.type === 'list' ? fact.of() : fact;
  const names = inner.type === 'structure' ? Object.keys(inner.members()) : [];
  const words = inner.type === 'any' ? 'anything' : inner.type === 'string' ? 'text' : inner.type;
  // What AWS nests deeper stands in AWS's own reference.
  const of = inner.type !== 'structure' ? words : names.length > 8 ? 'map' : `{ ${names.join(', ')} }`;
  return fact.type === 'list' ? `list of ${of}` : of;
}

async function pageOf(kind: AnyKind | AnyAct): Promise<string> {
  const facts = await factsOf(kind);
  const schema = kindJsonSchema(kind);
  const fields = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly Json[]) : [];
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  const rows = fields.map(
    ([name, field]) =>
      `  ${name.padEnd(width)}  ${typeWords(field)}${required.includes(name) ? ', required' : ''}${meaning(field)}`,
  );
  const example = kind.example.split('\n').map((line) => `  ${line}`);
  const wide = Math.max(0, ...Object.keys(facts).map((name) => name.length));
  const seen = Object.entries(facts).map(([name, words]) => `  ${name.padEnd(wide)}  ${words}`);
  const brings = seen.length > 0 ? seen : ['  what the operation returns, under the names of AWS, and found'];
  return [
    `${kind.name}, under ${isAct(kind) ? 'act' : 'probe'}: ${kind.summary}`,
    '',
    'Fields',
    ...rows,
    '',
    'Example',
    ...example,
    '',
    factsTitle(kind),
    ...brings,
    ...(isAct(kind) ? actLines(kind) : []),
  ].join('\n');
}

function factsTitle(kind: AnyKind | AnyAct): string {
  if (!isAct(kind)) return 'Facts, for `path`';
  return kind.sees === undefined ? 'Facts, from its own answer' : 'Facts, read after it until it has taken effect';
}

/** How it is found out, after a lost answer, whether the change was made. */
const foundOut: Readonly<Record<AnyAct['class'], string>> = {
  token: 'AWS knows the token it was sent with',
  compare: 'what stands there now is compared with what was to be replaced',
  observable: 'its effect can be seen',
  opaque: 'nothing shows it, so a person is asked',
};

function actLines(kind: AnyAct): readonly string[] {
  const permissions = [...new Set(kind.permissions({}))];
  return [
    '',
    'Permissions',
    ...(permissions.length === 0 ? ['those of what it is told to do'] : permissions).map((line) => `  ${line}`),
    '',
    'The way back',
    kind.back === undefined
      ? '  what `undo` says: a list of acts, in their order, or why there is none'
      : '  the same act, with what was there before (read right before the change), and as strict as the act itself',
    '',
    'If its answer is lost',
    `  it is never sent a second time before it is known what happened: ${foundOut[kind.class]}`,
  ];
}

function typeWords(field: Json): string {
  if (!isObject(field)) return 'anything';
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    object: 'map',
    array: 'list',
    integer: 'whole number',
    boolean: 'true or false',
  };
  const options = field['enum'];
  if (Array.isArray(options)) return (options as readonly Json[]).map(String).join(' | ');
  return typeof field['type'] === 'string' ? (words[field['type']] ?? field['type']) : 'anything';
}

function meaning(field: Json): string {
  return isObject(field) && typeof field['description'] === 'string' ? `; ${field['description']}` : '';
}
