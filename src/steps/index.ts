// The list of kinds, nothing else: probes that look or poke, and acts that change something.

import type { JsonObject } from '../engine/json.ts';
import type { ActKind } from './act.ts';
import { awsCall } from './aws-call.ts';
import { awsCallAct } from './aws-call-act.ts';
import { awsEcsService } from './aws-ecs-service.ts';
import { awsImage } from './aws-image.ts';
import { awsLogs } from './aws-logs.ts';
import { awsPermissions } from './aws-permissions.ts';
import { awsSecretRefs } from './aws-secret-refs.ts';
import { awsSecurityGroup } from './aws-security-group.ts';
import { awsSubnets } from './aws-subnets.ts';
import { awsTargetHealth } from './aws-target-health.ts';
import { cloudfrontInvalidate } from './cloudfront-invalidate.ts';
import { cloudwatchMetrics } from './cloudwatch-metrics.ts';
import { command } from './command.ts';
import { commandAct } from './command-act.ts';
import { dns } from './dns.ts';
import { dynamodbCreateBackup } from './dynamodb-create-backup.ts';
import { ecsRunTask } from './ecs-run-task.ts';
import { ecsRunTaskAct } from './ecs-run-task-act.ts';
import { ecsUpdateService } from './ecs-update-service.ts';
import { file } from './file.ts';
import { github } from './github.ts';
import { http } from './http.ts';
import { httpLoad } from './http-load.ts';
import type { Kind } from './kind.ts';
import { rdsRestoreSnapshot } from './rds-restore-snapshot.ts';
import { route53Record } from './route53-record.ts';
import { route53ReplaceRecord } from './route53-replace-record.ts';
import { route53SetTtl } from './route53-set-ttl.ts';
import { s3Sync } from './s3-sync.ts';
import { tls } from './tls.ts';
import { webVitals } from './web-vitals.ts';
import { websocket } from './websocket.ts';

/** A kind whose arguments are only known to its own schema: check them with it before handing them over. */
export type AnyKind = Kind<JsonObject>;

/** A kind of act whose arguments are only known to its own schema. */
export type AnyAct = ActKind<JsonObject>;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place where a kind meets arguments of another type; its schema guards it
export const kinds = [
  http,
  awsCall,
  awsEcsService,
  awsTargetHealth,
  awsLogs,
  awsSecurityGroup,
  awsSubnets,
  awsImage,
  awsSecretRefs,
  awsPermissions,
  cloudwatchMetrics,
  dns,
  route53Record,
  tls,
  websocket,
  httpLoad,
  webVitals,
  github,
  file,
  command,
  ecsRunTask,
] as unknown as readonly AnyKind[];

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
export const acts = [
  route53ReplaceRecord,
  route53SetTtl,
  ecsUpdateService,
  ecsRunTaskAct,
  rdsRestoreSnapshot,
  s3Sync,
  cloudfrontInvalidate,
  dynamodbCreateBackup,
  awsCallAct,
  commandAct,
] as unknown as readonly AnyAct[];

/** The kind of this name (`aws.call`), or undefined. */
export function findKind(name: string): AnyKind | undefined {
  return kinds.find((kind) => kind.name === name);
}

/** The kind of act of this name (`route53.replace_record`), or undefined. */
export function findAct(name: string): AnyAct | undefined {
  return acts.find((kind) => kind.name === name);
}
