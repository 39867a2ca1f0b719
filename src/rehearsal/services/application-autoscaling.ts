// Application Auto Scaling: between which counts ECS services are scaled, and by which metrics.

import type {
  DescribeScalableTargetsRequest,
  DescribeScalableTargetsResponse,
  DescribeScalingPoliciesRequest,
  DescribeScalingPoliciesResponse,
  MetricType,
  ScalableDimension,
  ScalableTarget,
  ScalingPolicy,
  ServiceNamespace,
} from '@aws-sdk/client-application-auto-scaling';
import type { AccountState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { arn, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const applicationAutoscaling = { DescribeScalableTargets, DescribeScalingPolicies };

type TargetState = AccountState['autoscaling']['targets'][string];

const dimension = 'ecs:service:DesiredCount';
const badToken = 'InvalidNextTokenException';
const role =
  'aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService';

interface Asked {
  readonly ServiceNamespace: ServiceNamespace | undefined;
  readonly ScalableDimension?: ScalableDimension | undefined;
  readonly MaxResults?: number | undefined;
}

/** Resources nobody registered are left out without a word. */
function targetsOf(
  input: Asked,
  resources: readonly string[] | undefined,
  place: Place,
): readonly (readonly [string, TargetState])[] {
  const { ServiceNamespace: namespace, ScalableDimension: asked } = input;
  if (namespace === undefined) refuse('ValidationException', 'serviceNamespace is required');
  if (asked !== undefined && resources === undefined)
    refuse('ValidationException', 'Scalable dimension cannot be specified without a resource ID');
  if (asked !== undefined && !asked.startsWith(`${namespace}:`))
    refuse('ValidationException', `Unsupported service namespace, resource type or scalable dimension: ${asked}`);
  if (namespace !== 'ecs' || (asked !== undefined && asked !== dimension)) return [];
  return Object.entries(place.account.autoscaling.targets).filter(([name]) => resources?.includes(name) ?? true);
}

function sizeOf(size = 50): number {
  if (size < 1 || size > 50) refuse('ValidationException', `MaxResults must be between 1 and 50, got ${size}`);
  return size;
}

function DescribeScalableTargets(input: DescribeScalableTargetsRequest, place: Place): DescribeScalableTargetsResponse {
  const { NextToken: token, MaxResults: size, ...asked } = input;
  const page = pageOf(targetsOf(input, input.ResourceIds, place), {
    token,
    size: sizeOf(size),
    question: `scalable targets ${JSON.stringify(asked)}`,
    code: badToken,
  });
  return { ScalableTargets: page.items.map(([name, state]) => target(place, name, state)), NextToken: page.next };
}

function target(place: Place, name: string, state: TargetState): ScalableTarget {
  return {
    ServiceNamespace: 'ecs',
    ResourceId: name,
    ScalableDimension: dimension,
    MinCapacity: state.min,
    MaxCapacity: state.max,
    RoleARN: `arn:aws:iam::${place.account.id}:role/${role}`,
    CreationTime: new Date(place.world.start),
    SuspendedState: {
      DynamicScalingInSuspended: state.suspended,
      DynamicScalingOutSuspended: state.suspended,
      ScheduledScalingSuspended: state.suspended,
    },
    ScalableTargetARN: arn(place, 'application-autoscaling', `scalable-target/${idOf(name, 12)}`),
  };
}

function DescribeScalingPolicies(input: DescribeScalingPoliciesRequest, place: Place): DescribeScalingPoliciesResponse {
  const { NextToken: token, MaxResults: size, PolicyNames: names, ...asked } = input;
  const resources = input.ResourceId === undefined ? undefined : [input.ResourceId];
  const policies = targetsOf(input, resources, place)
    .flatMap(([name, state]) => policiesOf(place, name, state))
    .filter(({ PolicyName: name = '' }) => names?.includes(name) ?? true);
  const page = pageOf(policies, {
    token,
    size: sizeOf(size),
    question: `scaling policies ${JSON.stringify([asked, names])}`,
    code: badToken,
  });
  return { ScalingPolicies: [...page.items], NextToken: page.next };
}

function policiesOf(place: Place, resource: string, state: TargetState): readonly ScalingPolicy[] {
  return Object.entries(state.policies).map(([name, { metric, target: value }]) => ({
    PolicyARN: arn(
      place,
      'autoscaling',
      `scalingPolicy:${idOf(`${resource} ${name}`, 32)}:resource/ecs/${resource}:policyName/${name}`,
    ),
    PolicyName: name,
    ServiceNamespace: 'ecs',
    ResourceId: resource,
    ScalableDimension: dimension,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: value,
      ...metricSpecification(metric),
    },
    CreationTime: new Date(place.world.start),
  }));
}

/** Metrics that AWS defines for ECS; any other is somebody's own. */
const predefined: readonly MetricType[] = [
  'ECSServiceAverageCPUUtilization',
  'ECSServiceAverageMemoryUtilization',
  'ALBRequestCountPerTarget',
];

function metricSpecification(metric: string): object {
  const type = predefined.find((each) => each === metric);
  return type === undefined
    ? { CustomizedMetricSpecification: { MetricName: metric } }
    : { PredefinedMetricSpecification: { PredefinedMetricType: type } };
}
