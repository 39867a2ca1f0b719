// DynamoDB: tables and how they are kept safe, and backups, which take a while.

import type {
  BackupDetails,
  CreateBackupInput,
  CreateBackupOutput,
  DescribeBackupInput,
  DescribeBackupOutput,
  DescribeContinuousBackupsInput,
  DescribeContinuousBackupsOutput,
  DescribeTableInput,
  DescribeTableOutput,
  DescribeTimeToLiveInput,
  DescribeTimeToLiveOutput,
  ListBackupsInput,
  ListBackupsOutput,
  ListTablesInput,
  ListTablesOutput,
} from '@aws-sdk/client-dynamodb';
import { spanMs } from '../account-parts.ts';
import type { BackupState, TableState } from '../account-tables.ts';
import { arn, held, idOf, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { tableDescription } from './dynamodb-tables.ts';

export const dynamodb = {
  ListTables,
  DescribeTable,
  DescribeContinuousBackups,
  DescribeTimeToLive,
  CreateBackup,
  DescribeBackup,
  ListBackups,
};

const most = 100;
const dayMs = 86_400_000;
const recoverableMs = 35 * dayMs;

function ListTables(input: ListTablesInput, place: Place): ListTablesOutput {
  const { ExclusiveStartTableName: after = '', Limit: size = most } = input;
  const names = Object.keys(place.account.dynamodb.tables).toSorted();
  const rest = names.filter((name) => name > after);
  const page = rest.slice(0, size);
  return { TableNames: page, ...(page.length < rest.length && { LastEvaluatedTableName: page.at(-1) }) };
}

function DescribeTable(input: DescribeTableInput, place: Place): DescribeTableOutput {
  const [name, table] = tableOf(place, input.TableName, 'ResourceNotFoundException');
  return { Table: tableDescription(place, name, table) };
}

function DescribeContinuousBackups(
  input: DescribeContinuousBackupsInput,
  place: Place,
): DescribeContinuousBackupsOutput {
  const [, { point_in_time: on, created }] = tableOf(place, input.TableName, 'TableNotFoundException');
  const earliest = Math.max(Date.parse(created), place.now - recoverableMs);
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: on
        ? {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: 35,
            EarliestRestorableDateTime: new Date(earliest),
            LatestRestorableDateTime: new Date(place.now - 300_000),
          }
        : { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  };
}

function DescribeTimeToLive(input: DescribeTimeToLiveInput, place: Place): DescribeTimeToLiveOutput {
  const [, { expires_by: attribute }] = tableOf(place, input.TableName, 'ResourceNotFoundException');
  if (attribute === undefined) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
  return { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: attribute } };
}

/** The same name twice is two backups, as there. */
function CreateBackup(input: CreateBackupInput, place: Place): CreateBackupOutput {
  const [table, { bytes, status }] = tableOf(place, input.TableName, 'TableNotFoundException');
  if (status !== 'ACTIVE' && status !== 'UPDATING') refuse('TableInUseException', `Table is ${status}: ${table}`);
  const { BackupName: name = '' } = input;
  if (!/^[\w.-]{3,255}$/.test(name)) {
    const rule = String.raw`Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`;
    refuse(
      'ValidationException',
      `1 validation error detected: Value '${name}' at 'backupName' failed to satisfy constraint: ${rule}`,
    );
  }
  const { dynamodb: state } = place.account;
  const count = Object.keys(state.backups).length;
  const id = `0${place.now}-${idOf(`${table} ${name} ${count}`, 8)}`;
  const made = { table, name, created: new Date(place.now).toISOString(), bytes, deleted: false };
  const { account } = place.world;
  const after = { ...state, backups: { ...state.backups, [id]: made } };
  place.change({ ...place.world, account: { ...account, dynamodb: after } });
  return { BackupDetails: details(place, id, made) };
}

function DescribeBackup(input: DescribeBackupInput, place: Place): DescribeBackupOutput {
  const id = lastSegment(input.BackupArn ?? '');
  const backup = held(place.account.dynamodb.backups, id);
  if (backup === undefined) refuse('BackupNotFoundException', `Backup not found: ${input.BackupArn ?? ''}`);
  return { BackupDescription: { BackupDetails: details(place, id, backup) } };
}

/** Oldest first. */
function ListBackups(input: ListBackupsInput, place: Place): ListBackupsOutput {
  const { TableName: table, Limit: size = most, ExclusiveStartBackupArn: after } = input;
  const all = Object.entries(place.account.dynamodb.backups)
    .filter(([, backup]) => table === undefined || backup.table === lastSegment(table))
    .toSorted(([, a], [, b]) => Date.parse(a.created) - Date.parse(b.created))
    .map(([id, backup]) => {
      const tableArn = arn(place, 'dynamodb', `table/${backup.table}`);
      return { TableName: backup.table, TableArn: tableArn, ...details(place, id, backup) };
    });
  const from = after === undefined ? 0 : all.findIndex(({ BackupArn }) => BackupArn === after) + 1;
  const page = all.slice(from, from + size);
  const more = from + page.length < all.length;
  return { BackupSummaries: page, ...(more && { LastEvaluatedBackupArn: page.at(-1)?.BackupArn }) };
}

function details(place: Place, id: string, { table, name, created, bytes, deleted }: BackupState): BackupDetails {
  const whole = Date.parse(created) + spanMs(place.account.dynamodb.backing_up) <= place.now;
  return {
    BackupArn: arn(place, 'dynamodb', `table/${table}/backup/${id}`),
    BackupName: name,
    BackupStatus: deleted ? 'DELETED' : whole ? 'AVAILABLE' : 'CREATING',
    BackupType: 'USER',
    BackupCreationDateTime: new Date(created),
    ...(whole && { BackupSizeBytes: bytes }),
  };
}

/** A table by its name or its ARN. */
function tableOf(place: Place, asked: string | undefined, code: string): readonly [name: string, table: TableState] {
  const name = lastSegment(asked ?? '');
  const table = held(place.account.dynamodb.tables, name);
  if (table === undefined) return refuse(code, `Requested resource not found: Table: ${name} not found`);
  return [name, table];
}
