// EC2: network interfaces. Those of load balancers, NAT gateways and running tasks follow from the rest of the account.

import type {
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import { balancerAddresses } from '../balancer.ts';
import {
  addressIn,
  interfaceId,
  natGatewayId,
  publicAddress,
  securityGroupId,
  subnetId,
  vpcId,
  vpcOfSubnet,
} from '../ec2-names.ts';
import { tasksNow } from '../fleet.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { answerOf, nameTag } from './ec2-questions.ts';
import type { Sort } from './ec2-questions.ts';

const sort: Sort<NetworkInterface> = {
  prefix: 'eni-',
  idOf: ({ NetworkInterfaceId }) => NetworkInterfaceId,
  missing: (id) => ['InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`],
  malformed: 'InvalidNetworkInterfaceId.Malformed',
  tagsOf: ({ TagSet = [] }) => TagSet,
  filters: {
    'vpc-id': ({ VpcId }) => [VpcId],
    'subnet-id': ({ SubnetId }) => [SubnetId],
    'network-interface-id': ({ NetworkInterfaceId }) => [NetworkInterfaceId],
    'group-id': ({ Groups = [] }) => Groups.map(({ GroupId }) => GroupId),
    'group-name': ({ Groups = [] }) => Groups.map(({ GroupName }) => GroupName),
    description: ({ Description }) => [Description],
    'interface-type': ({ InterfaceType }) => [InterfaceType],
    'availability-zone': ({ AvailabilityZone }) => [AvailabilityZone],
    'private-ip-address': ({ PrivateIpAddress }) => [PrivateIpAddress],
    'association.public-ip': ({ Association }) => [Association?.PublicIp],
    'requester-managed': ({ RequesterManaged }) => [String(RequesterManaged)],
    'owner-id': ({ OwnerId }) => [OwnerId],
    status: ({ Status }) => [Status],
  },
};

export function DescribeNetworkInterfaces(
  input: DescribeNetworkInterfacesRequest,
  place: Place,
): DescribeNetworkInterfacesResult {
  const { NetworkInterfaceIds: ids, Filters: filters, MaxResults: size, NextToken: token } = input;
  if (ids !== undefined && size !== undefined) {
    const message = 'The parameter networkInterfaceIds cannot be used with the parameter maxResults';
    refuse('InvalidParameterCombination', message);
  }
  const all = [...ofBalancers(place), ...ofNatGateways(place), ...ofTasks(place), ...ofOthers(place)];
  const page = answerOf(
    all.map((part) => describe(place, part)),
    sort,
    { ids, filters, size, token },
  );
  return { NetworkInterfaces: [...page.items], NextToken: page.next };
}

/** What tells one interface from another. */
interface Part {
  /** Makes the id: `nat/aep-prod-a`. */
  readonly what: string;
  readonly description: string;
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly type?: 'natGateway';
  /** Made by an AWS service for the account. */
  readonly requester?: string;
  readonly address?: string;
  readonly publicAddress?: string | undefined;
  readonly tag?: string;
}

function ofBalancers(place: Place): readonly Part[] {
  return Object.entries(place.account.elbv2.load_balancers).flatMap(([name, state]) =>
    state.subnets.map((subnet, index): Part => ({
      what: `balancer/${name}/${subnet}`,
      description: `ELB app/${name}/${idOf(name, 16)}`,
      subnet,
      groups: state.security_groups,
      requester: 'amazon-elb',
      publicAddress: state.scheme === 'internal' ? undefined : balancerAddresses(state)[index],
    })),
  );
}

function ofNatGateways(place: Place): readonly Part[] {
  return Object.entries(place.account.ec2.nat_gateways)
    .filter(([, { state }]) => state === 'available' || state === 'pending')
    .map(([name, { subnet }]): Part => ({
      what: `nat/${name}`,
      description: `Interface for NAT Gateway ${natGatewayId(name)}`,
      subnet,
      groups: [],
      type: 'natGateway',
      requester: 'amazon-elb-nat',
      publicAddress: publicAddress(`nat/${name}`),
    }));
}

/** A task stands in the service's subnet of its zone. */
function ofTasks(place: Place): readonly Part[] {
  const { ecs, ec2 } = place.account;
  return Object.entries(ecs.clusters).flatMap(([cluster, { services }]) =>
    Object.entries(services).flatMap(([name, service]) =>
      tasksNow(place.region, cluster, name, service, place.now).flatMap(({ id, address, zone }): readonly Part[] => {
        const inZone = service.subnets.find((each) => zone.endsWith(held(ec2.subnets, each)?.zone ?? 'none'));
        const subnet = inZone ?? service.subnets[0];
        if (subnet === undefined) return [];
        const attachment = arn(place, 'ecs', `attachment/${uuidOf(`attachment/${id}`)}`);
        const shown = service.public_ip ? { publicAddress: publicAddress(`task/${id}`) } : {};
        const { security_groups: groups } = service;
        return [{ what: `task/${id}`, description: attachment, subnet, groups, requester: 'ecs', address, ...shown }];
      }),
    ),
  );
}

function ofOthers(place: Place): readonly Part[] {
  return Object.entries(place.account.ec2.interfaces).map(([name, { subnet, description, groups }]): Part => {
    return { what: `other/${name}`, description, subnet, groups, tag: name };
  });
}

function describe(place: Place, part: Part): NetworkInterface {
  const { ec2, id: owner } = place.account;
  const zone = held(ec2.subnets, part.subnet)?.zone;
  const vpc = vpcOfSubnet(ec2, part.subnet);
  const address = part.address ?? addressIn(ec2, part.subnet, part.what);
  const Association = part.publicAddress === undefined ? {} : { Association: { PublicIp: part.publicAddress } };
  return {
    NetworkInterfaceId: interfaceId(part.what),
    Description: part.description,
    InterfaceType: part.type ?? 'interface',
    Status: 'in-use',
    OwnerId: owner,
    SubnetId: subnetId(part.subnet),
    ...(vpc === undefined ? {} : { VpcId: vpcId(vpc) }),
    ...(zone === undefined ? {} : { AvailabilityZone: place.region + zone }),
    Groups: part.groups.map((name) => ({ GroupId: securityGroupId(name), GroupName: name })),
    PrivateIpAddress: address,
    PrivateIpAddresses: [{ PrivateIpAddress: address, Primary: true, ...Association }],
    ...Association,
    RequesterManaged: part.requester !== undefined,
    ...(part.requester === undefined ? {} : { RequesterId: part.requester }),
    SourceDestCheck: part.type !== 'natGateway',
    TagSet: part.tag === undefined ? [] : nameTag(part.tag),
  };
}

function uuidOf(words: string): string {
  return idOf(words, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
