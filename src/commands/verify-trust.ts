// Whom `golive verify` trusts: nobody by itself, the people in a file, or those in a commit that the auditor names.

import { dirname, join, resolve } from 'node:path';
import { trustIn, verifyWithKeygen } from '../effects/keygen.ts';
import { openFiles } from '../effects/files.ts';
import { nearPath, rolesIn, rosterNames } from '../effects/roster.ts';
import { readTrustRepo, type CommitRoster } from '../effects/trust-repo.ts';
import { GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import type { VerifyOptions } from '../log/verify.ts';
import type { Shell } from './shell.ts';

export interface VerifyTrustOptions {
  /** OpenSSH's allowed_signers. */
  readonly allowedSigners?: string | undefined;
  /** Who holds which role; otherwise the `roles.yaml` beside the allowed signers, when it is there. */
  readonly roles?: string | undefined;
  readonly revoked?: string | undefined;
  /** Instead of the three: a commit of the repository here, with its `.golive`. */
  readonly trustRepo?: string | undefined;
}

/** What the verdict rests on, for `verifyLog`, for the screen and for machines. */
export interface Trusting {
  readonly asked: Pick<VerifyOptions, 'verifyStatement' | 'roster' | 'people' | 'trusted'>;
  readonly source?: TrustedCommit;
}

/** A commit somebody chose to trust. */
export interface TrustedCommit {
  readonly commit: string;
  readonly author: { readonly name: string; readonly email: string; readonly at: string };
  /** Of the allowed signers, from the top of the repository. */
  readonly path: string;
  /** Paths of the files that were there beside them. */
  readonly beside: readonly string[];
}

/** Reads them. Throws GoliveError `usage` for options that contradict each other and `trust` for a file that cannot be used. */
export async function trustOf(options: VerifyTrustOptions, shell: Shell): Promise<Trusting> {
  const { allowedSigners, roles, revoked, trustRepo } = options;
  if (trustRepo !== undefined) {
    const other = Object.entries({ '--allowed-signers': allowedSigners, '--roles': roles, '--revoked': revoked });
    const [named] = other.find(([, value]) => value !== undefined) ?? [];
    if (named !== undefined)
      throw new GoliveError(
        'usage',
        `--trust-repo takes everything from one commit, and ${named} names another source`,
      );
    return fromCommit(await readTrustRepo(trustRepo, shell), shell);
  }
  if (allowedSigners !== undefined) return fromFiles({ allowedSigners, roles, revoked }, shell);
  for (const [option, value, says] of [
    ['--revoked', revoked, 'who is trusted no longer'],
    ['--roles', roles, 'who holds which role'],
  ] as const) {
    if (value === undefined) continue;
    const message = `${option} says ${says}, and nobody is trusted without --allowed-signers`;
    throw new GoliveError('usage', message);
  }
  return { asked: {} };
}

async function fromFiles(
  { allowedSigners, roles, revoked }: VerifyTrustOptions & { readonly allowedSigners: string },
  shell: Shell,
): Promise<Trusting> {
  const file = resolve(shell.cwd, allowedSigners);
  const gone = revoked === undefined ? undefined : resolve(shell.cwd, revoked);
  const { entries, ...trust } = verifyWithKeygen(file, gone, shell.env);
  const rolesFile = roles === undefined ? join(dirname(file), rosterNames.roles) : resolve(shell.cwd, roles);
  const text = await openFiles().readText(rolesFile);
  if (text === undefined && roles !== undefined)
    throw new GoliveError('trust', `${roles} could not be read, and without it nobody holds a role`);
  if (text === undefined) return { asked: trust };
  return { asked: { ...trust, people: rolesIn(Buffer.from(text), nearPath(rolesFile, shell.cwd), entries) } };
}

function fromCommit({ commit, author, allowedSigners, roles, revoked }: CommitRoster, shell: Shell): Trusting {
  const name = `${allowedSigners.path} of commit ${commit.slice(0, 12)}`;
  const { entries, ...trust } = trustIn({ name, bytes: allowedSigners.bytes }, revoked?.bytes, shell.env);
  const people = roles && rolesIn(roles.bytes, `${roles.path} of commit ${commit.slice(0, 12)}`, entries);
  const at = formatAt(author.at);
  const by = `${author.name} <${author.email}>, ${at.slice(0, 10)}`;
  return {
    asked: { ...trust, people, trusted: `${allowedSigners.path} as of commit ${commit.slice(0, 12)}… (${by})` },
    source: {
      commit,
      author: { name: author.name, email: author.email, at },
      path: allowedSigners.path,
      beside: [roles, revoked].flatMap((file) => (file === undefined ? [] : [file.path])),
    },
  };
}
