// The AWS services golive speaks to: the CLI's word, the SDK's id, and the client, loaded when first used.

import { createRequire } from 'node:module';

/** A client's module, as far as it is used: commands, the client, and schemas (`DescribeServices$`), by name. */
export type SdkModule = Readonly<Record<string, unknown>>;

interface Service {
  /** Names its endpoint: `AWS_ENDPOINT_URL_ROUTE_53`, `route_53` in a services section. */
  readonly id: string;
  readonly client: string;
  readonly load: () => Promise<SdkModule>;
}

// The clients are CommonJS in files of hundreds of kilobytes. `import()` parses such a file twice more to learn what it
// is and what it exports, which takes as long as running it.
const require = createRequire(import.meta.url) as (name: string) => SdkModule;

const services: Readonly<Record<string, Service>> = {
  ecs: { id: 'ECS', client: 'ECSClient', load: async () => require('@aws-sdk/client-ecs') },
  elbv2: {
    id: 'Elastic Load Balancing v2',
    client: 'ElasticLoadBalancingV2Client',
    load: async () => require('@aws-sdk/client-elastic-load-balancing-v2'),
  },
  route53: { id: 'Route 53', client: 'Route53Client', load: async () => require('@aws-sdk/client-route-53') },
  secretsmanager: {
    id: 'Secrets Manager',
    client: 'SecretsManagerClient',
    load: async () => require('@aws-sdk/client-secrets-manager'),
  },
  rds: { id: 'RDS', client: 'RDSClient', load: async () => require('@aws-sdk/client-rds') },
  sts: { id: 'STS', client: 'STSClient', load: async () => require('@aws-sdk/client-sts') },
  cloudwatch: { id: 'CloudWatch', client: 'CloudWatchClient', load: async () => require('@aws-sdk/client-cloudwatch') },
  logs: {
    id: 'CloudWatch Logs',
    client: 'CloudWatchLogsClient',
    load: async () => require('@aws-sdk/client-cloudwatch-logs'),
  },
  cloudfront: { id: 'CloudFront', client: 'CloudFrontClient', load: async () => require('@aws-sdk/client-cloudfront') },
  dynamodb: { id: 'DynamoDB', client: 'DynamoDBClient', load: async () => require('@aws-sdk/client-dynamodb') },
  s3: { id: 'S3', client: 'S3Client', load: async () => require('@aws-sdk/client-s3') },
  ec2: { id: 'EC2', client: 'EC2Client', load: async () => require('@aws-sdk/client-ec2') },
  acm: { id: 'ACM', client: 'ACMClient', load: async () => require('@aws-sdk/client-acm') },
  iam: { id: 'IAM', client: 'IAMClient', load: async () => require('@aws-sdk/client-iam') },
  budgets: { id: 'Budgets', client: 'BudgetsClient', load: async () => require('@aws-sdk/client-budgets') },
  elasticache: {
    id: 'ElastiCache',
    client: 'ElastiCacheClient',
    load: async () => require('@aws-sdk/client-elasticache'),
  },
  ecr: { id: 'ECR', client: 'ECRClient', load: async () => require('@aws-sdk/client-ecr') },
  wafv2: { id: 'WAFV2', client: 'WAFV2Client', load: async () => require('@aws-sdk/client-wafv2') },
  'application-autoscaling': {
    id: 'Application Auto Scaling',
    client: 'ApplicationAutoScalingClient',
    load: async () => require('@aws-sdk/client-application-auto-scaling'),
  },
  ssm: { id: 'SSM', client: 'SSMClient', load: async () => require('@aws-sdk/client-ssm') },
  kms: { id: 'KMS', client: 'KMSClient', load: async () => require('@aws-sdk/client-kms') },
  lambda: { id: 'Lambda', client: 'LambdaClient', load: async () => require('@aws-sdk/client-lambda') },
  sns: { id: 'SNS', client: 'SNSClient', load: async () => require('@aws-sdk/client-sns') },
  eks: { id: 'EKS', client: 'EKSClient', load: async () => require('@aws-sdk/client-eks') },
};

/** The CLI words of every service there is a client for. */
export const serviceWords: readonly string[] = Object.keys(services);

/** The service behind a word, or undefined. */
export function findService(word: string): Service | undefined {
  return Object.hasOwn(services, word) ? services[word] : undefined;
}
