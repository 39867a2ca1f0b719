// RDS: who may reach a database, how far back it can be restored, and its snapshots.

import {
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { securityGroupId } from '../../src/rehearsal/ec2-names.ts';
import { clientConfig, givenStandIn } from './given.ts';

const shop: JsonObject = {
  class: 'db.t4g.micro',
  engine: 'postgres',
  version: '16.4',
  multi_az: true,
  encrypted: true,
  deletion_protection: true,
  backup_days: 7,
  storage_gb: 20,
  created: '2026-02-17T08:30:00Z',
  security_groups: ['db-sg'],
  restorable: '5m',
};
const now = Date.parse('2026-03-02T09:00:00Z');

/** A client, at nine in the morning, of an account with `shop` as given and no other instance. */
async function given(more: JsonObject = {}): Promise<RDSClient> {
  const instances: JsonObject = { 'aep-prod-db': null, shop: { ...shop, ...more } };
  const { awsUrl } = await givenStandIn({ account: { rds: { instances } } }, () => now);
  return new RDSClient(clientConfig(awsUrl));
}

test('an instance names its security groups and the newest moment it can be restored to', async () => {
  const client = await given({ master_secret: 'active' });
  const { DBInstances: found } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'shop' }));
  expect(found).toMatchObject([
    {
      VpcSecurityGroups: [{ VpcSecurityGroupId: securityGroupId('db-sg'), Status: 'active' }],
      LatestRestorableTime: new Date(now - 300_000),
      PreferredBackupWindow: '03:05-03:35',
      MasterUserSecret: {
        SecretArn: expect.stringMatching(/^arn:aws:secretsmanager:us-east-1:111111111111:secret:rds!db-[0-9a-f-]{43}$/),
        SecretStatus: 'active',
      },
    },
  ]);
});

test('without backups there is no moment to restore to, and without a managed secret none is named', async () => {
  const client = await given({ backup_days: 0 });
  const { DBInstances: [found] = [] } = await client.send(new DescribeDBInstancesCommand({}));
  expect(found).toMatchObject({ DBInstanceIdentifier: 'shop', BackupRetentionPeriod: 0 });
  expect([found?.LatestRestorableTime, found?.MasterUserSecret]).toEqual([undefined, undefined]);
  expect((await client.send(new DescribeDBSnapshotsCommand({}))).DBSnapshots).toEqual([]);
});

test('there is one snapshot of each day that is kept, and none from before the instance', async () => {
  const client = await given({ backup_days: 3 });
  const of = { DBInstanceIdentifier: 'shop' };
  const { DBSnapshots: kept = [] } = await client.send(new DescribeDBSnapshotsCommand(of));
  expect(kept.map(({ DBSnapshotIdentifier: name }) => name)).toEqual([
    'rds:shop-2026-03-02-03-05',
    'rds:shop-2026-03-01-03-05',
    'rds:shop-2026-02-28-03-05',
  ]);
  expect(kept[0]).toMatchObject({ Status: 'available', SnapshotType: 'automated', Encrypted: true });
  const young = await given({ created: '2026-03-02T08:00:00Z' });
  expect((await young.send(new DescribeDBSnapshotsCommand(of))).DBSnapshots).toEqual([]);
});

test('snapshots of an instance nobody knows are none, and a snapshot nobody knows is an error', async () => {
  const client = await given();
  const none = await client.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'toString' }));
  expect(none.DBSnapshots).toEqual([]);
  await expect(
    client.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'rds:shop-2020-01-01-03-05' })),
  ).rejects.toMatchObject({ name: 'DBSnapshotNotFoundFault' });
});

test('a parameter group holds what somebody set in it, and one that is not there is an error', async () => {
  const parameters = {
    'rds.force_ssl': { value: '1' },
    max_connections: { source: 'engine-default', apply: 'static' },
  };
  const groups = { shop: { family: 'postgres16', parameters } };
  const { awsUrl } = await givenStandIn({
    account: { rds: { parameter_groups: groups, instances: { 'aep-prod-db': { parameter_group: 'shop' } } } },
  });
  const client = new RDSClient(clientConfig(awsUrl));
  const ask = async (DBParameterGroupName: string, Source?: string) =>
    (await client.send(new DescribeDBParametersCommand({ DBParameterGroupName, Source }))).Parameters;
  expect(await ask('shop', 'user')).toMatchObject([
    { ParameterName: 'rds.force_ssl', ParameterValue: '1', Source: 'user', ApplyMethod: 'immediate' },
  ]);
  expect((await ask('shop'))?.[1]).toMatchObject({ ParameterName: 'max_connections', ApplyMethod: 'pending-reboot' });
  await expect(ask('none')).rejects.toMatchObject({ name: 'DBParameterGroupNotFoundFault' });
  const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'aep-prod-db' }));
  expect(DBInstances).toMatchObject([{ DBParameterGroups: [{ DBParameterGroupName: 'shop' }] }]);
});

test.each([{}, { insights: true }])('says whether Performance Insights is on: %j', async (more) => {
  const { DBInstances: [found] = [] } = await (await given(more)).send(new DescribeDBInstancesCommand({}));
  expect(found?.PerformanceInsightsEnabled).toBe('insights' in more);
});
