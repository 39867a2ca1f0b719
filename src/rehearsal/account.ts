// The state of the stand-in account: maps keyed by name, so that a merge patch can change or remove any one thing.

import { z } from 'zod';
import { acmState, budgetsState, iamState, wafState } from './account-guard.ts';
import { ecrState, elasticacheState, scalingState } from './account-capacity.ts';
import { ecsState } from './account-containers.ts';
import { rdsState } from './account-databases.ts';
import { eksState, lambdaState } from './account-functions.ts';
import { kmsState, snsState, ssmState } from './account-keys.ts';
import { ec2State } from './account-network.ts';
import { moment, named, span, whole } from './account-parts.ts';
import { s3State } from './account-storage.ts';
import { cloudfrontState } from './account-edges.ts';
import { dynamodbState } from './account-tables.ts';

const action = z.union([
  z.strictObject({ forward: z.string() }),
  /** To https, at the same host unless another is named. */
  z.strictObject({ redirect: z.union([z.literal('https'), z.strictObject({ host: z.string().min(1) })]) }),
  z.strictObject({ fixed: z.strictObject({ code: z.int(), body: z.string() }) }),
]);

const listener = z.strictObject({
  protocol: z.enum(['HTTP', 'HTTPS']),
  certificate: z.string().optional(),
  ssl_policy: z.string().default('ELBSecurityPolicy-TLS13-1-2-2021-06'),
  default: action,
  /** By priority. */
  rules: named(z.strictObject({ paths: z.array(z.string()).min(1), action })),
});

const loadBalancer = z.strictObject({
  scheme: z.enum(['internet-facing', 'internal']),
  state: z.enum(['active', 'provisioning', 'active_impaired', 'failed']).default('active'),
  /** Ends the DNS name and the ARN. */
  suffix: z.string().regex(/^[0-9]+$/),
  created: moment,
  /** Where its name leads; absent: two made up from the suffix. */
  addresses: z.array(z.ipv4()).min(1).optional(),
  attributes: z.record(z.string(), z.string()).default({}),
  /** Names of subnets and security groups. */
  subnets: z.array(z.string()).default([]),
  security_groups: z.array(z.string()).default([]),
  /** By port. */
  listeners: named(listener),
});

const targetGroup = z.strictObject({
  port: whole,
  protocol: z.enum(['HTTP', 'HTTPS']).default('HTTP'),
  type: z.enum(['ip', 'instance']).default('ip'),
  health_path: z.string().startsWith('/'),
  /** The part of the application its targets run. */
  serves: z.enum(['backend', 'frontend']),
  /** Targets that no service of ECS registers: pods, by a controller of Kubernetes. `sick` of them do not answer. */
  pods: z.strictObject({ ready: whole, sick: whole.default(0) }).optional(),
});

/** The types of DNS records a zone may hold. */
export const recordTypes = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'SOA', 'TXT'] as const;

const record = z.union([
  z.strictObject({ ttl: whole, values: z.array(z.string()).min(1) }),
  z.strictObject({ alias: z.string(), zone: z.string(), evaluate_health: z.boolean() }),
]);

/** All record sets of one name, by type. */
export const nameRecords = z.partialRecord(z.enum(recordTypes), record);

const zone = z.strictObject({
  id: z.string().regex(/^Z[0-9A-Z]+$/),
  private: z.boolean().default(false),
  /** By name, in lower case and without the last dot; then by type. */
  records: named(nameRecords),
});

/** A change of records that was accepted. What servers still tell of the time before it is worked out from here. */
const recordChange = z.strictObject({
  at: moment,
  /** The id of the zone. */
  zone: z.string(),
  comment: z.string().default(''),
  /** What stood at each name it touched; null where nothing did. */
  before: z.record(z.string(), nameRecords.nullable()),
});

const metricAlarm = z.strictObject({
  namespace: z.string(),
  metric: z.string(),
  comparison: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  threshold: z.number(),
  statistic: z.enum(['Average', 'Sum', 'Minimum', 'Maximum']),
  period: z.int().positive(),
  periods: z.int().positive(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  reason: z.string().default('Within its threshold'),
  enabled: z.boolean().default(true),
  actions: z.array(z.string()).default([]),
});

const compositeAlarm = z.strictObject({
  rule: z.string(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  enabled: z.boolean().default(true),
  actions: z.array(z.string()).default([]),
});

/** One point a minute. */
const ownMetric = z.strictObject({
  /** The namespace, a space and the name, as in a checklist. */
  metric: z.string().regex(/^\S+ \S.*$/, 'is written NAMESPACE NAME'),
  dimensions: z.record(z.string(), z.string()).default({}),
  value: z.number(),
  /** The smallest and the largest of a minute; absent: the value. */
  least: z.number().optional(),
  most: z.number().optional(),
  /** Nothing was published before. */
  since: moment.optional(),
});

const logGroup = z.strictObject({
  retention_days: z.int().positive().optional(),
  /** Writes only while this service, `CLUSTER/SERVICE`, has running tasks. */
  service: z.string().optional(),
  /** A line of `lines` in turn, for ever. */
  steady: z.strictObject({ every: span, lines: z.array(z.string()).min(1) }).optional(),
  /** Single lines, by any name, each that long before now, whenever now is. */
  events: named(z.strictObject({ ago: span, message: z.string() })),
});

/** A query of Logs Insights that somebody ran. */
const logQuery = z.strictObject({
  group: z.string(),
  text: z.string().min(1),
  status: z.enum(['Scheduled', 'Running', 'Complete', 'Failed', 'Cancelled']).default('Complete'),
  /** Whenever now is. */
  ago: span.default('1h'),
});

const secret = z.strictObject({
  created: moment,
  changed: moment,
  rotation: z.boolean().default(false),
  deleted: moment.optional(),
});

export const accountSchema = z.strictObject({
  id: z.string().regex(/^\d{12}$/),
  region: z.string(),
  /** Who the credentials belong to. */
  caller: z.string().startsWith('arn:'),
  ecs: ecsState,
  elbv2: z.strictObject({ load_balancers: named(loadBalancer), target_groups: named(targetGroup) }).prefault({}),
  route53: z.strictObject({ zones: named(zone), changes: named(recordChange) }).prefault({}),
  secretsmanager: z.strictObject({ secrets: named(secret) }).prefault({}),
  rds: rdsState,
  cloudwatch: z
    .strictObject({
      alarms: named(metricAlarm),
      composite_alarms: named(compositeAlarm),
      dashboards: named(z.strictObject({ changed: moment, widgets: z.array(z.json()) })),
      metrics: z
        .strictObject({
          /** Whether anything is published at all. */
          published: z.boolean().default(true),
          /** Otherwise answers say PartialData and hold every second point. */
          complete: z.boolean().default(true),
          /** What somebody publishes beside the load balancers, by any name. */
          own: named(ownMetric),
        })
        .prefault({}),
    })
    .prefault({}),
  logs: z
    .strictObject({
      groups: named(logGroup),
      /** By any name. */
      queries: named(logQuery),
      /** Saved queries, by name: the groups each is for, and what it says. */
      query_definitions: named(z.strictObject({ groups: z.array(z.string()), text: z.string().min(1) })),
    })
    .prefault({}),
  s3: s3State,
  cloudfront: cloudfrontState,
  dynamodb: dynamodbState,
  ec2: ec2State,
  acm: acmState,
  iam: iamState,
  budgets: budgetsState,
  elasticache: elasticacheState,
  ecr: ecrState,
  wafv2: wafState,
  autoscaling: scalingState,
  ssm: ssmState,
  kms: kmsState,
  lambda: lambdaState,
  sns: snsState,
  eks: eksState,
});

export type AccountState = z.infer<typeof accountSchema>;
export type ZoneState = z.infer<typeof zone>;
export type NameRecords = z.infer<typeof nameRecords>;
export type RecordState = z.infer<typeof record>;
export type RecordChange = z.infer<typeof recordChange>;
export type DnsType = (typeof recordTypes)[number];
export type TargetGroupState = z.infer<typeof targetGroup>;
export type ListenerState = z.infer<typeof listener>;
export type ListenerAction = z.infer<typeof action>;
export type LoadBalancerState = z.infer<typeof loadBalancer>;
export type LogGroupState = z.infer<typeof logGroup>;
