// What can be seen of an update of an ECS service: whether it is in place, how far its rollout is, and what became of it.

import type { JsonObject } from '../engine/json.ts';
import type { World } from '../world.ts';
import type { Made } from './act.ts';
import { objects, text } from './aws-facts.ts';
import { isDefinition, readDefinitionNow, readFailedRollout, readService } from './ecs-service-now.ts';
import type { ServiceNow } from './ecs-service-now.ts';
import type { EcsUpdateServiceArgs } from './ecs-update-service.ts';
import type { Attempt, Seen } from './kind.ts';

const shown = [
  'id',
  'status',
  'taskDefinition',
  'desiredCount',
  'runningCount',
  'pendingCount',
  'failedTasks',
  'rolloutState',
  'rolloutStateReason',
] as const;

/**
 * Facts: counts as ECS gives them; `deployments` and the `primary` one of them, without their networks; `in_place`: the
 * newest deployment and the desired count are those that were asked for; `all_running`: as many tasks as there should
 * be, all of that deployment, and none on their way; `trouble`: why the deployment will not come to be, else empty.
 */
export async function lookAtUpdate(
  args: EcsUpdateServiceArgs,
  { change }: Made,
  world: World,
  attempt: Attempt,
): Promise<Seen> {
  const fresh = { ...attempt, fresh: true };
  const now = await readService(args, world, fresh);
  if (!now.found) return { facts: { found: false, error: { ...now.error } }, requests: now.requests };
  const wished = await isWished(args, now, change, world, fresh);
  const trouble = await troubleOf(args, now, { change, inPlace: wished.is }, world, fresh);
  const { desiredCount, runningCount, pendingCount } = now.service;
  return {
    facts: {
      found: true,
      in_place: wished.is,
      trouble: trouble.why.slice(0, 500),
      ...given({ desiredCount, runningCount, pendingCount }),
      ...allRunning(now),
      primary: picked(now.primary),
      deployments: objects(now.service['deployments']).map(picked),
    },
    requests: [...now.requests, ...wished.requests, ...trouble.requests],
  };
}

async function isWished(
  { desired_count: count, task_definition: written, force_new_deployment: forced, ...at }: EcsUpdateServiceArgs,
  { desired, definition, deployment }: ServiceNow,
  change: string,
  world: World,
  attempt: Attempt,
): Promise<{ readonly is: boolean; readonly requests: readonly string[] }> {
  const ours = change !== '' && deployment === change;
  const counts = (count ?? desired) === desired && !(forced === true && change !== '' && !ours);
  if (!counts || written === undefined) return { is: counts, requests: [] };
  if (written.includes(':')) return { is: isDefinition(definition, written), requests: [] };
  // Which revision a family means may have moved on, but not what our own deployment was made from.
  if (ours) return { is: definition.includes(`:task-definition/${written}:`), requests: [] };
  const newest = await readDefinitionNow(written, at, world, attempt);
  return { is: 'arn' in newest && newest.arn === definition, requests: newest.requests };
}

/** ECS may show for a moment what was before the change: only what it says of a deployment itself counts as its end. */
async function troubleOf(
  args: EcsUpdateServiceArgs,
  { service, primary }: ServiceNow,
  { change, inPlace }: { readonly change: string; readonly inPlace: boolean },
  world: World,
  attempt: Attempt,
): Promise<{ readonly why: string; readonly requests: readonly string[] }> {
  const deploys = args.task_definition !== undefined || args.force_new_deployment === true;
  const own = objects(service['deployments']).find(({ id }) => id === change);
  const said = own ?? (deploys && change !== '' ? undefined : primary);
  if (said?.['rolloutState'] === 'FAILED')
    return { why: text(said['rolloutStateReason']) ?? 'its rollout FAILED', requests: [] };
  // Without the id of a forced deployment, one that was taken back looks like one that was made.
  const unclear = !inPlace || (args.force_new_deployment === true && change === '');
  return deploys && unclear ? readFailedRollout(args, world, attempt) : { why: '', requests: [] };
}

/** Left out when ECS does not count. */
function allRunning({ service, primary }: ServiceNow): JsonObject {
  const { desiredCount: desired, runningCount: running, pendingCount: pending } = service;
  const { runningCount: own } = primary;
  if ([desired, running, pending, own].some((count) => typeof count !== 'number')) return {};
  return { all_running: running === desired && own === desired && pending === 0 };
}

function picked(deployment: JsonObject): JsonObject {
  return given(Object.fromEntries(shown.map((member) => [member, deployment[member]])));
}

function given(members: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
