// One use of a kind for one target: what is known is filled in and checked again.

import { isObject } from '../engine/json.ts';
import type { Expectation } from '../engine/expectation.ts';
import { parseDuration } from '../engine/duration.ts';
import type { Call, Wait } from '../engine/plan.ts';
import type { AnyAct, AnyKind } from '../steps/index.ts';
import type { Bind } from './bind.ts';
import type { CallAt, Use } from './calls.ts';
import { fillKnown } from './interpolate.ts';
import { argumentProblems, fits } from './issues.ts';
import { placeOfValue, problemAt } from './places.ts';
import { parseInterval } from './offset.ts';
import type { StepBody } from './schema.ts';
import { asJson } from './written.ts';
import { expectation as expectationSchema, whereMap } from './schema-parts.ts';

/** A probe, with the one match it picks. */
export function bindCall(bound: Bind, call: CallAt): Call {
  const { one } = call.container;
  return { ...bindUse(bound, call), ...(one === undefined ? {} : { one: bindOne(bound, one) }) };
}

/** A kind with its arguments, whether it looks or acts. */
export function bindUse(bound: Bind, { name, kind, args: written }: Use<AnyKind | AnyAct>): Call {
  const filled = fillKnown(written, bound.scope);
  const args = isObject(filled) ? filled : {};
  // As they were written, lint has looked at them.
  const problems = args === written ? [] : argumentProblems(bound.checklist.source, kind.schema, args, written);
  bound.problems.push(...problems);
  const misfilled = problems.length === 0 && 'misfilled' in kind ? kind.misfilled?.(written, args) : undefined;
  if (misfilled !== undefined)
    bound.problems.push(problemAt(bound.checklist.source, placeOfValue(bound.checklist.source, written), misfilled));
  return { kind: name, args, words: problems.length === 0 ? kind.describe(args) : name };
}

type One = NonNullable<Call['one']>;

function bindOne(bound: Bind, one: NonNullable<CallAt['container']['one']>): One {
  if (typeof one === 'string') return { path: one };
  const { path, where } = one;
  const filled = where === undefined ? undefined : bindWhere(bound, where);
  return { ...(path === undefined ? {} : { path }), ...(filled === undefined ? {} : { where: filled }) };
}

function bindWhere(bound: Bind, where: NonNullable<One['where']>): NonNullable<One['where']> {
  if (Array.isArray(where)) return bindExpectations(bound, where as readonly Expectation[]);
  const filled = fillKnown(asJson(where), bound.scope);
  return whereMap.parse(filled);
}

/** Expectations with what is known filled in; what then has the wrong type is a problem at its place. */
export function bindExpectations(bound: Bind, written: readonly Expectation[]): readonly Expectation[] {
  return written.map((one) => {
    const template = asJson(one);
    const filled = fillKnown(template, bound.scope);
    // As it was read, and its form was looked at then.
    if (filled === template) return one;
    if (fits(expectationSchema, filled)) return filled;
    bound.problems.push(...argumentProblems(bound.checklist.source, expectationSchema, filled, template));
    return one;
  });
}

/** How often to look when a `wait` does not say. */
const defaultInterval = '5s..30s';

/** The wait of a step, or of the `verify` of an act. */
export function bindWait(bound: Bind, wait: NonNullable<StepBody['wait']>): Wait {
  return {
    forMs: parseDuration(wait.for) ?? 0,
    everyMs: parseInterval(wait.every ?? defaultInterval) ?? { min: 5000, max: 30_000 },
    consecutive: wait.consecutive ?? 1,
    stopIf: bindExpectations(bound, wait.stop_if ?? []),
  };
}
