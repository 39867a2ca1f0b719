// Goal: the stand-in restores databases, and changes listeners and log groups, as strictly as AWS, and keeps what it changed.
// Method: unmodified SDK clients over HTTP.

import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Action, ModifyListenerCommandInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import type { RestoreDBInstanceFromDBSnapshotCommandInput as RestoreInput } from '@aws-sdk/client-rds';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { clientConfig, givenStandIn } from './given.ts';

const start = Date.parse('2026-03-02T09:00:00Z');
const named = (name: string) => expect.objectContaining({ name });
const manual = { instance: 'shop', created: '2026-03-01T10:00:00Z', class: 'db.t4g.small', engine: 'postgres' };
const snapshot: JsonObject = { ...manual, version: '16.4', encrypted: true, storage_gb: 20 };

async function givenRds(more: JsonObject = {}) {
  const time = { now: start };
  const rds = { snapshots: { taken: snapshot, young: { ...snapshot, status: 'creating' } }, ...more };
  const { awsUrl } = await givenStandIn({ account: { rds } }, () => time.now);
  const client = new RDSClient(clientConfig(awsUrl));
  const restore = (input: Partial<RestoreInput> = {}) =>
    client.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: 'Restored',
        DBSnapshotIdentifier: 'taken',
        ...input,
      }),
    );
  const see = async (DBInstanceIdentifier = 'restored') =>
    (await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances?.[0];
  return { client, time, restore, see };
}

describe('a database from a snapshot', () => {
  test('is created, backed up and available, under a name in small letters and with its tags', async () => {
    const { restore, see, time } = await givenRds({ subnet_groups: ['private'] });
    const { DBInstance: made } = await restore({
      Tags: [{ Key: 'golive', Value: 'golive x/1' }],
      DBSubnetGroupName: 'private',
    });
    expect(made).toMatchObject({ DBInstanceIdentifier: 'restored', DBInstanceStatus: 'creating' });
    expect([made?.Endpoint, made?.InstanceCreateTime]).toEqual([undefined, undefined]);
    time.now += 8 * 60_000;
    expect(await see()).toMatchObject({ DBInstanceStatus: 'backing-up' });
    time.now += 2 * 60_000;
    expect(await see()).toMatchObject({
      DBInstanceStatus: 'available',
      DBInstanceClass: 'db.t4g.small',
      StorageEncrypted: true,
      DBSubnetGroup: { DBSubnetGroupName: 'private' },
      TagList: [{ Key: 'golive', Value: 'golive x/1' }],
      Endpoint: { Address: expect.stringMatching(/^restored\./) },
    });
  });

  test('may come from a backup of an instance, by the name or the ARN of the snapshot', async () => {
    const { client, restore, see } = await givenRds();
    const listed = await client.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'aep-prod-db' }));
    const { DBSnapshotArn: arn, DBSnapshotIdentifier: name } = listed.DBSnapshots?.[0] ?? {};
    await restore({ DBInstanceIdentifier: 'one', DBSnapshotIdentifier: name });
    await restore({ DBInstanceIdentifier: 'two', DBSnapshotIdentifier: arn });
    expect((await see('two'))?.EngineVersion).toBe((await see('aep-prod-db'))?.EngineVersion);
  });

  test.each<[string, Partial<RestoreInput>, string]>([
    ['a name that is taken', { DBInstanceIdentifier: 'AEP-prod-db' }, 'DBInstanceAlreadyExistsFault'],
    ['a snapshot that is not there', { DBSnapshotIdentifier: 'nope' }, 'DBSnapshotNotFoundFault'],
    ['one that is not whole', { DBSnapshotIdentifier: 'young' }, 'InvalidDBSnapshotStateFault'],
    ['a subnet group that is not there', { DBSubnetGroupName: 'nope' }, 'DBSubnetGroupNotFoundFault'],
    ['a security group that is not there', { VpcSecurityGroupIds: ['sg-0'] }, 'InvalidParameterValue'],
    ['a name that is none', { DBInstanceIdentifier: 'a--b' }, 'InvalidParameterValue'],
    ["a tag of AWS's own", { Tags: [{ Key: 'aws:x', Value: 'y' }] }, 'InvalidParameterValue'],
    ['what it does not play', { Iops: 1000 }, 'InvalidParameterValue'],
  ])('is refused with %s, and nothing is there afterwards', async (_, more, code) => {
    const { client, restore } = await givenRds();
    const count = async () => (await client.send(new DescribeDBInstancesCommand({}))).DBInstances?.length;
    const before = await count();
    await expect(restore(more)).rejects.toEqual(named(code));
    expect(await count()).toBe(before);
  });
});

async function givenElb() {
  const elbv2 = { target_groups: { other: { port: 80, health_path: '/', serves: 'backend' } } };
  const { awsUrl } = await givenStandIn({ account: { elbv2 } });
  const client = new ElasticLoadBalancingV2Client(clientConfig(awsUrl));
  const { LoadBalancers } = await client.send(new DescribeLoadBalancersCommand({ Names: ['aep-prod-alb'] }));
  const listeners = async () =>
    (await client.send(new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn })))
      .Listeners;
  const https = async () => (await listeners())?.find(({ Port }) => Port === 443);
  const group = async (name: string) =>
    (await client.send(new DescribeTargetGroupsCommand({ Names: [name] }))).TargetGroups?.[0]?.TargetGroupArn ?? '';
  const { ListenerArn } = (await https()) ?? {};
  const modify = (input: Partial<ModifyListenerCommandInput>) =>
    client.send(new ModifyListenerCommand({ ListenerArn, ...input }));
  return { https, group, modify };
}

describe('a listener', () => {
  test('answers, redirects and forwards as it is told', async () => {
    const { https, group, modify } = await givenElb();
    const other = await group('other');
    const wishes: readonly Action[] = [
      { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503', MessageBody: 'Later' } },
      {
        Type: 'redirect',
        RedirectConfig: { Protocol: 'HTTPS', Port: '443', Host: 'x.example', StatusCode: 'HTTP_301' },
      },
      { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: other }] } },
      { Type: 'forward', TargetGroupArn: other },
    ];
    for (const wish of wishes) {
      const { Listeners } = await modify({ DefaultActions: [wish] });
      expect(Listeners?.[0]?.DefaultActions).toMatchObject([wish]);
      expect((await https())?.DefaultActions).toEqual(Listeners?.[0]?.DefaultActions);
    }
  });

  const fixed = (StatusCode: string): Action => ({ Type: 'fixed-response', FixedResponseConfig: { StatusCode } });
  test.each<[string, Partial<ModifyListenerCommandInput>, string]>([
    ['that is not there', { ListenerArn: 'arn:x' }, 'ListenerNotFoundException'],
    [
      'a group that is not there',
      { DefaultActions: [{ Type: 'forward', TargetGroupArn: 'arn:x' }] },
      'TargetGroupNotFoundException',
    ],
    ['no action', { DefaultActions: [] }, 'ValidationError'],
    ['no group', { DefaultActions: [{ Type: 'forward' }] }, 'ValidationError'],
    ['a code that is none', { DefaultActions: [fixed('999')] }, 'ValidationError'],
    ['two actions', { DefaultActions: [fixed('503'), fixed('200')] }, 'ValidationError'],
    ['an action it does not play', { DefaultActions: [{ Type: 'authenticate-oidc' }] }, 'ValidationError'],
    ['another port', { Port: 8443 }, 'ValidationError'],
  ])('is refused with %s, and stays as it was', async (_, input, code) => {
    const { https, modify } = await givenElb();
    const before = await https();
    await expect(modify(input)).rejects.toEqual(named(code));
    expect(await https()).toEqual(before);
  });
});

describe('a log group', () => {
  async function givenLogs() {
    const { awsUrl } = await givenStandIn();
    const client = new CloudWatchLogsClient(clientConfig(awsUrl));
    const put = (logGroupName: string, retentionInDays: number) =>
      client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
    return { client, put };
  }

  test('keeps its events as long as it is told', async () => {
    const { client, put } = await givenLogs();
    await put('/ecs/aep-backend-prod', 365);
    const asked = new DescribeLogGroupsCommand({ logGroupNamePrefix: '/ecs/aep-backend-prod' });
    expect((await client.send(asked)).logGroups?.[0]?.retentionInDays).toBe(365);
  });

  test('that is not there is refused, and so is a time that CloudWatch Logs does not know', async () => {
    const { put } = await givenLogs();
    await expect(put('/nope', 30)).rejects.toEqual(named('ResourceNotFoundException'));
    await expect(put('/ecs/aep-backend-prod', 31)).rejects.toEqual(named('InvalidParameterException'));
  });
});
