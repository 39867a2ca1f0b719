// Route 53: hosted zones and their records. Names end in a dot and are ordered by their labels from the right, as there.

import type {
  GetHostedZoneRequest,
  GetHostedZoneResponse,
  HostedZone,
  ListHostedZonesByNameRequest,
  ListHostedZonesByNameResponse,
  ListHostedZonesRequest,
  ListHostedZonesResponse,
  ListResourceRecordSetsRequest,
  ListResourceRecordSetsResponse,
  ResourceRecordSet,
  RRType,
} from '@aws-sdk/client-route-53';
import { recordTypes } from '../account.ts';
import type { RecordState, ZoneState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { plainName } from '../zone-history.ts';
import { route53Changes } from './route53-changes.ts';

export const route53 = {
  ListHostedZones,
  ListHostedZonesByName,
  GetHostedZone,
  ListResourceRecordSets,
  ...route53Changes,
};

interface Zone {
  /** With its dot. */
  readonly name: string;
  readonly state: ZoneState;
}

function zones(place: Place): readonly Zone[] {
  const all = Object.entries(place.account.route53.zones).map(([name, state]) => ({ name: dotted(name), state }));
  return all.toSorted((a, b) => compareNames(a.name, b.name));
}

function dotted(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

function compareNames(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => dotted(name).toLowerCase().split('.').toReversed().join('.'));
  return (left ?? '').localeCompare(right ?? '', 'en');
}

function hostedZone({ name, state }: Zone): HostedZone {
  return {
    Id: `/hostedzone/${state.id}`,
    Name: name,
    CallerReference: `golive-${state.id}`,
    Config: { PrivateZone: state.private },
    ResourceRecordSetCount: records({ name, state }).length,
  };
}

function sizeOf(maxItems: number | undefined, limit: number): number {
  const size = maxItems ?? limit;
  if (!Number.isInteger(size) || size < 1) refuse('InvalidInput', `MaxItems must be at least 1, got ${size}.`);
  return Math.min(size, limit);
}

function ListHostedZones(input: ListHostedZonesRequest, place: Place): ListHostedZonesResponse {
  const size = sizeOf(input.MaxItems, 100);
  const page = pageOf(zones(place), { token: input.Marker, size, question: 'zones', code: 'InvalidInput' });
  return {
    HostedZones: page.items.map(hostedZone),
    Marker: input.Marker ?? '',
    IsTruncated: page.next !== undefined,
    NextMarker: page.next,
    MaxItems: size,
  };
}

/** From `DNSName` on: zones that come after it in the order follow it, whether or not it is there. */
function ListHostedZonesByName(input: ListHostedZonesByNameRequest, place: Place): ListHostedZonesByNameResponse {
  const size = sizeOf(input.MaxItems, 100);
  const { DNSName: from, HostedZoneId: id } = input;
  if (id !== undefined && from === undefined) refuse('InvalidInput', 'HostedZoneId needs DNSName.');
  const rest = zones(place).filter(({ name, state }) => {
    const order = from === undefined ? 1 : compareNames(name, from);
    return order > 0 || (order === 0 && (id === undefined || state.id >= id));
  });
  const [shown, next] = [rest.slice(0, size), rest[size]];
  return {
    HostedZones: shown.map(hostedZone),
    ...(from === undefined ? {} : { DNSName: from }),
    ...(id === undefined ? {} : { HostedZoneId: id }),
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextDNSName: next.name, NextHostedZoneId: next.state.id }),
    MaxItems: size,
  };
}

function zoneById(place: Place, named: string | undefined): Zone {
  const id = (named ?? '').replace(/^\/?hostedzone\//, '');
  return (
    zones(place).find(({ state }) => state.id === id) ??
    refuse('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404)
  );
}

function GetHostedZone(input: GetHostedZoneRequest, place: Place): GetHostedZoneResponse {
  const zone = zoneById(place, input.Id);
  const found = { HostedZone: hostedZone(zone) };
  if (zone.state.private) return found;
  const servers = held(zone.state.records, zone.name.slice(0, -1))?.NS;
  return {
    ...found,
    // Without the dots their records have.
    DelegationSet: { NameServers: servers !== undefined && 'values' in servers ? servers.values.map(plainName) : [] },
  };
}

/** From `StartRecordName` (and `StartRecordType`) on, ordered by name and then by type. */
function ListResourceRecordSets(input: ListResourceRecordSetsRequest, place: Place): ListResourceRecordSetsResponse {
  const { StartRecordName: from, StartRecordType: type } = input;
  if (type !== undefined && from === undefined) refuse('InvalidInput', 'StartRecordType needs StartRecordName.');
  const size = sizeOf(input.MaxItems, 300);
  const all = records(zoneById(place, input.HostedZoneId)).filter((record) => {
    const order = from === undefined ? 1 : compareNames(record.Name, from);
    return order > 0 || (order === 0 && (type === undefined || record.Type >= type));
  });
  const [shown, next] = [all.slice(0, size), all[size]];
  return {
    ResourceRecordSets: shown,
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextRecordName: next.Name, NextRecordType: next.Type }),
    MaxItems: size,
  };
}

type Complete = ResourceRecordSet & { readonly Name: string; readonly Type: RRType };

function records(zone: Zone): readonly Complete[] {
  const sets = Object.entries(zone.state.records).flatMap(([name, byType]) =>
    recordTypes.flatMap((type): readonly Complete[] => {
      const state = byType[type];
      return state === undefined ? [] : [recordSet(name, type, state)];
    }),
  );
  return sets.toSorted((a, b) => compareNames(a.Name, b.Name) || (a.Type < b.Type ? -1 : 1));
}

function recordSet(name: string, type: RRType, state: RecordState): Complete {
  const identity = { Name: dotted(name).replace('*', String.raw`\052`), Type: type };
  if ('values' in state) {
    return { ...identity, TTL: state.ttl, ResourceRecords: state.values.map((Value) => ({ Value })) };
  }
  const { alias, zone, evaluate_health: evaluate } = state;
  return { ...identity, AliasTarget: { DNSName: dotted(alias), HostedZoneId: zone, EvaluateTargetHealth: evaluate } };
}
