// What an update of an ECS service would send from the state the service is in, or why it must not be sent.

import type { JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { World } from '../world.ts';
import type { Pending, Prospect } from './act.ts';
import { text } from './aws-facts.ts';
import { isDefinition, readDefinitionNow, readService, shortDefinition } from './ecs-service-now.ts';
import type { DefinitionNow, ServiceNow } from './ecs-service-now.ts';
import type { EcsUpdateServiceArgs } from './ecs-update-service.ts';
import type { Attempt } from './kind.ts';

/** What is wished, with the ARN of the definition as far as anybody knows it. */
interface Wish {
  readonly task_definition?: string;
  readonly desired_count?: number;
}

/** The service, what is wished of it and the definition that is wished, all as they are now. */
interface Standing {
  readonly args: EcsUpdateServiceArgs;
  readonly now: ServiceNow;
  /** Absent where none is wished. */
  readonly definition?: DefinitionNow;
  readonly wish: Wish;
  /** The ARN of the definition in `from`. */
  readonly from?: string;
}

/** What stands in the way, in two texts a person can compare. */
interface Obstacle {
  readonly expected: string;
  readonly observed: string;
}

/** As an act's `prepare`. Throws BlindError for a service that is not there. */
export async function prepareUpdate(
  args: EcsUpdateServiceArgs,
  world: World,
  attempt: Attempt,
  pending?: Pending,
): Promise<Prospect> {
  const fresh = { ...attempt, fresh: true };
  const read = async (name: string | undefined): Promise<DefinitionNow | undefined> =>
    name === undefined ? undefined : readDefinitionNow(name, args, world, fresh);
  // A family means a revision only by asking; whatever names one says which itself.
  const bare = args.from?.task_definition;
  const [now, definition, from] = await Promise.all([
    readService(args, world, fresh),
    read(args.task_definition),
    read(bare?.includes(':') === true ? undefined : bare),
  ]);
  const requests = [now, definition, from].flatMap((each) => each?.requests ?? []);
  if (!now.found) throw new BlindError('invalid', `${now.error.code}: ${now.error.message}`, { requests });
  const wish = wishOf(args, now, definition);
  const standing: Standing = {
    args,
    now,
    wish,
    ...(definition && { definition }),
    ...(from && 'arn' in from && { from: from.arn }),
  };
  return { ...prospectOf(standing, pending), requests };
}

function wishOf(args: EcsUpdateServiceArgs, now: ServiceNow, definition: DefinitionNow | undefined): Wish {
  const { task_definition: written, desired_count: count } = args;
  // One that is gone may run all the same.
  const known = definition !== undefined && 'arn' in definition ? definition.arn : written;
  const arn = known !== undefined && isDefinition(now.definition, known) ? now.definition : known;
  return {
    ...(arn === undefined ? {} : { task_definition: arn }),
    ...(count === undefined ? {} : { desired_count: count }),
  };
}

function prospectOf(standing: Standing, pending: Pending | undefined): Omit<Prospect, 'requests'> {
  const { args, now, wish } = standing;
  const { cluster, service } = args;
  const { stands, ...words } = standsOf(standing, pending);
  const { definition, desired, deployment } = now;
  const before = {
    cluster,
    service,
    task_definition: definition,
    desired_count: desired,
    deployment,
    set: { ...wish },
  };
  const named: JsonObject = { cluster, service };
  if (stands !== 'ready') return { stands, before, request: named, lines: [], ...words };
  const { task_definition: taskDefinition, desired_count: desiredCount } = wish;
  const request = {
    ...named,
    ...(taskDefinition === undefined ? {} : { taskDefinition }),
    ...(desiredCount === undefined ? {} : { desiredCount }),
    ...(args.force_new_deployment === true ? { forceNewDeployment: true } : {}),
  };
  return { stands, before, request, lines: linesOf(standing), ...words };
}

function standsOf(standing: Standing, pending: Pending | undefined): Obstacle & Pick<Prospect, 'stands'> {
  const { args, now, wish } = standing;
  const observed = stateWords(args.service, now);
  const inPlace =
    (wish.task_definition ?? now.definition) === now.definition && (wish.desired_count ?? now.desired) === now.desired;
  const forced = args.force_new_deployment === true;
  if (pending !== undefined) {
    const { task_definition: was, desired_count: count, deployment } = pending.before;
    if (inPlace && !(forced && deployment === now.deployment))
      return { stands: 'already', expected: observed, observed };
    if (was !== now.definition || count !== now.desired || deployment !== now.deployment) {
      const recorded = `${args.service} as it was before, with the deployment ${text(deployment) ?? ''}, or as it should be`;
      return { stands: 'foreign', expected: recorded, observed: `${observed}, with the deployment ${now.deployment}` };
    }
  } else if (inPlace && !forced) {
    return { stands: 'already', expected: observed, observed };
  }
  const obstacle = obstacleIn(standing, observed);
  return obstacle === undefined
    ? { stands: 'ready', expected: observed, observed }
    : { stands: 'foreign', ...obstacle };
}

function obstacleIn({ args, now, definition, wish, from }: Standing, observed: string): Obstacle | undefined {
  if (now.status !== 'ACTIVE')
    return { expected: `the service ${args.service} is ACTIVE`, observed: `it is ${now.status}` };
  if (definition !== undefined && ('gone' in definition || definition.status !== 'ACTIVE')) {
    const name = shortDefinition('gone' in definition ? (args.task_definition ?? '') : definition.arn);
    const is = 'gone' in definition ? 'it is not there' : `it is ${definition.status}`;
    return { expected: `${name} is ACTIVE`, observed: is };
  }
  const { task_definition: was = '', desired_count: count } = args.from ?? {};
  const known = from ?? was;
  // Each for itself: ECS may have taken back the definition alone.
  const isFrom = was === '' || now.definition === wish.task_definition || isDefinition(now.definition, known);
  const counts = count === undefined || [count, wish.desired_count].includes(now.desired);
  if (isFrom && counts) return undefined;
  const words = [
    ...(was === '' ? [] : [`task definition ${shortDefinition(known)}`]),
    ...(count === undefined ? [] : [`desired count ${count}`]),
  ];
  return { expected: `${args.service}: ${words.join(', ')}`, observed };
}

function stateWords(service: string, { definition, desired }: ServiceNow): string {
  return `${service}: task definition ${shortDefinition(definition)}, desired count ${desired}`;
}

function linesOf({ args, now, wish }: Standing): readonly string[] {
  const { service } = args;
  const { task_definition: arn = now.definition, desired_count: count = now.desired } = wish;
  const [old, wished] = [now.definition, arn].map(shortDefinition);
  const changed = (what: string, from: string, to: string): readonly string[] =>
    from === to ? [] : [`- ${service} ${what} ${from}`, `+ ${service} ${what} ${to}`];
  return [
    ...changed('task definition', old ?? '', wished ?? ''),
    ...changed('desired count', String(now.desired), String(count)),
    ...(args.force_new_deployment === true && arn === now.definition
      ? [`- ${service} all tasks of ${now.deployment}`, `+ ${service} new tasks of ${wished}`]
      : []),
  ];
}
