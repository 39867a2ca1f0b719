// RDS: snapshots, those that backups consist of and those that somebody took.

import type { DBSnapshot, DBSnapshotMessage, DescribeDBSnapshotsMessage } from '@aws-sdk/client-rds';
import type { InstanceState } from '../account-databases.ts';
import { pageOf } from '../pages.ts';
import { arn, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { backupWindow } from './rds-instances.ts';

const day = 86_400_000;

/** How many a page has. Throws a refusal for what RDS does not take. */
export function sizeOf(size = 100): number {
  if (size < 20 || size > 100)
    refuse('InvalidParameterValue', `Invalid value ${size} for MaxRecords. Must be between 20 and 100`);
  return size;
}

/** Those of an instance nobody knows are none; a snapshot nobody knows is an error. */
export function DescribeDBSnapshots(input: DescribeDBSnapshotsMessage, place: Place): DBSnapshotMessage {
  const size = sizeOf(input.MaxRecords);
  if ((input.Filters ?? []).length > 0) refuse('InvalidParameterValue', 'The stand-in does not filter snapshots.');
  const { DBInstanceIdentifier: of, DBSnapshotIdentifier: wanted, DbiResourceId: resource, SnapshotType: type } = input;
  const found = allSnapshots(place)
    .map(({ snapshot }) => snapshot)
    .filter(
      (each) =>
        (of === undefined || each.DBInstanceIdentifier === of.split(':').at(-1)) &&
        (wanted === undefined || isNamed(each, wanted)) &&
        (resource === undefined || each.DbiResourceId === resource) &&
        (type === undefined || each.SnapshotType === type),
    );
  if (wanted !== undefined && found.length === 0) refuse('DBSnapshotNotFound', `DBSnapshot ${wanted} not found.`, 404);
  const question = `snapshots ${JSON.stringify([of, wanted, resource, type])}`;
  const page = pageOf(found, { token: input.Marker, size, question, code: 'InvalidParameterValue' });
  return { DBSnapshots: [...page.items], Marker: page.next };
}

/** By its name or its ARN. */
function isNamed({ DBSnapshotIdentifier: name, DBSnapshotArn: full }: DBSnapshot, wanted: string): boolean {
  return wanted === name || wanted === full;
}

/** A snapshot, with what an instance that comes from it takes over. */
export interface Kept {
  readonly snapshot: DBSnapshot;
  readonly source: Pick<InstanceState, 'class' | 'engine' | 'version' | 'encrypted' | 'storage_gb'>;
}

/** The snapshot of this name or ARN. Throws a refusal when there is none. */
export function snapshotNamed(place: Place, wanted: string): Kept {
  return (
    allSnapshots(place).find(({ snapshot }) => isNamed(snapshot, wanted)) ??
    refuse('DBSnapshotNotFound', `DBSnapshot ${wanted} not found.`, 404)
  );
}

function allSnapshots(place: Place): readonly Kept[] {
  const { instances, snapshots } = place.account.rds;
  const automated = Object.entries(instances).flatMap(([name, state]) => backups(place, name, state));
  const manual = Object.entries(snapshots).map(([name, state]): Kept => {
    const { instance, created, status } = state;
    const taken = { SnapshotType: 'manual', Status: status, PercentProgress: status === 'creating' ? 40 : 100 };
    return { snapshot: { ...describe(place, name, instance, new Date(created), state), ...taken }, source: state };
  });
  return [...automated, ...manual];
}

/** One a day since the instance is there, as many as are kept. */
function backups(place: Place, name: string, state: InstanceState): readonly Kept[] {
  const [hours = 0, minutes = 0] = backupWindow.split(/[:-]/).map(Number);
  const today = Math.floor(place.now / day) * day + (hours * 60 + minutes) * 60_000;
  const newest = today <= place.now ? today : today - day;
  return Array.from({ length: state.backup_days }, (_, ago) => newest - ago * day)
    .filter((at) => at > Date.parse(state.created))
    .map((at): Kept => {
      const id = `rds:${name}-${new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
      const taken = { SnapshotType: 'automated', Status: 'available', PercentProgress: 100 };
      return { snapshot: { ...describe(place, id, name, new Date(at), state), ...taken }, source: state };
    });
}

function describe(place: Place, id: string, instance: string, at: Date, source: Kept['source']): DBSnapshot {
  return {
    DBSnapshotIdentifier: id,
    DBSnapshotArn: arn(place, 'rds', `snapshot:${id}`),
    DBInstanceIdentifier: instance,
    DbiResourceId: `db-${idOf(instance, 26).toUpperCase()}`,
    SnapshotCreateTime: at,
    Engine: source.engine,
    EngineVersion: source.version,
    AllocatedStorage: source.storage_gb,
    Encrypted: source.encrypted,
  };
}
