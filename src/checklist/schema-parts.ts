// The parts of format v1 that recur: names, durations, expectations, accounts. No transforms: what is checked stays
// the very object whose place in the file is known.

import { z } from 'zod';
import { parseDuration } from '../engine/duration.ts';
import type { Comparison, Expectation } from '../engine/expectation.ts';
import { matcherNames, quantifierNames } from '../engine/expectation.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { isTemplate } from './interpolate.ts';
import { parseInterval, parseOffset, parsePercent } from './offset.ts';

/** Names that `${}` can look up. */
export const nameText = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be lower-case letters, digits and _ (at most 63)');
export const idText = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens (at most 63)')
  // What is known of a step is kept by its id: it must not be a name that every object has.
  .refine((id) => !(id in {}), 'cannot be an id');
export const targetText = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_]{0,62}$/, 'must be lower-case letters, digits and _, without a hyphen');
export const text = z.string().min(1, 'is empty').max(2000, 'is longer than 2000 characters');
export const citation = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*#[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be written DOCUMENT#NUMBER');
export const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1, 'is empty')]);

export const duration = z
  .string()
  .refine((value) => parseDuration(value) !== undefined, 'must be a duration: 30s, 5m, 24h or 7d')
  .meta({ id: 'duration', description: 'A duration: 30s, 5m, 24h, 7d', examples: ['5m'] });
export const offset = z
  .string()
  .refine((value) => parseOffset(value) !== undefined, 'must be an offset: T-7d, T+15m or T-0')
  .meta({ id: 'offset', description: 'A distance from the moment of cutover: T-7d, T+15m, T-0' });
export const interval = z
  .string()
  .refine((value) => parseInterval(value) !== undefined, 'must be an interval: 5s, or 5s..30s to grow')
  .meta({ id: 'interval', description: 'How often to look: 5s, or 5s..30s to grow' });
export const percent = z
  .string()
  .refine((value) => parsePercent(value) !== undefined, 'must be a share: 90%')
  .meta({ id: 'percent', description: 'A share: 90%' });

/** Whatever YAML can say. */
export const anyJson: z.ZodType<Json> = z.json().meta({ id: 'json', description: 'Any value' });
export const literal = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const template = z.string().refine(isTemplate, 'is neither a number nor a `${name}`');
const noTemplate = z
  .string()
  .refine((value) => !isTemplate(value), 'must not hold a `${}`: it would be read as code, not as data');
/** JMESPath. Compiled and held against the facts by lint. */
export const path = noTemplate.min(1, 'is empty').max(1000, 'is longer than 1000 characters');
const pattern = noTemplate
  .min(1, 'is empty')
  .max(1000, 'is longer than 1000 characters')
  .refine(compiles, 'is not a regular expression');

function compiles(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Limits, at least one; `V` is what they are written with. */
function comparison<V extends z.ZodType<number | string>>(limit: V) {
  return z
    .strictObject({
      eq: limit.exactOptional(),
      lt: limit.exactOptional(),
      lte: limit.exactOptional(),
      gt: limit.exactOptional(),
      gte: limit.exactOptional(),
    })
    .refine((value) => Object.keys(value).length > 0, 'says nothing: give at least one of eq, lt, lte, gt, gte');
}

const numberLimit = z.union([z.number(), template]);
const durationLimit = z
  .string()
  .refine((value) => isTemplate(value) || parseDuration(value) !== undefined, 'must be a duration: 30s, 5m, 24h or 7d');
const count = z.union([z.int().gte(0), comparison(numberLimit)]).meta({ id: 'count' });
const distance: z.ZodType<Comparison> = comparison(durationLimit).meta({ id: 'distance' });

/** What a matcher is given when nothing is filled in yet. */
const orTemplate = <T extends z.ZodType>(schema: T) => z.union([schema, template]);

const matchers = {
  eq: anyJson.exactOptional(),
  ne: anyJson.exactOptional(),
  in: orTemplate(z.array(anyJson)).exactOptional(),
  not_in: orTemplate(z.array(anyJson)).exactOptional(),
  lt: orTemplate(z.number()).exactOptional(),
  lte: orTemplate(z.number()).exactOptional(),
  gt: orTemplate(z.number()).exactOptional(),
  gte: orTemplate(z.number()).exactOptional(),
  matches: pattern.exactOptional(),
  not_matches: pattern.exactOptional(),
  contains: anyJson.exactOptional(),
  url: z.string().exactOptional(),
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a template must be a number once it is filled in
  count: orTemplate(count).exactOptional() as unknown as z.ZodExactOptional<z.ZodType<number | Comparison>>,
  from_now: distance.exactOptional(),
  ago: distance.exactOptional(),
  absent: z.literal(true, 'is `true`, or left out').exactOptional(),
};

/** The matchers of an input or an ask: how an answer must look. */
export const answerMatchers = z
  .strictObject(matchers)
  .meta({ id: 'matchers', description: 'What the answer must be like; asked again until it is' });

/** Paths of the element and what each must equal. */
export const whereMap: z.ZodType<JsonObject> = z.record(z.string(), anyJson);

const oneOrMoreExpectations: z.ZodType<Expectation | readonly Expectation[]> = z.lazy(() =>
  z.union([expectation, z.array(expectation).min(1, 'is empty')]),
);
export const where: z.ZodType<JsonObject | readonly Expectation[]> = z.lazy(() =>
  z.union([whereMap, z.array(expectation).min(1, 'is empty')]),
);

/** The one grammar of `expect`, `stop_if`, `where` and the quantifiers. */
export const expectation: z.ZodType<Expectation> = z
  .strictObject({
    path: path.exactOptional(),
    where: where.exactOptional(),
    ...matchers,
    all: oneOrMoreExpectations.exactOptional(),
    any: oneOrMoreExpectations.exactOptional(),
    none: oneOrMoreExpectations.exactOptional(),
    one: oneOrMoreExpectations.exactOptional(),
    proof: path.exactOptional(),
    allow_empty: z.literal(true, 'is `true`, or left out').exactOptional(),
  })
  .refine(saysSomething, 'compares nothing: give it a matcher (eq, in, matches, count …) or all, any, none, one')
  .meta({ id: 'expectation', description: 'What must hold of the facts; several matchers mean AND' });

function saysSomething(value: object): boolean {
  return [...matcherNames, ...quantifierNames].some((name) => name in value);
}

/** Twelve digits in quotes: without them YAML reads a number and loses leading zeros. */
export const accountText = z
  .string('must be 12 digits in quotes: YAML reads it as a number and drops leading zeros')
  .regex(/^\d{12}$/, 'must be 12 digits in quotes, never a `${}`');
