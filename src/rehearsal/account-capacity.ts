// The state of the stand-in's caches, images and scaling targets, each by name.

import { z } from 'zod';
import { moment, named, whole } from './account-parts.ts';

const replicationGroup = z.strictObject({
  state: z.enum(['available', 'creating', 'modifying', 'deleting', 'create-failed']).default('available'),
  engine: z.enum(['redis', 'valkey']),
  version: z.string(),
  node: z.string(),
  /** Cache clusters in it, named `GROUP-001` and so on. */
  nodes: z.int().min(1),
  multi_az: z.enum(['enabled', 'disabled']),
  failover: z.enum(['enabled', 'disabled', 'enabling', 'disabling']),
  auth_token: z.boolean(),
  transit_encryption: z.boolean(),
  at_rest_encryption: z.boolean(),
  snapshot_days: whole,
  security_groups: z.array(z.string()),
});

const scan = z.strictObject({
  status: z.enum([
    'IN_PROGRESS',
    'COMPLETE',
    'FAILED',
    'UNSUPPORTED_IMAGE',
    'ACTIVE',
    'PENDING',
    'SCAN_ELIGIBILITY_EXPIRED',
    'FINDINGS_UNAVAILABLE',
  ]),
  completed: moment.optional(),
  /** By the name of the vulnerability. */
  findings: named(
    z.strictObject({ severity: z.enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED']) }),
  ),
});

const image = z.strictObject({
  tags: z.array(z.string()),
  pushed: moment,
  /** `linux/amd64`; an index may have several. */
  platforms: z.array(z.string().regex(/^\w+\/\w+$/)).min(1),
  form: z.enum(['single', 'index']).default('single'),
  /** Absent: it was never scanned. */
  scan: scan.optional(),
});

const repository = z.strictObject({
  scan_on_push: z.boolean(),
  immutable: z.boolean(),
  /** How many images its lifecycle policy keeps; absent: it has none. */
  keeps: z.int().positive().optional(),
  /** By digest. */
  images: z.record(z.string().regex(/^sha256:[0-9a-f]{64}$/), image).default({}),
});

const scalableTarget = z.strictObject({
  min: whole,
  max: whole,
  suspended: z.boolean().default(false),
  /** By name: a metric kept near a target. */
  policies: named(z.strictObject({ metric: z.string(), target: z.number() })),
});

export const elasticacheState = z.strictObject({ replication_groups: named(replicationGroup) }).prefault({});
export const ecrState = z.strictObject({ repositories: named(repository) }).prefault({});
/** By what they scale: `service/CLUSTER/SERVICE`. */
export const scalingState = z.strictObject({ targets: named(scalableTarget) }).prefault({});
