// The network of the stand-in, through an unmodified client of EC2.

import {
  DescribeFlowLogsCommand,
  DescribeInternetGatewaysCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import {
  internetGatewayId,
  natGatewayId,
  routeTableId,
  securityGroupId,
  subnetId,
  vpcId,
} from '../../src/rehearsal/ec2-names.ts';
import { clientConfig, givenStandIn } from './given.ts';

/** A network of its own beside the package's, so that these tests are about nothing else. */
const network: JsonObject = {
  account: {
    ec2: {
      vpcs: { demo: { cidr: '10.9.0.0/16' } },
      subnets: {
        'demo-public-a': { vpc: 'demo', zone: 'a', cidr: '10.9.0.0/24', route_table: 'demo-public' },
        'demo-private-a': { vpc: 'demo', zone: 'a', cidr: '10.9.10.0/24', available_addresses: 7 },
        'demo-private-b': { vpc: 'demo', zone: 'b', cidr: '10.9.11.0/24' },
      },
      route_tables: {
        'demo-main': { vpc: 'demo', main: true, routes: { '0.0.0.0/0': { to: 'nat-gateway:demo-nat' } } },
        'demo-public': {
          vpc: 'demo',
          routes: {
            '0.0.0.0/0': { to: 'internet-gateway' },
            '::/0': { to: 'egress-only-gateway' },
            'pl-63a5400a': { to: 'endpoint:demo-s3' },
          },
        },
      },
      nat_gateways: { 'demo-nat': { subnet: 'demo-public-a' } },
      endpoints: {
        'demo-s3': { vpc: 'demo', service: 's3', type: 'Gateway' },
        'demo-logs': { vpc: 'demo', service: 'logs', type: 'Interface', state: 'pending' },
      },
      security_groups: {
        'demo-web': {
          vpc: 'demo',
          description: 'In front',
          ingress: { https: { from: 443, to: 443, cidr: '0.0.0.0/0' } },
        },
        'demo-db': {
          vpc: 'demo',
          ingress: {
            web: { from: 5432, to: 5432, group: 'demo-web' },
            office: { from: 5432, to: 5432, cidr: '192.0.2.0/24', description: 'the office' },
            all: { protocol: 'all', cidr6: '::/0' },
            list: { from: 22, to: 22, prefix_list: 'pl-0123456789abcdef0' },
          },
        },
      },
      interfaces: { bastion: { subnet: 'demo-public-a', description: 'bastion', groups: ['demo-web'] } },
    },
  },
};
const ofDemo = [{ Name: 'vpc-id', Values: [vpcId('demo')] }];

async function givenEc2(patch: JsonObject = network, region?: string): Promise<EC2Client> {
  const { awsUrl } = await givenStandIn(patch);
  const client = new EC2Client(clientConfig(awsUrl, region));
  onTestFinished(() => client.destroy());
  return client;
}

describe('EC2', () => {
  test('describes a VPC and its subnets, each with a name', async () => {
    const client = await givenEc2();
    const { Vpcs } = await client.send(new DescribeVpcsCommand({ Filters: [{ Name: 'tag:Name', Values: ['demo'] }] }));
    expect(Vpcs).toMatchObject([
      { VpcId: vpcId('demo'), IsDefault: false, State: 'available', CidrBlock: '10.9.0.0/16', OwnerId: '111111111111' },
    ]);
    const { Subnets } = await client.send(new DescribeSubnetsCommand({ Filters: ofDemo }));
    expect(Subnets?.map(({ Tags }) => Tags?.[0]?.Value)).toEqual(['demo-public-a', 'demo-private-a', 'demo-private-b']);
    expect(Subnets?.[1]).toMatchObject({
      AvailabilityZone: 'us-east-1a',
      AvailableIpAddressCount: 7,
      VpcId: vpcId('demo'),
    });
  });

  test('route tables say which subnets go by them, and nothing of those that go by the main one', async () => {
    const client = await givenEc2();
    const { RouteTables } = await client.send(new DescribeRouteTablesCommand({ Filters: ofDemo }));
    expect(RouteTables).toMatchObject([
      {
        RouteTableId: routeTableId('demo-main'),
        Associations: [{ Main: true }],
        Routes: [
          { DestinationCidrBlock: '10.9.0.0/16', GatewayId: 'local', State: 'active' },
          { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: natGatewayId('demo-nat'), State: 'active' },
        ],
      },
      {
        Associations: [{ Main: false, SubnetId: subnetId('demo-public-a') }],
        Routes: [
          { GatewayId: 'local' },
          { GatewayId: internetGatewayId('demo') },
          { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: expect.stringMatching(/^eigw-/) },
          { DestinationPrefixListId: 'pl-63a5400a', GatewayId: expect.stringMatching(/^vpce-/) },
        ],
      },
    ]);
    const gateways = await client.send(
      new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [vpcId('demo')] }] }),
    );
    expect(gateways.InternetGateways).toMatchObject([
      { InternetGatewayId: internetGatewayId('demo'), Attachments: [{ State: 'available' }] },
    ]);
  });

  test.each([
    ['that is gone', null],
    ['that failed', { state: 'failed' }],
  ])('a route to a NAT gateway %s is a black hole', async (_, gateway) => {
    const client = await givenEc2({
      account: {
        ec2: {
          ...ec2Of(network),
          nat_gateways: { 'demo-nat': gateway === null ? null : { subnet: 'demo-public-a', ...gateway } },
        },
      },
    });
    const { RouteTables } = await client.send(
      new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId('demo-main')] }),
    );
    expect(RouteTables?.[0]?.Routes?.[1]).toMatchObject({ State: 'blackhole' });
    const { NatGateways } = await client.send(new DescribeNatGatewaysCommand({ Filter: ofDemo }));
    expect(NatGateways?.map(({ State }) => State)).toEqual(gateway === null ? [] : ['failed']);
  });

  test('endpoints say their state in lower case, and of a gateway the tables that lead there', async () => {
    const client = await givenEc2();
    const { VpcEndpoints } = await client.send(new DescribeVpcEndpointsCommand({ Filters: ofDemo }));
    expect(VpcEndpoints).toMatchObject([
      {
        ServiceName: 'com.amazonaws.us-east-1.s3',
        VpcEndpointType: 'Gateway',
        State: 'available',
        PrivateDnsEnabled: false,
        RouteTableIds: [routeTableId('demo-public')],
      },
      {
        ServiceName: 'com.amazonaws.us-east-1.logs',
        VpcEndpointType: 'Interface',
        State: 'pending',
        PrivateDnsEnabled: true,
      },
    ]);
    const { PrefixLists } = await client.send(
      new DescribeManagedPrefixListsCommand({ Filters: [{ Name: 'owner-id', Values: ['111111111111'] }] }),
    );
    expect(PrefixLists).toMatchObject([{ PrefixListId: 'pl-0123456789abcdef0' }]);
  });

  test('a security group bundles its rules, and lists them one by one', async () => {
    const client = await givenEc2();
    const { SecurityGroups } = await client.send(
      new DescribeSecurityGroupsCommand({ Filters: [...ofDemo, { Name: 'group-name', Values: ['demo-db'] }] }),
    );
    const id = securityGroupId('demo-db');
    expect(SecurityGroups).toMatchObject([
      {
        GroupId: id,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 5432,
            UserIdGroupPairs: [{ GroupId: securityGroupId('demo-web') }],
            IpRanges: [{ CidrIp: '192.0.2.0/24', Description: 'the office' }],
          },
          { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
          { FromPort: 22, PrefixListIds: [{ PrefixListId: 'pl-0123456789abcdef0' }] },
        ],
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
    ]);
    expect(SecurityGroups?.[0]?.IpPermissions?.[1]).not.toHaveProperty('FromPort');
    const { SecurityGroupRules } = await client.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [id] }] }),
    );
    expect(SecurityGroupRules).toMatchObject([
      { IpProtocol: 'tcp', FromPort: 5432, ReferencedGroupInfo: { GroupId: securityGroupId('demo-web') } },
      { CidrIpv4: '192.0.2.0/24', Description: 'the office' },
      { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' },
      { PrefixListId: 'pl-0123456789abcdef0' },
      { IsEgress: true, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' },
    ]);
  });

  test('interfaces follow from balancers, NAT gateways and running tasks', async () => {
    const service = { desired: 2, running: 2, task_definition: 'demo:1', deployed: '2026-03-01T16:20:00Z' };
    const client = await givenEc2({
      account: {
        ...(network['account'] as JsonObject),
        elbv2: {
          load_balancers: {
            'demo-alb': {
              scheme: 'internet-facing',
              suffix: '42',
              created: '2026-01-12T08:00:00Z',
              subnets: ['demo-public-a'],
              security_groups: ['demo-web'],
            },
          },
        },
        ecs: {
          clusters: {
            demo: {
              services: {
                web: { ...service, subnets: ['demo-private-a', 'demo-private-b'], security_groups: ['demo-db'] },
              },
            },
          },
        },
      },
    });
    const { NetworkInterfaces } = await client.send(new DescribeNetworkInterfacesCommand({ Filters: ofDemo }));
    const shown = NetworkInterfaces?.map(({ Description, SubnetId, Groups = [] }) => [
      Description,
      SubnetId,
      ...Groups.map(({ GroupName }) => GroupName),
    ]);
    const attachment = expect.stringMatching(
      /^arn:aws:ecs:us-east-1:111111111111:attachment\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
    expect(shown).toEqual([
      [expect.stringMatching(/^ELB app\/demo-alb\/[0-9a-f]{16}$/), subnetId('demo-public-a'), 'demo-web'],
      [`Interface for NAT Gateway ${natGatewayId('demo-nat')}`, subnetId('demo-public-a')],
      [attachment, subnetId('demo-private-a'), 'demo-db'],
      [attachment, subnetId('demo-private-b'), 'demo-db'],
      ['bastion', subnetId('demo-public-a'), 'demo-web'],
    ]);
    const balancers = await client.send(
      new DescribeNetworkInterfacesCommand({ Filters: [...ofDemo, { Name: 'description', Values: ['ELB app/*'] }] }),
    );
    expect(balancers.NetworkInterfaces).toHaveLength(1);
  });

  test('a load balancer stands in its subnets, and its target groups in their VPC', async () => {
    const state = {
      scheme: 'internal',
      suffix: '42',
      created: '2026-01-12T08:00:00Z',
      subnets: ['demo-private-a', 'demo-private-b'],
      security_groups: ['demo-web'],
      listeners: { '80': { protocol: 'HTTP', default: { forward: 'demo-tg' } } },
    };
    const { awsUrl } = await givenStandIn({
      account: {
        ...(network['account'] as JsonObject),
        elbv2: {
          load_balancers: { 'demo-alb': state },
          target_groups: { 'demo-tg': { port: 80, health_path: '/', serves: 'frontend', type: 'instance' } },
        },
      },
    });
    const client = new ElasticLoadBalancingV2Client(clientConfig(awsUrl));
    onTestFinished(() => client.destroy());
    const { LoadBalancers } = await client.send(new DescribeLoadBalancersCommand({ Names: ['demo-alb'] }));
    expect(LoadBalancers).toMatchObject([
      {
        VpcId: vpcId('demo'),
        SecurityGroups: [securityGroupId('demo-web')],
        AvailabilityZones: [
          { ZoneName: 'us-east-1a', SubnetId: subnetId('demo-private-a') },
          { ZoneName: 'us-east-1b', SubnetId: subnetId('demo-private-b') },
        ],
      },
    ]);
    const { TargetGroups } = await client.send(new DescribeTargetGroupsCommand({ Names: ['demo-tg'] }));
    expect(TargetGroups).toMatchObject([{ VpcId: vpcId('demo'), TargetType: 'instance' }]);
  });

  test.each([
    ['*', 3],
    ['demo-private-*', 2],
    ['demo-private-?', 2],
    ['DEMO-private-a', 0],
    ['demo', 0],
    [String.raw`demo-private-\*`, 0],
  ])('the filter value %s finds %i subnets', async (value, count) => {
    const client = await givenEc2();
    const Filters = [...ofDemo, { Name: 'tag:Name', Values: [value] }];
    expect((await client.send(new DescribeSubnetsCommand({ Filters }))).Subnets).toHaveLength(count);
  });

  test('pages go on with a token that is good for this question only', async () => {
    const ingress = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [`r${index}`, { from: index, to: index, cidr: '10.0.0.0/8' }]),
    );
    const client = await givenEc2({
      account: { ec2: { security_groups: { many: { vpc: 'demo', ingress, egress: {} } } } },
    });
    const Filters = [{ Name: 'group-id', Values: [securityGroupId('many')] }];
    const first = await client.send(new DescribeSecurityGroupRulesCommand({ Filters, MaxResults: 5 }));
    expect(first.SecurityGroupRules).toHaveLength(5);
    const { NextToken = '' } = first;
    const second = await client.send(new DescribeSecurityGroupRulesCommand({ Filters, MaxResults: 5, NextToken }));
    expect([second.SecurityGroupRules?.length, second.NextToken]).toEqual([2, undefined]);
    await expect(client.send(new DescribeSubnetsCommand({ NextToken }))).rejects.toMatchObject({
      name: 'InvalidPaginationToken',
    });
  });

  test.each([
    ['InvalidVpcID.NotFound', new DescribeVpcsCommand({ VpcIds: [vpcId('nope')] })],
    ['InvalidSubnetID.NotFound', new DescribeSubnetsCommand({ SubnetIds: [subnetId('nope')] })],
    ['InvalidRouteTableID.NotFound', new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId('nope')] })],
    [
      'InvalidInternetGatewayID.NotFound',
      new DescribeInternetGatewaysCommand({ InternetGatewayIds: [internetGatewayId('nope')] }),
    ],
    ['NatGatewayNotFound', new DescribeNatGatewaysCommand({ NatGatewayIds: [natGatewayId('nope')] })],
    ['InvalidGroup.NotFound', new DescribeSecurityGroupsCommand({ GroupIds: [securityGroupId('nope')] })],
    ['InvalidGroup.NotFound', new DescribeSecurityGroupsCommand({ GroupNames: ['demo-db'] })],
    ['InvalidGroupId.Malformed', new DescribeSecurityGroupsCommand({ GroupIds: ['demo-db'] })],
    ['InvalidVpcEndpointId.NotFound', new DescribeVpcEndpointsCommand({ VpcEndpointIds: ['vpce-00000000000000000'] })],
    ['InvalidParameterValue', new DescribeVpcsCommand({ Filters: [{ Name: 'vpc_id', Values: ['vpc-1'] }] })],
    ['InvalidParameterValue', new DescribeVpcsCommand({ Filters: [{ Name: '__proto__', Values: ['x'] }] })],
    ['InvalidParameterValue', new DescribeVpcsCommand({ MaxResults: 4 })],
    ['InvalidParameterValue', new DescribeVpcsCommand({ MaxResults: 1001 })],
    [
      'InvalidParameterCombination',
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['eni-12345678'], MaxResults: 5 }),
    ],
    ['MissingParameter', new DescribeVpcsCommand({ Filters: [{ Name: 'vpc-id' }] })],
  ])('%s is what it says to a question that is wrong', async (code, command) => {
    const client: { send(wrong: object): Promise<object> } = await givenEc2();
    await expect(client.send(command)).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: 400 } });
  });

  test('an unknown filter is named, as AWS names it', async () => {
    const client = await givenEc2();
    await expect(
      client.send(new DescribeVpcsCommand({ Filters: [{ Name: 'vpc_id', Values: ['vpc-1'] }] })),
    ).rejects.toMatchObject({ message: "The filter 'vpc_id' is invalid" });
  });

  test('who may not look is told so in the words of EC2', async () => {
    const client = await givenEc2({ faults: { denied: ['ec2:DescribeVpcs'] } });
    await expect(client.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('another region is empty', async () => {
    const client = await givenEc2(network, 'eu-west-1');
    expect(await client.send(new DescribeVpcsCommand({}))).toMatchObject({ Vpcs: [] });
    expect(await client.send(new DescribeNetworkInterfacesCommand({}))).toMatchObject({ NetworkInterfaces: [] });
  });
});

function ec2Of(patch: JsonObject): JsonObject {
  const account = patch['account'] as JsonObject;
  return account['ec2'] as JsonObject;
}

describe('what a VPC lets through and writes down', () => {
  const patch: JsonObject = {
    account: {
      ec2: {
        vpcs: { demo: { cidr: '10.9.0.0/16' } },
        subnets: {
          'demo-a': { vpc: 'demo', zone: 'a', cidr: '10.9.0.0/24' },
          'demo-b': { vpc: 'demo', zone: 'b', cidr: '10.9.1.0/24' },
        },
        network_acls: {
          tight: { vpc: 'demo', subnets: ['demo-a'], rules: { https: { number: 90, protocol: 'tcp', from: 443 } } },
        },
        flow_logs: {
          all: { vpc: 'demo', to: '/vpc/demo' },
          lost: { subnet: 'demo-a', to: 'arn:aws:s3:::demo', traffic: 'REJECT', delivers: 'FAILED' },
        },
      },
    },
  };
  const given = async (): Promise<EC2Client> => new EC2Client(clientConfig((await givenStandIn(patch)).awsUrl));

  test('a subnet has the ACL that names it, or the default one of its VPC, and each ends by denying', async () => {
    const client = await given();
    const Filters = [{ Name: 'vpc-id', Values: [vpcId('demo')] }];
    const { NetworkAcls: acls } = await client.send(new DescribeNetworkAclsCommand({ Filters }));
    expect(acls).toMatchObject([
      { IsDefault: true, Associations: [{ SubnetId: subnetId('demo-b') }] },
      { IsDefault: false, Associations: [{ SubnetId: subnetId('demo-a') }] },
    ]);
    expect(acls?.[1]?.Entries).toMatchObject([
      { RuleNumber: 90, Protocol: '6', PortRange: { From: 443, To: 443 }, RuleAction: 'allow', Egress: false },
      { RuleNumber: 32_767, RuleAction: 'deny', Egress: true },
      { RuleNumber: 32_767, RuleAction: 'deny', Egress: false },
    ]);
    const bySubnet = [{ Name: 'association.subnet-id', Values: [subnetId('demo-a')] }];
    const found = await client.send(new DescribeNetworkAclsCommand({ Filters: bySubnet }));
    expect(found.NetworkAcls?.map(({ NetworkAclId }) => NetworkAclId)).toEqual([acls?.[1]?.NetworkAclId]);
    const none = new DescribeNetworkAclsCommand({ NetworkAclIds: ['acl-00000000000000000'] });
    await expect(client.send(none)).rejects.toMatchObject({ name: 'InvalidNetworkAclID.NotFound' });
  });

  test('a flow log that cannot be delivered is still active', async () => {
    const client = await given();
    const ask = async (Name: string, value: string) =>
      (await client.send(new DescribeFlowLogsCommand({ Filter: [{ Name, Values: [value] }] }))).FlowLogs;
    expect(await ask('resource-id', vpcId('demo'))).toMatchObject([
      { FlowLogStatus: 'ACTIVE', DeliverLogsStatus: 'SUCCESS', LogGroupName: '/vpc/demo', TrafficType: 'ALL' },
    ]);
    expect(await ask('deliver-log-status', 'FAILED')).toMatchObject([
      { FlowLogStatus: 'ACTIVE', LogDestination: 'arn:aws:s3:::demo', ResourceId: subnetId('demo-a') },
    ]);
    await expect(ask('vpc-id', vpcId('demo'))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});
