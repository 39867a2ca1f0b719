// What servers give of a zone while a change is on its way: authoritative ones after a while, resolvers when their caches run out.

import { spanMs } from './account-parts.ts';
import { recordTypes } from './account.ts';
import type { DnsType, NameRecords, RecordChange, ZoneState } from './account.ts';
import { held } from './place.ts';
import type { RehearsalWorld } from './world.ts';

/** Who is asked: `stale` is a resolver that never lets go of what it knew before. */
export type Viewer = 'authoritative' | 'resolver' | 'stale';

export type ZoneRecords = Readonly<Record<string, NameRecords>>;

/** What an alias counts for in a cache, in seconds: that of the load balancers it leads to. */
export const aliasTtl = 60;
const soaTtl = 900;

/** `APP.example.com.` as the world writes it, `app.example.com`; Route 53 may write a `*` as `\052`. */
export function plainName(name: string): string {
  return name
    .replaceAll(String.raw`\052`, '*')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** When a change is on all authoritative servers, in ms: INSYNC from then on. */
export function inSyncAt(world: RehearsalWorld, change: RecordChange): number {
  return Date.parse(change.at) + spanMs(world.dns.propagation);
}

/** No server ever gives it. */
function isStuck({ dns: { stuck } }: RehearsalWorld, { at }: RecordChange): boolean {
  return typeof stuck === 'string' ? Date.parse(at) >= Date.parse(stuck) : stuck;
}

/** How long a resolver keeps "there is no such record", in seconds. */
export function negativeTtl(apex: NameRecords | undefined): number {
  const soa = apex?.SOA;
  if (soa === undefined || !('values' in soa)) return soaTtl;
  const minimum = Number(soa.values[0]?.split(/\s+/)[6] ?? soa.ttl);
  return Math.min(soa.ttl, Number.isFinite(minimum) ? minimum : soa.ttl);
}

/** The records of a zone by name, as this viewer gives them at `now`. */
export function zoneAsSeen(
  world: RehearsalWorld,
  [zoneName, zone]: readonly [string, ZoneState],
  viewer: Viewer,
  now: number,
): ZoneRecords {
  const changes = Object.values(world.account.route53.changes)
    .filter((change) => change.zone === zone.id)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const seen = new Map(Object.entries(zone.records));
  const negative = negativeTtl(held(zone.records, zoneName));
  for (const name of new Set(changes.flatMap(({ before }) => Object.keys(before)))) {
    const touching = changes.filter(({ before }) => Object.hasOwn(before, name));
    const sets: NameRecords = {};
    for (const type of recordTypes) {
      const hidden = touching.find((change) => {
        const wait = viewer === 'resolver' ? cachedFor(change.before[name] ?? {}, type, negative) * 1000 : 0;
        const never = isStuck(world, change) || viewer === 'stale';
        return never || inSyncAt(world, change) + wait > now;
      });
      const set = hidden === undefined ? held(zone.records, name)?.[type] : hidden.before[name]?.[type];
      if (set !== undefined) sets[type] = set;
    }
    if (Object.keys(sets).length > 0) seen.set(name, sets);
    else seen.delete(name);
  }
  return Object.fromEntries(seen);
}

/** For how many seconds a resolver may hold on to what was there before. */
function cachedFor(before: NameRecords, type: DnsType, negative: number): number {
  const set = before[type] ?? before.CNAME;
  if (set === undefined) return negative;
  return 'ttl' in set ? set.ttl : aliasTtl;
}
