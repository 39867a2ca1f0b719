// ECS: running tasks.

import type {
  Attachment,
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  Task,
} from '@aws-sdk/client-ecs';
import { interfaceId, subnetId } from '../ec2-names.ts';
import { tasksNow } from '../fleet.ts';
import type { TaskState } from '../fleet.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { clusterArn, clusterOf, deploymentId } from './ecs-names.ts';
import { singleTasks } from './ecs-run.ts';

interface Running {
  readonly service: string;
  readonly launch: 'FARGATE' | 'EC2';
  readonly task: TaskState;
}

function running(place: Place, cluster: ReturnType<typeof clusterOf>): readonly Running[] {
  return Object.entries(cluster.services).flatMap(([service, state]) =>
    tasksNow(place.region, cluster.name, service, state, place.now).map((task) => ({
      service,
      launch: state.launch,
      task,
    })),
  );
}

/** All of a cluster: those of its services, and those that were asked for once. */
function tasksIn(place: Place, cluster: ReturnType<typeof clusterOf>): readonly Task[] {
  const { name } = cluster;
  return [...running(place, cluster).map((each) => describe(place, name, each)), ...singleTasks(place, name)];
}

export function ListTasks(input: ListTasksRequest, place: Place): ListTasksResponse {
  const cluster = clusterOf(place, input.cluster);
  const service = input.serviceName === undefined ? undefined : lastSegment(input.serviceName);
  if (service !== undefined && held(cluster.services, service) === undefined) {
    refuse('ServiceNotFoundException', 'Service not found.');
  }
  const all = tasksIn(place, cluster).filter(
    (task) =>
      (service === undefined || task.group === `service:${service}`) &&
      task.desiredStatus === (input.desiredStatus ?? 'RUNNING') &&
      (input.family === undefined || lastSegment(task.taskDefinitionArn ?? '').startsWith(`${input.family}:`)) &&
      (input.startedBy === undefined || task.startedBy === input.startedBy),
  );
  const page = pageOf(all, {
    token: input.nextToken,
    size: input.maxResults ?? 100,
    question: `tasks of ${cluster.name} ${service ?? ''} ${input.family ?? ''} ${input.startedBy ?? ''}`,
    code: 'InvalidParameterException',
  });
  return { taskArns: page.items.flatMap((each) => each.taskArn ?? []), nextToken: page.next };
}

export function DescribeTasks(input: DescribeTasksRequest, place: Place): DescribeTasksResponse {
  const cluster = clusterOf(place, input.cluster);
  const named = input.tasks ?? [];
  if (named.length === 0) refuse('InvalidParameterException', 'Tasks cannot be empty.');
  if (named.length > 100) refuse('InvalidParameterException', 'Tasks cannot exceed 100 items.');
  const all = tasksIn(place, cluster);
  const tasks: Task[] = [];
  const failures = [];
  for (const id of named.map(lastSegment)) {
    const found = all.find((each) => lastSegment(each.taskArn ?? '') === id);
    if (found === undefined) failures.push({ arn: arn(place, 'ecs', `task/${cluster.name}/${id}`), reason: 'MISSING' });
    else tasks.push(found);
  }
  return { tasks, failures };
}

function taskArn(place: Place, cluster: string, { task }: Running): string {
  return arn(place, 'ecs', `task/${cluster}/${task.id}`);
}

function describe(place: Place, cluster: string, each: Running): Task {
  const { deployment } = each.task;
  const definition = held(place.account.ecs.task_definitions, deployment.definition);
  return {
    taskArn: taskArn(place, cluster, each),
    clusterArn: clusterArn(place, cluster),
    taskDefinitionArn: arn(place, 'ecs', `task-definition/${deployment.definition}`),
    group: `service:${each.service}`,
    startedBy: deploymentId(cluster, each.service, deployment),
    availabilityZone: each.task.zone,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    connectivity: 'CONNECTED',
    healthStatus: each.task.sick ? 'UNHEALTHY' : 'HEALTHY',
    launchType: each.launch,
    cpu: definition?.cpu,
    memory: definition?.memory,
    attachments: attachmentsOf(place, cluster, each),
    createdAt: new Date(deployment.created),
    startedAt: new Date(deployment.started),
    containers: [
      {
        name: definition?.container,
        image: definition?.image,
        imageDigest: definition?.digest,
        lastStatus: 'RUNNING',
        healthStatus: each.task.sick ? 'UNHEALTHY' : 'HEALTHY',
        networkInterfaces: [{ privateIpv4Address: each.task.address }],
      },
    ],
  };
}

/** The network interface of a task, in the service's subnet of its zone. */
function attachmentsOf(place: Place, cluster: string, { service, task }: Running): Attachment[] {
  const { subnets = [] } = held(clusterOf(place, cluster).services, service) ?? {};
  const zoned = subnets.find((name) => task.zone.endsWith(held(place.account.ec2.subnets, name)?.zone ?? 'none'));
  const subnet = zoned ?? subnets[0];
  if (subnet === undefined) return [];
  const id = idOf(`attachment/${task.id}`, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const details = [
    { name: 'subnetId', value: subnetId(subnet) },
    { name: 'networkInterfaceId', value: interfaceId(`task/${task.id}`) },
    { name: 'privateIPv4Address', value: task.address },
  ];
  return [{ id, type: 'ElasticNetworkInterface', status: 'ATTACHED', details }];
}
