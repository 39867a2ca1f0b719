// ElastiCache: replication groups without shards, and the cache clusters they are made of.

import type {
  CacheCluster,
  CacheClusterMessage,
  DescribeCacheClustersMessage,
  DescribeReplicationGroupsMessage,
  DescribeServerlessCachesRequest,
  DescribeServerlessCachesResponse,
  Endpoint,
  ReplicationGroup,
  ReplicationGroupMessage,
} from '@aws-sdk/client-elasticache';
import type { AccountState } from '../account.ts';
import { securityGroupId } from '../ec2-names.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const elasticache = { DescribeReplicationGroups, DescribeCacheClusters, DescribeServerlessCaches };

type GroupState = AccountState['elasticache']['replication_groups'][string];

const badInput = 'InvalidParameterValue';
const port = 6379;

function sizeOf(size = 100): number {
  if (size < 20 || size > 100) refuse(badInput, `Invalid value ${size} for MaxRecords. Must be between 20 and 100`);
  return size;
}

/** Identifiers are not case sensitive, and kept in lower case. */
function DescribeReplicationGroups(input: DescribeReplicationGroupsMessage, place: Place): ReplicationGroupMessage {
  const groups = place.account.elasticache.replication_groups;
  const wanted = input.ReplicationGroupId?.toLowerCase();
  if (wanted !== undefined && held(groups, wanted) === undefined)
    refuse('ReplicationGroupNotFoundFault', `ReplicationGroup ${wanted} not found.`, 404);
  const page = pageOf(
    Object.entries(groups).filter(([name]) => wanted === undefined || name === wanted),
    {
      token: input.Marker,
      size: sizeOf(input.MaxRecords),
      question: `replication groups ${wanted ?? ''}`,
      code: badInput,
    },
  );
  return { ReplicationGroups: page.items.map(([name, state]) => group(place, name, state)), Marker: page.next };
}

interface Member {
  readonly name: string;
  readonly group: string;
  /** From 0, which is the primary. */
  readonly at: number;
  readonly state: GroupState;
}

/** Of a group whose creation failed there is nothing. */
function membersOf(name: string, state: GroupState): readonly Member[] {
  const nodes = state.state === 'create-failed' ? 0 : state.nodes;
  return Array.from({ length: nodes }, (_, at) => ({
    name: `${name}-${String(at + 1).padStart(3, '0')}`,
    group: name,
    at,
    state,
  }));
}

function group(place: Place, name: string, state: GroupState): ReplicationGroup {
  const members = membersOf(name, state);
  const ends = endpoints(place, name, state);
  return {
    ReplicationGroupId: name,
    Description: name,
    Status: state.state,
    MemberClusters: members.map((member) => member.name),
    NodeGroups:
      members.length === 0
        ? []
        : [
            {
              NodeGroupId: '0001',
              Status: state.state,
              PrimaryEndpoint: ends.primary,
              ReaderEndpoint: ends.reader,
              NodeGroupMembers: members.map((member) => ({
                CacheClusterId: member.name,
                CacheNodeId: '0001',
                ReadEndpoint: ends.node(member.name),
                PreferredAvailabilityZone: zoneOf(place, member.at),
                CurrentRole: member.at === 0 ? 'primary' : 'replica',
              })),
            },
          ],
    AutomaticFailover: state.failover,
    MultiAZ: state.multi_az,
    SnapshotRetentionLimit: state.snapshot_days,
    ClusterEnabled: false,
    ClusterMode: 'disabled',
    CacheNodeType: state.node,
    AuthTokenEnabled: state.auth_token,
    TransitEncryptionEnabled: state.transit_encryption,
    AtRestEncryptionEnabled: state.at_rest_encryption,
    ARN: arn(place, 'elasticache', `replicationgroup:${name}`),
    Engine: state.engine,
  };
}

/** Encrypted ones have other names than plain ones; while they are created they have none. */
function endpoints(place: Place, name: string, state: GroupState) {
  const id = idOf(place.account.id, 6);
  const at = (...labels: readonly string[]): Endpoint | undefined =>
    state.state === 'creating'
      ? undefined
      : { Address: [...labels, shortRegion(place.region), 'cache.amazonaws.com'].join('.'), Port: port };
  return state.transit_encryption
    ? {
        primary: at('master', name, id),
        reader: at('replica', name, id),
        node: (member: string) => at(member, name, id),
      }
    : {
        primary: at(name, id, 'ng', '0001'),
        reader: at(`${name}-ro`, id),
        node: (member: string) => at(member, id, '0001'),
      };
}

/** `use1` of `us-east-1`. */
function shortRegion(region: string): string {
  const [area = '', compass = '', number = ''] = region.split('-');
  const letters = compass.match(/north|south|east|west|central/g) ?? [];
  return `${area}${letters.map((each) => each.slice(0, 1)).join('')}${number}`;
}

/** Nodes are spread over the first zones of the region, unless they have to share one. */
function zoneOf(place: Place, at: number): string {
  return place.region + ['a', 'b', 'c'][at % 3];
}

/** Members of replication groups are listed too, unless only the others are asked for, of which there are none. */
function DescribeCacheClusters(input: DescribeCacheClustersMessage, place: Place): CacheClusterMessage {
  const all = Object.entries(place.account.elasticache.replication_groups).flatMap(([name, state]) =>
    membersOf(name, state),
  );
  const wanted = input.CacheClusterId?.toLowerCase();
  if (wanted !== undefined && !all.some(({ name }) => name === wanted))
    refuse('CacheClusterNotFound', `CacheCluster not found: ${wanted}`, 404);
  const alone = input.ShowCacheClustersNotInReplicationGroups === true;
  const page = pageOf(
    all.filter(({ name }) => !alone && (wanted === undefined || name === wanted)),
    {
      token: input.Marker,
      size: sizeOf(input.MaxRecords),
      question: `cache clusters ${JSON.stringify([wanted, alone])}`,
      code: badInput,
    },
  );
  const nodes = input.ShowCacheNodeInfo === true;
  return { CacheClusters: page.items.map((member) => cluster(place, member, nodes)), Marker: page.next };
}

function cluster(place: Place, { name, group: parent, at, state }: Member, nodes: boolean): CacheCluster {
  const zone = zoneOf(place, at);
  const endpoint = endpoints(place, parent, state).node(name);
  const node = {
    CacheNodeId: '0001',
    CacheNodeStatus: state.state,
    Endpoint: endpoint,
    CustomerAvailabilityZone: zone,
  };
  const described: CacheCluster = {
    CacheClusterId: name,
    CacheNodeType: state.node,
    Engine: state.engine,
    EngineVersion: state.version,
    CacheClusterStatus: state.state,
    NumCacheNodes: 1,
    PreferredAvailabilityZone: zone,
    SecurityGroups: state.security_groups.map((each) => ({ SecurityGroupId: securityGroupId(each), Status: 'active' })),
    ReplicationGroupId: parent,
    SnapshotRetentionLimit: at === 0 ? state.snapshot_days : 0,
    AuthTokenEnabled: state.auth_token,
    TransitEncryptionEnabled: state.transit_encryption,
    AtRestEncryptionEnabled: state.at_rest_encryption,
    ARN: arn(place, 'elasticache', `cluster:${name}`),
  };
  return nodes ? { ...described, CacheNodes: [node] } : described;
}

/** The account has none. */
function DescribeServerlessCaches(input: DescribeServerlessCachesRequest): DescribeServerlessCachesResponse {
  const name = input.ServerlessCacheName;
  if (name !== undefined) refuse('ServerlessCacheNotFoundFault', `ServerlessCache ${name} not found.`, 404);
  return { ServerlessCaches: [] };
}
