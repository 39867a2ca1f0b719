// RDS: a database instance as AWS describes it, from its state and the time.

import type { DBInstance } from '@aws-sdk/client-rds';
import type { InstanceState } from '../account-databases.ts';
import { spanMs } from '../account-parts.ts';
import { securityGroupId } from '../ec2-names.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';

/** When all instances are backed up, in UTC. */
export const backupWindow = '03:05-03:35';

/** An instance as DescribeDBInstances gives it; empty when there is none of that name. */
export function describeInstance(place: Place, name: string): DBInstance {
  const state = held(place.account.rds.instances, name);
  if (state === undefined) return {};
  const status = statusOf(state, place.now);
  // What is only known once it is there.
  const there = status !== 'creating' && {
    InstanceCreateTime: new Date(state.created),
    Endpoint: { Address: `${name}.${idOf(place.account.id, 12)}.${place.region}.rds.amazonaws.com`, Port: 5432 },
  };
  return {
    DBInstanceIdentifier: name,
    DBInstanceArn: arn(place, 'rds', `db:${name}`),
    DbiResourceId: `db-${idOf(name, 26).toUpperCase()}`,
    DBInstanceClass: state.class,
    DBInstanceStatus: status,
    Engine: state.engine,
    EngineVersion: state.version,
    MultiAZ: state.multi_az,
    StorageEncrypted: state.encrypted,
    PubliclyAccessible: state.public,
    DeletionProtection: state.deletion_protection,
    PerformanceInsightsEnabled: state.insights,
    BackupRetentionPeriod: state.backup_days,
    PreferredBackupWindow: backupWindow,
    // Without backups there is no moment to go back to.
    LatestRestorableTime:
      state.backup_days === 0 || status !== state.state ? undefined : new Date(place.now - spanMs(state.restorable)),
    VpcSecurityGroups: state.security_groups.map((each) => ({
      VpcSecurityGroupId: securityGroupId(each),
      Status: 'active',
    })),
    MasterUserSecret:
      state.master_secret === undefined
        ? undefined
        : { SecretArn: masterSecretArn(place, name), SecretStatus: state.master_secret },
    AllocatedStorage: state.storage_gb,
    AvailabilityZone: `${place.region}a`,
    ...there,
    TagList: Object.entries(state.tags).map(([Key, Value]) => ({ Key, Value })),
    ...(state.parameter_group === undefined
      ? {}
      : {
          DBParameterGroups: [{ DBParameterGroupName: state.parameter_group, ParameterApplyStatus: 'in-sync' }],
        }),
    ...(state.subnet_group === undefined ? {} : { DBSubnetGroup: { DBSubnetGroupName: state.subnet_group } }),
  };
}

function masterSecretArn(place: Place, name: string): string {
  const id = idOf(`master-secret/${name}`, 38);
  const parts = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20, 32)];
  return arn(place, 'secretsmanager', `secret:rds!db-${parts.join('-')}-${id.slice(32)}`);
}

/** One that comes from a snapshot is created, then backed up, and only then what it is to be. */
function statusOf({ state, created, restoring }: InstanceState, now: number): string {
  const left = restoring === undefined ? 0 : Date.parse(created) + spanMs(restoring) - now;
  if (left <= 0) return state;
  return left > spanMs(restoring ?? '0s') * 0.3 ? 'creating' : 'backing-up';
}
