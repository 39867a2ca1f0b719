// Why something could not be looked at or worked out, whatever was thrown.

import { BlindError, GoliveError } from '../errors.ts';

/**
 * Whatever went wrong on the way is a reason why nobody could look, or change anything. Throws on what is no reason:
 * credentials of another account.
 */
export function asBlind(error: unknown, doing: string): BlindError {
  if (error instanceof GoliveError && error.code === 'account') throw error;
  return error instanceof BlindError
    ? error
    : new BlindError('internal', `golive broke while ${doing}: ${String(error)}`);
}
