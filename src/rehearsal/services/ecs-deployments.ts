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

/** Newest first. A service that was rolled back has the failed deployment on top of the good one it went back to. */
function deployments(place: Place, cluster: string, name: string, service: ServiceState): readonly ServiceDeployment[] {
  const started = new Date(service.deployed);
  const one = (definition: string, status: ServiceDeploymentStatus, at: Date): ServiceDeployment => ({
    serviceDeploymentArn: arn(
      place,
      'ecs',
      `service-deployment/${cluster}/${name}/${idOf(`${name} ${definition}`, 21)}`,
    ),
    serviceArn: serviceArn(place, cluster, name),
    clusterArn: clusterArn(place, cluster),
    createdAt: at,
    startedAt: at,
    ...(status === 'IN_PROGRESS' ? {} : { finishedAt: new Date(at.getTime() + 240_000) }),
    targetServiceRevision: { arn: revisionArn(place, cluster, name, definition), requestedTaskCount: service.desired },
    status,
    deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE', failureCount: 0, threshold: 3 },
  });
  if (service.rolled_back_from === undefined) return [one(service.task_definition, statuses[service.rollout], started)];
  const failed: ServiceDeployment = {
    ...one(service.rolled_back_from, 'ROLLBACK_SUCCESSFUL', started),
    statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
    rollback: {
      reason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      startedAt: new Date(started.getTime() + 180_000),
      serviceRevisionArn: revisionArn(place, cluster, name, service.task_definition),
    },
  };
  const good = one(service.task_definition, 'SUCCESSFUL', new Date(started.getTime() - 7 * 86_400_000));
  return [failed, good];
}

const statuses = { COMPLETED: 'SUCCESSFUL', IN_PROGRESS: 'IN_PROGRESS', FAILED: 'STOPPED' } as const;

function revisionArn(place: Place, cluster: string, name: string, definition: string): string {
  const number = BigInt(`0x${idOf(`${name} revision ${definition}`, 15)}`);
  return arn(place, 'ecs', `service-revision/${cluster}/${name}/${number}`);
}
