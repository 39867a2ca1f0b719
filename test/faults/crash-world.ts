// The account that the acts of the fault test change: for every case something of its own, and nothing that takes long.

import type { JsonObject } from '../../src/engine/json.ts';
import { securityGroupId, subnetId } from '../../src/rehearsal/ec2-names.ts';
import { idOf } from '../../src/rehearsal/place.ts';

/** How many cases of one act there may be: names to change are `n0.crash.example` and on, services `s0` and on. */
const mostCases = 240;
const [account, region] = ['111111111111', 'us-east-1'];
const since = '2026-02-16T10:05:00Z';
const all = Array.from({ length: mostCases }, (_, n) => n);

export const old = '203.0.113.10';
export const network = { subnet: subnetId('inside'), group: securityGroupId('inside') } as const;

const firstPort = 8000;
/** Of the listener of a case. */
export function listenerArn(n: number): string {
  const of = `listener/app/web/${idOf('web', 16)}/${idOf(`web:${firstPort + n}`, 16)}`;
  return `arn:aws:elasticloadbalancing:${region}:${account}:${of}`;
}
export const portOf = (n: number): string => String(firstPort + n);

const definition = {
  container: 'web',
  image: 'web:1',
  digest: `sha256:${'5'.repeat(64)}`,
  port: 80,
  cpu: '256',
  memory: '512',
  log_group: '/ecs/web',
};
const service = {
  desired: 1,
  running: 1,
  task_definition: 'web:1',
  deployed: since,
  rollout_takes: '0s',
  subnets: ['inside'],
  security_groups: ['inside'],
};
const record = { A: { ttl: 60, values: [old] } };
const page = { fixed: { code: 503, body: 'before' } };

export const crashWorld: JsonObject = {
  rehearsal: 1,
  checklist: 'crash',
  target: 'prod',
  start: '2026-03-02T09:00:00Z',
  account: {
    id: account,
    region,
    caller: `arn:aws:sts::${account}:assumed-role/Deployer/rehearsal`,
    route53: {
      zones: {
        'crash.example': { id: 'ZCRASH', private: true, records: each('n', '.crash.example', record) },
        'ttl.example': { id: 'ZTTL', private: true, records: each('n', '.ttl.example', record) },
      },
    },
    ecs: {
      clusters: { crash: { services: each('s', '', service) } },
      task_definitions: { 'web:1': definition, 'web:2': { ...definition, image: 'web:2' } },
      task_scripts: { migrate: { family: 'web', command: ['migrate'], exit: 0, takes: '0s' } },
    },
    elbv2: {
      load_balancers: {
        web: {
          scheme: 'internal',
          suffix: '1043217685',
          created: since,
          listeners: Object.fromEntries(all.map((n) => [portOf(n), { protocol: 'HTTP', default: page }])),
        },
      },
    },
    ec2: {
      vpcs: { crash: { cidr: '10.0.0.0/16' } },
      subnets: { inside: { vpc: 'crash', zone: 'a', cidr: '10.0.0.0/24' } },
      route_tables: { main: { vpc: 'crash', main: true } },
      security_groups: { inside: { vpc: 'crash' } },
    },
  },
  application: {
    domains: ['app.crash.example'],
    load_balancer: 'web',
    backend: { live: true, checks: {}, budget_enforced: true, model: 'm' },
    frontend: { page: { status: 200, type: 'text/html', body: '' } },
  },
  dns: { propagation: '0s' },
  // Whoever waits for the log of a task waits longest: it cannot be read, which decides nothing.
  faults: { denied: ['logs:GetLogEvents'] },
};

function each(before: string, after: string, state: JsonObject): JsonObject {
  return Object.fromEntries(all.map((n) => [`${before}${n}${after}`, state]));
}
