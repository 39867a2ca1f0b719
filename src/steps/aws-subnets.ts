// The subnets of a VPC, public or private by their routes, which is what decides it: a flag or a name does not.

import { z } from 'zod';
import type { Json, JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { foundShape, missingFacts, objects, placeFields, placeOf, placeWords, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import { tierOf } from './aws-subnet-routes.ts';
import type { Kind } from './kind.ts';

export interface AwsSubnetsArgs extends AwsPlace {
  /** The id of the VPC. */
  readonly vpc: string;
}

const operations = ['ec2:DescribeSubnets', 'ec2:DescribeRouteTables', 'ec2:DescribeNatGateways'];

const schema: z.ZodType<AwsSubnetsArgs> = z.strictObject({
  vpc: z.string().startsWith('vpc-', 'Give the id of the VPC: vpc-…'),
  ...placeFields,
});

const subnetShape: Shape = {
  type: 'structure',
  members: () => ({
    id: { type: 'string' },
    name: { type: 'string' },
    zone: { type: 'string' },
    cidr: { type: 'string' },
    available_addresses: { type: 'number' },
    tier: { type: 'string' },
    route_table: { type: 'string' },
    main: { type: 'boolean' },
    to_internet_gateway: { type: 'boolean' },
    default_route: { type: 'string' },
    default_route_state: { type: 'string' },
    nat_zone: { type: 'string' },
    same_zone_nat: { type: 'boolean' },
  }),
};
const subnetsShape: Shape = { type: 'list', of: () => subnetShape };
const namesShape: Shape = { type: 'list', of: () => ({ type: 'string' }) };

/**
 * Facts: `subnets`, and of the same ones `public` and `private`, each with `id`, `name`, `zone`, `cidr`,
 * `available_addresses`, `tier` (public or private), `route_table`, `main` (it goes by the VPC's main table, having none
 * of its own), `to_internet_gateway`, `default_route` (the id it leads to) and its `default_route_state`; `nat_zone`, and
 * `same_zone_nat`: the default route works and leads to an available NAT gateway in the subnet's own zone, or to a
 * regional one. Beside them the lists `public_ids`, `private_ids`, `public_zones` and `private_zones`, each zone once.
 * A subnet is public when its table has any route to an internet gateway, whatever the state of that route.
 */
export const awsSubnets: Kind<AwsSubnetsArgs> = {
  name: 'aws.subnets',
  summary: 'The subnets of a VPC: which are public by their routes, in which zones, and where they lead out.',
  example: `probe:
  aws.subnets: { vpc: "\${vpc.VpcId}" }
expect:
  - { path: "private_zones[]", count: { gte: 2 } }
  - { path: "private[]", all: [{ path: default_route_state, eq: active }, { path: same_zone_nat, eq: true }] }`,
  schema,
  nature: () => 'looks',
  describe: (args) => `Look at the subnets of ${args.vpc}, their routes and NAT gateways${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: () => ({
    type: 'structure',
    members: () => ({
      subnets: subnetsShape,
      public: subnetsShape,
      private: subnetsShape,
      public_ids: namesShape,
      private_ids: namesShape,
      public_zones: namesShape,
      private_zones: namesShape,
      ...foundShape,
    }),
  }),
  run: async (args, world, attempt) => {
    const place = placeOf(args, attempt);
    const ask = (operation: string, input: JsonObject) =>
      world.aws.read({ service: 'ec2', operation, input, ...place }, attempt.signal);
    const ofVpc = [{ Name: 'vpc-id', Values: [args.vpc] }];
    const [subnets, tables, gateways] = await Promise.all([
      ask('DescribeSubnets', { Filters: ofVpc }),
      ask('DescribeRouteTables', { Filters: ofVpc }),
      ask('DescribeNatGateways', { Filter: ofVpc }),
    ]);
    const requests = [subnets, tables, gateways].flatMap((answer) => answer.requests);
    if ('missing' in subnets) return missingFacts(subnets, requests);
    if ('missing' in tables) return missingFacts(tables, requests);
    if ('missing' in gateways) return missingFacts(gateways, requests);
    const raw = objects(subnets.output['Subnets']);
    if (raw.length === 0) {
      // A VPC that is not there answers just like one without subnets.
      const error = { code: 'NoSubnets', message: `AWS knows no subnet of ${args.vpc}` };
      return { facts: { found: false, error }, requests };
    }
    const around = {
      subnets: raw,
      tables: objects(tables.output['RouteTables']),
      gateways: objects(gateways.output['NatGateways']),
      requests,
    };
    const all = raw.map((each) => subnetOf(each, tierOf(each, around)));
    return { facts: { found: true, subnets: all, ...byTier(all, 'public'), ...byTier(all, 'private') }, requests };
  },
};

/** A member AWS did not give stays out. */
function subnetOf(subnet: JsonObject, routes: JsonObject): JsonObject {
  const members: Record<string, Json | undefined> = {
    id: subnet['SubnetId'],
    name: objects(subnet['Tags']).find((tag) => tag['Key'] === 'Name')?.['Value'],
    zone: subnet['AvailabilityZone'],
    cidr: subnet['CidrBlock'],
    available_addresses: subnet['AvailableIpAddressCount'],
  };
  const given: Record<string, Json> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) given[name] = value;
  return { ...given, ...routes };
}

function byTier(all: readonly JsonObject[], tier: 'public' | 'private'): JsonObject {
  const those = all.filter((subnet) => subnet['tier'] === tier);
  const each = (member: string): readonly string[] => those.flatMap((subnet) => text(subnet[member]) ?? []);
  const zones = [...new Set(each('zone'))].toSorted((a, b) => a.localeCompare(b));
  return { [tier]: those, [`${tier}_ids`]: each('id'), [`${tier}_zones`]: zones };
}
