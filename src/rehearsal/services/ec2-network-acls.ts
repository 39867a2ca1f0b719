// EC2: what a subnet lets through, and what is written down of it.

import type {
  DescribeFlowLogsRequest,
  DescribeFlowLogsResult,
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  FlowLog,
  NetworkAcl,
  NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import type { Ec2State } from '../account-network.ts';
import { associationId, flowLogId, networkAclId, subnetId, vpcId } from '../ec2-names.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { answerOf, nameTag } from './ec2-questions.ts';
import type { Sort } from './ec2-questions.ts';

type AclRule = Ec2State['network_acls'][string]['rules'][string];

const acls: Sort<NetworkAcl> = {
  prefix: 'acl-',
  idOf: ({ NetworkAclId }) => NetworkAclId,
  missing: (id) => ['InvalidNetworkAclID.NotFound', `The networkAcl ID '${id}' does not exist`],
  malformed: 'InvalidNetworkAclId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'vpc-id': ({ VpcId }) => [VpcId],
    'owner-id': ({ OwnerId }) => [OwnerId],
    'network-acl-id': ({ NetworkAclId }) => [NetworkAclId],
    default: ({ IsDefault }) => [String(IsDefault)],
    'association.subnet-id': ({ Associations = [] }) => Associations.map(({ SubnetId }) => SubnetId),
  },
};

/** Each VPC has a default one besides, for the subnets that no other is for. */
export function DescribeNetworkAcls(input: DescribeNetworkAclsRequest, place: Place): DescribeNetworkAclsResult {
  const { ec2, id: OwnerId } = place.account;
  const taken = new Set(Object.values(ec2.network_acls).flatMap(({ subnets }) => subnets));
  const acl = (name: string, vpc: string, subnets: readonly string[], rules: readonly AclRule[]): NetworkAcl => ({
    NetworkAclId: networkAclId(name),
    VpcId: vpcId(vpc),
    OwnerId,
    IsDefault: name === `default/${vpc}`,
    Associations: subnets.map((subnet) => ({
      NetworkAclAssociationId: associationId(`acl/${name}/${subnet}`),
      NetworkAclId: networkAclId(name),
      SubnetId: subnetId(subnet),
    })),
    Entries: [...rules, ...lastRules].map((rule) => entry(rule)),
    Tags: name === `default/${vpc}` ? [] : nameTag(name),
  });
  const all = [
    ...Object.keys(ec2.vpcs).map((vpc) => {
      const rest = Object.entries(ec2.subnets).filter(([name, each]) => each.vpc === vpc && !taken.has(name));
      return acl(
        `default/${vpc}`,
        vpc,
        rest.map(([name]) => name),
        open,
      );
    }),
    ...Object.entries(ec2.network_acls).map(([name, { vpc, subnets, rules }]) =>
      acl(
        name,
        vpc,
        subnets,
        Object.values(rules).toSorted((a, b) => a.number - b.number),
      ),
    ),
  ];
  const { NetworkAclIds: ids, Filters: filters, MaxResults: size, NextToken: token } = input;
  const page = answerOf(all, acls, { ids, filters, size, token });
  return { NetworkAcls: [...page.items], NextToken: page.next };
}

const everybody = { protocol: 'all', from: undefined, to: undefined, cidr: '0.0.0.0/0' } as const;
const open: readonly AclRule[] = [true, false].map((egress) => ({
  ...everybody,
  egress,
  number: 100,
  action: 'allow',
}));
/** Nobody can remove them: what no rule before them says is denied. */
const lastRules: readonly AclRule[] = [true, false].map((egress) => ({
  ...everybody,
  egress,
  number: 32_767,
  action: 'deny',
}));

const protocols = { all: '-1', icmp: '1', tcp: '6', udp: '17' } as const;

function entry({ number, egress, protocol, from, to, cidr, action }: AclRule): NetworkAclEntry {
  const ports = protocol === 'tcp' || protocol === 'udp';
  return {
    RuleNumber: number,
    Egress: egress,
    Protocol: protocols[protocol],
    RuleAction: action,
    ...(cidr.includes(':') ? { Ipv6CidrBlock: cidr } : { CidrBlock: cidr }),
    ...(ports ? { PortRange: { From: from ?? 0, To: to ?? from ?? 65_535 } } : {}),
  };
}

const flowLogs: Sort<FlowLog> = {
  prefix: 'fl-',
  idOf: ({ FlowLogId }) => FlowLogId,
  missing: (id) => ['InvalidFlowLogId.NotFound', `The flow log ID '${id}' does not exist`],
  malformed: 'InvalidFlowLogId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'resource-id': ({ ResourceId }) => [ResourceId],
    'flow-log-id': ({ FlowLogId }) => [FlowLogId],
    'traffic-type': ({ TrafficType }) => [TrafficType],
    'deliver-log-status': ({ DeliverLogsStatus }) => [DeliverLogsStatus],
    'log-destination-type': ({ LogDestinationType }) => [LogDestinationType],
    'log-group-name': ({ LogGroupName }) => [LogGroupName],
  },
};

/** Its filters are called `Filter`, and one that failed to deliver is still ACTIVE. */
export function DescribeFlowLogs(input: DescribeFlowLogsRequest, place: Place): DescribeFlowLogsResult {
  const all = Object.entries(place.account.ec2.flow_logs).map(([name, state]): FlowLog => {
    const bucket = state.to.startsWith('arn:');
    const resource = state.vpc === undefined ? subnetId(state.subnet ?? '') : vpcId(state.vpc);
    return {
      FlowLogId: flowLogId(name),
      FlowLogStatus: 'ACTIVE',
      ResourceId: resource,
      TrafficType: state.traffic,
      LogDestinationType: bucket ? 's3' : 'cloud-watch-logs',
      ...(bucket ? { LogDestination: state.to } : { LogGroupName: state.to }),
      DeliverLogsStatus: state.delivers,
      ...(state.delivers === 'FAILED' ? { DeliverLogsErrorMessage: 'Access error' } : {}),
      MaxAggregationInterval: 600,
      Tags: nameTag(name),
    };
  });
  const { FlowLogIds: ids, Filter: filters, MaxResults: size, NextToken: token, DryRun: dry } = input;
  if (dry === true) refuse('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
  const page = answerOf(all, flowLogs, { ids, filters, size, token });
  return { FlowLogs: [...page.items], NextToken: page.next };
}
