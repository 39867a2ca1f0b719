// EC2: VPCs and their subnets.

import type {
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2';
import { subnetId, vpcId } from '../ec2-names.ts';
import { arn, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { answerOf, nameTag } from './ec2-questions.ts';
import type { Sort } from './ec2-questions.ts';

const vpcs: Sort<Vpc> = {
  prefix: 'vpc-',
  idOf: ({ VpcId }) => VpcId,
  missing: (id) => ['InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`],
  malformed: 'InvalidVpcId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'vpc-id': ({ VpcId }) => [VpcId],
    'owner-id': ({ OwnerId }) => [OwnerId],
    'is-default': ({ IsDefault }) => [String(IsDefault)],
    cidr: ({ CidrBlock }) => [CidrBlock],
    state: ({ State }) => [State],
  },
};

export function DescribeVpcs(input: DescribeVpcsRequest, place: Place): DescribeVpcsResult {
  const { id: OwnerId, ec2 } = place.account;
  const all = Object.entries(ec2.vpcs).map(([name, state]): Vpc => ({
    VpcId: vpcId(name),
    OwnerId,
    State: state.state,
    CidrBlock: state.cidr,
    IsDefault: state.default,
    InstanceTenancy: 'default',
    DhcpOptionsId: `dopt-${idOf(`dopt/${place.region}`, 17)}`,
    CidrBlockAssociationSet: [
      {
        AssociationId: `vpc-cidr-assoc-${idOf(`vpc-cidr-assoc/${name}`, 17)}`,
        CidrBlock: state.cidr,
        CidrBlockState: { State: 'associated' },
      },
    ],
    Tags: nameTag(name),
  }));
  const { VpcIds: ids, Filters: filters, MaxResults: size, NextToken: token } = input;
  const page = answerOf(all, vpcs, { ids, filters, size, token });
  return { Vpcs: [...page.items], NextToken: page.next };
}

const subnets: Sort<Subnet> = {
  prefix: 'subnet-',
  idOf: ({ SubnetId }) => SubnetId,
  missing: (id) => ['InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`],
  malformed: 'InvalidSubnetId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'vpc-id': ({ VpcId }) => [VpcId],
    'subnet-id': ({ SubnetId }) => [SubnetId],
    'subnet-arn': ({ SubnetArn }) => [SubnetArn],
    'owner-id': ({ OwnerId }) => [OwnerId],
    'availability-zone': ({ AvailabilityZone }) => [AvailabilityZone],
    'cidr-block': ({ CidrBlock }) => [CidrBlock],
    'map-public-ip-on-launch': ({ MapPublicIpOnLaunch }) => [String(MapPublicIpOnLaunch)],
    state: ({ State }) => [State],
  },
};

export function DescribeSubnets(input: DescribeSubnetsRequest, place: Place): DescribeSubnetsResult {
  const { id: OwnerId, ec2 } = place.account;
  const all = Object.entries(ec2.subnets).map(([name, state]): Subnet => ({
    SubnetId: subnetId(name),
    SubnetArn: arn(place, 'ec2', `subnet/${subnetId(name)}`),
    OwnerId,
    VpcId: vpcId(state.vpc),
    State: 'available',
    AvailabilityZone: place.region + state.zone,
    CidrBlock: state.cidr,
    AvailableIpAddressCount: state.available_addresses,
    MapPublicIpOnLaunch: false,
    DefaultForAz: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Tags: nameTag(name),
  }));
  const { SubnetIds: ids, Filters: filters, MaxResults: size, NextToken: token } = input;
  const page = answerOf(all, subnets, { ids, filters, size, token });
  return { Subnets: [...page.items], NextToken: page.next };
}
