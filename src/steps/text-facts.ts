// Text that something answered as plain facts: the JSON in it, or why there is none, and its lines.

import type { Json, JsonObject } from '../engine/json.ts';

/** Characters of a text that are kept in facts. */
export const longestText = 65_536;
const deepestJson = 100;

/** `json`, or `json_error` with the reason; `what` is its subject ("the body"), `more` goes on from "is not JSON". */
export function readJson(
  text: string,
  what: string,
  more = '',
): { readonly json: Json } | { readonly json_error: string } {
  if (text.trim() === '') return { json_error: `${what} is empty` };
  try {
    const json: Json = JSON.parse(text);
    // Whatever walks over facts later recurses: a text made of brackets must not end the run.
    return isDeeper(json, deepestJson) ? { json_error: `${what} is JSON nested deeper than ${deepestJson}` } : { json };
  } catch {
    return { json_error: `${what} is not JSON${more}: ${text.slice(0, 200)}` };
  }
}

/** `text` and `truncated`, and `lines` of it, or `lines_error`: some of the lines would look like all of them. */
export function textFacts(text: string, truncated: boolean): JsonObject {
  const lines = text === '' ? [] : text.split(/\r?\n/);
  return {
    text,
    truncated,
    ...(truncated ? { lines_error: 'the text was cut off, and its lines with it' } : { lines }),
  };
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item: Json) => isDeeper(item, levels - 1));
}
