// Secrets that nobody declared: told by the names they stand under, or by their own form, in any text.

import { redacted } from '../engine/redacted.ts';

// Ends of names, so that `secret_arn`, `password_last_used` and `http_tokens` keep saying what they say.
const names =
  'pass(?:word|wd|phrase|code)|[_.-]pwd|secret(?:[_-]?(?:key|access[_-]?key|string|value|binary))?|token|authorization|cookie|' +
  '(?:api|access|account|private|shared|signing|encryption|master)[_-]?key|credentials?|session[_-]?id|csrf|xsrf|jwt|' +
  'signature|connection[_-]?string|webhook[_-]?ur[il]';
const parameters =
  '(?:token|secret|password|passwd|[_-]pwd|signature|(?<![a-z])sig|credential|(?:api|access|account|shared)[_-]?key|jwt|assertion|session_?id)';
/** What says something about a secret and is none. */
const harmless =
  'arn:|\\((?:redacted|secret [\\w-]+|sensitive value|known after apply)\\)|' +
  '(?:true|false|null|none|yes|no|on|off|required|optional|enabled|disabled|missing|absent|present|empty|set|unset|valid|invalid|ok|expired|denied)(?![\\w.@/+=-])';
const quoted = `"(?:[^"\\\\\\n]|\\\\.)*"?|'[^'\\n]*'?`;
const bare = `(?:[^\\s"'&|)}\\]\\\\]|\\\\(?![nrt"]))*[^\\s"'&|)}\\]\\\\,;]`;
const value = `(?!["']?(?:${harmless}))(?:${quoted}|${bare})`;

const secretName = new RegExp(`(?:${names})$`, 'i');
const harmlessValue = new RegExp(`^(?:${harmless})`, 'i');
/** Where none of these stands, nothing is told by its name. */
const telling = /pass|pwd|secret|token|auth|cookie|key|cred|session|csrf|xsrf|jwt|sig|assertion|connection|webhook/i;

/** Each keeps what says that there was a secret ($1), and drops the secret. Linear: nothing in them repeats a repetition. */
const named: readonly (readonly [RegExp, string])[] = [
  // `?access_token=…`, and the same inside of another address.
  [new RegExp(`([?&;#](?:amp;)?[^=&#?;\\s]{0,100}${parameters}=)[^&#\\s"'<>]+`, 'gi'), `$1${redacted}`],
  [
    new RegExp(`((?:%3F|%26|%23)[^=&#?;\\s%]{0,100}${parameters}%3D)(?:(?!%26|%23)[^&#\\s"'<>])+`, 'gi'),
    `$1${redacted}`,
  ],
  // `PASSWORD=…`, and what a plan says it was and will be.
  [
    new RegExp(
      `((?:^|[\\s"'\`{(,;|>[:\\\\])[\\w.-]{0,60}(?:${names})["']?\\s{0,3}=\\s{0,3}(?!=))${value}(?:\\s{1,3}->\\s{1,3}(?:${quoted}|${bare}))?`,
      'gim',
    ),
    `$1${redacted}`,
  ],
  // `Authorization: …` and `password: …` on lines of their own; within a line only what has a digit in it.
  [
    new RegExp(
      `(^[ \\t<>*|-]{0,10}["']?[\\w.-]{0,60}(?:${names})["']?[ \\t]{0,3}:[ \\t]{1,3})(?!["']?(?:${harmless}))\\S[^\\r\\n]*`,
      'gim',
    ),
    `$1${redacted}`,
  ],
  [
    /((?:^|[\s{(,;[])["']?[\w.-]{0,60}(?:password|passwd|passphrase|secret|token|api[_-]?key)["']?\s{0,3}:\s{0,3}["']?)(?!arn:|\(redacted)(?=[^\s"',;&}]{0,200}\d)[^\s"',;&}]{3,}/gi,
    `$1${redacted}`,
  ],
];
/** Members of JSON inside a text, also where that JSON is itself quoted once more; cut-off texts have no closing quote. */
const member = new RegExp(
  `(\\\\{0,3}"[^"\\\\]{0,60}(?:${names})\\\\{0,3}"\\s{0,5}:\\s{0,5})(?!\\\\{0,3}"arn:)(?:"(?:[^"\\\\]|\\\\.)+|\\\\{1,3}"[^"\\\\]+|(-?\\d[\\d.eE+-]*))`,
  'gi',
);

/** The same where name and value are two members, in whichever order. */
const q = '\\\\{0,3}"';
const nameMember = `${q}(?:name|key|variable|header)${q}\\s{0,5}:\\s{0,5}${q}[^"\\\\]{0,60}(?:${names})${q}`;
const valueMember = `(${q}value${q}\\s{0,5}:\\s{0,5})`;
const someText = `(?:(")(?!${harmless})(?:[^"\\\\]|\\\\.){1,2000}|(\\\\{1,3}")(?!${harmless})[^"\\\\]{1,2000})`;
const pairs: readonly RegExp[] = [
  new RegExp(`(?<=${nameMember}\\s{0,5},\\s{0,5})${valueMember}${someText}`, 'gi'),
  new RegExp(`${valueMember}${someText}(?=${q}\\s{0,5},\\s{0,5}${nameMember})`, 'gi'),
];

const formed: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/[^\s/:@"']{1,200}:)[^\s/@"']{1,200}@/g, `$1${redacted}@`],
  [/\b(bearer|basic)(\s+|%20|\+)[A-Za-z0-9._~+/=-]{20,}/gi, `$1$2${redacted}`],
  [/(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[\s\S]*?(?=-----END |$)/g, `$1${redacted}`],
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, redacted],
  [/\b((?:AKIA|ASIA)[A-Z0-9]{16}["']?[\s,:;|]{1,3}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g, `$1${redacted}`],
  [/\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{15,}|npm_\w{30,}|xox[abeprs]-[\w-]{10,})/g, redacted],
  [/\b(?:AIza[\w-]{30,}|(?:sk|rk)_(?:live|test)_\w{10,}|SG\.[\w-]{15,}\.[\w-]{15,})/g, redacted],
];
/** What is behind it in an address is known to nobody but whoever may use it. */
const hooks = /((?:\/|%2F)(?:services|hooks?|webhooks?|webhookb2|incomingwebhook)\\{0,3}(?:\/|%2F))([^\s"'<>()?#]+)/gi;
const guessless = /^[\w-]{16,}$/;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether what stands under this name is a secret: password, secret, token, authorization, cookie, API key and the like. */
export function isSecretName(name: string): boolean {
  return secretName.test(name.replaceAll('-', '_'));
}

/** Whether a text under such a name is none after all: an ARN, a word such as `required`. */
export function isHarmless(text: string): boolean {
  return harmlessValue.test(text);
}

/**
 * The text with `(redacted)` for what stands under such a name in it (a member of JSON, a parameter of an address, a
 * variable, a header), for passwords in addresses, keys and tokens that can be told by their form, and for what makes the
 * address of a webhook one that nobody guesses. Ids, digests, ARNs and paths stay.
 */
export function hideSecrets(text: string): string {
  const known = formed.reduce((clean, [pattern, by]) => clean.replace(pattern, by), text).replace(hooks, hiddenHook);
  if (!telling.test(known)) return known;
  const members = known.replace(
    member,
    (_, name: string, digits?: string) => `${name}"${redacted}${digits === undefined ? '' : '"'}`,
  );
  const paired = pairs.reduce((clean, pattern) => clean.replace(pattern, `$1$2$3${redacted}`), members);
  return named.reduce((clean, [pattern, by]) => clean.replace(pattern, by), paired);
}

function hiddenHook(_: string, front: string, rest: string): string {
  const parts = rest.split(/(\\{0,3}\/|%2F)/i);
  return front + parts.map((part) => (isUnguessable(part) ? redacted : part)).join('');
}

/** Letters and digits mixed as no word is; names with hyphens and versions are none. */
function isUnguessable(part: string): boolean {
  if (!guessless.test(part)) return false;
  if (uuid.test(part)) return true;
  return part.split(/[_-]/).some((piece) => {
    const mixed = /[a-z]/.test(piece) && /[A-Z]/.test(piece);
    return piece.length >= 12 && /[a-z]/i.test(piece) && (/\d/.test(piece) || (mixed && piece.length >= 16));
  });
}
