// Elastic Load Balancing: load balancers by their names and ARNs, and what all its lists share.

import type { LoadBalancerState } from '../account.ts';
import { arn, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

/** Elements of a page, unless somebody asks for fewer. */
export const pageSize = 400;
/** The code for a token that is no good. */
export const badToken = 'ValidationError';

/** All of the account, by name. */
export function balancers(place: Place): readonly (readonly [name: string, state: LoadBalancerState])[] {
  return Object.entries(place.account.elbv2.load_balancers);
}

/** Of the load balancer with this name. */
export function balancerArn(place: Place, name: string): string {
  return arn(place, 'elasticloadbalancing', `loadbalancer/app/${name}/${idOf(name, 16)}`);
}

/** The one with this ARN. Throws a refusal when there is none. */
export function balancerByArn(place: Place, named: string | undefined): readonly [string, LoadBalancerState] {
  const found = balancers(place).find(([name]) => balancerArn(place, name) === named);
  return found ?? refuse('LoadBalancerNotFound', `Load balancer '${named ?? ''}' not found`);
}
