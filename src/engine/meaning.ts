// What a part of a checklist comes to together with all it refers to: the same words may mean another thing elsewhere.

import { differences } from './difference.ts';
import type { Json } from './json.ts';
import { stepsOf, type Plan, type Step } from './plan.ts';

/** Something of a checklist, in which `${…}` is read by that checklist. */
export interface Written {
  readonly plan: Plan;
  /** Plain data. */
  readonly part: unknown;
}

const reference = /\$\{([^}.]*)/g;

/** The names a part refers to, each once. */
export function namesIn(part: unknown): readonly string[] {
  const text = JSON.stringify(part) ?? '';
  return [...new Set([...text.matchAll(reference)].map(([, name = '']) => name))];
}

/** Whether both say the same, and mean the same by every name in it. */
export function meansTheSame(one: Written, other: Written): boolean {
  if (differences(one.part, other.part).length > 0) return false;
  return namesIn(one.part).every((name) => nameMeansTheSame(name, one.plan, other.plan));
}

/** Whether a probe or a capture with this name is the same in both; a name that neither has is. */
export function nameMeansTheSame(name: string, one: Plan, other: Plan): boolean {
  return differences([...meaningsOf(one, name)], [...meaningsOf(other, name)]).length === 0;
}

/** What a step's look asks, without what it expects of the answer. */
export function questionOf(plan: Plan, { work }: Step): unknown {
  if (work.type === 'ask') return { question: work.ask.question, type: work.ask.type };
  if (work.type !== 'probe') return work;
  const call = work.named === undefined ? work.call : own(plan.probes, work.named)?.call;
  return { call: asked(call), recheck: work.recheck };
}

/** In words, for whoever compares two of them. */
export function questionText(plan: Plan, { work }: Step): string {
  if (work.type === 'ask') return work.ask.question;
  if (work.type !== 'probe') return work.type;
  if (work.recheck !== undefined) return `${work.recheck.join(', ')} once more`;
  return (work.named === undefined ? work.call : own(plan.probes, work.named)?.call)?.words ?? '';
}

/** Every name behind this one, itself first, with what it stands for; each once, so that a circle ends. */
function meaningsOf(plan: Plan, name: string, known = new Map<string, unknown>()): ReadonlyMap<string, unknown> {
  if (known.has(name)) return known;
  const probe = own(plan.probes, name);
  const captures = stepsOf(plan).find((step) => own(step.capture, name) !== undefined);
  const means =
    probe !== undefined
      ? asked(probe.call)
      : captures && { step: captures.id, path: own(captures.capture, name), of: questionOf(plan, captures) };
  known.set(name, means ?? null);
  for (const inner of namesIn(means)) meaningsOf(plan, inner, known);
  return known;
}

/** How a use of a kind is told in words follows from the rest. */
function asked(call: { readonly kind: string; readonly args: Json; readonly one?: unknown } | undefined): unknown {
  return call && { kind: call.kind, args: call.args, one: call.one };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
