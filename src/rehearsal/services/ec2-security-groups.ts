// EC2: security groups, with their rules as AWS bundles them here: by protocol and ports.

import type {
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  IpPermission,
  SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Ec2State } from '../account-network.ts';
import { securityGroupId, vpcId } from '../ec2-names.ts';
import { arn, held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { answerOf, nameTag } from './ec2-questions.ts';
import type { Sort } from './ec2-questions.ts';

export type RuleState = Ec2State['security_groups'][string]['ingress'][string];

const groups: Sort<SecurityGroup> = {
  prefix: 'sg-',
  idOf: ({ GroupId }) => GroupId,
  missing: (id) => ['InvalidGroup.NotFound', `The security group '${id}' does not exist`],
  malformed: 'InvalidGroupId.Malformed',
  tagsOf: ({ Tags = [] }) => Tags,
  filters: {
    'vpc-id': ({ VpcId }) => [VpcId],
    'group-id': ({ GroupId }) => [GroupId],
    'group-name': ({ GroupName }) => [GroupName],
    description: ({ Description }) => [Description],
    'owner-id': ({ OwnerId }) => [OwnerId],
    'ip-permission.cidr': ({ IpPermissions = [] }) =>
      IpPermissions.flatMap(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp)),
    'ip-permission.group-id': ({ IpPermissions = [] }) =>
      IpPermissions.flatMap(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map(({ GroupId }) => GroupId)),
    'ip-permission.protocol': ({ IpPermissions = [] }) => IpPermissions.map(({ IpProtocol }) => IpProtocol),
  },
};

export function DescribeSecurityGroups(
  input: DescribeSecurityGroupsRequest,
  place: Place,
): DescribeSecurityGroupsResult {
  const { id: OwnerId, ec2 } = place.account;
  const all = Object.entries(ec2.security_groups).map(([name, state]): SecurityGroup => ({
    GroupId: securityGroupId(name),
    GroupName: name,
    SecurityGroupArn: arn(place, 'ec2', `security-group/${securityGroupId(name)}`),
    OwnerId,
    VpcId: vpcId(state.vpc),
    Description: state.description,
    IpPermissions: permissions(OwnerId, state.ingress),
    IpPermissionsEgress: permissions(OwnerId, state.egress),
    Tags: nameTag(name),
  }));
  const { GroupIds: ids, GroupNames: names = [], Filters: filters, MaxResults: size, NextToken: token } = input;
  // Names alone are looked for in the default VPC only.
  const missing = names.find((name) => held(ec2.vpcs, held(ec2.security_groups, name)?.vpc)?.default !== true);
  if (missing !== undefined) {
    refuse('InvalidGroup.NotFound', `The security group '${missing}' does not exist in default VPC`);
  }
  const wanted = names.length === 0 ? all : all.filter(({ GroupName = '' }) => names.includes(GroupName));
  const page = answerOf(wanted, groups, { ids, filters, size, token });
  return { SecurityGroups: [...page.items], NextToken: page.next };
}

function permissions(owner: string, rules: Readonly<Record<string, RuleState>>): IpPermission[] {
  const bundles = new Map<string, IpPermission>();
  for (const rule of Object.values(rules)) {
    const key = [rule.protocol, rule.from, rule.to].join(' ');
    const bundle = bundles.get(key) ?? emptyBundle(rule);
    bundles.set(key, bundle);
    const description = rule.description === '' ? {} : { Description: rule.description };
    if (rule.group !== undefined) {
      bundle.UserIdGroupPairs?.push({ UserId: owner, GroupId: securityGroupId(rule.group), ...description });
    }
    if (rule.cidr !== undefined) bundle.IpRanges?.push({ CidrIp: rule.cidr, ...description });
    if (rule.cidr6 !== undefined) bundle.Ipv6Ranges?.push({ CidrIpv6: rule.cidr6, ...description });
    if (rule.prefix_list !== undefined) {
      bundle.PrefixListIds?.push({ PrefixListId: rule.prefix_list, ...description });
    }
  }
  return [...bundles.values()];
}

/** A rule for all protocols has no ports here. */
function emptyBundle({ protocol, from, to }: RuleState): IpPermission {
  return {
    IpProtocol: protocol === 'all' ? '-1' : protocol,
    ...(protocol === 'all' ? {} : { FromPort: from, ToPort: to }),
    UserIdGroupPairs: [],
    IpRanges: [],
    Ipv6Ranges: [],
    PrefixListIds: [],
  };
}
