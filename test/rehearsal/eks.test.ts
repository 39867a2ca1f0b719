// EKS: clusters, nodes and add-ons asked through the SDK's own client, and judged as a checklist of one step does.

import {
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListAddonsCommand,
  ListClustersCommand,
  ListNodegroupsCommand,
} from '@aws-sdk/client-eks';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { play } from '../wrong-passes/given.ts';
import { clientConfig, givenStandIn } from './given.ts';

const nodes = (state: JsonObject = {}): JsonObject => ({
  account: {
    eks: {
      clusters: {
        mixer: {
          version: '1.33',
          public_cidrs: ['198.51.100.0/24'],
          logs: ['api', 'audit'],
          nodegroups: { web: { desired: 3, max: 6, ...state }, jobs: {} },
          addons: { 'vpc-cni': { version: 'v1.20.1-eksbuild.1' } },
        },
        other: { version: '1.32', state: 'CREATING' },
      },
    },
  },
});

async function given(region = 'us-east-1'): Promise<EKSClient> {
  const { awsUrl } = await givenStandIn(nodes());
  return new EKSClient(clientConfig(awsUrl, region));
}

const missing = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };

test('a cluster says who reaches it, what it logs and when it was made', async () => {
  const client = await given();
  const { cluster } = await client.send(new DescribeClusterCommand({ name: 'mixer' }));
  expect(cluster).toMatchObject({
    arn: 'arn:aws:eks:us-east-1:111111111111:cluster/mixer',
    status: 'ACTIVE',
    version: '1.33',
    createdAt: new Date('2026-01-05T09:00:00Z'),
    resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['198.51.100.0/24'] },
    logging: {
      clusterLogging: [
        { types: ['api', 'audit'], enabled: true },
        { types: ['authenticator', 'controllerManager', 'scheduler'], enabled: false },
      ],
    },
    health: { issues: [] },
  });
  expect(cluster?.encryptionConfig).toBeUndefined();
  await expect(client.send(new DescribeClusterCommand({ name: 'constructor' }))).rejects.toMatchObject(missing);
  await expect((await given('eu-west-1')).send(new DescribeClusterCommand({ name: 'mixer' }))).rejects.toMatchObject(
    missing,
  );
});

test('its nodes and add-ons are listed and described', async () => {
  const client = await given();
  const of = { clusterName: 'mixer' };
  expect((await client.send(new ListNodegroupsCommand(of))).nodegroups).toEqual(['web', 'jobs']);
  expect((await client.send(new ListAddonsCommand(of))).addons).toEqual(['vpc-cni']);
  const { nodegroup } = await client.send(new DescribeNodegroupCommand({ ...of, nodegroupName: 'web' }));
  expect(nodegroup).toMatchObject({
    status: 'ACTIVE',
    version: '1.33',
    scalingConfig: { minSize: 1, maxSize: 6, desiredSize: 3 },
  });
  const { addon } = await client.send(new DescribeAddonCommand({ ...of, addonName: 'vpc-cni' }));
  expect(addon).toMatchObject({ status: 'ACTIVE', addonVersion: 'v1.20.1-eksbuild.1' });
  for (const none of [
    new DescribeNodegroupCommand({ ...of, nodegroupName: 'none' }),
    new DescribeNodegroupCommand({ clusterName: 'none', nodegroupName: 'web' }),
  ])
    await expect(client.send(none)).rejects.toMatchObject(missing);
  await expect(client.send(new DescribeAddonCommand({ ...of, addonName: 'none' }))).rejects.toMatchObject(missing);
});

test('clusters come page by page, and a size or a token that is none is refused', async () => {
  const client = await given();
  const first = await client.send(new ListClustersCommand({ maxResults: 1 }));
  const rest = await client.send(new ListClustersCommand({ maxResults: 1, nextToken: first.nextToken }));
  expect([first.clusters, rest.clusters, rest.nextToken]).toEqual([['mixer'], ['other'], undefined]);
  for (const bad of [{ maxResults: 101 }, { nextToken: 'x' }])
    await expect(client.send(new ListClustersCommand(bad))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
});

test.each([
  ['are well', {}, 'pass', 0],
  [
    'are degraded',
    { state: 'DEGRADED', issues: { asg: { code: 'AsgInstanceLaunchFailures', message: 'no capacity' } } },
    'fail',
    1,
  ],
] as const)('a checklist asks after nodes that %s', async (_, state, verdict, exit) => {
  const played = await play(
    `- id: nodes
  title: The nodes are well
  probe: { aws.call: { operation: "eks:DescribeNodegroup", input: { clusterName: mixer, nodegroupName: web } } }
  expect:
    - { path: nodegroup.status, eq: ACTIVE }
    - { path: "nodegroup.health.issues[]", count: 0, allow_empty: true }`,
    { patch: nodes(state) },
  );
  expect([played.exit, played.verdicts]).toEqual([exit, { nodes: verdict }]);
});
