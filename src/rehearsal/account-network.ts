// The state of the stand-in's network: VPCs, subnets, routes, gateways, endpoints and security groups, each by name.

import { z } from 'zod';
import { named, whole } from './account-parts.ts';

const vpc = z.strictObject({
  default: z.boolean().default(false),
  state: z.enum(['available', 'pending']).default('available'),
  cidr: z.string(),
});

const subnet = z.strictObject({
  vpc: z.string(),
  /** The letter of the zone: `a`. */
  zone: z.string().regex(/^[a-f]$/),
  cidr: z.string(),
  available_addresses: whole.default(200),
  /** The one it is associated with; absent: the main one of its VPC. */
  route_table: z.string().optional(),
});

/** Where a route leads. */
const route = z.strictObject({
  /** `internet-gateway`, `nat-gateway:NAME`, `egress-only-gateway`, or `endpoint:NAME`. The local route is always there. */
  to: z.string().regex(/^(internet-gateway|egress-only-gateway|nat-gateway:[\w-]+|endpoint:[\w-]+)$/),
  state: z.enum(['active', 'blackhole']).default('active'),
});

const routeTable = z.strictObject({
  vpc: z.string(),
  main: z.boolean().default(false),
  /** By destination: `0.0.0.0/0`, `::/0`, `pl-63a5400a`. */
  routes: named(route),
});

const natGateway = z.strictObject({
  subnet: z.string(),
  state: z.enum(['pending', 'failed', 'available', 'deleting', 'deleted']).default('available'),
});

const endpoint = z.strictObject({
  vpc: z.string(),
  /** What follows `com.amazonaws.REGION.`: `ecr.api`, `s3`. */
  service: z.string(),
  type: z.enum(['Interface', 'Gateway']),
  state: z.enum(['pending', 'available', 'failed', 'deleting']).default('available'),
  private_dns: z.boolean().default(true),
});

const rule = z.strictObject({
  /** `all` is -1 on the wire and has no ports there. */
  protocol: z.enum(['tcp', 'udp', 'icmp', 'all']).default('tcp'),
  from: z.int().optional(),
  to: z.int().optional(),
  /** Exactly one of these four says who. */
  group: z.string().optional(),
  cidr: z.string().optional(),
  cidr6: z.string().optional(),
  prefix_list: z.string().startsWith('pl-').optional(),
  description: z.string().default(''),
});

const securityGroup = z.strictObject({
  vpc: z.string(),
  description: z.string().default(''),
  /** By any name. */
  ingress: named(rule),
  /** The rule that lets everything out is there unless another is named. */
  egress: z.record(z.string().min(1), rule).default({ all: { protocol: 'all', cidr: '0.0.0.0/0', description: '' } }),
});

/** One that is neither a balancer's, a NAT gateway's nor a task's: those follow from the rest of the account. */
const networkInterface = z.strictObject({
  subnet: z.string(),
  description: z.string(),
  groups: z.array(z.string()).default([]),
});

const aclRule = z.strictObject({
  number: z.int().min(1).max(32_766),
  egress: z.boolean().default(false),
  protocol: z.enum(['tcp', 'udp', 'icmp', 'all']).default('all'),
  from: z.int().optional(),
  to: z.int().optional(),
  cidr: z.string().default('0.0.0.0/0'),
  action: z.enum(['allow', 'deny']).default('allow'),
});

const networkAcl = z.strictObject({
  vpc: z.string(),
  /** Names of subnets; all others of the VPC have its default one, which lets everything through. */
  subnets: z.array(z.string()).default([]),
  /** By any name. What none of them says is denied. */
  rules: named(aclRule),
});

const flowLog = z.strictObject({
  /** What it is of: exactly one of them, by name. */
  vpc: z.string().optional(),
  subnet: z.string().optional(),
  traffic: z.enum(['ALL', 'ACCEPT', 'REJECT']).default('ALL'),
  /** A log group, or the ARN of a bucket. */
  to: z.string(),
  delivers: z.enum(['SUCCESS', 'FAILED']).default('SUCCESS'),
});

export const ec2State = z
  .strictObject({
    vpcs: named(vpc),
    subnets: named(subnet),
    route_tables: named(routeTable),
    nat_gateways: named(natGateway),
    endpoints: named(endpoint),
    security_groups: named(securityGroup),
    interfaces: named(networkInterface),
    network_acls: named(networkAcl),
    flow_logs: named(flowLog),
  })
  .prefault({});

export type Ec2State = z.infer<typeof ec2State>;
