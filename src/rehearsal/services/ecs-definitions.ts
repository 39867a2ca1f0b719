// ECS: task definitions, what a task is started from.

import type {
  ContainerDefinition,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { TaskDefinitionState } from '../account-containers.ts';
import { pageOf } from '../pages.ts';
import { arn, held, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { roleArn } from './iam-names.ts';
import { secretArn } from './secretsmanager.ts';

/** By ARN or `family:revision`, or the newest revision of `family`. */
export function DescribeTaskDefinition(
  input: DescribeTaskDefinitionRequest,
  place: Place,
): DescribeTaskDefinitionResponse {
  const key = definitionKeyOf(place, input.taskDefinition ?? '');
  const definition =
    held(place.account.ecs.task_definitions, key) ?? refuse('ClientException', 'Unable to describe task definition.');
  return { taskDefinition: describe(place, key ?? '', definition) };
}

/** The `FAMILY:REVISION` that an input names; undefined for a family that has none. */
export function definitionKeyOf(place: Place, input: string): string | undefined {
  const named = lastSegment(input);
  return named.includes(':') ? named : sorted(withStatus(place, 'ACTIVE'), named).at(-1);
}

/** As `definitionKeyOf`, for what is to be run. Throws ClientException for what is not there or not ACTIVE. */
export function runnableKeyOf(place: Place, input: string): string {
  const key = definitionKeyOf(place, input);
  const state = held(place.account.ecs.task_definitions, key);
  if (key === undefined || state === undefined) return refuse('ClientException', 'TaskDefinition not found.');
  return state.status === 'ACTIVE' ? key : refuse('ClientException', 'TaskDefinition is inactive');
}

/** `FAMILY:REVISION` of all that have this status. */
function withStatus(place: Place, status: string): readonly string[] {
  return Object.entries(place.account.ecs.task_definitions).flatMap(([key, state]) =>
    state.status === status ? [key] : [],
  );
}

/** In the order of families and revisions. `familyPrefix` is a whole family, for all its name. */
export function ListTaskDefinitions(input: ListTaskDefinitionsRequest, place: Place): ListTaskDefinitionsResponse {
  const { familyPrefix: family, sort = 'ASC', status = 'ACTIVE' } = input;
  const all = sorted(withStatus(place, status), family);
  const page = pageOf(sort === 'DESC' ? all.toReversed() : all, {
    token: input.nextToken,
    size: input.maxResults ?? 100,
    question: `task definitions ${family ?? ''} ${sort} ${status}`,
    code: 'InvalidParameterException',
  });
  return { taskDefinitionArns: page.items.map((name) => definitionArn(place, name)), nextToken: page.next };
}

/** `arn:…:task-definition/FAMILY:REVISION` */
function definitionArn(place: Place, name: string): string {
  return arn(place, 'ecs', `task-definition/${name}`);
}

/** `FAMILY:REVISION` of one family, or of all, the newest last. */
function sorted(names: readonly string[], family: string | undefined): readonly string[] {
  return names
    .filter((name) => family === undefined || familyOf(name) === family)
    .toSorted((a, b) => familyOf(a).localeCompare(familyOf(b)) || revisionOf(a) - revisionOf(b));
}

function familyOf(name: string): string {
  return name.slice(0, name.indexOf(':'));
}

function revisionOf(name: string): number {
  return Number(name.slice(name.indexOf(':') + 1));
}

function describe(place: Place, name: string, state: TaskDefinitionState): TaskDefinition {
  const { platform, execution_role: execution, task_role: task } = state;
  return {
    taskDefinitionArn: definitionArn(place, name),
    family: familyOf(name),
    revision: revisionOf(name),
    status: state.status,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: state.cpu,
    memory: state.memory,
    ...(platform === undefined
      ? {}
      : { runtimePlatform: { operatingSystemFamily: osOf(platform.os), cpuArchitecture: platform.architecture } }),
    ...(execution === undefined ? {} : { executionRoleArn: roleArn(place, execution) }),
    ...(task === undefined ? {} : { taskRoleArn: roleArn(place, task) }),
    containerDefinitions: [containerOf(place, state)],
  };
}

type OsFamily = NonNullable<TaskDefinition['runtimePlatform']>['operatingSystemFamily'];

/** Whatever stands in the state. That ECS knows no other systems than its own is for the state to respect. */
function osOf(os: string): OsFamily {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the wire carries any text
  return os as OsFamily;
}

function containerOf(place: Place, state: TaskDefinitionState): ContainerDefinition {
  return {
    name: state.container,
    image: state.image,
    essential: true,
    portMappings: [{ containerPort: state.port, protocol: 'tcp' }],
    environment: Object.entries(state.environment).map(([name, value]) => ({ name, value })),
    environmentFiles: state.environment_files.map((value) => ({ value, type: 's3' as const })),
    secrets: Object.entries(state.secrets).map(([name, from]) => ({ name, valueFrom: secretOf(place, from) })),
    ...(state.user === undefined ? {} : { user: state.user }),
    readonlyRootFilesystem: state.read_only_root,
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': state.log_group,
        'awslogs-region': place.region,
        'awslogs-stream-prefix': 'ecs',
      },
    },
  };
}

/** A name is short for the ARN of a secret, there or not: a definition outlives what it names. ARNs stand as written. */
function secretOf(place: Place, from: string): string {
  const parameter = /^ssm:(.+)$/.exec(from)?.[1];
  return parameter ?? (from.startsWith('arn:') ? from : secretArn(place, from));
}
