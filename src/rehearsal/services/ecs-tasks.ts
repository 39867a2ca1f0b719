// ECS: running tasks and the definitions they were started from.

import type {
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  Task,
} from '@aws-sdk/client-ecs';
import { tasksOf } from '../fleet.ts';
import type { TaskState } from '../fleet.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { clusterArn, clusterOf } from './ecs-names.ts';

interface Running {
  readonly service: string;
  readonly definition: string;
  readonly started: Date;
  readonly task: TaskState;
}

function running(place: Place, cluster: ReturnType<typeof clusterOf>): readonly Running[] {
  return Object.entries(cluster.services).flatMap(([service, state]) =>
    tasksOf(place.region, cluster.name, service, state).map((task) => ({
      service,
      definition: state.task_definition,
      started: new Date(state.deployed),
      task,
    })),
  );
}

export function ListTasks(input: ListTasksRequest, place: Place): ListTasksResponse {
  const cluster = clusterOf(place, input.cluster);
  const service = input.serviceName === undefined ? undefined : lastSegment(input.serviceName);
  if (service !== undefined && held(cluster.services, service) === undefined) {
    refuse('ServiceNotFoundException', 'Service not found.');
  }
  const stopped = input.desiredStatus === 'STOPPED';
  const tasks = running(place, cluster).filter(
    (each) =>
      !stopped &&
      (service === undefined || each.service === service) &&
      (input.family === undefined || each.definition.startsWith(`${input.family}:`)),
  );
  const page = pageOf(tasks, {
    token: input.nextToken,
    size: input.maxResults ?? 100,
    question: `tasks of ${cluster.name} ${service ?? ''} ${input.family ?? ''}`,
    code: 'InvalidParameterException',
  });
  return { taskArns: page.items.map((each) => taskArn(place, cluster.name, each)), nextToken: page.next };
}

export function DescribeTasks(input: DescribeTasksRequest, place: Place): DescribeTasksResponse {
  const cluster = clusterOf(place, input.cluster);
  const named = input.tasks ?? [];
  if (named.length === 0) refuse('InvalidParameterException', 'Tasks cannot be empty.');
  if (named.length > 100) refuse('InvalidParameterException', 'Tasks cannot exceed 100 items.');
  const all = running(place, cluster);
  const tasks: Task[] = [];
  const failures = [];
  for (const id of named.map(lastSegment)) {
    const found = all.find((each) => each.task.id === id);
    if (found === undefined) failures.push({ arn: arn(place, 'ecs', `task/${cluster.name}/${id}`), reason: 'MISSING' });
    else tasks.push(describe(place, cluster.name, found));
  }
  return { tasks, failures };
}

function taskArn(place: Place, cluster: string, { task }: Running): string {
  return arn(place, 'ecs', `task/${cluster}/${task.id}`);
}

function describe(place: Place, cluster: string, each: Running): Task {
  const definition = held(place.account.ecs.task_definitions, each.definition);
  return {
    taskArn: taskArn(place, cluster, each),
    clusterArn: clusterArn(place, cluster),
    taskDefinitionArn: arn(place, 'ecs', `task-definition/${each.definition}`),
    group: `service:${each.service}`,
    startedBy: `ecs-svc/${idOf(each.service, 16)}`,
    availabilityZone: each.task.zone,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    connectivity: 'CONNECTED',
    healthStatus: each.task.sick ? 'UNHEALTHY' : 'HEALTHY',
    launchType: 'FARGATE',
    cpu: definition?.cpu,
    memory: definition?.memory,
    createdAt: each.started,
    startedAt: each.started,
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

/** By ARN or `family:revision`, or the newest revision of `family`. */
export function DescribeTaskDefinition(
  input: DescribeTaskDefinitionRequest,
  place: Place,
): DescribeTaskDefinitionResponse {
  const named = lastSegment(input.taskDefinition ?? '');
  const definitions = place.account.ecs.task_definitions;
  const revisions = Object.keys(definitions).filter((key) => key.startsWith(`${named}:`));
  const newest = revisions.toSorted((a, b) => revision(b) - revision(a))[0];
  const key = named.includes(':') ? named : newest;
  const definition = held(definitions, key) ?? refuse('ClientException', 'Unable to describe task definition.');
  const name = key ?? named;
  return {
    taskDefinition: {
      taskDefinitionArn: arn(place, 'ecs', `task-definition/${name}`),
      family: name.slice(0, name.indexOf(':')),
      revision: revision(name),
      status: 'ACTIVE',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: definition.cpu,
      memory: definition.memory,
      containerDefinitions: [
        {
          name: definition.container,
          image: definition.image,
          essential: true,
          portMappings: [{ containerPort: definition.port, protocol: 'tcp' }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': definition.log_group, 'awslogs-region': place.region },
          },
        },
      ],
    },
  };
}

function revision(name: string): number {
  return Number(name.slice(name.indexOf(':') + 1));
}
