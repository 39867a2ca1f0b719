// Random values of a service's own schemas, as its clients would send them and be answered.

import type { NormalizedSchema } from '@smithy/core/schema';
import * as fc from 'fast-check';

/** Where a value travels decides what may stand in it. */
type Place = 'body' | 'header' | 'label' | 'query';

/** Text that survives XML, forms and JSON: markup, quotes, other alphabets; no edges of white space, never empty. */
const bodyText = fc
  .string({ unit: fc.constantFrom(...'abz059-_./:&<>"\'=+% äßΩ語🚀'.split(/(?:)/u)), minLength: 1, maxLength: 12 })
  .map((text) => `x${text}y`);
const plainText = fc.stringMatching(/^[a-z][a-z0-9-]{1,18}[a-z0-9]$/);
/** Whole seconds: what every timestamp format can carry. */
const moments = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000));

/** A structure; its required members are always there, the others sometimes. */
export function valueOf(schema: NormalizedSchema, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  if (schema.isUnitSchema()) return fc.constant({});
  const raw = schema.getSchema();
  const required = Array.isArray(raw) && typeof raw[6] === 'number' ? raw[6] : 0;
  const members = [...schema.structIterator()].filter(([, member]) => depth < 4 || scalar(member));
  const arbitraries = members.map(([name, member], index) => {
    const value = anyOf(member, placeOf(member), depth + 1);
    // A client makes up a token that is not given.
    const always = index < required || member.isIdempotencyToken();
    return fc.tuple(fc.constant(name), always ? value : fc.option(value, { nil: undefined, freq: 2 }));
  });
  const whole = fc
    .tuple(...arbitraries)
    .map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
  if (!schema.isUnionSchema()) return whole;
  return fc.nat(members.length - 1).chain((index) => {
    const [name, member] = members[index] ?? [];
    if (name === undefined || member === undefined) return whole;
    return anyOf(member, 'body', depth + 1).map((value) => ({ [name]: value }));
  });
}

function scalar(schema: NormalizedSchema): boolean {
  return !schema.isStructSchema() && !schema.isListSchema() && !schema.isMapSchema();
}

function placeOf(member: NormalizedSchema): Place {
  const { httpHeader, httpLabel, httpPrefixHeaders, httpQuery } = member.getMergedTraits();
  return httpHeader !== undefined || httpPrefixHeaders !== undefined
    ? 'header'
    : httpLabel !== undefined
      ? 'label'
      : httpQuery !== undefined
        ? 'query'
        : 'body';
}

function anyOf(schema: NormalizedSchema, place: Place, depth: number): fc.Arbitrary<unknown> {
  if (schema.isListSchema())
    return fc.array(anyOf(schema.getValueSchema(), place, depth + 1), { minLength: 1, maxLength: 3 });
  if (schema.isMapSchema())
    return fc.dictionary(plainText, anyOf(schema.getValueSchema(), place, depth + 1), { minKeys: 1, maxKeys: 3 });
  if (schema.isStructSchema()) return valueOf(schema, depth);
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema()) return fc.integer({ min: -1000, max: 2 ** 31 });
  if (schema.isTimestampSchema()) return moments;
  if (schema.isBlobSchema()) return fc.uint8Array({ minLength: 1, maxLength: 8 });
  return place === 'body' ? bodyText : plainText;
}

/** Without empty structures: XML cannot tell one from nothing, nor can a form, not even in a list. */
export function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned).filter((each) => !isEmpty(each));
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, pruned(inner)] as const);
  const kept = entries.filter(([name, inner]) => name !== '$metadata' && inner !== undefined && !isEmpty(inner));
  return Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && Object.keys(value).length === 0;
}
