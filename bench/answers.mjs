// What the server of the bench answers: one canned account, written down as it goes over the wire.

const balancer = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/bench/1';
const group = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/bench/1';

/** JSON services: the operation of `x-amz-target` and what it answers. */
const json = {
  DescribeClusters: { clusters: [{ clusterName: 'bench', status: 'ACTIVE' }], failures: [] },
  DescribeServices: {
    services: [
      {
        serviceName: 'api',
        status: 'ACTIVE',
        desiredCount: 2,
        runningCount: 2,
        taskDefinition: 'api:7',
        deployments: [],
      },
    ],
    failures: [],
  },
  DescribeTaskDefinition: { taskDefinition: { family: 'api', revision: 7, status: 'ACTIVE', networkMode: 'awsvpc' } },
  ListTasks: {
    taskArns: ['arn:aws:ecs:us-east-1:123456789012:task/bench/1', 'arn:aws:ecs:us-east-1:123456789012:task/bench/2'],
  },
  DescribeAlarms: {
    MetricAlarms: [{ AlarmName: 'bench-errors', StateValue: 'OK', ActionsEnabled: true }],
    CompositeAlarms: [],
  },
  GetDashboard: { DashboardName: 'bench', DashboardBody: '{"widgets":[]}' },
  ListMetrics: { Metrics: [{ Namespace: 'AWS/ECS', MetricName: 'CPUUtilization' }] },
  DescribeLogGroups: { logGroups: [{ logGroupName: '/ecs/api', retentionInDays: 30 }] },
  DescribeMetricFilters: {
    metricFilters: [{ filterName: 'errors', filterPattern: 'ERROR', logGroupName: '/ecs/api' }],
  },
  DescribeLogStreams: { logStreams: [{ logStreamName: 'api/1' }] },
};

/** Query services: the `Action` and the inside of its result element. */
const query = {
  GetCallerIdentity:
    '<Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>AIDABENCH</UserId><Account>123456789012</Account>',
  DescribeLoadBalancers: `<LoadBalancers><member><LoadBalancerArn>${balancer}</LoadBalancerArn><LoadBalancerName>bench</LoadBalancerName><Scheme>internet-facing</Scheme><State><Code>active</Code></State></member></LoadBalancers>`,
  DescribeTargetGroups: `<TargetGroups><member><TargetGroupArn>${group}</TargetGroupArn><TargetGroupName>bench</TargetGroupName><Protocol>HTTP</Protocol></member></TargetGroups>`,
  DescribeLoadBalancerAttributes:
    '<Attributes><member><Key>deletion_protection.enabled</Key><Value>true</Value></member></Attributes>',
  DescribeListeners:
    '<Listeners><member><ListenerArn>arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/bench/1/1</ListenerArn><Port>443</Port><Protocol>HTTPS</Protocol></member></Listeners>',
  DescribeTargetHealth:
    '<TargetHealthDescriptions><member><Target><Id>10.0.0.1</Id></Target><TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions>',
  DescribeDBInstances:
    '<DBInstances><DBInstance><DBInstanceIdentifier>bench</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus><MultiAZ>true</MultiAZ></DBInstance></DBInstances>',
  DescribeDBSnapshots:
    '<DBSnapshots><DBSnapshot><DBSnapshotIdentifier>bench-1</DBSnapshotIdentifier><Status>available</Status></DBSnapshot></DBSnapshots>',
};

/** The answer to one request, as `{ status, headers, text }`; 404 for what is not canned. */
export function answerTo(asked) {
  const { status, type, body } = canned(asked);
  count += 1;
  // What does not name its request is not believed to be AWS.
  return { status, headers: { 'content-type': type, 'x-amzn-requestid': `bench-${count}` }, text: body };
}

let count = 0;

function canned({ target, type, path, body }) {
  if (target !== undefined) {
    const name = target.split('.').at(-1);
    return json[name] === undefined ? nothing : { status: 200, type, body: JSON.stringify(json[name]) };
  }
  const action = type?.includes('form-urlencoded') ? new URLSearchParams(body).get('Action') : undefined;
  if (action) {
    if (query[action] === undefined) return nothing;
    const text = `<${action}Response><${action}Result>${query[action]}</${action}Result></${action}Response>`;
    return { status: 200, type: 'text/xml', body: text };
  }
  return { status: 200, type: 'application/json', body: JSON.stringify({ ok: true, path }) };
}

const nothing = { status: 404, type: 'text/plain', body: 'not canned' };
