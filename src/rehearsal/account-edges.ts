// CloudFront of the stand-in account: distributions, what their edges still keep of before, and what makes them forget.

import { z } from 'zod';
import { moment, named, span } from './account-parts.ts';

/** What the edges keep of a path: how it was until then. */
const copy = z.strictObject({
  since: moment,
  body: z.string(),
  type: z.string().optional(),
  cache: z.string().optional(),
});

const invalidation = z.strictObject({
  at: moment,
  /** The caller's own name for it. */
  reference: z.string().min(1),
  paths: z.array(z.string().startsWith('/')).min(1),
});

const distribution = z.strictObject({
  /** The first part of its name under cloudfront.net. */
  name: z.string().regex(/^d[a-z0-9]+$/),
  changed: moment,
  status: z.enum(['Deployed', 'InProgress']).default('Deployed'),
  enabled: z.boolean().default(true),
  comment: z.string().default(''),
  /** The host names it answers for beside its own. */
  aliases: z.array(z.string().min(1)).default([]),
  /** Where its name leads; absent: one made up from it. */
  addresses: z.array(z.ipv4()).min(1).optional(),
  origin: z.strictObject({
    bucket: z.string().min(1),
    /** Before every path: `/site`. */
    path: z
      .string()
      .regex(/^(?:\/[^/]+)*$/)
      .default(''),
    /** Whether the bucket lets only this distribution read. */
    access_control: z.boolean().default(true),
  }),
  root: z.string().default('index.html'),
  /** A certificate of ACM in us-east-1 by its name there; without one only the own name is answered for. */
  certificate: z.string().optional(),
  min_tls: z.string().default('TLSv1.2_2021'),
  viewers: z.enum(['redirect-to-https', 'https-only', 'allow-all']).default('redirect-to-https'),
  compress: z.boolean().default(true),
  price_class: z.enum(['PriceClass_100', 'PriceClass_200', 'PriceClass_All']).default('PriceClass_100'),
  http_version: z.enum(['http1.1', 'http2', 'http2and3']).default('http2and3'),
  /** The web ACL in front of it, by its name, or by its ARN where that is another account's. */
  web_acl: z.string().default(''),
  /** A bucket for its access log. */
  logging: z.string().optional(),
  /** Headers of every answer. */
  headers: z.record(z.string(), z.string()).default({}),
  /** By the status of the origin. */
  errors: named(z.strictObject({ page: z.string().startsWith('/'), status: z.int().min(200).max(599) })),
  /** How long an invalidation is in progress. */
  forgets: span.default('60s'),
  /** By id. */
  invalidations: named(invalidation),
  /** By path. */
  copies: named(copy),
});

/** By id. */
export const cloudfrontState = z.strictObject({ distributions: named(distribution) }).prefault({});

export type DistributionState = z.infer<typeof distribution>;
export type InvalidationState = z.infer<typeof invalidation>;
