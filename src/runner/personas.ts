// The people of a rehearsal: each with a key that is made for it and thrown away, which nobody else vouches for.

import type { KnownPerson } from '../engine/events.ts';
import type { Vouching } from '../log/people.ts';
import { ed25519Key } from '../log/public-key.ts';
import { throwAwaySigner } from '../log/session-key.ts';
import { verifyEd25519 } from '../log/sshsig.ts';
import type { Roster } from '../roster.ts';
import type { Signer } from '../world.ts';

/** Everybody of the rehearsal by role; `operator` runs it. A role nobody has is the operator's. */
export function personas(roles: readonly string[], personOf: (role: string) => string, operator: Signer): Roster {
  const held = new Map<string, string[]>([[operator.principal, []]]);
  for (const role of roles) {
    const person = personOf(role);
    held.set(person, [...(held.get(person) ?? []), role]);
  }
  const people = [...held].map(([principal, theirs]): KnownPerson => ({ principal, roles: theirs }));
  const signers = new Map<string, Signer>([[operator.principal, operator]]);
  return {
    source: 'the world file',
    digest: '',
    people: people.toSorted((a, b) => (a.principal < b.principal ? -1 : 1)),
    vouch: async ({ signer, namespace, message, signature }): Promise<Vouching> =>
      verifyEd25519({ line: signer, object: ed25519Key(signer) }, namespace, message, signature)
        ? 'good'
        : { verdict: 'INVALID', reason: 'the signature does not fit the statement' },
    signer: async (principal) => {
      if (!held.has(principal)) return undefined;
      const signer = signers.get(principal) ?? throwAwaySigner(principal);
      signers.set(principal, signer);
      return signer;
    },
  };
}
