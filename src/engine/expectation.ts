// What must hold of the facts: the one recursive grammar of `expect`, `stop_if`, `where` and the quantifiers.

import type { Json, JsonObject } from './json.ts';

/** Several matchers in one expectation mean AND. A list of expectations means AND on the same element. */
export interface Expectation {
  /** JMESPath; selects only. Absent: the facts, or the element inside a quantifier. */
  readonly path?: string;
  readonly where?: JsonObject | readonly Expectation[];
  readonly eq?: Json;
  readonly ne?: Json;
  readonly in?: Json;
  readonly not_in?: Json;
  readonly lt?: Json;
  readonly lte?: Json;
  readonly gt?: Json;
  readonly gte?: Json;
  readonly matches?: string;
  readonly not_matches?: string;
  readonly contains?: Json;
  readonly url?: string;
  readonly count?: number | Comparison;
  readonly from_now?: Comparison;
  readonly ago?: Comparison;
  readonly absent?: boolean;
  readonly all?: Expectation | readonly Expectation[];
  readonly any?: Expectation | readonly Expectation[];
  readonly none?: Expectation | readonly Expectation[];
  readonly one?: Expectation | readonly Expectation[];
  /** A path that must select something for `none`, `count: 0` and `absent` to count. */
  readonly proof?: string;
  readonly allow_empty?: boolean;
}

/** Limits on a count (numbers) or on a distance in time (durations such as `30d`). */
export interface Comparison {
  readonly eq?: number | string;
  readonly lt?: number | string;
  readonly lte?: number | string;
  readonly gt?: number | string;
  readonly gte?: number | string;
}

export const matcherNames = [
  'eq',
  'ne',
  'in',
  'not_in',
  'lt',
  'lte',
  'gt',
  'gte',
  'matches',
  'not_matches',
  'contains',
  'url',
  'count',
  'from_now',
  'ago',
  'absent',
] as const;
export const quantifierNames = ['all', 'any', 'none', 'one'] as const;

/** What became of one expectation, in two texts a person can compare. At most 500 characters each. */
export interface Finding {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly expected: string;
  readonly observed: string;
  /** What to do about it, when the judge knows: a nearest name, `to_number(…)`, `allow_empty`. */
  readonly hint?: string;
}

/** The verdict over all expectations and every finding, in the order they were written. */
export interface Judgement {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly findings: readonly Finding[];
}
