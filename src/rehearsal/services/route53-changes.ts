// Route 53's changes of records: one batch, all of it or nothing, as strict as there.

import type {
  ChangeInfo,
  ChangeResourceRecordSetsRequest,
  ChangeResourceRecordSetsResponse,
  GetChangeRequest,
  GetChangeResponse,
  TestDNSAnswerRequest,
  TestDNSAnswerResponse,
} from '@aws-sdk/client-route-53';
import type { NameRecords, RecordChange, ZoneState } from '../account.ts';
import { dnsAnswer, nameServers } from '../dns-answers.ts';
import { held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import type { RehearsalWorld } from '../world.ts';
import { inSyncAt, plainName } from '../zone-history.ts';
import { invalidBatch, readBatch } from './route53-batch.ts';
import type { Change } from './route53-batch.ts';
import { problemsWith } from './route53-rules.ts';

export const route53Changes = { ChangeResourceRecordSets, GetChange, TestDNSAnswer };

type NamedZone = readonly [name: string, zone: ZoneState];

function ChangeResourceRecordSets(
  input: ChangeResourceRecordSetsRequest,
  place: Place,
): ChangeResourceRecordSetsResponse {
  const [name] = zoneOf(place.world, input.HostedZoneId);
  const batch = input.ChangeBatch ?? refuse('InvalidInput', 'Invalid XML ; There is no ChangeBatch.');
  const changes = readBatch(batch);
  const world = withRival(place);
  const zone = zoneOf(world, input.HostedZoneId);
  const records = applied(world, zone, changes);
  const [id, after] = recorded(
    world,
    name,
    records,
    changes.map((change) => change.name),
    batch.Comment ?? '',
    place.now,
  );
  place.change(after);
  return { ChangeInfo: changeInfo(after, id, place.now) };
}

function GetChange(input: GetChangeRequest, place: Place): GetChangeResponse {
  const id = (input.Id ?? '').replace(/^\/?change\//, '');
  return { ChangeInfo: changeInfo(place.world, id, place.now) };
}

/** What the first of the zone's own servers would answer, whoever asks. */
function TestDNSAnswer(input: TestDNSAnswerRequest, { world, now }: Place): TestDNSAnswerResponse {
  const [zoneName, zone] = zoneOf(world, input.HostedZoneId);
  if (zone.private) refuse('InvalidInput', 'TestDNSAnswer supports public hosted zones only.');
  const { RecordName = '', RecordType } = input;
  const own = held(zone.records, zoneName)?.NS;
  const names = own !== undefined && 'values' in own ? own.values.map(plainName) : [];
  const server = nameServers(world).find(({ name }) => names.includes(name));
  const { code, answers } = dnsAnswer(world, { name: RecordName, type: RecordType ?? '' }, server?.address ?? '', now);
  const RecordData = answers.filter(({ type }) => type === RecordType).map(({ value }) => value);
  return { Nameserver: server?.name, RecordName, RecordType, RecordData, ResponseCode: code, Protocol: 'UDP' };
}

function zoneOf(world: RehearsalWorld, named: string | undefined): NamedZone {
  const id = (named ?? '').replace(/^\/?hostedzone\//, '');
  return (
    Object.entries(world.account.route53.zones).find(([, zone]) => zone.id === id) ??
    refuse('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404)
  );
}

/** The change somebody else makes first, if the world has one: they get there once, and it is on the disk. */
function withRival({ world, now, change }: Place): RehearsalWorld {
  const { rival, ...faults } = world.faults;
  if (rival === undefined || (rival.from !== undefined && now < Date.parse(rival.from))) return world;
  const zone = held(world.account.route53.zones, plainName(rival.zone));
  if (zone === undefined) throw new Error(`faults.rival names the zone ${rival.zone}, which the world does not have.`);
  const name = plainName(rival.name);
  const records = { ...zone.records, [name]: rival.records };
  const [, after] = recorded({ ...world, faults }, plainName(rival.zone), records, [name], 'Somebody else', now);
  change(after);
  return after;
}

/** The zone's records after the batch, each change met by what the ones before it left. Refuses with all that is wrong. */
function applied(world: RehearsalWorld, zone: NamedZone, changes: readonly Change[]): ZoneState['records'] {
  const records = new Map(Object.entries(zone[1].records));
  const problems: string[] = [];
  for (const change of changes) {
    const { action, name, type, set } = change;
    const sets: NameRecords = { ...records.get(name) };
    const found = problemsWith(change, { world, zone: zone[0], records: Object.fromEntries(records) });
    if (action === 'DELETE') delete sets[type];
    else sets[type] = set;
    problems.push(...found);
    if (found.length > 0) continue;
    if (Object.keys(sets).length > 0) records.set(name, sets);
    else records.delete(name);
  }
  const [old, apex] = [held(zone[1].records, zone[0]), records.get(zone[0])];
  if (old?.NS !== undefined && apex?.NS === undefined) {
    problems.push('A HostedZone must contain at least one NS record for the zone itself.');
  }
  if (old?.SOA !== undefined && apex?.SOA === undefined) {
    problems.push('A HostedZone must contain exactly one SOA record.');
  }
  return problems.length > 0 ? invalidBatch(problems) : Object.fromEntries(records);
}

/** The world with the new records of a zone, and with the change that made them under an id of its own. */
function recorded(
  world: RehearsalWorld,
  zoneName: string,
  records: ZoneState['records'],
  names: readonly string[],
  comment: string,
  now: number,
): readonly [id: string, world: RehearsalWorld] {
  const { route53 } = world.account;
  const zone = held(route53.zones, zoneName) ?? refuse('NoSuchHostedZone', `No hosted zone ${zoneName}`, 404);
  const count = Object.keys(route53.changes).length;
  const id = `C0${idOf(`${zone.id} ${count} ${now}`, 19).toUpperCase()}`;
  const before = Object.fromEntries([...new Set(names)].map((name) => [name, held(zone.records, name) ?? null]));
  const change: RecordChange = { at: new Date(now).toISOString(), zone: zone.id, comment, before };
  const zones = { ...route53.zones, [zoneName]: { ...zone, records } };
  const changes = { ...route53.changes, [id]: change };
  return [id, { ...world, account: { ...world.account, route53: { zones, changes } } }];
}

function changeInfo(world: RehearsalWorld, id: string, now: number): ChangeInfo {
  const change =
    held(world.account.route53.changes, id) ?? refuse('NoSuchChange', `Could not find resource with ID: ${id}`, 404);
  const { comment, at } = change;
  return {
    Id: `/change/${id}`,
    Status: now >= inSyncAt(world, change) ? 'INSYNC' : 'PENDING',
    SubmittedAt: new Date(at),
    ...(comment === '' ? {} : { Comment: comment }),
  };
}
