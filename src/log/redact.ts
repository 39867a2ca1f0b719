// Keeps secrets out of facts before they become evidence, by the names of the fields they stand in.

import { isObject, type Json } from '../engine/json.ts';
import { redacted } from '../engine/redacted.ts';

// Ends of names, so that `secret_arn`, `password_last_used` and `http_tokens` keep saying what they say.
const NAMES =
  'pass(?:word|wd|phrase)|secret(?:[_-]?(?:key|access[_-]?key|string|value|binary))?|token|authorization|cookie|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|session[_-]?id|csrf|signature';
const SECRET_NAME = new RegExp(`(?:${NAMES})$`, 'i');
// Members of JSON inside a text, also where that JSON is itself quoted once more; cut-off texts have no closing quote.
const SECRET_MEMBER = new RegExp(
  `(\\\\{0,3}"[^"\\\\]{0,60}(?:${NAMES})\\\\{0,3}"\\s{0,5}:\\s{0,5})(?:"(?:[^"\\\\]|\\\\.)+|\\\\{1,3}"[^"\\\\]+|(-?\\d[\\d.eE+-]*))`,
  'gi',
);
const SECRET_PARAMETER =
  /([?&;][^=&#?;\s]{0,100}(?:token|secret|password|passwd|signature|credential|api_?key)=)[^&#\s"'<>]+/gi;
const USER_INFO = /(:\/\/[^\s/:@"']{1,200}:)[^\s/@"']{1,200}@/g;
const BEARER = /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{20,}/gi;

/**
 * `json` with texts and numbers under tell-tale names (password, secret, token, authorization, cookie, API key and the
 * like) replaced by `(redacted)`, and with credentials taken out of URLs and bearer headers in any text.
 */
export function redact(json: Json): Json {
  if (typeof json === 'string') return scrubText(json);
  if (Array.isArray(json)) return json.map(redact);
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, SECRET_NAME.test(plain(name)) ? hide(value) : redact(value)]),
  );
}

/** A list or object under a tell-tale name may be a list of names (`SecretList`): what is inside is looked at by itself. */
function hide(value: Json): Json {
  if (typeof value === 'string') return value === '' ? value : redacted;
  if (typeof value === 'number') return redacted;
  if (Array.isArray(value)) return value.map((item: Json) => hide(item));
  return redact(value);
}

function scrubText(text: string): string {
  return text
    .replace(
      SECRET_MEMBER,
      (_, name: string, digits?: string) => `${name}"${redacted}${digits === undefined ? '' : '"'}`,
    )
    .replace(SECRET_PARAMETER, `$1${redacted}`)
    .replace(USER_INFO, `$1${redacted}@`)
    .replace(BEARER, `$1 ${redacted}`);
}

function plain(name: string): string {
  return name.replaceAll('-', '_');
}
