// `golive whoami`: who you are to golive, with which key, and whether what you sign here counts.

import { randomUUID } from 'node:crypto';
import { findPrincipal, findSigner } from '../effects/keys.ts';
import type { RosterText } from '../effects/roster.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { fingerprint } from '../log/public-key.ts';
import { namespaces } from '../log/sshsig.ts';
import { doctorLines, type Check } from '../render/doctor.ts';
import type { Signer } from '../world.ts';
import { openDesk } from './desk.ts';
import { listedChecks, rolesCheck, rosterCheck } from './roster-checks.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import type { SigningOptions } from './signing.ts';

export interface WhoamiOptions extends GlobalOptions, SigningOptions {}

/** Says what would be signed with, and signs a text of no meaning to see that it counts. Exit 0 when all is good, else 2. */
export async function whoami(options: WhoamiOptions, shell: ProcessShell, now = Date.now()): Promise<number> {
  const { principal, signer, checks: mine } = await whoSigns(options, shell);
  const { check, files, roster } = rosterCheck(options, shell);
  const listed = roster && signer ? await listedChecks(roster, signer, now, shell) : [];
  const fine = listed.length > 0 && listed.every(({ state }) => state === 'ok');
  const signs = fine && roster && signer ? [await roundTrip(roster, signer, now)] : [];
  const roles = roster && files && principal !== undefined ? [rolesCheck(roster, files, principal, shell.cwd)] : [];
  const checks = [...mine, check, ...listed, ...signs, ...roles];
  const exit = checks.every(({ state }) => state === 'ok') ? exitCodes.go : exitCodes.undecided;
  if (options.json === true) {
    const key = signer && {
      publicKey: signer.publicKey,
      fingerprint: fingerprint(signer.publicKey),
      source: signer.source,
    };
    const held = roster?.people.find((person) => person.principal === principal)?.roles ?? [];
    const found = files && { ...files, digest: roster?.digest };
    shell.out(JSON.stringify({ principal, key, roster: found, roles: held, checks, exit }, null, 2));
    return exit;
  }
  const desk = openDesk(shell);
  const page = { theme: desk.page.theme, width: Math.min(120, desk.page.width) };
  for (const line of doctorLines(page, [{ title: principal ?? 'Nobody', checks }]).slice(0, -1)) shell.out(line);
  desk.close();
  return exit;
}

interface WhoSigns {
  readonly principal?: string | undefined;
  readonly signer?: Signer | undefined;
  readonly checks: readonly Check[];
}

async function whoSigns(options: WhoamiOptions, shell: ProcessShell): Promise<WhoSigns> {
  const place = { cwd: shell.cwd, env: shell.env };
  const bad = (name: string, says: string, todo: string): Check => ({ name, state: 'bad', says, todo });
  let principal: string | undefined;
  try {
    principal = await findPrincipal({ ...place, as: options.as });
    if (principal === undefined)
      return {
        checks: [bad('name', 'golive does not know who you are', 'Say --as you@example.com, or set git’s user.email.')],
      };
    const signer = await findSigner({ ...place, key: options.key, principal });
    const make = `Make one with \`${howCalled(shell, options)} key init\`, or name one with --key FILE.`;
    if (signer === undefined) return { principal, checks: [bad('key', 'there is no SSH key to sign with', make)] };
    const says = `${fingerprint(signer.publicKey)}, from ${signer.source}`;
    return { principal, signer, checks: [{ name: 'key', state: 'ok', says }] };
  } catch (error) {
    if (!(error instanceof GoliveError)) throw error;
    const name = principal === undefined ? 'name' : 'key';
    return { principal, checks: [bad(name, error.message, error.hint ?? 'Name another key with --key FILE.')] };
  }
}

/** Whether a signature made with this key, here and now, is one that the roster vouches for. */
async function roundTrip(roster: RosterText, signer: Signer, now: number): Promise<Check> {
  const name = 'signs';
  const { principal, publicKey } = signer;
  // No statement, so that nobody can put the signature under anything.
  const message = Buffer.from(`golive whoami, of no meaning, ${randomUUID()}`);
  const namespace = namespaces.signoff;
  try {
    const signature = await signer.sign(namespace, message);
    const said = { line: 1, kind: 'signoff', principal, signer: publicKey, namespace, message, signature } as const;
    const vouching = await roster.vouch({ ...said, at: formatAt(now) });
    if (vouching === 'good') return { name, state: 'ok', says: 'a signature made just now is good' };
    const todo = `Look at the line of ${principal} in ${roster.name}: \`golive key show\` prints a good one.`;
    return { name, state: 'bad', says: vouching.reason, todo };
  } catch (error) {
    if (!(error instanceof GoliveError)) throw error;
    return { name, state: 'bad', says: error.message, todo: error.hint ?? 'Name another key with --key FILE.' };
  }
}
