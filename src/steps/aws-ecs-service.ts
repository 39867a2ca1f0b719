// An ECS service with what its own description hides: whether the newest deployment was rolled back, and its tasks.

import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { BlindError } from '../errors.ts';
import type { AwsAnswer, AwsMissing, World } from '../world.ts';
import { redactEnvironment } from './aws-environment.ts';
import { iamActions } from './aws-iam.ts';
import {
  foundShape,
  membersOf,
  missingFacts,
  objects,
  placeFields,
  placeOf,
  placeWords,
  shapeAt,
  text,
} from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import type { Attempt, Kind } from './kind.ts';

export interface AwsEcsServiceArgs extends AwsPlace {
  readonly cluster: string;
  readonly service: string;
}

const operations = [
  'ecs:DescribeServices',
  'ecs:ListServiceDeployments',
  'ecs:DescribeServiceDeployments',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
];

/** How many tasks one DescribeTasks takes. */
const tasksPerCall = 100;

const schema: z.ZodType<AwsEcsServiceArgs> = z.strictObject({
  cluster: z.string().min(1),
  service: z.string().min(1),
  ...placeFields,
});

const rolloutShape: Shape = {
  type: 'structure',
  members: () => ({
    state: { type: 'string' },
    rolled_back: { type: 'boolean' },
    reason: { type: 'string' },
    deployment: { type: 'string' },
  }),
};

/**
 * Facts: the service's own fields unchanged, `tasks` (the running tasks of its PRIMARY deployment, as DescribeTasks
 * gives them) and `rollout` of the newest service deployment: `state` (SUCCESSFUL, ROLLBACK_SUCCESSFUL, ...),
 * `rolled_back`, `reason`, `deployment`. ECS keeps service deployments for 90 days; when there is none, `state` and
 * `rolled_back` are null, which passes nothing.
 */
export const awsEcsService: Kind<AwsEcsServiceArgs> = {
  name: 'aws.ecs_service',
  summary: 'An ECS service: its counts and deployments, its tasks, and whether the newest deployment was rolled back.',
  example: `probe:
  aws.ecs_service: { cluster: "\${cluster}", service: "\${backend.service}" }
wait: { for: 10m, every: 15s }
expect:
  - { path: desiredCount, gte: 2 }
  - { path: runningCount, gte: 2 }
  - { path: rollout.state, eq: SUCCESSFUL }
  - { path: rollout.rolled_back, eq: false }`,
  schema,
  nature: () => 'looks',
  describe: (args) =>
    `Look at the ECS service ${args.service} of cluster ${args.cluster}, its tasks and its newest deployment${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: (_args, catalogue) => ({
    type: 'structure',
    members: () => ({
      ...membersOf(shapeAt(catalogue.shapes('ecs', 'DescribeServices')?.output, ['services', '[]'])),
      tasks: shapeAt(catalogue.shapes('ecs', 'DescribeTasks')?.output, ['tasks']) ?? { type: 'any' },
      rollout: rolloutShape,
      ...foundShape,
    }),
  }),
  run: async (args, world, attempt) => {
    const ask = asker(args, world, attempt);
    const described = await ask('DescribeServices', { cluster: args.cluster, services: [args.service] });
    if ('missing' in described) return missingFacts(described, described.requests);
    const [service] = objects(described.output['services']);
    if (service === undefined) return { facts: absentService(described.output), requests: described.requests };
    const [rollout, tasks] = await Promise.all([readRollout(args, ask), readTasks(args, ask, primaryOf(service))]);
    return {
      facts: redactEnvironment({ ...service, tasks: tasks.list, rollout: rollout.facts, found: true }),
      requests: [...described.requests, ...rollout.requests, ...tasks.requests],
    };
  },
};

type Ask = (operation: string, input: JsonObject) => Promise<AwsAnswer | AwsMissing>;

function asker(args: AwsEcsServiceArgs, world: World, attempt: Attempt): Ask {
  const place = placeOf(args, attempt);
  return (operation, input) => world.aws.read({ service: 'ecs', operation, input, ...place }, attempt.signal);
}

/** ECS reports a service that is not there as a failure in an answer that is fine otherwise. */
function absentService(output: JsonObject): JsonObject {
  const [failure] = objects(output['failures']);
  const reason = text(failure?.['reason']);
  if (reason !== 'MISSING') {
    throw new BlindError(
      'server',
      `ecs:DescribeServices gave neither the service nor MISSING (reason: ${reason ?? 'none'})`,
    );
  }
  return {
    found: false,
    error: { code: reason, message: `There is no service ${text(failure?.['arn']) ?? ''}`.trim() },
  };
}

/** The id tasks carry as `startedBy`; undefined where another controller deploys. */
function primaryOf(service: JsonObject): string | undefined {
  const primary = objects(service['deployments']).find((each) => each['status'] === 'PRIMARY');
  return text(primary?.['id']);
}

async function readRollout(
  args: AwsEcsServiceArgs,
  ask: Ask,
): Promise<{ readonly facts: JsonObject; readonly requests: readonly string[] }> {
  const listed = await ask('ListServiceDeployments', { cluster: args.cluster, service: args.service });
  if ('missing' in listed) return { facts: unknownRollout(listed.missing.message), requests: listed.requests };
  // ISO times in UTC sort as text. AWS does not promise an order.
  const newest = objects(listed.output['serviceDeployments'])
    .toSorted((a, b) => (text(b['createdAt']) ?? '').localeCompare(text(a['createdAt']) ?? ''))
    .at(0);
  const arn = text(newest?.['serviceDeploymentArn']);
  if (arn === undefined)
    return { facts: unknownRollout('ECS has no service deployment of the last 90 days'), requests: listed.requests };
  const described = await ask('DescribeServiceDeployments', { serviceDeploymentArns: [arn] });
  const requests = [...listed.requests, ...described.requests];
  if ('missing' in described) return { facts: unknownRollout(described.missing.message), requests };
  const [deployment] = objects(described.output['serviceDeployments']);
  if (deployment === undefined)
    return { facts: unknownRollout('ECS listed a service deployment and then did not describe it'), requests };
  return { facts: rolloutOf(deployment, arn), requests };
}

/** Nobody knows whether something was rolled back: null passes nothing. */
function unknownRollout(reason: string): JsonObject {
  return { state: null, rolled_back: null, reason, deployment: null };
}

function rolloutOf(deployment: JsonObject, arn: string): JsonObject {
  const state = text(deployment['status']) ?? null;
  const rollback = isObject(deployment['rollback']) ? deployment['rollback'] : undefined;
  return {
    state,
    rolled_back: state === null ? null : rollback !== undefined || state.startsWith('ROLLBACK_'),
    reason: text(rollback?.['reason']) ?? text(deployment['statusReason']) ?? '',
    deployment: arn,
  };
}

async function readTasks(
  args: AwsEcsServiceArgs,
  ask: Ask,
  primary: string | undefined,
): Promise<{ readonly list: readonly JsonObject[]; readonly requests: readonly string[] }> {
  const listed = await ask('ListTasks', { cluster: args.cluster, serviceName: args.service, desiredStatus: 'RUNNING' });
  if ('missing' in listed) return { list: [], requests: listed.requests };
  const arns = (Array.isArray(listed.output['taskArns']) ? (listed.output['taskArns'] as readonly Json[]) : []).filter(
    (arn) => typeof arn === 'string',
  );
  const answers = await Promise.all(
    Array.from({ length: Math.ceil(arns.length / tasksPerCall) }, (_, call) =>
      ask('DescribeTasks', {
        cluster: args.cluster,
        tasks: arns.slice(call * tasksPerCall, (call + 1) * tasksPerCall),
      }),
    ),
  );
  const tasks = answers.flatMap((answer) => ('missing' in answer ? [] : objects(answer.output['tasks'])));
  // A task that stopped in between, or cannot be seen: the others alone would look like all of them.
  if (tasks.length < arns.length) {
    const words = `ecs:DescribeTasks described ${tasks.length} of the ${arns.length} running tasks`;
    throw new BlindError('server', words, { transient: true });
  }
  return {
    list: primary === undefined ? tasks : tasks.filter((task) => task['startedBy'] === primary),
    requests: [...listed.requests, ...answers.flatMap((answer) => answer.requests)],
  };
}
