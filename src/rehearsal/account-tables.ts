// DynamoDB of the stand-in account: tables, how they are kept safe, and backups of them.

import { z } from 'zod';
import { moment, named, span, whole } from './account-parts.ts';

const table = z.strictObject({
  created: moment,
  status: z
    .enum(['CREATING', 'UPDATING', 'DELETING', 'ACTIVE', 'INACCESSIBLE_ENCRYPTION_CREDENTIALS'])
    .default('ACTIVE'),
  /** The name of the partition key, and of the sort key. */
  keys: z.array(z.string().min(1)).min(1).max(2).default(['id']),
  billing: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).default('PAY_PER_REQUEST'),
  /** Units a second; for PROVISIONED. */
  read: whole.default(0),
  write: whole.default(0),
  items: whole.default(0),
  bytes: whole.default(0),
  /** Names of global secondary indexes, each with its status. */
  indexes: named(z.enum(['CREATING', 'UPDATING', 'DELETING', 'ACTIVE'])),
  deletion_protection: z.boolean().default(false),
  /** The ARN of a key of KMS. */
  key: z.string().optional(),
  stream: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']).optional(),
  point_in_time: z.boolean().default(true),
  /** The attribute that says when an item ends. */
  expires_by: z.string().optional(),
});

const backup = z.strictObject({
  table: z.string().min(1),
  name: z.string().min(1),
  created: moment,
  bytes: whole.default(0),
  /** Whether it comes to an end at all. */
  deleted: z.boolean().default(false),
});

export const dynamodbState = z
  .strictObject({
    tables: named(table),
    /** By the last part of their ARNs. */
    backups: named(backup),
    /** How long a backup takes. */
    backing_up: span.default('45s'),
  })
  .prefault({});

export type TableState = z.infer<typeof table>;
export type BackupState = z.infer<typeof backup>;
