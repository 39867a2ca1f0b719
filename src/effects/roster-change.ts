// Adding a person to the roster: everything is checked before anything is written, and a file is replaced whole or not at all.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { withRoles } from '../checklist/roles-change.ts';
import { GoliveError } from '../errors.ts';
import { allowedSignersProblems, readAllowedSigners, type SignerEntry } from '../log/allowed-signers.ts';
import { readGuarded } from './guarded-file.ts';
import { findRoster, isThere, keysFor, nearPath, rolesIn, rosterNames } from './roster.ts';

const lineFeed = 10;

/** A person as they are to stand in the roster. */
export interface NewPerson {
  readonly principal: string;
  /** `TYPE BASE64` */
  readonly key: string;
  /** Their line of the allowed signers, as it is to be written. */
  readonly line: string;
  /** Roles to add to those they hold. */
  readonly roles: readonly string[];
}

/** What became of it. */
export interface Added {
  readonly allowedSigners: string;
  /** False when the name stood there with this key already. */
  readonly line: boolean;
  readonly rolesFile: string;
  /** Those that were added. */
  readonly roles: readonly string[];
}

/**
 * Adds the person to the roster that `cwd` finds, or to a new one in it. Throws GoliveError `trust` and writes nothing
 * when the key is somebody else's, when a file that is there has a mistake, or when others can write to it.
 */
export function addPerson(cwd: string, person: NewPerson): Added {
  const found = findRoster(cwd);
  const folder = found?.folder ?? join(cwd, rosterNames.folder);
  const allowedSigners = found?.allowedSigners ?? join(folder, rosterNames.allowedSigners);
  const rolesFile = found?.roles ?? join(folder, rosterNames.roles);
  const before = found === undefined ? Buffer.of() : readGuarded(allowedSigners);
  const name = nearPath(allowedSigners, cwd);
  refuseProblems(before, `${name} cannot be added to`);
  const there = keysFor(entriesOf(before), person.principal).some(({ key }) => key === person.key);
  const end = before.length === 0 || before.at(-1) === lineFeed ? '' : '\n';
  const after = there ? before : Buffer.concat([before, Buffer.from(`${end}${person.line}\n`)]);
  refuseProblems(after, `${person.principal} cannot be added to ${name}`);

  const known = entriesOf(after);
  const bytes = isThere(rolesFile) ? readGuarded(rolesFile) : undefined;
  const people = bytes === undefined ? [] : rolesIn(bytes, nearPath(rolesFile, cwd), known);
  const held = people.find(({ principal }) => principal === person.principal)?.roles ?? [];
  const roles = person.roles.filter((role, at) => !held.includes(role) && person.roles.indexOf(role) === at);
  const text = roles.length === 0 ? undefined : Buffer.from(withRoles(bytes?.toString('utf8'), { ...person, roles }));
  if (text !== undefined) rolesIn(text, nearPath(rolesFile, cwd), known);

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!there) replace(allowedSigners, after);
  if (text !== undefined) replace(rolesFile, text);
  return { allowedSigners, line: !there, rolesFile, roles };
}

function entriesOf(bytes: Buffer): readonly SignerEntry[] {
  return readAllowedSigners(bytes.toString('utf8')).entries;
}

function refuseProblems(bytes: Buffer, what: string): void {
  const problems = allowedSignersProblems(bytes.toString('utf8'));
  if (problems.length === 0) return;
  throw new GoliveError('trust', `${what}: ${problems.slice(0, 5).join('; ')}`, { hint: 'Nothing was written.' });
}

/** A link to a file stays one. Who may read a file stays as it was; a new one is for everybody to read. */
function replace(path: string, bytes: Uint8Array): void {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    const target = there === undefined ? path : realpathSync(path);
    const temporary = join(dirname(target), `.tmp-${randomBytes(8).toString('hex')}`);
    try {
      const handle = openSync(temporary, 'wx', 0o600);
      try {
        writeFileSync(handle, bytes);
        fchmodSync(handle, there === undefined ? 0o644 : there.mode & 0o777);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(temporary, target);
    } finally {
      rmSync(temporary, { force: true });
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GoliveError('trust', `${path} could not be written: ${why}`, { hint: 'It is as it was before.', cause });
  }
}
