// The ids of the stand-in's network, worked out from names: every service that mentions a subnet or a group says the same.

import type { Ec2State } from './account-network.ts';
import { held, idOf } from './place.ts';

const id = (prefix: string, name: string): string => `${prefix}-${idOf(`${prefix}/${name}`, 17)}`;

export const vpcId = (name: string): string => id('vpc', name);
export const subnetId = (name: string): string => id('subnet', name);
export const securityGroupId = (name: string): string => id('sg', name);
export const routeTableId = (name: string): string => id('rtb', name);
export const natGatewayId = (name: string): string => id('nat', name);
export const endpointId = (name: string): string => id('vpce', name);
export const networkAclId = (name: string): string => id('acl', name);
export const flowLogId = (name: string): string => id('fl', name);
/** Of the security group rule with this name, in one direction of a group. */
export const ruleId = (group: string, direction: 'ingress' | 'egress', name: string): string =>
  id('sgr', `${group}/${direction}/${name}`);
/** Of what ties a table to a subnet or makes it the main one, or an address to a gateway. */
export const associationId = (name: string): string => id('rtbassoc', name);
/** `what` says whose it is: `nat/aep-prod-a`. */
export const interfaceId = (what: string): string => id('eni', what);
/** A VPC has at most one of either. */
export const internetGatewayId = (vpc: string): string => id('igw', vpc);
export const egressOnlyGatewayId = (vpc: string): string => id('eigw', vpc);
/** Of the public address of a NAT gateway. */
export const allocationId = (name: string): string => id('eipalloc', name);

/** The name of the VPC that a subnet of this name lies in; undefined where there is no such subnet. */
export function vpcOfSubnet(state: Ec2State, subnet: string | undefined): string | undefined {
  return held(state.subnets, subnet)?.vpc;
}

/** The id of the VPC that the first of these subnets lies in; one made up where the state names none. */
export function vpcIdOf(state: Ec2State, subnets: readonly string[]): string {
  const vpc = vpcOfSubnet(state, subnets[0]);
  return vpc === undefined ? `vpc-${idOf('vpc', 17)}` : vpcId(vpc);
}

/** An address in a subnet, always the same for the same words; undefined where there is no such subnet. */
export function addressIn(state: Ec2State, subnet: string | undefined, words: string): string | undefined {
  const [first, second, third] = held(state.subnets, subnet)?.cidr.split('.') ?? [];
  const last = 4 + (Number.parseInt(idOf(words, 4), 16) % 240);
  return third === undefined ? undefined : [first, second, third, last].join('.');
}

/** An address on the internet that stands in no real network. */
export function publicAddress(words: string): string {
  return `198.51.100.${1 + (Number.parseInt(idOf(words, 4), 16) % 254)}`;
}
