// The account lock: nothing is read from an account before its caller was seen to be the one the target names.

import type { Account, Plan } from '../engine/plan.ts';
import { BlindError, GoliveError, withHint } from '../errors.ts';
import type { AwsCall, AwsRefusal, AwsSession } from '../world.ts';

export interface Guard {
  readonly aws: AwsSession;
  /** Who AWS says we are, for each account that answered; the target's own first, and nobody without it. */
  readonly callers: () => readonly { readonly account: string; readonly region: string; readonly arn: string }[];
  /**
   * Asks who we are in the target's account and in those it names. Throws GoliveError `account` when one is another;
   * returns the words when it could not be asked about the target's own (no or expired credentials): then every step
   * that needs AWS is an error until it can.
   */
  check(signal: AbortSignal): Promise<string | undefined>;
}

/** Wraps AWS so that the lock cannot be walked around, also not by credentials that change while the run goes on. */
export function guardAws(aws: AwsSession, plan: Plan): Guard {
  const known = new Map<string, Promise<{ account: string; arn: string }>>();
  const seen = new Map<string, { account: string; region: string; arn: string }>();

  async function callerOf(
    key: string,
    name: string | undefined,
    signal: AbortSignal,
  ): Promise<{ account: string; arn: string }> {
    const underWay = known.get(key);
    const asked = underWay ?? aws.caller(name, signal);
    known.set(key, asked);
    try {
      return await asked;
    } catch (error) {
      // A caller that could not be asked for is asked for again next time.
      if (known.get(key) === asked) known.delete(key);
      // Whoever asked first may have given up: that says nothing to the others.
      if (underWay === undefined || signal.aborted || error instanceof BlindError) throw error;
      return callerOf(key, name, signal);
    }
  }

  async function locked(name: string | undefined, signal: AbortSignal): Promise<{ account: string; arn: string }> {
    const place = placeOf(plan, name);
    const key = name ?? '';
    const caller = await callerOf(key, name, signal);
    if (caller.account !== place.account) {
      known.delete(key);
      throw wrongAccount(plan, name, place, caller);
    }
    seen.set(key, { account: caller.account, region: place.region, arn: caller.arn });
    return caller;
  }

  /** The lock for one step: found out in the middle of a run, it could not look, or change anything, and says why. */
  async function lockedStep(name: string | undefined, signal: AbortSignal): Promise<{ account: string; arn: string }> {
    try {
      return await locked(name, signal);
    } catch (error) {
      throw error instanceof GoliveError ? new BlindError('refused', error.message, hintOf(error)) : error;
    }
  }

  /** Past everything that was known: what changes something rests on nobody's earlier word. */
  function lockedAfresh(name: string | undefined, signal: AbortSignal): Promise<{ account: string; arn: string }> {
    known.delete(name ?? '');
    return lockedStep(name, signal);
  }

  return {
    aws: {
      ...aws,
      get counts() {
        return aws.counts;
      },
      read: async (call, signal) => {
        await lockedStep(call.account, signal);
        return aws.read(call, signal);
      },
      change: async (call, signal) => {
        try {
          await lockedAfresh(call.account, signal);
        } catch (error) {
          // Nothing was sent, so what became of it is no question: an open intent would stand in the log for nothing.
          if (error instanceof BlindError && !signal.aborted) return notSent(call, error);
          throw error;
        }
        return aws.change(call, signal);
      },
      caller: lockedAfresh,
    },
    callers: () => (seen.has('') ? ['', ...Object.keys(plan.accounts)] : []).flatMap((name) => seen.get(name) ?? []),
    check: async (signal) => {
      const blind = (error: unknown): string => {
        if (error instanceof BlindError) return withHint(error);
        throw error;
      };
      const ask = (name?: string): Promise<string | undefined> => locked(name, signal).then(() => undefined, blind);
      const [own] = await Promise.all([ask(), ...Object.keys(plan.accounts).map(ask)]);
      return own;
    },
  };
}

function notSent({ service, operation }: AwsCall, blind: BlindError): AwsRefusal {
  const message = `${service}:${operation} was not sent: ${withHint(blind)}`;
  return { refused: { code: blind.code, message }, requests: blind.requests };
}

function hintOf({ hint }: GoliveError): { hint?: string } {
  return hint === undefined ? {} : { hint };
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
