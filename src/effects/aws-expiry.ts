// Until when credentials last, asked where it matters: in front of what cannot be undone without them.

import { BlindError } from '../errors.ts';
import type { Expires } from '../wire.ts';
import type { Clients, Place } from './aws-clients.ts';
import type { Identity, Provider } from './aws-credentials.ts';
import { readFailure } from './aws-errors.ts';

/** `expires` of a session over these accounts. */
export function createExpiry(places: ReadonlyMap<string, Place>, clients: Clients): Expires {
  return async (account, until) => {
    const place = places.get(account ?? '');
    if (place === undefined) throw new BlindError('invalid', `The target has no account named ${account}.`);
    try {
      await clients.prefer(place, lastingUntil(until));
      const at = endOf(await clients.credentials(place)());
      return at === undefined ? undefined : { at, renew: place.source.renew };
    } catch (thrown) {
      const asked = { service: 'sts', operation: 'GetCallerIdentity', ...place.account, credentials: place.source };
      const failure = readFailure(asked, thrown);
      throw failure instanceof BlindError ? failure : new BlindError('credentials', 'The credentials cannot be had.');
    }
  };
}

/**
 * Tells of an older and a newer way to the same credentials which one to go on with. Those that would end before `until`
 * (ms) are asked for anew, but what there is stays in use until something that lasts longer is there.
 */
function lastingUntil(until: number): (old: Provider, anew: () => Promise<Provider>) => Promise<Provider | undefined> {
  return async (old, anew) => {
    const end = endOf(await old());
    if (end === undefined || end >= until) return undefined;
    try {
      const provider = await anew();
      const later = endOf(await provider());
      return later === undefined || later > end ? provider : undefined;
    } catch {
      return undefined;
    }
  };
}

/** In ms; undefined where they do not say. */
function endOf({ expiration }: Identity): number | undefined {
  const end = expiration?.getTime();
  return end === undefined || Number.isNaN(end) ? undefined : end;
}
