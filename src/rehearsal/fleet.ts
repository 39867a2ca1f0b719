// What follows from the state without being written in it: running tasks, their addresses, the targets they are, their health.

import type { ServiceState } from './account-containers.ts';
import type { TargetGroupState } from './account.ts';
import { held, idOf } from './place.ts';
import { applicationReply } from './replies.ts';
import { deploymentsNow, keyText, servingNow } from './rollout.ts';
import type { DeploymentNow } from './rollout.ts';
import type { RehearsalWorld } from './world.ts';

export interface TaskState {
  /** What started it. */
  readonly deployment: DeploymentNow;
  /** 32 hex digits. */
  readonly id: string;
  readonly address: string;
  readonly zone: string;
  /** Runs, but does not answer. */
  readonly sick: boolean;
}

export interface Target {
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  readonly state: 'healthy' | 'unhealthy' | 'unused';
  readonly reason?: 'Target.NotInUse' | 'Target.Timeout' | 'Target.ResponseCodeMismatch';
  readonly description?: string;
}

/** The running tasks of a service at `now`, of whatever deployment. */
export function tasksNow(
  region: string,
  cluster: string,
  name: string,
  service: ServiceState,
  now: number,
): readonly TaskState[] {
  return deploymentsNow(service, now).flatMap((deployment) => tasksOf(region, cluster, name, deployment));
}

/** Those of one deployment, spread over zones a and b; the last `sick` of them do not answer. */
function tasksOf(region: string, cluster: string, name: string, deployment: DeploymentNow): readonly TaskState[] {
  const { running, sick } = deployment;
  return Array.from({ length: running }, (_, index) => {
    const id = idOf(`${cluster}/${name}/${keyText(deployment)}/${index}`, 32);
    const [third, fourth] = [10 + (index % 2), 4 + (Number.parseInt(id.slice(0, 4), 16) % 240)];
    const zone = `${region}${index % 2 === 0 ? 'a' : 'b'}`;
    return { id, deployment, address: `10.0.${third}.${fourth}`, zone, sick: index >= running - sick };
  });
}

/**
 * The targets of a target group: its pods, and every task that serves, of the services registered in it. Without `now`, when all that
 * was asked of them is done: as many at any time.
 */
export function targetsOf(
  world: RehearsalWorld,
  groupName: string,
  group: TargetGroupState,
  now = Infinity,
): readonly Target[] {
  const { account } = world;
  const used = inUse(world, groupName);
  const tasks = Object.entries(account.ecs.clusters).flatMap(([cluster, { services }]) =>
    Object.entries(services)
      .filter(([, service]) => service.target_group === groupName)
      .flatMap(([name, service]) => tasksOf(account.region, cluster, name, servingNow(service, now))),
  );
  return [...tasks, ...podsOf(account.region, groupName, group)].map(({ address, zone, sick }) => ({
    address,
    zone,
    port: group.port,
    ...healthOf(world, group, sick, used),
  }));
}

/** The pods that Kubernetes registered, spread over zones a and b. What goes on in its cluster is in no world. */
function podsOf(
  region: string,
  groupName: string,
  { pods = { ready: 0, sick: 0 } }: TargetGroupState,
): readonly Pick<TaskState, 'address' | 'zone' | 'sick'>[] {
  return Array.from({ length: pods.ready + pods.sick }, (_, index) => {
    const fourth = 4 + (Number.parseInt(idOf(`pod/${groupName}/${index}`, 4), 16) % 240);
    const zone = `${region}${index % 2 === 0 ? 'a' : 'b'}`;
    return { address: `10.0.${20 + (index % 2)}.${fourth}`, zone, sick: index >= pods.ready };
  });
}

function healthOf(
  world: RehearsalWorld,
  group: TargetGroupState,
  sick: boolean,
  used: boolean,
): Pick<Target, 'state' | 'reason' | 'description'> {
  if (!used) {
    return {
      state: 'unused',
      reason: 'Target.NotInUse',
      description: 'Target group is not configured to receive traffic from the load balancer',
    };
  }
  if (sick) return { state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out' };
  const { status } = applicationReply(world, group.serves, {
    method: 'GET',
    path: group.health_path,
    authorization: '',
    body: '',
  });
  if (status === 200) return { state: 'healthy' };
  const description = `Health checks failed with these codes: [${status}]`;
  return { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch', description };
}

/** The load balancers with a listener or rule that forwards to the target group. */
export function balancersOf(world: RehearsalWorld, groupName: string): readonly string[] {
  return Object.entries(world.account.elbv2.load_balancers)
    .filter(([, { listeners }]) =>
      Object.values(listeners)
        .flatMap((listener) => [listener.default, ...Object.values(listener.rules).map((rule) => rule.action)])
        .some((action) => 'forward' in action && action.forward === groupName),
    )
    .map(([name]) => name);
}

function inUse(world: RehearsalWorld, groupName: string): boolean {
  return balancersOf(world, groupName).length > 0;
}

/** Whether `CLUSTER/SERVICE` has a task that runs. */
export function isRunning(world: RehearsalWorld, path: string): boolean {
  const [cluster, service] = path.split('/');
  const state = held(held(world.account.ecs.clusters, cluster)?.services ?? {}, service);
  return state !== undefined && state.running > 0;
}
