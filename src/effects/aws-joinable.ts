// The operations that take many names in one request and say of each what they would say of it alone.

import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';

/** How one operation is asked for many things at once. One that fails because of a single name must not be here. */
export interface Joinable {
  /** How many names one request takes. */
  readonly most: number;
  /** The names an input asks for, and the input without them; undefined where it asks in another way. */
  parts(input: JsonObject): { readonly names: readonly string[]; readonly rest: JsonObject } | undefined;
  input(rest: JsonObject, names: readonly string[]): JsonObject;
  /** What a name and an ARN that mean the same have in common. */
  id(name: string): string;
  /** The part of an answer that is about these names. */
  share(output: JsonObject, names: readonly string[]): JsonObject;
}

const joinables: Readonly<Record<string, Joinable>> = {
  'ecs:DescribeServices': ecs('services', 10, 'serviceArn'),
  'ecs:DescribeTasks': ecs('tasks', 100, 'taskArn'),
  'ec2:DescribeSecurityGroupRules': ec2('group-id', [], 'GroupId'),
  // A name that is not there is left out of the answer; an id that is not there would fail the request for all.
  'ec2:DescribeSecurityGroups': ec2('group-name', ['vpc-id'], 'GroupName'),
  'cloudwatch:DescribeAlarms': {
    ...byList('AlarmNames', ['AlarmTypes', 'StateValue', 'ActionPrefix', 'MaxRecords']),
    most: 100,
    id: (name) => name,
    share: (output, names) =>
      withLists(output, (_, each) => typeof each['AlarmName'] === 'string' && names.includes(each['AlarmName'])),
  },
};

/** How this operation (`ecs:DescribeServices`) is asked for many things at once; undefined when it is not. */
export function joinableOf(operation: string): Joinable | undefined {
  return Object.hasOwn(joinables, operation) ? joinables[operation] : undefined;
}

/** ECS names what it describes in a list, by name or ARN, and what it cannot describe under `failures`. */
function ecs(list: 'services' | 'tasks', most: number, arn: string): Joinable {
  return {
    ...byList(list, ['cluster', 'include']),
    most,
    id: lastSegment,
    share: (output, names) => {
      const ids = names.map((name) => lastSegment(name));
      // A failure that does not say whose it is might be anybody's.
      const shared = withLists(output, (member, each) =>
        member === 'failures'
          ? typeof each['arn'] !== 'string' || ids.includes(lastSegment(each['arn']))
          : member !== list || ids.includes(idIn(each)),
      );
      return ordered(shared, list, (found) => found.toSorted((a, b) => ids.indexOf(idIn(a)) - ids.indexOf(idIn(b))));
    },
  };
  function idIn(each: JsonObject): string {
    const named = each[arn] ?? each['serviceName'];
    return typeof named === 'string' ? lastSegment(named) : '';
  }
}

/** An input with one list of names, and nothing beside it that is not known to be about each of them. */
function byList(list: string, beside: readonly string[]): Pick<Joinable, 'parts' | 'input'> {
  return {
    parts: ({ [list]: named, ...rest }) => {
      const names = texts(named);
      return names === undefined || Object.keys(rest).some((key) => !beside.includes(key))
        ? undefined
        : { names, rest };
    },
    input: (rest, names) => ({ ...rest, [list]: names }),
  };
}

/** EC2 filters by the values of `filter`, beside filters that mean the same for each of them; `member` says whose it is. */
function ec2(filter: string, beside: readonly string[], member: string): Joinable {
  return {
    most: 200,
    parts: ({ Filters: filters, ...rest }) => {
      if (!Array.isArray(filters) || Object.keys(rest).some((key) => key !== 'MaxResults')) return undefined;
      const all = (filters as readonly Json[]).filter((each) => isObject(each));
      if (all.length < filters.length) return undefined;
      const others = all.filter((each) => each['Name'] !== filter);
      const [own, more] = all.filter((each) => each['Name'] === filter);
      const names = texts(own?.['Values']);
      const known = others.every(({ Name: name }) => typeof name === 'string' && beside.includes(name));
      // A wildcard is no name: nobody knows whose its answers would be.
      if (names === undefined || more !== undefined || !known || names.some((name) => /[*?\\]/.test(name)))
        return undefined;
      return { names, rest: { ...rest, Filters: others } };
    },
    input: ({ Filters: others, ...rest }, names) => ({
      ...rest,
      Filters: [...(Array.isArray(others) ? (others as readonly Json[]) : []), { Name: filter, Values: names }],
    }),
    id: (name) => name,
    share: (output, names) =>
      withLists(output, (_, each) => typeof each[member] === 'string' && names.includes(each[member])),
  };
}

/** A list of texts that has at least one. */
function texts(value: Json | undefined): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const all = (value as readonly Json[]).filter((each) => typeof each === 'string');
  return all.length === value.length ? all : undefined;
}

/** The same output with less in its lists. */
function withLists(output: JsonObject, keep: (member: string, each: JsonObject) => boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => [
      name,
      Array.isArray(value) ? (value as readonly Json[]).filter((each) => isObject(each) && keep(name, each)) : value,
    ]),
  );
}

/** The same output with one of its lists in another order. */
function ordered(output: JsonObject, name: string, order: (found: readonly JsonObject[]) => readonly JsonObject[]) {
  const value = output[name];
  if (!Array.isArray(value)) return output;
  return { ...output, [name]: order((value as readonly Json[]).filter((each) => isObject(each))) };
}

function lastSegment(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}
