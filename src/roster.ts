// Who may speak for which role, and with what they sign, as types. No code.

import type { KnownPerson } from './engine/events.ts';
import type { VerifyStatement } from './log/people.ts';
import type { Signer } from './world.ts';

/** Who may speak for which role, how that is checked, and with what they sign at this machine. */
export interface Roster {
  /** Where it stands, for the screen and for hints: `.golive/roles.yaml`. */
  readonly source: string;
  /** SHA-256 of the allowed signers; empty where people have throw-away keys. */
  readonly digest: string;
  /** Sorted by principal. */
  readonly people: readonly KnownPerson[];
  /** Whether that signature is good, at that time, by what stands in the allowed signers. */
  readonly vouch: VerifyStatement;
  /**
   * A signer for this person at this machine: whoever runs the session, or a key in `file`, or one of theirs that an agent
   * holds. Undefined when there is none. Throws GoliveError `key` for a file that is no key.
   */
  signer(principal: string, file?: string): Promise<Signer | undefined>;
}
