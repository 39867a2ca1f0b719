// The state of the stand-in's parameters, keys and topics, each by name.

import { z } from 'zod';
import { moment, named, whole } from './account-parts.ts';

/** What nobody cares to say of a thing: when it was made. */
const longAgo = '2026-01-05T09:00:00Z';

/** What it holds is in no world. */
const parameter = z.strictObject({
  type: z.enum(['String', 'StringList', 'SecureString']).default('SecureString'),
  version: z.int().positive().default(1),
  tier: z.enum(['Standard', 'Advanced', 'Intelligent-Tiering']).default('Standard'),
  /** The key of a SecureString, as it was named. */
  key: z.string().default('alias/aws/ssm'),
  description: z.string().optional(),
  changed: moment.default(longAgo),
});

const key = z.strictObject({
  state: z
    .enum(['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable', 'Creating'])
    .default('Enabled'),
  manager: z.enum(['CUSTOMER', 'AWS']).default('CUSTOMER'),
  spec: z.enum(['SYMMETRIC_DEFAULT', 'RSA_2048', 'RSA_4096', 'ECC_NIST_P256', 'HMAC_256']).default('SYMMETRIC_DEFAULT'),
  usage: z.enum(['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC']).default('ENCRYPT_DECRYPT'),
  /** How often it is rotated, in days; absent: it is not. */
  rotation_days: z.int().min(90).max(2560).optional(),
  multi_region: z.boolean().default(false),
  description: z.string().default(''),
  created: moment.default(longAgo),
  /** When it is to be gone. */
  deletion: moment.optional(),
});

const subscription = z.strictObject({
  protocol: z.enum(['email', 'email-json', 'https', 'http', 'sms', 'sqs', 'lambda', 'application', 'firehose']),
  endpoint: z.string().min(1),
  /** Otherwise nobody has clicked the link yet, and nothing is sent there. */
  confirmed: z.boolean().default(true),
  raw: z.boolean().default(false),
  /** The ARN of the queue for what could not be delivered. */
  dead_letter: z.string().optional(),
});

const topic = z.strictObject({
  display: z.string().default(''),
  /** What its messages are encrypted with; absent: they are not. */
  key: z.string().optional(),
  /** How many were removed within the last days. */
  deleted: whole.default(0),
  /** By any name. */
  subscriptions: named(subscription),
});

/** By their full names: `/serveml/prod/api-key`. */
export const ssmState = z.strictObject({ parameters: named(parameter) }).prefault({});
/** By their aliases, without `alias/`. */
export const kmsState = z.strictObject({ keys: named(key) }).prefault({});
export const snsState = z.strictObject({ topics: named(topic) }).prefault({});
