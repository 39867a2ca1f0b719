// The SDK's own schemas, read: what an operation takes and gives, and the way between its values and plain JSON.

import { NormalizedSchema } from '@smithy/core/schema';
import type { Json, JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import { redacted } from '../engine/redacted.ts';
import type { SdkModule } from './aws-services.ts';

export interface OperationSchemas {
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** The SDK writes an operation as `[9, namespace, name, traits, input, output]`. */
const operationKind = 9;

/** The schemas of an operation; undefined when the service has no such operation. */
export function schemasOf(sdk: SdkModule, operation: string): OperationSchemas | undefined {
  const schema = sdk[`${operation}$`];
  if (!Array.isArray(schema) || schema[0] !== operationKind) return undefined;
  const [, , , , input, output] = schema as readonly Parameters<typeof NormalizedSchema.of>[0][];
  if (input === undefined || output === undefined) return undefined;
  return { input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) };
}

/** The names of all operations of a service. */
export function operationNames(sdk: SdkModule): readonly string[] {
  return Object.keys(sdk)
    .filter((name) => name.endsWith('$') && Array.isArray(sdk[name]) && sdk[name][0] === operationKind)
    .map((name) => name.slice(0, -1));
}

/** The members of a structure by name; none for anything else. */
export function memberSchemas(schema: NormalizedSchema): Readonly<Record<string, NormalizedSchema>> {
  return schema.isStructSchema() ? schema.getMemberSchemas() : {};
}

/** The members of a structure that must be given: the SDK counts them, and writes them first. */
export function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const raw: unknown = schema.getSchema();
  if (!Array.isArray(raw)) return [];
  const [, , , , names, , count] = raw as readonly unknown[];
  return Array.isArray(names) && typeof count === 'number' ? (names as readonly string[]).slice(0, count) : [];
}

/** True when the schemas say that this value must not be seen. */
export function isSensitive(schema: NormalizedSchema): boolean {
  return Boolean(schema.getMergedTraits().sensitive);
}

/**
 * True for a list called `environment` of names and values (ECS), for a map called `Variables` (Lambda), and for nothing
 * else that is sensitive.
 */
export function isEnvironment(schema: NormalizedSchema): boolean {
  if (schema.isMapSchema())
    return (
      schema.isMemberSchema() && schema.getMemberName() === 'Variables' && schema.getValueSchema().isStringSchema()
    );
  if (!schema.isListSchema() || schema.getMemberName() !== 'environment') return false;
  return Object.keys(memberSchemas(schema.getValueSchema())).toSorted().join(' ') === 'name value';
}

/**
 * An answer of the SDK as plain JSON: dates as ISO text, bytes as `{bytes: n}`, numbers JSON does not have as text,
 * sensitive members as `(redacted)`, members without a value left out. Lists and maps keep nulls. With `environment`,
 * environment variables are not among the sensitive ones.
 */
export function plainOutput(schema: NormalizedSchema, value: unknown, environment = false): Json {
  if (value === null || value === undefined) return null;
  if (isSensitive(schema) && !(environment && isEnvironment(schema))) return redacted;
  if (schema.isStructSchema() && typeof value === 'object') {
    const plain: Record<string, Json> = {};
    for (const [name, member] of schema.structIterator()) {
      const given: unknown = Reflect.get(value, name);
      if (given !== undefined && given !== null) plain[name] = plainOutput(member, given, environment);
    }
    return plain;
  }
  if (schema.isListSchema() && Array.isArray(value)) {
    const element = schema.getValueSchema();
    return value.map((each) => plainOutput(element, each, environment));
  }
  if (schema.isMapSchema() && typeof value === 'object') {
    const element = schema.getValueSchema();
    // Of Lambda's variables each value is marked once more.
    const plain = (each: unknown): Json =>
      isEnvironment(schema) ? plainScalar(each) : plainOutput(element, each, environment);
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
  }
  return plainScalar(value);
}

/** A scalar, or a document nobody described. */
function plainScalar(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return { bytes: value.byteLength };
  if (Array.isArray(value)) return value.map((each) => plainScalar(each));
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object') return null;
  // The SDK's own wrappers: lazy JSON is a String object, a decimal a NumericValue.
  if (Object.prototype.toString.call(value) === '[object String]') return String.prototype.valueOf.call(value);
  if ('string' in value && typeof value.string === 'string') return value.string;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plainScalar(each)]));
}

/** What is wrong with an input, as `Filters[0].Values: a list is needed`; undefined when it fits the schema. */
export function inputProblem(schema: NormalizedSchema, value: Json, path = ''): string | undefined {
  if (schema.isStructSchema() || schema.isUnitSchema()) {
    if (!isObject(value)) return `${path || 'the input'}: an object is needed`;
    const members = memberSchemas(schema);
    const missing = requiredMembers(schema).find((name) => value[name] === undefined);
    if (missing !== undefined) return `${join(path, missing)} is missing`;
    return firstOf(Object.entries(value), ([name, each]) => {
      const member = Object.hasOwn(members, name) ? members[name] : undefined;
      return member === undefined
        ? `${join(path, name)}: there is no such member`
        : inputProblem(member, each, join(path, name));
    });
  }
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return `${path}: a list is needed`;
    return firstOf([...(value as readonly Json[]).entries()], ([at, each]) =>
      inputProblem(schema.getValueSchema(), each, `${path}[${at}]`),
    );
  }
  if (schema.isMapSchema()) {
    if (!isObject(value)) return `${path}: an object is needed`;
    return firstOf(Object.entries(value), ([name, each]) =>
      inputProblem(schema.getValueSchema(), each, join(path, name)),
    );
  }
  return scalarProblem(schema, value, path);
}

function scalarProblem(schema: NormalizedSchema, value: Json, path: string): string | undefined {
  if (schema.isStringSchema() && typeof value !== 'string') return `${path}: a string is needed`;
  if (schema.isNumericSchema() && typeof value !== 'number') return `${path}: a number is needed`;
  if (schema.isBooleanSchema() && typeof value !== 'boolean') return `${path}: true or false is needed`;
  if (schema.isTimestampSchema() && (typeof value !== 'string' || Number.isNaN(Date.parse(value)))) {
    return `${path}: a time such as 2026-01-31T12:00:00Z is needed`;
  }
  return undefined;
}

/** A checked input as the SDK wants it: times as dates, bytes as bytes. */
export function sdkInput(schema: NormalizedSchema, value: Json): unknown {
  if (schema.isStructSchema() && isObject(value)) {
    const members = memberSchemas(schema);
    return mapObject(value, (name, each) => {
      const member = members[name];
      return member === undefined ? each : sdkInput(member, each);
    });
  }
  if (schema.isListSchema() && Array.isArray(value)) {
    return (value as readonly Json[]).map((each) => sdkInput(schema.getValueSchema(), each));
  }
  if (schema.isMapSchema() && isObject(value))
    return mapObject(value, (_, each) => sdkInput(schema.getValueSchema(), each));
  if (schema.isTimestampSchema() && typeof value === 'string') return new Date(value);
  if (schema.isBlobSchema() && typeof value === 'string') return new TextEncoder().encode(value);
  return value;
}

function mapObject(value: JsonObject, to: (name: string, each: Json) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, to(name, each)]));
}

function firstOf<T>(items: readonly T[], problem: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
