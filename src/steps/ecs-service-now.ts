// An ECS service at one moment, for whoever is about to change it: what it runs, how far that is, and what stands in the way.

import type { JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { World } from '../world.ts';
import { objects, placeOf, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import type { Attempt } from './kind.ts';

export interface ServicePlace extends AwsPlace {
  readonly cluster: string;
  readonly service: string;
}

export interface ServiceNow {
  readonly found: true;
  /** `ACTIVE`, or on its way out. */
  readonly status: string;
  /** The ARN of the task definition its newest deployment runs. */
  readonly definition: string;
  readonly desired: number;
  /** The id of that deployment, the PRIMARY one. */
  readonly deployment: string;
  readonly primary: JsonObject;
  /** As DescribeServices gives it. */
  readonly service: JsonObject;
  readonly requests: readonly string[];
}

export interface ServiceAbsent {
  readonly found: false;
  readonly error: { readonly code: string; readonly message: string };
  readonly requests: readonly string[];
}

/** A task definition as ECS knows it by its name; `gone` when it does not. */
export type DefinitionNow =
  | { readonly arn: string; readonly status: string; readonly requests: readonly string[] }
  | { readonly gone: true; readonly requests: readonly string[] };

/** Throws BlindError when it could not look, and for a service that ECS does not deploy itself. */
export async function readService(
  at: ServicePlace,
  world: World,
  attempt: Attempt,
): Promise<ServiceNow | ServiceAbsent> {
  const input = { cluster: at.cluster, services: [at.service] };
  const answer = await ask('DescribeServices', input, at, world, attempt);
  const { requests } = answer;
  if ('missing' in answer) return { found: false, error: answer.missing, requests };
  const [service] = objects(answer.output['services']);
  if (service === undefined) return { found: false, error: absence(at, answer.output, requests), requests };
  const primary = objects(service['deployments']).find(({ status }) => status === 'PRIMARY');
  const [definition, deployment, status] = [primary?.['taskDefinition'], primary?.['id'], service['status']].map(text);
  const { desiredCount: desired } = service;
  if (primary === undefined || definition === undefined || deployment === undefined) {
    throw new BlindError('invalid', `The service ${at.service} has no PRIMARY deployment.`, {
      hint: 'Only services that ECS deploys itself, by rolling updates, are changed by golive.',
      requests,
    });
  }
  if (typeof desired !== 'number' || status === undefined) {
    throw new BlindError('server', `ECS described ${at.service} without its status or desired count.`, { requests });
  }
  return { found: true, status, definition, desired, deployment, primary, service, requests };
}

/** ECS reports a service that is not there as a failure in an answer that is fine otherwise. */
function absence(
  { cluster, service }: ServicePlace,
  output: JsonObject,
  requests: readonly string[],
): ServiceAbsent['error'] {
  const reason = text(objects(output['failures'])[0]?.['reason']) ?? 'none';
  if (reason === 'MISSING')
    return { code: reason, message: `There is no service ${service} in the cluster ${cluster}.` };
  const words = `ecs:DescribeServices gave neither the service nor MISSING (reason: ${reason})`;
  throw new BlindError('server', words.slice(0, 500), { requests });
}

/** By family, `family:revision` or ARN; a family means its newest ACTIVE revision. */
export async function readDefinitionNow(
  name: string,
  at: AwsPlace,
  world: World,
  attempt: Attempt,
): Promise<DefinitionNow> {
  const answer = await ask('DescribeTaskDefinition', { taskDefinition: name }, at, world, attempt);
  const { requests } = answer;
  if ('missing' in answer) return { gone: true, requests };
  const { taskDefinition: definition = null } = answer.output;
  const [arn, status] = isObject(definition)
    ? [text(definition['taskDefinitionArn']), text(definition['status'])]
    : [undefined, undefined];
  if (arn === undefined || status === undefined)
    throw new BlindError('server', `ECS described ${name} without its ARN or status.`, { requests });
  return { arn, status, requests };
}

/** Whether an ARN is that of the task definition written as `family:revision` or ARN. A family alone is never enough. */
export function isDefinition(arn: string, written: string): boolean {
  return written.startsWith('arn:') ? arn === written : written.includes(':') && shortDefinition(arn) === written;
}

/** `family:revision` at the end of an ARN. */
export function shortDefinition(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/**
 * Why the newest service deployment came to nothing, in ECS's words; empty when it did not. ECS shows only here that a
 * deployment was rolled back, once that is over. Throws BlindError when there is none, because then nobody can say.
 */
export async function readFailedRollout(
  at: ServicePlace,
  world: World,
  attempt: Attempt,
): Promise<{ readonly why: string; readonly requests: readonly string[] }> {
  const answer = await ask('ListServiceDeployments', { cluster: at.cluster, service: at.service }, at, world, attempt);
  const { requests } = answer;
  // ISO times in UTC sort as text. AWS does not promise an order.
  const newest = objects('missing' in answer ? undefined : answer.output['serviceDeployments'])
    .toSorted((a, b) => (text(b['createdAt']) ?? '').localeCompare(text(a['createdAt']) ?? ''))
    .at(0);
  const status = text(newest?.['status']);
  if (status === undefined)
    throw new BlindError('server', `ECS lists no deployment of ${at.service}.`, { transient: true, requests });
  if (!/^(?:ROLLBACK_|STOP)/.test(status)) return { why: '', requests };
  const reason = text(newest?.['statusReason']);
  return { why: `the newest deployment is ${status}${reason === undefined ? '' : `: ${reason}`}`, requests };
}

function ask(
  operation: string,
  input: JsonObject,
  at: AwsPlace,
  world: World,
  attempt: Attempt,
): ReturnType<World['aws']['read']> {
  return world.aws.read({ service: 'ecs', operation, input, ...placeOf(at, attempt) }, attempt.signal);
}
