// What the looks of the phase T-7d of checklists/aep.yaml cost without golive: the same clients, the caller first, the
// same dependent requests, each as soon as what it depends on is there, and like golive at most 8 of them at a time.
// Nothing is kept: a check is one line, and a red is only an exit code.

import assert from 'node:assert/strict';
import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { BudgetsClient, DescribeBudgetCommand, DescribeNotificationsForBudgetCommand } from '@aws-sdk/client-budgets';
import {
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { DescribeSecretCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { GetWebACLForResourceCommand, WAFV2Client } from '@aws-sdk/client-wafv2';

const account = '111111111111';
const settings = { region: 'us-east-1' };
const mostInFlight = 8;
let inFlight = 0;
const queue = [];

const ec2 = new EC2Client(settings);
const elb = new ElasticLoadBalancingV2Client(settings);
const elasticache = new ElastiCacheClient(settings);
const iam = new IAMClient(settings);
const secretsmanager = new SecretsManagerClient(settings);
const budgets = new BudgetsClient(settings);

const caller = await ask(new STSClient(settings), new GetCallerIdentityCommand({}));
assert.equal(caller.Account, account);
await Promise.all([theAccount(), theNetwork(), theBalancer(), theData(), theSecrets()]);
// golive ends its connections too.
process.exit();

async function theAccount() {
  const budget = { AccountId: account, BudgetName: 'aep-prod-monthly' };
  await Promise.all([
    simulated(
      'Deployer',
      [
        'ecs:UpdateService',
        'ecs:RegisterTaskDefinition',
        'ecr:PutImage',
        'elasticloadbalancing:ModifyListener',
        'route53:ChangeResourceRecordSets',
        'iam:CreateUser',
        'iam:AttachRolePolicy',
        'iam:PutRolePolicy',
        's3:DeleteBucket',
        'rds:DeleteDBInstance',
        'organizations:LeaveOrganization',
      ],
      ['*'],
    ),
    check(ask(budgets, new DescribeBudgetCommand(budget)), (seen) => Number(seen.Budget.BudgetLimit.Amount) > 0),
    check(ask(budgets, new DescribeNotificationsForBudgetCommand(budget)), (seen) =>
      seen.Notifications.some((each) => each.ThresholdType === 'PERCENTAGE' && each.Threshold <= 80),
    ),
  ]);
}

async function theNetwork() {
  const named = [{ Name: 'tag:Name', Values: ['aep-prod-vpc'] }];
  const [vpc] = (await ask(ec2, new DescribeVpcsCommand({ Filters: named }))).Vpcs;
  assert.equal(vpc.IsDefault, false);
  const ofVpc = { Name: 'vpc-id', Values: [vpc.VpcId] };
  await Promise.all([
    theSubnets(ofVpc),
    check(ask(ec2, new DescribeVpcEndpointsCommand({ Filters: [ofVpc] })), (seen) => seen.VpcEndpoints.length >= 5),
    check(ask(ec2, new DescribeSecurityGroupsCommand({ Filters: [ofVpc] })), (seen) => seen.SecurityGroups.length >= 5),
    theGroups(ofVpc),
  ]);
}

async function theSubnets(ofVpc) {
  const [{ Subnets: subnets }, { RouteTables: tables }, { NatGateways: gateways }] = await Promise.all([
    ask(ec2, new DescribeSubnetsCommand({ Filters: [ofVpc] })),
    ask(ec2, new DescribeRouteTablesCommand({ Filters: [ofVpc] })),
    ask(ec2, new DescribeNatGatewaysCommand({ Filter: [ofVpc] })),
  ]);
  assert.ok(gateways.some((gateway) => gateway.State === 'available'));
  const own = (id) => (table) => table.Associations.some((association) => association.SubnetId === id);
  const isPublic = ({ SubnetId: id }) =>
    (tables.find(own(id)) ?? tables.find((table) => table.Associations.some((each) => each.Main))).Routes.some(
      (route) => route.GatewayId?.startsWith('igw-'),
    );
  const ids = subnets.filter(isPublic).map(({ SubnetId: id }) => id);
  const inThem = { Filters: [{ Name: 'subnet-id', Values: ids }] };
  await check(ask(ec2, new DescribeNetworkInterfacesCommand(inThem)), (seen) =>
    seen.NetworkInterfaces.every((each) => /^(?:ELB app\/|Interface for NAT Gateway )/.test(each.Description)),
  );
}

async function theGroups(ofVpc) {
  const names = ['alb', 'frontend', 'backend', 'rds', 'redis'].map((name) => `aep-prod-${name}-sg`);
  const named = { Filters: [ofVpc, { Name: 'group-name', Values: names }] };
  const { SecurityGroups: groups } = await ask(ec2, new DescribeSecurityGroupsCommand(named));
  const ids = names.map((name) => groups.find((group) => group.GroupName === name).GroupId);
  const ofThem = { Filters: [{ Name: 'group-id', Values: ids }] };
  await check(ask(ec2, new DescribeSecurityGroupRulesCommand(ofThem)), (seen) =>
    ids.every((id) => seen.SecurityGroupRules.some((rule) => rule.GroupId === id && !rule.IsEgress)),
  );
}

async function theBalancer() {
  await Promise.all([
    targetGroups('backend'),
    targetGroups('frontend'),
    targetGroups('backend', 'frontend'),
    listeners(),
  ]);
}

async function targetGroups(...services) {
  const named = new DescribeTargetGroupsCommand({ Names: services.map((service) => `aep-prod-tg-${service}`) });
  await check(ask(elb, named), (seen) => seen.TargetGroups.every((group) => group.TargetType === 'ip'));
}

async function listeners() {
  const [balancer] = (await ask(elb, new DescribeLoadBalancersCommand({ Names: ['aep-prod-alb'] }))).LoadBalancers;
  assert.equal(balancer.State.Code, 'active');
  const { LoadBalancerArn: arn } = balancer;
  const acl = new GetWebACLForResourceCommand({ ResourceArn: arn });
  await Promise.all([
    check(ask(new WAFV2Client(settings), acl), (seen) => seen.WebACL.Rules.length > 0),
    ask(elb, new DescribeListenersCommand({ LoadBalancerArn: arn })).then(async (seen) => {
      const https = seen.Listeners.find((listener) => listener.Port === 443);
      const certificate = new DescribeCertificateCommand({ CertificateArn: https.Certificates[0].CertificateArn });
      await Promise.all([
        check(ask(elb, new DescribeRulesCommand({ ListenerArn: https.ListenerArn })), ({ Rules }) => Rules.length >= 3),
        check(ask(new ACMClient(settings), certificate), ({ Certificate }) => Certificate.Type === 'AMAZON_ISSUED'),
      ]);
    }),
  ]);
}

async function theData() {
  const replicated = new DescribeReplicationGroupsCommand({ ReplicationGroupId: 'aep-prod-redis' });
  await Promise.all([
    check(
      ask(new RDSClient(settings), new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'aep-prod-db' })),
      (seen) => seen.DBInstances[0].DBInstanceStatus === 'available',
    ),
    ask(elasticache, replicated).then((seen) =>
      check(
        ask(
          elasticache,
          new DescribeCacheClustersCommand({ CacheClusterId: seen.ReplicationGroups[0].MemberClusters[0] }),
        ),
        ({ CacheClusters }) => CacheClusters[0].CacheClusterStatus === 'available',
      ),
    ),
  ]);
}

async function theSecrets() {
  const reads = ['secretsmanager:GetSecretValue'];
  const arnOf = (name) => `arn:aws:secretsmanager:us-east-1:${account}:secret:${name}-ABCDEF`;
  const names = ['ANTHROPIC_API_KEY', 'AUDIT_ENCRYPTION_KEY', 'DATABASE_URL', 'OPENAI_API_KEY', 'REDIS_URL'];
  await Promise.all([
    check(
      ask(secretsmanager, new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['aep/prod/'] }] })),
      ({ SecretList }) => SecretList.length >= 5,
    ),
    check(
      ask(secretsmanager, new DescribeSecretCommand({ SecretId: 'aep/prod/REDIS_URL' })),
      ({ DeletedDate }) => DeletedDate === undefined,
    ),
    simulated(
      'aep-prod-execution',
      reads,
      names.map((name) => arnOf(`aep/prod/${name}`)),
    ),
    simulated('aep-prod-execution', reads, [arnOf('aep/other/DATABASE_URL'), arnOf('another')]),
    simulated('aep-prod-execution', ['secretsmanager:PutSecretValue'], ['*']),
  ]);
}

async function simulated(role, actions, resources) {
  const principal = `arn:aws:iam::${account}:role/${role}`;
  const input = { PolicySourceArn: principal, ActionNames: actions, ResourceArns: resources };
  await check(
    ask(iam, new SimulatePrincipalPolicyCommand(input)),
    ({ EvaluationResults }) => EvaluationResults.length >= actions.length,
  );
}

async function check(looked, holds) {
  assert.ok(holds(await looked));
}

/** Sends when there is room. */
async function ask(client, command) {
  if (inFlight >= mostInFlight) await new Promise((resolve) => queue.push(resolve));
  else inFlight += 1;
  try {
    return await client.send(command);
  } finally {
    const next = queue.shift();
    if (next === undefined) inFlight -= 1;
    else next();
  }
}
