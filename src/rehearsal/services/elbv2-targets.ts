// Elastic Load Balancing: target groups and the health of what is registered in them.

import type {
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetDescription,
  TargetGroup,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroupState } from '../account.ts';
import { vpcIdOf } from '../ec2-names.ts';
import { balancersOf, targetsOf } from '../fleet.ts';
import type { Target } from '../fleet.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

function groups(place: Place): readonly (readonly [name: string, state: TargetGroupState])[] {
  return Object.entries(place.account.elbv2.target_groups);
}

/** `arn:…:targetgroup/NAME/ID`, whether or not there is such a group: listeners keep pointing at one that is gone. */
export function groupArn(place: Place, name: string): string {
  return arn(place, 'elasticloadbalancing', `targetgroup/${name}/${idOf(name, 16)}`);
}

/** The group with this ARN. Throws a refusal when there is none. */
export function groupByArn(place: Place, named: string | undefined): readonly [string, TargetGroupState] {
  const found = groups(place).find(([name]) => groupArn(place, name) === named);
  return found ?? refuse('TargetGroupNotFound', `Target groups '${named ?? ''}' not found`);
}

export function DescribeTargetGroups(input: DescribeTargetGroupsInput, place: Place): DescribeTargetGroupsOutput {
  const { Names: names, TargetGroupArns: arns, LoadBalancerArn: balancer } = input;
  if ([names, arns, balancer].filter((each) => each !== undefined).length > 1) {
    refuse(
      'ValidationError',
      'Target group names, target group ARNs and a load balancer ARN cannot be specified together',
    );
  }
  const missing = names?.filter((name) => !groups(place).some(([known]) => known === name)) ?? [];
  if (missing.length > 0) refuse('TargetGroupNotFound', 'One or more target groups not found');
  const wanted =
    arns?.map((each) => groupByArn(place, each)) ?? groups(place).filter(([name]) => names?.includes(name) ?? true);
  const described = wanted
    .map(([name, state]) => group(place, name, state))
    .filter((each) => balancer === undefined || each.LoadBalancerArns?.includes(balancer));
  const page = pageOf(described, {
    token: input.Marker,
    size: input.PageSize ?? 400,
    question: 'target groups',
    code: 'ValidationError',
  });
  return { TargetGroups: [...page.items], NextMarker: page.next };
}

function group(place: Place, name: string, state: TargetGroupState): TargetGroup {
  const balancers = balancersOf(place.world, name).map((balancer) =>
    arn(place, 'elasticloadbalancing', `loadbalancer/app/${balancer}/${idOf(balancer, 16)}`),
  );
  return {
    TargetGroupArn: groupArn(place, name),
    TargetGroupName: name,
    Protocol: state.protocol,
    ProtocolVersion: 'HTTP1',
    Port: state.port,
    VpcId: vpcIdOf(place.account.ec2, subnetsOf(place, name)),
    TargetType: state.type,
    IpAddressType: 'ipv4',
    LoadBalancerArns: balancers,
    HealthCheckEnabled: true,
    HealthCheckProtocol: state.protocol,
    HealthCheckPort: 'traffic-port',
    HealthCheckPath: state.health_path,
    HealthCheckIntervalSeconds: 30,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
    Matcher: { HttpCode: '200' },
  };
}

/** Of the balancers that lead to a group and of the services that register in it. */
function subnetsOf({ world }: Place, targetGroup: string): readonly string[] {
  const { elbv2, ecs } = world.account;
  const before = balancersOf(world, targetGroup).flatMap((name) => held(elbv2.load_balancers, name)?.subnets ?? []);
  const behind = Object.values(ecs.clusters).flatMap(({ services }) =>
    Object.values(services).flatMap((service) => (service.target_group === targetGroup ? service.subnets : [])),
  );
  return [...before, ...behind];
}

export function DescribeTargetGroupAttributes(
  input: DescribeTargetGroupAttributesInput,
  place: Place,
): DescribeTargetGroupAttributesOutput {
  groupByArn(place, input.TargetGroupArn);
  const attributes = {
    'deregistration_delay.timeout_seconds': '300',
    'stickiness.enabled': 'false',
    'slow_start.duration_seconds': '0',
  };
  return { Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })) };
}

/** Asked about targets that are not registered, AWS answers `unused` for each, and so does this. */
export function DescribeTargetHealth(input: DescribeTargetHealthInput, place: Place): DescribeTargetHealthOutput {
  const [name, state] = groupByArn(place, input.TargetGroupArn);
  const targets = targetsOf(place.world, name, state, place.now);
  const asked = input.Targets?.map((wanted) => {
    const found = targets.find(({ address, port }) => address === wanted.Id && (wanted.Port ?? port) === port);
    return found === undefined ? unregistered(wanted) : health(found);
  });
  return { TargetHealthDescriptions: asked ?? targets.map(health) };
}

function health(target: Target): TargetHealthDescription {
  return {
    Target: { Id: target.address, Port: target.port, AvailabilityZone: target.zone },
    HealthCheckPort: String(target.port),
    TargetHealth: {
      State: target.state,
      ...(target.reason === undefined ? {} : { Reason: target.reason }),
      ...(target.description === undefined ? {} : { Description: target.description }),
    },
  };
}

function unregistered(target: TargetDescription): TargetHealthDescription {
  const description = 'Target is not registered to the target group';
  return {
    Target: target,
    TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered', Description: description },
  };
}
