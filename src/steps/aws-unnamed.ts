// Answers that list what is not there beside what is, and throw nothing: whoever asked for all of it did not get it.

import type { JsonObject } from '../engine/json.ts';

/** By operation: the list of names that are not there, and the list of what is. */
const listed: Readonly<Record<string, readonly [unnamed: string, found: string]>> = {
  'ssm:GetParameters': ['InvalidParameters', 'Parameters'],
};

/**
 * The facts of an answer. Where it names something that is not there, the rest is left out, `found` is false and `error`
 * says what is missing: what did come would prove nothing about all that was asked for.
 */
export function namedFacts(operation: string, output: JsonObject): JsonObject {
  const [unnamed = '', found = ''] = listed[operation] ?? [];
  const names: unknown = output[unnamed];
  if (!Array.isArray(names) || names.length === 0) return { ...output, found: true };
  const { [found]: _, ...rest } = output;
  const message = `Not there: ${names.map(String).join(', ')}`;
  return { ...rest, found: false, error: { code: unnamed, message: message.slice(0, 500) } };
}
