// Replaces where a name leads, in one batch that fails when somebody else changed it first.

import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import type { JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { World } from '../world.ts';
import type { ActKind, Prospect } from './act.ts';
import { placeWords, placeOf, text } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import type { Attempt } from './kind.ts';
import { clash, identityOf, isLeading, isLeadingType, listedSet, listWords } from './route53-sets.ts';
import { plainSet, sameSets, setWords, wishedSet } from './route53-sets.ts';
import type { RecordSet } from './route53-sets.ts';
import { readWire } from './route53-wire.ts';
import { bareId, findZone, plainName, readSets, recordFields, zoneOperations } from './route53-zone.ts';
import type { RecordPlace, Zone } from './route53-zone.ts';

export interface Route53ReplaceRecordArgs extends RecordPlace {
  /** What must be there now; `[]` for a name that leads nowhere yet. Sets of other types take no part. */
  readonly from: readonly RecordSet[];
  readonly to: readonly RecordSet[];
}

const operations = [...zoneOperations, 'route53:ChangeResourceRecordSets', 'route53:GetChange'];
const minute = 60_000;
/** In the place of a change's state when there is no change to ask for. */
const noChange = 'none';

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
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: () => ({
    type: 'structure',
    members: () => ({
      in_place: { type: 'boolean' },
      change: { type: 'structure', members: () => ({ id: { type: 'string' }, status: { type: 'string' } }) },
      wire: { type: 'list', of: () => ({ type: 'any' }) },
      sets: { type: 'list', of: () => ({ type: 'any' }) },
    }),
  }),
  prepare: async (args, world, attempt) => {
    const { zone, sets, requests } = await readNow(args, world, { ...attempt, fresh: true });
    return prospectOf(args, zone, sets, requests);
  },
  perform: async (args, prospect, mark, world, attempt) => {
    const { ChangeBatch: batch = null } = prospect.request;
    const marked = { ...(isObject(batch) ? batch : {}), Comment: mark };
    const input = { ...prospect.request, ChangeBatch: marked };
    const call = { service: 'route53', operation: 'ChangeResourceRecordSets', input, ...placeOf(args, attempt) };
    const answer = await world.changes.change(call, attempt.signal);
    const { requests } = answer;
    if ('refused' in answer) return { refused: answer.refused.message, requests };
    const { ChangeInfo: info = null } = answer.output;
    return { change: bareId((isObject(info) ? text(info['Id']) : undefined) ?? ''), requests };
  },
  look: async (args, change, world, attempt) => {
    const fresh = { ...attempt, fresh: true };
    const [now, status, wire] = await Promise.all([
      readNow(args, world, fresh),
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
  },
  effect: (args) => ({
    expect: [
      { path: 'in_place', eq: true },
      { path: 'change.status', in: ['INSYNC', noChange] },
      ...(onWire(args) ? [{ path: 'wire[]', all: { path: 'same', eq: true } }] : []),
    ],
    wait: { forMs: 10 * minute, everyMs: { min: 5_000, max: 15_000 }, consecutive: 1, stopIf: [] },
    words: effectWords(args),
  }),
  undo: (args, before) => ({ ...args, from: args.to, to: setsBefore(before) }),
  undoWords: (args, before) => {
    const then = setsBefore(before).map(plainSet);
    const what =
      then.length === 0 ? `deletes the records of ${args.name} again` : `brings back ${listWords(args.name, then)}`;
    return `${what}, in one batch, and ${onWire(args) ? 'asks every authoritative server' : 'waits until it is in sync'}`;
  },
};

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

/** Whether what the name answers can be seen from here. */
function onWire(args: Route53ReplaceRecordArgs): boolean {
  return args.private !== true;
}

/** The sets of `before` as arguments: those of `prepare` below, read again from the log. */
function setsBefore(before: JsonObject): readonly RecordSet[] {
  return z.array(listedSet).parse(before['sets']);
}

async function readNow(
  args: Route53ReplaceRecordArgs,
  world: World,
  attempt: Attempt,
): Promise<{ readonly zone: Zone; readonly sets: readonly JsonObject[]; readonly requests: readonly string[] }> {
  const zone = await findZone(args, world, attempt);
  if ('missing' in zone) {
    throw new BlindError('invalid', `${zone.missing.code}: ${zone.missing.message}`, { requests: zone.requests });
  }
  if (zone.private !== (args.private === true)) {
    const words = `The hosted zone ${args.zone} is private, and what it answers cannot be seen from here.`;
    throw new BlindError('invalid', words, { hint: 'Say `private: true`, or give the public zone.' });
  }
  if (!`.${plainName(args.name)}`.endsWith(`.${zone.name}`)) {
    throw new BlindError('invalid', `${args.name} is not a name in the hosted zone ${zone.name}.`);
  }
  const { sets, requests } = await readSets(zone, args, world, attempt);
  return { zone, sets: sets.filter((set) => isLeading(set)), requests: [...zone.requests, ...requests] };
}

function prospectOf(
  args: Route53ReplaceRecordArgs,
  zone: Zone,
  now: readonly JsonObject[],
  requests: readonly string[],
): Prospect {
  const [from, to] = [leading(args.from).map(plainSet), args.to.map(plainSet)];
  const stands = sameSets(now, to) ? 'already' : sameSets(now, from) ? 'ready' : 'foreign';
  const staying = new Set(to.map(identityOf));
  const known = new Set(now.map(identityOf));
  const going = stands === 'ready' ? now.filter((set) => !staying.has(identityOf(set))) : [];
  const coming = stands === 'ready' ? to.filter((set) => !known.has(identityOf(set))) : [];
  const named = { Name: `${plainName(args.name)}.` };
  return {
    stands,
    before: { zone_id: zone.id, zone_name: zone.name, name: args.name, sets: now },
    request: {
      HostedZoneId: zone.id,
      ChangeBatch: {
        // What goes, goes as AWS listed it: Route 53 compares every byte of it.
        Changes: [
          ...going.map((set) => ({ Action: 'DELETE', ResourceRecordSet: set })),
          ...coming.map((set) => ({ Action: 'CREATE', ResourceRecordSet: { ...named, ...set } })),
        ],
      },
    },
    lines: [
      ...going.map((set) => `- ${setWords(args.name, set)}`),
      ...coming.map((set) => `+ ${setWords(args.name, set)}`),
    ],
    expected: listWords(args.name, from),
    observed: listWords(args.name, now),
    requests,
  };
}

async function readChange(
  args: Route53ReplaceRecordArgs,
  change: string,
  world: World,
  attempt: Attempt,
): Promise<{ readonly status: string; readonly requests: readonly string[] }> {
  if (change === '') return { status: noChange, requests: [] };
  const call = { service: 'route53', operation: 'GetChange', input: { Id: change }, ...placeOf(args, attempt) };
  const answer = await world.aws.read(call, attempt.signal);
  const { requests } = answer;
  if ('missing' in answer) {
    throw new BlindError('server', `Route 53 does not know the change ${change}.`, { transient: true, requests });
  }
  const { ChangeInfo: info = null } = answer.output;
  const status = isObject(info) ? text(info['Status']) : undefined;
  if (status === undefined) throw new BlindError('server', `Route 53 does not say how far ${change} is.`, { requests });
  return { status, requests };
}
