// The state of what guards the stand-in account: certificates, roles, budgets and web ACLs, each by name.

import { z } from 'zod';
import { moment, named, span, whole } from './account-parts.ts';

const certificate = z.strictObject({
  domain: z.string(),
  /** All names it is for, the domain among them. */
  names: z.array(z.string()).min(1),
  type: z.enum(['AMAZON_ISSUED', 'IMPORTED', 'PRIVATE']).default('AMAZON_ISSUED'),
  status: z.enum(['PENDING_VALIDATION', 'ISSUED', 'INACTIVE', 'EXPIRED', 'FAILED']).default('ISSUED'),
  /** How each name is validated, and how far that is. By name; one that is not here is validated by DNS, with success. */
  validation: named(
    z.strictObject({
      method: z.enum(['DNS', 'EMAIL']).default('DNS'),
      status: z.enum(['PENDING_VALIDATION', 'SUCCESS', 'FAILED']).default('SUCCESS'),
    }),
  ),
  /** How long it is still good for, or ago it was when it is EXPIRED, whenever now is. */
  left: span.default('200d'),
  renewal: z.enum(['ELIGIBLE', 'INELIGIBLE']).default('ELIGIBLE'),
});

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]);
const policy = z.array(
  z.strictObject({ effect: z.enum(['Allow', 'Deny']), action: oneOrMore, resource: oneOrMore.default('*') }),
);

const role = z.strictObject({
  /** Statements of its inline policies, by name. */
  policies: named(policy),
  /** Those of managed policies, by ARN; none where nobody simulates with them. */
  attached: z.record(z.string().startsWith('arn:'), policy).default({}),
});

const user = role.extend({ created: moment.default('2026-01-05T09:00:00Z') });

const passwordPolicy = z.strictObject({
  length: z.int().min(6).max(128).default(14),
  symbols: z.boolean().default(true),
  numbers: z.boolean().default(true),
  upper: z.boolean().default(true),
  lower: z.boolean().default(true),
  /** Days; absent: for ever. */
  expires: z.int().positive().optional(),
  /** How many old ones may not come back. */
  remembers: z.int().min(1).max(24).optional(),
});

const notification = z.strictObject({
  type: z.enum(['ACTUAL', 'FORECASTED']).default('ACTUAL'),
  comparison: z.enum(['GREATER_THAN', 'LESS_THAN', 'EQUAL_TO']).default('GREATER_THAN'),
  threshold: z.number(),
  threshold_type: z.enum(['PERCENTAGE', 'ABSOLUTE_VALUE']).default('PERCENTAGE'),
  /** Addresses, each told by mail; an ARN by SNS. */
  subscribers: z.array(z.string()).default([]),
});

const budget = z.strictObject({
  /** A decimal number, as text. */
  amount: z.string().regex(/^\d+(\.\d+)?$/),
  time_unit: z.enum(['DAILY', 'MONTHLY', 'QUARTERLY', 'ANNUALLY']).default('MONTHLY'),
  notifications: named(notification),
});

const webRule = z
  .strictObject({
    priority: whole,
    /** A managed rule group of AWS. */
    managed: z.string().optional(),
    /** A limit of requests from one address in five minutes, below a path. */
    rate: z.strictObject({ limit: z.int().min(10), path: z.string().optional() }).optional(),
    mode: z.enum(['block', 'count']).default('block'),
  })
  .refine(
    ({ managed, rate }) => (managed === undefined) !== (rate === undefined),
    'a rule is either managed or a rate',
  );

const webAcl = z.strictObject({
  /** One in front of CloudFront is only seen from us-east-1, and says nothing of what it protects. */
  scope: z.enum(['REGIONAL', 'CLOUDFRONT']).default('REGIONAL'),
  default: z.enum(['allow', 'block']).default('allow'),
  rules: named(webRule),
  /** Names of load balancers it stands in front of. */
  protects: z.array(z.string()).default([]),
  /** ARNs of what its log is written to; none: it keeps no log. */
  logging: z.array(z.string()).default([]),
});

/** By the last part of their ARNs. */
export const acmState = z.strictObject({ certificates: named(certificate) }).prefault({});
export const iamState = z
  .strictObject({
    roles: named(role),
    users: named(user),
    /** Whose account it is. */
    root: z.strictObject({ mfa: z.boolean().default(true), access_keys: z.boolean().default(false) }).prefault({}),
    /** Absent: nobody made one. */
    password_policy: passwordPolicy.optional(),
  })
  .prefault({});
export const budgetsState = z.strictObject({ budgets: named(budget) }).prefault({});
export const wafState = z.strictObject({ web_acls: named(webAcl) }).prefault({});

export type RoleState = z.infer<typeof role>;
