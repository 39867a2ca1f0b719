// Rules about paths and expectations: every path compiles and leads to something the facts can have, and nothing is
// content with the absence of evidence.

import { compilePath } from '../engine/selector.ts';
import { elementOf, reach } from '../engine/path-shape.ts';
import type { Comparison, Expectation } from '../engine/expectation.ts';
import { quantifierNames } from '../engine/expectation.ts';
import type { Shape } from '../engine/shape.ts';
import { asList, callOf, callOfStep, probesIn, recheckOf, verifiesOf, type StepAt } from './calls.ts';
import { rawFacts } from './facts.ts';
import { isTemplate } from './interpolate.ts';
import type { Facts } from './lint-calls.ts';
import type { Lint } from './lint.ts';
import { partOf } from './written.ts';
import type { ProbeBody } from './schema.ts';

const any: Shape = { type: 'any' };

export function lintPaths(lint: Lint, facts: Facts): void {
  for (const container of probesIn(lint.body, lint.steps)) one(lint, container);
  for (const at of lint.steps) {
    const { step } = at;
    for (const verify of verifiesOf(step)) {
      const shape = factsOfProbe(lint, verify.probe, facts);
      for (const item of verify.expect) expectation(lint, item, shape, 'proves');
      for (const item of verify.wait?.stop_if ?? []) expectation(lint, item, shape, 'filters');
    }
    if (recheckOf(step).length > 0) continue;
    const shape = factsOfStep(lint, at, facts);
    for (const item of step.expect ?? []) expectation(lint, item, shape, 'proves');
    for (const item of step.wait?.stop_if ?? []) expectation(lint, item, shape, 'filters');
    for (const name of Object.keys(step.capture ?? {})) path(lint, step.capture ?? {}, name, shape);
  }
}

function factsOfStep(lint: Lint, { step }: StepAt, facts: Facts): Shape {
  if (step.ask !== undefined) {
    return { type: 'structure', members: () => ({ answer: any, evidence: { type: 'string' } }) };
  }
  if (step.hold !== undefined && step.hold.sample !== 'whole') {
    const call = callOfStep(step, lint.body, lint.kinds);
    // Judged sample by sample: what only a whole window has is in none of them.
    const sample = call?.kind.sampleFacts?.(call.args);
    if (sample !== undefined) return sample;
  }
  return step.probe === undefined ? any : factsOfProbe(lint, step.probe, facts);
}

function factsOfProbe({ body }: Lint, probe: string | ProbeBody, facts: Facts): Shape {
  const container = typeof probe === 'string' ? body.probes?.[probe] : probe;
  return (container === undefined ? undefined : facts.get(container)) ?? any;
}

function one(lint: Lint, container: ProbeBody): void {
  const call = callOf(container, lint.kinds);
  if (call === undefined || container.one === undefined) return;
  const shape = rawFacts(call, lint.catalogue);
  if (typeof container.one === 'string') {
    path(lint, container, 'one', shape);
    return;
  }
  const inner = container.one.path === undefined ? shape : path(lint, container.one, 'path', shape);
  if (container.one.where !== undefined) where(lint, container.one, container.one.where, elementOf(inner));
}

/** Checks the path under a key; the shape it leads to, or anything. */
function path(lint: Lint, container: object, key: string, shape: Shape): Shape {
  const written = partOf(container, key);
  if (typeof written !== 'string') return any;
  return checked(written, shape, (message) => lint.report.value(container, key, message)).shape;
}

function checked(written: string, shape: Shape, say: (message: string) => void): { shape: Shape; known: boolean } {
  const broken = compilePath(written);
  const reached = broken === undefined ? reach(written, shape) : { problem: broken };
  if (!('problem' in reached)) return reached;
  say(`the path \`${written}\`: ${reached.problem}`);
  return { shape: any, known: false };
}

/** `filters`: nothing is concluded from an empty selection here, so none needs a proof. */
function expectation(lint: Lint, item: Expectation, shape: Shape, use: 'proves' | 'filters'): void {
  const reached =
    item.path === undefined
      ? { shape, known: true }
      : checked(item.path, shape, (message) => lint.report.value(item, 'path', message));
  if (item.proof !== undefined) path(lint, item, 'proof', shape);
  if (item.where !== undefined) where(lint, item, item.where, elementOf(reached.shape));
  for (const name of quantifierNames) {
    for (const inner of asList(item[name])) expectation(lint, inner, elementOf(reached.shape), use);
  }
  if (use === 'proves') evidence(lint, item, reached.known && reached.shape.type !== 'any');
  sorts(lint, item, reached.shape);
}

function where(lint: Lint, container: object, filter: NonNullable<Expectation['where']>, element: Shape): void {
  if (Array.isArray(filter)) {
    for (const item of filter as readonly Expectation[]) expectation(lint, item, element, 'filters');
    return;
  }
  for (const name of Object.keys(filter)) {
    checked(name, element, (message) => {
      if (!lint.mentioned.has(name)) lint.report.key(filter, name, message);
    });
  }
}

/** Absence of evidence is never a pass: what an empty selection would satisfy needs a proof that something was read. */
function evidence(lint: Lint, item: Expectation, known: boolean): void {
  if (item.eq === null)
    lint.report.value(item, 'eq', '`eq: null` holds of nothing', 'write `absent: true` with a `proof`');
  if (item.proof !== undefined || item.allow_empty === true) return;
  const hint = 'add `proof: PATH` to something that is there when it was really read, or `allow_empty: true`';
  const say = (key: string, what: string): void =>
    lint.report.key(item, key, `${what} proves nothing when nothing was read`, hint);
  if (item.none !== undefined) say('none', '`none`');
  if (item.count !== undefined && acceptsNone(item.count)) say('count', 'a count of 0');
  if (item.absent === true && item.path === undefined) lint.report.key(item, 'absent', '`absent` needs a path');
  else if (item.absent === true && !known) say('absent', '`absent` of a path nobody describes');
}

function acceptsNone(count: number | Comparison): boolean {
  if (typeof count === 'number') return count === 0;
  if (typeof count === 'string') return false;
  const { eq, gt, gte } = count;
  return !(demands(eq, 1) || demands(gte, 1) || demands(gt, 0));
}

function demands(limit: number | string | undefined, least: number): boolean {
  return limit !== undefined && (isTemplate(limit) || Number(limit) >= least);
}

/** What is of another sort than the facts is never equal to them: `eq` would always fail, and `ne` always pass. */
function sorts(lint: Lint, item: Expectation, shape: Shape): void {
  if (shape.type !== 'string' && shape.type !== 'number' && shape.type !== 'boolean') return;
  const wrong = (value: unknown): boolean =>
    value !== undefined && value !== null && !isTemplate(value) && typeof value !== shape.type;
  const hint =
    shape.type === 'string'
      ? item.path === undefined
        ? undefined
        : `select it with \`to_number(${item.path})\``
      : 'write it without quotes';
  const is = { string: 'text', number: 'a number', boolean: 'true or false' }[shape.type];
  for (const name of ['eq', 'ne', 'in', 'not_in', ...(shape.type === 'string' ? limits : [])] as const) {
    const values: readonly unknown[] = name === 'in' || name === 'not_in' ? asList(item[name]) : [item[name]];
    const other = values.find((value) => wrong(value));
    if (other === undefined) continue;
    const fits = shape.type === 'string' ? typeof other === 'number' : typeof other === 'string';
    lint.report.value(
      item,
      name,
      `this is ${is} in the facts, and never equal to ${JSON.stringify(other)}`,
      fits ? hint : undefined,
    );
  }
}

const limits = ['lt', 'lte', 'gt', 'gte'] as const;
