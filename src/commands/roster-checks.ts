// What can be said about the roster and about whoever runs golive before anything is signed: for `whoami` and the doctor.

import { isRevoked } from '../effects/keygen.ts';
import { findRoster, keysFor, nearPath, readRoster, type RosterFiles, type RosterText } from '../effects/roster.ts';
import { GoliveError } from '../errors.ts';
import { isValidAt, type SignerEntry } from '../log/allowed-signers.ts';
import { formatAt } from '../log/line.ts';
import { fingerprint } from '../log/public-key.ts';
import { instantOf } from '../log/signer-options.ts';
import type { Check } from '../render/doctor.ts';
import type { Signer } from '../world.ts';
import { howCalled, type GlobalOptions, type Shell } from './shell.ts';

/** The roster as it was found, read where it can be. */
export interface FoundRoster {
  readonly check: Check;
  readonly files?: RosterFiles;
  readonly roster?: RosterText;
}

/** Looks for the roster. One with a mistake is wrong; that there is none is not. */
export function rosterCheck(options: GlobalOptions, shell: Shell): FoundRoster {
  const name = 'roster';
  try {
    const files = findRoster(shell.cwd);
    if (files === undefined) {
      const todo = `Name those who decide: \`${howCalled(shell, options)} key trust LINE --roles ROLE\`, with the line that their \`golive key show\` prints.`;
      const says = 'there is no .golive/allowed_signers here or above: what people say is not signed';
      return { check: { name, state: 'unknown', says, todo } };
    }
    const roster = readRoster(files, shell);
    const people = new Set(roster.entries.flatMap(({ principals }) => principals)).size;
    const roles = new Set(roster.people.flatMap((person) => person.roles)).size;
    const says = `${roster.name}, ${people === 1 ? '1 person' : `${people} people`}; ${roster.source}, ${roles === 1 ? '1 role' : `${roles} roles`}`;
    return { check: { name, state: 'ok', says }, files, roster };
  } catch (error) {
    if (!(error instanceof GoliveError)) throw error;
    // With an excerpt below it, a mistake has lines; the first ones say what it is, and where.
    const says = error.message.split(/\n+/, 2).join(': ');
    return { check: { name, state: 'bad', says, todo: error.hint ?? 'Mend that first: no run begins before.' } };
  }
}

/** Whether the roster lets this key speak for this person at `now` (ms). Nothing is signed. */
export async function listedChecks(
  roster: RosterText,
  { principal, publicKey }: Signer,
  now: number,
  shell: Shell,
): Promise<readonly Check[]> {
  const own = keysFor(roster.entries, principal);
  const byKey = own.filter(({ key }) => key === publicKey);
  const lines =
    byKey.length > 0 ? byKey : roster.entries.filter((one) => one.authority && one.principals.includes(principal));
  if (lines.length === 0) return [notListed(roster, principal, publicKey)];
  const listed: Check = {
    name: 'listed',
    state: 'ok',
    says: `${principal}, line ${lines.map(({ line }) => line).join(', ')}`,
  };
  return [listed, validCheck(lines, now), ...(await revokedChecks(roster, publicKey, shell))];
}

/** Nothing where it is not revoked. */
async function revokedChecks({ revoked }: RosterText, publicKey: string, shell: Shell): Promise<readonly Check[]> {
  const name = 'revoked';
  if (revoked === undefined) return [];
  try {
    if (!(await isRevoked(publicKey, revoked, shell.env))) return [];
    return [{ name, state: 'bad', says: 'the key is revoked', todo: `Sign with another key: ${newKey}` }];
  } catch (error) {
    if (!(error instanceof GoliveError)) throw error;
    const check: Check = { name, state: 'unknown', says: error.message };
    return [error.hint === undefined ? check : { ...check, todo: error.hint }];
  }
}

const newKey = '--key FILE, once `golive key trust` has added it.';

function notListed({ entries, name }: RosterText, principal: string, publicKey: string): Check {
  const owner = entries.find(({ key, authority }) => key === publicKey && !authority)?.principals[0];
  const check = { name: 'listed', state: 'bad' } as const;
  if (owner !== undefined) {
    const todo = `Say --as ${owner}, or sign with a key of your own: --key FILE.`;
    return { ...check, says: `${name} has this key as that of ${owner}, not of ${principal}`, todo };
  }
  const [other] = keysFor(entries, principal);
  const add = `\`golive key show\` prints your line; whoever keeps ${name} adds it with \`golive key trust\`.`;
  if (other === undefined) return { ...check, says: `${principal} does not stand in ${name}`, todo: add };
  const says = `${name} lists another key for ${principal}: ${fingerprint(other.key)}`;
  return { ...check, says, todo: `Sign with that one (--key FILE), or have this one added: ${add}` };
}

function validCheck(lines: readonly SignerEntry[], now: number): Check {
  const name = 'valid';
  const good = lines.find((entry) => isValidAt(entry, now));
  if (good !== undefined) {
    const until = instantOf(good.options, 'valid-before');
    return { name, state: 'ok', says: until === undefined ? 'now, without an end' : `now, until ${time(until)}` };
  }
  const [entry] = lines;
  const from = entry && instantOf(entry.options, 'valid-after');
  if (from !== undefined && now < from)
    return {
      name,
      state: 'bad',
      says: `the key is not valid before ${time(from)}`,
      todo: 'Wait until then, or sign with another key.',
    };
  const until = entry && instantOf(entry.options, 'valid-before');
  const says = until === undefined ? 'the key is not valid now' : `the key expired at ${time(until)}`;
  return { name, state: 'bad', says, todo: `Sign with another key: ${newKey}` };
}

/** To the second, as dates in the file are. */
function time(ms: number): string {
  return formatAt(ms).replace('.000Z', 'Z');
}

/** Which roles somebody holds. */
export function rolesCheck({ people, source }: RosterText, files: RosterFiles, principal: string, cwd: string): Check {
  const roles = people.find((person) => person.principal === principal)?.roles ?? [];
  if (roles.length > 0) return { name: 'roles', state: 'ok', says: roles.join(', ') };
  const todo = `Whoever keeps ${nearPath(files.folder, cwd)} adds them: \`golive key trust LINE --roles ROLE\`.`;
  return { name: 'roles', state: 'bad', says: `${principal} holds no role in ${source}`, todo };
}
