// The state of the stand-in's functions and Kubernetes clusters, each by name.

import { z } from 'zod';
import { moment, named, whole } from './account-parts.ts';

const made = moment.default('2026-01-05T09:00:00Z');

const lambdaFunction = z.strictObject({
  /** Of no meaning where it is an image. */
  runtime: z
    .enum([
      'python3.11',
      'python3.12',
      'python3.13',
      'nodejs20.x',
      'nodejs22.x',
      'java21',
      'dotnet8',
      'ruby3.3',
      'provided.al2023',
    ])
    .default('python3.13'),
  handler: z.string().default('index.handler'),
  /** Absent: it is an archive. */
  image: z.string().optional(),
  architecture: z.enum(['x86_64', 'arm64']).default('arm64'),
  role: z.string().default('lambda'),
  memory: z.int().min(128).max(10_240).default(128),
  /** Seconds. */
  timeout: z.int().min(1).max(900).default(3),
  state: z.enum(['Active', 'Pending', 'Inactive', 'Failed']).default('Active'),
  update: z.enum(['Successful', 'InProgress', 'Failed']).default('Successful'),
  /** Why `state` or `update` is what it is. */
  reason: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  /** An ARN. */
  dead_letter: z.string().optional(),
  tracing: z.enum(['Active', 'PassThrough']).default('PassThrough'),
  /** Names of subnets and security groups; without subnets it is in no VPC. */
  subnets: z.array(z.string()).default([]),
  security_groups: z.array(z.string()).default([]),
  layers: z.array(z.string()).default([]),
  /** How many versions were published. */
  versions: whole.default(0),
  /** By name: the version each leads to. */
  aliases: named(z.strictObject({ version: z.string() })),
  /** How many may run at a time that nobody else can take; absent: nothing is set aside. */
  reserved: whole.optional(),
  /** Who may invoke it, by the id of the statement. */
  invokers: named(z.strictObject({ principal: z.string(), source: z.string().optional() })),
  changed: made,
});

const eventSource = z.strictObject({
  function: z.string(),
  /** The ARN of a queue, a stream or a table's stream. */
  source: z.string().startsWith('arn:'),
  state: z
    .enum(['Creating', 'Enabling', 'Enabled', 'Disabling', 'Disabled', 'Updating', 'Deleting'])
    .default('Enabled'),
  batch: z.int().positive().default(10),
  /** The ARN of where what failed goes. */
  on_failure: z.string().optional(),
  changed: made,
});

/** What is wrong with it, by any name. */
const issues = <const T extends readonly [string, ...string[]]>(codes: T) =>
  named(z.strictObject({ code: z.enum(codes), message: z.string() }));

const nodegroup = z.strictObject({
  state: z
    .enum(['CREATING', 'ACTIVE', 'UPDATING', 'DELETING', 'CREATE_FAILED', 'DELETE_FAILED', 'DEGRADED'])
    .default('ACTIVE'),
  min: whole.default(1),
  max: z.int().positive().default(3),
  desired: whole.default(2),
  /** Absent: the one of its cluster. */
  version: z.string().optional(),
  instance_types: z.array(z.string()).min(1).default(['m7g.large']),
  capacity: z.enum(['ON_DEMAND', 'SPOT']).default('ON_DEMAND'),
  ami: z
    .enum([
      'AL2023_ARM_64_STANDARD',
      'AL2023_x86_64_STANDARD',
      'BOTTLEROCKET_ARM_64',
      'BOTTLEROCKET_x86_64',
      'AL2_x86_64',
    ])
    .default('AL2023_ARM_64_STANDARD'),
  /** GiB. */
  disk: z.int().positive().default(20),
  issues: issues([
    'AccessDenied',
    'AsgInstanceLaunchFailures',
    'AutoScalingGroupNotFound',
    'ClusterUnreachable',
    'IamNodeRoleNotFound',
    'InstanceLimitExceeded',
    'InsufficientFreeAddresses',
    'NodeCreationFailure',
  ]),
});

const addon = z.strictObject({
  version: z.string(),
  state: z
    .enum(['CREATING', 'ACTIVE', 'CREATE_FAILED', 'UPDATING', 'DELETING', 'DELETE_FAILED', 'DEGRADED', 'UPDATE_FAILED'])
    .default('ACTIVE'),
  issues: issues([
    'AccessDenied',
    'ClusterUnreachable',
    'ConfigurationConflict',
    'InsufficientNumberOfReplicas',
    'InternalFailure',
    'UnsupportedAddonModification',
  ]),
});

const cluster = z.strictObject({
  version: z.string().regex(/^1\.\d+$/),
  state: z.enum(['CREATING', 'ACTIVE', 'DELETING', 'FAILED', 'UPDATING', 'PENDING']).default('ACTIVE'),
  role: z.string().default('eks-cluster'),
  /** Names of subnets and security groups. */
  subnets: z.array(z.string()).default([]),
  security_groups: z.array(z.string()).default([]),
  public: z.boolean().default(true),
  private: z.boolean().default(false),
  public_cidrs: z.array(z.string()).default(['0.0.0.0/0']),
  /** What of the control plane is logged. */
  logs: z.array(z.enum(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'])).default([]),
  /** The ARN of the key its secrets are encrypted with; absent: by none of the account. */
  secrets_key: z.string().optional(),
  authentication: z.enum(['API', 'API_AND_CONFIG_MAP', 'CONFIG_MAP']).default('API'),
  support: z.enum(['STANDARD', 'EXTENDED']).default('STANDARD'),
  deletion_protection: z.boolean().default(false),
  created: made,
  issues: issues([
    'AccessDenied',
    'ClusterUnreachable',
    'ConfigurationConflict',
    'InternalFailure',
    'ResourceLimitExceeded',
    'ResourceNotFound',
  ]),
  nodegroups: named(nodegroup),
  addons: named(addon),
});

export const lambdaState = z
  .strictObject({ functions: named(lambdaFunction), event_sources: named(eventSource) })
  .prefault({});
export const eksState = z.strictObject({ clusters: named(cluster) }).prefault({});

export type FunctionState = z.infer<typeof lambdaFunction>;
export type ClusterState = z.infer<typeof cluster>;
