// The only place that gives verdicts: facts against expectations. Absence of evidence is never a pass.

import type { Expectation, Finding, Judgement } from './expectation.ts';
import { cap, explain, show } from './explain.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { absence, blank, counted, lossy, proved, withoutProof, type Picked } from './evidence.ts';
import { isNothing } from './loss.ts';
import { match, simpleMatchersOf, worst, type Outcome } from './matchers.ts';
import { whyNothing } from './nothing.ts';
import { redacted } from './redacted.ts';
import { choose, others, quantify, type Quantifier } from './quantify.ts';
import { bare, select, selectFrom, type Selection } from './selector.ts';

const longestText = 500;
const quantifiers: readonly Quantifier[] = ['all', 'any', 'none', 'one'];

/**
 * Judges facts as they were at `observedAtMs` (ms since 1970, for `from_now` and `ago`). Every expectation is judged,
 * none stops the others. Any fail makes the verdict fail, else any inconclusive makes it inconclusive; no expectation
 * at all is inconclusive. Facts that say `found: false` fail whatever does not ask about `found`. Never throws.
 */
export function judge(expectations: readonly Expectation[], facts: Json, observedAtMs: number): Judgement {
  const copied = bare(facts);
  const findings = expectations.map((expectation) => finding(expectation, copied, observedAtMs));
  if (findings.length === 0) {
    return {
      verdict: 'inconclusive',
      findings: [{ verdict: 'inconclusive', expected: 'an expectation', observed: 'none is written' }],
    };
  }
  const verdict = (['fail', 'inconclusive'] as const).find((bad) => findings.some((each) => each.verdict === bad));
  return { verdict: verdict ?? 'pass', findings };
}

/** What `one:` made of the facts. */
export type One = { readonly facts: JsonObject } | { readonly missing: string } | { readonly ambiguous: number };

/** The one element (or thing) that `path` and `where` pick; it becomes the facts. */
export function selectOne(
  facts: Json,
  one: { readonly path?: string; readonly where?: Where },
  observedAtMs: number,
): One {
  const copied = bare(facts);
  const { value, elements } = pick(one, copied, observedAtMs);
  const found = Array.isArray(value) ? value : value === null ? [] : [value];
  const subject = explain(one) || 'the facts';
  const only: Json = found[0] ?? null;
  if (found.length > 1) return { ambiguous: found.length };
  if (found.length === 1)
    return isObject(only) ? { facts: only } : { missing: `${subject} is ${show(only)}, which has no fields` };
  const hint = others(one.where, elements, (path, element) => selectFrom(path, element).selected);
  const of = elements.length;
  const instead =
    of === 0 ? whyNothing(one.path, copied).text : `nothing among ${of}${hint === undefined ? '' : ` (${hint})`}`;
  return { missing: cap(`${subject}: ${instead}`, longestText) };
}

/** What `capture:` takes from the facts; undefined when the path selects nothing, or loses part of what is there. */
export function capturePath(path: string, facts: Json): Json | undefined {
  const { selected, lost } = select(path, facts);
  return selected === null || lost > 0 ? undefined : selected;
}

type Where = JsonObject | readonly Expectation[];

function finding(expectation: Expectation, facts: Json, observedAtMs: number): Finding {
  const expected = explain(expectation);
  if (isObject(facts) && facts['found'] === false && !/^\s*found\b/.test(expectation.path ?? '')) {
    return { verdict: 'fail', expected, observed: cap(`not found${notFoundText(facts)}`, longestText) };
  }
  const { verdict, observed, hint } = evaluate(expectation, facts, observedAtMs);
  const texts = { verdict, expected, observed: cap(observed, longestText) };
  return hint === undefined ? texts : { ...texts, hint: cap(hint, longestText) };
}

function notFoundText(facts: JsonObject): string {
  const { missing, error } = facts;
  if (typeof missing === 'string') return `: ${missing}`;
  return isObject(error)
    ? `: ${[error['code'], error['message']].filter((part) => typeof part === 'string').join(': ')}`
    : '';
}

function pick(from: { readonly path?: string; readonly where?: Where }, value: Json, observedAtMs: number): Picked {
  const whole: Selection = { selected: value, lost: 0, total: 0, undecided: 0 };
  const { selected, ...tally } = from.path === undefined ? whole : selectFrom(from.path, value);
  const elements: readonly Json[] = Array.isArray(selected) ? selected : selected === null ? [] : [selected];
  if (from.where === undefined) return { ...tally, value: selected, elements };
  const { chosen, undecided } = choose(from.where, elements, (condition, element) =>
    evaluate(condition, element, observedAtMs),
  );
  const kept = Array.isArray(selected) ? chosen : (chosen[0] ?? null);
  return { ...tally, undecided: tally.undecided + undecided, value: kept, elements };
}

function evaluate(expectation: Expectation, value: Json, observedAtMs: number): Outcome {
  const picked = pick(expectation, value, observedAtMs);
  if (picked.problem !== undefined)
    return { verdict: 'fail', observed: `cannot be read: ${picked.problem}`, blank: true };
  const outcomes = [
    ...simple(expectation, value, picked, observedAtMs),
    ...(expectation.absent === undefined ? [] : [absence(expectation, value, picked)]),
    ...(expectation.count === undefined ? [] : [counted(expectation, value, picked)]),
    ...quantifiers.flatMap((name) => quantified(name, expectation, value, picked, observedAtMs)),
  ];
  if (outcomes.length === 0)
    return { verdict: 'inconclusive', observed: show(picked.value), hint: 'it compares with nothing' };
  return worst(outcomes);
}

function simple(expectation: Expectation, value: Json, picked: Picked, observedAtMs: number): readonly Outcome[] {
  const { path } = expectation;
  const cut = isObject(value) && value['truncated'] === true && /^\s*text\b/.test(path ?? '');
  return simpleMatchersOf(expectation).map((name) => {
    if (isNothing(picked.value)) {
      const wished = name === 'eq' && expectation.eq !== null && isNothing(expectation.eq ?? null);
      return wished && picked.value !== null ? proved(expectation, value, picked) : blank(expectation, value, picked);
    }
    if (picked.lost > 0 && name !== 'contains') return lossy(expectation, picked);
    if (picked.value === redacted) return hidden(picked.value);
    return match(name, expectation, picked.value, { observedAtMs, truncated: cut, path });
  });
}

/** Nobody has seen the value, so it is not known to differ from anything either. */
function hidden(value: string): Outcome {
  return { verdict: 'inconclusive', observed: `${value}, which nobody has seen`, hint: 'name it under `reveal`' };
}

function quantified(
  quantifier: Quantifier,
  expectation: Expectation,
  facts: Json,
  picked: Picked,
  observedAtMs: number,
): readonly Outcome[] {
  const inner = expectation[quantifier];
  const { value } = picked;
  if (inner === undefined) return [];
  if (isNothing(value)) return [overNothing(quantifier, expectation, facts, picked)];
  if (!Array.isArray(value)) {
    return [
      {
        verdict: 'fail',
        observed: `${show(value)}, which is not a list`,
        hint: 'values(path) lists what an object holds',
      },
    ];
  }
  const strict = quantifier === 'all' || quantifier === 'none';
  if (strict && picked.lost > 0) return [lossy(expectation, picked)];
  const outcome = quantify(quantifier, inner, value, (each, element) => evaluate(each, element, observedAtMs));
  // A proof that is asked for has to be there, also where what was seen would do: more may be hidden.
  if (outcome.verdict !== 'pass' || expectation.proof === undefined) return [outcome];
  if (quantifier === 'none') return [outcome, proved(expectation, facts, picked)];
  return [withoutProof(expectation.proof, facts, outcome.observed) ?? outcome];
}

function overNothing(quantifier: Quantifier, expectation: Expectation, facts: Json, picked: Picked): Outcome {
  if (quantifier === 'none' || expectation.allow_empty === true) return proved(expectation, facts, picked);
  const outcome = blank(expectation, facts, picked);
  return { ...outcome, observed: `${outcome.observed}; "${quantifier}" over nothing proves nothing` };
}
