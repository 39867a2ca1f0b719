// ECS: changing what a service runs. The answer comes at once; the deployment takes its time.

import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs';
import type { ServiceState, ServiceUpdate } from '../account-containers.ts';
import { held, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { deploymentsNow, servingNow } from '../rollout.ts';
import type { DeploymentNow } from '../rollout.ts';
import type { RehearsalWorld } from '../world.ts';
import { runnableKeyOf } from './ecs-definitions.ts';
import { clusterOf } from './ecs-names.ts';
import { describeService } from './ecs-service.ts';

const invalid = 'InvalidParameterException';
const played: readonly string[] = ['cluster', 'service', 'desiredCount', 'taskDefinition', 'forceNewDeployment'];

/** Only another task definition and force make a deployment; how many tasks there are does not. */
export function UpdateService(input: UpdateServiceRequest, place: Place): UpdateServiceResponse {
  const cluster = clusterOf(place, input.cluster);
  if (held(place.account.ecs.clusters, cluster.name)?.status === 'INACTIVE')
    refuse('ClusterNotFoundException', 'The referenced cluster was inactive.');
  const name = lastSegment(input.service ?? '');
  const service = held(cluster.services, name) ?? refuse('ServiceNotFoundException', 'Service not found.');
  if (service.status !== 'ACTIVE') refuse('ServiceNotActiveException', 'Service was not ACTIVE.');
  const other = Object.entries(input).find(([member, value]) => value !== undefined && !played.includes(member));
  if (other !== undefined) refuse(invalid, `The stand-in does not play ${other[0]} of UpdateService.`);
  const { desiredCount: desired = service.desired, taskDefinition, forceNewDeployment = false } = input;
  if (desired < 0) refuse(invalid, 'desiredCount must be greater than or equal to 0.');
  const now = deploymentsNow(service, place.now)[0]?.definition ?? service.task_definition;
  const definition = taskDefinition === undefined ? now : runnableKeyOf(place, taskDefinition);
  const deploys = forceNewDeployment || definition !== now;
  const broken = held(place.account.ecs.task_definitions, definition)?.broken ?? false;
  const after =
    deploys || desired !== service.desired
      ? updated(service, place.now, { desired, ...(deploys && { deployment: { definition, broken } }) })
      : service;
  if (after !== service) place.change(withService(place.world, cluster.name, name, after));
  return { service: describeService(place, cluster.name, name, after) };
}

interface Asked {
  readonly desired: number;
  readonly deployment?: { readonly definition: string; readonly broken: boolean };
}

function updated(service: ServiceState, now: number, { desired, deployment }: Asked): ServiceState {
  const serving = servingNow(service, now);
  const at = new Date(now).toISOString();
  const before = fleetOf(serving, service.desired);
  // Whatever is missing or on its way now, the service gets it in the end.
  const counts = { desired, running: desired, pending: 0 };
  if (deployment === undefined) return { ...service, ...counts, updates: [...service.updates, { at, before }] };
  const { definition, broken } = deployment;
  const rounds = service.updates.map((each) => each.deployment?.round ?? 0);
  const round = 1 + Math.max(service.round, ...rounds);
  const update: ServiceUpdate = { at, before, deployment: { task_definition: definition, round, broken } };
  const stays = { task_definition: before.task_definition, round: before.round, deployed: before.deployed };
  const comes = { task_definition: definition, round, deployed: at };
  const updates = [...service.updates, update];
  return { ...service, ...counts, rollout: 'COMPLETED', ...(broken ? stays : comes), updates };
}

function fleetOf({ definition, round, running, created, rollout }: DeploymentNow, desired: number) {
  const deployed = new Date(created).toISOString();
  return { task_definition: definition, round, desired, running, deployed, rollout };
}

function withService(world: RehearsalWorld, cluster: string, name: string, service: ServiceState): RehearsalWorld {
  const { account } = world;
  const { clusters } = account.ecs;
  const own = held(clusters, cluster) ?? refuse('ClusterNotFoundException', 'Cluster not found.');
  const services = { ...own.services, [name]: service };
  const ecs = { ...account.ecs, clusters: { ...clusters, [cluster]: { ...own, services } } };
  return { ...world, account: { ...account, ecs } };
}
