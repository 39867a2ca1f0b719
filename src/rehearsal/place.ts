// What a service's operation may see: the account as one region of it stands now, and how its names are written.

import { createHash } from 'node:crypto';
import type { AccountState } from './account.ts';
import type { RehearsalWorld } from './world.ts';

export interface Place {
  readonly world: RehearsalWorld;
  /** The account as seen from the region that was asked: empty elsewhere, but for what is global. */
  readonly account: AccountState;
  readonly region: string;
  /** The rehearsal's time in ms. */
  readonly now: number;
  /** Makes this the world from now on. Durable when it returns, before anybody is answered. */
  readonly change: (world: RehearsalWorld) => void;
}

/** The place a request to `region` lands in. */
export function placeOf(world: RehearsalWorld, region: string, now: number, change: Place['change']): Place {
  const { account } = world;
  if (region === account.region) return { world, account, region, now, change };
  const empty: AccountState = {
    ...account,
    ecs: { clusters: {}, task_definitions: {}, task_scripts: {}, tasks: {} },
    elbv2: { load_balancers: {}, target_groups: {} },
    secretsmanager: { secrets: {} },
    rds: { ...account.rds, instances: {}, snapshots: {}, parameter_groups: {}, subnet_groups: [] },
    cloudwatch: { ...account.cloudwatch, alarms: {}, composite_alarms: {}, dashboards: {} },
    logs: { groups: {}, queries: {}, query_definitions: {} },
    ec2: {
      vpcs: {},
      subnets: {},
      route_tables: {},
      nat_gateways: {},
      endpoints: {},
      security_groups: {},
      interfaces: {},
      network_acls: {},
      flow_logs: {},
    },
    dynamodb: { ...account.dynamodb, tables: {}, backups: {} },
    acm: { certificates: {} },
    elasticache: { replication_groups: {} },
    ecr: { repositories: {} },
    // Those in front of CloudFront belong to the account, and one region tells of them.
    wafv2: {
      web_acls: Object.fromEntries(
        Object.entries(account.wafv2.web_acls).filter(
          ([, { scope }]) => region === 'us-east-1' && scope === 'CLOUDFRONT',
        ),
      ),
    },
    autoscaling: { targets: {} },
    ssm: { parameters: {} },
    kms: { keys: {} },
    lambda: { functions: {}, event_sources: {} },
    sns: { topics: {} },
    eks: { clusters: {} },
  };
  return { world, account: empty, region, now, change };
}

/** `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE` */
export function arn(place: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.account.id}:${resource}`;
}

/** Hex digits that are always the same for the same words: ids look real and never change between requests. */
export function idOf(words: string, length: number): string {
  return createHash('sha256').update(words).digest('hex').slice(0, length);
}

/** The same as a UUID. */
export function uuidOf(words: string): string {
  const id = idOf(words, 32);
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
}

/** What a map holds under a name, or undefined: a name from the network is never taken from a prototype. */
export function held<T>(map: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The last segment of an ARN or path: `service/aep-prod/web` gives `web`. */
export function lastSegment(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}
