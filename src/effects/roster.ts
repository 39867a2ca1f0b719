// Who is trusted at this machine, from the files of the project: people, their roles, their keys, and with what they sign here.

import { lstatSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { readRolesFile } from '../checklist/roles-file.ts';
import type { KnownPerson } from '../engine/events.ts';
import { GoliveError } from '../errors.ts';
import { isValidAt, type SignerEntry } from '../log/allowed-signers.ts';
import { principalPattern } from '../log/bodies.ts';
import { frames } from '../render/frame.ts';
import type { Roster } from '../roster.ts';
import type { Signer } from '../world.ts';
import { readGuarded } from './guarded-file.ts';
import { trustIn } from './keygen.ts';
import { agentKeys, agentSigner, fileSigner } from './keys.ts';

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where the roster is. */
export interface RosterFiles {
  /** The folder `.golive`. */
  readonly folder: string;
  readonly allowedSigners: string;
  /** Where roles stand; undefined when the file is not there. */
  readonly roles: string | undefined;
  /** Keys no longer trusted (KRL or list); undefined when the file is not there. */
  readonly revoked: string | undefined;
}

export const rosterNames = {
  folder: '.golive',
  allowedSigners: 'allowed_signers',
  roles: 'roles.yaml',
  revoked: 'revoked_keys',
};

/** The roster of the nearest folder, from `cwd` upwards, that has a `.golive/allowed_signers`. */
export function findRoster(cwd: string): RosterFiles | undefined {
  for (let here = resolve(cwd); ; here = dirname(here)) {
    const folder = join(here, rosterNames.folder);
    const allowedSigners = join(folder, rosterNames.allowedSigners);
    const beside = (name: string): string | undefined => (isThere(join(folder, name)) ? join(folder, name) : undefined);
    if (isThere(allowedSigners))
      return { folder, allowedSigners, roles: beside(rosterNames.roles), revoked: beside(rosterNames.revoked) };
    if (here === dirname(here)) return undefined;
  }
}

/** What its files say, read once: later changes of them change nothing. */
export interface RosterText extends Omit<Roster, 'signer'> {
  /** What the allowed signers are called by whoever works here. */
  readonly name: string;
  readonly entries: readonly SignerEntry[];
  /** The file of revoked keys. */
  readonly revoked: Uint8Array | undefined;
}

/**
 * Reads the roster. Throws GoliveError `trust` for a file that is wrong, that cannot be read, or that others can write
 * to. Where there is no roles file nobody holds a role.
 */
export function readRoster(files: RosterFiles, { env, cwd }: Place): RosterText {
  const name = nearPath(files.allowedSigners, cwd);
  const bytes = readGuarded(files.allowedSigners);
  const revoked = files.revoked === undefined ? undefined : readGuarded(files.revoked);
  const { roster: digest, verifyStatement: vouch, entries } = trustIn({ name, bytes }, revoked, env);
  const { roles } = files;
  const people = roles === undefined ? [] : rolesIn(readGuarded(roles), nearPath(roles, cwd), entries);
  return { source: sourceOf(files, cwd), name, digest, people, vouch, entries, revoked };
}

/**
 * The roster for a session of `session`, whoever runs golive. `now`: the clock in ms by which one of an agent's keys is
 * chosen. Throws as `readRoster`.
 */
export function openRoster(
  files: RosterFiles,
  options: Place & { readonly session: Signer; readonly now?: () => number },
): Roster {
  const { env, cwd, session, now = Date.now } = options;
  const { source, digest, people, vouch, name, entries } = readRoster(files, options);
  const place = { cwd, env };
  return {
    source,
    digest,
    people,
    vouch,
    async signer(principal, file) {
      if (principal === session.principal) return session;
      const listed = keysFor(entries, principal);
      if (file === undefined) {
        // One that may sign now before one that may not; whoever has only the latter reads why it does not count.
        const held = await agentKeys(place);
        const here = listed.filter(({ key }) => held.includes(key));
        const chosen = here.find((entry) => isValidAt(entry, now())) ?? here[0];
        return chosen && agentSigner(chosen.key, { ...place, principal });
      }
      const signer = await fileSigner(file, { ...place, principal, source: file });
      if (listed.some(({ key }) => key === signer.publicKey)) return signer;
      const has = listed.length === 0 ? `${name} lists no key of theirs` : `${name} lists another key for them`;
      throw new GoliveError('key', `${file} is not a key of ${principal}: ${has}`, {
        hint: `Name the file of ${principal}'s own key, or let them add it with \`golive key trust\`.`,
      });
    },
  };
}

/** The lines that let this person sign with a key of their own. */
export function keysFor(entries: readonly SignerEntry[], principal: string): readonly SignerEntry[] {
  return entries.filter(({ principals, authority }) => !authority && principals.includes(principal));
}

/** Who holds which role, by the bytes of a roles file. Throws GoliveError `trust` with every mistake in it. */
export function rolesIn(bytes: Uint8Array, name: string, entries: readonly SignerEntry[]): readonly KnownPerson[] {
  const listed = entries.flatMap(({ principals }) => principals);
  const { people, problems } = readRolesFile(textOf(bytes, name), name, listed);
  if (people === undefined) throw new GoliveError('trust', `${name} cannot be used as it is\n\n${frames(problems)}`);
  const odd = people.find(({ principal }) => !principalPattern.test(principal));
  if (odd === undefined) return people;
  throw new GoliveError('trust', `${name}: ${odd.principal} cannot be the name of a person in the log`, {
    hint: 'Use letters, digits and . _ + @ : / = - only, in the allowed signers too.',
  });
}

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new GoliveError('trust', `${name} is not UTF-8 text`, { cause });
  }
}

function sourceOf({ folder, roles }: RosterFiles, cwd: string): string {
  const path = nearPath(roles ?? `${folder}/${rosterNames.roles}`, cwd);
  return roles === undefined ? `${path} (which is not there, so nobody holds a role)` : path;
}

/** The path as a person in `cwd` would write it. */
export function nearPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return isAbsolute(near) || near.startsWith('../../../') ? path : near;
}

/** Whether a file of the roster is there. A link that leads nowhere is: a list of revoked keys that cannot be read must not be one that is not there. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    throw new GoliveError('trust', `whether there is a ${path} cannot be seen, and it would say who is trusted`, {
      hint: 'Work in a checkout of your own, or have its folder made readable.',
      cause,
    });
  }
}
