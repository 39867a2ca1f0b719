// What a name server says, as a function of the world: no packets here, so that Route 53 can ask it too.

import { recordTypes } from './account.ts';
import type { DnsType, NameRecords, RecordState, ZoneState } from './account.ts';
import { balancerAddresses, balancerDnsName } from './balancer.ts';
import { siteAddresses } from './other-sites.ts';
import { edgeAddresses, edgeName } from './edges.ts';
import { held } from './place.ts';
import type { RehearsalWorld } from './world.ts';
import { aliasTtl, negativeTtl, plainName, zoneAsSeen } from './zone-history.ts';
import type { Viewer } from './zone-history.ts';

export interface DnsReply {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'REFUSED' | 'SERVFAIL';
  /** Said by a server of the zone itself. */
  readonly authoritative: boolean;
  /** Said by somebody who finds out. */
  readonly recursive: boolean;
  readonly answers: readonly DnsLine[];
  /** The SOA that says for how long "no" holds. */
  readonly authority: readonly DnsLine[];
}

/** One record as a zone file writes it. */
export interface DnsLine {
  readonly name: string;
  readonly type: DnsType;
  readonly ttl: number;
  readonly value: string;
}

export interface NameServer {
  readonly name: string;
  readonly address: string;
}

/** What one server gives at one moment. */
interface View {
  readonly world: RehearsalWorld;
  readonly now: number;
  readonly viewer: Viewer;
  /** The zones it answers for, by name. */
  readonly zones: readonly (readonly [string, ZoneState])[];
}

const longestChain = 8;
const nameServerTtl = 172_800;

/** The name servers of all public zones, each with an address of TEST-NET-1 that leads nowhere but here. */
export function nameServers(world: RehearsalWorld): readonly NameServer[] {
  const names = publicZones(world).flatMap(serversOf);
  return [...new Set(names)].toSorted().map((name, index) => ({ name, address: `192.0.2.${index + 1}` }));
}

/**
 * The answer to a question for `type` (`A`, or a type the world has no records of) as the server at `asked` gives it:
 * `ADDR[:PORT]`; whoever is no name server of a zone here, and everybody who is not named, is a resolver.
 */
export function dnsAnswer(
  world: RehearsalWorld,
  question: { readonly name: string; readonly type: string },
  asked: string,
  now: number,
): DnsReply {
  const address = asked.replace(/:\d+$/, '');
  const server = nameServers(world).find((each) => each.address === address);
  const stale = world.dns.stale.includes(address);
  const zones = publicZones(world).filter((zone) => server === undefined || serversOf(zone).includes(server.name));
  const view: View = {
    world,
    now,
    zones,
    viewer: server !== undefined ? 'authoritative' : stale ? 'stale' : 'resolver',
  };
  const type = recordTypes.find((each) => each === question.type);
  return follow(view, plainName(question.name), type, []);
}

function publicZones(world: RehearsalWorld): readonly (readonly [string, ZoneState])[] {
  return Object.entries(world.account.route53.zones).filter(([, zone]) => !zone.private);
}

function serversOf([name, zone]: readonly [string, ZoneState]): readonly string[] {
  const set = held(zone.records, name)?.NS;
  return set !== undefined && 'values' in set ? set.values.map(plainName) : [];
}

/** Goes along CNAMEs, gathering what it passes. */
function follow(view: View, name: string, type: DnsType | undefined, passed: readonly DnsLine[]): DnsReply {
  const authoritative = view.viewer === 'authoritative';
  const recursive = !authoritative;
  const reply = { code: 'NOERROR' as const, authoritative, recursive, answers: passed, authority: [] };
  if (passed.length >= longestChain) return { ...reply, code: 'SERVFAIL', authoritative: false, answers: [] };
  const zone = zoneOf(view, name);
  if (zone === undefined) {
    if (recursive) return elsewhere(view.world, name, type, reply);
    return passed.length > 0 ? reply : { ...reply, code: 'REFUSED', authoritative: false };
  }
  const records = zoneAsSeen(view.world, zone, view.viewer, view.now);
  const authority = soaOf(zone);
  const sets = setsAt(records, zone[0], name);
  if (sets === undefined) return { ...reply, code: 'NXDOMAIN', authority };
  const set = type === undefined ? undefined : sets[type];
  if (type !== undefined && set !== undefined) {
    const answers = lines(view, name, type, set, longestChain);
    return answers.length > 0 ? { ...reply, answers: [...passed, ...answers] } : { ...reply, authority };
  }
  const [alias] = sets.CNAME === undefined ? [] : lines(view, name, 'CNAME', sets.CNAME, longestChain);
  return alias === undefined ? { ...reply, authority } : follow(view, plainName(alias.value), type, [...passed, alias]);
}

/** The zone with the longest name that the name lies in. */
function zoneOf(view: View, name: string): readonly [string, ZoneState] | undefined {
  const around = view.zones.filter(([zone]) => name === zone || name.endsWith(`.${zone}`));
  return around.toSorted(([a], [b]) => b.length - a.length)[0];
}

/** The sets of a name, by a wildcard if need be (RFC 4592); none for a name with names below it; undefined: no such name. */
function setsAt(records: Readonly<Record<string, NameRecords>>, zone: string, name: string): NameRecords | undefined {
  const exists = (each: string): boolean =>
    Object.keys(records).some((known) => known === each || known.endsWith(`.${each}`));
  if (exists(name)) return held(records, name) ?? {};
  for (let rest = name; rest !== zone && rest.includes('.');) {
    rest = rest.slice(rest.indexOf('.') + 1);
    const wild = held(records, `*.${rest}`);
    if (wild !== undefined || exists(rest)) return wild;
  }
  return undefined;
}

/** A set's records; those of an alias are what it leads to, under its own name. */
function lines(view: View, name: string, type: DnsType, set: RecordState, left: number): readonly DnsLine[] {
  if ('values' in set) return set.values.map((value) => ({ name, type, ttl: set.ttl, value }));
  const target = plainName(set.alias);
  const addresses = type === 'A' ? addressesInAws(view.world, target) : undefined;
  if (addresses !== undefined) return addresses.map((value) => ({ name, type, ttl: aliasTtl, value }));
  const zone = zoneOf(view, target);
  const sets = zone && setsAt(zoneAsSeen(view.world, zone, view.viewer, view.now), zone[0], target);
  const there = sets?.[type];
  return there === undefined || left === 0
    ? []
    : lines(view, target, type, there, left - 1).map((line) => ({ ...line, name }));
}

function addressesInAws(world: RehearsalWorld, name: string): readonly string[] | undefined {
  const { elbv2, region } = world.account;
  const bare = name.replace(/^dualstack\./, '');
  const found = Object.entries(elbv2.load_balancers).find(
    ([each, state]) => balancerDnsName(each, state, region).toLowerCase() === bare,
  );
  if (found !== undefined) return balancerAddresses(found[1]);
  const edge = Object.values(world.account.cloudfront.distributions).find((state) => edgeName(state) === bare);
  return edge && edgeAddresses(edge);
}

/** What lies in no zone of the world: name servers, load balancers, other machines. Nothing else is on this internet. */
function elsewhere(world: RehearsalWorld, name: string, type: DnsType | undefined, reply: DnsReply): DnsReply {
  const server = nameServers(world).find((each) => each.name === name);
  const hosts = Object.entries(world.hosts).flatMap(([address, { names }]) => (names.includes(name) ? [address] : []));
  const site = held(world.sites, name);
  const others = hosts.length > 0 ? hosts : site && siteAddresses(name, site);
  const addresses = server === undefined ? (addressesInAws(world, name) ?? others) : [server.address];
  if (addresses === undefined) return { ...reply, code: 'NXDOMAIN' };
  const ttl = server === undefined ? aliasTtl : nameServerTtl;
  const found = type === 'A' ? addresses.map((value) => ({ name, type, ttl, value })) : [];
  return { ...reply, answers: [...reply.answers, ...found] };
}

function soaOf([name, zone]: readonly [string, ZoneState]): readonly DnsLine[] {
  const apex = held(zone.records, name);
  const soa = apex?.SOA;
  if (soa === undefined || !('values' in soa)) return [];
  return soa.values.map((value) => ({ name, type: 'SOA', ttl: negativeTtl(apex), value }));
}
