// What EC2 says of things that are not there, and what of it golive does not ask at all.

import { describe, expect, it } from 'vitest';
import { saysMissing } from '../../src/effects/aws-missing.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';

describe('EC2', () => {
  it.each([
    ['InvalidVpcID.NotFound', true],
    ['InvalidSubnetID.NotFound', true],
    ['InvalidGroup.NotFound', true],
    ['InvalidVpcEndpointId.NotFound', true],
    ['InvalidSecurityGroupRuleId.NotFound', true],
    ['InvalidLaunchTemplateName.NotFoundException', true],
    ['NatGatewayNotFound', true],
    ['InvalidGroupId.Malformed', false],
    ['NatGatewayMalformed', false],
    ['InvalidServiceName', false],
    ['InvalidParameterValue', false],
    ['UnauthorizedOperation', false],
    ['RequestLimitExceeded', false],
  ])('says with %s that a thing is not there: %s', (code, expected) => {
    expect(saysMissing('ec2', 'DescribeVpcs', code, 'it said')).toBe(expected);
  });

  it('is not asked for user data, passwords, keys of tunnels or what a console showed', async () => {
    const { refusal } = await loadCatalogue(['ec2']);
    const refused = [
      'DescribeInstanceAttribute',
      'DescribeLaunchTemplateVersions',
      'DescribeSpotFleetRequests',
      'DescribeSpotInstanceRequests',
      'GetConsoleOutput',
      'GetInstanceUefiData',
      'GetPasswordData',
      'GetVpnConnectionDeviceSampleConfiguration',
    ];
    expect(refused.filter((operation) => refusal('ec2', operation) === undefined)).toEqual([]);
    expect(refusal('ec2', 'DescribeSecurityGroups')).toBeUndefined();
    expect(refusal('ec2', 'DescribeInstances')).toBeUndefined();
  });
});
