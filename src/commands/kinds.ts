// `golive kinds`: what a step can do; with a name, its fields and an example.

import { kindJsonSchema } from '../checklist/json-schema.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { findKind, kinds as all, type AnyKind } from '../steps/index.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export function kinds(name: string | undefined, options: GlobalOptions, shell: Shell): Promise<number> {
  const kind = name === undefined ? undefined : findKind(name);
  if (name !== undefined && kind === undefined) {
    const near = nearest(
      name,
      all.map((one) => one.name),
    );
    const hint = near === undefined ? `kinds: ${all.map((one) => one.name).join(', ')}` : `did you mean ${near}?`;
    throw new GoliveError('usage', `there is no kind ${JSON.stringify(name.slice(0, 100))}`, { hint });
  }
  if (options.json === true)
    shell.out(JSON.stringify(kind === undefined ? all.map(described) : described(kind), null, 2));
  else if (kind !== undefined) shell.out(page(kind));
  else {
    const width = Math.max(...all.map((one) => one.name.length));
    for (const one of all) shell.out(`${one.name.padEnd(width)}  ${one.summary}`);
    shell.out('\nBesides these a step can be an `ask` (a person answers) or a `gate` (people decide).');
  }
  return Promise.resolve(exitCodes.go);
}

function described(kind: AnyKind): JsonObject {
  const { name, summary, example } = kind;
  return { name, summary, example, schema: kindJsonSchema(kind) };
}

function page(kind: AnyKind): string {
  const schema = kindJsonSchema(kind);
  const fields = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly Json[]) : [];
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  const rows = fields.map(
    ([name, field]) => `  ${name.padEnd(width)}  ${typeWords(field)}${required.includes(name) ? ', required' : ''}`,
  );
  const example = kind.example.split('\n').map((line) => `  ${line}`);
  return [`${kind.name}: ${kind.summary}`, '', 'Fields', ...rows, '', 'Example', ...example].join('\n');
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
  const type = typeof field['type'] === 'string' ? (words[field['type']] ?? field['type']) : 'anything';
  return typeof field['description'] === 'string' ? `${type}; ${field['description']}` : type;
}
