// EC2: the network that everything else stands in.

import { DescribeManagedPrefixLists, DescribeVpcEndpoints } from './ec2-endpoints.ts';
import { DescribeInternetGateways, DescribeNatGateways } from './ec2-gateways.ts';
import { DescribeNetworkInterfaces } from './ec2-interfaces.ts';
import { DescribeFlowLogs, DescribeNetworkAcls } from './ec2-network-acls.ts';
import { DescribeRouteTables } from './ec2-routes.ts';
import { DescribeSecurityGroups } from './ec2-security-groups.ts';
import { DescribeSecurityGroupRules } from './ec2-security-group-rules.ts';
import { DescribeSubnets, DescribeVpcs } from './ec2-vpcs.ts';

export const ec2 = {
  DescribeVpcs,
  DescribeSubnets,
  DescribeRouteTables,
  DescribeInternetGateways,
  DescribeNatGateways,
  DescribeVpcEndpoints,
  DescribeManagedPrefixLists,
  DescribeSecurityGroups,
  DescribeSecurityGroupRules,
  DescribeNetworkInterfaces,
  DescribeNetworkAcls,
  DescribeFlowLogs,
};
