// EC2: VPC endpoints, and the lists of addresses that routes and rules may name.

import type {
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribeVpcEndpointsRequest,
  ManagedPrefixList,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { Ec2State } from '../account-network.ts';
import { endpointId, routeTableId, vpcId } from '../ec2-names.ts';
import type { Place } from '../place.ts';
import { answerOf, nameTag } from './ec2-questions.ts';
import type { Sort } from './ec2-questions.ts';

/** On the wire states are in lower case, whatever the SDK's list of them says. */
interface Endpoint extends Omit<VpcEndpoint, 'State'> {
  readonly State: Ec2State['endpoints'][string]['state'];
}

const endpoints: Sort<Endpoint> = {
  prefix: 'vpce-',
  idOf: ({ VpcEndpointId }) => VpcEndpointId,
  missing: (id) => ['InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`],
  malformed: 'InvalidVpcEndpointId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'vpc-id': ({ VpcId }) => [VpcId],
    'vpc-endpoint-id': ({ VpcEndpointId }) => [VpcEndpointId],
    'vpc-endpoint-type': ({ VpcEndpointType }) => [VpcEndpointType],
    'vpc-endpoint-state': ({ State }) => [State],
    'service-name': ({ ServiceName }) => [ServiceName],
  },
};

/** Where the state says nothing of subnets and groups, neither does the answer. */
export function DescribeVpcEndpoints(input: DescribeVpcEndpointsRequest, place: Place): object {
  const { id: OwnerId, ec2 } = place.account;
  const all = Object.entries(ec2.endpoints).map(([name, state]): Endpoint => ({
    VpcEndpointId: endpointId(name),
    VpcEndpointType: state.type,
    VpcId: vpcId(state.vpc),
    ServiceName: `com.amazonaws.${place.region}.${state.service}`,
    State: state.state,
    OwnerId,
    PrivateDnsEnabled: state.type === 'Interface' && state.private_dns,
    RequesterManaged: false,
    RouteTableIds: state.type === 'Gateway' ? tablesTo(ec2, name) : [],
    SubnetIds: [],
    Groups: [],
    NetworkInterfaceIds: [],
    Tags: nameTag(name),
  }));
  const { VpcEndpointIds: ids, Filters: filters, MaxResults: most, NextToken: token } = input;
  // Alone among its kind it takes more than a thousand, and gives a thousand.
  const size = most === undefined ? undefined : Math.min(most, 1000);
  const page = answerOf(all, endpoints, { ids, filters, size, token });
  return { VpcEndpoints: page.items, NextToken: page.next };
}

function tablesTo(state: Ec2State, endpoint: string): string[] {
  return Object.entries(state.route_tables)
    .filter(([, { routes }]) => Object.values(routes).some(({ to }) => to === `endpoint:${endpoint}`))
    .map(([name]) => routeTableId(name));
}

const prefixLists: Sort<ManagedPrefixList> = {
  prefix: 'pl-',
  idOf: ({ PrefixListId }) => PrefixListId,
  missing: (id) => ['InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`],
  malformed: 'InvalidPrefixListId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'prefix-list-id': ({ PrefixListId }) => [PrefixListId],
    'prefix-list-name': ({ PrefixListName }) => [PrefixListName],
    'owner-id': ({ OwnerId }) => [OwnerId],
  },
};

/** The lists of AWS's own services, by the ids they have in us-east-1. */
const awsLists: Readonly<Record<string, string>> = {
  'pl-63a5400a': 's3',
  'pl-02cd2c6b': 'dynamodb',
};

/** AWS's own, and each one of the account's that a route or a rule names. What is in them nobody says here. */
export function DescribeManagedPrefixLists(
  input: DescribeManagedPrefixListsRequest,
  place: Place,
): DescribeManagedPrefixListsResult {
  const { id: owner, ec2 } = place.account;
  const ids = new Set([...Object.keys(awsLists), ...named(ec2)]);
  const all = [...ids].map((id): ManagedPrefixList => {
    const service = awsLists[id];
    return {
      PrefixListId: id,
      PrefixListName: service === undefined ? id : `com.amazonaws.${place.region}.${service}`,
      PrefixListArn: `arn:aws:ec2:${place.region}:${service === undefined ? owner : 'aws'}:prefix-list/${id}`,
      OwnerId: service === undefined ? owner : 'AWS',
      AddressFamily: 'IPv4',
      ...(service === undefined ? { State: 'create-complete', Version: 1 } : {}),
      Tags: [],
    };
  });
  const { PrefixListIds, Filters: filters, MaxResults: size, NextToken: token } = input;
  const page = answerOf(all, prefixLists, { ids: PrefixListIds, filters, size, token });
  return { PrefixLists: [...page.items], NextToken: page.next };
}

function named(state: Ec2State): readonly string[] {
  const rules = Object.values(state.security_groups).flatMap(({ ingress, egress }) => [
    ...Object.values(ingress),
    ...Object.values(egress),
  ]);
  const routes = Object.values(state.route_tables).flatMap((table) => Object.keys(table.routes));
  const destinations = routes.filter((destination) => destination.startsWith('pl-'));
  return [...rules.flatMap((rule) => rule.prefix_list ?? []), ...destinations];
}
