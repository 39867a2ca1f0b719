import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { judge } from '../../src/engine/judge.ts';
import { awsSubnets } from '../../src/steps/aws-subnets.ts';
import { attempt, denied, listOf, now, scripted } from './aws-world.ts';

const args = { vpc: 'vpc-1' };
const local = { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' };
const open = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' };
const throughNat = (id: string): JsonObject => ({
  DestinationCidrBlock: '0.0.0.0/0',
  NatGatewayId: id,
  State: 'active',
});

function subnet(letter: string, zone: string): JsonObject {
  return {
    SubnetId: `subnet-${letter}`,
    AvailabilityZone: `us-east-1${zone}`,
    CidrBlock: '10.0.0.0/24',
    AvailableIpAddressCount: 200,
    // Says nothing about where its routes lead.
    MapPublicIpOnLaunch: letter.startsWith('private'),
    Tags: [{ Key: 'Name', Value: letter }],
  };
}

/** A table of these subnets; `main` makes it the one of all others. */
function table(id: string, routes: readonly JsonObject[], subnets: readonly string[], main = false): JsonObject {
  const own = subnets.map((letter) => ({
    SubnetId: `subnet-${letter}`,
    Main: false,
    AssociationState: { State: 'associated' },
  }));
  return { RouteTableId: id, Associations: main ? [...own, { Main: true }] : own, Routes: [local, ...routes] };
}

const nat = (id: string, at: string, more: JsonObject = {}): JsonObject => ({
  NatGatewayId: id,
  SubnetId: `subnet-${at}`,
  State: 'available',
  AvailabilityMode: 'zonal',
  ...more,
});

interface Network {
  readonly Subnets: readonly JsonObject[];
  readonly RouteTables: readonly JsonObject[];
  readonly NatGateways?: readonly JsonObject[];
}

function worldOf({ Subnets, RouteTables, NatGateways = [] }: Network) {
  return scripted({
    'ec2:DescribeSubnets': { Subnets },
    'ec2:DescribeRouteTables': { RouteTables },
    'ec2:DescribeNatGateways': { NatGateways },
  });
}

async function look(network: Network): Promise<JsonObject> {
  return (await awsSubnets.run(args, worldOf(network).world, attempt)).facts;
}

const usual: Network = {
  Subnets: [subnet('public-b', 'b'), subnet('public-a', 'a'), subnet('private-a', 'a'), subnet('private-b', 'b')],
  RouteTables: [
    table('rtb-main', [], [], true),
    table('rtb-public', [open], ['public-a', 'public-b']),
    table('rtb-a', [throughNat('nat-a')], ['private-a']),
    table('rtb-b', [throughNat('nat-b')], ['private-b']),
  ],
  NatGateways: [nat('nat-a', 'public-a'), nat('nat-b', 'public-b')],
};

describe('aws.subnets', () => {
  it('tells public from private by the routes, and each by its zones', async () => {
    const { world, calls } = worldOf(usual);
    const { facts } = await awsSubnets.run(args, world, attempt);
    expect(facts).toMatchObject({
      found: true,
      public_ids: ['subnet-public-b', 'subnet-public-a'],
      private_ids: ['subnet-private-a', 'subnet-private-b'],
      public_zones: ['us-east-1a', 'us-east-1b'],
      private_zones: ['us-east-1a', 'us-east-1b'],
    });
    expect(listOf(facts['subnets'])).toHaveLength(4);
    expect(listOf(facts['private'])[0]).toEqual({
      id: 'subnet-private-a',
      name: 'private-a',
      zone: 'us-east-1a',
      cidr: '10.0.0.0/24',
      available_addresses: 200,
      tier: 'private',
      route_table: 'rtb-a',
      main: false,
      to_internet_gateway: false,
      default_route: 'nat-a',
      default_route_state: 'active',
      nat_zone: 'us-east-1a',
      same_zone_nat: true,
    });
    expect(calls.map(({ operation, input }) => [operation, input])).toEqual([
      ['DescribeSubnets', { Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] }],
      ['DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] }],
      ['DescribeNatGateways', { Filter: [{ Name: 'vpc-id', Values: ['vpc-1'] }] }],
    ]);
  });

  it('a subnet without a table of its own goes by the main one', async () => {
    const facts = await look({
      Subnets: [subnet('private-a', 'a')],
      RouteTables: [table('rtb-other', [], ['public-a']), table('rtb-main', [open], [], true)],
    });
    expect(facts).toMatchObject({
      private: [],
      public: [{ tier: 'public', route_table: 'rtb-main', main: true, default_route: 'igw-1' }],
    });
  });

  it('an association that has ended does not count, and the main table does', async () => {
    const ended = { SubnetId: 'subnet-private-a', Main: false, AssociationState: { State: 'disassociated' } };
    const facts = await look({
      Subnets: [subnet('private-a', 'a')],
      RouteTables: [
        { RouteTableId: 'rtb-a', Associations: [ended], Routes: [local] },
        table('rtb-main', [open], [], true),
      ],
    });
    expect(facts).toMatchObject({ public_ids: ['subnet-private-a'] });
  });

  it.each([
    ['is a black hole just now', { ...open, State: 'blackhole' }],
    ['is for a part of the internet only', { ...open, DestinationCidrBlock: '128.0.0.0/1' }],
    ['is for IPv6', { DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-1', State: 'active' }],
    ['is for a prefix list', { DestinationPrefixListId: 'pl-1', GatewayId: 'igw-1', State: 'active' }],
  ])('a route to an internet gateway makes a subnet public even if it %s', async (_, route) => {
    const facts = await look({
      Subnets: [subnet('private-a', 'a')],
      RouteTables: [table('rtb-main', [route], [], true)],
    });
    expect(facts).toMatchObject({ public: [{ to_internet_gateway: true, same_zone_nat: false }], private_ids: [] });
  });

  it.each([
    ['gateway of another zone', [nat('nat-a', 'public-b')], {}, { nat_zone: 'us-east-1b', same_zone_nat: false }],
    ['gateway that failed', [nat('nat-a', 'public-a', { State: 'failed' })], {}, { same_zone_nat: false }],
    [
      'black hole',
      [nat('nat-a', 'public-a')],
      { State: 'blackhole' },
      { default_route_state: 'blackhole', same_zone_nat: false },
    ],
    [
      'regional gateway',
      [{ NatGatewayId: 'nat-a', State: 'available', AvailabilityMode: 'regional' }],
      {},
      { same_zone_nat: true },
    ],
  ])('a private subnet behind a %s says so', async (_, NatGateways, more, expected) => {
    const RouteTables = [
      table('rtb-a', [{ ...throughNat('nat-a'), ...more }], ['private-a']),
      table('rtb-main', [], ['public-b', 'public-a'], true),
    ];
    const facts = await look({ Subnets: usual.Subnets, RouteTables: [...RouteTables], NatGateways });
    const [first] = listOf(facts['private']).filter((each) => JSON.stringify(each).includes('subnet-private-a'));
    expect(first).toMatchObject({ default_route: 'nat-a', ...expected });
  });

  it('what nobody said of a gateway stays out, and satisfies nothing', async () => {
    const facts = await look({ ...usual, NatGateways: [nat('nat-b', 'public-b')] });
    expect(listOf(facts['private'])[0]).not.toHaveProperty('same_zone_nat');
    const expectation = { path: 'private[]', all: { path: 'same_zone_nat', eq: true } };
    expect(judge([expectation], facts, now).verdict).toBe('fail');
    expect(judge([expectation], await look(usual), now).verdict).toBe('pass');
  });

  it('says where else the default route leads, and has none where there is none', async () => {
    const away = { DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1', State: 'active' };
    const six = { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1', State: 'active' };
    const facts = await look({
      Subnets: [subnet('private-a', 'a'), subnet('private-b', 'b'), subnet('private-c', 'c')],
      RouteTables: [
        table('rtb-main', [], [], true),
        table('rtb-a', [six, away], ['private-a']),
        table('rtb-b', [six], ['private-b']),
      ],
    });
    expect(listOf(facts['private'])).toMatchObject([
      { default_route: 'tgw-1' },
      { default_route: 'eigw-1' },
      { same_zone_nat: false },
    ]);
    expect(listOf(facts['private'])[2]).not.toHaveProperty('default_route');
  });

  it.each([
    ['the main table where it is needed', [table('rtb-public', [open], ['public-a'])]],
    ['the routes of a table', [{ ...table('rtb-main', [], [], true), Routes: [] }]],
    ['which of two tables it is', [table('rtb-1', [], ['private-a']), table('rtb-2', [open], ['private-a'])]],
  ])('an answer that does not say %s is an error, never a private subnet', async (_, RouteTables) => {
    await expect(look({ Subnets: [subnet('private-a', 'a')], RouteTables })).rejects.toMatchObject({ code: 'server' });
  });

  it('a VPC of which AWS knows no subnet is not found', async () => {
    expect(await look({ Subnets: [], RouteTables: [] })).toEqual({
      found: false,
      error: { code: 'NoSubnets', message: 'AWS knows no subnet of vpc-1' },
    });
  });

  it.each(['DescribeSubnets', 'DescribeRouteTables', 'DescribeNatGateways'])(
    'cannot look when %s is denied',
    async (operation) => {
      const answers = {
        'ec2:DescribeSubnets': { Subnets: usual.Subnets },
        'ec2:DescribeRouteTables': { RouteTables: usual.RouteTables },
        'ec2:DescribeNatGateways': { NatGateways: [] },
        [`ec2:${operation}`]: denied,
      };
      await expect(awsSubnets.run(args, scripted(answers).world, attempt)).rejects.toBe(denied);
    },
  );

  it('takes the id of a VPC, not its name', () => {
    expect(awsSubnets.schema.safeParse(args).success).toBe(true);
    expect(awsSubnets.schema.safeParse({ vpc: 'prod' }).success).toBe(false);
  });
});
