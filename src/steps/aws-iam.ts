// Which IAM action a reading operation needs: mostly its own name, under a prefix that differs from the CLI's word.

const prefixes: Readonly<Record<string, string>> = {
  elbv2: 'elasticloadbalancing',
};

// S3 named its actions after what they guard, not after the operation.
const s3Actions: Readonly<Record<string, string>> = {
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketAnalyticsConfiguration: 'GetAnalyticsConfiguration',
  GetBucketCors: 'GetBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketIntelligentTieringConfiguration: 'GetIntelligentTieringConfiguration',
  GetBucketInventoryConfiguration: 'GetInventoryConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
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

/** The IAM action (`elasticloadbalancing:DescribeTargetHealth`) behind an operation of a CLI service word (`elbv2`). */
export function iamAction(service: string, operation: string): string {
  const action = service === 's3' ? (s3Actions[operation] ?? operation) : operation;
  return `${prefixes[service] ?? service}:${action}`;
}

/** The actions behind operations written as `service:Operation`, in that order and without repeats. */
export function iamActions(operations: readonly string[]): readonly string[] {
  return [
    ...new Set(
      operations.map((name) => {
        const [service = '', operation = ''] = name.split(':');
        return iamAction(service, operation);
      }),
    ),
  ];
}
