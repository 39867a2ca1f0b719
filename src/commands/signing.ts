// Who signs this session, and with what.

import type { Mode } from '../engine/events.ts';
import { GoliveError } from '../errors.ts';
import { findPrincipal, findSigner } from '../effects/keys.ts';
import { throwAwaySigner } from '../log/session-key.ts';
import type { Signer } from '../world.ts';
import type { Shell } from './shell.ts';

export interface SigningOptions {
  readonly as?: string;
  readonly key?: string;
}

/**
 * The person's own key. A dry run without one, or a run of a machine with no people (`made`), signs with a key made for
 * it, and its log says so.
 */
export async function signerFor(
  mode: Mode,
  options: SigningOptions,
  shell: Shell,
  made = mode !== 'run',
): Promise<Signer> {
  const place = { cwd: shell.cwd, env: shell.env };
  const principal = await findPrincipal({ ...place, as: options.as });
  const found = principal === undefined ? undefined : await findSigner({ ...place, key: options.key, principal });
  if (found) return found;
  if (made && (options.key ?? shell.env['GOLIVE_SIGNING_KEY'] ?? '') === '')
    return {
      ...throwAwaySigner(principal ?? 'nobody'),
      source: `a key made for this ${mode === 'run' ? 'run' : 'dry run'}`,
    };
  if (principal === undefined) {
    throw new GoliveError('principal', 'golive does not know who you are', {
      hint: 'Say --as you@example.com, or set git’s user.email.',
    });
  }
  throw new GoliveError('key', 'there is no SSH key to sign the run with', {
    hint: 'Make one with `golive key init`, or name one with --key FILE.',
  });
}
