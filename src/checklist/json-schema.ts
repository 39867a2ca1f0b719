// The JSON Schemas of a checklist and of a library file for editors, from the same schemas that check it.

import { z } from 'zod';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import type { AnyAct, AnyKind } from '../steps/index.ts';
import type { Known } from './calls.ts';
import { librarySchema } from './library.ts';
import { asJson } from './written.ts';
import { checklistSchema } from './schema.ts';

const options = { target: 'draft-2020-12', unrepresentable: 'any', io: 'input' } as const;
const template: JsonObject = {
  type: 'string',
  pattern: '\\$\\{',
  description: 'A value, input, probe field or capture',
};

const use: JsonObject = {
  type: 'object',
  description: 'A template of the library with its parameters; golive kinds shows which there are',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: { type: ['object', 'null'] },
};

/** JSON Schema 2020-12 of format v1 with the arguments of these kinds. */
export function checklistJsonSchema(known: Known): JsonObject {
  const library = { type: 'object', description: 'The templates it uses, in the copy that a run keeps of a checklist' };
  const { properties, ...whole } = withUses(withKinds(jsonOf(checklistSchema), known));
  return {
    ...whole,
    properties: { ...(isObject(properties) ? properties : {}), library },
    $id: 'urn:golive:checklist:1',
    title: 'golive checklist, format v1',
  };
}

/** JSON Schema 2020-12 of a library file, with the arguments of these kinds. */
export function libraryJsonSchema(known: Known): JsonObject {
  const schema = withKinds(jsonOf(librarySchema), known);
  return { ...schema, $id: 'urn:golive:library:1', title: 'golive probe library, format v1' };
}

/** A step, and a named probe, may use a template; then the template brings the title. */
function withUses(part: JsonObject): JsonObject {
  const entries = Object.entries(part).map(([key, value]): [string, Json] => {
    if (Array.isArray(value)) return [key, value.map((item: Json) => (isObject(item) ? withUses(item) : item))];
    return [key, isObject(value) ? withUses(value) : value];
  });
  const { properties, required, ...rest } = Object.fromEntries(entries);
  if (!isObject(properties)) return Object.fromEntries(entries);
  const step = 'probe' in properties && 'gate' in properties;
  const named = 'one' in properties && !('recheck' in properties) && 'http' in properties;
  const others = Array.isArray(required) ? required.filter((name: Json) => !step || name !== 'title') : undefined;
  return {
    ...rest,
    properties: step || named ? { ...properties, use } : properties,
    ...(others !== undefined && { required: others }),
  };
}

/** The schema with the arguments of every kind in its place. */
function withKinds(schema: JsonObject, { kinds, acts }: Known): JsonObject {
  const definitions: Record<string, Json> = { ...definitionsOf(schema) };
  // Some names stand for a probe and for an act, which take different arguments.
  const probes = kinds.map((kind) => ({ kind, as: kind.name }));
  const changes = acts.map((kind) => ({
    kind,
    as: kinds.some(({ name }) => name === kind.name) ? `act.${kind.name}` : kind.name,
  }));
  for (const { kind, as } of [...probes, ...changes]) Object.assign(definitions, kindDefinitions(kind, as));
  const places = { probe: probes, namedProbe: probes, act: changes, undoPart: changes };
  for (const [name, usable] of Object.entries(places)) {
    const taker = definitions[name];
    if (!isObject(taker)) continue;
    const uses = Object.fromEntries(usable.map(({ kind, as }) => [kind.name, { $ref: `#/$defs/${as}` }]));
    const own = isObject(taker['properties']) ? taker['properties'] : {};
    definitions[name] = { ...taker, properties: { ...uses, ...own }, additionalProperties: false };
  }
  return { ...schema, $defs: definitions };
}

/** What a kind takes, as JSON Schema; wherever a number or a fixed word is wanted, a `${…}` will do. */
export function kindJsonSchema(kind: AnyKind | AnyAct): JsonObject {
  return jsonOf(kind.schema);
}

function jsonOf(schema: z.ZodType): JsonObject {
  // Through text, so that what comes out is plain JSON and nothing of zod's own.
  const plain = asJson(JSON.parse(JSON.stringify(z.toJSONSchema(schema, options))));
  return isObject(plain) ? plain : {};
}

function definitionsOf(schema: JsonObject): JsonObject {
  return isObject(schema['$defs']) ? schema['$defs'] : {};
}

/** The definitions of a kind under names of their own, so that two kinds cannot meet. */
function kindDefinitions(kind: AnyKind | AnyAct, as: string): JsonObject {
  const { $schema: _, $defs: inner, ...own } = kindJsonSchema(kind);
  const definitions: Record<string, Json> = { [as]: { description: kind.summary, ...moved(own, as) } };
  for (const [name, schema] of Object.entries(isObject(inner) ? inner : {})) {
    if (isObject(schema)) definitions[`${as}.${name}`] = moved(schema, as);
  }
  return definitions;
}

function moved(schema: JsonObject, kind: string): JsonObject {
  const entries = Object.entries(schema).map(([key, value]): [string, Json] => {
    if (key === '$ref' && typeof value === 'string') {
      return [key, value === '#' ? `#/$defs/${kind}` : value.replace('#/$defs/', `#/$defs/${kind}.`)];
    }
    if (key === 'properties' && isObject(value)) {
      return [key, Object.fromEntries(Object.entries(value).map(([name, part]) => [name, orTemplate(part, kind)]))];
    }
    if (Array.isArray(value)) return [key, value.map((item: Json) => (isObject(item) ? moved(item, kind) : item))];
    return [key, isObject(value) ? moved(value, kind) : value];
  });
  return Object.fromEntries(entries);
}

function orTemplate(part: Json, kind: string): Json {
  if (!isObject(part)) return part;
  const inner = moved(part, kind);
  const { type } = part;
  const fixed = type === 'number' || type === 'integer' || type === 'boolean' || 'enum' in part || 'pattern' in part;
  return fixed ? { anyOf: [inner, template] } : inner;
}
