// Which IAM actions an operation needs: mostly its own name, under a prefix that may differ from the CLI's word.

const prefixes: Readonly<Record<string, string>> = {
  elbv2: 'elasticloadbalancing',
};

// S3 named its actions after what they guard, not after the operation.
const s3Actions: Readonly<Record<string, string>> = {
  CopyObject: 'PutObject',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketAnalyticsConfiguration: 'GetAnalyticsConfiguration',
  GetBucketCors: 'GetBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketIntelligentTieringConfiguration: 'GetIntelligentTieringConfiguration',
  GetBucketInventoryConfiguration: 'GetInventoryConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetBucketMetadataConfiguration: 'GetBucketMetadataTableConfiguration',
  GetBucketMetricsConfiguration: 'GetMetricsConfiguration',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  GetBucketReplication: 'GetReplicationConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListBucketAnalyticsConfigurations: 'GetAnalyticsConfiguration',
  ListBucketIntelligentTieringConfigurations: 'GetIntelligentTieringConfiguration',
  ListBucketInventoryConfigurations: 'GetInventoryConfiguration',
  ListBucketMetricsConfigurations: 'GetMetricsConfiguration',
  ListBuckets: 'ListAllMyBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListParts: 'ListMultipartUploadParts',
};

/** Elsewhere it is only a few that are called otherwise. */
const others: Readonly<Record<string, string>> = {
  's3:ListDirectoryBuckets': 's3express:ListAllMyDirectoryBuckets',
  'ecr:ListImageReferrers': 'ecr:BatchGetImage',
};

/** What an operation needs besides its own action, because the service looks or acts on behalf of whoever asks. */
const besides: Readonly<Record<string, readonly string[]>> = {
  'ecs:RunTask': ['iam:PassRole'],
  'ecs:UpdateService': ['iam:PassRole'],
  // It is tagged with what it came from.
  'rds:RestoreDBInstanceFromDBSnapshot': ['rds:AddTagsToResource'],
  's3:CopyObject': ['s3:GetObject'],
  'wafv2:GetWebACLForResource': ['wafv2:GetWebACL'],
};

/** Budgets has one action for everything about budgets but what they do by themselves. */
const viewsBudgets =
  /^Describe(?:Budgets?|BudgetPerformanceHistory|BudgetNotificationsForAccount|NotificationsForBudget|SubscribersForNotification)$/;

/** The IAM action (`elasticloadbalancing:DescribeTargetHealth`) behind an operation of a CLI service word (`elbv2`). */
export function iamAction(service: string, operation: string): string {
  if (service === 'budgets' && viewsBudgets.test(operation)) return 'budgets:ViewBudget';
  const other = others[`${service}:${operation}`];
  if (other !== undefined) return other;
  const action = service === 's3' ? (s3Actions[operation] ?? operation) : operation;
  return `${prefixes[service] ?? service}:${action}`;
}

/** The actions behind operations written as `service:Operation`, in that order and without repeats. */
export function iamActions(operations: readonly string[]): readonly string[] {
  return [
    ...new Set(
      operations.flatMap((name) => {
        const [service = '', operation = ''] = name.split(':');
        return [iamAction(service, operation), ...(besides[name] ?? [])];
      }),
    ),
  ];
}
