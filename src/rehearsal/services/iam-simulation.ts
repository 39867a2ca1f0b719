// IAM: what the policies of a role come to for actions on resources.

import type {
  EvaluationResult,
  PolicyEvaluationDecisionType,
  ResourceSpecificResult,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
  Statement,
} from '@aws-sdk/client-iam';
import type { RoleState } from '../account-guard.ts';
import { held, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { pageFor } from './iam-names.ts';

/** One result for each action: over all resources together, and for each by itself. */
export function SimulatePrincipalPolicy(input: SimulatePrincipalPolicyRequest, place: Place): SimulatePolicyResponse {
  const { ActionNames: actions = [], ResourceArns: resources = ['*'], PolicySourceArn: source = '' } = input;
  refuseWhatIsNotPlayed(input);
  if (actions.length === 0) refuse('InvalidInput', 'ActionNames must have at least one element.');
  for (const action of actions) {
    if (!/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action)) refuse('InvalidInput', `Invalid action name: ${action}`);
  }
  for (const resource of resources) {
    if (resource !== '*' && !/^arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S+$/.test(resource))
      refuse('InvalidInput', `Invalid resource ARN: ${resource}`);
  }
  const principal = principalOf(source, place);
  const { items, ...more } = pageFor(actions, input, `simulation ${source} ${actions.join()} ${resources.join()}`);
  return { EvaluationResults: items.map((action) => resultOf(principal, action, resources)), ...more };
}

function refuseWhatIsNotPlayed(input: SimulatePrincipalPolicyRequest): void {
  const played = ['PolicySourceArn', 'ActionNames', 'ResourceArns', 'ContextEntries', 'MaxItems', 'Marker'];
  const other = Object.keys(input).find((member) => !played.includes(member));
  if (other !== undefined) refuse('InvalidInput', `The stand-in does not simulate with ${other}.`);
}

interface Principal {
  readonly kind: 'role' | 'user';
  readonly name: string;
  /** Of its own and attached ones: two may have one name. */
  readonly policies: readonly (readonly [name: string, statements: RoleState['policies'][string]])[];
}

/** A role or a user: groups the stand-in has none. What is attached counts like what is written into it. */
function principalOf(source: string, place: Place): Principal {
  const [, account, kind = '', name = ''] = /^arn:aws:iam::(\d{12}):(user|group|role)\/(.+)$/.exec(source) ?? [];
  if (account === undefined) refuse('InvalidInput', `Invalid Entity Arn: ${source}`);
  const { roles, users } = place.account.iam;
  const all = { role: roles, user: users, group: {} };
  const found =
    (account === place.account.id ? held<RoleState>(held(all, kind) ?? {}, name) : undefined) ??
    refuse('NoSuchEntity', `The ${kind} with name ${name} cannot be found.`, 404);
  const attached = Object.entries(found.attached).map(([arn, statements]) => [lastSegment(arn), statements] as const);
  const policies = [...Object.entries(found.policies), ...attached];
  return { kind: kind === 'user' ? kind : 'role', name, policies };
}

interface Decided {
  readonly decision: PolicyEvaluationDecisionType;
  readonly matched: Statement[];
}

function resultOf(principal: Principal, action: string, resources: readonly string[]): EvaluationResult {
  const each = resources.map((resource) => ({ resource, ...decide(principal, action, resource) }));
  const strictest =
    (['explicitDeny', 'implicitDeny'] as const).find((bad) => each.some(({ decision }) => decision === bad)) ??
    'allowed';
  const matched = each.filter(({ decision }) => decision === strictest).flatMap((one) => one.matched);
  return {
    EvalActionName: action,
    EvalResourceName: '*',
    EvalDecision: strictest,
    MatchedStatements: [...new Map(matched.map((one) => [one.SourcePolicyId, one])).values()],
    MissingContextValues: [],
    ...(resources.every((resource) => resource === '*')
      ? {}
      : { ResourceSpecificResults: each.map((one) => specific(one)) }),
  };
}

function specific({ resource, decision, matched }: Decided & { readonly resource: string }): ResourceSpecificResult {
  return {
    EvalResourceName: resource,
    EvalResourceDecision: decision,
    MatchedStatements: matched,
    MissingContextValues: [],
  };
}

/** One deny is enough, and what nothing allows is denied as well. */
function decide({ kind, name, policies }: Principal, action: string, resource: string): Decided {
  const matching = (wanted: 'Allow' | 'Deny'): Statement[] =>
    policies
      .filter(([, statements]) =>
        statements.some(
          (each) =>
            each.effect === wanted &&
            // Actions are the same in either case of letters, resources are not.
            listOf(each.action).some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
            listOf(each.resource).some((pattern) => like(pattern, resource)),
        ),
      )
      .map(([policy]) => ({ SourcePolicyId: `${kind}_${name}_${policy}`, SourcePolicyType: kind }));
  const denied = matching('Deny');
  if (denied.length > 0) return { decision: 'explicitDeny', matched: denied };
  const allowed = matching('Allow');
  return { decision: allowed.length > 0 ? 'allowed' : 'implicitDeny', matched: allowed };
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

/** `*` is any text, `?` any one letter. A `*` that is asked about is a letter like others. */
function like(pattern: string, text: string): boolean {
  const words = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${words.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 's').test(text);
}
