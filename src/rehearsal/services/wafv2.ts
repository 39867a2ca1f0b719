// WAF: web ACLs, their rules, what they stand in front of, and where their logs go.

import type {
  GetLoggingConfigurationRequest,
  GetLoggingConfigurationResponse,
  GetWebACLForResourceRequest,
  GetWebACLForResourceResponse,
  GetWebACLRequest,
  GetWebACLResponse,
  ListWebACLsRequest,
  ListWebACLsResponse,
  Rule,
  Statement,
  WebACL,
} from '@aws-sdk/client-wafv2';
import type { AccountState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { balancerArn } from './elbv2-names.ts';
import { aclArn, aclId, type NamedAcl as Named } from './wafv2-names.ts';

export const wafv2 = { ListWebACLs, GetWebACL, GetWebACLForResource, GetLoggingConfiguration };

type AclState = AccountState['wafv2']['web_acls'][string];
type RuleState = AclState['rules'][string];

const missing = "AWS WAF couldn't perform the operation because your resource doesn't exist.";

function notThere(): never {
  return refuse('WAFNonexistentItemException', missing);
}

function badParameter(words: string): never {
  return refuse('WAFInvalidParameterException', `Error reason: ${words}`);
}

/** Of either scope. */
function aclByArn(place: Place, wanted: string | undefined): Named | undefined {
  return Object.entries(place.account.wafv2.web_acls).find((each) => aclArn(place, each) === wanted);
}

function lockToken([name, state]: Named): string {
  return idOf(JSON.stringify([name, state]), 32);
}

/** The web ACLs of a scope. Only one region can be asked about those in front of CloudFront. */
function aclsIn(scope: string | undefined, place: Place): readonly Named[] {
  if (scope !== 'REGIONAL' && scope !== 'CLOUDFRONT') badParameter('The scope is not valid., field: SCOPE_VALUE');
  if (scope === 'CLOUDFRONT' && place.region !== 'us-east-1')
    badParameter('The scope is not valid., field: SCOPE_VALUE');
  return Object.entries(place.account.wafv2.web_acls).filter(([, state]) => state.scope === scope);
}

function ListWebACLs(input: ListWebACLsRequest, place: Place): ListWebACLsResponse {
  const size = input.Limit ?? 100;
  if (size < 1 || size > 100) badParameter(`Limit must be between 1 and 100, got ${size}`);
  const page = pageOf(aclsIn(input.Scope, place), {
    token: input.NextMarker,
    size,
    question: `web ACLs ${input.Scope}`,
    code: 'WAFInvalidParameterException',
  });
  const list = page.items.map((each) => ({
    Name: each[0],
    Id: aclId(each[0]),
    Description: '',
    LockToken: lockToken(each),
    ARN: aclArn(place, each),
  }));
  return { WebACLs: list, NextMarker: page.next };
}

/** By ARN, or by name, scope and id together. */
function GetWebACL(input: GetWebACLRequest, place: Place): GetWebACLResponse {
  const { ARN: wanted, Name: name, Id: id, Scope: scope } = input;
  if (wanted === undefined && (name === undefined || id === undefined))
    badParameter('Name, Scope and Id are needed together, or an ARN.');
  const found =
    wanted === undefined
      ? aclsIn(scope, place).find(([each]) => each === name && aclId(each) === id)
      : aclByArn(place, wanted);
  if (found === undefined) return notThere();
  return { WebACL: webAcl(place, found), LockToken: lockToken(found) };
}

/** A load balancer that nothing protects is answered with nothing. */
function GetWebACLForResource(input: GetWebACLForResourceRequest, place: Place): GetWebACLForResourceResponse {
  const wanted = input.ResourceArn ?? '';
  if (!/^arn:aws:elasticloadbalancing:[^:]*:\d{12}:loadbalancer\/app\//.test(wanted))
    badParameter(
      "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes., field: RESOURCE_ARN",
    );
  const balancer = Object.keys(place.account.elbv2.load_balancers).find((each) => balancerArn(place, each) === wanted);
  if (balancer === undefined) return notThere();
  const found = aclsIn('REGIONAL', place).find(([, { protects }]) => protects.includes(balancer));
  return found === undefined ? {} : { WebACL: webAcl(place, found) };
}

function webAcl(place: Place, [name, state]: Named): WebACL {
  return {
    Name: name,
    Id: aclId(name),
    ARN: aclArn(place, [name, state]),
    DefaultAction: state.default === 'allow' ? { Allow: {} } : { Block: {} },
    Description: '',
    Rules: Object.entries(state.rules)
      .toSorted(([, a], [, b]) => a.priority - b.priority)
      .map(([each, of]) => rule(each, of)),
    VisibilityConfig: visibility(name),
    ManagedByFirewallManager: false,
    LabelNamespace: `awswaf:${place.account.id}:webacl:${name}:`,
  };
}

function visibility(name: string): WebACL['VisibilityConfig'] {
  return { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: name };
}

/** What a group of rules does is overridden; what a rule of one's own does is its action. */
function rule(name: string, { priority, managed, rate, mode }: RuleState): Rule {
  const shared = { Name: name, Priority: priority, VisibilityConfig: visibility(name) };
  if (managed !== undefined) {
    return {
      ...shared,
      Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: managed } },
      OverrideAction: mode === 'count' ? { Count: {} } : { None: {} },
    };
  }
  return {
    ...shared,
    Statement: rate === undefined ? {} : rateStatement(rate),
    Action: mode === 'count' ? { Count: {} } : { Block: {} },
  };
}

function rateStatement({ limit, path }: NonNullable<RuleState['rate']>): Statement {
  const base = { Limit: limit, EvaluationWindowSec: 300, AggregateKeyType: 'IP' as const };
  if (path === undefined) return { RateBasedStatement: base };
  const below: Statement = {
    ByteMatchStatement: {
      SearchString: Buffer.from(path),
      FieldToMatch: { UriPath: {} },
      TextTransformations: [{ Priority: 0, Type: 'NONE' }],
      PositionalConstraint: 'STARTS_WITH',
    },
  };
  return { RateBasedStatement: { ...base, ScopeDownStatement: below } };
}

function GetLoggingConfiguration(input: GetLoggingConfigurationRequest, place: Place): GetLoggingConfigurationResponse {
  const destinations = aclByArn(place, input.ResourceArn)?.[1].logging ?? [];
  if (destinations.length === 0) return notThere();
  return {
    LoggingConfiguration: {
      ResourceArn: input.ResourceArn,
      LogDestinationConfigs: destinations,
      ManagedByFirewallManager: false,
      LogType: 'WAF_LOGS',
      LogScope: 'CUSTOMER',
    },
  };
}
