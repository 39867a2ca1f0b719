// The services the stand-in speaks for, with the schemas their own clients ship.

import { createRequire } from 'node:module';
import { NormalizedSchema } from '@smithy/core/schema';

// As for what golive itself asks with: `import()` parses such a large file twice more.
const require = createRequire(import.meta.url) as (name: string) => object;

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

/** One operation as its client describes it. */
export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method and URI template; REST services only. */
  readonly http?: readonly [method: string, uri: string];
}

export interface ServiceModel {
  /** The CLI's word. */
  readonly service: ServiceWord;
  /** What stands before the colon of an IAM action. */
  readonly iam: string;
  readonly style: 'rpc' | 'ec2' | 'route53' | 's3' | 'rest-json';
  /** Of its XML. */
  readonly namespace: string;
  readonly operations: ReadonlyMap<string, OperationModel>;
}

export const serviceWords = [
  'ecs',
  'elbv2',
  'route53',
  'secretsmanager',
  'rds',
  'sts',
  'cloudwatch',
  'logs',
  's3',
  'cloudfront',
  'dynamodb',
  'ec2',
  'acm',
  'iam',
  'budgets',
  'elasticache',
  'ecr',
  'wafv2',
  'application-autoscaling',
  'ssm',
  'kms',
  'lambda',
  'sns',
  'eks',
] as const;
export type ServiceWord = (typeof serviceWords)[number];

interface Source {
  /** The name in the scope of a signature. */
  readonly signing: string;
  readonly iam: string;
  readonly style: ServiceModel['style'];
  readonly namespace: string;
  /** The client, imported when its service is first asked for. */
  readonly load: () => Promise<object>;
}

const restJson = { style: 'rest-json', namespace: '' } as const;

const sources: Readonly<Record<ServiceWord, Source>> = {
  ecs: { signing: 'ecs', iam: 'ecs', style: 'rpc', namespace: '', load: async () => require('@aws-sdk/client-ecs') },
  elbv2: {
    signing: 'elasticloadbalancing',
    iam: 'elasticloadbalancing',
    style: 'rpc',
    namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    load: async () => require('@aws-sdk/client-elastic-load-balancing-v2'),
  },
  route53: {
    signing: 'route53',
    iam: 'route53',
    style: 'route53',
    namespace: 'https://route53.amazonaws.com/doc/2013-04-01/',
    load: async () => require('@aws-sdk/client-route-53'),
  },
  secretsmanager: {
    signing: 'secretsmanager',
    iam: 'secretsmanager',
    style: 'rpc',
    namespace: '',
    load: async () => require('@aws-sdk/client-secrets-manager'),
  },
  rds: {
    signing: 'rds',
    iam: 'rds',
    style: 'rpc',
    namespace: 'http://rds.amazonaws.com/doc/2014-10-31/',
    load: async () => require('@aws-sdk/client-rds'),
  },
  sts: {
    signing: 'sts',
    iam: 'sts',
    style: 'rpc',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    load: async () => require('@aws-sdk/client-sts'),
  },
  cloudwatch: {
    signing: 'monitoring',
    iam: 'cloudwatch',
    style: 'rpc',
    namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    load: async () => require('@aws-sdk/client-cloudwatch'),
  },
  logs: {
    signing: 'logs',
    iam: 'logs',
    style: 'rpc',
    namespace: '',
    load: async () => require('@aws-sdk/client-cloudwatch-logs'),
  },
  s3: {
    signing: 's3',
    iam: 's3',
    style: 's3',
    namespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    load: async () => require('@aws-sdk/client-s3'),
  },
  cloudfront: {
    signing: 'cloudfront',
    iam: 'cloudfront',
    style: 'route53',
    namespace: 'http://cloudfront.amazonaws.com/doc/2020-05-31/',
    load: async () => require('@aws-sdk/client-cloudfront'),
  },
  dynamodb: {
    signing: 'dynamodb',
    iam: 'dynamodb',
    style: 'rpc',
    namespace: '',
    load: async () => require('@aws-sdk/client-dynamodb'),
  },
  ec2: {
    signing: 'ec2',
    iam: 'ec2',
    style: 'ec2',
    namespace: 'http://ec2.amazonaws.com/doc/2016-11-15',
    load: async () => require('@aws-sdk/client-ec2'),
  },
  acm: { signing: 'acm', iam: 'acm', style: 'rpc', namespace: '', load: async () => require('@aws-sdk/client-acm') },
  iam: {
    signing: 'iam',
    iam: 'iam',
    style: 'rpc',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    load: async () => require('@aws-sdk/client-iam'),
  },
  budgets: {
    signing: 'budgets',
    iam: 'budgets',
    style: 'rpc',
    namespace: '',
    load: async () => require('@aws-sdk/client-budgets'),
  },
  elasticache: {
    signing: 'elasticache',
    iam: 'elasticache',
    style: 'rpc',
    namespace: 'http://elasticache.amazonaws.com/doc/2015-02-02/',
    load: async () => require('@aws-sdk/client-elasticache'),
  },
  ecr: { signing: 'ecr', iam: 'ecr', style: 'rpc', namespace: '', load: async () => require('@aws-sdk/client-ecr') },
  wafv2: {
    signing: 'wafv2',
    iam: 'wafv2',
    style: 'rpc',
    namespace: '',
    load: async () => require('@aws-sdk/client-wafv2'),
  },
  'application-autoscaling': {
    signing: 'application-autoscaling',
    iam: 'application-autoscaling',
    style: 'rpc',
    namespace: '',
    load: async () => require('@aws-sdk/client-application-auto-scaling'),
  },
  ssm: { signing: 'ssm', iam: 'ssm', style: 'rpc', namespace: '', load: async () => require('@aws-sdk/client-ssm') },
  kms: { signing: 'kms', iam: 'kms', style: 'rpc', namespace: '', load: async () => require('@aws-sdk/client-kms') },
  lambda: { signing: 'lambda', iam: 'lambda', ...restJson, load: async () => require('@aws-sdk/client-lambda') },
  sns: {
    signing: 'sns',
    iam: 'sns',
    style: 'rpc',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    load: async () => require('@aws-sdk/client-sns'),
  },
  eks: { signing: 'eks', iam: 'eks', ...restJson, load: async () => require('@aws-sdk/client-eks') },
};

const loaded = new Map<ServiceWord, Promise<ServiceModel>>();

/** The service a signature's scope names (`elasticloadbalancing`), as the CLI's word. */
export function serviceOfScope(signing: string): ServiceWord | undefined {
  return serviceWords.find((word) => sources[word].signing === signing);
}

/** The model of a service. Its client is imported once. */
export function loadModel(service: ServiceWord): Promise<ServiceModel> {
  const known = loaded.get(service);
  if (known !== undefined) return known;
  const { iam, style, namespace, load } = sources[service];
  const model = load().then((client) => ({ service, iam, style, namespace, operations: operationsOf(client) }));
  loaded.set(service, model);
  return model;
}

type OperationSchema = readonly [9, string, string, { http?: [string, string, number] } | 0, SchemaRef, SchemaRef];

function operationsOf(client: object): ReadonlyMap<string, OperationModel> {
  const operations = Object.values(client).filter(
    (value): value is OperationSchema => Array.isArray(value) && value[0] === 9,
  );
  return new Map(
    operations.map(([, , name, traits, input, output]) => {
      const http = traits === 0 ? undefined : traits.http;
      const model = { name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) };
      return [name, http === undefined ? model : { ...model, http: [http[0], http[1]] }];
    }),
  );
}

/** The members an operation must be given: a schema's structure keeps how many they are, from the first. */
export function requiredMembers({ input }: OperationModel): readonly string[] {
  const schema = input.getSchema();
  const required = Array.isArray(schema) && typeof schema[6] === 'number' ? schema[6] : 0;
  const names = input.isUnitSchema() ? [] : [...input.structIterator()].map(([name]) => name);
  return names.slice(0, required);
}
