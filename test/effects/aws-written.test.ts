// Goal: what a checklist may write out is neither a hole nor a wall: nothing that no way back brings again, nothing about
// who may do what, no secret, and what a go-live does change goes through. Method: every operation of every client.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { isReading } from '../../src/effects/aws-allowed.ts';
import { operationNames, schemasOf } from '../../src/effects/aws-schema.ts';
import { findService, serviceWords } from '../../src/effects/aws-services.ts';
import { secretInput, writtenRefusal } from '../../src/effects/aws-written.ts';

async function refusal(name: string): Promise<string | undefined> {
  const [service = '', operation = ''] = name.split(':');
  return writtenRefusal(service, operation, (await findService(service)?.load()) ?? {});
}

describe('what a checklist may not write out', () => {
  test.each([
    ['elbv2:DescribeListeners', 'only reads'],
    ['iam:PutRolePolicy', 'who may do what'],
    ['iam:CreateRole', 'who may do what'],
    ['iam:DeleteUser', 'who may do what'],
    ['iam:AttachRolePolicy', 'who may do what'],
    ['iam:AddUserToGroup', 'who may do what'],
    ['iam:CreateAccessKey', 'credentials'],
    ['organizations:LeaveOrganization', 'who may do what'],
    ['account:CloseAccount', 'who may do what'],
    ['sts:AssumeRole', 'credentials'],
    ['s3:PutBucketPolicy', 'who may do what'],
    ['s3:DeletePublicAccessBlock', 'who may do what'],
    ['secretsmanager:PutResourcePolicy', 'who may do what'],
    ['ecr:SetRepositoryPolicy', 'who may do what'],
    ['rds:ModifyDBSnapshotAttribute', 'who may do what'],
    ['kms:ScheduleKeyDeletion', 'no way back'],
    ['kms:DisableKey', 'no way back'],
    ['s3:DeleteObject', 'no way back'],
    ['s3:DeleteBucket', 'no way back'],
    ['rds:DeleteDBInstance', 'no way back'],
    ['rds:DeleteDBSnapshot', 'no way back'],
    ['dynamodb:DeleteTable', 'no way back'],
    ['elasticache:DeleteReplicationGroup', 'no way back'],
    ['ec2:TerminateInstances', 'no way back'],
    ['ec2:DeleteVolume', 'no way back'],
    ['ecr:BatchDeleteImage', 'no way back'],
    ['secretsmanager:DeleteSecret', 'no way back'],
    ['logs:DeleteLogGroup', 'no way back'],
    ['route53:DeleteHostedZone', 'no way back'],
    ['ecs:DeleteService', 'no way back'],
    ['cloudtrail:StopLogging', 'what watches'],
    ['secretsmanager:PutSecretValue', 'secret'],
    ['secretsmanager:UpdateSecret', 'secret'],
    ['ssm:PutParameter', 'secret'],
    ['ecs:ExecuteCommand', 'shell'],
    ['acm:ExportCertificate', 'keys'],
    ['s3:PutObject', 'content'],
    ['s3:CopyObject', 'content'],
    ['logs:StartLiveTail', 'content'],
    ['ec2:PurchaseReservedInstancesOffering', 'years'],
  ])('%s: %s', async (name, words) => {
    expect(await refusal(name)).toContain(words);
  });

  test('is everything of IAM and STS, and whatever deletes databases, buckets, caches, images or secrets', async () => {
    for (const service of ['iam', 'sts', 'rds', 's3', 'elasticache', 'ecr', 'secretsmanager']) {
      const sdk = (await findService(service)?.load()) ?? {};
      const all = operationNames(sdk).filter((name) => !isReading(name));
      const closed = ['iam', 'sts'].includes(service) ? all : all.filter((name) => /Delete/.test(name));
      expect(closed.length).toBeGreaterThan(0);
      expect(closed.filter((name) => writtenRefusal(service, name, sdk) === undefined)).toEqual([]);
    }
  });
});

test.each([
  'elbv2:ModifyListener',
  'elbv2:ModifyRule',
  'elbv2:CreateRule',
  'elbv2:DeleteRule',
  'elbv2:RegisterTargets',
  'logs:PutRetentionPolicy',
  'ecs:UpdateService',
  'ecs:StopTask',
  'rds:ModifyDBInstance',
  'rds:RebootDBInstance',
  'rds:CreateDBSnapshot',
  'rds:SwitchoverBlueGreenDeployment',
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:RegisterScalableTarget',
  'cloudwatch:EnableAlarmActions',
  'cloudwatch:PutMetricAlarm',
  'route53:ChangeResourceRecordSets',
  'secretsmanager:RotateSecret',
  'ec2:AuthorizeSecurityGroupIngress',
  'ec2:RevokeSecurityGroupIngress',
  'ec2:CreateRoute',
  'ec2:DeleteRoute',
  'elasticache:ModifyReplicationGroup',
  'wafv2:UpdateWebACL',
  'ecr:PutImageScanningConfiguration',
  'ecr:PutLifecyclePolicy',
])('%s is what a go-live changes', async (name) => {
  expect(await refusal(name)).toBeUndefined();
});

describe('a secret in an input', () => {
  test.each<[string, JsonObject, string | undefined]>([
    ['rds:ModifyDBInstance', { DBInstanceIdentifier: 'x', MasterUserPassword: 'p' }, 'MasterUserPassword'],
    ['rds:ModifyDBInstance', { DBInstanceIdentifier: 'x', ManageMasterUserPassword: true }, undefined],
    ['rds:ModifyDBInstance', { DBInstanceIdentifier: 'x', DBInstanceClass: 'db.t4g.large' }, undefined],
    ['elasticache:ModifyReplicationGroup', { ReplicationGroupId: 'x', AuthToken: 't' }, 'AuthToken'],
    ['elasticache:ModifyUser', { UserId: 'x', Passwords: ['p'] }, 'Passwords'],
    [
      'elasticache:ModifyUser',
      { UserId: 'x', AuthenticationMode: { Passwords: ['p'] } },
      'AuthenticationMode.Passwords',
    ],
    ['ecs:UpdateService', { service: 'x', desiredCount: 2 }, undefined],
    [
      'ecs:RunTask',
      {
        taskDefinition: 'x',
        overrides: { containerOverrides: [{ name: 'c', environment: [{ name: 'A', value: 'b' }] }] },
      },
      'overrides.containerOverrides[0].environment',
    ],
    [
      'elbv2:ModifyListener',
      {
        ListenerArn: 'a',
        DefaultActions: [{ Type: 'authenticate-oidc', AuthenticateOidcConfig: { ClientSecret: 's' } }],
      },
      'DefaultActions[0].AuthenticateOidcConfig.ClientSecret',
    ],
    ['ec2:ModifyInstanceAttribute', { InstanceId: 'i', UserData: { Value: 'x' } }, 'UserData.Value'],
  ])('of %s %j: %s', async (name, input, path) => {
    const [service = '', operation = ''] = name.split(':');
    const schemas = schemasOf((await findService(service)?.load()) ?? {}, operation);
    if (schemas === undefined) throw new Error(`there is no ${name}`);
    expect(secretInput(schemas.input, input)).toBe(path);
  });
});

test('most of what changes something is left to a checklist, of every service but the closed ones', async () => {
  for (const service of serviceWords.filter((word) => !['iam', 'sts'].includes(word))) {
    const sdk = (await findService(service)?.load()) ?? {};
    const all = operationNames(sdk).filter((name) => !isReading(name));
    const open = all.filter((name) => writtenRefusal(service, name, sdk) === undefined);
    expect(open.length / all.length, service).toBeGreaterThan(0.4);
  }
});
