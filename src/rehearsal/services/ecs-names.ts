// ECS: how its inputs name clusters, and the ARNs it answers with.

import type { ServiceState } from '../account-containers.ts';
import { arn, held, idOf, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { keyText } from '../rollout.ts';
import type { DeploymentKey } from '../rollout.ts';

/** The cluster an input names, by name or ARN. Throws ClusterNotFoundException. */
export function clusterOf(
  place: Place,
  named: string | undefined,
): { name: string; services: Readonly<Record<string, ServiceState>> } {
  const name = lastSegment(named ?? 'default');
  const cluster = held(place.account.ecs.clusters, name) ?? refuse('ClusterNotFoundException', 'Cluster not found.');
  return { name, services: cluster.services };
}

/** `arn:…:service/CLUSTER/SERVICE` */
export function serviceArn(place: Place, cluster: string, service: string): string {
  return arn(place, 'ecs', `service/${cluster}/${service}`);
}

/** `arn:…:cluster/CLUSTER` */
export function clusterArn(place: Place, cluster: string): string {
  return arn(place, 'ecs', `cluster/${cluster}`);
}

/** `ecs-svc/DIGITS`: the deployment that runs a revision, which its tasks name as what started them. */
export function deploymentId(cluster: string, service: string, key: DeploymentKey): string {
  return `ecs-svc/${BigInt(`0x${idOf(`${cluster}/${service}/${keyText(key)}`, 15)}`)}`;
}
