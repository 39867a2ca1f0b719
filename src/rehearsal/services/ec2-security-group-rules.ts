// EC2: the rules of security groups one by one, each with an id of its own.

import type {
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { ruleId, securityGroupId } from '../ec2-names.ts';
import { arn } from '../place.ts';
import type { Place } from '../place.ts';
import { answerOf } from './ec2-questions.ts';
import type { Sort } from './ec2-questions.ts';
import type { RuleState } from './ec2-security-groups.ts';

const sort: Sort<SecurityGroupRule> = {
  prefix: 'sgr-',
  idOf: ({ SecurityGroupRuleId }) => SecurityGroupRuleId,
  missing: (id) => ['InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`],
  malformed: 'InvalidSecurityGroupRuleId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'group-id': ({ GroupId }) => [GroupId],
    'security-group-rule-id': ({ SecurityGroupRuleId }) => [SecurityGroupRuleId],
  },
};

export function DescribeSecurityGroupRules(
  input: DescribeSecurityGroupRulesRequest,
  place: Place,
): DescribeSecurityGroupRulesResult {
  const all = Object.entries(place.account.ec2.security_groups).flatMap(([group, { ingress, egress }]) => [
    ...Object.entries(ingress).map(([name, state]) => ruleOf(place, group, 'ingress', name, state)),
    ...Object.entries(egress).map(([name, state]) => ruleOf(place, group, 'egress', name, state)),
  ]);
  const { SecurityGroupRuleIds: ids, Filters: filters, MaxResults: size, NextToken: token } = input;
  const page = answerOf(all, sort, { ids, filters, size, token });
  return { SecurityGroupRules: [...page.items], NextToken: page.next };
}

function ruleOf(
  place: Place,
  group: string,
  direction: 'ingress' | 'egress',
  name: string,
  state: RuleState,
): SecurityGroupRule {
  const id = ruleId(group, direction, name);
  return {
    SecurityGroupRuleId: id,
    SecurityGroupRuleArn: arn(place, 'ec2', `security-group-rule/${id}`),
    GroupId: securityGroupId(group),
    GroupOwnerId: place.account.id,
    IsEgress: direction === 'egress',
    IpProtocol: state.protocol === 'all' ? '-1' : state.protocol,
    // Here, other than in the bundles of a group, a rule for all protocols says -1 for both.
    FromPort: state.protocol === 'all' ? -1 : state.from,
    ToPort: state.protocol === 'all' ? -1 : state.to,
    ...(state.group === undefined
      ? {}
      : { ReferencedGroupInfo: { GroupId: securityGroupId(state.group), UserId: place.account.id } }),
    ...(state.cidr === undefined ? {} : { CidrIpv4: state.cidr }),
    ...(state.cidr6 === undefined ? {} : { CidrIpv6: state.cidr6 }),
    ...(state.prefix_list === undefined ? {} : { PrefixListId: state.prefix_list }),
    ...(state.description === '' ? {} : { Description: state.description }),
    Tags: [],
  };
}
