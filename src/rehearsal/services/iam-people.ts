// IAM: users, what is attached to whom, and how the account itself is guarded.

import type {
  AttachedPolicy,
  GetAccountPasswordPolicyResponse,
  GetAccountSummaryResponse,
  ListAttachedUserPoliciesRequest,
  ListAttachedUserPoliciesResponse,
  ListUsersRequest,
  ListUsersResponse,
} from '@aws-sdk/client-iam';
import type { RoleState } from '../account-guard.ts';
import { held, idOf, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { pageFor } from './iam-names.ts';

/** Without the last moment a password was used: nobody uses one here. */
export function ListUsers(input: ListUsersRequest, place: Place): ListUsersResponse {
  const { PathPrefix: prefix = '/' } = input;
  const all = Object.entries(place.account.iam.users).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { items, ...more } = pageFor(prefix === '/' ? all : [], input, `users ${prefix}`);
  const Users = items.map(([UserName, { created }]) => ({
    Path: '/',
    UserName,
    UserId: `AIDA${idOf(`user/${UserName}`, 17).toUpperCase()}`,
    Arn: `arn:aws:iam::${place.account.id}:user/${UserName}`,
    CreateDate: new Date(created),
  }));
  return { Users, ...more };
}

export function ListAttachedUserPolicies(
  input: ListAttachedUserPoliciesRequest,
  place: Place,
): ListAttachedUserPoliciesResponse {
  const user =
    held(place.account.iam.users, input.UserName) ??
    refuse('NoSuchEntity', `The user with name ${input.UserName} cannot be found.`, 404);
  return attachedPolicies(user, input, `attached to the user ${input.UserName}`);
}

/** A page of the managed policies of a role or a user. */
export function attachedPolicies(
  { attached }: Pick<RoleState, 'attached'>,
  { PathPrefix: prefix = '/', ...input }: Omit<ListAttachedUserPoliciesRequest, 'UserName'>,
  question: string,
): { AttachedPolicies: AttachedPolicy[]; IsTruncated: boolean; Marker?: string } {
  const below = Object.keys(attached).filter((arn) => arn.includes(`:policy${prefix}`));
  const { items, ...more } = pageFor(below, input, `${question} ${prefix}`);
  return { AttachedPolicies: items.map((arn) => ({ PolicyName: lastSegment(arn), PolicyArn: arn })), ...more };
}

/** What the state says of the account, and no more. Numbers, where one would expect yes and no. */
export function GetAccountSummary(_input: object, place: Place): GetAccountSummaryResponse {
  const { roles, users, root } = place.account.iam;
  return {
    SummaryMap: {
      Roles: Object.keys(roles).length,
      Users: Object.keys(users).length,
      AccountMFAEnabled: root.mfa ? 1 : 0,
      AccountAccessKeysPresent: root.access_keys ? 1 : 0,
    },
  };
}

/** One that nobody made is an error. */
export function GetAccountPasswordPolicy(_input: object, place: Place): GetAccountPasswordPolicyResponse {
  const policy = place.account.iam.password_policy;
  if (policy === undefined) {
    const words = `The Password Policy with domain name ${place.account.id} cannot be found.`;
    return refuse('NoSuchEntity', words, 404);
  }
  const { expires, remembers } = policy;
  return {
    PasswordPolicy: {
      MinimumPasswordLength: policy.length,
      RequireSymbols: policy.symbols,
      RequireNumbers: policy.numbers,
      RequireUppercaseCharacters: policy.upper,
      RequireLowercaseCharacters: policy.lower,
      AllowUsersToChangePassword: true,
      ExpirePasswords: expires !== undefined,
      ...(expires === undefined ? {} : { MaxPasswordAge: expires }),
      ...(remembers === undefined ? {} : { PasswordReusePrevention: remembers }),
    },
  };
}
