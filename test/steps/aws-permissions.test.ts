import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { awsPermissions } from '../../src/steps/aws-permissions.ts';
import type { AwsPermissionsArgs } from '../../src/steps/aws-permissions.ts';
import { play } from '../wrong-passes/given.ts';
import { attempt, denied, listOf, missing, scripted } from './aws-world.ts';

const principal = 'arn:aws:iam::111111111111:role/web';
const [a, b] = ['arn:aws:s3:::a/x', 'arn:aws:s3:::b/x'];
const get = 's3:GetObject';

function evaluated(action: string, decision: string, resources: readonly JsonObject[] = []): JsonObject {
  return {
    EvalActionName: action,
    EvalResourceName: '*',
    EvalDecision: decision,
    MissingContextValues: [],
    ...(resources.length === 0 ? {} : { ResourceSpecificResults: resources }),
  };
}

function specific(name: string, decision: string, more: JsonObject = {}): JsonObject {
  return { EvalResourceName: name, EvalResourceDecision: decision, ...more };
}

function simulating(...results: readonly JsonObject[]) {
  return scripted({ 'iam:SimulatePrincipalPolicy': { EvaluationResults: results, IsTruncated: false } });
}

async function look(args: Omit<AwsPermissionsArgs, 'principal'>, ...results: readonly JsonObject[]) {
  return (await awsPermissions.run({ principal, ...args }, simulating(...results).world, attempt)).facts;
}

describe('aws.permissions', () => {
  it('gives each action on each resource the decision for that one, and not the strictest of all', async () => {
    const result = evaluated(get, 'implicitDeny', [
      specific(a, 'allowed', { MatchedStatements: [{ SourcePolicyId: 'role_web_read' }], MissingContextValues: [] }),
      specific(b, 'explicitDeny', {
        MatchedStatements: [{ SourcePolicyId: 'role_web_never' }],
        MissingContextValues: ['aws:SourceVpc'],
      }),
    ]);
    const facts = await look({ allow: [{ actions: [get], on: [a] }], deny: [{ actions: [get], on: [b] }] }, result);
    expect(facts).toEqual({
      found: true,
      allow: [{ action: get, resource: a, decision: 'allowed', missing_context: [], statements: ['role_web_read'] }],
      deny: [
        {
          action: get,
          resource: b,
          decision: 'explicitDeny',
          missing_context: ['aws:SourceVpc'],
          statements: ['role_web_never'],
        },
      ],
      unknown: expect.arrayContaining([expect.stringMatching(/resource control policies/)]),
    });
  });

  it('asks once for all that is about the same resources', async () => {
    const results = [get, 's3:PutObject', 'iam:CreateUser'].map((action) =>
      evaluated(action, 'implicitDeny', [specific(a, 'implicitDeny'), specific(b, 'implicitDeny')]),
    );
    const { world, calls } = simulating(...results);
    const allow = [
      { actions: [get], on: [a, b] },
      { actions: ['s3:PutObject', get], on: [b, a] },
    ];
    const deny = [{ actions: ['iam:CreateUser'] }, { actions: ['s3:PutObject'], on: [b, a] }];
    const { facts } = await awsPermissions.run({ principal, allow, deny }, world, attempt);
    expect(calls.map(({ input }) => input)).toEqual([
      { PolicySourceArn: principal, ActionNames: [get, 's3:PutObject'], ResourceArns: [a, b] },
      { PolicySourceArn: principal, ActionNames: ['iam:CreateUser'], ResourceArns: ['*'] },
    ]);
    expect(listOf(facts['allow'])).toHaveLength(4);
    expect(listOf(facts['deny'])).toMatchObject([{ action: 'iam:CreateUser', resource: '*' }, {}, {}]);
  });

  it('takes the decision over everything where only that, or one resource, was asked about', async () => {
    const facts = await look(
      { deny: [{ actions: [get] }] },
      { ...evaluated(get, 'allowed'), MissingContextValues: ['k'] },
    );
    expect(facts['deny']).toEqual([{ action: get, resource: '*', decision: 'allowed', missing_context: ['k'] }]);
    expect(await look({ allow: [{ actions: [get], on: [a] }] }, evaluated(get, 'allowed'))).toMatchObject({
      allow: [{ resource: a, decision: 'allowed' }],
    });
  });

  it('leaves out what AWS did not say of conditions', async () => {
    const facts = await look({ allow: [{ actions: [get] }] }, { EvalActionName: get, EvalDecision: 'allowed' });
    expect(facts['allow']).toEqual([{ action: get, resource: '*', decision: 'allowed' }]);
  });

  it.each([
    ['no result for an action', [evaluated('s3:PutObject', 'allowed')]],
    ['no result for one of the resources', [evaluated(get, 'allowed', [specific(a, 'allowed')])]],
    ['only the decision over all of them', [evaluated(get, 'allowed')]],
    ['a result without a decision', [evaluated(get, 'allowed', [specific(a, 'allowed'), { EvalResourceName: b }])]],
    [
      'two that differ',
      [
        evaluated(get, 'allowed', [specific(a, 'allowed'), specific(b, 'allowed')]),
        evaluated(get, 'implicitDeny', [specific(b, 'implicitDeny')]),
      ],
    ],
    ['nothing', []],
  ])('cannot look when AWS gave %s', async (_title, results) => {
    await expect(look({ allow: [{ actions: [get], on: [a, b] }] }, ...results)).rejects.toMatchObject({
      code: 'server',
    });
  });

  it('says that a * hides what is allowed on one thing alone, and only then', async () => {
    const sentences = async (on: readonly string[]) =>
      listOf((await look({ deny: [{ actions: [get], on }] }, evaluated(get, 'implicitDeny')))['unknown']);
    expect(await sentences(['arn:aws:s3:::a/*'])).toHaveLength(4);
    expect(await sentences([a])).toHaveLength(3);
  });

  it('tells a role that is not there from one that it may not ask about', async () => {
    const gone = scripted({ 'iam:SimulatePrincipalPolicy': missing('NoSuchEntityException') });
    const args = { principal, allow: [{ actions: [get] }] };
    expect(await awsPermissions.run(args, gone.world, attempt)).toMatchObject({ facts: { found: false } });
    const shut = scripted({ 'iam:SimulatePrincipalPolicy': denied });
    await expect(awsPermissions.run(args, shut.world, attempt)).rejects.toBe(denied);
  });

  it.each([
    { principal },
    { principal, allow: [] },
    { principal, allow: [{ actions: ['s3:*'] }] },
    { principal, allow: [{ actions: ['GetObject'] }] },
    { principal, allow: [{ actions: [get], on: ['bucket'] }] },
    { principal: 'arn:aws:sts::111111111111:assumed-role/web/session', allow: [{ actions: [get] }] },
    { principal: 'web', allow: [{ actions: [get] }] },
  ])('does not take %j', (wrong) => {
    expect(awsPermissions.schema.safeParse(wrong).success).toBe(false);
  });
});

describe('over the wire', () => {
  const role = 'arn:aws:iam::111111111111:role/aep-prod-execution';
  const secret = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:aep/prod/REDIS_URL-AbCdEf';
  const other = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:other/KEY-AbCdEf';
  const step = (name = role): string => `- id: role
  title: The role may read its secrets and no others
  probe:
    aws.permissions:
      principal: ${name}
      allow: [{ actions: ["secretsmanager:GetSecretValue"], on: ["${secret}"] }]
      deny: [{ actions: ["secretsmanager:GetSecretValue"], on: ["${other}"] }, { actions: ["iam:CreateUser"] }]
  expect:
    - { path: "allow[]", all: [{ path: decision, eq: allowed }, { path: missing_context, count: 0, allow_empty: true }] }
    - { path: "deny[]", all: { path: decision, in: [explicitDeny, implicitDeny] } }`;
  const withPolicy = (statement: JsonObject): JsonObject => ({
    account: { iam: { roles: { 'aep-prod-execution': { policies: { more: [statement] } } } } },
  });

  it.each([
    ['as it is', step(), {}, 'pass'],
    ['that may do anything', step(), withPolicy({ effect: 'Allow', action: '*' }), 'fail'],
    ['that is denied its secrets', step(), withPolicy({ effect: 'Deny', action: 'secretsmanager:*' }), 'fail'],
    ['that is not there', step('arn:aws:iam::111111111111:role/nobody'), {}, 'fail'],
    ['that nobody may ask about', step(), { faults: { denied: ['iam:SimulatePrincipalPolicy'] } }, 'error'],
  ])('a role %s is judged', async (_title, text, patch, wanted) => {
    const played = await play(text, { patch });
    expect(played.verdicts, played.screen).toEqual({ role: wanted });
  });
});
