// Record sets that say where a name leads: their form, when two of them are the same, and how they read.

import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { objects, text } from './aws-facts.ts';
import { plainName } from './route53-zone.ts';

/** A record set in AWS's own words; the name is that of the record. */
export interface RecordSet {
  readonly Type: string;
  readonly TTL?: number | undefined;
  readonly ResourceRecords?: readonly { readonly Value: string }[] | undefined;
  readonly AliasTarget?:
    | { readonly DNSName: string; readonly HostedZoneId: string; readonly EvaluateTargetHealth: boolean }
    | undefined;
}

export const leadingTypes = ['A', 'AAAA', 'CNAME'] as const;
export type LeadingType = (typeof leadingTypes)[number];

const members = {
  Name: z.string().optional(),
  TTL: z.int().min(0).max(2_147_483_647).optional(),
  ResourceRecords: z
    .array(z.strictObject({ Value: z.string().min(1) }))
    .min(1)
    .optional(),
  AliasTarget: z
    .strictObject({ DNSName: z.string().min(1), HostedZoneId: z.string().min(1), EvaluateTargetHealth: z.boolean() })
    .optional(),
};

/** One set of addresses or of a CNAME, whole: nothing of it may be guessed when it is created or deleted. */
export const wishedSet: z.ZodType<RecordSet> = z
  .strictObject({ Type: z.enum(leadingTypes), ...members })
  .superRefine(checkSet);

/** As listed by `route53.record`: sets of other types are there too, and take no part. */
export const listedSet: z.ZodType<RecordSet> = z
  .looseObject({ Type: z.string(), ...members })
  .superRefine((set, context) => {
    if (isLeadingType(set.Type)) checkSet(set, context);
  });

function checkSet(set: RecordSet, context: z.RefinementCtx): void {
  const say = (message: string): void => context.addIssue({ code: 'custom', message });
  const plain = set.TTL !== undefined && set.ResourceRecords !== undefined;
  const some = set.TTL !== undefined || set.ResourceRecords !== undefined;
  const more = moreMembers(set);
  if (more.length > 0) say(`Only plain sets are replaced, and this one has ${more.join(', ')}`);
  else if (set.AliasTarget !== undefined && some) say('Give either AliasTarget or TTL and ResourceRecords');
  else if (set.AliasTarget === undefined && !plain) say('Give TTL and ResourceRecords, or AliasTarget');
  else if (set.AliasTarget !== undefined && set.Type === 'CNAME') say('An alias has the type A or AAAA');
  else if (set.Type === 'CNAME' && (set.ResourceRecords ?? []).length > 1) say('A CNAME has one value');
}

/** What Route 53 would refuse in a list of sets at one name; undefined when it would not. */
export function clash(sets: readonly RecordSet[]): string | undefined {
  const types = sets.map((set) => set.Type);
  const twice = types.find((type, at) => types.indexOf(type) !== at);
  if (twice !== undefined) return `Give one set of type ${twice}, with all of its values`;
  return types.includes('CNAME') && types.length > 1 ? 'A CNAME stands alone at its name' : undefined;
}

/** Whether this is one of the types that say where a name leads. */
export function isLeadingType(type: Json | undefined): type is LeadingType {
  return leadingTypes.some((each) => each === type);
}

/** Whether a set says where its name leads. */
export function isLeading(set: JsonObject): boolean {
  return isLeadingType(set['Type']);
}

/** The same text for sets that mean the same: names without case and last dot, values in any order. */
export function identityOf(set: JsonObject): string {
  const { AliasTarget: alias, Type: type = null, TTL: ttl = null } = set;
  const more = moreMembers(set).map((member): readonly Json[] => [member, set[member] ?? null]);
  const target = isObject(alias)
    ? [plainName(text(alias['DNSName']) ?? ''), bareZone(alias['HostedZoneId']), alias['EvaluateTargetHealth'] ?? null]
    : [];
  return JSON.stringify([type, ttl, valuesOf(set), target, more]);
}

/** What makes it another sort of set than a plain one: a weight and an identifier, a health check. */
export function moreMembers(set: object): readonly string[] {
  return Object.keys(set)
    .filter((member) => !knownMembers.has(member))
    .toSorted();
}

const knownMembers = new Set(['Name', 'Type', 'TTL', 'ResourceRecords', 'AliasTarget']);

function bareZone(id: Json | undefined): string {
  return (text(id) ?? '').replace(/^\/?hostedzone\//, '');
}

/** Whether two lists have the same sets, in whatever order. */
export function sameSets(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  const [left, right] = [a, b].map((sets) => JSON.stringify(sets.map(identityOf).toSorted()));
  return left === right;
}

/** The values of a plain set in one spelling, sorted; none of an alias. */
export function valuesOf(set: JsonObject): readonly string[] {
  return objects(set['ResourceRecords'])
    .map((record) => oneSpelling(text(record['Value']) ?? ''))
    .toSorted();
}

/** Names in lower case without the last dot, IPv6 addresses in their short form. */
export function oneSpelling(value: string): string {
  const name = plainName(value);
  if (!name.includes(':') || !URL.canParse(`http://[${name}]`)) return name;
  return new URL(`http://[${name}]`).hostname.slice(1, -1);
}

/** `app.example.com A 60 203.0.113.10`, `app.example.com A alias web.elb.amazonaws.com`. */
export function setWords(name: string, set: JsonObject): string {
  const { AliasTarget: alias, TTL: ttl, Type: type } = set;
  const more = moreMembers(set);
  const marked = more.length > 0 ? [`(with ${more.join(', ')})`] : [];
  const leads = isObject(alias)
    ? ['alias', plainName(text(alias['DNSName']) ?? '')]
    : [...(typeof ttl === 'number' ? [String(ttl)] : []), valuesOf(set).join(', ')];
  return [plainName(name), text(type) ?? '', ...leads, ...marked].join(' ');
}

/** All sets of a list in words, or that there are none. */
export function listWords(name: string, sets: readonly JsonObject[]): string {
  if (sets.length === 0) return `${plainName(name)} has no A, AAAA or CNAME record`;
  return sets.map((set) => setWords(name, set)).join('; ');
}

/** As plain JSON, without the members nobody gave. */
export function plainSet(set: RecordSet): JsonObject {
  const { Type, TTL, ResourceRecords, AliasTarget } = set;
  return {
    Type,
    ...(TTL === undefined ? {} : { TTL }),
    ...(ResourceRecords === undefined ? {} : { ResourceRecords: ResourceRecords.map(({ Value }) => ({ Value })) }),
    ...(AliasTarget === undefined ? {} : { AliasTarget: { ...AliasTarget } }),
  };
}
