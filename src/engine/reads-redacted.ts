// Whether an expectation reads something of the facts that was taken out of them before they were kept.

import type { Expectation } from './expectation.ts';
import { conditionsOf, listOf } from './explain.ts';
import type { Json } from './json.ts';
import { redacted } from './redacted.ts';
import { bare, selectFrom } from './selector.ts';

/** What stands for a secret by its form, and for one that the checklist declares. */
const marks = new RegExp(`${redacted.replaceAll(/[()]/g, '\\$&')}|\\(secret [\\w-]+\\)`);
/** A path that does more than go down by names: what it looks at on its way is not what it selects. */
const worksOut = /[?(&|!=<>]/;
const quantifiers = ['all', 'any', 'none', 'one'] as const;

/**
 * True when what it compares is, or may be, `(redacted)` in part: it was judged then by what nobody has any more. How many
 * there are of something, and whether it is there, is known all the same.
 */
export function readsRedacted(expectation: Expectation, facts: Json): boolean {
  return reads(expectation, bare(facts));
}

function reads(expectation: Expectation, value: Json): boolean {
  if (!hides(value)) return false;
  const { path, where } = expectation;
  if (path !== undefined && worksOut.test(path)) return true;
  const selected = path === undefined ? value : selectFrom(path, value).selected;
  const elements: readonly Json[] = Array.isArray(selected) ? selected : [selected];
  const conditions = where === undefined ? [] : conditionsOf(where);
  if (conditions.some((condition) => elements.some((element) => reads(condition, element)))) return true;
  const { path: _, where: __, proof: ___, count: ____, absent: _____, allow_empty: ______, ...rest } = expectation;
  const { all, any, none, one, ...compares } = rest;
  if (Object.keys(compares).length > 0 && hides(selected)) return true;
  return quantifiers.some((name) =>
    listOf({ all, any, none, one }[name] ?? []).some((inner) => elements.some((element) => reads(inner, element))),
  );
}

function hides(value: Json): boolean {
  return marks.test(JSON.stringify(value));
}
