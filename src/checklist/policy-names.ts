// How what a checklist writes names the things of AWS: which field of an input or of a kind's arguments holds which part
// of an ARN. What is not known before a run stays open.

import type { Json, JsonObject } from '../engine/json.ts';

/** By resource type of the IAM data, then by variable of its ARN: the fields that may hold it, the likeliest first. */
const fieldsOf: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'acm:certificate': { CertificateId: ['CertificateArn'] },
  'budgets:budget': { BudgetName: ['BudgetName'] },
  'cloudwatch:dashboard': { DashboardName: ['DashboardName'] },
  'ecr:repository': { RepositoryName: ['repositoryName', 'repository', 'repositoryNames'] },
  'ecs:cluster': { ClusterName: ['cluster', 'clusters'] },
  'ecs:container-instance': { ClusterName: ['cluster'] },
  'ecs:service': { ClusterName: ['cluster'], ServiceName: ['service', 'services', 'serviceName'] },
  'ecs:service-deployment': { ClusterName: ['cluster'], ServiceName: ['service'] },
  'ecs:task': { ClusterName: ['cluster'] },
  'ecs:task-definition': {
    TaskDefinitionFamilyName: ['taskDefinition', 'task_definition'],
    TaskDefinitionRevisionNumber: ['taskDefinition', 'task_definition'],
  },
  'eks:addon': { ClusterName: ['clusterName'], AddonName: ['addonName'] },
  'eks:cluster': { ClusterName: ['name', 'clusterName'] },
  'eks:nodegroup': { ClusterName: ['clusterName'], NodegroupName: ['nodegroupName'] },
  'elasticache:cluster': { CacheClusterId: ['CacheClusterId'] },
  'elasticache:replicationgroup': { ReplicationGroupId: ['ReplicationGroupId'] },
  'elasticache:subnetgroup': { CacheSubnetGroupName: ['CacheSubnetGroupName'] },
  'elasticloadbalancing:listener/app': { LoadBalancerName: ['ListenerArn'] },
  'elasticloadbalancing:listener/net': { LoadBalancerName: ['ListenerArn'] },
  'elasticloadbalancing:listener/gwy': { LoadBalancerName: ['ListenerArn'] },
  'iam:role': { RoleNameWithPath: ['RoleName', 'PolicySourceArn', 'principal'] },
  'iam:user': { UserNameWithPath: ['UserName', 'PolicySourceArn', 'principal'] },
  'iam:policy': { PolicyNameWithPath: ['PolicyArn'] },
  'kms:key': { KeyId: ['KeyId'] },
  'lambda:function': { FunctionName: ['FunctionName'] },
  'logs:log-group': { LogGroupName: ['logGroupName', 'group'] },
  'logs:log-stream': { LogGroupName: ['logGroupName', 'group'], LogStreamName: ['logStreamName'] },
  'rds:db': { DbInstanceName: ['DBInstanceIdentifier', 'instance'] },
  'rds:snapshot': { SnapshotName: ['DBSnapshotIdentifier', 'snapshot'] },
  'rds:subgrp': { SubnetGroupName: ['DBSubnetGroupName', 'subnet_group'] },
  'route53:hostedzone': { Id: ['HostedZoneId', 'zone'] },
  's3:bucket': { BucketName: ['Bucket'] },
  's3:object': { BucketName: ['Bucket'], ObjectName: ['Key'] },
  'secretsmanager:Secret': { SecretId: ['SecretId'] },
  'sns:topic': { TopicName: ['TopicArn'] },
  'ssm:parameter': { ParameterNameWithoutLeadingSlash: ['Names', 'Name'] },
  'wafv2:webacl': { Scope: ['Scope'] },
};

/** What is written, as it stands in an ARN: a family has revisions, a role may have a path, a secret a random end. */
const spelt: Readonly<Record<string, (name: string) => readonly string[]>> = {
  ClusterName: (name) => [lastPart(name)],
  Id: (name) => (/^(?:\/?hostedzone\/)?Z[A-Z0-9]{4,31}$/.test(name) ? [lastPart(name)] : ['*']),
  // A key by its alias: which key that is, IAM does not say.
  KeyId: (name) => [name.startsWith('alias/') ? '*' : name],
  // A function is also named with its account and its version, a parameter with its version or label.
  FunctionName: (name) => [name.split(':').length > 2 ? '*' : (name.split(':', 1)[0] ?? '*')],
  ParameterNameWithoutLeadingSlash: (name) => [name.replace(/^\//, '').split(':', 1)[0] ?? '*'],
  RoleNameWithPath: (name) => [name, `*/${name}`],
  Scope: (name) => [name === 'CLOUDFRONT' ? 'global' : 'regional'],
  SecretId: (name) => [`${name}-??????`],
  TaskDefinitionFamilyName: (name) => [name.split(':', 1)[0] ?? '*'],
  TaskDefinitionRevisionNumber: (name) => [name.split(':')[1] ?? '*'],
};

/** What stands there where nothing is said. */
const unsaid: Readonly<Record<string, string>> = { Scope: 'regional' };

/**
 * The ARNs of a resource type that `fields` name, with `*` for what they leave open. None when they name a thing of
 * another type; `known`: whether they name anything at all. `arn`: the template of the data, its partition, region and
 * account filled in.
 */
export function arnsOf(
  type: string,
  arn: string,
  fields: JsonObject,
): { readonly arns: readonly string[]; readonly known: boolean } {
  const places = Object.hasOwn(fieldsOf, type) ? (fieldsOf[type] ?? {}) : {};
  let arns: readonly string[] = [arn];
  let known = false;
  for (const [, variable = ''] of arn.matchAll(/\$\{(\w+)\}/g)) {
    const written = namesIn(fields, places[variable] ?? []);
    // An ARN says all there is to say of a thing; of a cluster, only where the thing is.
    const whole = written.filter((name) => name.startsWith('arn:') && variable !== 'ClusterName');
    if (whole.length > 0) return { arns: whole.filter((name) => isOf(name, arn)), known: true };
    const names = written.flatMap((name) => spelt[variable]?.(name) ?? [name]);
    known ||= names.length > 0;
    const values = names.length === 0 ? [unsaid[variable] ?? '*'] : names;
    arns = arns.flatMap((one) => values.map((value) => one.replace(`\${${variable}}`, value)));
  }
  return { arns, known };
}

/** Names in the first of these fields that has any; what a look-up still stands for is `*`. */
function namesIn(fields: JsonObject, places: readonly string[]): readonly string[] {
  for (const place of places) {
    const value: Json = fields[place] ?? null;
    const all = Array.isArray(value) ? (value as readonly Json[]) : [value];
    const names = all.filter((name) => typeof name === 'string').filter((name) => name !== '');
    if (names.length > 0) return names.map((name) => name.replaceAll(/\$\{[^}]*\}/g, '*'));
  }
  return [];
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Whether an ARN can be one of this type: `arn:aws:iam::1:user/a` is no role. */
function isOf(name: string, arn: string): boolean {
  const [, , service, , , ...resource] = arn.split(':');
  const [, , itsService, , , ...itsResource] = name.split(':');
  const fixed = resource.join(':').split('${', 1)[0] ?? '';
  return service === itsService && itsResource.join(':').startsWith(fixed);
}
