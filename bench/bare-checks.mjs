// What 25 checks cost without golive: the same clients, the caller first, the same dependent requests, each as soon as
// what it depends on is there. Nothing is kept, and a red is only an exit code.

import assert from 'node:assert/strict';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeMetricFiltersCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const origin = process.env.BENCH_ORIGIN;
const settings = { region: 'us-east-1' };
const elb = new ElasticLoadBalancingV2Client(settings);
const ecs = new ECSClient(settings);
const cloudwatch = new CloudWatchClient(settings);
const logs = new CloudWatchLogsClient(settings);
const rds = new RDSClient(settings);

const caller = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
assert.equal(caller.Account, '123456789012');

const balancer = elb.send(new DescribeLoadBalancersCommand({ Names: ['bench'] })).then((seen) => seen.LoadBalancers[0]);
const group = elb.send(new DescribeTargetGroupsCommand({ Names: ['bench'] })).then((seen) => seen.TargetGroups[0]);
const service = ecs
  .send(new DescribeServicesCommand({ cluster: 'bench', services: ['api'] }))
  .then((seen) => seen.services[0]);

await Promise.all([
  check(balancer, (seen) => seen.State.Code === 'active'),
  check(group, (seen) => seen.Protocol === 'HTTP'),
  after(
    balancer,
    (seen) => elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: seen.LoadBalancerArn })),
    (seen) => seen.Attributes[0].Value === 'true',
  ),
  after(
    balancer,
    (seen) => elb.send(new DescribeListenersCommand({ LoadBalancerArn: seen.LoadBalancerArn })),
    (seen) => seen.Listeners[0].Port === 443,
  ),
  after(
    group,
    (seen) => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: seen.TargetGroupArn })),
    (seen) => seen.TargetHealthDescriptions.every((each) => each.TargetHealth.State === 'healthy'),
  ),
  check(service, (seen) => seen.runningCount >= seen.desiredCount),
  check(ecs.send(new DescribeClustersCommand({ clusters: ['bench'] })), (seen) => seen.clusters[0].status === 'ACTIVE'),
  after(
    service,
    (seen) => ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: seen.taskDefinition })),
    (seen) => seen.taskDefinition.revision === 7,
  ),
  after(
    service,
    (seen) => ecs.send(new ListTasksCommand({ cluster: 'bench', serviceName: seen.serviceName })),
    (seen) => seen.taskArns.length === 2,
  ),
  check(
    cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['bench-errors'] })),
    (seen) => seen.MetricAlarms[0].StateValue === 'OK',
  ),
  check(cloudwatch.send(new GetDashboardCommand({ DashboardName: 'bench' })), (seen) =>
    seen.DashboardBody.includes('widgets'),
  ),
  check(cloudwatch.send(new ListMetricsCommand({ Namespace: 'AWS/ECS' })), (seen) => seen.Metrics.length === 1),
  check(
    logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/ecs/api' })),
    (seen) => seen.logGroups[0].retentionInDays === 30,
  ),
  check(
    logs.send(new DescribeMetricFiltersCommand({ logGroupName: '/ecs/api' })),
    (seen) => seen.metricFilters[0].filterPattern === 'ERROR',
  ),
  check(logs.send(new DescribeLogStreamsCommand({ logGroupName: '/ecs/api' })), (seen) => seen.logStreams.length === 1),
  check(
    rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'bench' })),
    (seen) => seen.DBInstances[0].MultiAZ,
  ),
  check(
    rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'bench' })),
    (seen) => seen.DBSnapshots[0].Status === 'available',
  ),
  ...['/health/live', '/health/ready', '/', '/login', '/robots.txt', '/version'].map((path) =>
    check(page(path), (seen) => seen.ok),
  ),
  after(
    service,
    (seen) => page(`/releases/${seen.taskDefinition}`),
    (seen) => seen.ok,
  ),
  after(
    balancer,
    (seen) => page(`/routes/${seen.LoadBalancerName}`),
    (seen) => seen.ok,
  ),
]);
// golive ends its connections too.
process.exit();

async function check(looked, holds) {
  assert.ok(holds(await looked));
}

async function after(first, look, holds) {
  assert.ok(holds(await look(await first)));
}

async function page(path) {
  const answer = await fetch(`${origin}${path}`);
  assert.equal(answer.status, 200);
  return answer.json();
}
