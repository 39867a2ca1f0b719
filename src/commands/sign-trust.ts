// Whom somebody trusts who signs for a run of others: the people of their own checkout, a file, or a commit that they name.

import type { Signer } from '../world.ts';
import { rosterHere } from './people-here.ts';
import type { Trusting } from './sign-check.ts';
import type { Shell } from './shell.ts';
import { trustOf, type VerifyTrustOptions } from './verify-trust.ts';

/** Without any of these it is the roster found upwards from here. */
export type SignTrustOptions = VerifyTrustOptions;

/** Who is trusted, and who holds which role by that; nobody where there is no roster. `source`: where that stands. */
export async function trustToSign(
  options: SignTrustOptions,
  signer: Signer,
  shell: Shell,
): Promise<Trusting & { readonly source: string }> {
  const { asked } = await trustOf(options, shell);
  if (asked.verifyStatement !== undefined) return { ...asked, source: asked.trusted ?? options.allowedSigners ?? '' };
  const here = rosterHere(signer, shell);
  if (here === undefined) return { source: '' };
  // Where nobody is said to hold anything, the run's own word has to do.
  const people = here.people.length === 0 ? undefined : here.people;
  return { verifyStatement: here.vouch, roster: here.digest, people, source: here.source };
}
