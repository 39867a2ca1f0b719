// RDS: database instances, and new ones that come from a snapshot.

import type { DBInstanceMessage, DescribeDBInstancesMessage } from '@aws-sdk/client-rds';
import { pageOf } from '../pages.ts';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { describeInstance } from './rds-instances.ts';
import { DescribeDBParameters } from './rds-parameters.ts';
import { RestoreDBInstanceFromDBSnapshot } from './rds-restore.ts';
import { DescribeDBSnapshots, sizeOf } from './rds-snapshots.ts';

export const rds = { DescribeDBInstances, DescribeDBParameters, DescribeDBSnapshots, RestoreDBInstanceFromDBSnapshot };

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
  return { DBInstances: page.items.map((name) => describeInstance(place, name)), Marker: page.next };
}
