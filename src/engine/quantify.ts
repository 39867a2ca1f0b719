// Expectations over the elements of a list: `where:` picks them, `all`, `any`, `none` and `one` count those that hold.

import type { Expectation } from './expectation.ts';
import { conditionsOf, label, listOf, show } from './explain.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { worst, type Outcome } from './matchers.ts';
import { nearest } from './nearest.ts';

/** Judges one expectation on one element. */
export type Evaluate = (expectation: Expectation, element: Json) => Outcome;
export type Quantifier = 'all' | 'any' | 'none' | 'one';

const shown = 3;

interface Judged {
  readonly element: Json;
  readonly outcome: Outcome;
}

/** Elements for which `where:` holds, and how many lack what it reads, so that nobody knows. */
export function choose(
  where: JsonObject | readonly Expectation[],
  elements: readonly Json[],
  evaluate: Evaluate,
): { readonly chosen: readonly Json[]; readonly undecided: number } {
  const conditions = conditionsOf(where);
  const chosen: Json[] = [];
  let undecided = 0;
  for (const element of elements) {
    const outcome = together(conditions, element, evaluate);
    if (outcome.verdict === 'pass') chosen.push(element);
    else if (outcome.blank === true || outcome.unlike === true || outcome.verdict === 'inconclusive') undecided++;
  }
  return { chosen, undecided };
}

/** What there is instead, when no element is the one that `where: { NAME: "x" }` asks for. */
export function others(
  where: JsonObject | readonly Expectation[] | undefined,
  elements: readonly Json[],
  read: (path: string, element: Json) => Json,
): string | undefined {
  if (where === undefined || Array.isArray(where)) return undefined;
  const [path, wanted] = Object.entries(where)[0] ?? [];
  if (path === undefined || wanted === undefined) return undefined;
  const there = elements.map((element) => read(path, element)).filter((value) => value !== null);
  if (there.length === 0) return undefined;
  const near =
    typeof wanted === 'string'
      ? nearest(
          wanted,
          there.filter((value) => typeof value === 'string'),
        )
      : undefined;
  if (near !== undefined) return `did you mean ${show(near)}?`;
  return `${path} is ${listed(
    there.map((value) => show(value)),
    ', ',
  )}`;
}

/** All expectations on the same element: the worst outcome, with what each failing one saw. */
export function together(expectations: readonly Expectation[], element: Json, evaluate: Evaluate): Outcome {
  const outcomes = expectations.map((expectation) => {
    const outcome = evaluate(expectation, element);
    // One expectation needs no name in front of what it saw; several do.
    const named = expectations.length > 1 && expectation.path !== undefined && outcome.blank !== true;
    return named ? { ...outcome, observed: `${expectation.path} ${outcome.observed}` } : outcome;
  });
  return worst(outcomes);
}

/** A quantifier over at least one element. */
export function quantify(
  quantifier: Quantifier,
  inner: Expectation | readonly Expectation[],
  elements: readonly Json[],
  evaluate: Evaluate,
): Outcome {
  const expectations = listOf(inner);
  const judged = elements.map((element) => ({ element, outcome: together(expectations, element, evaluate) }));
  const holding = judged.filter(({ outcome }) => outcome.verdict === 'pass');
  const failing = judged.filter(({ outcome }) => outcome.verdict === 'fail');
  // What cannot be compared with the element may as well hold of it.
  const shut = quantifier === 'none' || quantifier === 'one';
  const unclear = judged.filter(
    ({ outcome }) => outcome.verdict === 'inconclusive' || (shut && outcome.unlike === true),
  );
  const of = elements.length;
  // An element without what is read is no proof that it would not hold.
  const against = judged.filter(({ outcome }) => outcome.verdict === 'pass' || outcome.blank === true);
  if (quantifier === 'all' && failing.length > 0) return tell('fail', failing, of);
  if (quantifier === 'none' && against.length > 0) return tell('fail', against, of);
  if (quantifier === 'one' && holding.length > 1) return tell('fail', holding, of);
  if (quantifier === 'any' && holding.length > 0) return { verdict: 'pass', observed: `${holding.length} of ${of}` };
  if (unclear.length > 0) return tell('inconclusive', unclear, of);
  if ((quantifier === 'any' || quantifier === 'one') && holding.length === 0) return noneHolds(failing);
  return { verdict: 'pass', observed: quantifier === 'none' ? `none of ${of}` : `${holding.length} of ${of}` };
}

function noneHolds(failing: readonly Judged[]): Outcome {
  return { verdict: 'fail', observed: `none of ${failing.length}: ${describe(failing)}`, ...hintOf(failing) };
}

function tell(verdict: 'fail' | 'inconclusive', offenders: readonly Judged[], of: number): Outcome {
  return { verdict, observed: `${offenders.length} of ${of}: ${describe(offenders)}`, ...hintOf(offenders) };
}

function hintOf(judged: readonly Judged[]): { hint?: string } {
  const hint = judged.find(({ outcome }) => outcome.hint !== undefined)?.outcome.hint;
  return hint === undefined ? {} : { hint };
}

function describe(judged: readonly Judged[]): string {
  return listed(
    judged.map(({ element, outcome }) => {
      const name = isObject(element) ? label(element) : '';
      return name === '' ? outcome.observed : `${outcome.observed} (${name})`;
    }),
    '; ',
  );
}

/** The first few of them. */
export function listed(texts: readonly string[], separator: string): string {
  const more = texts.length - shown;
  const first = texts.slice(0, shown).join(separator);
  return more > 0 ? `${first} … and ${more} more` : first;
}
