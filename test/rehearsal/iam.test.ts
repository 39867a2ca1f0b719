import {
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListUsersCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { clientConfig, givenStandIn } from './given.ts';

const source = 'arn:aws:iam::111111111111:role/web';
const named = (name: string) => expect.objectContaining({ name });
const roles = {
  web: {
    policies: {
      read: [{ effect: 'Allow', action: ['s3:Get*', 'SQS:?end*'], resource: 'arn:aws:s3:::a/*' }],
      never: [{ effect: 'Deny', action: 's3:*', resource: 'arn:aws:s3:::a/private/*' }],
      list: [{ effect: 'Allow', action: 's3:ListAllMyBuckets' }],
    },
  },
};

async function givenIam(): Promise<IAMClient> {
  const { awsUrl } = await givenStandIn({ account: { iam: { roles } } });
  return new IAMClient(clientConfig(awsUrl));
}

const simulate = (ActionNames: string[], ResourceArns?: string[], more: object = {}) =>
  new SimulatePrincipalPolicyCommand({ PolicySourceArn: source, ActionNames, ResourceArns, ...more });

describe('IAM', () => {
  test('simulates each action on each resource: a deny wins, and what nothing allows is denied', async () => {
    const client = await givenIam();
    const { EvaluationResults, IsTruncated } = await client.send(
      simulate(['s3:GetObject', 'sqs:SendMessage'], ['arn:aws:s3:::a/x', 'arn:aws:s3:::a/private/x', 'arn:aws:s3:::b']),
    );
    expect(IsTruncated).toBe(false);
    expect(EvaluationResults?.map((each) => each.EvalDecision)).toEqual(['explicitDeny', 'implicitDeny']);
    const [get, send] = EvaluationResults ?? [];
    expect(get?.ResourceSpecificResults).toMatchObject([
      { EvalResourceDecision: 'allowed', MatchedStatements: [{ SourcePolicyId: 'role_web_read' }] },
      { EvalResourceDecision: 'explicitDeny', MatchedStatements: [{ SourcePolicyId: 'role_web_never' }] },
      { EvalResourceName: 'arn:aws:s3:::b', EvalResourceDecision: 'implicitDeny', MissingContextValues: [] },
    ]);
    expect(send?.ResourceSpecificResults?.map((each) => each.EvalResourceDecision)).toEqual([
      'allowed',
      'allowed',
      'implicitDeny',
    ]);
  });

  test('asked about everything, allows only what is allowed on everything', async () => {
    const client = await givenIam();
    const { EvaluationResults } = await client.send(simulate(['s3:GetObject', 's3:ListAllMyBuckets']));
    expect(EvaluationResults).toMatchObject([
      { EvalActionName: 's3:GetObject', EvalDecision: 'implicitDeny' },
      { EvalActionName: 's3:ListAllMyBuckets', EvalDecision: 'allowed', MissingContextValues: [] },
    ]);
  });

  test('gives results page by page, and takes no marker of another question', async () => {
    const client = await givenIam();
    const actions = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'];
    const first = await client.send(simulate(actions, undefined, { MaxItems: 2 }));
    expect([first.EvaluationResults?.length, first.IsTruncated]).toEqual([2, true]);
    const second = await client.send(simulate(actions, undefined, { MaxItems: 2, Marker: first.Marker }));
    expect(second).toMatchObject({ EvaluationResults: [{ EvalActionName: 's3:DeleteObject' }], IsTruncated: false });
    await expect(client.send(simulate(['s3:GetObject'], undefined, { Marker: first.Marker }))).rejects.toEqual(
      named('InvalidInputException'),
    );
  });

  test.each([
    ['a role that is not there', ['s3:GetObject'], { PolicySourceArn: `${source}2` }, 'NoSuchEntityException'],
    [
      'a role of another account',
      ['s3:GetObject'],
      { PolicySourceArn: source.replace('1111', '2222') },
      'NoSuchEntityException',
    ],
    [
      'a user, of which there are none',
      ['s3:GetObject'],
      { PolicySourceArn: source.replace('role', 'user') },
      'NoSuchEntityException',
    ],
    ['a role without its ARN', ['s3:GetObject'], { PolicySourceArn: 'web' }, 'InvalidInputException'],
    ['an action with a *', ['s3:*'], {}, 'InvalidInputException'],
    ['an action without a service', ['GetObject'], {}, 'InvalidInputException'],
    ['a resource that is no ARN', ['s3:GetObject'], { ResourceArns: ['bucket'] }, 'InvalidInputException'],
    ['a policy of the resource', ['s3:GetObject'], { ResourcePolicy: '{}' }, 'InvalidInputException'],
  ])('refuses %s', async (_title, actions, more, code) => {
    const client = await givenIam();
    await expect(client.send(simulate(actions, undefined, more))).rejects.toEqual(named(code));
  });

  test('shows roles and their policies, with the document encoded', async () => {
    const client = await givenIam();
    expect((await client.send(new GetRoleCommand({ RoleName: 'web' }))).Role).toMatchObject({ Arn: source });
    const { PolicyNames } = await client.send(new ListRolePoliciesCommand({ RoleName: 'web' }));
    expect(PolicyNames).toEqual(['list', 'never', 'read']);
    const policy = await client.send(new GetRolePolicyCommand({ RoleName: 'web', PolicyName: 'never' }));
    expect(JSON.parse(decodeURIComponent(policy.PolicyDocument ?? ''))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::a/private/*' }],
    });
    const attached = await client.send(new ListAttachedRolePoliciesCommand({ RoleName: 'web' }));
    expect([attached.AttachedPolicies ?? [], attached.IsTruncated]).toEqual([[], false]);
    await expect(client.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toEqual(
      named('NoSuchEntityException'),
    );
    await expect(client.send(new ListRolePoliciesCommand({ RoleName: 'constructor' }))).rejects.toEqual(
      named('NoSuchEntityException'),
    );
    await expect(client.send(new GetRolePolicyCommand({ RoleName: 'web', PolicyName: 'none' }))).rejects.toEqual(
      named('NoSuchEntityException'),
    );
  });

  test('lists roles page by page, below a path, and counts them', async () => {
    const client = await givenIam();
    const first = await client.send(new ListRolesCommand({ MaxItems: 1 }));
    expect([first.Roles?.length, first.IsTruncated]).toEqual([1, true]);
    const rest = await client.send(new ListRolesCommand({ Marker: first.Marker }));
    const all = [...(first.Roles ?? []), ...(rest.Roles ?? [])].map(({ RoleName }) => RoleName);
    expect(all).toContain('web');
    expect((await client.send(new ListRolesCommand({ PathPrefix: '/service-role/' }))).Roles ?? []).toEqual([]);
    const { SummaryMap } = await client.send(new GetAccountSummaryCommand({}));
    expect(SummaryMap).toEqual({
      Roles: all.length,
      Users: 0,
      AccountMFAEnabled: 1,
      AccountAccessKeysPresent: 0,
    });
  });

  test('tells of users, of what is attached, and simulates with both', async () => {
    const managed = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    const attached = { [managed]: [{ effect: 'Allow', action: 's3:Get*' }] };
    const { awsUrl } = await givenStandIn({
      account: { iam: { roles: { reader: { attached } }, users: { ann: { attached }, bob: {} } } },
    });
    const client = new IAMClient(clientConfig(awsUrl));
    const first = await client.send(new ListUsersCommand({ MaxItems: 1 }));
    const rest = await client.send(new ListUsersCommand({ Marker: first.Marker }));
    expect([first, rest].map(({ Users }) => Users?.map(({ UserName }) => UserName))).toEqual([['ann'], ['bob']]);
    const entry = [{ PolicyName: 'ReadOnlyAccess', PolicyArn: managed }];
    const ofRole = await client.send(new ListAttachedRolePoliciesCommand({ RoleName: 'reader' }));
    const ofUser = await client.send(new ListAttachedUserPoliciesCommand({ UserName: 'ann' }));
    expect([ofRole.AttachedPolicies, ofUser.AttachedPolicies]).toEqual([entry, entry]);
    const ann = 'arn:aws:iam::111111111111:user/ann';
    const { EvaluationResults } = await client.send(simulate(['s3:GetObject'], undefined, { PolicySourceArn: ann }));
    expect(EvaluationResults).toMatchObject([
      { EvalDecision: 'allowed', MatchedStatements: [{ SourcePolicyId: 'user_ann_ReadOnlyAccess' }] },
    ]);
  });

  test('says how the account is guarded, and that a password policy nobody made is not there', async () => {
    const { awsUrl } = await givenStandIn({
      account: { iam: { root: { mfa: false, access_keys: true }, password_policy: { length: 16, remembers: 5 } } },
    });
    const client = new IAMClient(clientConfig(awsUrl));
    const { SummaryMap } = await client.send(new GetAccountSummaryCommand({}));
    expect(SummaryMap).toMatchObject({ AccountMFAEnabled: 0, AccountAccessKeysPresent: 1 });
    const { PasswordPolicy } = await client.send(new GetAccountPasswordPolicyCommand({}));
    expect(PasswordPolicy).toMatchObject({
      MinimumPasswordLength: 16,
      RequireSymbols: true,
      ExpirePasswords: false,
      PasswordReusePrevention: 5,
    });
    await expect((await givenIam()).send(new GetAccountPasswordPolicyCommand({}))).rejects.toEqual(
      named('NoSuchEntityException'),
    );
  });
});
