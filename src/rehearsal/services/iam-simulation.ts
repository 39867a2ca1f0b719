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
import { held } from '../place.ts';
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
  const [name, role] = roleBehind(source, place);
  const { items, ...more } = pageFor(actions, input, `simulation ${source} ${actions.join()} ${resources.join()}`);
  return { EvaluationResults: items.map((action) => resultOf(name, role, action, resources)), ...more };
}

function refuseWhatIsNotPlayed(input: SimulatePrincipalPolicyRequest): void {
  const played = ['PolicySourceArn', 'ActionNames', 'ResourceArns', 'ContextEntries', 'MaxItems', 'Marker'];
  const other = Object.keys(input).find((member) => !played.includes(member));
  if (other !== undefined) refuse('InvalidInput', `The stand-in does not simulate with ${other}.`);
}

/** Only roles can be there: the stand-in has neither users nor groups. */
function roleBehind(source: string, place: Place): readonly [string, RoleState] {
  const [, account, kind = '', name = ''] = /^arn:aws:iam::(\d{12}):(user|group|role)\/(.+)$/.exec(source) ?? [];
  if (account === undefined) refuse('InvalidInput', `Invalid Entity Arn: ${source}`);
  const role = kind === 'role' && account === place.account.id ? held(place.account.iam.roles, name) : undefined;
  return [name, role ?? refuse('NoSuchEntity', `The ${kind} with name ${name} cannot be found.`, 404)];
}

interface Decided {
  readonly decision: PolicyEvaluationDecisionType;
  readonly matched: Statement[];
}

function resultOf(name: string, role: RoleState, action: string, resources: readonly string[]): EvaluationResult {
  const each = resources.map((resource) => ({ resource, ...decide(name, role, action, resource) }));
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
function decide(name: string, role: RoleState, action: string, resource: string): Decided {
  const matching = (wanted: 'Allow' | 'Deny'): Statement[] =>
    Object.entries(role.policies)
      .filter(([, statements]) =>
        statements.some(
          (each) =>
            each.effect === wanted &&
            // Actions are the same in either case of letters, resources are not.
            listOf(each.action).some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
            listOf(each.resource).some((pattern) => like(pattern, resource)),
        ),
      )
      .map(([policy]) => ({ SourcePolicyId: `role_${name}_${policy}`, SourcePolicyType: 'role' }));
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
