import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/engine/json.ts';
import { clientConfig, givenStandIn } from './given.ts';

async function givenElb(patch: JsonObject = {}): Promise<ElasticLoadBalancingV2Client> {
  const { awsUrl } = await givenStandIn(patch);
  return new ElasticLoadBalancingV2Client(clientConfig(awsUrl));
}

async function healthOf(client: ElasticLoadBalancingV2Client, name: string) {
  const { TargetGroups } = await client.send(new DescribeTargetGroupsCommand({ Names: [name] }));
  const { TargetHealthDescriptions } = await client.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }),
  );
  return (TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth);
}

const backendService = (state: JsonObject): JsonObject => ({
  account: { ecs: { clusters: { 'aep-prod': { services: { 'aep-backend-prod-svc': state } } } } },
});

const code = (name: string) => expect.objectContaining({ name });

describe('Elastic Load Balancing', () => {
  test('has the pods of Kubernetes among the targets, and those that do not answer as unhealthy', async () => {
    const pods = { ready: 2, sick: 1 };
    const client = await givenElb({
      account: { ecs: { clusters: null }, elbv2: { target_groups: { 'aep-prod-tg-backend': { pods } } } },
    });
    const states = (await healthOf(client, 'aep-prod-tg-backend')).map((health) => health?.State);
    expect(states).toEqual(['healthy', 'healthy', 'unhealthy']);
  });

  test('names the host a redirect leads to, or leaves it as it is', async () => {
    const hostOf = async (redirect: Json) => {
      const listeners = { '80': { default: { redirect } } };
      const client = await givenElb({ account: { elbv2: { load_balancers: { 'aep-prod-alb': { listeners } } } } });
      const { LoadBalancers } = await client.send(new DescribeLoadBalancersCommand({}));
      const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
      const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn }));
      const listener = Listeners?.find(({ Port }) => Port === 80);
      return listener?.DefaultActions?.[0]?.RedirectConfig?.Host;
    };
    expect(await hostOf('https')).toBe('#{host}');
    expect(await hostOf({ host: 'www.navralabs.com' })).toBe('www.navralabs.com');
  });

  test('describes the load balancer, its attributes, listeners and rules', async () => {
    const client = await givenElb();
    const { LoadBalancers } = await client.send(new DescribeLoadBalancersCommand({ Names: ['aep-prod-alb'] }));
    expect(LoadBalancers).toMatchObject([
      {
        DNSName: 'aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com',
        State: { Code: 'active' },
        Scheme: 'internet-facing',
      },
    ]);
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
    const { Attributes } = await client.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    expect(Attributes).toContainEqual({ Key: 'access_logs.s3.bucket', Value: 'aep-prod-alb-logs' });
    expect(Attributes).toContainEqual({ Key: 'access_logs.s3.prefix', Value: '' });
    const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn }));
    expect(Listeners?.map(({ Port, Protocol }) => [Port, Protocol])).toEqual([
      [80, 'HTTP'],
      [443, 'HTTPS'],
    ]);
    const { Rules } = await client.send(new DescribeRulesCommand({ ListenerArn: Listeners?.[1]?.ListenerArn }));
    expect(Rules?.map(({ Priority, IsDefault }) => [Priority, IsDefault])).toEqual([
      ['10', false],
      ['20', false],
      ['default', true],
    ]);
    expect(Rules?.map(({ Conditions }) => Conditions?.[0]?.Values)).toEqual([['/api/*'], ['/health/*'], undefined]);
  });

  test('refuses names and ARNs that are not there with their own codes', async () => {
    const client = await givenElb();
    const wrong = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:nothing/app/x/y';
    await expect(client.send(new DescribeLoadBalancersCommand({ Names: ['nope'] }))).rejects.toEqual(
      code('LoadBalancerNotFoundException'),
    );
    await expect(client.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [wrong] }))).rejects.toEqual(
      code('LoadBalancerNotFoundException'),
    );
    await expect(client.send(new DescribeListenersCommand({ ListenerArns: [wrong] }))).rejects.toEqual(
      code('ListenerNotFoundException'),
    );
    await expect(client.send(new DescribeRulesCommand({ RuleArns: [wrong] }))).rejects.toEqual(
      code('RuleNotFoundException'),
    );
    await expect(
      client.send(new DescribeTargetGroupsCommand({ Names: ['aep-prod-tg-backend', 'nope'] })),
    ).rejects.toEqual(code('TargetGroupNotFoundException'));
    await expect(client.send(new DescribeTargetHealthCommand({ TargetGroupArn: wrong }))).rejects.toEqual(
      code('TargetGroupNotFoundException'),
    );
    await expect(client.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: wrong }))).rejects.toEqual(
      code('TargetGroupNotFoundException'),
    );
    await expect(client.send(new DescribeListenersCommand({}))).rejects.toEqual(code('ValidationError'));
    await expect(client.send(new DescribeRulesCommand({}))).rejects.toEqual(code('ValidationError'));
  });

  test('every running task is a healthy target', async () => {
    const client = await givenElb();
    expect(await healthOf(client, 'aep-prod-tg-backend')).toEqual([{ State: 'healthy' }, { State: 'healthy' }]);
    expect(await healthOf(client, 'aep-prod-tg-frontend')).toEqual([{ State: 'healthy' }, { State: 'healthy' }]);
  });

  test('a task that does not answer is unhealthy, and the other is not', async () => {
    const health = await healthOf(await givenElb(backendService({ sick: 1 })), 'aep-prod-tg-backend');
    expect(health).toEqual([
      { State: 'healthy' },
      { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' },
    ]);
  });

  test('a health path that answers 503 makes every target unhealthy and says so', async () => {
    const [first] = await healthOf(
      await givenElb({ application: { backend: { live: false } } }),
      'aep-prod-tg-backend',
    );
    expect(first).toEqual({
      State: 'unhealthy',
      Reason: 'Target.ResponseCodeMismatch',
      Description: 'Health checks failed with these codes: [503]',
    });
  });

  test('a service without tasks has no targets', async () => {
    expect(await healthOf(await givenElb(backendService({ desired: 0, running: 0 })), 'aep-prod-tg-backend')).toEqual(
      [],
    );
  });

  test('targets of a group no listener forwards to are unused', async () => {
    const listeners = { '443': { rules: { '10': null, '20': null } } };
    const client = await givenElb({ account: { elbv2: { load_balancers: { 'aep-prod-alb': { listeners } } } } });
    expect((await healthOf(client, 'aep-prod-tg-backend')).map((each) => each?.Reason)).toEqual([
      'Target.NotInUse',
      'Target.NotInUse',
    ]);
  });

  test('a target nobody registered is answered as unused', async () => {
    const client = await givenElb();
    const { TargetGroups } = await client.send(new DescribeTargetGroupsCommand({ Names: ['aep-prod-tg-backend'] }));
    const { TargetHealthDescriptions } = await client.send(
      new DescribeTargetHealthCommand({
        TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn,
        Targets: [{ Id: '192.0.2.1', Port: 1 }],
      }),
    );
    expect(TargetHealthDescriptions).toMatchObject([
      { Target: { Id: '192.0.2.1' }, TargetHealth: { Reason: 'Target.NotRegistered' } },
    ]);
  });
});
