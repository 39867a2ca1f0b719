// Which operations golive may make at all: reading ones by their verb, minus those that hand out what must not be read.

import { isObject } from '../engine/json.ts';
import type { JsonObject } from '../engine/json.ts';
import { redacted } from '../engine/redacted.ts';
import { memberSchemas, schemasOf } from './aws-schema.ts';
import type { SdkModule } from './aws-services.ts';

const reading = /^(?:(?:Describe|List|Get|BatchGet|Head|Simulate|Filter)[A-Z]\w*|TestDNSAnswer|StartQuery)$/;

const secret = 'it returns the values of secrets';
const token = 'it hands out credentials or tokens';
const content = 'it returns stored content, not its description';
const link = 'it returns a link to the content';

/** By `service:Operation`. Services without a client here are named too, so that adding one does not open a hole. */
const denied: Readonly<Record<string, string>> = {
  'cognito-identity:GetCredentialsForIdentity': token,
  'cognito-identity:GetOpenIdToken': token,
  'cognito-identity:GetOpenIdTokenForDeveloperIdentity': token,
  'codeartifact:GetAuthorizationToken': token,
  'cloudfront:GetFunction': content,
  'dynamodb:BatchGetItem': content,
  'dynamodb:GetItem': content,
  'ec2:DescribeInstanceAttribute': 'it returns user data, which often carries secrets',
  'ec2:DescribeLaunchTemplateVersions': 'it returns user data, which often carries secrets',
  'ec2:DescribeSpotFleetRequests': 'it returns user data, which often carries secrets',
  'ec2:DescribeSpotInstanceRequests': 'it returns user data, which often carries secrets',
  'ec2:GetConsoleOutput': content,
  'ec2:GetConsoleScreenshot': content,
  'ec2:GetInstanceUefiData': content,
  'ec2:GetLaunchTemplateData': 'it returns user data, which often carries secrets',
  'ec2:GetPasswordData': secret,
  'ec2:GetVpnConnectionDeviceSampleConfiguration': 'it returns the keys of the tunnels',
  'ecr:GetAuthorizationToken': token,
  'ecr-public:GetAuthorizationToken': token,
  'ecr:GetDownloadUrlForLayer': link,
  'elasticache:DescribeEngineDefaultParameters': 'its pages cannot be read to the end; ask for DescribeCacheParameters',
  'elbv2:GetTrustStoreCaCertificatesBundle': link,
  'elbv2:GetTrustStoreRevocationContent': link,
  'kms:GetParametersForImport': token,
  'lambda:GetDurableExecution': content,
  'lambda:GetDurableExecutionHistory': content,
  'lambda:GetDurableExecutionState': content,
  'lambda:GetLayerVersion': link,
  'lambda:GetLayerVersionByArn': link,
  'logs:GetLookupTable': content,
  'rds:DescribeEngineDefaultClusterParameters':
    'its pages cannot be read to the end; ask for DescribeDBClusterParameters',
  'rds:DescribeEngineDefaultParameters': 'its pages cannot be read to the end; ask for DescribeDBParameters',
  'redshift:GetClusterCredentials': token,
  'redshift:GetClusterCredentialsWithIAM': token,
  's3:GetObject': content,
  's3:GetObjectAnnotation': content,
  's3:GetObjectTorrent': content,
  'secretsmanager:BatchGetSecretValue': secret,
  'secretsmanager:GetRandomPassword': secret,
  'secretsmanager:GetSecretValue': secret,
  'sns:GetEndpointAttributes': 'it returns the tokens of devices',
  'sns:ListEndpointsByPlatformApplication': 'it returns the tokens of devices',
  'ssm:DescribeAutomationExecutions': content,
  'ssm:DescribeAutomationStepExecutions': content,
  'ssm:GetAccessToken': token,
  'ssm:GetAutomationExecution': content,
  'ssm:GetCommandInvocation': content,
  'ssm:GetDeployablePatchSnapshotForInstance': link,
  'ssm:GetDocument': content,
  'ssm:ListCommandInvocations': content,
  'sso:GetRoleCredentials': token,
  'sts:GetDelegatedAccessToken': token,
  'sts:GetFederationToken': token,
  'sts:GetSessionToken': token,
  'sts:GetWebIdentityToken': token,
};

/** A kind that follows the link itself, and keeps nothing of it, may ask for these. */
const followed = new Set(['ecr:GetDownloadUrlForLayer']);

/**
 * Why golive does not make this operation, as the rest of "because ..."; undefined when it does. `follows`: whoever
 * asks goes where the answer leads and keeps no link.
 */
export function refusalOf(service: string, operation: string, sdk: SdkModule, follows = false): string | undefined {
  if (!reading.test(operation)) return 'it is not a reading operation';
  const name = `${service}:${operation}`;
  const reason = follows && followed.has(name) ? undefined : denied[name];
  if (reason !== undefined) return reason;
  const schemas = schemasOf(sdk, operation);
  const streams =
    schemas !== undefined && Object.values(memberSchemas(schemas.output)).some((member) => member.isStreaming());
  return streams ? content : undefined;
}

/** Members of an answer that nobody is to see, though the schemas do not mark them: the path of each. */
const withheld: Readonly<Record<string, readonly string[]>> = {
  'eks:DescribeCluster': ['cluster', 'connectorConfig', 'activationCode'],
  'lambda:GetFunction': ['Code', 'Location'],
};

/** The answer with `(redacted)` in place of a link to content or a code that this operation would hand out. */
export function withoutWithheld(service: string, operation: string, output: JsonObject): JsonObject {
  const path = withheld[`${service}:${operation}`];
  return path === undefined ? output : hide(output, path);
}

function hide(value: JsonObject, [name = '', ...rest]: readonly string[]): JsonObject {
  const inner = value[name];
  if (inner === undefined) return value;
  if (rest.length === 0) return { ...value, [name]: redacted };
  return isObject(inner) ? { ...value, [name]: hide(inner, rest) } : value;
}

/** Why golive does not ask this of an operation that it makes otherwise, as the rest of "because ...". */
export function inputRefusal(service: string, operation: string, input: JsonObject): string | undefined {
  if (service === 'ssm' && input['WithDecryption'] === true) return secret;
  if (service !== 'logs') return undefined;
  if (input['unmask'] === true) return 'unmask shows what the log group hides';
  if (operation === 'GetLogEvents' && input['startFromHead'] !== true)
    return 'without startFromHead: true it gives the newest events only, and no page tells that there are others';
  return undefined;
}

/** True for a name that reads, refused or not. */
export function isReading(operation: string): boolean {
  return reading.test(operation);
}
