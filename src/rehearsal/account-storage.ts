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
    /** By key; the oldest version first. */
    objects: named(z.array(version).min(1)),
  })
  .refine(({ versioning, object_lock: lock }) => lock !== true || versioning === 'Enabled', {
    message: 'object_lock takes versioning: Enabled, as there',
  });

export const s3State = z.strictObject({ buckets: named(bucket) }).prefault({});

export type BucketState = z.infer<typeof bucket>;
export type ObjectVersion = z.infer<typeof version>;
