// What came back over HTTP as plain facts: capped, without secrets, and with a reason where something is missing.

import { redacted } from '../engine/redacted.ts';
import type { JsonObject } from '../engine/json.ts';
import type { HttpResponse } from '../world.ts';
import { longestText, readJson } from './text-facts.ts';

const longestHeader = 4096;
const secretHeaders = new Set(['authorization', 'proxy_authorization', 'cookie', 'x_api_key', 'x_amz_security_token']);
const challenges = new Set([
  'www_authenticate',
  'proxy_authenticate',
  'authentication_info',
  'proxy_authentication_info',
]);
/** What a challenge says that is the same for everybody. */
const said = /^(?:realm|charset|scope|error|error_description|qop|algorithm|stale|rc)$/i;

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
  if (challenges.has(name)) return challenge(value.slice(0, longestHeader));
  const shown = name === 'set_cookie' ? value.replace(/=[^;]*/, '=(redacted)') : value;
  return shown.slice(0, longestHeader);
}

/** Schemes and what they say to everybody; nonces, tickets and the like are for one. */
function challenge(value: string): string {
  return value
    .replace(/([\w-]{1,100})=("[^"]*"|[^\s,"]+)/g, (whole, name: string) =>
      said.test(name) ? whole : `${name}=${redacted}`,
    )
    .replace(/((?:^|,\s*)(?:Negotiate|NTLM|Kerberos)\s+)[^\s,]+/gi, `$1${redacted}`);
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
