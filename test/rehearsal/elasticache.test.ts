// ElastiCache: replication groups and their member clusters, asked through the SDK's own client.

import {
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  DescribeServerlessCachesCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { securityGroupId } from '../../src/rehearsal/ec2-names.ts';
import { clientConfig, givenStandIn } from './given.ts';

const cache: JsonObject = {
  engine: 'redis',
  version: '7.1.0',
  node: 'cache.t4g.micro',
  nodes: 2,
  multi_az: 'enabled',
  failover: 'enabled',
  auth_token: true,
  transit_encryption: true,
  at_rest_encryption: true,
  snapshot_days: 5,
  security_groups: ['cache-sg'],
};

async function given(groups: JsonObject, region = 'us-east-1'): Promise<ElastiCacheClient> {
  const { awsUrl } = await givenStandIn({ account: { elasticache: { replication_groups: groups } } });
  return new ElastiCacheClient(clientConfig(awsUrl, region));
}

test('a replication group says how it is guarded, and where it answers', async () => {
  const client = await given({ shop: cache });
  const { ReplicationGroups: groups } = await client.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: 'SHOP' }),
  );
  expect(groups).toMatchObject([
    {
      ReplicationGroupId: 'shop',
      Status: 'available',
      Engine: 'redis',
      MultiAZ: 'enabled',
      AutomaticFailover: 'enabled',
      AuthTokenEnabled: true,
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      SnapshotRetentionLimit: 5,
      MemberClusters: ['shop-001', 'shop-002'],
      ARN: 'arn:aws:elasticache:us-east-1:111111111111:replicationgroup:shop',
      NodeGroups: [
        {
          PrimaryEndpoint: { Address: expect.stringMatching(/^master\.shop\.[0-9a-f]{6}\.use1\.cache\./), Port: 6379 },
          NodeGroupMembers: [{ CurrentRole: 'primary' }, { CurrentRole: 'replica' }],
        },
      ],
    },
  ]);
});

test('without encryption the names of the endpoints are others, and while it is created there are none', async () => {
  const client = await given({
    plain: { ...cache, transit_encryption: false },
    new: { ...cache, state: 'creating' },
    broken: { ...cache, state: 'create-failed' },
  });
  const { ReplicationGroups: groups = [] } = await client.send(new DescribeReplicationGroupsCommand({}));
  const of = (name: string) => groups.find((each) => each.ReplicationGroupId === name);
  expect(of('plain')?.NodeGroups?.[0]?.PrimaryEndpoint?.Address).toMatch(
    /^plain\.[0-9a-f]{6}\.ng\.0001\.use1\.cache\./,
  );
  expect(of('new')?.NodeGroups?.[0]?.PrimaryEndpoint).toBeUndefined();
  expect(of('broken')).toMatchObject({ Status: 'create-failed', MemberClusters: [] });
});

test('a member cluster names its group, its engine and its security groups', async () => {
  const client = await given({ shop: cache });
  const { CacheClusters: clusters } = await client.send(
    new DescribeCacheClustersCommand({ CacheClusterId: 'shop-002', ShowCacheNodeInfo: true }),
  );
  expect(clusters).toMatchObject([
    {
      CacheClusterId: 'shop-002',
      ReplicationGroupId: 'shop',
      Engine: 'redis',
      EngineVersion: '7.1.0',
      CacheNodeType: 'cache.t4g.micro',
      SecurityGroups: [{ SecurityGroupId: securityGroupId('cache-sg'), Status: 'active' }],
      CacheNodes: [{ CacheNodeId: '0001', CustomerAvailabilityZone: 'us-east-1b' }],
    },
  ]);
  const alone = await client.send(new DescribeCacheClustersCommand({ ShowCacheClustersNotInReplicationGroups: true }));
  expect(alone.CacheClusters).toEqual([]);
});

test('clusters come in pages, whose tokens are good for nothing else', async () => {
  const client = await given({ big: { ...cache, nodes: 30 } });
  const first = await client.send(new DescribeCacheClustersCommand({ MaxRecords: 20 }));
  const second = await client.send(new DescribeCacheClustersCommand({ MaxRecords: 20, Marker: first.Marker }));
  const names = [...(first.CacheClusters ?? []), ...(second.CacheClusters ?? [])].map((each) => each.CacheClusterId);
  const ours = names.filter((name) => name?.startsWith('big-'));
  expect([new Set(ours).size, second.Marker]).toEqual([30, undefined]);
  for (const command of [
    new DescribeReplicationGroupsCommand({ Marker: first.Marker }),
    new DescribeCacheClustersCommand({ MaxRecords: 10 }),
  ])
    await expect(client.send(command)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
});

test('what is not there is refused by name, in another region too', async () => {
  const client = await given({ shop: cache });
  const elsewhere = await given({ shop: cache }, 'eu-west-1');
  const group = new DescribeReplicationGroupsCommand({ ReplicationGroupId: 'shop' });
  await expect(elsewhere.send(group)).rejects.toMatchObject({ name: 'ReplicationGroupNotFoundFault' });
  await expect(
    client.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: 'toString' })),
  ).rejects.toMatchObject({ name: 'ReplicationGroupNotFoundFault' });
  await expect(client.send(new DescribeCacheClustersCommand({ CacheClusterId: 'shop' }))).rejects.toMatchObject({
    name: 'CacheClusterNotFoundFault',
    message: 'CacheCluster not found: shop',
  });
  await expect(client.send(new DescribeServerlessCachesCommand({ ServerlessCacheName: 'shop' }))).rejects.toMatchObject(
    { name: 'ServerlessCacheNotFoundFault' },
  );
  expect((await client.send(new DescribeServerlessCachesCommand({}))).ServerlessCaches).toEqual([]);
});
