// A hosted zone of Route 53 and the record sets at one name in it.

import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { AwsAnswer, AwsMissing, World } from '../world.ts';
import { objects, placeFields, placeOf, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import type { Attempt } from './kind.ts';

/** A name in a hosted zone. */
export interface RecordPlace extends AwsPlace {
  /** The name of the zone, or its id. */
  readonly zone: string;
  readonly name: string;
  /** The private zone of this name is meant; without it the public one. */
  readonly private?: boolean | undefined;
}

/** The fields of `RecordPlace` for the schema of a kind. */
export const recordFields = {
  zone: z.string().min(1).describe('the name of the hosted zone, or its id'),
  name: z.string().min(1),
  private: z.boolean().optional().describe('the private zone of this name; the public one otherwise'),
  ...placeFields,
};

/** What it takes to find a zone and list a name. */
export const zoneOperations = [
  'route53:ListHostedZonesByName',
  'route53:GetHostedZone',
  'route53:ListResourceRecordSets',
];

export interface Zone {
  /** Without `/hostedzone/`. */
  readonly id: string;
  readonly name: string;
  readonly private: boolean;
  readonly requests: readonly string[];
}

/** The record sets at a name, as AWS gives them, of every type. */
export interface NamedSets {
  readonly sets: readonly JsonObject[];
  readonly requests: readonly string[];
}

const idForm = /^(?:\/?hostedzone\/)?(Z[A-Z0-9]{4,31})$/;
/** More sets than one name may have. */
const mostPages = 50;

/** `APP.example.com.` and `app.example.com` are one name, and so are `\052` and `*`. */
export function plainName(name: string): string {
  const decoded = name.replaceAll(/\\([0-7]{3})/g, (written, digits: string) => {
    // An escaped dot is part of a label: decoded, it would name another place in the tree.
    const character = String.fromCodePoint(Number.parseInt(digits, 8));
    return character === '.' ? written : character;
  });
  return decoded.toLowerCase().replace(/\.$/, '');
}

/** The id at the end of `/hostedzone/ID` or `/change/ID`. */
export function bareId(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The zone that is meant, or that it is not there. Throws BlindError when two zones could be meant. */
export async function findZone(args: RecordPlace, world: World, attempt: Attempt): Promise<Zone | AwsMissing> {
  const [, id] = idForm.exec(args.zone) ?? [];
  if (id !== undefined) return zoneById(id, args, world, attempt);
  const answer = await world.aws.read(
    {
      service: 'route53',
      operation: 'ListHostedZonesByName',
      input: { DNSName: args.zone },
      enough: 'HostedZones',
      ...placeOf(args, attempt),
    },
    attempt.signal,
  );
  if ('missing' in answer) return answer;
  // AWS gives the zones from this name on, those that have it first.
  const all = listed(answer, 'HostedZones');
  const named = all.filter((zone) => plainName(text(zone['Name']) ?? '') === plainName(args.zone));
  const words = `${args.private === true ? 'private' : 'public'} hosted zone named ${args.zone}`;
  if (answer.output['IsTruncated'] === true && named.length === all.length) {
    throw new BlindError('invalid', `There are too many zones named ${args.zone}.`, {
      hint: 'Give the id of the zone.',
    });
  }
  const meant = named
    .map((zone) => zoneOf(zone, answer.requests))
    .filter((zone) => zone.private === (args.private === true));
  const [zone, other] = meant;
  if (other !== undefined) {
    const ids = meant.map((each) => each.id).join(', ');
    throw new BlindError('invalid', `Which one is meant is ambiguous: there is more than one ${words} (${ids}).`, {
      hint: 'Give the id of the zone.',
      requests: answer.requests,
    });
  }
  const missing = { code: 'NoSuchHostedZone', message: `There is no ${words}.` };
  return zone ?? { missing, requests: answer.requests, observedAt: answer.observedAt };
}

async function zoneById(id: string, args: RecordPlace, world: World, attempt: Attempt): Promise<Zone | AwsMissing> {
  const answer = await world.aws.read(
    { service: 'route53', operation: 'GetHostedZone', input: { Id: id }, ...placeOf(args, attempt) },
    attempt.signal,
  );
  if ('missing' in answer) return answer;
  const { HostedZone: zone = null } = answer.output;
  const found = zoneOf(isObject(zone) ? zone : {}, answer.requests);
  if (args.private !== undefined && found.private !== args.private) {
    throw new BlindError('invalid', `The hosted zone ${id} is ${found.private ? 'private' : 'public'}.`, {
      hint: 'Correct `private`, or give the id of the other zone.',
      requests: answer.requests,
    });
  }
  return found;
}

function zoneOf(zone: JsonObject, requests: readonly string[]): Zone {
  const { Id: id, Name: name, Config: config } = zone;
  const isPrivate: Json | undefined = isObject(config) ? config['PrivateZone'] : undefined;
  if (typeof id !== 'string' || typeof name !== 'string') {
    throw new BlindError('server', 'Route 53 described a hosted zone without its id or name.', { requests });
  }
  return { id: bareId(id), name: plainName(name), private: isPrivate === true, requests };
}

/** All sets of exactly this name, of a zone that was found: the listing begins there and is read until the name is passed. */
export async function readSets(zone: Zone, args: RecordPlace, world: World, attempt: Attempt): Promise<NamedSets> {
  const sets = new Map<string, JsonObject>();
  const requests: string[] = [];
  // In capitals it would begin further up, where another name could look as if this one were passed.
  let start: JsonObject = { StartRecordName: plainName(args.name) };
  for (let count = 0; count < mostPages; count += 1) {
    const input = { HostedZoneId: zone.id, ...start };
    const call = { service: 'route53', operation: 'ListResourceRecordSets', input, enough: 'ResourceRecordSets' };
    const answer = await world.aws.read({ ...call, ...placeOf(args, attempt) }, attempt.signal);
    requests.push(...answer.requests);
    if ('missing' in answer) {
      throw new BlindError('server', `The hosted zone ${zone.id} was there and then was not.`, {
        transient: true,
        requests,
      });
    }
    const page = listed(answer, 'ResourceRecordSets');
    const own = page.filter((set) => plainName(text(set['Name']) ?? '') === plainName(args.name));
    const known = sets.size;
    for (const set of own) sets.set(placeInList(set), set);
    const last = page.at(-1);
    const passed = last === undefined || own.at(-1) !== last;
    if (answer.output['IsTruncated'] !== true || passed) return { sets: [...sets.values()], requests };
    if (sets.size === known) break;
    start = startingAt(last);
  }
  throw new BlindError('server', `The records named ${args.name} could not be read to their end.`, { requests });
}

/** A list that Route 53 always gives. Throws BlindError without it: an answer of another form does not say "none". */
function listed({ output, requests }: AwsAnswer, member: string): readonly JsonObject[] {
  const { [member]: list } = output;
  if (Array.isArray(list)) return objects(list);
  throw new BlindError('server', `Route 53 answered without ${member}.`, { requests });
}

/** What tells the sets of one name apart. */
function placeInList(set: JsonObject): string {
  return `${text(set['Type']) ?? ''} ${text(set['SetIdentifier']) ?? ''}`;
}

/** The reader keeps the tokens to itself, so the next page begins with the last set of this one. */
function startingAt(set: JsonObject): JsonObject {
  const { Name: name = '', Type: type = '', SetIdentifier: id } = set;
  return { StartRecordName: name, StartRecordType: type, ...(id === undefined ? {} : { StartRecordIdentifier: id }) };
}
