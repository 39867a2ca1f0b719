// The state of ECS: clusters, services, task definitions, and tasks that run once, each by name.

import { z } from 'zod';
import { moment, named, span, whole } from './account-parts.ts';

/** The tasks of a service before a change of it. */
const fleet = z.strictObject({
  task_definition: z.string(),
  round: whole,
  desired: whole,
  running: whole,
  deployed: moment,
  rollout: z.enum(['COMPLETED', 'IN_PROGRESS', 'FAILED']),
});

/** A change of a service that was accepted. How far it is now is worked out from here. */
const update = z.strictObject({
  at: moment,
  before: fleet,
  /** Absent: only the number of tasks changed, which is no deployment. */
  deployment: z
    .strictObject({
      task_definition: z.string(),
      round: whole,
      /** Its tasks never come up: it is taken back. */
      broken: z.boolean(),
    })
    .optional(),
});

/** The fields say what it comes to when all that was asked of it is done; `updates` what is to be seen until then. */
const service = z.strictObject({
  status: z.enum(['ACTIVE', 'DRAINING', 'INACTIVE']).default('ACTIVE'),
  desired: whole,
  running: whole,
  pending: whole.default(0),
  /** How many of the running tasks do not answer their load balancer. */
  sick: whole.default(0),
  task_definition: z.string().regex(/^[\w-]+:\d+$/),
  target_group: z.string().optional(),
  rollout: z.enum(['COMPLETED', 'IN_PROGRESS', 'FAILED']).default('COMPLETED'),
  /** The revision whose deployment failed and was taken back. The service then runs `task_definition` again. */
  rolled_back_from: z.string().optional(),
  deployed: moment,
  /** Tells deployments of one definition apart. */
  round: whole.default(0),
  /** How long a deployment takes; a change of the number of tasks half of it. */
  rollout_takes: span.default('90s'),
  /** Oldest first. */
  updates: z.array(update).default([]),
  launch: z.enum(['FARGATE', 'EC2']).default('FARGATE'),
  /** Names of subnets and security groups. */
  subnets: z.array(z.string()).default([]),
  security_groups: z.array(z.string()).default([]),
  public_ip: z.boolean().default(false),
  /** Seconds in which a new task may fail its health checks. */
  grace: whole.default(300),
});

const taskDefinition = z.strictObject({
  status: z.enum(['ACTIVE', 'INACTIVE']).default('ACTIVE'),
  /** Its tasks start and die, so that a deployment of it fails. */
  broken: z.boolean().default(false),
  container: z.string(),
  image: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  port: whole,
  cpu: z.string(),
  memory: z.string(),
  log_group: z.string(),
  platform: z.strictObject({ os: z.string(), architecture: z.enum(['X86_64', 'ARM64']) }).optional(),
  /** Plain values by name. */
  environment: z.record(z.string(), z.string()).default({}),
  /** By name: the ARN of a secret, its name, or `ssm:NAME` of a parameter. */
  secrets: z.record(z.string(), z.string()).default({}),
  /** ARNs of files with more plain values. */
  environment_files: z.array(z.string()).default([]),
  /** Names of roles. */
  execution_role: z.string().optional(),
  task_role: z.string().optional(),
  user: z.string().optional(),
  read_only_root: z.boolean().default(false),
});

/** What a task that runs once does, found by its family and by words of its command. */
const taskScript = z.strictObject({
  family: z.string(),
  /** All of these stand in the command. */
  command: z.array(z.string()).min(1),
  exit: z.int(),
  log: z.array(z.string()).default([]),
  takes: span.default('20s'),
  /** It never starts: why, as ECS says it. */
  stopped: z.string().optional(),
});

/** A task that was asked for once. */
const singleTask = z.strictObject({
  cluster: z.string(),
  definition: z.string(),
  command: z.array(z.string()),
  token: z.string().optional(),
  started_by: z.string().optional(),
  started: moment,
});

export const ecsState = z
  .strictObject({
    clusters: named(
      z.strictObject({ status: z.enum(['ACTIVE', 'INACTIVE']).default('ACTIVE'), services: named(service) }),
    ),
    task_definitions: named(taskDefinition),
    task_scripts: named(taskScript),
    /** By id. */
    tasks: named(singleTask),
  })
  .prefault({});

export type ServiceState = z.infer<typeof service>;
export type ServiceUpdate = z.infer<typeof update>;
export type TaskDefinitionState = z.infer<typeof taskDefinition>;
