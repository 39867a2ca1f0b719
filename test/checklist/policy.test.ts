// Goal: a policy names as little as is known beforehand, and never less than AWS will ask about. Method: needs and data of
// the test's own, and the real data for AWS's own templates.

import { describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { needsOf, type Need } from '../../src/checklist/policy-needs.ts';
import { policyFor, resourcesOf, sizeOf, splitPolicy, type IamData } from '../../src/checklist/policy.ts';
import { documentsFor } from '../../src/commands/iam-policy.ts';
import { loadIamData } from '../../src/effects/iam-data.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { checklistText, known, loaded } from './given.ts';

const place = { account: '111111111111', region: 'eu-central-1' };
const need = (action: string, fields: JsonObject = {}, region?: string): Need => ({
  action,
  account: '',
  fields,
  steps: [],
  ...(region !== undefined && { region }),
});

async function resources(action: string, fields: JsonObject, region?: string): Promise<readonly string[]> {
  return resourcesOf(need(action, fields, region), await loadIamData([action]), place);
}

describe('the resources of an action', () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ['ecs:DescribeServices', { cluster: 'c', service: 's' }, ['arn:aws:ecs:eu-central-1:111111111111:service/c/s']],
    [
      'ecs:DescribeServices',
      { cluster: 'arn:aws:ecs:eu-central-1:1:cluster/c', services: ['a', 'b'] },
      ['arn:aws:ecs:eu-central-1:111111111111:service/c/a', 'arn:aws:ecs:eu-central-1:111111111111:service/c/b'],
    ],
    ['ecs:DescribeTasks', { cluster: 'c' }, ['arn:aws:ecs:eu-central-1:111111111111:task/c/*']],
    ['ecs:RunTask', { task_definition: 'web' }, ['arn:aws:ecs:eu-central-1:111111111111:task-definition/web:*']],
    ['ecs:RunTask', { task_definition: 'web:7' }, ['arn:aws:ecs:eu-central-1:111111111111:task-definition/web:7']],
    ['ecs:RunTask', { task_definition: '${task.arn}' }, ['arn:aws:ecs:eu-central-1:111111111111:task-definition/*:*']],
    ['ecs:DescribeTaskDefinition', { taskDefinition: 'web' }, ['*']],
    ['logs:FilterLogEvents', { group: '/ecs/a' }, ['arn:aws:logs:eu-central-1:111111111111:log-group:/ecs/a:*']],
    [
      'secretsmanager:DescribeSecret',
      { SecretId: 'a/b' },
      ['arn:aws:secretsmanager:eu-central-1:111111111111:secret:a/b-??????'],
    ],
    ['s3:GetBucketPublicAccessBlock', { Bucket: 'logs-${x.y}' }, ['arn:aws:s3:::logs-*']],
    ['s3:ListBucket', { Bucket: 'logs' }, ['arn:aws:s3:::logs']],
    ['budgets:ViewBudget', { BudgetName: 'monthly' }, ['arn:aws:budgets::111111111111:budget/monthly']],
    ['cloudwatch:GetDashboard', { DashboardName: 'd' }, ['arn:aws:cloudwatch::111111111111:dashboard/d']],
    // Narrower, and composite alarms would be left out without a word.
    ['cloudwatch:DescribeAlarms', { AlarmNames: ['a'] }, ['*']],
    ['cloudwatch:GetMetricData', {}, ['*']],
    ['rds:DescribeDBInstances', { DBInstanceIdentifier: 'db' }, ['arn:aws:rds:eu-central-1:111111111111:db:db']],
    ['rds:DescribeDBInstances', {}, ['*']],
    [
      'rds:RestoreDBInstanceFromDBSnapshot',
      { instance: 'new', snapshot: 'rds:old-1', subnet_group: 'private' },
      [
        'arn:aws:rds:eu-central-1:111111111111:db:new',
        'arn:aws:rds:eu-central-1:111111111111:og:*',
        'arn:aws:rds:eu-central-1:111111111111:pg:*',
        'arn:aws:rds:eu-central-1:111111111111:snapshot:rds:old-1',
        'arn:aws:rds:eu-central-1:111111111111:subgrp:private',
      ],
    ],
    [
      'elasticloadbalancing:ModifyListener',
      { ListenerArn: 'arn:aws:elasticloadbalancing:eu-central-1:111111111111:listener/app/a/b/c' },
      ['arn:aws:elasticloadbalancing:eu-central-1:111111111111:listener/app/a/b/c'],
    ],
    ['route53:ListResourceRecordSets', { zone: 'x.example' }, ['arn:aws:route53:::hostedzone/*']],
    [
      'route53:ListResourceRecordSets',
      { HostedZoneId: '/hostedzone/Z0123456789' },
      ['arn:aws:route53:::hostedzone/Z0123456789'],
    ],
    ['iam:GetRole', { RoleName: 'r' }, ['arn:aws:iam::111111111111:role/r', 'arn:aws:iam::111111111111:role/*/r']],
    [
      'iam:SimulatePrincipalPolicy',
      { principal: 'arn:aws:iam::111111111111:role/r' },
      ['arn:aws:iam::111111111111:role/r'],
    ],
    [
      'wafv2:GetWebACLForResource',
      {},
      [
        'arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/app/*/*',
        'arn:aws:wafv2:eu-central-1:111111111111:regional/webacl/*/*',
      ],
    ],
    [
      'ssm:GetParameters',
      { Names: ['/shop/a:3', 'plain'] },
      [
        'arn:aws:ssm:eu-central-1:111111111111:parameter/shop/a',
        'arn:aws:ssm:eu-central-1:111111111111:parameter/plain',
      ],
    ],
    ['ssm:GetParametersByPath', { Path: '/shop' }, ['arn:aws:ssm:eu-central-1:111111111111:parameter/*']],
    ['kms:DescribeKey', { KeyId: 'alias/shop' }, ['arn:aws:kms:eu-central-1:111111111111:key/*']],
    ['kms:DescribeKey', { KeyId: '1-2' }, ['arn:aws:kms:eu-central-1:111111111111:key/1-2']],
    [
      'lambda:GetFunctionConfiguration',
      { FunctionName: 'orders:live' },
      ['arn:aws:lambda:eu-central-1:111111111111:function:orders'],
    ],
    [
      'sns:GetTopicAttributes',
      { TopicArn: 'arn:aws:sns:eu-central-1:111111111111:t' },
      ['arn:aws:sns:eu-central-1:111111111111:t'],
    ],
    ['eks:DescribeCluster', { name: 'c' }, ['arn:aws:eks:eu-central-1:111111111111:cluster/c']],
    [
      'eks:DescribeNodegroup',
      { clusterName: 'c', nodegroupName: 'n' },
      ['arn:aws:eks:eu-central-1:111111111111:nodegroup/c/n/*'],
    ],
    ['elasticloadbalancing:DescribeRules', {}, ['*']],
    ['nobody:KnowsThis', {}, ['*']],
  ])('%s with %j are %j', async (action, fields, expected) => {
    expect(await resources(action, fields)).toEqual(expected);
  });

  it('are in the region and the partition that are meant', async () => {
    expect(await resources('ecs:DescribeClusters', { clusters: ['c'] }, 'us-gov-west-1')).toEqual([
      'arn:aws-us-gov:ecs:us-gov-west-1:111111111111:cluster/c',
    ]);
    expect(await resources('s3:ListBucket', { Bucket: 'b' }, 'cn-north-1')).toEqual(['arn:aws-cn:s3:::b']);
  });
});

describe('a policy', () => {
  const thing = (type: string): IamData[string] => ({
    resources: [{ type, required: true, arn: `arn:aws:s3:::\${BucketName}` }],
  });
  const data: IamData = {
    's3:A': thing('bucket'),
    's3:B': thing('bucket'),
    's3:C': thing('bucket'),
    'x:D': { resources: [] },
  };

  it('has one statement for each service and set of resources, and is the same in any order', () => {
    const needs = [
      need('x:D'),
      need('s3:B', { Bucket: 'b' }),
      need('s3:A', { Bucket: 'b' }),
      need('s3:C', { Bucket: 'c' }),
      need('s3:A', { Bucket: 'a' }),
      need('s3:B', { Bucket: 'a' }),
    ];
    const policy = policyFor(needs, data, place);
    expect(policy.Statement).toEqual([
      { Sid: 'S3A', Effect: 'Allow', Action: ['s3:A', 's3:B'], Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::b'] },
      { Sid: 'S3B', Effect: 'Allow', Action: ['s3:C'], Resource: ['arn:aws:s3:::c'] },
      { Sid: 'X', Effect: 'Allow', Action: ['x:D'], Resource: ['*'] },
    ]);
    expect(policyFor(needs.toReversed(), data, place)).toEqual(policy);
  });

  it('names nothing that another pattern takes in', () => {
    const needs = [
      need('s3:A', { Bucket: 'logs-1' }),
      need('s3:A', { Bucket: 'logs-${x}' }),
      need('s3:A', { Bucket: 'other' }),
    ];
    expect(policyFor(needs, data, place).Statement[0]?.Resource).toEqual(['arn:aws:s3:::logs-*', 'arn:aws:s3:::other']);
  });

  it('lets roles be passed to tasks of ECS and to nothing else', async () => {
    const needs = [need('iam:PassRole'), need('iam:GetRole')];
    const policy = policyFor(needs, await loadIamData(['iam:PassRole', 'iam:GetRole']), place);
    expect(policy.Statement.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [['iam:GetRole'], undefined],
      [['iam:PassRole'], { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }],
    ]);
  });

  it('that is too long comes in parts that are not, with everything in them', () => {
    const names = Array.from({ length: 40 }, (_, index) => `a-bucket-with-a-rather-long-name-${index}`);
    const needs = [...names.map((Bucket) => need('s3:A', { Bucket })), need('s3:B', { Bucket: 'b' }), need('x:D')];
    const policy = policyFor(needs, data, place);
    const parts = splitPolicy(policy, 1000);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(sizeOf(part)).toBeLessThanOrEqual(1000);
    const pairs = (of: readonly (typeof policy)[]): readonly string[] =>
      of
        .flatMap(({ Statement }) =>
          Statement.flatMap(({ Action, Resource }) =>
            Resource.flatMap((arn) => Action.map((action) => `${action} ${arn}`)),
          ),
        )
        .toSorted();
    expect(pairs(parts)).toEqual(pairs([policy]));
    const sids = parts.flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid));
    expect(new Set(sids).size).toBe(sids.length);
    expect(splitPolicy(policy)).toEqual([policy]);
  });
});

describe('what a plan needs', () => {
  const targets =
    '{ prod: { aws: { account: "111111111111", region: us-east-1 }, accounts: { dns: { account: "222222222222", region: eu-west-1 } } } }';
  const steps = [
    '- { id: zone, title: Z, probe: { route53.record: { zone: x.example, name: a.x.example, account: dns } }, expect: [{ path: found, eq: true }] }',
    '- { id: who, title: W, probe: { aws.call: { operation: sts:GetCallerIdentity } }, expect: [{ path: Account, ne: "" }] }',
    '- { id: load, title: L, probe: { aws.call: { operation: s3:HeadBucket, input: { Bucket: b } } }, expect: [{ path: found, eq: true }] }',
    '- { id: off, title: O, when: { on: true }, probe: { aws.call: { operation: ecs:ListClusters } }, expect: [{ path: "clusterArns[]", count: 1 }] }',
    '- { id: turn, title: T, severity: critical, act: { test.valve: { to: open } } }',
  ].join('\n');

  async function planned() {
    const checklist = await loaded(checklistText({ steps, targets, top: 'values: { on: false }' }));
    const bound = bind(checklist, known, { target: 'prod', inputs: {} });
    if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
    return bound.plan;
  }

  it('is only what its steps do: not who one is, not what is skipped, and acts where they are asked for', async () => {
    const plan = await planned();
    const actions = (acts: boolean): readonly string[] => needsOf(plan, known, acts).map(({ action }) => action);
    expect(actions(false)).toEqual([
      'route53:ListHostedZonesByName',
      'route53:ListResourceRecordSets',
      's3:ListBucket',
    ]);
    expect(actions(true)).toEqual([...actions(false), 'test:Turn']);
  });

  it('is a document of its own in each account', async () => {
    const plan = await planned();
    const needs = needsOf(plan, known, false);
    const documents = documentsFor(plan, needs, await loadIamData(needs.map(({ action }) => action)));
    expect(
      documents.map(({ account, document }) => [account, document.Statement.flatMap(({ Action }) => Action)]),
    ).toEqual([
      ['111111111111', ['s3:ListBucket']],
      ['222222222222', ['route53:ListHostedZonesByName', 'route53:ListResourceRecordSets']],
    ]);
  });
});
