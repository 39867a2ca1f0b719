// ECS: deployments of services. Only here does one that was rolled back look different from one that went well.

import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  ServiceDeployment,
  ServiceDeploymentStatus,
} from '@aws-sdk/client-ecs';
import type { ServiceState } from '../account-containers.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { deployingOf, keyText, stretches } from '../rollout.ts';
import type { DeploymentKey } from '../rollout.ts';
import { clusterArn, clusterOf, serviceArn } from './ecs-names.ts';

export function ListServiceDeployments(
  input: ListServiceDeploymentsRequest,
  place: Place,
): ListServiceDeploymentsResponse {
  const cluster = clusterOf(place, input.cluster);
  const name = lastSegment(input.service ?? '');
  const service = held(cluster.services, name) ?? refuse('ServiceNotFoundException', 'Service not found.');
  const { after, before } = input.createdAt ?? {};
  const wanted = deployments(place, cluster.name, name, service).filter(
    ({ status, createdAt = new Date(0) }) =>
      (input.status === undefined || (status !== undefined && input.status.includes(status))) &&
      (after === undefined || createdAt > after) &&
      (before === undefined || createdAt < before),
  );
  const page = pageOf(wanted, {
    token: input.nextToken,
    size: input.maxResults ?? 20,
    question: `deployments of ${cluster.name}/${name}`,
    code: 'InvalidParameterException',
  });
  const serviceDeployments = page.items.map((each) => ({
    serviceDeploymentArn: each.serviceDeploymentArn,
    serviceArn: each.serviceArn,
    clusterArn: each.clusterArn,
    createdAt: each.createdAt,
    startedAt: each.startedAt,
    finishedAt: each.finishedAt,
    targetServiceRevisionArn: each.targetServiceRevision?.arn,
    status: each.status,
    statusReason: each.statusReason,
  }));
  return { serviceDeployments, nextToken: page.next };
}

export function DescribeServiceDeployments(
  input: DescribeServiceDeploymentsRequest,
  place: Place,
): DescribeServiceDeploymentsResponse {
  const all = Object.entries(place.account.ecs.clusters).flatMap(([cluster, { services }]) =>
    Object.entries(services).flatMap(([name, service]) => deployments(place, cluster, name, service)),
  );
  const wanted = input.serviceDeploymentArns ?? [];
  const found = wanted.map((named) => all.find((each) => each.serviceDeploymentArn === named));
  return {
    serviceDeployments: found.filter((each) => each !== undefined),
    failures: wanted
      .filter((_, index) => found[index] === undefined)
      .map((named) => ({ arn: named, reason: 'MISSING' })),
  };
}

/** Newest first: those that were asked for, and the one that was there before. */
function deployments(place: Place, cluster: string, name: string, service: ServiceState): readonly ServiceDeployment[] {
  const named = { cluster, name, service };
  const asked = deployingOf(service);
  const updates = asked.map((update, index) => updateOf(place, named, update, asked[index + 1]?.at));
  const { before } = service.updates[0] ?? {};
  return [...updates.toReversed(), ...firstOf(place, { ...named, service: { ...service, ...before } })];
}

interface Named {
  readonly cluster: string;
  readonly name: string;
  readonly service: ServiceState;
}

interface Stage {
  readonly status: ServiceDeploymentStatus;
  readonly begun: number;
  /** In ms; absent while it goes on. */
  readonly finished?: number;
}

function updateOf(
  place: Place,
  named: Named,
  { at, before, deployment }: ReturnType<typeof deployingOf>[number],
  next: string | undefined,
): ServiceDeployment {
  const { done, back } = stretches(named.service);
  const begun = Date.parse(at);
  const { task_definition: definition, round, broken } = deployment;
  const key = { definition, round };
  const over = begun + (broken ? back : done);
  const stopped = next === undefined ? Infinity : Date.parse(next);
  if (stopped < over) return one(place, named, key, { status: 'STOPPED', begun, finished: stopped });
  const finished = place.now >= over ? { finished: over } : {};
  if (!broken || place.now < begun + done)
    return one(place, named, key, { status: place.now < over ? 'IN_PROGRESS' : 'SUCCESSFUL', begun, ...finished });
  const status = place.now < over ? 'ROLLBACK_IN_PROGRESS' : 'ROLLBACK_SUCCESSFUL';
  const good = { definition: before.task_definition, round: before.round };
  return rolledBack(place, named, key, { stage: { status, begun, ...finished }, from: begun + done, good });
}

/** A service that was rolled back has the failed deployment on top of the good one it went back to. */
function firstOf(place: Place, named: Named): readonly ServiceDeployment[] {
  const { task_definition: definition, round, rolled_back_from: failed, rollout, deployed } = named.service;
  const begun = Date.parse(deployed);
  const key = { definition, round };
  const takes = 240_000;
  if (failed === undefined) {
    const status = statuses[rollout];
    return [
      one(place, named, key, { status, begun, ...(status === 'IN_PROGRESS' ? {} : { finished: begun + takes }) }),
    ];
  }
  const stage: Stage = { status: 'ROLLBACK_SUCCESSFUL', begun, finished: begun + takes };
  const earlier = begun - 7 * 86_400_000;
  return [
    rolledBack(place, named, { definition: failed, round: 0 }, { stage, from: begun + 180_000, good: key }),
    one(place, named, key, { status: 'SUCCESSFUL', begun: earlier, finished: earlier + takes }),
  ];
}

function rolledBack(
  place: Place,
  named: Named,
  key: DeploymentKey,
  { stage, from, good }: { readonly stage: Stage; readonly from: number; readonly good: DeploymentKey },
): ServiceDeployment {
  const reason = 'Service deployment rolled back because the circuit breaker threshold was exceeded.';
  return {
    ...one(place, named, key, stage),
    statusReason: reason,
    deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
    rollback: { reason, startedAt: new Date(from), serviceRevisionArn: revisionArn(place, named, good) },
  };
}

function one(place: Place, named: Named, key: DeploymentKey, { status, begun, finished }: Stage): ServiceDeployment {
  const { cluster, name, service } = named;
  const at = new Date(begun);
  return {
    serviceDeploymentArn: arn(
      place,
      'ecs',
      `service-deployment/${cluster}/${name}/${idOf(`${name} ${keyText(key)}`, 21)}`,
    ),
    serviceArn: serviceArn(place, cluster, name),
    clusterArn: clusterArn(place, cluster),
    createdAt: at,
    startedAt: at,
    ...(finished === undefined ? {} : { finishedAt: new Date(finished) }),
    targetServiceRevision: { arn: revisionArn(place, named, key), requestedTaskCount: service.desired },
    status,
    deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE', failureCount: 0, threshold: 3 },
  };
}

const statuses = { COMPLETED: 'SUCCESSFUL', IN_PROGRESS: 'IN_PROGRESS', FAILED: 'STOPPED' } as const;

function revisionArn(place: Place, { cluster, name }: Named, key: DeploymentKey): string {
  const number = BigInt(`0x${idOf(`${name} revision ${keyText(key)}`, 15)}`);
  return arn(place, 'ecs', `service-revision/${cluster}/${name}/${number}`);
}
