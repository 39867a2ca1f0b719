// RDS: database instances.

import type { DBInstance, DescribeDBInstancesMessage, DBInstanceMessage } from '@aws-sdk/client-rds';
import { pageOf } from '../pages.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const rds = { DescribeDBInstances };

function DescribeDBInstances(input: DescribeDBInstancesMessage, place: Place): DBInstanceMessage {
  const size = input.MaxRecords ?? 100;
  if (size < 20 || size > 100)
    refuse('InvalidParameterValue', `Invalid value ${size} for MaxRecords. Must be between 20 and 100`);
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
    AllocatedStorage: state.storage_gb,
    InstanceCreateTime: new Date(state.created),
    AvailabilityZone: `${place.region}a`,
    Endpoint: { Address: `${name}.${idOf(place.account.id, 12)}.${place.region}.rds.amazonaws.com`, Port: 5432 },
  };
}
