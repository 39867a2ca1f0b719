// One task of ECS that runs to its end: how it ended, and the end of what it wrote.

import { z } from 'zod';
import { parseDuration } from '../engine/duration.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { AwsMissing, World } from '../world.ts';
import { filledOption, shownCommand } from './argv.ts';
import { foundShape, missingFacts, objects, placeFields, placeOf, placeWords, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import { logPlaceOf, readTaskLog, type LogPlace } from './ecs-task-logs.ts';
import { startTask, untilStopped } from './ecs-task-run.ts';
import type { Attempt, Kind } from './kind.ts';

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

const operations = [
  'ecs:DescribeTaskDefinition',
  'ecs:RunTask',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'logs:GetLogEvents',
];
const defaultTimeoutMs = 600_000;
const longestTimeoutMs = 3_600_000;
const ids = z.array(z.string().min(1)).min(1);

const schema: z.ZodType<EcsRunTaskArgs> = z.strictObject({
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

/**
 * Facts: `found`; `task`, its ARN; `exit_code` of the container, not there when it never ran; `stop_code`,
 * `stopped_reason` and `container_reason` as ECS gives them. From its log: `text`, the last 64 KiB, with `truncated`;
 * `lines`, and `json` of the last one; each that is not there with the reason under its name with `_error`; what looks like
 * a secret is masked. When ECS could not place the task, `found: false`, `failures` and
 * `error`. The task is asked for once, and goes on when nobody waits for it any more.
 */
export const ecsRunTask: Kind<EcsRunTaskArgs> = {
  name: 'ecs.run_task',
  summary: 'Runs a task of ECS on Fargate once, to its end: its exit code, why it stopped, and the end of its log.',
  example: `probe:
  ecs.run_task:
    cluster: shop
    task_definition: shop-web
    container: web
    command: [./manage, migrations, --pending, --json]
    subnets: "\${subnets.private_ids}"
    security_groups: ["\${web_sg.GroupId}"]
expect:
  - { path: exit_code, eq: 0 }
  - { path: json.pending, eq: 0 }`,
  schema,
  nature: () => 'pokes',
  misfilled: (template, args) => filledOption(template['command'], args['command']),
  describe: (args) =>
    // The words may still be one look-up.
    `Run ${Array.isArray(args.command) ? shownCommand(args.command) : String(args.command)} in a task of ${args.task_definition}, in its container ${args.container}, on the cluster ${args.cluster}${placeWords(args)}`,
  // Its roles are handed to it.
  permissions: () => [...iamActions(operations), 'iam:PassRole'],
  operations: () => operations,
  facts: () => ({
    type: 'structure',
    members: () => ({
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
      failures: { type: 'list', of: () => ({ type: 'any' }) },
      ...foundShape,
    }),
  }),
  run: async (args, world, attempt) => {
    const { poke } = attempt;
    if (poke === undefined) throw new BlindError('internal', 'ecs.run_task was not given what a poke gets');
    const known = await readDefinition(args, world, attempt);
    if ('missing' in known) return missingFacts(known, known.requests);
    const trying = { cluster: args.cluster, at: args, world, attempt };
    const started = await startTask(trying, requestOf(args, poke.mark), poke);
    const before = [...known.requests, ...started.requests];
    if ('failures' in started) return { facts: unplaced(started.failures), requests: before };
    const { arn } = started;
    const stopped = await untilStopped(trying, arn, parseDuration(args.timeout ?? '') ?? defaultTimeoutMs);
    const ended = endOf(stopped.task, args.container);
    const log = { container: args.container, arn, ran: typeof ended['exit_code'] === 'number', at: args };
    const said = await readTaskLog(known.log, log, world, attempt);
    return {
      facts: { found: true, task: arn, ...ended, ...said.facts },
      requests: [...before, ...stopped.requests, ...said.requests.slice(-5)],
    };
  },
};

function isTimeout(written: string): boolean {
  const ms = parseDuration(written);
  return ms !== undefined && ms > 0 && ms <= longestTimeoutMs;
}

/** Where the container logs to. What is wrong with the definition is said before anything is started. */
async function readDefinition(
  { task_definition: taskDefinition, container, log_group: group, log_stream_prefix: prefix, ...at }: EcsRunTaskArgs,
  world: World,
  attempt: Attempt,
): Promise<{ readonly log: LogPlace; readonly requests: readonly string[] } | AwsMissing> {
  const call = {
    service: 'ecs',
    operation: 'DescribeTaskDefinition',
    input: { taskDefinition },
    ...placeOf(at, attempt),
  };
  const answer = await world.aws.read(call, attempt.signal);
  if ('missing' in answer) return answer;
  const definition = answer.output['taskDefinition'];
  const containers = objects(isObject(definition) ? definition['containerDefinitions'] : undefined);
  const own = containers.find(({ name }) => name === container);
  if (own === undefined) {
    const names = containers.flatMap(({ name }) => text(name) ?? []).join(', ');
    throw new BlindError(
      'invalid',
      `No task was started: ${taskDefinition} has no container ${container}, but ${names}.`,
    );
  }
  const log = logPlaceOf(own, { group, prefix });
  return { log, requests: answer.requests };
}

function requestOf(args: EcsRunTaskArgs, mark: string): JsonObject {
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
    clientToken: mark,
    startedBy: mark,
  };
}

/** ECS had no room for it, or was not allowed to make some: nothing was started. */
function unplaced(failures: readonly JsonObject[]): JsonObject {
  const reason = text(failures[0]?.['reason']) ?? 'no reason';
  const message = text(failures[0]?.['detail']) ?? `ECS started no task: ${reason}`;
  return { found: false, failures: [...failures], error: { code: reason, message } };
}

function endOf(task: JsonObject, name: string): JsonObject {
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
