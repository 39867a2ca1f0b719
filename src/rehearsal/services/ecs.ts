// ECS: clusters and services.

import type {
  Cluster,
  DescribeClustersRequest,
  DescribeClustersResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListClustersRequest,
  ListClustersResponse,
  ListServicesRequest,
  ListServicesResponse,
  NetworkConfiguration,
  Service,
} from '@aws-sdk/client-ecs';
import type { ServiceState } from '../account-containers.ts';
import { securityGroupId, subnetId } from '../ec2-names.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { clusterArn, clusterOf, deploymentId, serviceArn } from './ecs-names.ts';
import { DescribeServiceDeployments, ListServiceDeployments } from './ecs-deployments.ts';
import { RunTask } from './ecs-run.ts';
import { DescribeTaskDefinition, ListTaskDefinitions } from './ecs-definitions.ts';
import { DescribeTasks, ListTasks } from './ecs-tasks.ts';

export const ecs = {
  ListClusters,
  DescribeClusters,
  ListServices,
  DescribeServices,
  ListTasks,
  DescribeTasks,
  RunTask,
  DescribeTaskDefinition,
  ListTaskDefinitions,
  ListServiceDeployments,
  DescribeServiceDeployments,
};

function ListClusters(input: ListClustersRequest, place: Place): ListClustersResponse {
  const names = Object.keys(place.account.ecs.clusters);
  const page = pageOf(names, {
    token: input.nextToken,
    size: input.maxResults ?? 100,
    question: 'clusters',
    code: 'InvalidParameterException',
  });
  return { clusterArns: page.items.map((name) => clusterArn(place, name)), nextToken: page.next };
}

function DescribeClusters(input: DescribeClustersRequest, place: Place): DescribeClustersResponse {
  const clusters: Cluster[] = [];
  const failures = [];
  for (const named of input.clusters ?? ['default']) {
    const name = lastSegment(named);
    const cluster = held(place.account.ecs.clusters, name);
    if (cluster === undefined) {
      failures.push({ arn: clusterArn(place, name), reason: 'MISSING' });
      continue;
    }
    const services = Object.values(cluster.services);
    clusters.push({
      clusterArn: clusterArn(place, name),
      clusterName: name,
      status: cluster.status,
      activeServicesCount: services.length,
      runningTasksCount: services.reduce((sum, service) => sum + service.running, 0),
      pendingTasksCount: services.reduce((sum, service) => sum + service.pending, 0),
      registeredContainerInstancesCount: 0,
      capacityProviders: ['FARGATE'],
    });
  }
  return { clusters, failures };
}

function ListServices(input: ListServicesRequest, place: Place): ListServicesResponse {
  const cluster = clusterOf(place, input.cluster);
  const page = pageOf(Object.keys(cluster.services), {
    token: input.nextToken,
    size: input.maxResults ?? 10,
    question: `services of ${cluster.name}`,
    code: 'InvalidParameterException',
  });
  return { serviceArns: page.items.map((name) => serviceArn(place, cluster.name, name)), nextToken: page.next };
}

function DescribeServices(input: DescribeServicesRequest, place: Place): DescribeServicesResponse {
  const cluster = clusterOf(place, input.cluster);
  const named = input.services ?? [];
  if (named.length === 0) refuse('InvalidParameterException', 'Services cannot be empty.');
  if (named.length > 10) refuse('InvalidParameterException', 'Services cannot exceed 10 items.');
  const services: Service[] = [];
  const failures = [];
  for (const name of named.map(lastSegment)) {
    const service = held(cluster.services, name);
    if (service === undefined) failures.push({ arn: serviceArn(place, cluster.name, name), reason: 'MISSING' });
    else services.push(describe(place, cluster.name, name, service));
  }
  return { services, failures };
}

function describe(place: Place, cluster: string, name: string, service: ServiceState): Service {
  const deployed = new Date(service.deployed);
  const taskDefinition = arn(place, 'ecs', `task-definition/${service.task_definition}`);
  const id = deploymentId(cluster, name, service.task_definition);
  const network = networkOf(service);
  const counts = { desiredCount: service.desired, runningCount: service.running, pendingCount: service.pending };
  return {
    ...counts,
    serviceArn: serviceArn(place, cluster, name),
    serviceName: name,
    clusterArn: clusterArn(place, cluster),
    status: 'ACTIVE',
    launchType: service.launch,
    ...(service.launch === 'FARGATE' ? { platformVersion: 'LATEST' } : {}),
    networkConfiguration: network,
    taskDefinition,
    loadBalancers: loadBalancers(place, service),
    healthCheckGracePeriodSeconds: service.grace,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
    deployments: [
      {
        ...counts,
        id,
        status: 'PRIMARY',
        taskDefinition,
        failedTasks: 0,
        createdAt: deployed,
        updatedAt: deployed,
        launchType: service.launch,
        networkConfiguration: network,
        rolloutState: service.rollout,
        rolloutStateReason: `ECS deployment ${id} ${rolloutWords[service.rollout]}.`,
      },
    ],
    createdAt: deployed,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableExecuteCommand: false,
  };
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

const rolloutWords = { COMPLETED: 'completed', IN_PROGRESS: 'in progress', FAILED: 'failed: tasks failed to start' };

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
