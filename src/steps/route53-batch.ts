// One batch of Route 53 over the sets at a name: what it starts from, what it says, sending it once, and how far it is.

import { isObject } from '../engine/json.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Wait } from '../engine/plan.ts';
import { BlindError } from '../errors.ts';
import type { World } from '../world.ts';
import type { ActWorld, Performed, Prospect } from './act.ts';
import { placeOf, text, refusalOf } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import type { Attempt } from './kind.ts';
import { isLeading, setWords } from './route53-sets.ts';
import { bareId, findZone, plainName, readSets, zoneOperations } from './route53-zone.ts';
import type { RecordPlace, Zone } from './route53-zone.ts';

/** What it takes to work a batch out, send it and ask how far it is. */
export const batchOperations = [...zoneOperations, 'route53:ChangeResourceRecordSets', 'route53:GetChange'];

/** In the place of a change's state when there is no change to ask for. */
export const noChange = 'none';

/** How long a change may take until every server has it. */
export const batchWait: Wait = {
  forMs: 600_000,
  everyMs: { min: 5_000, max: 15_000 },
  consecutive: 1,
  stopIf: [],
};

/** The zone of a name, and the A, AAAA and CNAME sets there, as AWS lists them. */
export interface Standing {
  readonly zone: Zone;
  readonly sets: readonly JsonObject[];
  readonly requests: readonly string[];
}

/** Whether what the name answers can be seen from here. */
export function onWire({ private: isPrivate }: RecordPlace): boolean {
  return isPrivate !== true;
}

/** Throws BlindError where a change could not be worked out: no such zone, another sort of zone, a name outside it. */
export async function readStanding(args: RecordPlace, world: World, attempt: Attempt): Promise<Standing> {
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

/** The request that takes some sets away and brings others, in words too, and the state it is worked out from. */
export function batchOf(
  { name }: RecordPlace,
  { zone, sets }: Standing,
  { going, coming }: { readonly going: readonly JsonObject[]; readonly coming: readonly JsonObject[] },
): Pick<Prospect, 'before' | 'request' | 'lines'> {
  const named = { Name: `${plainName(name)}.` };
  return {
    before: { zone_id: zone.id, zone_name: zone.name, name, sets },
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
    lines: [...going.map((set) => `- ${setWords(name, set)}`), ...coming.map((set) => `+ ${setWords(name, set)}`)],
  };
}

/** Sends the request of a prospect, with the mark as its comment. */
export async function sendBatch(
  place: AwsPlace,
  { request }: Prospect,
  mark: string,
  world: ActWorld,
  attempt: Attempt,
): Promise<Performed> {
  const { ChangeBatch: batch = null } = request;
  const marked = { ...(isObject(batch) ? batch : {}), Comment: mark };
  const input = { ...request, ChangeBatch: marked };
  const call = { service: 'route53', operation: 'ChangeResourceRecordSets', input, ...placeOf(place, attempt) };
  const answer = await world.changes.change(call, attempt.signal);
  const { requests } = answer;
  if ('refused' in answer) return refusalOf(answer);
  const { ChangeInfo: info = null } = answer.output;
  return { change: bareId((isObject(info) ? text(info['Id']) : undefined) ?? ''), requests };
}

/** How far a change is: PENDING, INSYNC, or `noChange`. Throws BlindError when Route 53 does not say. */
export async function readChange(
  place: AwsPlace,
  change: string,
  world: World,
  attempt: Attempt,
): Promise<{ readonly status: string; readonly requests: readonly string[] }> {
  if (change === '') return { status: noChange, requests: [] };
  const call = { service: 'route53', operation: 'GetChange', input: { Id: change }, ...placeOf(place, attempt) };
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
