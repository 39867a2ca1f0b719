// Keeps secrets out of facts before they become evidence, by the names of the fields they stand in.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { redacted } from '../engine/redacted.ts';
import { hideSecrets, isHarmless, isSecretName } from '../steps/secret-text.ts';

/** What a list of variables, headers or attributes calls the two halves of one. */
const nameField = /^(?:name|key|variable|header)$/i;
const valueField = /^value$/i;

/**
 * `json` with texts and numbers under tell-tale names (password, secret, token, authorization, cookie, API key and the
 * like) replaced by `(redacted)`, also where name and value are two fields; and what `hideSecrets` finds in any text.
 */
export function redact(json: Json): Json {
  if (typeof json === 'string') return hideSecrets(json);
  if (Array.isArray(json)) return json.map(redact);
  if (!isObject(json)) return json;
  const paired = namesSecret(json);
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      if (isSecretName(name)) return [name, hide(value)];
      const hides = paired && valueField.test(name) && !(typeof value === 'string' && isHarmless(value));
      return [name, hides ? hide(value) : redact(value)];
    }),
  );
}

/** A list or object under a tell-tale name may be a list of names (`SecretList`): what is inside is looked at by itself. */
function hide(value: Json): Json {
  if (typeof value === 'string') return value === '' || value.startsWith('arn:') ? value : redacted;
  if (typeof value === 'number') return redacted;
  if (Array.isArray(value)) return value.map((item: Json) => hide(item));
  return redact(value);
}

function namesSecret(json: JsonObject): boolean {
  return Object.entries(json).some(
    ([field, name]) => nameField.test(field) && typeof name === 'string' && isSecretName(name),
  );
}
