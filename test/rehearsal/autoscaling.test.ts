// Application Auto Scaling: targets and policies of ECS services, asked through the SDK's own client.

import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { clientConfig, givenStandIn } from './given.ts';

const web = 'service/shop/web';
const targets: JsonObject = {
  [web]: {
    min: 2,
    max: 6,
    policies: {
      cpu: { metric: 'ECSServiceAverageCPUUtilization', target: 60 },
      queue: { metric: 'Backlog', target: 100 },
    },
  },
  'service/shop/worker': { min: 1, max: 3, suspended: true, policies: {} },
};

async function given(region = 'us-east-1'): Promise<ApplicationAutoScalingClient> {
  const { awsUrl } = await givenStandIn({ account: { autoscaling: { targets } } });
  return new ApplicationAutoScalingClient(clientConfig(awsUrl, region));
}

const ecs = { ServiceNamespace: 'ecs' as const };
const dimension = 'ecs:service:DesiredCount' as const;

test('a target says its limits and whether scaling is suspended', async () => {
  const client = await given();
  const asked = { ...ecs, ResourceIds: [web, 'service/shop/worker'], ScalableDimension: dimension };
  const { ScalableTargets: found } = await client.send(new DescribeScalableTargetsCommand(asked));
  const suspended = (is: boolean) => ({
    DynamicScalingInSuspended: is,
    DynamicScalingOutSuspended: is,
    ScheduledScalingSuspended: is,
  });
  expect(found).toMatchObject([
    { ResourceId: web, ScalableDimension: dimension, MinCapacity: 2, MaxCapacity: 6, SuspendedState: suspended(false) },
    { ResourceId: 'service/shop/worker', MinCapacity: 1, MaxCapacity: 3, SuspendedState: suspended(true) },
  ]);
});

test('a policy keeps a metric of AWS, or one of somebody else, near a target', async () => {
  const client = await given();
  const { ScalingPolicies: found } = await client.send(new DescribeScalingPoliciesCommand({ ...ecs, ResourceId: web }));
  expect(found).toMatchObject([
    {
      PolicyName: 'cpu',
      PolicyType: 'TargetTrackingScaling',
      ResourceId: web,
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    },
    {
      PolicyName: 'queue',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 100,
        CustomizedMetricSpecification: { MetricName: 'Backlog' },
      },
    },
  ]);
});

test('resources nobody registered are left out without a word, like those of another region or service', async () => {
  const client = await given();
  const asked = { ...ecs, ResourceIds: ['service/shop/none', 'toString'] };
  expect((await client.send(new DescribeScalableTargetsCommand(asked))).ScalableTargets).toEqual([]);
  const other = { ServiceNamespace: 'dynamodb' as const };
  expect((await client.send(new DescribeScalableTargetsCommand(other))).ScalableTargets).toEqual([]);
  const elsewhere = await given('eu-west-1');
  expect((await elsewhere.send(new DescribeScalableTargetsCommand(ecs))).ScalableTargets).toEqual([]);
});

test('a dimension without a resource, a page too large and a token of another question are refused', async () => {
  const client = await given();
  const first = await client.send(new DescribeScalableTargetsCommand({ ...ecs, MaxResults: 1 }));
  expect(first.ScalableTargets).toHaveLength(1);
  const refused = (name: string, command: DescribeScalableTargetsCommand | DescribeScalingPoliciesCommand) => {
    const sent = command instanceof DescribeScalableTargetsCommand ? client.send(command) : client.send(command);
    return expect(sent).rejects.toMatchObject({ name });
  };
  const validation = 'ValidationException';
  await refused(validation, new DescribeScalableTargetsCommand({ ...ecs, ScalableDimension: dimension }));
  await refused(validation, new DescribeScalingPoliciesCommand({ ...ecs, MaxResults: 51 }));
  await refused(
    'InvalidNextTokenException',
    new DescribeScalingPoliciesCommand({ ...ecs, NextToken: first.NextToken }),
  );
});
