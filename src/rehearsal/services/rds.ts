// RDS: database instances, and the snapshots that their backups consist of.

import type {
  DBInstance,
  DBInstanceMessage,
  DBSnapshot,
  DBSnapshotMessage,
  DescribeDBInstancesMessage,
  DescribeDBSnapshotsMessage,
} from '@aws-sdk/client-rds';
import { spanMs } from '../account-parts.ts';
import { securityGroupId } from '../ec2-names.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const rds = { DescribeDBInstances, DescribeDBSnapshots };

/** When all instances are backed up, in UTC. */
const backupWindow = '03:05-03:35';
const day = 86_400_000;

function sizeOf(size = 100): number {
  if (size < 20 || size > 100)
    refuse('InvalidParameterValue', `Invalid value ${size} for MaxRecords. Must be between 20 and 100`);
  return size;
}

function DescribeDBInstances(input: DescribeDBInstancesMessage, place: Place): DBInstanceMessage {
  const size = sizeOf(input.MaxRecords);
  if ((input.Filters ?? []).length > 0)
    refuse('InvalidParameterValue', 'The stand-in does not filter database instances.');
  // An ARN will do for the identifier.
  const wanted = input.DBInstanceIdentifier?.split(':').at(-1);
  if (wanted !== undefined && held(place.account.rds.instances, wanted) === undefined) {
    refuse('DBInstanceNotFound', `DBInstance ${wanted} not found.`, 404);
  }
  const names = wanted === undefined ? Object.keys(place.account.rds.instances) : [wanted];
  const page = pageOf(names, {
    token: input.Marker,
    size,
    question: `instances ${wanted ?? ''}`,
    code: 'InvalidParameterValue',
  });
  return { DBInstances: page.items.map((name) => instance(place, name)), Marker: page.next };
}

function instance(place: Place, name: string): DBInstance {
  const state = held(place.account.rds.instances, name);
  if (state === undefined) return {};
  return {
    DBInstanceIdentifier: name,
    DBInstanceArn: arn(place, 'rds', `db:${name}`),
    DbiResourceId: `db-${idOf(name, 26).toUpperCase()}`,
    DBInstanceClass: state.class,
    DBInstanceStatus: state.state,
    Engine: state.engine,
    EngineVersion: state.version,
    MultiAZ: state.multi_az,
    StorageEncrypted: state.encrypted,
    PubliclyAccessible: state.public,
    DeletionProtection: state.deletion_protection,
    BackupRetentionPeriod: state.backup_days,
    PreferredBackupWindow: backupWindow,
    // Without backups there is no moment to go back to.
    LatestRestorableTime: state.backup_days === 0 ? undefined : new Date(place.now - spanMs(state.restorable)),
    VpcSecurityGroups: state.security_groups.map((each) => ({
      VpcSecurityGroupId: securityGroupId(each),
      Status: 'active',
    })),
    MasterUserSecret:
      state.master_secret === undefined
        ? undefined
        : { SecretArn: masterSecretArn(place, name), SecretStatus: state.master_secret },
    AllocatedStorage: state.storage_gb,
    InstanceCreateTime: new Date(state.created),
    AvailabilityZone: `${place.region}a`,
    Endpoint: { Address: `${name}.${idOf(place.account.id, 12)}.${place.region}.rds.amazonaws.com`, Port: 5432 },
  };
}

function masterSecretArn(place: Place, name: string): string {
  const id = idOf(`master-secret/${name}`, 38);
  const parts = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20, 32)];
  return arn(place, 'secretsmanager', `secret:rds!db-${parts.join('-')}-${id.slice(32)}`);
}

/** Those of an instance nobody knows are none; a snapshot nobody knows is an error. */
function DescribeDBSnapshots(input: DescribeDBSnapshotsMessage, place: Place): DBSnapshotMessage {
  const size = sizeOf(input.MaxRecords);
  if ((input.Filters ?? []).length > 0) refuse('InvalidParameterValue', 'The stand-in does not filter snapshots.');
  const { DBInstanceIdentifier: of, DBSnapshotIdentifier: wanted, DbiResourceId: resource, SnapshotType: type } = input;
  const found = Object.keys(place.account.rds.instances)
    .flatMap((name) => snapshots(place, name))
    .filter(
      (each) =>
        (of === undefined || each.DBInstanceIdentifier === of.split(':').at(-1)) &&
        (wanted === undefined || each.DBSnapshotIdentifier === wanted) &&
        (resource === undefined || each.DbiResourceId === resource) &&
        (type === undefined || each.SnapshotType === type),
    );
  if (wanted !== undefined && found.length === 0) refuse('DBSnapshotNotFound', `DBSnapshot ${wanted} not found.`, 404);
  const question = `snapshots ${JSON.stringify([of, wanted, resource, type])}`;
  const page = pageOf(found, { token: input.Marker, size, question, code: 'InvalidParameterValue' });
  return { DBSnapshots: [...page.items], Marker: page.next };
}

/** One a day since the instance is there, as many as are kept. */
function snapshots(place: Place, name: string): readonly DBSnapshot[] {
  const state = held(place.account.rds.instances, name);
  if (state === undefined) return [];
  const [hours = 0, minutes = 0] = backupWindow.split(/[:-]/).map(Number);
  const today = Math.floor(place.now / day) * day + (hours * 60 + minutes) * 60_000;
  const newest = today <= place.now ? today : today - day;
  return Array.from({ length: state.backup_days }, (_, ago) => newest - ago * day)
    .filter((at) => at > Date.parse(state.created))
    .map((at) => ({
      DBSnapshotIdentifier: `rds:${name}-${new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`,
      DBInstanceIdentifier: name,
      DbiResourceId: `db-${idOf(name, 26).toUpperCase()}`,
      SnapshotCreateTime: new Date(at),
      Engine: state.engine,
      EngineVersion: state.version,
      AllocatedStorage: state.storage_gb,
      Status: 'available',
      SnapshotType: 'automated',
      PercentProgress: 100,
      Encrypted: state.encrypted,
    }));
}
