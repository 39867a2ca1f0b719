// How each service says that a thing is not there; every other error means that golive could not look.

// S3 also answers like this for a setting nobody made ("NoSuchLifecycleConfiguration"): that is a fact about the bucket.
const codes: Readonly<Record<string, RegExp>> = {
  ecs: /^(?:Cluster|Service|ServiceDeployment|ServiceRevision|TaskSet|Resource|Target|Daemon|Gateway)NotFound(?:Exception)?$/,
  elbv2:
    /^(?:LoadBalancer|TargetGroup|Listener|Rule|TrustStore|RevocationId|SSLPolicy|Resource)NotFound(?:Exception)?$/,
  route53: /^NoSuch[A-Z]\w*$/,
  cloudfront: /^(?:NoSuch[A-Z]\w*|EntityNotFound)$/,
  dynamodb: /^(?:Resource|Table|Backup|Export|Import|GlobalTable|Policy)NotFoundException$/,
  secretsmanager: /^ResourceNotFoundException$/,
  elasticache: /^[A-Z]\w*NotFound(?:Fault)?$/,
  wafv2: /^WAFNonexistentItemException$/,
  budgets: /^NotFoundException$/,
  'application-autoscaling': /^(?:Object|Resource)NotFoundException$/,
  rds: /^[A-Z]\w*NotFound(?:Fault|Exception)?$/,
  cloudwatch: /^(?:ResourceNotFound(?:Exception)?|DashboardNotFoundError)$/,
  logs: /^ResourceNotFoundException$/,
  ssm: /^(?:Parameter(?:Version)?NotFound|DoesNotExistException|ResourceNotFoundException|OpsItemNotFoundException|OpsMetadataNotFoundException|AssociationDoesNotExist)$/,
  kms: /^NotFoundException$/,
  lambda: /^(?:ResourceNotFoundException|ProvisionedConcurrencyConfigNotFoundException)$/,
  sns: /^(?:NotFound|ResourceNotFound)(?:Exception)?$/,
  eks: /^(?:Resource)?NotFoundException$/,
  // Not `Malformed`, and not InvalidServiceName: those are mistakes in the question.
  ec2: /^(?:(?:Client\.)?Invalid[A-Za-z0-9]+\.(?:Version)?NotFound(?:Exception)?|NatGatewayNotFound)$/,
  acm: /^ResourceNotFoundException$/,
  iam: /^NoSuchEntity(?:Exception)?$/,
  ecr: /^(?:Repository|Image|Scan|LifecyclePolicy|LifecyclePolicyPreview|RepositoryPolicy|RegistryPolicy|PullThroughCacheRule|Template|SigningConfiguration)NotFoundException$/,
  s3: /^(?:NotFound|NoSuch[A-Z]\w*|(?:ServerSideEncryption|Replication|ObjectLock)ConfigurationNotFoundError|OwnershipControlsNotFoundError)$/,
};

/** True when this error code of an operation says "not there". */
export function saysMissing(service: string, operation: string, code: string, message: string): boolean {
  if (codes[service]?.test(code) === true) return true;
  // ECS has no code of its own for a task definition that is not there.
  return (
    operation === 'DescribeTaskDefinition' &&
    code === 'ClientException' &&
    message.startsWith('Unable to describe task definition')
  );
}
