// WAF: web ACLs asked through the SDK's own client, and the two reasons for seeing none kept apart.

import { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetLoggingConfigurationCommand,
  GetWebACLCommand,
  GetWebACLForResourceCommand,
  ListWebACLsCommand,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { play } from '../wrong-passes/given.ts';
import { clientConfig, givenStandIn } from './given.ts';

const logs = 'arn:aws:logs:us-east-1:111111111111:log-group:aws-waf-logs-front';
const front: JsonObject = {
  rules: {
    login: { priority: 5, rate: { limit: 100, path: '/login' }, mode: 'count' },
    everywhere: { priority: 6, rate: { limit: 2000 } },
    common: { priority: 1, managed: 'AWSManagedRulesCommonRuleSet' },
    inputs: { priority: 2, managed: 'AWSManagedRulesKnownBadInputsRuleSet', mode: 'count' },
  },
  protects: ['aep-prod-alb'],
};

/** The account with these web ACLs and no others. */
function acls(these: JsonObject): JsonObject {
  return { account: { wafv2: { web_acls: { 'aep-prod-web': null, ...these } } } };
}

async function given(these: JsonObject, region = 'us-east-1') {
  const { awsUrl } = await givenStandIn(acls(these));
  const balancers = await new ElasticLoadBalancingV2Client(clientConfig(awsUrl)).send(
    new DescribeLoadBalancersCommand({}),
  );
  const client = new WAFV2Client(clientConfig(awsUrl, region));
  return { client, alb: balancers.LoadBalancers?.[0]?.LoadBalancerArn ?? '' };
}

const nonexistent = { name: 'WAFNonexistentItemException' };
const invalid = { name: 'WAFInvalidParameterException' };

test('the web ACL of a load balancer comes with its rules in their order', async () => {
  const { client, alb } = await given({ front });
  const { WebACL: acl } = await client.send(new GetWebACLForResourceCommand({ ResourceArn: alb }));
  expect(acl).toMatchObject({ Name: 'front', DefaultAction: { Allow: {} } });
  const group = (name: string) => ({ ManagedRuleGroupStatement: { VendorName: 'AWS', Name: name } });
  expect(acl?.Rules).toMatchObject([
    { Name: 'common', Statement: group('AWSManagedRulesCommonRuleSet'), OverrideAction: { None: {} } },
    { Name: 'inputs', Statement: group('AWSManagedRulesKnownBadInputsRuleSet'), OverrideAction: { Count: {} } },
    {
      Name: 'login',
      Action: { Count: {} },
      Statement: {
        RateBasedStatement: {
          Limit: 100,
          AggregateKeyType: 'IP',
          ScopeDownStatement: {
            ByteMatchStatement: { PositionalConstraint: 'STARTS_WITH', FieldToMatch: { UriPath: {} } },
          },
        },
      },
    },
    { Name: 'everywhere', Action: { Block: {} }, Statement: { RateBasedStatement: { Limit: 2000 } } },
  ]);
  const search = acl?.Rules?.[2]?.Statement?.RateBasedStatement?.ScopeDownStatement?.ByteMatchStatement?.SearchString;
  expect(Buffer.from(search ?? []).toString()).toBe('/login');
});

test('an unprotected load balancer is answered with nothing, one that is not there with an error', async () => {
  const { client, alb } = await given({ front: { ...front, protects: [] } });
  expect((await client.send(new GetWebACLForResourceCommand({ ResourceArn: alb }))).WebACL).toBeUndefined();
  const other = alb.replace('aep-prod-alb', 'nobody');
  await expect(client.send(new GetWebACLForResourceCommand({ ResourceArn: other }))).rejects.toMatchObject(nonexistent);
  await expect(client.send(new GetWebACLForResourceCommand({ ResourceArn: 'alb' }))).rejects.toMatchObject(invalid);
});

test('a web ACL is found by its ARN, or by name, scope and id together', async () => {
  const { client } = await given({ front, back: { rules: {} } });
  const first = await client.send(new ListWebACLsCommand({ Scope: 'REGIONAL', Limit: 1 }));
  const second = await client.send(
    new ListWebACLsCommand({ Scope: 'REGIONAL', Limit: 1, NextMarker: first.NextMarker }),
  );
  const listed = [...(first.WebACLs ?? []), ...(second.WebACLs ?? [])];
  expect([listed.map(({ Name: name }) => name), second.NextMarker]).toEqual([['front', 'back'], undefined]);
  const { ARN: arn, Name: name, Id: id } = listed[0] ?? {};
  const byArn = await client.send(new GetWebACLCommand({ ARN: arn }));
  const byName = await client.send(new GetWebACLCommand({ Name: name, Id: id, Scope: 'REGIONAL' }));
  expect(byArn.WebACL).toEqual(byName.WebACL);
  await expect(client.send(new GetWebACLCommand({ Name: name, Scope: 'REGIONAL' }))).rejects.toMatchObject(invalid);
  await expect(client.send(new GetWebACLCommand({ Name: 'other', Id: id, Scope: 'REGIONAL' }))).rejects.toMatchObject(
    nonexistent,
  );
});

test('those in front of CloudFront are told of in one region only', async () => {
  const { client } = await given({ front });
  expect((await client.send(new ListWebACLsCommand({ Scope: 'CLOUDFRONT' }))).WebACLs).toEqual([]);
  const elsewhere = await given({ front }, 'eu-west-1');
  await expect(elsewhere.client.send(new ListWebACLsCommand({ Scope: 'CLOUDFRONT' }))).rejects.toMatchObject(invalid);
  expect((await elsewhere.client.send(new ListWebACLsCommand({ Scope: 'REGIONAL' }))).WebACLs).toEqual([]);
});

test('one in front of CloudFront is told of in that region, with the ARN of no region, and protects no load balancer', async () => {
  const patch = acls({ front: { ...front, protects: [] }, edge: { ...front, scope: 'CLOUDFRONT' } });
  const { awsUrl } = await givenStandIn(patch);
  const client = new WAFV2Client(clientConfig(awsUrl));
  const { WebACLs: listed } = await client.send(new ListWebACLsCommand({ Scope: 'CLOUDFRONT' }));
  expect(listed?.map(({ Name }) => Name)).toEqual(['edge']);
  expect(listed?.[0]?.ARN).toMatch(/^arn:aws:wafv2:us-east-1:111111111111:global\/webacl\/edge\//);
  expect((await client.send(new GetWebACLCommand({ ARN: listed?.[0]?.ARN }))).WebACL?.Rules).toHaveLength(4);
  const { alb } = await given({ front });
  expect((await client.send(new GetWebACLForResourceCommand({ ResourceArn: alb }))).WebACL).toBeUndefined();
});

test('a web ACL that keeps a log says where, and one that does not is an error', async () => {
  const { client } = await given({ front: { ...front, logging: [logs] }, back: { rules: {} } });
  const { WebACLs: [kept, not] = [] } = await client.send(new ListWebACLsCommand({ Scope: 'REGIONAL' }));
  const { LoggingConfiguration: found } = await client.send(
    new GetLoggingConfigurationCommand({ ResourceArn: kept?.ARN }),
  );
  expect(found).toMatchObject({ ResourceArn: kept?.ARN, LogDestinationConfigs: [logs] });
  await expect(client.send(new GetLoggingConfigurationCommand({ ResourceArn: not?.ARN }))).rejects.toMatchObject(
    nonexistent,
  );
});

describe('a checklist asks that the web ACL keeps a log', () => {
  const asked = async (world: JsonObject): Promise<string> => {
    const { awsUrl } = await givenStandIn(world);
    const listed = await new WAFV2Client(clientConfig(awsUrl)).send(new ListWebACLsCommand({ Scope: 'REGIONAL' }));
    return `- id: logged
  title: The web ACL keeps a log
  probe: { aws.call: { operation: "wafv2:GetLoggingConfiguration", input: { ResourceArn: "${listed.WebACLs?.[0]?.ARN}" } } }
  expect: [{ path: "LoggingConfiguration.LogDestinationConfigs[]", count: { gte: 1 } }]`;
  };

  test('and it does', async () => {
    const patch = acls({ front: { ...front, logging: [logs] } });
    const played = await play(await asked(patch), { patch });
    expect([played.exit, played.verdicts]).toEqual([0, { logged: 'pass' }]);
  });

  test('and it does not, which AWS says, so it is a fail', async () => {
    const patch = acls({ front });
    const played = await play(await asked(patch), { patch });
    expect([played.exit, played.verdicts]).toEqual([1, { logged: 'fail' }]);
    expect(played.screen).toContain('WAFNonexistentItemException');
  });

  test('and nobody may look, so it is an error that names what is missing', async () => {
    const patch = acls({ front: { ...front, logging: [logs] } });
    const step = await asked(patch);
    const played = await play(step, { patch: { ...patch, faults: { denied: ['wafv2:GetLoggingConfiguration'] } } });
    expect([played.exit, played.verdicts]).toEqual([2, { logged: 'error' }]);
    expect(played.screen.replaceAll(/\s+/g, ' ')).toContain('the IAM action wafv2:GetLoggingConfiguration is missing');
  });
});
