// `golive kinds`: what a step can do; with a name, its fields, the facts it brings and an example.

import { kindJsonSchema } from '../checklist/json-schema.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import type { Shape } from '../engine/shape.ts';
import { loadCatalogue } from '../effects/catalogue.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { findKind, kinds as all, type AnyKind } from '../steps/index.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export async function kinds(name: string | undefined, options: GlobalOptions, shell: Shell): Promise<number> {
  const kind = name === undefined ? undefined : findKind(name);
  if (name !== undefined && kind === undefined) {
    const near = nearest(
      name,
      all.map((one) => one.name),
    );
    const hint = near === undefined ? `kinds: ${all.map((one) => one.name).join(', ')}` : `did you mean ${near}?`;
    throw new GoliveError('usage', `there is no kind ${JSON.stringify(name.slice(0, 100))}`, { hint });
  }
  const facts = kind === undefined ? {} : await factsOf(kind);
  if (options.json === true)
    shell.out(JSON.stringify(kind === undefined ? all.map(described) : { ...described(kind), facts }, null, 2));
  else if (kind !== undefined) shell.out(page(kind, facts));
  else {
    const width = Math.max(...all.map((one) => one.name.length));
    for (const one of all) shell.out(`${one.name.padEnd(width)}  ${one.summary}`);
    shell.out('\nBesides these a step can be an `ask` (a person answers) or a `gate` (people decide).');
  }
  return exitCodes.go;
}

function described(kind: AnyKind): JsonObject {
  const { name, summary, example } = kind;
  return { name, summary, example, schema: kindJsonSchema(kind) };
}

/** The names of its facts with their types. None where they depend on the operation. */
async function factsOf(kind: AnyKind): Promise<Readonly<Record<string, string>>> {
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

function page(kind: AnyKind, facts: Readonly<Record<string, string>>): string {
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
    `${kind.name}: ${kind.summary}`,
    '',
    'Fields',
    ...rows,
    '',
    'Example',
    ...example,
    '',
    'Facts, for `path`',
    ...brings,
  ].join('\n');
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
