// The rules a change of records must keep to: compare before it deletes, never over another set, no CNAME beside others.

import type { NameRecords, RecordState, ZoneState } from '../account.ts';
import { balancerDnsName, balancerZone } from '../balancer.ts';
import { edgeName, edgeZone } from '../edges.ts';
import { held } from '../place.ts';
import type { RehearsalWorld } from '../world.ts';
import { plainName } from '../zone-history.ts';
import type { Change } from './route53-batch.ts';

/** Where a change lands: the zone as the changes before it left it. */
interface Ground {
  readonly world: RehearsalWorld;
  /** The name of the zone. */
  readonly zone: string;
  readonly records: ZoneState['records'];
}

/** All that is wrong with one change, in Route 53's words. */
export function problemsWith(change: Change, ground: Ground): readonly string[] {
  const sets = held(ground.records, change.name) ?? {};
  const aliased = change.action === 'DELETE' ? [] : aliasProblems(change, ground);
  return [...problemsOf(change, sets, ground.zone), ...aliased];
}

function problemsOf({ action, name, type, set }: Change, sets: NameRecords, zone: string): readonly string[] {
  if (name !== zone && !name.endsWith(`.${zone}`)) {
    return [`RRSet with DNS name ${name}. is not permitted in zone ${zone}.`];
  }
  const there = sets[type];
  const which = `resource record set [name='${name}.', type='${type}']`;
  if (action === 'DELETE') {
    if (there === undefined) return [`Tried to delete ${which} but it was not found`];
    return same(there, set) ? [] : [`Tried to delete ${which} but the values provided do not match the current values`];
  }
  if (action === 'CREATE' && there !== undefined) return [`Tried to create ${which} but it already exists`];
  const rrset = `RRSet of type ${type} with DNS name ${name}. is not permitted`;
  if (type === 'CNAME' && name === zone) return [`${rrset} at apex in zone ${zone}.`];
  if (type === 'CNAME' && Object.keys(sets).some((other) => other !== 'CNAME')) {
    return [`${rrset} as it conflicts with other records with the same DNS name in zone ${zone}.`];
  }
  if (type !== 'CNAME' && sets.CNAME !== undefined) {
    return [
      `${rrset} because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${zone}.`,
    ];
  }
  return [];
}

/** TTL and values, or the target, are the same; in which order values stand does not count. */
function same(a: RecordState, b: RecordState): boolean {
  if ('values' in a && 'values' in b) {
    return a.ttl === b.ttl && a.values.toSorted().join('\n') === b.values.toSorted().join('\n');
  }
  if (!('alias' in a) || !('alias' in b)) return false;
  return plainName(a.alias) === plainName(b.alias) && a.zone === b.zone && a.evaluate_health === b.evaluate_health;
}

/** An alias leads to a load balancer of the account, under its region's zone, or to a record of the same zone and type. */
function aliasProblems({ type, set }: Change, { world, zone, records }: Ground): readonly string[] {
  if (!('alias' in set)) return [];
  const which = `Tried to create an alias that targets ${set.alias}., type ${type} in zone ${set.zone}, but`;
  const { route53, elbv2, cloudfront, region } = world.account;
  const own = held(route53.zones, zone)?.id === set.zone;
  const balancer = set.alias.endsWith(`.${region}.elb.amazonaws.com`);
  const edge = set.zone === edgeZone && set.alias.endsWith('.cloudfront.net');
  const elsewhere = edge || (set.zone === balancerZone && balancer);
  const within = own ? set.alias === zone || set.alias.endsWith(`.${zone}`) : elsewhere;
  const known = own
    ? held(records, set.alias)?.[type] !== undefined
    : Object.entries(elbv2.load_balancers).some(
        ([name, state]) => balancerDnsName(name, state, region).toLowerCase() === set.alias.replace(/^dualstack\./, ''),
      ) || Object.values(cloudfront.distributions).some((state) => edgeName(state) === set.alias);
  return [
    ...(within ? [] : [`${which} the alias target name does not lie within the target zone`]),
    ...(known ? [] : [`${which} that target was not found`]),
  ];
}
