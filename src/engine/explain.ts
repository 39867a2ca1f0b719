// Expectations and values in plain words: the left half of "expected … observed …".

import type { Comparison, Expectation } from './expectation.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

const longestText = 500;
const longestValue = 120;

/** What an expectation asks for, in words: `targets[]: all with state = "healthy"`. At most 500 characters. */
export function explain(expectation: Expectation): string {
  return cap(explainWhole(expectation), longestText);
}

/** Text with its end cut off, visibly. */
export function cap(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** A value as it is shown: JSON, cut off after 120 characters. */
export function show(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(cap(value, longestValue));
  return cap(JSON.stringify(value), longestValue);
}

/** Which element of a list this is, by what it has that looks like a name: `id 10.0.1.5`. Empty when nothing does. */
export function label(element: Json): string {
  if (!isObject(element)) return show(element);
  const keys = Object.keys(element).filter((key) => ['string', 'number'].includes(typeof element[key]));
  const usual = ['id', 'name', 'Name', 'Key', 'message'].find((key) => keys.includes(key));
  const key = usual ?? keys.find((each) => /(?:Name|Id|Identifier|Arn)$/.test(each));
  return key === undefined ? '' : `${key} ${cap(show(element[key] ?? null).replaceAll('"', ''), 80)}`;
}

/** The expectations inside a quantifier, which may be one or a list. */
export function listOf(quantified: Expectation | readonly Expectation[]): readonly Expectation[] {
  return isList(quantified) ? quantified : [quantified];
}

/** `where: { PATH: literal }` as the expectations it stands for. */
export function conditionsOf(where: JsonObject | readonly Expectation[]): readonly Expectation[] {
  return isList(where) ? where : Object.entries(where).map(([path, eq]) => ({ path, eq }));
}

function isList(value: JsonObject | Expectation | readonly Expectation[]): value is readonly Expectation[] {
  return Array.isArray(value);
}

function explainWhole(expectation: Expectation): string {
  const { path, where } = expectation;
  const chosen = where === undefined ? undefined : `where ${joined(conditionsOf(where).map(explainWhole))}`;
  const subject = [path, chosen, joined(comparisons(expectation))]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
  const counted = joined(quantifiers(expectation));
  if (counted === '') return subject;
  return subject === '' ? counted : `${subject}: ${counted}`;
}

function joined(texts: readonly string[]): string {
  return texts.join(' and ');
}

function comparisons(e: Expectation): readonly string[] {
  const texts: (string | undefined)[] = [
    e.eq === undefined ? undefined : `= ${show(e.eq)}`,
    e.ne === undefined ? undefined : `is not ${show(e.ne)}`,
    e.in === undefined ? undefined : `is one of ${listed(e.in)}`,
    e.not_in === undefined ? undefined : `is none of ${listed(e.not_in)}`,
    ...limits(e),
    e.matches === undefined ? undefined : `matches /${e.matches}/`,
    e.not_matches === undefined ? undefined : `does not match /${e.not_matches}/`,
    e.contains === undefined
      ? undefined
      : `contains ${Array.isArray(e.contains) ? 'each of ' : ''}${listed(e.contains)}`,
    e.url === undefined ? undefined : `is the address ${e.url}`,
    e.count === undefined ? undefined : `count ${typeof e.count === 'number' ? `= ${e.count}` : distance(e.count)}`,
    e.from_now === undefined ? undefined : `is ${distance(e.from_now)} from now`,
    e.ago === undefined ? undefined : `is ${distance(e.ago)} ago`,
    e.absent === undefined ? undefined : e.absent ? 'is absent' : 'is present',
  ];
  return texts.filter((text) => text !== undefined);
}

function quantifiers(e: Expectation): readonly string[] {
  const texts = [
    e.all === undefined ? undefined : `all ${inner(e.all)}`,
    e.any === undefined ? undefined : `at least one ${inner(e.any)}`,
    e.none === undefined ? undefined : `none ${inner(e.none)}`,
    e.one === undefined ? undefined : `exactly one ${inner(e.one)}`,
  ];
  return texts.filter((text) => text !== undefined);
}

function distance(limit: Comparison): string {
  return joined([...(limit.eq === undefined ? [] : [`= ${limit.eq}`]), ...limits(limit)]);
}

/** `>= 2`, `< 5`; dates and durations need no quotes. */
function limits(of: {
  readonly lt?: Json;
  readonly lte?: Json;
  readonly gt?: Json;
  readonly gte?: Json;
}): readonly string[] {
  const signs = [
    ['>', of.gt],
    ['>=', of.gte],
    ['<', of.lt],
    ['<=', of.lte],
  ] as const;
  return signs.flatMap(([sign, limit]) =>
    limit === undefined ? [] : [`${sign} ${typeof limit === 'string' ? limit : show(limit)}`],
  );
}

function listed(value: Json): string {
  return Array.isArray(value) ? value.map((item: Json) => show(item)).join(', ') : show(value);
}

function inner(expectation: Expectation | readonly Expectation[]): string {
  const list = listOf(expectation);
  const words = joined(list.map(explainWhole));
  return list.every((each) => each.path === undefined) ? words : `with ${words}`;
}
