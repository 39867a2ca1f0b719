// RDS: a new database instance from a snapshot, which takes its time.

import type {
  RestoreDBInstanceFromDBSnapshotMessage,
  RestoreDBInstanceFromDBSnapshotResult,
} from '@aws-sdk/client-rds';
import type { InstanceState } from '../account-databases.ts';
import { securityGroupId } from '../ec2-names.ts';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { describeInstance } from './rds-instances.ts';
import { snapshotNamed } from './rds-snapshots.ts';

const invalid = 'InvalidParameterValue';

/** What of a request the stand-in takes up. Anything else would be forgotten without a word. */
const played: readonly string[] = [
  'DBInstanceIdentifier',
  'DBSnapshotIdentifier',
  'DBInstanceClass',
  'DBSubnetGroupName',
  'VpcSecurityGroupIds',
  'MultiAZ',
  'DeletionProtection',
  'Tags',
];

export function RestoreDBInstanceFromDBSnapshot(
  input: RestoreDBInstanceFromDBSnapshotMessage,
  place: Place,
): RestoreDBInstanceFromDBSnapshotResult {
  const name = (input.DBInstanceIdentifier ?? '').toLowerCase();
  const other = Object.entries(input).find(([member, value]) => value !== undefined && !played.includes(member));
  if (other !== undefined) refuse(invalid, `The stand-in does not restore with ${other[0]}.`);
  if (!/^[a-z](?:-?[a-z0-9]){0,62}$/.test(name)) {
    const rule =
      'Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.';
    refuse(invalid, `The parameter DBInstanceIdentifier is not a valid identifier. ${rule}`);
  }
  if (held(place.account.rds.instances, name) !== undefined)
    refuse('DBInstanceAlreadyExists', 'DB instance already exists');
  const { world } = place;
  const { rds } = world.account;
  const instances = { ...rds.instances, [name]: restored(input, place) };
  const after = { ...world, account: { ...world.account, rds: { ...rds, instances } } };
  place.change(after);
  return { DBInstance: describeInstance({ ...place, world: after, account: after.account }, name) };
}

function restored(input: RestoreDBInstanceFromDBSnapshotMessage, place: Place): InstanceState {
  const { snapshot, source } = snapshotNamed(place, input.DBSnapshotIdentifier ?? '');
  const { subnet_groups: groups, restores } = place.account.rds;
  if (snapshot.Status !== 'available')
    refuse('InvalidDBSnapshotState', `Cannot restore from a snapshot that is ${snapshot.Status ?? ''}.`);
  const { DBSubnetGroupName: group, Tags: tags = [] } = input;
  if (group !== undefined && !groups.includes(group))
    refuse('DBSubnetGroupNotFoundFault', `DB subnet group '${group}' does not exist.`, 404);
  const reserved = tags.find(({ Key = '' }) => /^(?:aws|rds):/i.test(Key) || Key === '');
  if (reserved !== undefined) refuse(invalid, `The tag key '${reserved.Key ?? ''}' is not valid.`);
  return {
    class: input.DBInstanceClass ?? source.class,
    engine: source.engine,
    version: source.version,
    state: restores.ends,
    multi_az: input.MultiAZ ?? false,
    encrypted: source.encrypted,
    public: false,
    insights: false,
    deletion_protection: input.DeletionProtection ?? false,
    backup_days: 1,
    storage_gb: source.storage_gb,
    created: new Date(place.now).toISOString(),
    security_groups: (input.VpcSecurityGroupIds ?? []).map((id) => groupNamed(place, id)),
    ...(group === undefined ? {} : { subnet_group: group }),
    restorable: '4m',
    tags: Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    restoring: restores.takes,
  };
}

/** The name of the security group with this id. */
function groupNamed({ account }: Place, id: string): string {
  return (
    Object.keys(account.ec2.security_groups).find((name) => securityGroupId(name) === id) ??
    refuse(invalid, `Invalid security group , groupId= ${id}, groupName=.`)
  );
}
