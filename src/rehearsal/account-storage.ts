// S3 of the stand-in account: buckets, how they are set up, and every version of the objects in them.

import { z } from 'zod';
import { moment, named } from './account-parts.ts';

const version = z.strictObject({
  /** `null` in a bucket that keeps no versions. */
  id: z.string().min(1),
  at: moment,
  /** Base64. Absent: a delete marker, which hides what is below it. */
  body: z.string().optional(),
  type: z.string().optional(),
  /** Its Cache-Control. */
  cache: z.string().optional(),
  /** It was put with its SHA-256, which is told from then on. */
  sha256: z.boolean().optional(),
  lock: z.strictObject({ mode: z.enum(['COMPLIANCE', 'GOVERNANCE']), until: moment }).optional(),
});

const bucket = z
  .strictObject({
    region: z.enum(['us-east-1', 'us-east-2', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-northeast-1']),
    created: moment,
    versioning: z.enum(['Enabled', 'Suspended']).optional(),
    /** Versions can be kept from everybody until a date. */
    object_lock: z.boolean().optional(),
    public_access_block: z
      .strictObject({
        block_acls: z.boolean(),
        ignore_acls: z.boolean(),
        block_policy: z.boolean(),
        restrict_buckets: z.boolean(),
      })
      .optional(),
    /** The rules of its lifecycle policy, by name; without any it has none. */
    lifecycle: named(
      z.strictObject({
        enabled: z.boolean().default(true),
        prefix: z.string().default(''),
        /** After so many days objects go. */
        days: z.int().positive().optional(),
        /** After so many days versions go that are not the newest. */
        old_days: z.int().positive().optional(),
      }),
    ),
    /** Another account it belongs to. */
    owner: z
      .string()
      .regex(/^\d{12}$/)
      .optional(),
    /** With a key of KMS: what an ETag is says nothing about what is in an object. */
    encrypted: z.boolean().optional(),
    /** Keys that a policy of the bucket lets nobody write. */
    protected: z.array(z.string().min(1)).optional(),
    /** By key; the oldest version first. */
    objects: named(z.array(version).min(1)),
  })
  .refine(({ versioning, object_lock: lock }) => lock !== true || versioning === 'Enabled', {
    message: 'object_lock takes versioning: Enabled, as there',
  });

export const s3State = z.strictObject({ buckets: named(bucket) }).prefault({});

export type BucketState = z.infer<typeof bucket>;
export type ObjectVersion = z.infer<typeof version>;
