// Looks whether a change is to be seen, where its kind cannot see that by itself: with the step's own `verify`.

import type { JsonObject } from '../engine/json.ts';
import type { Finding } from '../engine/expectation.ts';
import type { Verdict } from '../engine/events.ts';
import type { Verify } from '../engine/plan.ts';
import { withHint } from '../errors.ts';
import { asBlind } from './blind.ts';
import { judgeFacts } from './one-look.ts';
import type { Sight } from './session.ts';

/** What a step came to: what is not given is empty. */
export interface Came {
  readonly verdict: Exclude<Verdict, 'skip'>;
  readonly reason: string;
  readonly requests: readonly string[];
  readonly findings?: readonly Finding[];
  readonly facts?: JsonObject;
  readonly looks?: number;
  /** In the `at` format; now, unless it is given. */
  readonly observedAt?: string;
}

/** One look, past everything that was read before. */
export async function lookWith(session: Sight, verify: Verify): Promise<Came> {
  const { signal } = session;
  try {
    const reader = session.reader.anew();
    const { named } = verify;
    const reading = await (named === undefined ? reader.read(verify.call, signal) : reader.named(named, signal));
    const expect = await reader.fill(verify.expect, signal);
    const { verdict, findings, kept } = judgeFacts(session, expect, reading);
    return { verdict, findings, facts: kept, reason: '', requests: reading.requests };
  } catch (error) {
    const blind = asBlind(error, 'looking whether it took effect');
    return { verdict: 'error', reason: withHint(blind), requests: blind.requests };
  }
}
