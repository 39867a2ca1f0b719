// The rules of a security group as they are meant: a rule without ports is about every port, and one that hides who is told apart.

import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import { text } from './aws-facts.ts';

/** AWS takes numbers for these too. */
const protocols: Readonly<Record<string, string>> = {
  '-1': 'all',
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
};
const everyPort = [0, 65_535] as const;

/**
 * `ingress`, `egress`, `hidden`, `sources_known` and `destinations_known`, from rules as DescribeSecurityGroupRules gives
 * them. Throws BlindError for a rule that does not say its direction, its protocol or who is on the other side.
 */
export function readRules(rules: readonly JsonObject[], requests: readonly string[]): JsonObject {
  const ingress: JsonObject[] = [];
  const egress: JsonObject[] = [];
  const hidden: JsonObject[] = [];
  for (const rule of rules) {
    const { IsEgress: out, PrefixListId: list } = rule;
    if (typeof out !== 'boolean') throw unreadable(rule, 'its direction', requests);
    const what = whatOf(rule, requests);
    const other = otherSide(rule);
    if (other !== undefined) {
      const { who, ...more } = other;
      if (out) egress.push({ ...what, destination: who, ...more });
      else ingress.push({ ...what, source: who, ...more });
    } else if (typeof list === 'string') {
      hidden.push({ ...what, direction: out ? 'egress' : 'ingress', prefix_list: list });
    } else {
      throw unreadable(rule, 'who is on the other side', requests);
    }
  }
  const hides = (direction: string): boolean => hidden.some((each) => each['direction'] === direction);
  return {
    ingress,
    egress,
    hidden,
    ...(hides('ingress') ? {} : { sources_known: true }),
    ...(hides('egress') ? {} : { destinations_known: true }),
  };
}

function whatOf(rule: JsonObject, requests: readonly string[]): JsonObject {
  const id = text(rule['SecurityGroupRuleId']);
  const said = text(rule['IpProtocol']);
  if (said === undefined) throw unreadable(rule, 'its protocol', requests);
  const protocol = protocols[said] ?? said;
  const ports = portsOf(protocol, rule['FromPort'], rule['ToPort']);
  return { ...(id === undefined ? {} : { rule: id }), protocol, ...ports };
}

/** For ICMP the two are type and code. Any other rule that names no ports is about all of them. */
function portsOf(protocol: string, from: Json | undefined, to: Json | undefined): JsonObject {
  const given = typeof from === 'number' && typeof to === 'number';
  if (protocol.startsWith('icmp')) return given ? { from_port: from, to_port: to } : {};
  const limited = (protocol === 'tcp' || protocol === 'udp') && given && from >= 0 && to >= 0;
  const [first, last] = limited ? [from, to] : everyPort;
  return { from_port: first, to_port: last };
}

interface OtherSide {
  readonly who: string;
  readonly [more: string]: string;
}

/** Undefined where the rule names a prefix list, or nobody. */
function otherSide(rule: JsonObject): OtherSide | undefined {
  const referenced = isObject(rule['ReferencedGroupInfo']) ? rule['ReferencedGroupInfo'] : {};
  const [group, v4, v6] = [text(referenced['GroupId']), text(rule['CidrIpv4']), text(rule['CidrIpv6'])];
  const said = text(rule['Description']);
  const description: { readonly description?: string } = said === undefined ? {} : { description: said };
  const owner = text(referenced['UserId']);
  if (group !== undefined)
    return { who: group, via: 'group', ...(owner === undefined ? {} : { owner }), ...description };
  if (v4 !== undefined) return { who: v4, via: 'ipv4', ...description };
  return v6 === undefined ? undefined : { who: v6, via: 'ipv6', ...description };
}

function unreadable(rule: JsonObject, what: string, requests: readonly string[]): BlindError {
  const id = text(rule['SecurityGroupRuleId']) ?? 'a rule without an id';
  return new BlindError('server', `ec2:DescribeSecurityGroupRules: ${id.slice(0, 100)} does not say ${what}.`, {
    hint: 'Nobody can tell whom it lets through: look at the rule in the console.',
    requests,
  });
}
