// Replaces where a name leads, in one batch that fails when somebody else changed it first.

import { z } from 'zod';
import type { JsonObject } from '../engine/json.ts';
import type { World } from '../world.ts';
import type { ActKind, Made, Prospect, Sees } from './act.ts';
import { placeWords } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import type { Attempt, Seen } from './kind.ts';
import { batchOf, batchOperations, batchWait, noChange, onWire } from './route53-batch.ts';
import { readChange, readStanding, sendBatch } from './route53-batch.ts';
import type { Standing } from './route53-batch.ts';
import { clash, identityOf, isLeadingType, listedSet, listWords } from './route53-sets.ts';
import { plainSet, sameSets, setWords, wishedSet } from './route53-sets.ts';
import type { RecordSet } from './route53-sets.ts';
import { readWire } from './route53-wire.ts';
import { recordFields } from './route53-zone.ts';
import type { RecordPlace } from './route53-zone.ts';

export interface Route53ReplaceRecordArgs extends RecordPlace {
  /** What must be there now; `[]` for a name that leads nowhere yet. Sets of other types take no part. */
  readonly from: readonly RecordSet[];
  readonly to: readonly RecordSet[];
}

const schema: z.ZodType<Route53ReplaceRecordArgs> = z
  .strictObject({
    ...recordFields,
    from: z.array(listedSet).describe('the A, AAAA and CNAME sets that are there now, all of them'),
    to: z.array(wishedSet).describe('the sets that take their place: Type, TTL and ResourceRecords, or AliasTarget'),
  })
  .superRefine((args, context) => {
    const from = args.from.filter((set) => isLeadingType(set.Type));
    const say = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (from.length === 0 && args.to.length === 0) say('to', 'Give at least one set in `from` or `to`');
    for (const [path, sets] of [
      ['from', from],
      ['to', args.to],
    ] as const) {
      const problem = clash(sets);
      if (problem !== undefined) say(path, problem);
    }
  });

/**
 * Only sets of the types A, AAAA and CNAME take part, and `from` has to name all of them: an AAAA that stays behind
 * would strand everybody on IPv6. One batch deletes the exact old sets and creates the new ones, so Route 53 refuses it
 * when the name has changed since; sets in both lists stay. The effect: the zone has the sets of `to`, the change is
 * INSYNC, and every authoritative server answers with them. A private zone answers only inside its networks, so there
 * is no look on the wire.
 */
export const route53ReplaceRecord: ActKind<Route53ReplaceRecordArgs> = {
  name: 'route53.replace_record',
  summary:
    'Replaces the A, AAAA and CNAME records of a name in one batch; refuses when they are not the ones expected.',
  example: `act:
  route53.replace_record:
    zone: example.com
    name: app.example.com
    from: "\${dns_before}"
    to:
      - Type: A
        AliasTarget: { DNSName: "\${alb.DNSName}", HostedZoneId: "\${alb.CanonicalHostedZoneId}", EvaluateTargetHealth: true }
confirm: target
budget: 5m`,
  schema,
  class: 'compare',
  describe: (args) =>
    `Replace the A, AAAA and CNAME records of ${args.name} in the hosted zone ${args.zone}${placeWords(args)} by ${byWords(args)}`,
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
  prepare: async (args, world, attempt) =>
    prospectOf(args, await readStanding(args, world, { ...attempt, fresh: true })),
  perform: sendBatch,
  sees: { look: lookOnce, effect: effectOf },
  back: {
    args: (args, before) => ({ ...args, from: args.to, to: setsBefore(before) }),
    words: wayBackWords,
  },
};

async function lookOnce(
  args: Route53ReplaceRecordArgs,
  { change }: Made,
  world: World,
  attempt: Attempt,
): Promise<Seen> {
  const fresh = { ...attempt, fresh: true };
  const [now, status, wire] = await Promise.all([
    readStanding(args, world, fresh),
    readChange(args, change, world, fresh),
    onWire(args) ? readWire(args.name, { ...args, from: leading(args.from) }, world.dns, attempt.signal) : [],
  ]);
  return {
    facts: {
      in_place: sameSets(now.sets, args.to.map(plainSet)),
      change: { id: change, status: status.status },
      wire,
      sets: now.sets,
    },
    requests: [...now.requests, ...status.requests],
  };
}

function effectOf(args: Route53ReplaceRecordArgs): ReturnType<Sees<Route53ReplaceRecordArgs>['effect']> {
  return {
    expect: [
      { path: 'in_place', eq: true },
      { path: 'change.status', in: ['INSYNC', noChange] },
      ...(onWire(args) ? [{ path: 'wire[]', all: { path: 'same', eq: true } }] : []),
    ],
    wait: batchWait,
    words: effectWords(args),
  };
}

function wayBackWords(args: Route53ReplaceRecordArgs, before: JsonObject): string {
  const then = setsBefore(before).map(plainSet);
  const what =
    then.length === 0 ? `deletes the records of ${args.name} again` : `brings back ${listWords(args.name, then)}`;
  return `${what}, in one batch, and ${onWire(args) ? 'asks every authoritative server' : 'waits until it is in sync'}`;
}

/** What comes, also while `to` still holds names of what is only known later. */
function byWords({ to }: Route53ReplaceRecordArgs): string {
  const whole: unknown = to;
  if (typeof whole === 'string') return whole;
  return to.length === 0 ? 'nothing' : to.map((set) => setWords('', plainSet(set)).trim()).join('; ');
}

function effectWords(args: Route53ReplaceRecordArgs): string {
  const who = onWire(args) ? 'every authoritative server gives' : 'the private zone has';
  const sets = args.to.map(plainSet);
  return sets.length === 0 ? `${who} no records for ${args.name} any more` : `${who} ${listWords(args.name, sets)}`;
}

function leading(sets: readonly RecordSet[]): readonly RecordSet[] {
  return sets.filter((set) => isLeadingType(set.Type));
}

/** The sets of `before` as arguments: those of `prepare` below, read again from the log. */
function setsBefore(before: JsonObject): readonly RecordSet[] {
  return z.array(listedSet).parse(before['sets']);
}

function prospectOf(args: Route53ReplaceRecordArgs, standing: Standing): Prospect {
  const { sets: now, requests } = standing;
  const [from, to] = [leading(args.from).map(plainSet), args.to.map(plainSet)];
  const stands = sameSets(now, to) ? 'already' : sameSets(now, from) ? 'ready' : 'foreign';
  const staying = new Set(to.map(identityOf));
  const known = new Set(now.map(identityOf));
  const going = stands === 'ready' ? now.filter((set) => !staying.has(identityOf(set))) : [];
  const coming = stands === 'ready' ? to.filter((set) => !known.has(identityOf(set))) : [];
  return {
    stands,
    ...batchOf(args, standing, { going, coming }),
    expected: listWords(args.name, from),
    observed: listWords(args.name, now),
    requests,
  };
}
