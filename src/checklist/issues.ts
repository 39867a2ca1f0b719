// zod's issues as problems with a place, a plain sentence and the nearest known name.

import type { z } from 'zod';
import type { $ZodIssue, $ZodType } from 'zod/v4/core';
import { nearest } from '../engine/nearest.ts';
import type { Json } from '../engine/json.ts';
import { partOf } from './written.ts';
import { isTemplate } from './interpolate.ts';
import { dropItem, placeOfKey, placeOfValue, problemAt, type Place, type Problem, type Source } from './places.ts';
import { knownKeys } from './schema-keys.ts';

type Path = readonly PropertyKey[];

export interface Form<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
  /** Objects and lists that something was taken out of: what they lack now is no second mistake. */
  readonly touched: ReadonlySet<Json>;
}

/**
 * Holds `root` against a schema. Every broken part is told and then taken out of `root` itself, until the rest fits:
 * that rest is `value`, the same objects as before, so that their places are still known. Undefined when nothing is left.
 * `before`: parts that something was taken out of already.
 */
export function formProblems<T>(
  source: Source,
  schema: z.ZodType<T>,
  root: Json,
  before: Iterable<Json> = [],
): Form<T> {
  const problems: Problem[] = [];
  const touched = new Set<Json>(before);
  for (;;) {
    if (fits(schema, root)) return { value: root, problems, touched };
    const issues = (schema.safeParse(root).error?.issues ?? []).flatMap((issue) => flatten(issue, [], () => false));
    const ours = issues.filter((flat) => !isEcho(root, flat, touched) && !isSecondThought(flat, issues));
    problems.push(...ours.map((flat) => problemOf({ source, schema, root, written: root }, flat)));
    const removals = issues.flatMap((flat) => removalsFor(root, flat));
    if (removals.length === 0 || issues.some((flat) => removalsFor(root, flat).length === 0)) {
      return { value: undefined, problems, touched };
    }
    takeOut(source, removals, touched);
  }
}

/** True when a value is what a schema says. Without transforms, what was checked is of the type that comes out. */
export function fits<T>(schema: z.ZodType<T>, value: unknown): value is T {
  return schema.safeParse(value).success;
}

/** An issue with its full path; a union is told by the branch that was meant. */
interface Flat {
  readonly issue: $ZodIssue;
  readonly path: Path;
}

function flatten(issue: $ZodIssue, above: Path, excused: (path: Path) => boolean): readonly Flat[] {
  const path = [...above, ...issue.path];
  if (excused(path)) return [];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ issue, path }];
  const meant = issue.errors.filter((branch) => !branch.some((inner) => isOfOtherType(inner)));
  const branches = meant.map((branch) => branch.flatMap((inner) => flatten(inner, path, excused)));
  return branches.toSorted((x, y) => x.length - y.length)[0] ?? [{ issue, path }];
}

/** True when a branch of a union is about another type of value altogether. */
function isOfOtherType(issue: $ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union')
    return issue.errors.every((branch) => branch.some((inner) => isOfOtherType(inner)));
  return issue.code === 'invalid_type';
}

function containerAt(root: Json, path: Path): Json | undefined {
  let value: Json = root;
  for (const part of path) {
    if (!isContainer(value) || !Object.hasOwn(value, part)) return undefined;
    value = partOf(value, part);
  }
  return value;
}

function isContainer(value: Json | undefined): value is Extract<Json, object> {
  return typeof value === 'object' && value !== null;
}

/** True for what a schema says about a whole whose keys are already in doubt. */
function isSecondThought({ issue, path }: Flat, all: readonly Flat[]): boolean {
  const unknownKeys = all.filter((other) => other.issue.code === 'unrecognized_keys');
  return issue.code === 'custom' && unknownKeys.some((other) => other.path.join('.') === path.join('.'));
}

/** True for an issue that is only there because an earlier one was taken out. */
function isEcho(root: Json, { path }: Flat, touched: ReadonlySet<Json>): boolean {
  const [here, above] = [containerAt(root, path), containerAt(root, path.slice(0, -1))];
  return (here !== undefined && touched.has(here)) || (here === undefined && above !== undefined && touched.has(above));
}

interface Removal {
  readonly container: Extract<Json, object>;
  readonly key: PropertyKey;
  /** What stands there from now on, when the whole should not go for want of it. */
  readonly instead?: string;
}

/** Without a proper id or title a step still has other parts that may be wrong. */
const replaceable: readonly unknown[] = ['id', 'title'];

/** What has to go for an issue to be gone; nothing when that would be everything. */
function removalsFor(root: Json, { issue, path }: Flat): readonly Removal[] {
  const here = containerAt(root, path);
  if (issue.code === 'unrecognized_keys')
    return isContainer(here) ? issue.keys.map((key) => ({ container: here, key })) : [];
  const [above, last] = [containerAt(root, path.slice(0, -1)), path.at(-1)];
  const instead = `broken-${path.filter((part) => typeof part === 'number').join('-')}`;
  if (isContainer(above) && last !== undefined && replaceable.includes(last) && here !== instead) {
    return [{ container: above, key: last, instead }];
  }
  // What misses a required part goes as a whole.
  for (let at = path; at.length > 0; at = at.slice(0, -1)) {
    const [container, key] = [containerAt(root, at.slice(0, -1)), at.at(-1)];
    if (isContainer(container) && key !== undefined && key in container) return [{ container, key }];
  }
  return [];
}

function takeOut(source: Source, removals: readonly Removal[], touched: Set<Json>): void {
  const done = new Map<Json, Set<PropertyKey>>();
  // Lists from the end, so that the indices of the others stay right.
  for (const { container, key, instead } of removals.toSorted((a, b) => Number(b.key) - Number(a.key) || 0)) {
    const gone = done.get(container) ?? new Set();
    if (gone.has(key)) continue;
    done.set(container, gone.add(key));
    touched.add(container);
    if (instead !== undefined) Reflect.set(container, key, instead);
    else if (Array.isArray(container)) dropItem(source, container, Number(key));
    else Reflect.deleteProperty(container, key);
  }
}

/** What an issue is about: `root` was checked, `written` is the same as it stands in the file, unfilled. */
interface Checked {
  readonly source: Source;
  readonly schema: $ZodType;
  readonly root: Json;
  readonly written: Json;
}

function problemOf({ source, schema, root, written }: Checked, { issue, path }: Flat): Problem {
  if (issue.code === 'unrecognized_keys') {
    const [key = '', ...others] = issue.keys;
    const known = knownKeys(schema, path);
    const near = nearest(key, known);
    const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean \`${near}\`?`;
    const more = others.length > 0 ? ` (nor are ${others.map(quote).join(', ')})` : '';
    const place = placeAlong(source, written, [...path, key], 'key');
    return problemAt(source, place, `\`${key}\` is not known here${more}`, known.length > 0 ? hint : undefined);
  }
  const [container, key] = [containerAt(root, path.slice(0, -1)), path.at(-1)];
  if (issue.code === 'invalid_key') {
    const why = issue.issues[0]?.message ?? 'is not a name';
    return problemAt(
      source,
      placeAlong(source, written, path, 'key'),
      `\`${String(key)}\` cannot be a name here: ${why}`,
    );
  }
  const place = placeAlong(source, written, path, 'value');
  if (isContainer(container) && key !== undefined && !(key in container)) {
    return problemAt(source, place, `\`${String(key)}\` is missing`);
  }
  const value = containerAt(root, path);
  const options = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const near = typeof value === 'string' ? nearest(value, options) : undefined;
  return problemAt(source, place, sentence(issue, path), near === undefined ? undefined : `did you mean \`${near}\`?`);
}

/** The place at a path, or of the innermost part of it that was written. */
function placeAlong(source: Source, written: Json, path: Path, what: 'key' | 'value'): Place {
  let here: Json = written;
  for (const [depth, part] of path.entries()) {
    if (!isContainer(here) || typeof part === 'symbol') break;
    if (what === 'key' && depth === path.length - 1) return placeOfKey(source, here, part);
    const place = placeOfValue(source, here, part);
    const next = containerAt(here, [part]);
    if (!isContainer(next)) return place;
    here = next;
  }
  return placeOfValue(source, isContainer(here) ? here : {});
}

/**
 * Holds the arguments of a kind against its schema. A text with `${` is excused wherever it stands: it is checked again
 * once it is filled in. `written` is the same as it stands in the file.
 */
export function argumentProblems(source: Source, schema: z.ZodType, args: Json, written: Json): readonly Problem[] {
  const parsed = schema.safeParse(args);
  if (parsed.success) return [];
  const excused = (path: Path): boolean => isTemplate(containerAt(args, path));
  const flats = parsed.error.issues.flatMap((issue) => flatten(issue, [], excused));
  return flats.map((flat) => problemOf({ source, schema, root: args, written }, flat));
}

function sentence(issue: $ZodIssue, path: Path): string {
  const last = path.at(-1);
  const name =
    typeof last === 'number'
      ? `number ${last + 1} of \`${String(path.at(-2) ?? 'the list')}\``
      : `\`${String(last ?? 'the file')}\``;
  if (issue.code === 'custom' || issue.code === 'invalid_format') {
    // A message that says what to write is no part of a sentence about the value.
    const colon = /^(?:give|write|name|choose) /i.test(issue.message) ? ':' : '';
    return `${name}${colon} ${lowerFirst(issue.message)}`;
  }
  if (issue.code === 'too_small' && issue.origin !== 'string' && issue.message.startsWith('Too small'))
    return `${name} must be at least ${issue.minimum}`;
  if (issue.code === 'too_big' && issue.origin !== 'string' && issue.message.startsWith('Too big'))
    return `${name} must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_type') {
    const own = issue.message.startsWith('Invalid input') ? `must be ${article(issue.expected)}` : issue.message;
    return `${name} ${own}`;
  }
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid')) {
    return `${name} must be ${issue.values.map(quote).join(' or ')}`;
  }
  if (issue.code === 'invalid_union' && !issue.message.startsWith('Invalid')) return `${name} ${issue.message}`;
  if (issue.code === 'invalid_union') return `${name} has a form that does not belong here`;
  return `${name} ${lowerFirst(issue.message)}`;
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    record: 'a map',
    object: 'a map',
    array: 'a list',
    int: 'a whole number',
    boolean: 'true or false',
  };
  return words[expected] ?? `a ${expected}`;
}

function quote(value: unknown): string {
  return `\`${String(value)}\``;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
