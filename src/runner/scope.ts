// What `${…}` refers to while a run goes on: values, inputs, captures and built-in names. Facts come from the reader.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import type { Plan, Scope } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';

/** Secret values by name; they are in no plan, log or message. */
export type Secrets = Readonly<Record<string, string>>;

/** Names and their values right now. */
export function scopeOf(plan: Plan, state: State, run: string, secrets: Secrets): Scope {
  const captures: JsonObject = Object.fromEntries(
    Object.entries(state.values)
      .filter(([, value]) => value.step !== '')
      .map(([name, value]) => [name, JSON.parse(value.json)]),
  );
  const builtIn = { target: plan.target, account: plan.aws.account, region: plan.aws.region, run };
  return { ...plan.names, ...captures, ...secrets, ...builtIn };
}

/**
 * Replaces every secret value in a text by its name, also as it stands inside JSON or a URL. Values of fewer than four
 * characters would hit too much else.
 */
export function scrubber(secrets: Secrets): (text: string) => string {
  const pairs = Object.entries(secrets)
    .flatMap(([name, value]) => formsOf(value).map((form) => [name, form] as const))
    .filter(([, value]) => value.length >= 4)
    .toSorted(([, a], [, b]) => b.length - a.length);
  if (pairs.length === 0) return (text) => text;
  return (text) => pairs.reduce((clean, [name, value]) => clean.replaceAll(value, `(secret ${name})`), text);
}

function formsOf(value: string): readonly string[] {
  const trimmed = value.trim();
  const quoted = JSON.stringify(trimmed).slice(1, -1);
  return [...new Set([value, trimmed, quoted, JSON.stringify(quoted).slice(1, -1), encodeURIComponent(trimmed)])];
}

/** JSON with the secrets taken out of its texts, names and numbers; it stays JSON whatever they look like. */
export function scrubJson(json: Json, scrub: (text: string) => string): Json {
  if (typeof json === 'string') return scrub(json);
  if (typeof json === 'number') return scrub(String(json)) === String(json) ? json : scrub(String(json));
  if (Array.isArray(json)) return json.map((item: Json) => scrubJson(item, scrub));
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [scrub(name), scrubJson(value, scrub)]));
}
