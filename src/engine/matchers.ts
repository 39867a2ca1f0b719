// The comparisons an expectation is written in, each over one value that is there. Strict: no type is ever converted.

import { formatDuration, parseDuration, parseTime } from './duration.ts';
import type { Comparison, Expectation, Finding } from './expectation.ts';
import { cap, show } from './explain.ts';
import { isObject, type Json } from './json.ts';

/** What one matcher or quantifier came to. `blank` marks a fail only because there was nothing to look at. */
export interface Outcome {
  readonly verdict: Finding['verdict'];
  readonly observed: string;
  readonly hint?: string;
  readonly blank?: boolean;
  /** Marks a fail only because the two cannot be compared (text with a number): it does not show the opposite either. */
  readonly unlike?: boolean;
}

export interface Looking {
  readonly observedAtMs: number;
  /** The value is the beginning of something longer: what it lacks may stand in the rest. */
  readonly truncated: boolean;
  /** As written, for hints. */
  readonly path: string | undefined;
}

/** Patterns see at most this much of a text: a slow pattern over a large page would hold up the whole run. */
export const longestSearched = 65_536;

/** The matchers that compare one value; `count`, `absent` and the quantifiers can say something about nothing. */
const simpleNames = [
  ...(['eq', 'ne', 'in', 'not_in', 'lt', 'lte', 'gt', 'gte', 'matches', 'not_matches'] as const),
  ...(['contains', 'url', 'from_now', 'ago'] as const),
] as const;
type SimpleName = (typeof simpleNames)[number];
type Matcher = (value: Json, expectation: Expectation, looking: Looking) => Outcome;

const matchers: Readonly<Record<SimpleName, Matcher>> = {
  eq: (value, { eq = null }, looking) => (equal(value, eq) ? pass(value) : unequal(value, eq, looking)),
  ne: (value, { ne = null }) => (equal(value, ne) ? fail(value) : different(value, [ne])),
  in: (value, expectation, looking) => {
    const allowed = asList(expectation.in ?? []);
    if (allowed.some((each) => equal(value, each))) return pass(value);
    // `"200"` among 200 and 401: the type is what is wrong.
    const alike = allowed.find((each) => show(each).replaceAll('"', '') === show(value).replaceAll('"', ''));
    return alike === undefined ? fail(value) : unequal(value, alike, looking);
  },
  not_in: (value, { not_in = [] }) => {
    const refused = asList(not_in);
    if (refused.length === 0) return vague(value, 'not_in: an empty list rules nothing out');
    return refused.some((each) => equal(value, each)) ? fail(value) : different(value, refused);
  },
  lt: (value, { lt = null }, looking) => ordered(value, lt, looking, (order) => order < 0),
  lte: (value, { lte = null }, looking) => ordered(value, lte, looking, (order) => order <= 0),
  gt: (value, { gt = null }, looking) => ordered(value, gt, looking, (order) => order > 0),
  gte: (value, { gte = null }, looking) => ordered(value, gte, looking, (order) => order >= 0),
  matches: (value, { matches = '' }, looking) => searched(value, matches, looking, true),
  not_matches: (value, { not_matches = '' }, looking) => searched(value, not_matches, looking, false),
  contains: (value, expectation, looking) => contains(value, asList(expectation.contains ?? []), looking),
  url: (value, { url = '' }) => sameUrl(value, url),
  from_now: (value, e, looking) => distant(value, e.from_now ?? {}, (time) => time - looking.observedAtMs, 'from now'),
  ago: (value, e, looking) => distant(value, e.ago ?? {}, (time) => looking.observedAtMs - time, 'ago'),
};

/** The matchers of that sort an expectation uses, in a fixed order. */
export function simpleMatchersOf(expectation: Expectation): readonly SimpleName[] {
  return simpleNames.filter((name) => expectation[name] !== undefined);
}

/** Runs one matcher over a value that is there: null, `[]` and `{}` are for whoever calls to refuse. */
export function match(name: SimpleName, expectation: Expectation, value: Json, looking: Looking): Outcome {
  return matchers[name](value, expectation, looking);
}

/** Several outcomes as one: the worst verdict, and what those that came to it saw. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  const verdict =
    (['fail', 'inconclusive'] as const).find((bad) => outcomes.some((each) => each.verdict === bad)) ?? 'pass';
  const decisive = outcomes.filter((each) => each.verdict === verdict);
  const observed = [...new Set(decisive.map((each) => each.observed))].join('; ');
  const hint = decisive.find((each) => each.hint !== undefined)?.hint;
  const blank = verdict === 'fail' && decisive.every((each) => each.blank === true);
  const unlike = verdict === 'fail' && !blank && decisive.every((each) => each.blank === true || each.unlike === true);
  const marks = { ...(blank ? { blank } : {}), ...(unlike ? { unlike } : {}) };
  return { verdict, observed, ...(hint === undefined ? {} : { hint }), ...marks };
}

/** Deep and strict: same type, same members, same order in lists. */
export function equal(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    const [left, right]: [readonly Json[], readonly Json[]] = [a, b];
    return left.length === right.length && left.every((item, i) => equal(item, right[i] ?? null));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((k) => Object.hasOwn(b, k) && equal(a[k] ?? null, b[k] ?? null))
    );
  }
  return a === b;
}

/** Whether a number is within limits; undefined when there are none or one of them is no number. */
export function within(
  n: number,
  limits: Comparison,
  read: (limit: number | string) => number | undefined,
): boolean | undefined {
  const tests = [
    [limits.eq, (limit: number) => n === limit],
    [limits.lt, (limit: number) => n < limit],
    [limits.lte, (limit: number) => n <= limit],
    [limits.gt, (limit: number) => n > limit],
    [limits.gte, (limit: number) => n >= limit],
  ] as const;
  const verdicts = tests.flatMap(([written, holds]) => {
    if (written === undefined) return [];
    const limit = read(written);
    return [limit === undefined ? undefined : holds(limit)];
  });
  return verdicts.length === 0 || verdicts.includes(undefined) ? undefined : !verdicts.includes(false);
}

function pass(value: Json): Outcome {
  return { verdict: 'pass', observed: show(value) };
}

function fail(value: Json, hint?: string, what = ''): Outcome {
  const observed = `${show(value)}${what}`;
  return hint === undefined ? { verdict: 'fail', observed } : { verdict: 'fail', observed, hint };
}

/** Not equal to any of `refused`: a pass, unless only the type makes it so (`"500"` is never 500). */
function different(value: Json, refused: readonly Json[]): Outcome {
  const bare = (json: Json): string => show(json).replaceAll('"', '');
  const alike = refused.find((each) => bare(each) === bare(value));
  const sameSort = refused.some((each) => each === null || typeName(each) === typeName(value));
  if (alike === undefined && sameSort) return pass(value);
  return vague(value, `it is ${typeName(value)}, and never equals ${typeName(alike ?? refused[0] ?? null)}`);
}

const unlike = (value: Json, what: string, hint?: string): Outcome => ({ ...fail(value, hint, what), unlike: true });

function vague(value: Json, hint: string): Outcome {
  return { verdict: 'inconclusive', observed: show(value), hint };
}

function asList(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value];
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'number' ? 'a number' : 'an object';
}

function unequal(value: Json, expected: Json, { path }: Looking): Outcome {
  if (typeName(value) === typeName(expected)) return fail(value);
  const what = `, which is ${typeName(value)} and not ${typeName(expected)}`;
  if (expected === null) return fail(value, 'a thing that is not there is expected with `absent: true`', what);
  if (typeof value === 'string' && typeof expected === 'number' && path !== undefined)
    return unlike(value, what, `use path: to_number(${path})`);
  if (typeof value === 'string' && typeof expected === 'boolean')
    return unlike(value, what, `expect the text: "${expected}"`);
  if (Array.isArray(value) && !Array.isArray(expected))
    return unlike(value, what, 'use `all:`, `any:` or `one:` for the elements of a list');
  return unlike(value, what);
}

function ordered(value: Json, expected: Json, looking: Looking, holds: (order: number) => boolean): Outcome {
  if (typeof value === 'number' && typeof expected === 'number')
    return holds(value - expected) ? pass(value) : fail(value);
  if (typeof value === 'string' && typeof expected === 'string') {
    const [at, limit] = [parseTime(value), parseTime(expected)];
    if (at !== undefined && limit !== undefined) return holds(at - limit) ? pass(value) : fail(value);
    return unlike(value, '', 'only numbers, and dates and times with a zone, have an order');
  }
  return unequal(value, expected, looking);
}

function searched(value: Json, source: string, looking: Looking, wanted: boolean): Outcome {
  if (typeof value !== 'string')
    return { ...unequal(value, '', looking), observed: `${show(value)}, which is ${typeName(value)} and not text` };
  let pattern: RegExp;
  try {
    pattern = new RegExp(source);
  } catch {
    return vague(value, `/${cap(source, 60)}/ is not a pattern`);
  }
  const text = value.slice(0, longestSearched);
  if (pattern.test(text)) return wanted ? pass(value) : fail(value);
  if (looking.truncated || text.length < value.length)
    return vague(value, 'the text was cut off, and what was cut off was not searched');
  if (wanted) return fail(value);
  return text === '' ? vague(value, 'the text is empty, so it proves nothing') : pass(value);
}

function contains(value: Json, wanted: readonly Json[], looking: Looking): Outcome {
  if (wanted.length === 0 || wanted.includes(''))
    return vague(value, 'contains: it asks for nothing, so it proves nothing');
  if (typeof value !== 'string' && !Array.isArray(value)) {
    return unlike(value, `, which is ${typeName(value)} and neither text nor a list`);
  }
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  const has = (each: Json): boolean =>
    typeof value === 'string'
      ? typeof each === 'string' && value.includes(each)
      : items.some((item) => equal(item, each));
  const missing = wanted.filter((each) => !has(each));
  if (missing.length === 0) return pass(value);
  if (looking.truncated) return vague(value, 'the text was cut off, and what was cut off was not searched');
  const several = wanted.length > 1 ? `${missing.map((each) => show(each)).join(', ')} missing from ` : '';
  return { verdict: 'fail', observed: `${several}${show(value)}` };
}

function sameUrl(value: Json, expected: string): Outcome {
  const [there, wanted] = [parseUrl(value), parseUrl(expected)];
  if (wanted === undefined) return vague(value, `${show(expected)} is not a whole address (https://host/path)`);
  if (there === undefined) return unlike(value, ', which is not a whole address (https://host/path)');
  return there === wanted ? pass(value) : fail(value);
}

/** As the WHATWG standard writes it: no default port, lower-case host, a path of at least `/`. */
function parseUrl(value: Json): string | undefined {
  return typeof value === 'string' && URL.canParse(value) ? new URL(value).href : undefined;
}

function distant(
  value: Json,
  limits: Comparison,
  measure: (time: number) => number,
  words: 'from now' | 'ago',
): Outcome {
  const time = typeof value === 'string' ? parseTime(value) : undefined;
  if (time === undefined) return unlike(value, ', which is not a date or a time with a zone');
  const ms = measure(time);
  const holds = within(ms, limits, duration);
  const away = ms < 0 ? { 'from now': 'ago', ago: 'from now' }[words] : words;
  const observed = `${show(value)}, ${formatDuration(Math.abs(ms))} ${away}`;
  if (holds === undefined)
    return { verdict: 'inconclusive', observed, hint: 'the limits are durations such as 30d, 24h, 15m' };
  return { verdict: holds ? 'pass' : 'fail', observed };
}

function duration(limit: number | string): number | undefined {
  return typeof limit === 'string' ? parseDuration(limit) : undefined;
}
