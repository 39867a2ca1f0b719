// The file of people and their keys, read line by line: ssh-keygen skips what it cannot read, we must not.

import { keyBytes } from './public-key.ts';
import { instantOf, namesAuthority, optionsProblem } from './signer-options.ts';
import { readString } from './wire.ts';

/** How many strings the bytes of a key of each type are made of, the type's own name among them. */
const keyTypes: Readonly<Record<string, number>> = {
  'ssh-ed25519': 2,
  'ssh-rsa': 3,
  'ecdsa-sha2-nistp256': 3,
  'ecdsa-sha2-nistp384': 3,
  'ecdsa-sha2-nistp521': 3,
  'sk-ssh-ed25519@openssh.com': 3,
  'sk-ecdsa-sha2-nistp256@openssh.com': 4,
};

/** A line that lets people sign. */
export interface SignerEntry {
  /** Counted from 1. */
  readonly line: number;
  readonly principals: readonly string[];
  /** As written, without the spaces around it; empty when there are none. */
  readonly options: string;
  /** `TYPE BASE64`, without comment. */
  readonly key: string;
  /** True when it is the key of an authority, whose certificates people sign with. */
  readonly authority: boolean;
}

/** What is wrong with a line. Lines and columns count from 1. */
export interface SignerProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Reads an allowed-signers file (ALLOWED SIGNERS in ssh-keygen(1)). Patterns among the principals are refused: a person
 * is an exact name. So is a key that stands there for two names: one key is one person. The entries only say whose key
 * is whose; whether a signature is good is for ssh-keygen to say.
 */
export function readAllowedSigners(text: string): {
  readonly entries: readonly SignerEntry[];
  readonly problems: readonly SignerProblem[];
} {
  const read = text.split('\n').map((line, index) => readLine(line.replace(/\r$/, ''), index + 1));
  const entries = read.flatMap((one) => (one !== undefined && 'entry' in one ? [one.entry] : []));
  const problems = read.flatMap((one) => (one !== undefined && 'problem' in one ? [one.problem] : []));
  const shared = sharedKeys(entries);
  return { entries, problems: [...problems, ...shared].toSorted((a, b) => a.line - b.line) };
}

/** The problems as one sentence each, with its place; empty when there are none. */
export function allowedSignersProblems(text: string): readonly string[] {
  return readAllowedSigners(text).problems.map(
    ({ line, column, message }) => `line ${line}, column ${column}: ${message}`,
  );
}

/** Whether the key of the entry may sign at `at` (ms since 1970). Dates without `Z` are UTC, as everywhere in golive. */
export function isValidAt({ options }: SignerEntry, at: number): boolean {
  const after = instantOf(options, 'valid-after');
  const before = instantOf(options, 'valid-before');
  return (after === undefined || at >= after) && (before === undefined || at <= before);
}

type Read = { readonly entry: SignerEntry } | { readonly problem: SignerProblem };

/** As ssh-keygen reads it: names, options unless a key follows at once, a key, and whatever else. */
function readLine(text: string, line: number): Read | undefined {
  const names = /^[ \t]*/.exec(text)?.[0].length ?? 0;
  if (text.length === names || text[names] === '#') return undefined;
  const problem = (column: number, message: string): Read => ({ problem: { line, column: column + 1, message } });
  // oxlint-disable-next-line no-control-regex
  const odd = text.search(/[\u0000-\u0008\u000a-\u001f\u007f]/);
  if (odd >= 0) return problem(odd, 'there is a control character on it');
  const written = wordAt(text, names);
  if (/[*?!]/.test(written)) return problem(names, 'principals are exact names here, and this line has a pattern');
  const principals = /^("?)([^"]*)\1$/.exec(written)?.[2]?.split(',') ?? [''];
  if (principals.some((name) => !/^[\u0021-\u007e]+$/.test(name)))
    return problem(names, 'it begins with names, joined with commas, without spaces, and this is something else');
  const second = afterSpace(text, names + written.length);
  const bare = Object.hasOwn(keyTypes, wordAt(text, second));
  const options = bare ? '' : wordAt(text, second);
  const wrong = bare ? undefined : optionsProblem(options);
  if (wrong !== undefined) return problem(second, wrong);
  const third = bare ? second : afterSpace(text, second + options.length);
  const type = wordAt(text, third);
  if (!Object.hasOwn(keyTypes, type)) return problem(third, 'there is no key of a known type on it');
  const fourth = afterSpace(text, third + type.length);
  const base64 = wordAt(text, fourth);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return problem(fourth, 'its key is not base64');
  const key = `${type} ${base64}`;
  if (!isWhole(key, type)) return problem(fourth, `its key is not a whole ${type} key`);
  return { entry: { line, principals, options, key, authority: namesAuthority(options) } };
}

/** What stands at `from` up to a space outside quotes; what follows a quote without an end is no part of it. */
function wordAt(text: string, from: number): string {
  const word = /(?:"[^"]*"|[^ \t"])*/y;
  word.lastIndex = from;
  return word.exec(text)?.[0] ?? '';
}

function afterSpace(text: string, from: number): number {
  const space = /[ \t]*/y;
  space.lastIndex = from;
  return from + (space.exec(text)?.[0].length ?? 0);
}

function isWhole(key: string, type: string): boolean {
  try {
    const bytes = keyBytes(key);
    const parts: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      const part = readString(bytes, at);
      if (part === undefined) return false;
      parts.push(part.value);
      at = part.next;
    }
    const fits = parts.length === keyTypes[type] && parts.every(({ length }) => length > 0);
    return fits && (!type.includes('ed25519') || parts[1]?.length === 32);
  } catch {
    return false;
  }
}

/** Nobody may speak in two names, or two people would be one. */
function sharedKeys(entries: readonly SignerEntry[]): readonly SignerProblem[] {
  const owners = new Map<string, string>();
  return entries.flatMap(({ line, principals, key, authority }) => {
    if (authority) return [];
    const first = owners.get(key) ?? principals[0] ?? '';
    owners.set(key, first);
    const other = principals.find((name) => name !== first);
    if (other === undefined) return [];
    return [{ line, column: 1, message: `its key is that of ${first} and of ${other}, and one key is one person` }];
  });
}
