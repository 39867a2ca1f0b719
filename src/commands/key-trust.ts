// `golive key trust LINE|FILE`: adds somebody to the people this project trusts, and to the roles they hold.

import { nameText } from '../checklist/schema-parts.ts';
import { openFiles } from '../effects/files.ts';
import { allowedSignersLine, findPrincipal, publicPart } from '../effects/keys.ts';
import { addPerson, type Added, type NewPerson } from '../effects/roster-change.ts';
import { nearPath } from '../effects/roster.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { readAllowedSigners, type SignerEntry } from '../log/allowed-signers.ts';
import { fingerprint } from '../log/public-key.ts';
import { visible } from '../render/text.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export interface KeyTrustCommand extends GlobalOptions {
  /** `--as`: whose key it is, where what is given does not say it. */
  readonly as?: string | undefined;
  /** `--roles a,b` */
  readonly roles?: string | undefined;
}

/**
 * Adds the person in `given`: a line as `golive key show` prints it, or the path of a `.pub` file together with `as`.
 * Exit 0 also when they stood there already. Throws GoliveError when it is neither, or when nothing may be added.
 */
export async function keyTrust(given: string, options: KeyTrustCommand, shell: Shell): Promise<number> {
  const entry = lineIn(given);
  const { principal, line, key } =
    entry === undefined ? await fromKey(given, options, shell) : fromLine(entry, options);
  const roles = (options.roles ?? '').split(',').map((role) => role.trim());
  const person = { principal, line, key, roles: roles.filter((role) => role !== '') };
  refuseOddRoles(person.roles);
  say(person, addPerson(shell.cwd, person), options, shell);
  return exitCodes.go;
}

/** The line, when it is one; what looks like one and is not says why. */
function lineIn(given: string): SignerEntry | undefined {
  const text = given.trim();
  const words = text.split(/\s+/);
  const type = words.findIndex((word) => /^(?:ssh|sk|ecdsa)-\S+$/.test(word));
  if (type < 1) return undefined;
  const { entries, problems } = readAllowedSigners(text);
  const [problem] = problems;
  if (problem !== undefined)
    throw new GoliveError(
      'trust',
      `this is no line of allowed signers: ${problem.message} (column ${problem.column})`,
      {
        hint: "Give it as `golive key show` prints it, between ' and ', so that the shell leaves it as it is.",
      },
    );
  return entries[0];
}

function fromLine({ principals, options: written, key, authority }: SignerEntry, { as }: KeyTrustCommand) {
  const [principal = ''] = principals;
  if (authority)
    throw new GoliveError('trust', 'this is the key of an authority, which vouches for whomever it likes', {
      hint: 'Add such a line by hand, when that is what you want.',
    });
  if (as !== undefined && as !== principal)
    throw new GoliveError('usage', `the line is that of ${principal}, and --as says ${as}`);
  return { principal, key, line: [principal, written, key].filter((part) => part !== '').join(' ') };
}

async function fromKey(given: string, { as }: KeyTrustCommand, shell: Shell) {
  const text = /^(?:ssh|sk|ecdsa)-\S+\s/.test(given) ? given : await textOf(given, shell);
  const listed = text === given || text.trim().includes('\n') ? undefined : lineIn(text);
  if (listed !== undefined) return fromLine(listed, { as });
  const principal = as === undefined ? undefined : await findPrincipal({ ...shell, as });
  if (principal === undefined)
    throw new GoliveError('usage', 'a key alone does not say whose it is', { hint: 'Say so: --as ada@example.com' });
  const key = publicPart(text);
  return { principal, key, line: allowedSignersLine(principal, key) };
}

async function textOf(path: string, shell: Shell): Promise<string> {
  const text = await openFiles().readText(path.startsWith('/') ? path : `${shell.cwd}/${path}`);
  if (text === undefined)
    throw new GoliveError(
      'usage',
      `${JSON.stringify(path.slice(0, 100))} is neither a line of allowed signers nor a file`,
      {
        hint: 'Give what `golive key show` prints, or the path of a .pub file with --as WHO.',
      },
    );
  if (text.startsWith('-----BEGIN'))
    throw new GoliveError('key', `${path} is a private key, which nobody else should have`, {
      hint: 'Give its public part, the file that ends in .pub.',
    });
  return text;
}

function refuseOddRoles(roles: readonly string[]): void {
  const odd = roles.find((role) => !nameText.safeParse(role).success);
  if (odd === undefined) return;
  throw new GoliveError('usage', `${JSON.stringify(odd)} cannot be the name of a role`, {
    hint: 'Roles are those of the checklists, in lower case, joined with commas: --roles engineering,on_call',
  });
}

function say(person: NewPerson, added: Added, { json }: GlobalOptions, shell: Shell): void {
  const { principal, key, line } = person;
  if (json === true) {
    shell.out(JSON.stringify({ principal, publicKey: key, fingerprint: fingerprint(key), line, added }));
    return;
  }
  const file = visible(nearPath(added.allowedSigners, shell.cwd));
  if (added.line) {
    shell.err(`Added to ${file}:`);
    shell.out(line);
  } else shell.err(`${principal} stands in ${file} with this key already.`);
  shell.err(`  ${fingerprint(key)}: compare it with what ${principal} reads out from \`golive whoami\`.`);
  const rolesFile = visible(nearPath(added.rolesFile, shell.cwd));
  if (added.roles.length > 0) shell.err(`Added to ${rolesFile}: ${principal} holds ${added.roles.join(', ')}.`);
  else if (person.roles.length > 0) shell.err(`${principal} holds ${person.roles.join(', ')} in ${rolesFile} already.`);
}
