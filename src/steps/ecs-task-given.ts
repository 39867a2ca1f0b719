// One task of ECS as a checklist asks for it: what it takes, what is sent, and what is seen of it when it has stopped.

import { z } from 'zod';
import { durationUpTo, parseDuration } from '../engine/duration.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { BlindError } from '../errors.ts';
import type { AwsMissing, World } from '../world.ts';
import { shownCommand } from './argv.ts';
import { foundShape, objects, placeFields, placeOf, placeWords, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import { logPlaceOf, type LogPlace } from './ecs-task-logs.ts';
import type { Attempt } from './kind.ts';

export interface EcsRunTaskArgs extends AwsPlace {
  readonly cluster: string;
  /** A family, `family:revision`, or an ARN. */
  readonly task_definition: string;
  /** Whose command is replaced, and whose exit code and log are the facts. */
  readonly container: string;
  /** Instead of the container's own. A number may only come from a look-up. */
  readonly command: readonly (string | number)[];
  readonly subnets: readonly string[];
  readonly security_groups: readonly string[];
  /** Until it has stopped. Default 10m. */
  readonly timeout?: string | undefined;
  readonly log_group?: string | undefined;
  readonly log_stream_prefix?: string | undefined;
}

/** All that is asked of AWS for one task. */
export const taskOperations: readonly string[] = [
  'ecs:DescribeTaskDefinition',
  'ecs:RunTask',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'logs:GetLogEvents',
];
/** Its roles are handed to it. */
export const taskPermissions: readonly string[] = [...iamActions(taskOperations), 'iam:PassRole'];

const defaultTimeoutMs = 600_000;
const longestTimeoutMs = 3_600_000;
const isTimeout = durationUpTo(longestTimeoutMs);
const ids = z.array(z.string().min(1)).min(1);

export const taskSchema: z.ZodType<EcsRunTaskArgs> = z.strictObject({
  cluster: z.string().min(1),
  task_definition: z.string().min(1).describe('a family, family:revision or an ARN'),
  container: z.string().min(1).describe('whose command is replaced, and whose exit code and log are read'),
  command: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .describe("the command instead of the container's own, word by word"),
  subnets: ids.max(16).describe('ids of subnets'),
  security_groups: ids.max(5).describe('ids of security groups'),
  timeout: z
    .string()
    .refine(isTimeout, 'Give a duration of at most 1h, such as 10m')
    .optional()
    .describe('until it has stopped; 10m unless it is given'),
  log_group: z.string().min(1).optional().describe("the task definition's own unless it is given"),
  log_stream_prefix: z.string().min(1).optional().describe("the task definition's own unless it is given"),
  ...placeFields,
});

/** How long to wait until it has stopped, in ms. */
export function timeoutOf({ timeout = '' }: EcsRunTaskArgs): number {
  return parseDuration(timeout) ?? defaultTimeoutMs;
}

/** The command as it is shown; it may still be one look-up. */
export function commandWords({ command }: EcsRunTaskArgs): string {
  return Array.isArray(command) ? shownCommand(command) : String(command);
}

/** What running it means, in one sentence. */
export function describeTask(args: EcsRunTaskArgs): string {
  return `Run ${commandWords(args)} in a task of ${args.task_definition}, in its container ${args.container}, on the cluster ${args.cluster}${placeWords(args)}`;
}

/** The shapes of what is known of a task: how it ended, and its log. */
export const taskShape: Readonly<Record<string, Shape>> = {
  task: { type: 'string' },
  exit_code: { type: 'number' },
  stop_code: { type: 'string' },
  stopped_reason: { type: 'string' },
  container_reason: { type: 'string' },
  text: { type: 'string' },
  truncated: { type: 'boolean' },
  lines: { type: 'list', of: () => ({ type: 'string' }) },
  json: { type: 'any' },
  json_error: { type: 'string' },
  text_error: { type: 'string' },
  lines_error: { type: 'string' },
  ...foundShape,
};

/** A task definition, as far as it decides about a task. */
export interface Definition {
  /** `family:revision`. */
  readonly name: string;
  /** `ACTIVE` and others, as ECS gives it; empty when it says nothing. */
  readonly status: string;
  /** Where the container logs to. */
  readonly log: LogPlace;
  readonly requests: readonly string[];
}

/** Reads the definition. Throws BlindError when it lacks the container: that is said before anything is started. */
export async function readDefinition(
  args: EcsRunTaskArgs,
  world: World,
  attempt: Attempt,
): Promise<Definition | AwsMissing> {
  const { task_definition: taskDefinition, container, log_group: group, log_stream_prefix: prefix, ...at } = args;
  const input = { taskDefinition };
  const call = { service: 'ecs', operation: 'DescribeTaskDefinition', input, ...placeOf(at, attempt) };
  const answer = await world.aws.read(call, attempt.signal);
  if ('missing' in answer) return answer;
  const { taskDefinition: said = null } = answer.output;
  const definition = isObject(said) ? said : {};
  const containers = objects(definition['containerDefinitions']);
  const own = containers.find(({ name }) => name === container);
  if (own === undefined) {
    const names = containers.flatMap(({ name }) => text(name) ?? []).join(', ');
    throw new BlindError(
      'invalid',
      `No task was started: ${taskDefinition} has no container ${container}, but ${names}.`,
    );
  }
  const arn = text(definition['taskDefinitionArn']) ?? taskDefinition;
  return {
    name: arn.slice(arn.lastIndexOf('/') + 1),
    status: text(definition['status']) ?? '',
    log: logPlaceOf(own, { group, prefix }),
    requests: answer.requests,
  };
}

/** What is sent for it, but for the mark. */
export function taskRequest(args: EcsRunTaskArgs): JsonObject {
  return {
    cluster: args.cluster,
    taskDefinition: args.task_definition,
    launchType: 'FARGATE',
    count: 1,
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...args.subnets],
        securityGroups: [...args.security_groups],
        assignPublicIp: 'DISABLED',
      },
    },
    overrides: { containerOverrides: [{ name: args.container, command: args.command.map(String) }] },
  };
}

/** How a task ended, from its description: facts, those that ECS gives. */
export function endOf(task: JsonObject, name: string): JsonObject {
  const container = objects(task['containers']).find((each) => each['name'] === name);
  const said: readonly (readonly [string, Json | undefined])[] = [
    ['exit_code', container?.['exitCode']],
    ['stop_code', task['stopCode']],
    ['stopped_reason', task['stoppedReason']],
    ['container_reason', container?.['reason']],
  ];
  return Object.fromEntries(
    said.flatMap(([fact, value]) => (value === undefined || value === null ? [] : [[fact, value]])),
  );
}

/** Why ECS started nothing: it had no room, or was not allowed to make some. */
export function unplaced(failures: readonly JsonObject[]): { readonly code: string; readonly message: string } {
  const code = text(failures[0]?.['reason']) ?? 'no reason';
  return { code, message: text(failures[0]?.['detail']) ?? `ECS started no task: ${code}` };
}
