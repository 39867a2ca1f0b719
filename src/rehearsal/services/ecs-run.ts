// ECS: tasks that run once on Fargate, from being asked for to having stopped.

import type { RunTaskRequest, RunTaskResponse, Task } from '@aws-sdk/client-ecs';
import type { AccountState } from '../account.ts';
import { securityGroupId, subnetId } from '../ec2-names.ts';
import { arn, held, idOf, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { singleTasksOf } from '../single-tasks.ts';
import type { SingleTask } from '../single-tasks.ts';
import { runnableKeyOf } from './ecs-definitions.ts';
import { clusterArn, clusterOf } from './ecs-names.ts';

type TaskRecord = AccountState['ecs']['tasks'][string];

const invalid = 'InvalidParameterException';

/** The tasks of a cluster that were asked for once, as DescribeTasks gives them. */
export function singleTasks(place: Place, cluster: string): readonly Task[] {
  return singleTasksOf(place.account, place.now)
    .filter((task) => task.cluster === cluster)
    .map((task) => describe(place, task));
}

/** One token is one answer: who asks again with it is told of the tasks it already has. */
export function RunTask(input: RunTaskRequest, place: Place): RunTaskResponse {
  const record = recordOf(input, place);
  const known = Object.entries(place.account.ecs.tasks).filter(
    ([, { token }]) => token !== undefined && token === record.token,
  );
  if (known.some(([, task]) => !isSame(task, record)))
    refuse('ConflictException', 'The provided clientToken is already in use with a different RunTask request.');
  const ids = known.length > 0 ? known.map(([id]) => id) : begin(place, record, input.count ?? 1);
  const after: Place = known.length > 0 ? place : { ...place, account: withTasks(place, record, ids) };
  if (known.length === 0) place.change({ ...place.world, account: after.account });
  const tasks = singleTasks(after, record.cluster).filter(({ taskArn }) => ids.includes(lastSegment(taskArn ?? '')));
  return { tasks, failures: [] };
}

function begin(place: Place, { token }: TaskRecord, count: number): readonly string[] {
  const before = Object.keys(place.account.ecs.tasks).length;
  return Array.from({ length: count }, (_, index) => idOf(`task ${token ?? ''} ${place.now} ${before + index}`, 32));
}

function withTasks({ world }: Place, record: TaskRecord, ids: readonly string[]): AccountState {
  const { account } = world;
  const tasks = { ...account.ecs.tasks, ...Object.fromEntries(ids.map((id) => [id, record])) };
  return { ...account, ecs: { ...account.ecs, tasks } };
}

/** What is kept of a request. Refuses what ECS refuses before it looks for room. */
function recordOf(input: RunTaskRequest, place: Place): TaskRecord {
  const { name } = clusterOf(place, input.cluster);
  if (held(place.account.ecs.clusters, name)?.status === 'INACTIVE')
    refuse('ClusterNotFoundException', 'The referenced cluster was inactive.');
  const definition = runnableKeyOf(place, input.taskDefinition ?? '');
  const state = held(place.account.ecs.task_definitions, definition);
  const { count = 1, clientToken, startedBy } = input;
  if (count < 1 || count > 10) refuse(invalid, 'Count must be between 1 and 10.');
  if (clientToken !== undefined && !/^[!-~]{1,64}$/.test(clientToken)) refuse(invalid, 'clientToken is not valid.');
  if (startedBy !== undefined && !/^[\w/-]{1,128}$/.test(startedBy)) refuse(invalid, 'startedBy is not valid.');
  checkNetwork(input, place);
  const overrides = input.overrides?.containerOverrides ?? [];
  const foreign = overrides.find((override) => override.name !== state?.container);
  if (foreign !== undefined)
    refuse(invalid, `Override for container named ${foreign.name} is not a container in the TaskDefinition.`);
  return {
    cluster: name,
    definition,
    command: overrides[0]?.command ?? [],
    ...(clientToken === undefined ? {} : { token: clientToken }),
    ...(startedBy === undefined ? {} : { started_by: startedBy }),
    started: new Date(place.now).toISOString(),
  };
}

function checkNetwork({ networkConfiguration }: RunTaskRequest, { account: { ec2 } }: Place): void {
  const vpc = networkConfiguration?.awsvpcConfiguration;
  if (vpc === undefined)
    refuse(invalid, "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  const { subnets = [], securityGroups = [] } = vpc;
  if (subnets.length === 0) refuse(invalid, 'subnets can not be empty.');
  const subnet = missingFrom(Object.keys(ec2.subnets).map(subnetId), subnets);
  if (subnet !== undefined) {
    const why = `The subnet ID '${subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`;
    refuse(invalid, `Error retrieving subnet information for [${subnet}]: ${why}`);
  }
  const group = missingFrom(Object.keys(ec2.security_groups).map(securityGroupId), securityGroups);
  if (group !== undefined) {
    const why = `The security group '${group}' does not exist (ErrorCode: InvalidGroup.NotFound)`;
    refuse(invalid, `Error retrieving security group information for [${group}]: ${why}`);
  }
}

function missingFrom(known: readonly string[], asked: readonly string[]): string | undefined {
  return asked.find((id) => !known.includes(id));
}

function isSame(one: TaskRecord, other: TaskRecord): boolean {
  const bare = ({ cluster, definition, command, started_by }: TaskRecord): string =>
    JSON.stringify([cluster, definition, command, started_by]);
  return bare(one) === bare(other);
}

function describe(place: Place, task: SingleTask): Task {
  const { definition, container, status, created, runs, stops, end } = task;
  const state = held(place.account.ecs.task_definitions, definition);
  const stopped = status === 'STOPPED';
  const ran = 'exit' in end && (status === 'RUNNING' || stopped);
  return {
    taskArn: arn(place, 'ecs', `task/${task.cluster}/${task.id}`),
    clusterArn: clusterArn(place, task.cluster),
    taskDefinitionArn: arn(place, 'ecs', `task-definition/${definition}`),
    group: `family:${definition.slice(0, definition.indexOf(':'))}`,
    startedBy: task.startedBy,
    lastStatus: status,
    desiredStatus: stopped ? 'STOPPED' : 'RUNNING',
    launchType: 'FARGATE',
    cpu: state?.cpu,
    memory: state?.memory,
    createdAt: new Date(created),
    ...(ran && { startedAt: new Date(runs) }),
    ...(stopped && { stoppedAt: new Date(stops), ...stopOf(end) }),
    overrides: { containerOverrides: [{ name: container, command: [...task.command] }] },
    containers: [
      {
        name: container,
        image: state?.image,
        lastStatus: status === 'PROVISIONING' ? 'PENDING' : status,
        ...(stopped && 'exit' in end && { exitCode: end.exit }),
      },
    ],
  };
}

function stopOf(end: SingleTask['end']): Pick<Task, 'stopCode' | 'stoppedReason'> {
  if ('reason' in end) return { stopCode: 'TaskFailedToStart', stoppedReason: end.reason };
  return { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' };
}
