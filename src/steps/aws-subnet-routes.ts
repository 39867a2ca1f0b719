// Where the routes of a subnet lead: by its own table, or by the main one of its VPC, which no answer says of the subnet.

import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import { objects, text } from './aws-facts.ts';

/** What EC2 said of one VPC. */
export interface VpcAnswers {
  readonly subnets: readonly JsonObject[];
  readonly tables: readonly JsonObject[];
  readonly gateways: readonly JsonObject[];
  readonly requests: readonly string[];
}

/**
 * `tier`, `route_table`, `main`, `to_internet_gateway`, and where they are known `default_route`, `default_route_state`,
 * `nat_zone` and `same_zone_nat` of a subnet. Throws BlindError when its table is not there, or has no routes: no table
 * is without the local one, and a subnet nobody saw a route of is not private.
 */
export function tierOf(subnet: JsonObject, around: VpcAnswers): JsonObject {
  const id = text(subnet['SubnetId']);
  if (id === undefined) throw blind('ec2:DescribeSubnets gave a subnet without an id.', around);
  const { table, main } = tableOf(id, around);
  const routes = objects(table['Routes']);
  const tableId = text(table['RouteTableId']);
  if (routes.length === 0) throw blind(`ec2:DescribeRouteTables gave no routes of ${tableId ?? 'a table'}.`, around);
  const open = routes.some((route) => text(route['GatewayId'])?.startsWith('igw-') === true);
  return {
    tier: open ? 'public' : 'private',
    ...(tableId === undefined ? {} : { route_table: tableId }),
    main,
    to_internet_gateway: open,
    ...defaultRoute(subnet, routes, around),
  };
}

function tableOf(subnet: string, around: VpcAnswers): { readonly table: JsonObject; readonly main: boolean } {
  const holds = (table: JsonObject, fits: (association: JsonObject) => boolean): boolean =>
    objects(table['Associations']).some((each) => isTied(each) && fits(each));
  const own = around.tables.filter((table) => holds(table, (each) => each['SubnetId'] === subnet));
  if (own.length > 1) throw blind(`ec2:DescribeRouteTables gave more than one table of ${subnet}.`, around);
  if (own[0] !== undefined) return { table: own[0], main: false };
  const main = around.tables.find((table) => holds(table, (each) => each['Main'] === true));
  if (main === undefined) throw blind(`ec2:DescribeRouteTables gave no table that ${subnet} goes by.`, around);
  return { table: main, main: true };
}

function isTied(association: JsonObject): boolean {
  const state = isObject(association['AssociationState']) ? association['AssociationState']['State'] : undefined;
  return state !== 'disassociated' && state !== 'failed';
}

/** For IPv4; for IPv6 where there is none for IPv4. */
function defaultRoute(subnet: JsonObject, routes: readonly JsonObject[], around: VpcAnswers): JsonObject {
  const route =
    routes.find((each) => each['DestinationCidrBlock'] === '0.0.0.0/0') ??
    routes.find((each) => each['DestinationIpv6CidrBlock'] === '::/0');
  if (route === undefined) return { same_zone_nat: false };
  const [target, state] = [targetOf(route), text(route['State'])];
  const nat = text(route['NatGatewayId']);
  return {
    ...(target === undefined ? {} : { default_route: target }),
    ...(state === undefined ? {} : { default_route_state: state }),
    ...(nat === undefined ? { same_zone_nat: false } : natOf(subnet, nat, state, around)),
  };
}

const targets = [
  'NatGatewayId',
  'EgressOnlyInternetGatewayId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
  'LocalGatewayId',
  'CarrierGatewayId',
  'CoreNetworkArn',
  'OdbNetworkArn',
  'GatewayId',
  // Of an instance both stand there.
  'InstanceId',
  'NetworkInterfaceId',
];

function targetOf(route: JsonObject): string | undefined {
  return targets.map((name) => text(route[name])).find((target) => target !== undefined);
}

/** What is not known of the gateway stays out, and satisfies nothing. */
function natOf(subnet: JsonObject, id: string, routeState: string | undefined, around: VpcAnswers): JsonObject {
  const gateway = around.gateways.find((each) => each['NatGatewayId'] === id);
  const zone = zoneOf(gateway, around);
  const known = zone === undefined ? {} : { nat_zone: zone };
  const state = text(gateway?.['State']);
  const works =
    routeState === undefined || state === undefined ? undefined : routeState === 'active' && state === 'available';
  if (routeState === 'blackhole' || works === false) return { ...known, same_zone_nat: false };
  if (works === undefined) return known;
  if (gateway?.['AvailabilityMode'] === 'regional') return { ...known, same_zone_nat: true };
  const own = text(subnet['AvailabilityZone']);
  return zone === undefined || own === undefined ? known : { ...known, same_zone_nat: zone === own };
}

function zoneOf(gateway: JsonObject | undefined, { subnets }: VpcAnswers): string | undefined {
  const at: Json | undefined = gateway?.['SubnetId'];
  if (at === undefined) return undefined;
  return text(subnets.find((subnet) => subnet['SubnetId'] === at)?.['AvailabilityZone']);
}

function blind(message: string, { requests }: VpcAnswers): BlindError {
  return new BlindError('server', message.slice(0, 500), { requests });
}
