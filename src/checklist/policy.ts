// The smallest IAM policy with which a plan's calls are allowed: each action on the things it is about, and no others.

import { arnsOf } from './policy-names.ts';
import type { Need } from './policy-needs.ts';

/** What the IAM data says of an action. */
export interface ActionData {
  /** Empty where AWS takes nothing but `*`. */
  readonly resources: readonly { readonly type: string; readonly required: boolean; readonly arn: string }[];
}

/** By action; an action that is not there is newer than the data. */
export type IamData = Readonly<Record<string, ActionData>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Where the needs are: the 12 digits of the account, and its region. */
export interface PolicyPlace {
  readonly account: string;
  readonly region: string;
}

/** A managed policy may have so many characters, white space aside. */
export const longestPolicy = 6144;

/** Actions that have to be allowed on everything, whatever the data says. */
const onEverything: readonly string[] = [
  // Composite alarms are left out of the answer without a word when it is narrower.
  'cloudwatch:DescribeAlarms',
];

/** Optional resource types that are asked about all the same. */
const alsoAsked: Readonly<Record<string, readonly string[]>> = {
  'rds:RestoreDBInstanceFromDBSnapshot': ['snapshot'],
  'wafv2:GetWebACLForResource': ['loadbalancer/app/'],
};

/** Without it, whoever may run a task could hand any role to any service. */
const conditions: Readonly<Record<string, NonNullable<Statement['Condition']>>> = {
  'iam:PassRole': { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
};

/** The resources of one need. */
export function resourcesOf({ action, fields, region }: Need, data: IamData, place: PolicyPlace): readonly string[] {
  const [service = ''] = action.split(':', 1);
  const { resources = [] } = data[action] ?? {};
  if (resources.length === 0 || onEverything.includes(action)) return ['*'];
  const at = { account: place.account, region: region ?? place.region };
  const also = alsoAsked[action] ?? [];
  const required = resources.filter((one) => one.required || also.includes(one.type));
  const all = (required.length > 0 ? required : resources).map(({ type, arn }) =>
    arnsOf(`${service}:${type}`, filled(arn, at), fields),
  );
  // Where none is required, AWS may be asked without naming any, and then asks itself about everything.
  const meant = required.length > 0 ? all : all.filter(({ known }) => known);
  const arns = meant.flatMap((one) => one.arns);
  return arns.length === 0 ? ['*'] : arns.map((arn) => (/:log-group:[^:]*$/.test(arn) ? `${arn}:*` : arn));
}

/**
 * The policy for these needs, all of one account. One statement per service and set of resources; the same needs in any
 * order give the same text.
 */
export function policyFor(needs: readonly Need[], data: IamData, place: PolicyPlace): Policy {
  const byAction = new Map<string, Set<string>>();
  for (const need of needs) {
    const found = byAction.get(need.action) ?? new Set();
    for (const arn of resourcesOf(need, data, place)) found.add(arn);
    byAction.set(need.action, found);
  }
  const groups = new Map<
    string,
    { readonly service: string; readonly Resource: readonly string[]; Action: string[] }
  >();
  for (const [action, arns] of [...byAction].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [service = ''] = action.split(':', 1);
    const Resource = withoutCovered([...arns]);
    const key = JSON.stringify([service, Resource, conditions[action] ?? null]);
    const group = groups.get(key) ?? { service, Resource, Action: [] };
    group.Action.push(action);
    groups.set(key, group);
  }
  const statements = [...groups.values()].map(({ service, Resource, Action }): Statement => {
    const alike = [...groups.values()].filter((group) => group.service === service);
    const letter = alike.length === 1 ? '' : letterOf(alike.findIndex((group) => group.Action === Action));
    const Condition = conditions[Action[0] ?? ''];
    const Sid = `${nameOf(service)}${letter}`;
    return { Sid, Effect: 'Allow', Action, Resource, ...(Condition !== undefined && { Condition }) };
  });
  return { Version: '2012-10-17', Statement: statements };
}

/** The policy in as many documents as it takes for none to be longer than AWS allows; most often one. */
export function splitPolicy(policy: Policy, longest = longestPolicy): readonly Policy[] {
  const parts: Statement[][] = [[]];
  for (const statement of policy.Statement.flatMap((one) => splitStatement(one, longest))) {
    const last = parts.at(-1) ?? [];
    if (last.length > 0 && sizeOf({ ...policy, Statement: [...last, statement] }) > longest) parts.push([statement]);
    else last.push(statement);
  }
  return parts.map((Statement) => ({ ...policy, Statement }));
}

/** Characters as AWS counts them. */
export function sizeOf(policy: Policy): number {
  return JSON.stringify(policy).length;
}

/** A statement that alone is too long, by halves of its resources. */
function splitStatement(statement: Statement, longest: number): readonly Statement[] {
  const { Resource, Sid } = statement;
  if (Resource.length < 2 || sizeOf({ Version: '2012-10-17', Statement: [statement] }) <= longest) return [statement];
  const middle = Math.ceil(Resource.length / 2);
  const halves = [Resource.slice(0, middle), Resource.slice(middle)];
  return halves.flatMap((half, index) =>
    splitStatement({ ...statement, Sid: `${Sid}${index === 0 ? 'a' : 'b'}`, Resource: half }, longest),
  );
}

function filled(arn: string, { account, region }: PolicyPlace): string {
  const values: Readonly<Record<string, string>> = { Partition: partitionOf(region), Region: region, Account: account };
  return arn.replaceAll(/\$\{(Partition|Region|Account)\}/g, (_, name: string) => values[name] ?? '');
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Without those that another pattern among them takes in. */
function withoutCovered(arns: readonly string[]): readonly string[] {
  const covers = (pattern: string, arn: string): boolean =>
    new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`).test(arn);
  return arns.filter((arn) => !arns.some((other) => other !== arn && covers(other, arn))).toSorted();
}

function literal(text: string): string {
  return text.replaceAll(/[.+^${}()|[\]\\?]/g, String.raw`\$&`);
}

/** `application-autoscaling`: `ApplicationAutoscaling`. A Sid takes letters and digits only. */
function nameOf(service: string): string {
  return service
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');
}

/** A to Z, then AA. */
function letterOf(index: number): string {
  const last = String.fromCodePoint('A'.charCodeAt(0) + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}
