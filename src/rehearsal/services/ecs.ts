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
  Service,
} from '@aws-sdk/client-ecs';
import { pageOf } from '../pages.ts';
import { held, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { clusterArn, clusterOf, serviceArn } from './ecs-names.ts';
import { DescribeServiceDeployments, ListServiceDeployments } from './ecs-deployments.ts';
import { RunTask } from './ecs-run.ts';
import { DescribeTaskDefinition, ListTaskDefinitions } from './ecs-definitions.ts';
import { describeService } from './ecs-service.ts';
import { DescribeTasks, ListTasks } from './ecs-tasks.ts';
import { UpdateService } from './ecs-update.ts';

export const ecs = {
  ListClusters,
  DescribeClusters,
  ListServices,
  DescribeServices,
  UpdateService,
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
    else services.push(describeService(place, cluster.name, name, service));
  }
  return { services, failures };
}
