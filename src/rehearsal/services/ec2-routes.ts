// EC2: route tables. A subnet that names none goes by the main table of its VPC, which the answer does not say of it.

import type {
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  Route,
  RouteTable,
  RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import type { Ec2State } from '../account-network.ts';
import {
  associationId,
  egressOnlyGatewayId,
  endpointId,
  internetGatewayId,
  natGatewayId,
  routeTableId,
  subnetId,
  vpcId,
} from '../ec2-names.ts';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { answerOf, nameTag } from './ec2-questions.ts';
import type { Sort } from './ec2-questions.ts';

const tables: Sort<RouteTable> = {
  prefix: 'rtb-',
  idOf: ({ RouteTableId }) => RouteTableId,
  missing: (id) => ['InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`],
  malformed: 'InvalidRouteTableId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'vpc-id': ({ VpcId }) => [VpcId],
    'route-table-id': ({ RouteTableId }) => [RouteTableId],
    'owner-id': ({ OwnerId }) => [OwnerId],
    'association.subnet-id': ({ Associations = [] }) => Associations.map(({ SubnetId }) => SubnetId),
    'association.main': ({ Associations = [] }) => Associations.map(({ Main }) => String(Main)),
    'route.gateway-id': ({ Routes = [] }) => Routes.map(({ GatewayId }) => GatewayId),
    'route.nat-gateway-id': ({ Routes = [] }) => Routes.map(({ NatGatewayId }) => NatGatewayId),
    'route.destination-cidr-block': ({ Routes = [] }) => Routes.map((route) => route.DestinationCidrBlock),
    'route.state': ({ Routes = [] }) => Routes.map(({ State }) => State),
  },
};

export function DescribeRouteTables(input: DescribeRouteTablesRequest, place: Place): DescribeRouteTablesResult {
  const { id: OwnerId, ec2 } = place.account;
  const all = Object.entries(ec2.route_tables).map(([name, state]): RouteTable => ({
    RouteTableId: routeTableId(name),
    VpcId: vpcId(state.vpc),
    OwnerId,
    Associations: associationsOf(ec2, name, state.main),
    PropagatingVgws: [],
    Routes: routesOf(ec2, state),
    Tags: nameTag(name),
  }));
  const { RouteTableIds: ids, Filters: filters, MaxResults: size, NextToken: token } = input;
  const page = answerOf(all, tables, { ids, filters, size, token });
  return { RouteTables: [...page.items], NextToken: page.next };
}

function associationsOf(state: Ec2State, name: string, main: boolean): RouteTableAssociation[] {
  const shared = { RouteTableId: routeTableId(name), AssociationState: { State: 'associated' as const } };
  const explicit = Object.entries(state.subnets)
    .filter(([, subnet]) => subnet.route_table === name)
    .map(([subnet]) => ({
      ...shared,
      Main: false,
      RouteTableAssociationId: associationId(`subnet/${subnet}`),
      SubnetId: subnetId(subnet),
    }));
  const implied = { ...shared, Main: true, RouteTableAssociationId: associationId(`main/${name}`) };
  return main ? [implied, ...explicit] : explicit;
}

type TableState = Ec2State['route_tables'][string];

function routesOf(state: Ec2State, table: TableState): Route[] {
  const cidr = held(state.vpcs, table.vpc)?.cidr;
  const local: Route = {
    DestinationCidrBlock: cidr,
    GatewayId: 'local',
    Origin: 'CreateRouteTable',
    State: 'active',
  };
  const others = Object.entries(table.routes).map(([destination, route]): Route => ({
    ...destinationOf(destination),
    ...targetOf(table.vpc, route.to),
    Origin: 'CreateRoute',
    State: gone(state, route.to) ? 'blackhole' : route.state,
  }));
  return cidr === undefined ? others : [local, ...others];
}

function destinationOf(destination: string): Route {
  if (destination.startsWith('pl-')) return { DestinationPrefixListId: destination };
  return destination.includes(':') ? { DestinationIpv6CidrBlock: destination } : { DestinationCidrBlock: destination };
}

function targetOf(vpc: string, to: string): Route {
  const [what, name = ''] = to.split(':');
  if (what === 'nat-gateway') return { NatGatewayId: natGatewayId(name) };
  if (what === 'endpoint') return { GatewayId: endpointId(name) };
  if (what === 'egress-only-gateway') return { EgressOnlyInternetGatewayId: egressOnlyGatewayId(vpc) };
  return { GatewayId: internetGatewayId(vpc) };
}

/** A route to what is not there any more leads into a black hole by itself. */
function gone(state: Ec2State, to: string): boolean {
  const [what, name] = to.split(':');
  if (what === 'endpoint') return held(state.endpoints, name) === undefined;
  if (what !== 'nat-gateway') return false;
  const gateway = held(state.nat_gateways, name);
  return gateway === undefined || ['failed', 'deleting', 'deleted'].includes(gateway.state);
}
