// IAM: roles and the policies written into them.

import type {
  GetRolePolicyRequest,
  GetRolePolicyResponse,
  GetRoleRequest,
  GetRoleResponse,
  ListAttachedRolePoliciesRequest,
  ListAttachedRolePoliciesResponse,
  ListRolePoliciesRequest,
  ListRolePoliciesResponse,
  ListRolesRequest,
  ListRolesResponse,
  Role,
} from '@aws-sdk/client-iam';
import type { RoleState } from '../account-guard.ts';
import { held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import {
  attachedPolicies,
  GetAccountPasswordPolicy,
  GetAccountSummary,
  ListAttachedUserPolicies,
  ListUsers,
} from './iam-people.ts';
import { pageFor, roleArn } from './iam-names.ts';
import { SimulatePrincipalPolicy } from './iam-simulation.ts';

export const iam = {
  SimulatePrincipalPolicy,
  GetRole,
  ListRoles,
  ListRolePolicies,
  GetRolePolicy,
  ListAttachedRolePolicies,
  GetAccountSummary,
  GetAccountPasswordPolicy,
  ListUsers,
  ListAttachedUserPolicies,
};

/** Throws NoSuchEntity. */
function roleOf(place: Place, name: string | undefined): RoleState {
  const role = held(place.account.iam.roles, name);
  return role ?? refuse('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
}

function GetRole(input: GetRoleRequest, place: Place): GetRoleResponse {
  roleOf(place, input.RoleName);
  return { Role: describe(place, input.RoleName ?? '') };
}

/** When a role was made, and who may take it, is not in the state, and so not in the answer. */
function describe(place: Place, name: string): Role {
  return {
    Path: '/',
    RoleName: name,
    RoleId: `AROA${idOf(`role/${name}`, 17).toUpperCase()}`,
    Arn: roleArn(place, name),
    CreateDate: undefined,
    MaxSessionDuration: 3600,
  };
}

function ListRoles(input: ListRolesRequest, place: Place): ListRolesResponse {
  const { PathPrefix: prefix = '/' } = input;
  const names = prefix === '/' ? Object.keys(place.account.iam.roles).toSorted() : [];
  const { items, ...more } = pageFor(names, input, `roles ${prefix}`);
  return { Roles: items.map((name) => describe(place, name)), ...more };
}

function ListRolePolicies(input: ListRolePoliciesRequest, place: Place): ListRolePoliciesResponse {
  const names = Object.keys(roleOf(place, input.RoleName).policies).toSorted();
  const { items, ...more } = pageFor(names, input, `policies of ${input.RoleName}`);
  return { PolicyNames: [...items], ...more };
}

/** The document is encoded as in a URL, as IAM does it. */
function GetRolePolicy(input: GetRolePolicyRequest, place: Place): GetRolePolicyResponse {
  const { RoleName, PolicyName } = input;
  const statements =
    held(roleOf(place, RoleName).policies, PolicyName) ??
    refuse('NoSuchEntity', `The role policy with name ${PolicyName} cannot be found.`, 404);
  const Statement = statements.map(({ effect, action, resource }) => ({
    Effect: effect,
    Action: action,
    Resource: resource,
  }));
  const document = JSON.stringify({ Version: '2012-10-17', Statement });
  return { RoleName, PolicyName, PolicyDocument: encodeURIComponent(document) };
}

function ListAttachedRolePolicies(
  input: ListAttachedRolePoliciesRequest,
  place: Place,
): ListAttachedRolePoliciesResponse {
  return attachedPolicies(roleOf(place, input.RoleName), input, `attached to ${input.RoleName}`);
}
