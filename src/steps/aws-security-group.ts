// A security group with its rules one by one: who may reach what. Rules that hide who are told apart from all others.

import { z } from 'zod';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { BlindError } from '../errors.ts';
import type { World } from '../world.ts';
import {
  foundShape,
  membersOf,
  missingFacts,
  objects,
  placeFields,
  placeOf,
  placeWords,
  shapeAt,
  text,
} from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import { readRules } from './aws-security-group-rules.ts';
import type { Attempt, Kind } from './kind.ts';

/** Either its id, or the VPC it is in and its name there. */
export interface AwsSecurityGroupArgs extends AwsPlace {
  readonly id?: string | undefined;
  readonly vpc?: string | undefined;
  readonly name?: string | undefined;
}

const operations = ['ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules'];

const schema: z.ZodType<AwsSecurityGroupArgs> = z
  .strictObject({
    id: z.string().startsWith('sg-', 'Give the id of the group: sg-…').optional(),
    vpc: z.string().startsWith('vpc-', 'Give the id of the VPC: vpc-…').optional(),
    name: z.string().min(1).optional().describe('its name, as written: * is no wildcard here'),
    ...placeFields,
  })
  .refine(
    ({ id, vpc, name }) =>
      (id !== undefined && vpc === undefined && name === undefined) ||
      (id === undefined && vpc !== undefined && name !== undefined),
    'Give either the id of the group, or its vpc and its name',
  );

const ruleMembers: Readonly<Record<string, Shape>> = {
  rule: { type: 'string' },
  protocol: { type: 'string' },
  from_port: { type: 'number' },
  to_port: { type: 'number' },
};
const sideMembers: Readonly<Record<string, Shape>> = {
  via: { type: 'string' },
  owner: { type: 'string' },
  description: { type: 'string' },
};

function listOf(members: Readonly<Record<string, Shape>>): Shape {
  return { type: 'list', of: () => ({ type: 'structure', members: () => members }) };
}

/**
 * Facts: AWS's own fields of the group unchanged; `ingress` and `egress`, a list each of `rule` (its id), `protocol` (tcp,
 * udp, icmp, icmpv6, all, or a number as text), `from_port`, `to_port` (every port where a rule names none; type and code
 * for ICMP), `source` or `destination` (a group's id or a CIDR), `via` (group, ipv4, ipv6), `owner` of the group on the
 * other side, and `description`. Rules whose other side is a prefix list stand in `hidden` instead, with `direction` and
 * `prefix_list`; `sources_known` and `destinations_known` are true where there is none of that direction and absent
 * otherwise, so that they serve as a `proof`.
 */
export const awsSecurityGroup: Kind<AwsSecurityGroupArgs> = {
  name: 'aws.security_group',
  summary: 'A security group and its rules one by one: protocol, ports and who is on the other side.',
  example: `probe:
  aws.security_group: { id: "\${database_sg}" }
expect:
  - { path: "ingress[]", none: { path: source, ne: "\${backend_sg}" }, proof: sources_known }
  - { path: "ingress[]", any: [{ path: protocol, eq: tcp }, { path: from_port, eq: 5432 }, { path: to_port, eq: 5432 }] }`,
  schema,
  nature: () => 'looks',
  describe: (args) => `Look at the security group ${nameOf(args)} and its rules${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: (_args, catalogue) => ({
    type: 'structure',
    members: () => ({
      ...membersOf(shapeAt(catalogue.shapes('ec2', 'DescribeSecurityGroups')?.output, ['SecurityGroups', '[]'])),
      ingress: listOf({ ...ruleMembers, source: { type: 'string' }, ...sideMembers }),
      egress: listOf({ ...ruleMembers, destination: { type: 'string' }, ...sideMembers }),
      hidden: listOf({ ...ruleMembers, direction: { type: 'string' }, prefix_list: { type: 'string' } }),
      sources_known: { type: 'boolean' },
      destinations_known: { type: 'boolean' },
      ...foundShape,
    }),
  }),
  run: async (args, world, attempt) => {
    const ask = asker(args, world, attempt);
    const described = await ask('DescribeSecurityGroups', question(args));
    if ('missing' in described) return missingFacts(described, described.requests);
    const group = theOne(args, objects(described.output['SecurityGroups']));
    if (group === undefined) {
      const error = { code: 'NoSecurityGroup', message: `There is no security group ${nameOf(args)}` };
      return { facts: { found: false, error }, requests: described.requests };
    }
    const id = text(group['GroupId']);
    if (id === undefined) throw new BlindError('server', 'ec2:DescribeSecurityGroups gave a group without an id.');
    const listed = await ask('DescribeSecurityGroupRules', { Filters: [{ Name: 'group-id', Values: [id] }] });
    const requests = [...described.requests, ...listed.requests];
    if ('missing' in listed) return missingFacts(listed, requests);
    const rules = readRules(objects(listed.output['SecurityGroupRules']), requests);
    agree(group, rules, requests);
    return { facts: { ...group, ...rules, found: true }, requests };
  },
};

function asker(args: AwsSecurityGroupArgs, world: World, attempt: Attempt) {
  const place = placeOf(args, attempt);
  return (operation: string, input: JsonObject) =>
    world.aws.read({ service: 'ec2', operation, input, ...place }, attempt.signal);
}

function question({ id, vpc, name }: AwsSecurityGroupArgs): JsonObject {
  if (id !== undefined) return { GroupIds: [id] };
  // In a filter these would stand for other names too.
  const literal = (name ?? '').replaceAll(/[*?\\]/g, String.raw`\$&`);
  return {
    Filters: [
      { Name: 'vpc-id', Values: [vpc ?? ''] },
      { Name: 'group-name', Values: [literal] },
    ],
  };
}

/** The group that was meant; undefined when it is not there. Throws when there are several. */
function theOne({ id, name }: AwsSecurityGroupArgs, groups: readonly JsonObject[]): JsonObject | undefined {
  const meant = groups.filter((group) => (id === undefined ? group['GroupName'] === name : group['GroupId'] === id));
  if (meant.length > 1) {
    const ids = meant.map((group) => text(group['GroupId']) ?? '?').join(', ');
    throw new BlindError('invalid', `There is more than one security group with this name: ${ids}.`.slice(0, 500), {
      hint: 'Give the id of the one that is meant.',
    });
  }
  return meant[0];
}

/** The group lists its rules too. No rules here and some there means that one of the two answers is not to be believed. */
function agree(group: JsonObject, rules: JsonObject, requests: readonly string[]): void {
  const pairs = [
    ['IpPermissions', 'ingress'],
    ['IpPermissionsEgress', 'egress'],
  ] as const;
  for (const [permissions, direction] of pairs) {
    const hidden = objects(rules['hidden']).filter((each) => each['direction'] === direction);
    const known = objects(rules[direction]).length + hidden.length;
    if (objects(group[permissions]).length > 0 && known === 0) {
      const message = `ec2:DescribeSecurityGroupRules gave no ${direction} rule, and the group has some.`;
      throw new BlindError('server', message, { transient: true, requests });
    }
  }
}

function nameOf({ id, vpc, name }: AwsSecurityGroupArgs): string {
  return id ?? `${name ?? ''} of ${vpc ?? ''}`;
}
