// The account lock: nothing is read from an account before its caller was seen to be the one the target names.

import type { Account, Plan } from '../engine/plan.ts';
import { BlindError, GoliveError, withHint } from '../errors.ts';
import type { AwsSession } from '../world.ts';

export interface Guard {
  readonly aws: AwsSession;
  /** Who AWS says we are, for each account that answered. */
  readonly callers: () => readonly { readonly account: string; readonly region: string; readonly arn: string }[];
  /**
   * Asks who we are in the target's account. Throws GoliveError `account` when it is another one; returns the words when
   * it could not be asked (no or expired credentials): then every step that needs AWS is an error until it can.
   */
  check(signal: AbortSignal): Promise<string | undefined>;
}

/** Wraps AWS so that the lock cannot be walked around, also not by credentials that change while the run goes on. */
export function guardAws(aws: AwsSession, plan: Plan): Guard {
  const known = new Map<string, Promise<{ account: string; arn: string }>>();
  const seen = new Map<string, { account: string; region: string; arn: string }>();

  async function locked(name: string | undefined, signal: AbortSignal): Promise<void> {
    const place = placeOf(plan, name);
    const key = name ?? '';
    const asked = known.get(key) ?? aws.caller(name, signal);
    known.set(key, asked);
    // A caller that could not be asked for is asked for again next time.
    asked.catch(() => known.delete(key));
    const caller = await asked;
    if (caller.account !== place.account) throw wrongAccount(plan, name, place, caller);
    seen.set(key, { account: caller.account, region: place.region, arn: caller.arn });
  }

  return {
    aws: {
      ...aws,
      get counts() {
        return aws.counts;
      },
      read: async (call, signal) => {
        await locked(call.account, signal);
        return aws.read(call, signal);
      },
    },
    callers: () => [...seen.values()],
    check: async (signal) => {
      try {
        await locked(undefined, signal);
        return undefined;
      } catch (error) {
        if (error instanceof BlindError) return withHint(error);
        throw error;
      }
    },
  };
}

function placeOf(plan: Plan, name: string | undefined): Account {
  const place = name === undefined ? plan.aws : plan.accounts[name];
  if (place === undefined) throw new BlindError('invalid', `the target names no account ${name ?? ''}`);
  return place;
}

function wrongAccount(
  plan: Plan,
  name: string | undefined,
  place: Account,
  caller: { account: string; arn: string },
): GoliveError {
  const what =
    name === undefined ? `${plan.checklist}-${plan.target}` : `account ${name} of ${plan.checklist}-${plan.target}`;
  return new GoliveError(
    'account',
    `${what} is for account ${place.account}, and these credentials belong to ${caller.account} (${caller.arn})`,
    {
      hint: `Nothing was read or changed. Use the credentials of ${place.account}${place.profile === undefined ? '' : `, for example --profile ${place.profile}`}.`,
    },
  );
}
