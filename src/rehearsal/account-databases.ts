// The state of RDS: database instances, snapshots that somebody took, and how restoring one goes, each by name.

import { z } from 'zod';
import { moment, named, span, whole } from './account-parts.ts';

const instance = z.strictObject({
  class: z.string(),
  engine: z.string(),
  version: z.string(),
  state: z.string().default('available'),
  multi_az: z.boolean(),
  encrypted: z.boolean(),
  public: z.boolean().default(false),
  deletion_protection: z.boolean(),
  backup_days: whole,
  storage_gb: z.int().positive(),
  created: moment,
  /** Names of security groups. */
  security_groups: z.array(z.string()).default([]),
  subnet_group: z.string().optional(),
  /** Absent: the default one of its engine. */
  parameter_group: z.string().optional(),
  /** Whether Performance Insights is on. */
  insights: z.boolean().default(false),
  /** How far behind now the newest moment is that can be restored. */
  restorable: span.default('4m'),
  /** The state of the secret that RDS keeps the master password in; absent: somebody chose a password. */
  master_secret: z.enum(['creating', 'active', 'rotating', 'impaired']).optional(),
  tags: z.record(z.string().min(1), z.string()).default({}),
  /** It comes from a snapshot: it is `state` only so long after `created`. */
  restoring: span.optional(),
});

/** A snapshot that somebody took. Those of the backups are worked out from their instances. */
const snapshot = z.strictObject({
  /** The instance it is of, which may be gone. */
  instance: z.string(),
  status: z.enum(['available', 'creating', 'failed', 'deleting']).default('available'),
  created: moment,
  class: z.string(),
  engine: z.string(),
  version: z.string(),
  encrypted: z.boolean(),
  storage_gb: z.int().positive(),
});

/** Settings of a database, as far as somebody cares. */
const parameterGroup = z.strictObject({
  family: z.string(),
  /** By name. */
  parameters: named(
    z.strictObject({
      value: z.string().optional(),
      source: z.enum(['user', 'system', 'engine-default']).default('user'),
      apply: z.enum(['static', 'dynamic']).default('dynamic'),
    }),
  ),
});

export const rdsState = z
  .strictObject({
    instances: named(instance),
    snapshots: named(snapshot),
    parameter_groups: named(parameterGroup),
    /** Names of DB subnet groups. */
    subnet_groups: z.array(z.string()).default([]),
    /** How long a restore takes, and what state the instance comes to. */
    restores: z.strictObject({ takes: span.default('10m'), ends: z.string().default('available') }).prefault({}),
  })
  .prefault({});

export type InstanceState = z.infer<typeof instance>;
