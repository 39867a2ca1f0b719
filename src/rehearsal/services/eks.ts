// EKS: clusters, the nodes they run on, and their add-ons. What runs in a cluster is Kubernetes' and not told here.

import type {
  DescribeAddonRequest,
  DescribeAddonResponse,
  DescribeClusterRequest,
  DescribeClusterResponse,
  DescribeNodegroupRequest,
  DescribeNodegroupResponse,
  ListAddonsRequest,
  ListAddonsResponse,
  ListClustersRequest,
  ListClustersResponse,
  ListNodegroupsRequest,
  ListNodegroupsResponse,
} from '@aws-sdk/client-eks';
import type { ClusterState } from '../account-functions.ts';
import { securityGroupId, subnetId, vpcIdOf } from '../ec2-names.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf, uuidOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { roleArn } from './iam-names.ts';

export const eks = { ListClusters, DescribeCluster, ListNodegroups, DescribeNodegroup, ListAddons, DescribeAddon };

const invalid = 'InvalidParameterException';
const logTypes = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] as const;

function notFound(words: string): never {
  return refuse('ResourceNotFoundException', words, 404);
}

function clusterOf(place: Place, name = ''): ClusterState {
  return held(place.account.eks.clusters, name) ?? notFound(`No cluster found for name: ${name}.`);
}

interface Paging {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

function named(names: readonly string[], { maxResults: size = 100, nextToken: token }: Paging, question: string) {
  if (size < 1 || size > 100) refuse(invalid, `maxResults must be between 1 and 100, got ${size}.`);
  const { items, next } = pageOf(names, { token, size, question, code: invalid });
  return { items: [...items], nextToken: next };
}

function ListClusters(input: ListClustersRequest, place: Place): ListClustersResponse {
  if ((input.include ?? []).some((each) => each !== 'all')) refuse(invalid, 'include takes nothing but all.');
  const { items: clusters, nextToken } = named(Object.keys(place.account.eks.clusters), input, 'clusters');
  return { clusters, nextToken };
}

function ListNodegroups(input: ListNodegroupsRequest, place: Place): ListNodegroupsResponse {
  const { clusterName: cluster } = input;
  const names = Object.keys(clusterOf(place, cluster).nodegroups);
  const { items: nodegroups, nextToken } = named(names, input, `nodegroups ${cluster}`);
  return { nodegroups, nextToken };
}

function ListAddons(input: ListAddonsRequest, place: Place): ListAddonsResponse {
  const { clusterName: cluster } = input;
  const { items: addons, nextToken } = named(Object.keys(clusterOf(place, cluster).addons), input, `addons ${cluster}`);
  return { addons, nextToken };
}

function health<Issue>(issues: Readonly<Record<string, Issue>>): { issues: Issue[] } {
  return { issues: Object.values(issues) };
}

function DescribeCluster(input: DescribeClusterRequest, place: Place): DescribeClusterResponse {
  const { name = '' } = input;
  const state = clusterOf(place, name);
  const id = idOf(`cluster/${name}`, 32).toUpperCase();
  const off = logTypes.filter((each) => !state.logs.includes(each));
  const setups = [
    { types: state.logs, enabled: true },
    { types: off, enabled: false },
  ];
  return {
    cluster: {
      name,
      arn: arn(place, 'eks', `cluster/${name}`),
      createdAt: new Date(state.created),
      version: state.version,
      endpoint: `https://${id}.gr7.${place.region}.eks.amazonaws.com`,
      roleArn: roleArn(place, state.role),
      resourcesVpcConfig: {
        subnetIds: state.subnets.map((each) => subnetId(each)),
        securityGroupIds: state.security_groups.map((each) => securityGroupId(each)),
        vpcId: vpcIdOf(place.account.ec2, state.subnets),
        endpointPublicAccess: state.public,
        endpointPrivateAccess: state.private,
        publicAccessCidrs: state.public ? state.public_cidrs : [],
      },
      logging: { clusterLogging: setups.filter(({ types }) => types.length > 0) },
      identity: { oidc: { issuer: `https://oidc.eks.${place.region}.amazonaws.com/id/${id}` } },
      status: state.state,
      platformVersion: 'eks.10',
      ...(state.secrets_key === undefined
        ? {}
        : { encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: state.secrets_key } }] }),
      health: health(state.issues),
      accessConfig: { authenticationMode: state.authentication },
      upgradePolicy: { supportType: state.support },
      deletionProtection: state.deletion_protection,
      tags: {},
    },
  };
}

function DescribeNodegroup(input: DescribeNodegroupRequest, place: Place): DescribeNodegroupResponse {
  const { clusterName = '', nodegroupName = '' } = input;
  const cluster = clusterOf(place, clusterName);
  const state = held(cluster.nodegroups, nodegroupName) ?? notFound(`No node group found for name: ${nodegroupName}.`);
  const id = uuidOf(`nodegroup/${clusterName}/${nodegroupName}`);
  return {
    nodegroup: {
      nodegroupName,
      nodegroupArn: arn(place, 'eks', `nodegroup/${clusterName}/${nodegroupName}/${id}`),
      clusterName,
      version: state.version ?? cluster.version,
      createdAt: new Date(cluster.created),
      status: state.state,
      capacityType: state.capacity,
      scalingConfig: { minSize: state.min, maxSize: state.max, desiredSize: state.desired },
      instanceTypes: state.instance_types,
      subnets: cluster.subnets.map((each) => subnetId(each)),
      amiType: state.ami,
      diskSize: state.disk,
      health: health(state.issues),
      resources: { autoScalingGroups: [{ name: `eks-${nodegroupName}-${id}` }] },
      tags: {},
    },
  };
}

function DescribeAddon(input: DescribeAddonRequest, place: Place): DescribeAddonResponse {
  const { clusterName = '', addonName = '' } = input;
  const cluster = clusterOf(place, clusterName);
  const state = held(cluster.addons, addonName) ?? notFound(`No addon: ${addonName} found in cluster: ${clusterName}`);
  const id = uuidOf(`addon/${clusterName}/${addonName}`);
  return {
    addon: {
      addonName,
      clusterName,
      status: state.state,
      addonVersion: state.version,
      health: health(state.issues),
      addonArn: arn(place, 'eks', `addon/${clusterName}/${addonName}/${id}`),
      createdAt: new Date(cluster.created),
      tags: {},
    },
  };
}
