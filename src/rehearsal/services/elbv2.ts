// Elastic Load Balancing: balancers, their listeners and rules, target groups and the health of targets.

import type {
  AvailabilityZone,
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  DescribeRulesInput,
  DescribeRulesOutput,
  LoadBalancer,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ListenerAction, LoadBalancerState } from '../account.ts';
import { balancerDnsName, balancerZone } from '../balancer.ts';
import { securityGroupId, subnetId, vpcIdOf } from '../ec2-names.ts';
import { pageOf } from '../pages.ts';
import { held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { action, DescribeListeners, listenerArn, listenerByArn, listenersOf } from './elbv2-listeners.ts';
import type { Found } from './elbv2-listeners.ts';
import { ModifyListener } from './elbv2-modify.ts';
import { badToken, balancerArn, balancerByArn, balancers, pageSize } from './elbv2-names.ts';
import { DescribeTargetGroupAttributes, DescribeTargetGroups, DescribeTargetHealth } from './elbv2-targets.ts';

export const elbv2 = {
  DescribeLoadBalancers,
  DescribeLoadBalancerAttributes,
  DescribeListeners,
  ModifyListener,
  DescribeRules,
  DescribeTargetGroups,
  DescribeTargetGroupAttributes,
  DescribeTargetHealth,
};

function DescribeLoadBalancers(input: DescribeLoadBalancersInput, place: Place): DescribeLoadBalancersOutput {
  const { Names: names, LoadBalancerArns: arns } = input;
  if (names !== undefined && arns !== undefined) {
    refuse('ValidationError', 'Load balancer names and load balancer ARNs cannot be specified at the same time');
  }
  const missing = names?.filter((name) => !balancers(place).some(([known]) => known === name)) ?? [];
  if (missing.length > 0) refuse('LoadBalancerNotFound', `Load balancers '[${missing.join(', ')}]' not found`);
  const wanted =
    arns?.map((each) => balancerByArn(place, each)) ??
    balancers(place).filter(([name]) => names?.includes(name) ?? true);
  const page = pageOf(wanted, {
    token: input.Marker,
    size: input.PageSize ?? pageSize,
    question: 'load balancers',
    code: badToken,
  });
  return { LoadBalancers: page.items.map(([name, state]) => balancer(place, name, state)), NextMarker: page.next };
}

function balancer(place: Place, name: string, state: LoadBalancerState): LoadBalancer {
  return {
    LoadBalancerArn: balancerArn(place, name),
    DNSName: balancerDnsName(name, state, place.region),
    CanonicalHostedZoneId: balancerZone,
    CreatedTime: new Date(state.created),
    LoadBalancerName: name,
    Scheme: state.scheme,
    VpcId: vpcIdOf(place.account.ec2, state.subnets),
    State: { Code: state.state },
    Type: 'application',
    AvailabilityZones: zonesOf(place, state),
    SecurityGroups:
      state.security_groups.length === 0 ? [`sg-${idOf(name, 17)}`] : state.security_groups.map(securityGroupId),
    IpAddressType: 'ipv4',
  };
}

/** Where the state names no subnets, two zones are made up. */
function zonesOf(place: Place, state: LoadBalancerState): AvailabilityZone[] {
  if (state.subnets.length === 0) {
    return ['a', 'b'].map((zone) => ({ ZoneName: place.region + zone, SubnetId: `subnet-${idOf(zone, 17)}` }));
  }
  return state.subnets.map((name) => {
    const zone = held(place.account.ec2.subnets, name)?.zone;
    return { ...(zone === undefined ? {} : { ZoneName: place.region + zone }), SubnetId: subnetId(name) };
  });
}

function DescribeLoadBalancerAttributes(
  input: DescribeLoadBalancerAttributesInput,
  place: Place,
): DescribeLoadBalancerAttributesOutput {
  const [, { attributes }] = balancerByArn(place, input.LoadBalancerArn);
  return { Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })) };
}

function DescribeRules(input: DescribeRulesInput, place: Place): DescribeRulesOutput {
  const { ListenerArn: of, RuleArns: arns } = input;
  if ((of === undefined) === (arns === undefined)) {
    refuse('ValidationError', 'You must specify either a listener or one or more rules');
  }
  const all = balancers(place).flatMap(([name, state]) =>
    listenersOf(name, state).flatMap((each) => rules(place, each)),
  );
  const byArn = (named: string): Rule => {
    return all.find((rule) => rule.RuleArn === named) ?? refuse('RuleNotFound', `Rule '${named}' not found`);
  };
  const found = arns?.map(byArn) ?? rules(place, listenerByArn(place, of ?? ''));
  const page = pageOf(found, {
    token: input.Marker,
    size: input.PageSize ?? pageSize,
    question: `rules ${of ?? ''}`,
    code: badToken,
  });
  return { Rules: [...page.items], NextMarker: page.next };
}

/** By priority, the default last. */
function rules(place: Place, found: Found): readonly Rule[] {
  const parent = listenerArn(place, found).replace(':listener/', ':listener-rule/');
  const rule = (priority: string, paths: readonly string[], state: ListenerAction): Rule => ({
    RuleArn: `${parent}/${idOf(`${found.balancer}:${found.port}:${priority}`, 16)}`,
    Priority: priority,
    Conditions:
      paths.length === 0
        ? []
        : [{ Field: 'path-pattern', Values: [...paths], PathPatternConfig: { Values: [...paths] } }],
    Actions: [action(place, state)],
    IsDefault: priority === 'default',
  });
  const ordered = Object.entries(found.state.rules).toSorted(([a], [b]) => Number(a) - Number(b));
  return [
    ...ordered.map(([priority, state]) => rule(priority, state.paths, state.action)),
    rule('default', [], found.state.default),
  ];
}
