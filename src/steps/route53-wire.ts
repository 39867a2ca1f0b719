// What the authoritative servers say of a name after its record was replaced, beside what they should say.

import type { JsonObject } from '../engine/json.ts';
import type { Dns } from '../wire.ts';
import { askServers, resolveAll } from './dns-servers.ts';
import { leadingTypes, oneSpelling, plainSet, valuesOf } from './route53-sets.ts';
import type { LeadingType, RecordSet } from './route53-sets.ts';

interface Wished {
  readonly expected: readonly string[];
  /** Whether these values are the ones that are expected. */
  readonly fits: (values: readonly string[]) => boolean;
}

/**
 * One entry per authoritative server and type that is there before or after: `server`, `name`, `type`, `values`,
 * `expected`, `same`. Throws BlindError when a server did not answer.
 */
export async function readWire(
  name: string,
  sets: { readonly from: readonly RecordSet[]; readonly to: readonly RecordSet[] },
  dns: Dns,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const answers = await Promise.all(
    typesToAsk(sets).map(async (type) => {
      const wished = await wishedFor(type, sets.to, dns, signal);
      const said = await askServers({ name, type, servers: ['authoritative'] }, dns, signal);
      return said.map((each): JsonObject => {
        const values = each.values.map(oneSpelling).toSorted();
        const same = wished.fits(values);
        return { server: each.server, name: each.name, type, values, expected: wished.expected, same };
      });
    }),
  );
  return answers.flat();
}

/** A CNAME answers for every type, so what its name had before cannot be seen to be gone. */
function typesToAsk({ from, to }: Parameters<typeof readWire>[1]): readonly LeadingType[] {
  const types = new Set([...from, ...to].map((set) => set.Type));
  return to.some((set) => set.Type === 'CNAME') ? ['CNAME'] : leadingTypes.filter((type) => types.has(type));
}

async function wishedFor(type: LeadingType, to: readonly RecordSet[], dns: Dns, signal: AbortSignal): Promise<Wished> {
  const set = to.find((each) => each.Type === type);
  if (set?.AliasTarget === undefined) {
    const expected = set === undefined ? [] : valuesOf(plainSet(set));
    return { expected, fits: (values) => values.join(' ') === expected.join(' ') };
  }
  const all = (await resolveAll(set.AliasTarget.DNSName, dns, signal)).map(oneSpelling);
  const expected = all.filter((address) => address.includes(':') === (type === 'AAAA')).toSorted();
  // A target with IPv4 only leaves the AAAA empty; a target without any address leads nowhere. Addresses come in turns.
  const mayBeEmpty = expected.length === 0 && all.length > 0;
  return {
    expected,
    fits: (values) => (values.length > 0 || mayBeEmpty) && values.every((value) => expected.includes(value)),
  };
}
