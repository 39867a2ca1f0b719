// ECS: one service as it is described, with its deployments as far as they are.

import type { Deployment, NetworkConfiguration, Service } from '@aws-sdk/client-ecs';
import type { ServiceState } from '../account-containers.ts';
import { securityGroupId, subnetId } from '../ec2-names.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { deploymentsNow } from '../rollout.ts';
import type { DeploymentNow } from '../rollout.ts';
import { clusterArn, deploymentId, serviceArn } from './ecs-names.ts';

/** As DescribeServices and UpdateService give it. Its counts are those of all its deployments together. */
export function describeService(place: Place, cluster: string, name: string, service: ServiceState): Service {
  const all = deploymentsNow(service, place.now);
  const sum = (count: (one: DeploymentNow) => number): number => all.reduce((total, one) => total + count(one), 0);
  const [primary] = all;
  return {
    desiredCount: service.desired,
    runningCount: sum(({ running }) => running),
    pendingCount: sum(({ pending }) => pending),
    serviceArn: serviceArn(place, cluster, name),
    serviceName: name,
    clusterArn: clusterArn(place, cluster),
    status: service.status,
    launchType: service.launch,
    ...(service.launch === 'FARGATE' ? { platformVersion: 'LATEST' } : {}),
    networkConfiguration: networkOf(service),
    taskDefinition: definitionArn(place, primary?.definition ?? service.task_definition),
    loadBalancers: loadBalancers(place, service),
    healthCheckGracePeriodSeconds: service.grace,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
    deployments: all.map((one) => describe(place, { cluster, name, service }, one)),
    createdAt: new Date(service.updates[0]?.before.deployed ?? service.deployed),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableExecuteCommand: false,
  };
}

interface Named {
  readonly cluster: string;
  readonly name: string;
  readonly service: ServiceState;
}

function describe(place: Place, { cluster, name, service }: Named, one: DeploymentNow): Deployment {
  const id = deploymentId(cluster, name, one);
  return {
    id,
    status: one.status,
    taskDefinition: definitionArn(place, one.definition),
    desiredCount: one.desired,
    runningCount: one.running,
    pendingCount: one.pending,
    failedTasks: one.failed,
    createdAt: new Date(one.created),
    updatedAt: new Date(one.updated),
    launchType: service.launch,
    networkConfiguration: networkOf(service),
    rolloutState: one.rollout,
    rolloutStateReason: reasonOf(one, id),
  };
}

function reasonOf({ again, failed, rollout }: DeploymentNow, id: string): string {
  if (again) return `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`;
  if (rollout === 'FAILED' && failed > 0) return 'ECS deployment circuit breaker: tasks failed to start.';
  return `ECS deployment ${id} ${rolloutWords[rollout]}.`;
}

const rolloutWords = { COMPLETED: 'completed', IN_PROGRESS: 'in progress', FAILED: 'failed: tasks failed to start' };

function definitionArn(place: Place, key: string): string {
  return arn(place, 'ecs', `task-definition/${key}`);
}

function networkOf(service: ServiceState): NetworkConfiguration {
  return {
    awsvpcConfiguration: {
      subnets: service.subnets.map((name) => subnetId(name)),
      securityGroups: service.security_groups.map((name) => securityGroupId(name)),
      assignPublicIp: service.public_ip ? 'ENABLED' : 'DISABLED',
    },
  };
}

function loadBalancers(place: Place, service: ServiceState): Service['loadBalancers'] {
  const group = held(place.account.elbv2.target_groups, service.target_group);
  const definition = held(place.account.ecs.task_definitions, service.task_definition);
  if (service.target_group === undefined || group === undefined) return [];
  const targetGroupArn = arn(
    place,
    'elasticloadbalancing',
    `targetgroup/${service.target_group}/${idOf(service.target_group, 16)}`,
  );
  return [{ targetGroupArn, containerName: definition?.container, containerPort: group.port }];
}
