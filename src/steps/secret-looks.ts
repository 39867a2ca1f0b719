// Whether a plain value looks like a secret, by its name and by its form; the answer is words that never quote it.

/** Ends of names, in capitals with underscores. `PUBLIC_KEY` and `MAX_TOKENS` are no secrets. */
const secretName =
  /(?:^|_)(?:(?<!PUBLIC_|PUBLISHABLE_|SORT_|PARTITION_|PRIMARY_|FOREIGN_|CACHE_)(?:API|AUTH|ACCESS|SECRET|ENCRYPTION|SIGNING)?KEYS?|SECRETS?|(?:SECRET|PRIVATE|SESSION|JWT)_\w*|\w*SECRET|TOKEN|\w*PASSWORD|PASS|PASSWD|PWD|PASSPHRASE|CREDENTIALS?|PRIVATE|PAT|SALT|PEPPER|WEBHOOK_URL|AUTHORIZATION|SIGNATURE)$/;
/** What only speaks about a secret: where it is, how long it lasts. */
const aboutSecret =
  /_(?:ARN|NAME|ID|PATH|FILE|DIR|TTL|EXPIRY|EXPIRATION|EXPIRES|EXPIRES_IN|LENGTH|SIZE|COUNT|LIMIT|MAX|MIN|ENABLED|REQUIRED|SECONDS|MINUTES|HOURS|DAYS|TIMEOUT|HEADER|TYPE|ALGORITHM|ALG|VERSION|REGION|PREFIX|ISSUER|AUDIENCE|ENDPOINT|PROVIDER|STORE|ROTATION|DOMAIN|NAMESPACE|COOKIE)$/;
const connectionName =
  /(?:^|_)(?:\w*DSN|(?:DATABASE|DB|REDIS|CACHE|MONGO|MONGODB|AMQP|BROKER|POSTGRES|MYSQL|SQL)_?\w*(?:URL|URI)|CONNECTION_?STRING)$/;
const flag = /^(?:true|false|yes|no|on|off|enabled?|disabled?|none|null|undefined|required|optional|strict|[01])$/i;
const reference =
  /^(?:arn:[\w-]+:\S+|\$\{?[A-Za-z_]\w*\}?|\{\{resolve:[^}]+\}\}|(?:\/|\.\/|file:\/\/)[\w./-]+|(?:ssm|secretsmanager|vault|aws-sm):\S+|https?:\/\/[^\s@?]+)$/;
const identifierName = /(?:^|_)(?:SHA\d*|COMMIT|REVISION|DIGEST|HASH|CHECKSUM|ETAG|FINGERPRINT|BUILD|VERSION)(?:_ID)?$/;

/** Each with what it is. Linear: no nested repetition. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY/, 'a private key'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, 'an access key of AWS'],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/, 'a JSON web token'],
  [/:\/\/[^\s/:@]{0,200}:(?!\d{1,5}\/)(?!\$\{?\w+\}?@)[^\s@]{1,500}@/, 'a URL with a password in it'],
  [/\bsk-[\w-]{16,}/, 'an API key'],
  [/\b(?:sk|rk)_(?:live|test)_\w{10,}/, 'an API key'],
  [/\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{15,}|npm_\w{30,})/, 'an access token'],
  [/\b(?:xox[abeprs]-[\w-]{10,}|AIza[\w-]{30,}|SG\.[\w-]{15,}\.[\w-]{15,})/, 'an access token'],
  [/hooks\.slack\.com\/services\/\w/, 'the address of a webhook, which is its only secret'],
  [/\b(?:Bearer|Basic) (?!\$)[\w.~+/=-]{8,}/i, 'an authorization header'],
];

const pair = /(?:^|[\s;&?,{"'-])([A-Za-z_][\w.-]{0,100})["']?\s{0,3}[=:](?!\/\/)\s{0,3}["']?([^\s"',;&}]{1,500})/g;
/** No secrets, though they look random. */
const harmless =
  /\b(?:sha\d{1,3}|md5)[:-][\w+/=]+|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\barn:[\w-]+:[^\s"',]+|\bssh-(?:rsa|ed25519) [\w+/=]+|-----BEGIN (?:PUBLIC KEY|CERTIFICATE)-----[^-]*|\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"',]+/gi;
const shortest = 20;

/** Why an environment variable looks like a secret, without a word of its value; undefined when it does not. */
export function whyVariable(name: string, value: string): string | undefined {
  return whyName(name, value) ?? whyValue(value, name);
}

function whyName(name: string, value: string): string | undefined {
  const plain = capitals(name);
  if (connectionName.test(plain) && /:\/\/[^\s/]*@/.test(value)) return 'it is a connection with a user in it';
  if (!secretName.test(plain) || aboutSecret.test(plain)) return undefined;
  const text = value.trim();
  if (text === '' || flag.test(text) || reference.test(text)) return undefined;
  return 'its name is that of a secret, and it has a value';
}

/** `apiKey`, `api-key` and `Api.Key` as `API_KEY`. */
function capitals(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

/** Why a text looks like a secret, or has one in it, whatever its name (which may say that it is a digest). */
export function whyValue(text: string, name = ''): string | undefined {
  const form = forms.find(([pattern]) => pattern.test(text));
  if (form !== undefined) return `it looks like ${form[1]}`;
  const named = [...text.matchAll(pair)].some(([, inner = '', value = '']) => whyName(inner, value) !== undefined);
  if (named) return 'a part of it has the name of a secret, and a value';
  if (identifierName.test(capitals(name))) return undefined;
  const rest = text.replaceAll(harmless, ' ');
  return (rest.match(/[\w+/-]{20,}/g) ?? []).some((token) => isRandom(token))
    ? 'it looks random, as keys and tokens do'
    : undefined;
}

/** Why the arguments of a program look like they have a secret among them: `--password X` stands in two of them. */
export function whyArguments(given: readonly string[]): string | undefined {
  const flagged = given.some((each, at) => {
    const next = given[at + 1];
    return /^--?[A-Za-z]/.test(each) && next !== undefined && !next.startsWith('-')
      ? whyName(each.replace(/^-+/, ''), next) !== undefined
      : false;
  });
  if (flagged) return 'an option has the name of a secret, and a value';
  return given.map((each) => whyValue(each)).find((why) => why !== undefined);
}

function isRandom(token: string): boolean {
  if (/^[0-9a-f]+$/i.test(token)) return /[a-f]/i.test(token) && /\d/.test(token) && bits(token) > 3;
  // Names and paths are words with something between them. Keys are not, unless they are in letters of both cases.
  if (/^[a-z0-9_/+-]+$|^[A-Z0-9_/+-]+$/.test(token))
    return token.split(/[_/+-]/).some((part) => part.length >= shortest && isMixed(part));
  if (token.startsWith('/')) return token.split('/').some((part) => part.length >= shortest && isMixed(part));
  return isMixed(token);
}

/** Letters and digits in turn, and hardly one twice. The most that 20 of them can have is 4.3 bits. */
function isMixed(token: string): boolean {
  const turns = token.match(/[A-Za-z](?=[0-9+/])|[0-9+/](?=[A-Za-z])/g) ?? [];
  return turns.length >= 2 && bits(token) > 3.7;
}

/** Shannon's entropy, in bits for each character. */
function bits(token: string): number {
  const counts = new Map<string, number>();
  for (const each of token) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / token.length) * Math.log2(count / token.length), 0);
}
