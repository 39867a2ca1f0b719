// What all questions to EC2 share: ids that have to be there, filters with wildcards, and pages.

import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { pageOf } from '../pages.ts';
import type { Page } from '../pages.ts';
import { refuse } from '../refusal.ts';

/** How things of one sort are named and found. */
export interface Sort<T> {
  /** Begins their ids: `subnet-`. */
  readonly prefix: string;
  readonly idOf: (item: T) => string | undefined;
  /** What EC2 says of an id that is not there, and of one that is none. */
  readonly missing: (id: string) => readonly [code: string, message: string];
  readonly malformed: string;
  readonly tagsOf: (item: T) => readonly Tag[];
  /** What each filter looks at. `tag:KEY` and `tag-key` are always there. */
  readonly filters: Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;
}

export interface Question {
  readonly ids?: readonly string[] | undefined;
  readonly filters?: readonly Filter[] | undefined;
  readonly token?: string | undefined;
  readonly size?: number | undefined;
}

/** The things asked for, a page of them. Refuses ids that are not there, unknown filters and page sizes EC2 has not. */
export function answerOf<T>(items: readonly T[], sort: Sort<T>, question: Question): Page<T> {
  const { ids, filters = [], token, size } = question;
  if (size !== undefined && (size < 5 || size > 1000)) {
    const expected = size < 5 ? 'greater than 5' : 'less than or equal to 1000';
    const message = `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value ${expected}.`;
    refuse('InvalidParameterValue', message);
  }
  const named = ids === undefined || ids.length === 0 ? items : ids.map((id) => byId(items, sort, id));
  const found = named.filter((item) => filters.every((filter) => passes(item, sort, filter)));
  return pageOf(found, {
    token,
    size: size ?? 1000,
    question: JSON.stringify([sort.prefix, ids ?? [], filters]),
    code: 'InvalidPaginationToken',
  });
}

function byId<T>(items: readonly T[], sort: Sort<T>, id: string): T {
  if (!new RegExp(`^${sort.prefix}(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) {
    refuse(sort.malformed, `Invalid id: "${id}" (expecting "${sort.prefix}...")`);
  }
  return items.find((item) => sort.idOf(item) === id) ?? refuse(...sort.missing(id));
}

function passes<T>(item: T, sort: Sort<T>, { Name: name = '', Values: values = [] }: Filter): boolean {
  const has = fieldOf(item, sort, name);
  if (values.length === 0) refuse('MissingParameter', `The filter '${name}' must have a value`);
  return values.some((value) => has.some((each) => each !== undefined && wildcard(value).test(each)));
}

function fieldOf<T>(item: T, sort: Sort<T>, name: string): readonly (string | undefined)[] {
  if (name === 'tag-key') return sort.tagsOf(item).map(({ Key }) => Key);
  if (name.startsWith('tag:')) {
    return sort.tagsOf(item).flatMap(({ Key, Value }) => (Key === name.slice('tag:'.length) ? [Value] : []));
  }
  const read = Object.hasOwn(sort.filters, name) ? sort.filters[name] : undefined;
  return read?.(item) ?? refuse('InvalidParameterValue', `The filter '${name}' is invalid`);
}

/** `*` is any text, `?` one character, and a backslash takes that meaning away. Case counts. */
function wildcard(value: string): RegExp {
  const source = value.replaceAll(/\\?[\s\S]/gu, (part) => {
    if (part === '*') return String.raw`[\s\S]*`;
    if (part === '?') return String.raw`[\s\S]`;
    const literal = part.length > 1 && part.startsWith('\\') ? part.slice(1) : part;
    return `\\u{${literal.codePointAt(0)?.toString(16)}}`;
  });
  return new RegExp(`^${source}$`, 'u');
}

/** The tag that carries the name of everything here. */
export function nameTag(name: string): { Key: string; Value: string }[] {
  return [{ Key: 'Name', Value: name }];
}
