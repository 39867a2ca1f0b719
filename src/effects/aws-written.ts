// Which changes a checklist may write out by itself: any but those that nobody should make on the side of a go-live.

import type { NormalizedSchema } from '@smithy/core/schema';
import { isObject } from '../engine/json.ts';
import type { Json } from '../engine/json.ts';
import { isReading } from './aws-allowed.ts';
import { isSensitive, memberSchemas, schemasOf } from './aws-schema.ts';
import type { SdkModule } from './aws-services.ts';

const access = 'it decides who may do what, and that is not for a checklist';
const gone = 'it deletes what no way back brings again';
const secret = 'its input carries the value of a secret, which would be kept in the log';
const credentials = 'it hands out credentials, keys or a shell';
const content = 'it moves stored content';
const blind = 'it turns off what watches';
const money = 'it buys something for years';

/**
 * By `service:Operation`; the first that fits says why. Services without a client here are named too, so that adding one
 * does not open a hole.
 */
const denied: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(?:acm:ExportCertificate|iam:CreateAccessKey|s3:CreateSession|ec2:CreateKeyPair)$/, credentials],
  [/^(?:sts|sso|cognito-identity):/, credentials],
  [/^(?:ecs:ExecuteCommand|ssm:(?:StartSession|SendCommand)|ec2-instance-connect:\w+)$/, credentials],
  [/^(?:iam|organizations|account|sso-admin|identitystore|ram):/, access],
  [/:\w*(?:Bucket|Resource|Repository|Registry|Key|Destination|Topic)Policy$/, access],
  [/^(?:s3:Put(?:Bucket|Object)Acl|s3:\w+PublicAccessBlock|kms:(?:CreateGrant|RevokeGrant|RetireGrant))$/, access],
  [/^(?:rds|ec2):Modify\w*(?:Snapshot|Image)\w*Attribute$/, access],
  [/^(?:lambda|sns):(?:Add|Remove)(?:LayerVersion)?Permission$/, access],
  [/^eks:(?:\w*Access(?:Entry|Policy)|\w*PodIdentityAssociation|\w*IdentityProviderConfig)$/, access],
  [/^kms:(?:Decrypt|GenerateDataKey\w*|DeriveSharedSecret)$/, credentials],
  [/^ssm:(?:StartAutomationExecution|ResumeSession|CreateActivation|StartAccessRequest)$/, credentials],
  [/^(?:eks:Delete(?:Cluster|Nodegroup)|lambda:Delete(?:Function|LayerVersion)|sns:DeleteTopic)$/, gone],
  [/^kms:(?:ScheduleKeyDeletion|DisableKey|Delete\w+)$/, gone],
  [
    /^(?:s3|s3control|s3tables|glacier|rds|docdb|neptune|dynamodb|elasticache|memorydb|redshift):(?:Batch)?Delete/,
    gone,
  ],
  [
    /^(?:efs|fsx|backup|ecr|ecr-public|secretsmanager|kinesis|es|opensearch|keyspaces|timestream-write):\w*Delete/,
    gone,
  ],
  [/^(?:rds:Backtrack\w+|sqs:(?:DeleteQueue|PurgeQueue)|ssm:Delete\w+|cloudformation:Delete\w+)$/, gone],
  [/^ec2:(?:TerminateInstances|Delete(?:Volume|Snapshot|KeyPair|Vpc|Subnet)|DeregisterImage)$/, gone],
  [/^(?:logs:Delete(?:LogGroup|LogStream)|route53:DeleteHostedZone|acm:DeleteCertificate)$/, gone],
  [/^ecs:Delete(?:Cluster|Service|TaskDefinitions|ExpressGatewayService)$/, gone],
  [/^(?:cloudtrail|config|guardduty|securityhub|access-analyzer):(?:Stop|Delete|Disable|Disassociate)/, blind],
  [/^secretsmanager:(?:CreateSecret|PutSecretValue|UpdateSecret)$/, secret],
  [/^(?:ssm:PutParameter|logs:PutBearerTokenAuthentication)$/, secret],
  [/^dynamodb:(?:\w*(?:Put|Update|Write)\w*Items?|\w*Execute(?:Statement|Transaction))$/, content],
  [/^cloudfront:Delete/, gone],
  [/^(?:rds:DownloadDBLogFilePortion|s3:(?:CopyObject|RenameObject|SelectObjectContent))$/, content],
  [/:(?:Purchase|Accept\w*Quote)/, money],
];

/** Texts that carry a secret though the schemas do not mark them. */
const secretName = /(?:password|passwd|passphrase|authtoken|secretstring|clientsecret|privatekey|userdata)s?$/i;

/** Why a checklist may not write out this change, as the rest of "because ..."; undefined when it may. */
export function writtenRefusal(service: string, operation: string, sdk: SdkModule): string | undefined {
  if (isReading(operation)) return 'it only reads: ask for it with a probe';
  const name = `${service}:${operation}`;
  const reason = denied.find(([pattern]) => pattern.test(name))?.[1];
  if (reason !== undefined) return reason;
  const schemas = schemasOf(sdk, operation);
  const members = schemas === undefined ? [] : [schemas.input, schemas.output].flatMap((of) => membersOf(of));
  return members.some((member) => member.isStreaming()) ? content : undefined;
}

function membersOf(schema: NormalizedSchema): readonly NormalizedSchema[] {
  return Object.values(memberSchemas(schema));
}

/** Whether what stands under this member of an input must stand in no checklist and in no log. */
export function isSecretInput(schema: NormalizedSchema): boolean {
  if (isSensitive(schema)) return true;
  const named = schema.isMemberSchema() && secretName.test(schema.getMemberName());
  const one = schema.isListSchema() ? schema.getValueSchema() : schema;
  return named && (one.isStringSchema() || one.isBlobSchema());
}

/** The path of the first member of an input that carries a secret, such as `MasterUserPassword`; undefined without. */
export function secretInput(schema: NormalizedSchema, value: Json, path = ''): string | undefined {
  if (isSecretInput(schema)) return path;
  if (schema.isListSchema() && Array.isArray(value)) {
    const element = schema.getValueSchema();
    return first((value as readonly Json[]).map((each, at) => secretInput(element, each, `${path}[${at}]`)));
  }
  if (!isObject(value)) return undefined;
  const members = memberSchemas(schema);
  return first(
    Object.entries(value).map(([name, each]) => {
      const member = schema.isMapSchema() ? schema.getValueSchema() : members[name];
      return member === undefined ? undefined : secretInput(member, each, path === '' ? name : `${path}.${name}`);
    }),
  );
}

function first(paths: readonly (string | undefined)[]): string | undefined {
  return paths.find((path) => path !== undefined);
}
