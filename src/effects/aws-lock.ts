// Credentials that are renewed in the middle of a run must still be those of the same account.

import { BlindError } from '../errors.ts';
import type { Identity, Provider } from './aws-credentials.ts';

/** Whose credentials these are. Throws BlindError when it cannot be asked. */
export type OwnerOf = (identity: Identity) => Promise<{ readonly account: string; readonly arn: string }>;

/**
 * A provider that hands out other keys than its first ones only after `ownerOf` said that they belong to `account`.
 * Whoever uses it asks about the first ones before reading anything. Throws BlindError `refused` for another account's.
 */
export function lockAccount(
  provider: Provider,
  of: { readonly account: string; readonly words: string; readonly foreign?: (blind: BlindError) => void },
  ownerOf: OwnerOf,
): Provider {
  const { account, words } = of;
  const known = new Map<string, Promise<void>>();
  const check = async (identity: Identity): Promise<void> => {
    const owner = await ownerOf(identity);
    if (owner.account === account) return;
    const foreign = new BlindError(
      'refused',
      `The credentials from ${words} have changed: they now belong to account ${owner.account} (${owner.arn}), not to ${account}.`,
      { hint: `Use the credentials of ${account}.` },
    );
    of.foreign?.(foreign);
    throw foreign;
  };
  return async () => {
    const identity = await provider();
    const id = identity.accessKeyId;
    const checked = known.get(id) ?? (known.size === 0 ? Promise.resolve() : check(identity));
    known.set(id, checked);
    try {
      await checked;
    } catch (error) {
      known.delete(id);
      throw error;
    }
    return identity;
  };
}
