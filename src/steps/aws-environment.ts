// Plain environment variables are credentials often enough: facts carry their names, and values only of those asked for.

import { redacted } from '../engine/redacted.ts';
import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';

const environmentName = /^environment$/i;
const variablesName = /^variables$/i;

/**
 * The object with the values of environment variables replaced by `(redacted)`, except of those named in `reveal`:
 * of every `{name, value}` in a list under `environment` (ECS: task definitions, overrides), and of every member of a
 * map under `Environment.Variables` (Lambda). Letters of either case. Names stay, and so does everything else.
 */
export function redactEnvironment(output: JsonObject, reveal: readonly string[] = []): JsonObject {
  return mapMembers(output, (name, value) => {
    if (!environmentName.test(name)) return inside(value, reveal);
    if (Array.isArray(value)) return value.map((each: Json) => redactPair(each, reveal));
    return isObject(value) ? redactMaps(value, reveal) : value;
  });
}

function inside(value: Json, reveal: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((each: Json) => inside(each, reveal));
  return isObject(value) ? redactEnvironment(value, reveal) : value;
}

/** `{name, value}`, or anything else that a service keeps in such a list: then nothing but its name is known to be fine. */
function redactPair(pair: Json, reveal: readonly string[]): Json {
  if (!isObject(pair)) return typeof pair === 'string' ? redactLine(pair, reveal) : pair;
  const name = Object.entries(pair).find(([key]) => /^(?:name|key)$/i.test(key))?.[1];
  const shown = typeof name === 'string' && reveal.includes(name);
  return mapMembers(pair, (key, value) => {
    if (/^value$/i.test(key)) return shown ? value : redacted;
    return inside(value, reveal);
  });
}

/** `NAME=value` */
function redactLine(line: string, reveal: readonly string[]): string {
  const at = line.indexOf('=');
  return at === -1 || reveal.includes(line.slice(0, at)) ? line : `${line.slice(0, at)}=${redacted}`;
}

function redactMaps(environment: JsonObject, reveal: readonly string[]): JsonObject {
  return mapMembers(environment, (name, value) => {
    if (!variablesName.test(name) || !isObject(value)) return inside(value, reveal);
    return mapMembers(value, (variable, each) => (reveal.includes(variable) ? each : redacted));
  });
}

function mapMembers(value: JsonObject, to: (name: string, each: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, to(name, each)]));
}
