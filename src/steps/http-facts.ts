// What came back over HTTP as plain facts: capped, without secrets, and with a reason where something is missing.

import type { Json, JsonObject } from '../engine/json.ts';
import type { HttpResponse } from '../world.ts';

const longestText = 65_536;
const longestHeader = 4096;
const deepestJson = 100;
const secretHeaders = new Set(['authorization', 'proxy_authorization', 'cookie', 'x_api_key', 'x_amz_security_token']);

/** Headers by snake_case name, because a hyphen does not parse in a path. Cookies keep their attributes, not their values. */
export function headerFacts(headers: HttpResponse['headers']): JsonObject {
  return Object.fromEntries(
    Object.entries(headers).map(([raw, value]) => {
      const name = raw.toLowerCase().replaceAll('-', '_');
      return [name, typeof value === 'string' ? headerFact(name, value) : value.map((each) => headerFact(name, each))];
    }),
  );
}

function headerFact(name: string, value: string): string {
  if (secretHeaders.has(name)) return '(redacted)';
  const shown = name === 'set_cookie' ? value.replace(/=[^;]*/, '=(redacted)') : value;
  return shown.slice(0, longestHeader);
}

/** `text` and `truncated`, and either `json` or `json_error`. */
export function bodyFacts(response: HttpResponse): JsonObject {
  const whole = new TextDecoder().decode(response.body);
  const text = whole.slice(0, longestText);
  const truncated = response.truncated || text.length < whole.length;
  return { text, truncated, ...jsonFacts(whole, response) };
}

function jsonFacts(text: string, response: HttpResponse): JsonObject {
  if (text.trim() === '') return { json_error: 'the body is empty' };
  if (response.truncated) return { json_error: 'the body is longer than 1 MiB, and was not read to its end' };
  try {
    const json: Json = JSON.parse(text);
    // Whatever walks over facts later recurses: a body made of brackets must not end the run.
    return isDeeper(json, deepestJson)
      ? { json_error: `the body is JSON nested deeper than ${deepestJson}` }
      : { json };
  } catch {
    const type = response.headers['content-type'];
    const said = typeof type === 'string' ? ` (content type ${type.slice(0, 80)})` : '';
    return { json_error: `the body is not JSON${said}: ${text.slice(0, 200)}` };
  }
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item: Json) => isDeeper(item, levels - 1));
}
