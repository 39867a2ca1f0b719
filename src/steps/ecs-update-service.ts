// Changes what an ECS service runs: its task definition, how many tasks, or all of them anew.

import { z } from 'zod';
import { durationUpTo, parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import type { ActKind, ActWorld, Performed, Prospect, Sees } from './act.ts';
import { foundShape, objects, placeFields, placeOf, placeWords, text, refusalOf } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import { shortDefinition } from './ecs-service-now.ts';
import type { ServicePlace } from './ecs-service-now.ts';
import { lookAtUpdate } from './ecs-update-effect.ts';
import { prepareUpdate } from './ecs-update-plan.ts';
import type { Attempt } from './kind.ts';

/** What a service may be told to run. */
export interface ServiceWish {
  /** A family, `family:revision`, or an ARN. */
  readonly task_definition?: string | undefined;
  readonly desired_count?: number | undefined;
}

export interface EcsUpdateServiceArgs extends ServicePlace, ServiceWish {
  /** All tasks anew, also when nothing else changes. */
  readonly force_new_deployment?: true | undefined;
  /** What it is now; a service that is neither there nor at the wish is left alone. Absent: whatever it is. */
  readonly from?: ServiceWish | undefined;
  /** Until its tasks run. Default 15m. */
  readonly timeout?: string | undefined;
}

const operations = ['ecs:DescribeServices', 'ecs:UpdateService', 'ecs:ListServiceDeployments'];
const defaultTimeoutMs = 900_000;
const longestTimeoutMs = 7_200_000;
const isTimeout = durationUpTo(longestTimeoutMs);

const wishes = {
  task_definition: z.string().min(1).optional().describe('a family, family:revision or an ARN'),
  desired_count: z.int().min(0).optional().describe('how many tasks'),
};

const schema: z.ZodType<EcsUpdateServiceArgs> = z
  .strictObject({
    cluster: z.string().min(1),
    service: z.string().min(1),
    ...wishes,
    force_new_deployment: z.literal(true).optional().describe('all tasks anew, also when nothing else changes'),
    from: z
      .strictObject(wishes)
      .optional()
      .describe('what it is now; a service that is neither there nor at the wish is left alone'),
    timeout: z
      .string()
      .refine(isTimeout, 'Give a duration of at most 2h, such as 15m')
      .optional()
      .describe('until its tasks run; 15m unless it is given'),
    ...placeFields,
  })
  .refine(
    (args) => args.task_definition !== undefined || args.desired_count !== undefined || args.force_new_deployment,
    'Give at least one of task_definition, desired_count and force_new_deployment',
  );

/**
 * ECS takes no token, so after a lost answer the service itself has to show whether it was changed. A task definition
 * that is not ACTIVE any more cannot be gone to, and is told before anything is sent. The effect: the newest deployment
 * is the one that was asked for, its rollout is COMPLETED, and as many tasks run as should and no others. A deployment
 * that ECS took back itself has failed at once.
 */
export const ecsUpdateService: ActKind<EcsUpdateServiceArgs> = {
  name: 'ecs.update_service',
  summary:
    'Changes what an ECS service runs: task definition, number of tasks, or all tasks anew; waits until it runs.',
  example: `act:
  ecs.update_service:
    cluster: shop
    service: web
    task_definition: shop-web:42
confirm: target
budget: 15m`,
  schema,
  class: 'observable',
  describe: (args) =>
    `Update the ECS service ${args.service} of the cluster ${args.cluster}${placeWords(args)}: ${wishWords(args)}`,
  permissions: (args) => iamActions(operationsOf(args)),
  operations: operationsOf,
  facts: () => ({
    type: 'structure',
    members: () => ({
      in_place: { type: 'boolean' },
      all_running: { type: 'boolean' },
      trouble: { type: 'string' },
      desiredCount: { type: 'number' },
      runningCount: { type: 'number' },
      pendingCount: { type: 'number' },
      deployments: { type: 'list', of: () => ({ type: 'any' }) },
      primary: {
        type: 'structure',
        members: () => ({
          id: { type: 'string' },
          taskDefinition: { type: 'string' },
          rolloutState: { type: 'string' },
          rolloutStateReason: { type: 'string' },
        }),
      },
      ...foundShape,
    }),
  }),
  prepare: prepareUpdate,
  perform,
  sees: { look: lookAtUpdate, effect: effectOf },
  back: { args: argsBack, words: wordsBack },
};

/** What it makes for certain; that a definition is looked at needs one to be named. */
function operationsOf(args: EcsUpdateServiceArgs): readonly string[] {
  return args.task_definition === undefined ? operations : [...operations, 'ecs:DescribeTaskDefinition'];
}

async function perform(
  args: EcsUpdateServiceArgs,
  { request: input }: Prospect,
  _mark: string,
  world: ActWorld,
  attempt: Attempt,
): Promise<Performed> {
  const call = { service: 'ecs', operation: 'UpdateService', input, ...placeOf(args, attempt) };
  const answer = await world.changes.change(call, attempt.signal);
  const { requests } = answer;
  if ('refused' in answer) return refusalOf(answer);
  const { service = null } = answer.output;
  const deployments = objects(isObject(service) ? service['deployments'] : undefined);
  return { change: text(deployments.find(({ status }) => status === 'PRIMARY')?.['id']) ?? '', requests };
}

function effectOf(args: EcsUpdateServiceArgs): ReturnType<Sees<EcsUpdateServiceArgs>['effect']> {
  const forMs = parseDuration(args.timeout ?? '') ?? defaultTimeoutMs;
  return {
    expect: [
      { path: 'trouble', eq: '' },
      { path: 'in_place', eq: true },
      { path: 'primary.rolloutState', eq: 'COMPLETED' },
      { path: 'all_running', eq: true },
    ],
    wait: { forMs, everyMs: { min: 5_000, max: 15_000 }, consecutive: 1, stopIf: [{ path: 'trouble', ne: '' }] },
    words: `${args.service} runs as it should, with all of its tasks and no others: ${wishWords(args)}`,
  };
}

/** Only what was set is put back: how many tasks there are may have been changed since by who else may. */
function argsBack(args: EcsUpdateServiceArgs, before: JsonObject): EcsUpdateServiceArgs {
  const { task_definition: definition, desired_count: count, force_new_deployment: _, ...place } = args;
  const { set = null } = before;
  const was = z.object({ task_definition: z.string(), desired_count: z.int() }).parse(before);
  return {
    ...place,
    // A deployment of the same definition leaves nothing to go back to but that.
    ...(definition !== undefined || count === undefined ? { task_definition: was.task_definition } : {}),
    ...(count === undefined ? {} : { desired_count: was.desired_count }),
    from: z.strictObject(wishes).parse(set),
  };
}

function wordsBack(args: EcsUpdateServiceArgs, before: JsonObject): string {
  const back = argsBack(args, before);
  const { task_definition: definition, ...rest } = back;
  const short = definition === undefined ? {} : { task_definition: shortDefinition(definition) };
  return `brings ${args.service} back to ${wishWords({ ...rest, ...short })}, and waits until its tasks run`;
}

/** `task definition web:42, desired count 4, all tasks anew`. */
function wishWords(args: Partial<EcsUpdateServiceArgs>): string {
  const { task_definition: definition, desired_count: count } = args;
  return [
    ...(definition === undefined ? [] : [`task definition ${shortDefinition(definition)}`]),
    ...(count === undefined ? [] : [`desired count ${String(count)}`]),
    ...(args.force_new_deployment === true ? ['all tasks anew'] : []),
  ].join(', ');
}
