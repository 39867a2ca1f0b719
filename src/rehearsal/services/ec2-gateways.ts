// EC2: the ways out of a VPC, internet gateways and NAT gateways.

import type {
  DescribeInternetGatewaysRequest,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  InternetGateway,
  NatGateway,
} from '@aws-sdk/client-ec2';
import {
  addressIn,
  allocationId,
  associationId,
  interfaceId,
  internetGatewayId,
  natGatewayId,
  publicAddress,
  subnetId,
  vpcId,
  vpcOfSubnet,
} from '../ec2-names.ts';
import type { Place } from '../place.ts';
import { answerOf, nameTag } from './ec2-questions.ts';
import type { Sort } from './ec2-questions.ts';

/** AWS says `available` of an attached one, which the SDK's list of states lacks. */
interface Gateway extends Omit<InternetGateway, 'Attachments'> {
  readonly Attachments: readonly { readonly VpcId: string; readonly State: 'available' }[];
}

const internetGateways: Sort<Gateway> = {
  prefix: 'igw-',
  idOf: ({ InternetGatewayId }) => InternetGatewayId,
  missing: (id) => ['InvalidInternetGatewayID.NotFound', `The internetGateway ID '${id}' does not exist`],
  malformed: 'InvalidInternetGatewayId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'internet-gateway-id': ({ InternetGatewayId }) => [InternetGatewayId],
    'owner-id': ({ OwnerId }) => [OwnerId],
    'attachment.vpc-id': ({ Attachments }) => Attachments.map(({ VpcId }) => VpcId),
    'attachment.state': ({ Attachments }) => Attachments.map(({ State }) => State),
  },
};

/** A VPC has one when a route of it leads there. */
export function DescribeInternetGateways(input: DescribeInternetGatewaysRequest, place: Place): object {
  const { id: OwnerId, ec2 } = place.account;
  const open = Object.values(ec2.route_tables).filter(({ routes }) =>
    Object.values(routes).some(({ to }) => to === 'internet-gateway'),
  );
  const all = [...new Set(open.map(({ vpc }) => vpc))].map((vpc): Gateway => ({
    InternetGatewayId: internetGatewayId(vpc),
    OwnerId,
    Attachments: [{ VpcId: vpcId(vpc), State: 'available' }],
    Tags: nameTag(vpc),
  }));
  const { InternetGatewayIds: ids, Filters: filters, MaxResults: size, NextToken: token } = input;
  const page = answerOf(all, internetGateways, { ids, filters, size, token });
  return { InternetGateways: [...page.items], NextToken: page.next };
}

const natGateways: Sort<NatGateway> = {
  prefix: 'nat-',
  idOf: ({ NatGatewayId }) => NatGatewayId,
  missing: (id) => ['NatGatewayNotFound', `The Nat Gateway ${id} was not found`],
  malformed: 'NatGatewayMalformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'vpc-id': ({ VpcId }) => [VpcId],
    'nat-gateway-id': ({ NatGatewayId }) => [NatGatewayId],
    'subnet-id': ({ SubnetId }) => [SubnetId],
    state: ({ State }) => [State],
  },
};

export function DescribeNatGateways(input: DescribeNatGatewaysRequest, place: Place): DescribeNatGatewaysResult {
  const { ec2 } = place.account;
  const all = Object.entries(ec2.nat_gateways).map(([name, state]): NatGateway => {
    const vpc = vpcOfSubnet(ec2, state.subnet);
    return {
      NatGatewayId: natGatewayId(name),
      SubnetId: subnetId(state.subnet),
      ...(vpc === undefined ? {} : { VpcId: vpcId(vpc) }),
      State: state.state,
      ...(state.state === 'failed'
        ? {
            FailureCode: 'InternalError',
            FailureMessage: 'Network interface is in an invalid state. Please try again.',
          }
        : {}),
      ConnectivityType: 'public',
      AvailabilityMode: 'zonal',
      NatGatewayAddresses: [
        {
          AllocationId: allocationId(name),
          AssociationId: associationId(`nat/${name}`),
          NetworkInterfaceId: interfaceId(`nat/${name}`),
          PrivateIp: addressIn(ec2, state.subnet, `nat/${name}`),
          PublicIp: publicAddress(`nat/${name}`),
          IsPrimary: true,
          Status: 'succeeded',
        },
      ],
      Tags: nameTag(name),
    };
  });
  const { NatGatewayIds: ids, Filter: filters, MaxResults: size, NextToken: token } = input;
  const page = answerOf(all, natGateways, { ids, filters, size, token });
  return { NatGateways: [...page.items], NextToken: page.next };
}
