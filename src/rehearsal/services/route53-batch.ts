// What Route 53 says to a batch of changes before it looks at the zone: shapes, sizes, values.

import type { AliasTarget, ChangeBatch, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { isIPv4, isIPv6 } from 'node:net';
import { recordTypes } from '../account.ts';
import type { DnsType, RecordState } from '../account.ts';
import { plainName } from '../zone-history.ts';
import { refuse } from '../refusal.ts';

export interface Change {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  /** In lower case, without the last dot. */
  readonly name: string;
  readonly type: DnsType;
  readonly set: RecordState;
}

const longestComment = 256;
const mostRecords = 1000;
const mostCharacters = 32_000;
const largestTtl = 2_147_483_647;
const actions = ['CREATE', 'DELETE', 'UPSERT'] as const;

/** The changes of a batch. Throws the refusal AWS gives to one that is no good by itself. */
export function readBatch(batch: ChangeBatch): readonly Change[] {
  const comment = batch.Comment ?? '';
  if (comment.length > longestComment) {
    const limit = `Member must have length less than or equal to ${longestComment}`;
    refuse(
      'InvalidInput',
      `1 validation error detected: Value at 'changeBatch.comment' failed to satisfy constraint: ${limit}`,
    );
  }
  const changes = batch.Changes ?? [];
  if (changes.length === 0) refuse('InvalidInput', 'Invalid XML ; The content of element ChangeBatch is not complete.');
  const read = changes.map(({ Action: asked, ResourceRecordSet: set }) => {
    const action =
      actions.find((each) => each === asked) ?? refuse('InvalidInput', `Invalid XML ; ${quoted(asked)} is no Action.`);
    if (set === undefined) refuse('InvalidInput', 'Invalid XML ; The content of element Change is not complete.');
    return readChange(action, set);
  });
  const weighed = read.map(({ action, set }) => ({ times: action === 'UPSERT' ? 2 : 1, values: valuesOf(set) }));
  const records = sum(weighed.map(({ times, values }) => times * Math.max(1, values.length)));
  if (records > mostRecords) invalidBatch([`Number of records limit of ${mostRecords} exceeded.`]);
  const characters = sum(weighed.map(({ times, values }) => times * values.join('').length));
  if (characters > mostCharacters) invalidBatch([`Number of characters limit of ${mostCharacters} exceeded.`]);
  const problems = read.flatMap(({ type, set }) => problemsOf(type, valuesOf(set)));
  if (problems.length > 0) invalidBatch(problems);
  return read;
}

/** Refuses the whole batch. AWS lists everything that is wrong with it, between brackets. */
export function invalidBatch(problems: readonly string[]): never {
  refuse('InvalidChangeBatch', `[${problems.join(', ')}]`);
}

function readChange(action: Change['action'], given: ResourceRecordSet): Change {
  const { Name = '', Type, TTL, ResourceRecords, AliasTarget } = given;
  const type =
    recordTypes.find((each) => each === Type) ??
    refuse('InvalidInput', `The stand-in keeps no ${quoted(Type)} records.`);
  const policies = [
    'SetIdentifier',
    'Weight',
    'Region',
    'GeoLocation',
    'Failover',
    'MultiValueAnswer',
    'HealthCheckId',
    'TrafficPolicyInstanceId',
    'CidrRoutingConfig',
    'GeoProximityLocation',
  ];
  const policy = policies.find((each) => new Map(Object.entries(given)).get(each) !== undefined);
  if (policy !== undefined) refuse('InvalidInput', `The stand-in plays simple records only, without ${policy}.`);
  const plain = TTL !== undefined || ResourceRecords !== undefined;
  const whole = TTL !== undefined && ResourceRecords !== undefined && ResourceRecords.length > 0;
  if (plain === (AliasTarget !== undefined) || (plain && !whole)) {
    const found = plain && AliasTarget !== undefined ? 'more than one' : 'none';
    const where = `Change with [Action=${action}, Name=${Name}, Type=${type}, SetIdentifier=null]`;
    const expected = '[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]';
    refuse('InvalidInput', `Invalid request: Expected exactly one of ${expected}, but found ${found} in ${where}`);
  }
  return {
    action,
    name: plainName(Name),
    type,
    set: AliasTarget === undefined ? plainSet(given) : aliasSet(AliasTarget),
  };
}

function plainSet({ TTL = 0, ResourceRecords = [] }: ResourceRecordSet): RecordState {
  if (!Number.isInteger(TTL) || TTL < 0 || TTL > largestTtl) refuse('InvalidInput', `Invalid TTL: ${TTL}`);
  return { ttl: TTL, values: ResourceRecords.map(({ Value }) => Value ?? '') };
}

function aliasSet({ DNSName, HostedZoneId, EvaluateTargetHealth }: AliasTarget): RecordState {
  if (EvaluateTargetHealth === undefined || HostedZoneId === undefined) {
    refuse('InvalidInput', "Invalid XML ; The content of element 'AliasTarget' is not complete.");
  }
  return { alias: plainName(DNSName ?? ''), zone: HostedZoneId, evaluate_health: EvaluateTargetHealth };
}

function problemsOf(type: DnsType, values: readonly string[]): readonly string[] {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  const repeated = twice === undefined ? [] : [`Duplicate Resource Record: '${twice}'`];
  const several = type === 'CNAME' && values.length > 1 ? ['A CNAME record set has exactly one value'] : [];
  return [...repeated, ...several, ...values.flatMap((value) => problemOf(type, value) ?? [])];
}

function problemOf(type: DnsType, value: string): string | undefined {
  const says = (problem: string): string =>
    `Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`;
  if (type === 'A' && !isIPv4(value)) return says('ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)');
  if (type === 'AAAA' && !isIPv6(value))
    return says('AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)');
  if (type === 'TXT' && !/^("(?:[^"\\]|\\.)*"\s*)+$/.test(value)) {
    return says('InvalidCharacterString (Value should be enclosed in quotation marks)');
  }
  if (type === 'CNAME' && !/^[\w.*-]+$/.test(value)) return says('InvalidDomainName (Value is not a domain name)');
  return undefined;
}

function valuesOf(set: RecordState): readonly string[] {
  return 'values' in set ? set.values : [];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function quoted(text: string | undefined): string {
  return `'${(text ?? '').slice(0, 40)}'`;
}
