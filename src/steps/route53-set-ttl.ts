// Sets how long answers about a name may be kept, in one batch that fails when somebody else changed it first.

import { z } from 'zod';
import type { JsonObject } from '../engine/json.ts';
import type { World } from '../world.ts';
import type { ActKind, Made, Pending, Prospect, Sees } from './act.ts';
import { objects, placeWords } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import { askServers } from './dns-servers.ts';
import type { Attempt, Seen } from './kind.ts';
import { batchOf, batchOperations, batchWait, noChange, onWire } from './route53-batch.ts';
import { readChange, readStanding, sendBatch } from './route53-batch.ts';
import type { Standing } from './route53-batch.ts';
import { isLeadingType, listWords, moreMembers, sameSets } from './route53-sets.ts';
import type { LeadingType } from './route53-sets.ts';
import { plainName, recordFields } from './route53-zone.ts';
import type { RecordPlace } from './route53-zone.ts';

/** Seconds, for all sets at a name or for each type of its own. */
type Ttl = number | { readonly [Type in LeadingType]?: number | undefined };

export interface Route53SetTtlArgs extends RecordPlace {
  readonly ttl: Ttl;
  /** What it is now; any other is left alone. Absent: whatever it is. */
  readonly from?: Ttl | undefined;
}

const seconds = z.int().min(0).max(2_147_483_647);
const ttl = z.union([
  seconds,
  z
    .strictObject({ A: seconds.optional(), AAAA: seconds.optional(), CNAME: seconds.optional() })
    .refine((byType) => Object.keys(byType).length > 0, 'Give a TTL for at least one type'),
]);

const schema: z.ZodType<Route53SetTtlArgs> = z.strictObject({
  ...recordFields,
  ttl: ttl.describe('in seconds, for all A, AAAA and CNAME sets at the name; or by type: { A: 300 }'),
  from: ttl.optional().describe('what it is now, in the same form; any other is left alone'),
});

/**
 * Only plain sets of the types A, AAAA and CNAME take part; their values stay as they are. One batch deletes the exact
 * old sets and creates them with the new TTL. An alias has none of its own, so a name with nothing else is already as
 * wished. The effect: the zone has the TTL, the change is INSYNC, and every authoritative server answers with it; a
 * private zone is not asked on the wire.
 */
export const route53SetTtl: ActKind<Route53SetTtlArgs> = {
  name: 'route53.set_ttl',
  summary: 'Sets the TTL of the A, AAAA and CNAME records of a name in one batch; their values stay.',
  example: `act:
  route53.set_ttl: { zone: example.com, name: app.example.com, ttl: 60 }
confirm: key
budget: 5m`,
  schema,
  class: 'compare',
  describe: (args) =>
    `Set the TTL of the A, AAAA and CNAME records of ${args.name} in the hosted zone ${args.zone}${placeWords(args)} to ${ttlWords(args.ttl)}`,
  permissions: () => iamActions(batchOperations),
  operations: () => batchOperations,
  facts: () => ({
    type: 'structure',
    members: () => ({
      in_place: { type: 'boolean' },
      change: { type: 'structure', members: () => ({ id: { type: 'string' }, status: { type: 'string' } }) },
      wire: { type: 'list', of: () => ({ type: 'any' }) },
      sets: { type: 'list', of: () => ({ type: 'any' }) },
    }),
  }),
  prepare: async (args, world, attempt, pending) =>
    prospectOf(args, await readStanding(args, world, { ...attempt, fresh: true }), pending),
  perform: sendBatch,
  sees: { look: lookOnce, effect: effectOf },
  back: { args: argsBack, words: wordsBack },
};

function prospectOf(args: Route53SetTtlArgs, standing: Standing, pending: Pending | undefined): Prospect {
  const { sets, requests } = standing;
  const changing = sets.filter((set) => wishFor(args.ttl, set) !== undefined && set['TTL'] !== wishFor(args.ttl, set));
  const stands = standsOf(args, sets, changing, pending);
  const going = stands === 'ready' ? changing : [];
  const from = args.from === undefined ? '' : ` of ${ttlWords(args.from)} or ${ttlWords(args.ttl)}`;
  const then = objects(pending?.before['sets']);
  return {
    stands,
    ...batchOf(args, standing, { going, coming: withTtl(going, args.ttl) }),
    expected:
      pending === undefined
        ? `${plainName(args.name)} has plain A, AAAA or CNAME records with a TTL${from}`
        : `${listWords(args.name, then)}, or the same with the new TTL`,
    observed: `${listWords(args.name, sets)}${sets.some(isAlias) ? ' (an alias has no TTL of its own)' : ''}`,
    requests,
  };
}

function standsOf(
  { ttl: wish, from }: Route53SetTtlArgs,
  sets: readonly JsonObject[],
  changing: readonly JsonObject[],
  pending: Pending | undefined,
): Prospect['stands'] {
  // One of several sets of a type, or with a health check: nobody said which of them is meant.
  if (!isMeant(wish, sets)) return 'foreign';
  if (pending !== undefined) {
    const then = objects(pending.before['sets']);
    if (sameSets(sets, withTtl(then, wish))) return 'already';
    return sameSets(sets, then) ? 'ready' : 'foreign';
  }
  if (changing.length === 0) return 'already';
  return from === undefined || changing.every((set) => set['TTL'] === wishFor(from, set)) ? 'ready' : 'foreign';
}

/** Whether there are sets to speak of at the name, each of them plain or an alias. */
function isMeant(wish: Ttl, sets: readonly JsonObject[]): boolean {
  const meant = sets.filter(({ Type: type }) => typeof wish === 'number' || (isLeadingType(type) && type in wish));
  return meant.length > 0 && sets.every((set) => moreMembers(set).length === 0);
}

async function lookOnce(args: Route53SetTtlArgs, { change }: Made, world: World, attempt: Attempt): Promise<Seen> {
  const fresh = { ...attempt, fresh: true };
  const [{ sets, requests }, status] = await Promise.all([
    readStanding(args, world, fresh),
    readChange(args, change, world, fresh),
  ]);
  const inPlace = isMeant(args.ttl, sets) && sameSets(sets, withTtl(sets, args.ttl));
  const wire = onWire(args) ? await readTtls(args, sets, world, attempt) : [];
  return {
    facts: { in_place: inPlace, change: { id: change, status: status.status }, wire, sets },
    requests: [...requests, ...status.requests],
  };
}

/** One entry per authoritative server and plain set. Throws BlindError when a server did not answer. */
async function readTtls(
  { name, ttl: wish }: Route53SetTtlArgs,
  sets: readonly JsonObject[],
  { dns }: World,
  { signal }: Attempt,
): Promise<readonly JsonObject[]> {
  const answers = await Promise.all(
    sets.map(async (set) => {
      const { Type: type } = set;
      const expected = wishFor(wish, set);
      if (expected === undefined || !isLeadingType(type)) return [];
      const said = await askServers({ name, type, servers: ['authoritative'] }, dns, signal);
      return said.map((each): JsonObject => {
        const given = each.ttl ?? null;
        return { server: each.server, name: each.name, type, ttl: given, expected, same: given === expected };
      });
    }),
  );
  return answers.flat();
}

function effectOf(args: Route53SetTtlArgs): ReturnType<Sees<Route53SetTtlArgs>['effect']> {
  const who = onWire(args) ? 'every authoritative server gives' : 'the private zone has';
  return {
    expect: [
      { path: 'in_place', eq: true },
      { path: 'change.status', in: ['INSYNC', noChange] },
      // Empty where there are only aliases; that something is there at all is part of being in place.
      ...(onWire(args) ? [{ path: 'wire[]', all: { path: 'same', eq: true }, allow_empty: true }] : []),
    ],
    wait: batchWait,
    words: `${who} ${plainName(args.name)} with a TTL of ${ttlWords(args.ttl)}, where it is not an alias`,
  };
}

/** By type, because each had its own. */
function argsBack(args: Route53SetTtlArgs, before: JsonObject): Route53SetTtlArgs {
  const was = ttlsBefore(args, before);
  return Object.keys(was).length === 0 ? args : { ...args, ttl: was, from: args.ttl };
}

function wordsBack(args: Route53SetTtlArgs, before: JsonObject): string {
  const was = ttlsBefore(args, before);
  if (Object.keys(was).length === 0) return `leaves ${args.name} as it is: an alias has no TTL of its own`;
  const seen = onWire(args) ? 'asks every authoritative server' : 'waits until it is in sync';
  return `sets the TTL of ${args.name} back to ${ttlWords(was)}, in one batch, and ${seen}`;
}

function ttlsBefore({ ttl: wish }: Route53SetTtlArgs, before: JsonObject): Exclude<Ttl, number> {
  const plain = objects(before['sets']).filter((set) => wishFor(wish, set) !== undefined);
  return Object.fromEntries(plain.map(({ Type: type, TTL: was }) => [type, was]));
}

function isAlias(set: JsonObject): boolean {
  return set['AliasTarget'] !== undefined;
}

/** The TTL a set should have; undefined for an alias, and for a type that nothing is said about. */
function wishFor(wish: Ttl, { Type: type, TTL: now }: JsonObject): number | undefined {
  if (typeof now !== 'number' || !isLeadingType(type)) return undefined;
  return typeof wish === 'number' ? wish : wish[type];
}

function withTtl(sets: readonly JsonObject[], wish: Ttl): readonly JsonObject[] {
  return sets.map((set) => {
    const wished = wishFor(wish, set);
    return wished === undefined ? set : { ...set, TTL: wished };
  });
}

/** `60 s`, `A 300 s, AAAA 60 s`; as it is written while it is still a name of what is only known later. */
function ttlWords(wish: Ttl): string {
  if (typeof wish !== 'object') return `${String(wish)} s`;
  return Object.entries(wish)
    .map(([type, each]) => `${type} ${String(each)} s`)
    .join(', ');
}
