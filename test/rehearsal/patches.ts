// Patches of AEP's world that no break names: of what the verification reads.

import type { JsonObject } from '../../src/engine/json.ts';

/** What is patched, the merge patch, and what has to stand on the screen. */
export type Patch = readonly [what: string, patch: JsonObject, words: RegExp];

export const account = (part: JsonObject): JsonObject => ({ account: part });
const alarm = (name: string, state: JsonObject | null) => account({ cloudwatch: { alarms: { [name]: state } } });
const service = (name: string, state: JsonObject) =>
  account({ ecs: { clusters: { 'aep-prod': { services: { [name]: state } } } } });
export const balancer = (state: JsonObject | null) => account({ elbv2: { load_balancers: { 'aep-prod-alb': state } } });
const tls = (state: JsonObject) => balancer({ listeners: { '443': state } });

/** Those that are told at once. */
export const quick: readonly Patch[] = [
  [
    'nobody hears the alarm on unhealthy targets',
    alarm('aep-prod-unhealthy-targets', { actions: [] }),
    /FAIL +alarm-unhealthy[\s\S]*AlarmActions/,
  ],
  [
    'the actions of the 5xx alarm are switched off',
    alarm('aep-prod-5xx-rate', { enabled: false }),
    /FAIL +alarm-5xx[\s\S]*ActionsEnabled/,
  ],
  [
    'the 5xx alarm rings at 50 instead of 5',
    alarm('aep-prod-5xx-rate', { threshold: 50 }),
    /FAIL +alarm-5xx[\s\S]*Threshold 50/,
  ],
  [
    'the alarm on tasks compares the wrong way round',
    alarm('aep-prod-running-below-desired', { comparison: 'GreaterThanThreshold' }),
    /FAIL +alarm-tasks[\s\S]*ComparisonOperator "GreaterThanThreshold"/,
  ],
  [
    'the alarm on tasks has no data',
    alarm('aep-prod-running-below-desired', { state: 'INSUFFICIENT_DATA' }),
    /FAIL +alarm-tasks[\s\S]*INSUFFICIENT_DATA/,
  ],
  [
    'CloudWatch holds no alarm at all',
    account({
      cloudwatch: {
        alarms: {
          'aep-prod-unhealthy-targets': null,
          'aep-prod-5xx-rate': null,
          'aep-prod-running-below-desired': null,
        },
      },
    }),
    /FAIL +alarm-unhealthy[\s\S]*FAIL +alarm-5xx[\s\S]*FAIL +alarm-tasks/,
  ],
  ['the load balancer is gone', balancer(null), /LoadBalancerNotFound/],
  ['the rule leaves /health out', tls({ rules: { '20': { paths: ['/healthz/*'] } } }), /FAIL +rule-health/],
  [
    'the default rule leads to the backend',
    tls({ default: { forward: 'aep-prod-tg-backend' } }),
    /FAIL +listener-443[\s\S]*FAIL +rule-default/,
  ],
  [
    'the listener answers a fixed page',
    tls({ default: { forward: null, fixed: { code: 200, body: 'soon' } } }),
    /FAIL +listener-443[\s\S]*no TargetGroupArn/,
  ],
  [
    'the health check of the frontend looks at a path that is not there',
    account({ elbv2: { target_groups: { 'aep-prod-tg-frontend': { health_path: '/healthz' } } } }),
    /FAIL +tg-frontend[\s\S]*healthz/,
  ],
  [
    'the frontend registers nowhere',
    service('aep-frontend-prod-svc', { target_group: null }),
    /FAIL +frontend-registered[\s\S]*is an empty list/,
  ],
  [
    'the frontend is still being deployed',
    service('aep-frontend-prod-svc', { rollout: 'IN_PROGRESS' }),
    /FAIL +frontend-stable[\s\S]*IN_PROGRESS/,
  ],
  [
    'the log group of the frontend is gone',
    account({ logs: { groups: { '/ecs/aep-frontend-prod': null } } }),
    /frontend-logs[\s\S]*ResourceNotFoundException/,
  ],
  [
    'the frontend logged something critical just inside the window',
    account({
      logs: {
        groups: { '/ecs/aep-frontend-prod': { events: { late: { ago: '9m', message: '[crit] worker died' } } } },
      },
    }),
    /FAIL +frontend-logs[\s\S]*observed +1: message \[crit\] worker died/,
  ],
  [
    'the front page is JSON',
    { application: { frontend: { page: { type: 'application/json' } } } },
    /FAIL +frontend-loads[\s\S]*"application\/json/,
  ],
  [
    'the front page is an error page that looks right',
    { application: { frontend: { page: { status: 500 } } } },
    /FAIL +frontend-loads[\s\S]*observed +500/,
  ],
  [
    'the answers about target groups are denied',
    { faults: { denied: ['elasticloadbalancing:DescribeTargetGroups'] } },
    /ERROR +[\s\S]*elasticloadbalancing:DescribeTargetGroups/,
  ],
  ['the credentials have expired', { faults: { expired: true } }, /expired/],
  ['the account is another one', { account: { id: '222222222222' } }, /222222222222/],
];

/** Those that many steps wait for before they give up. */
export const waited: readonly Patch[] = [
  ['the listener on 443 is gone', balancer({ listeners: { '443': null } }), /FAIL +listener-443[\s\S]*Port is 80/],
  ['the rule that leads to the backend is gone', tls({ rules: { '10': null } }), /FAIL +rule-api/],
  [
    'the target group of the backend is gone',
    account({ elbv2: { target_groups: { 'aep-prod-tg-backend': null } } }),
    /FAIL +target-groups[\s\S]*TargetGroupNotFound/,
  ],
  [
    'the deployment of the backend failed',
    service('aep-backend-prod-svc', { rollout: 'FAILED' }),
    /FAIL +backend-stable[\s\S]*FAILED/,
  ],
  [
    'the cluster is gone',
    account({ ecs: { clusters: { 'aep-prod': null } } }),
    /FAIL +backend-service[\s\S]*ClusterNotFound/,
  ],
  ['the backend is not alive', { application: { backend: { live: false } } }, /FAIL +backend-live[\s\S]*503/],
];

/** What only the paper's optional and recommended lines read: it is told, and decides nothing. */
export const advisory: readonly Patch[] = [
  [
    'the dashboard is gone',
    account({ cloudwatch: { dashboards: { 'aep-prod': null } } }),
    /FAIL +dash-http[\s\S]*ResourceNotFound/,
  ],
  [
    'the dashboard has lost its widgets',
    account({ cloudwatch: { dashboards: { 'aep-prod': { widgets: [] } } } }),
    /FAIL +dash-latency[\s\S]*"TargetResponseTime"/,
  ],
  [
    'nothing blocks the public from the bucket',
    account({ s3: { buckets: { 'aep-prod-alb-logs': { public_access_block: null } } } }),
    /FAIL +log-bucket[\s\S]*NoSuchPublicAccessBlockConfiguration/,
  ],
  [
    'the access logs are switched off',
    balancer({ attributes: { 'access_logs.s3.enabled': 'false' } }),
    /FAIL +alb-logging[\s\S]*"false"/,
  ],
];
