// What came back over HTTP as plain facts: capped, without secrets, and with a reason where something is missing.

import { redacted } from '../engine/redacted.ts';
import type { JsonObject } from '../engine/json.ts';
import type { HttpResponse } from '../world.ts';
import { longestText, readJson } from './text-facts.ts';

const longestHeader = 4096;
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
  if (secretHeaders.has(name)) return redacted;
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
  const type = response.headers['content-type'];
  return readJson(text, 'the body', typeof type === 'string' ? ` (content type ${type.slice(0, 80)})` : '');
}
