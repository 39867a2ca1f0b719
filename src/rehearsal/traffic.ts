// How many people come, minute by minute: a few until DNS leads to the load balancer, more and more from then on.

import { spanMs } from './account-parts.ts';
import type { NameRecords } from './account.ts';
import { balancerAddresses, balancerDnsName } from './balancer.ts';
import { held } from './place.ts';
import type { RehearsalWorld } from './world.ts';
import { inSyncAt, plainName, zoneAsSeen } from './zone-history.ts';

export interface Traffic {
  /** That arrive at the load balancer. */
  readonly requests: number;
  /** Of these, how many the application answers with a 5xx where it answers at all. */
  readonly errors: number;
}

const minuteMs = 60_000;

/** The traffic of the minute that begins at a moment (ms). What was so stays so: the past follows from the changes of DNS. */
export function trafficOf(world: RehearsalWorld): (minute: number) => Traffic {
  const { idle, full, ramp, errors, spike, flat } = world.application.traffic;
  const stretches = arrivals(world);
  return (minute) => {
    const middle = minute + minuteMs / 2;
    const since = stretches.find(({ from, to }) => from <= middle && middle < to)?.from;
    const grown = since === undefined || flat ? 0 : Math.min(1, (middle - since) / Math.max(1, spanMs(ramp)));
    const requests = Math.round((idle + (full - idle) * grown) * (0.95 + 0.1 * wobble(minute)));
    const from = spike === undefined || since === undefined ? Infinity : since + spanMs(spike.after);
    const to = from + (spike === undefined ? 0 : spanMs(spike.for));
    const spiked = minute < to && minute + minuteMs > from ? Math.ceil((requests * (spike?.percent ?? 0)) / 100) : 0;
    return { requests, errors: Math.min(requests, errors + spiked) };
  };
}

/** Always the same number from 0 to 1 for a minute, and another one for the next. */
export function wobble(minute: number): number {
  let bits = Math.imul(Math.floor(minute / minuteMs) ^ 0x9e3779b9, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/** When the first domain led to the load balancer, as its authoritative servers tell it; from -Infinity if it always did. */
function arrivals(world: RehearsalWorld): readonly { readonly from: number; readonly to: number }[] {
  const domain = plainName(world.application.domains[0] ?? '');
  const zone = Object.entries(world.account.route53.zones)
    .filter(([name, state]) => !state.private && `.${domain}`.endsWith(`.${plainName(name)}`))
    .toSorted(([a], [b]) => b.length - a.length)[0];
  if (zone === undefined) return [];
  const turns = Object.values(world.account.route53.changes)
    .filter(
      (change) => change.zone === zone[1].id && Object.keys(change.before).some((name) => plainName(name) === domain),
    )
    .map((change) => inSyncAt(world, change))
    .toSorted((a, b) => a - b);
  return [-Infinity, ...turns].flatMap((from, index) => {
    const to = turns[index] ?? Infinity;
    const moment = Math.max(from, 0);
    const records = held(zoneAsSeen(world, zone, 'authoritative', moment), domain);
    return records !== undefined && leadsToBalancer(world, records) ? [{ from, to }] : [];
  });
}

function leadsToBalancer({ account, application }: RehearsalWorld, records: NameRecords): boolean {
  const state = held(account.elbv2.load_balancers, application.load_balancer);
  if (state === undefined) return false;
  const name = balancerDnsName(application.load_balancer, state, account.region);
  const its = new Set([name.toLowerCase(), ...balancerAddresses(state)]);
  return [records.A, records.AAAA, records.CNAME].some((set) => {
    if (set === undefined) return false;
    const leads = 'values' in set ? set.values : [set.alias];
    return leads.some((each) => its.has(plainName(each).replace(/^dualstack\./, '')));
  });
}
