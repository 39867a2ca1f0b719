// Goal: a snapshot becomes an instance of its own only where none of that name is, and a restore whose answer was lost is
// told apart from an instance that somebody else made. Method: the kind through the real clients against the stand-in.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';
import { securityGroupId } from '../../src/rehearsal/ec2-names.ts';
import { rdsRestoreSnapshot as kind } from '../../src/steps/rds-restore-snapshot.ts';
import { play } from '../wrong-passes/given.ts';
import { attempt, denied, missing, scripted } from './aws-world.ts';
import { givenPlayed, making, seesOf } from './played.ts';

const snapshot: JsonObject = {
  instance: 'aep-prod-db',
  created: '2026-03-01T10:00:00Z',
  class: 'db.t4g.micro',
  engine: 'postgres',
  version: '16.4',
  encrypted: true,
  storage_gb: 20,
};
const rds = (more: JsonObject = {}): JsonObject => ({ account: { rds: { snapshots: { before: snapshot }, ...more } } });
const args = kind.schema.parse({ snapshot: 'before', instance: 'aep-prod-db-2' });
const mark = 'golive run/7';
const pending = { before: {}, mark };
const other: JsonObject = {
  class: 'db.t4g.micro',
  engine: 'postgres',
  version: '16.4',
  multi_az: false,
  encrypted: true,
  deletion_protection: false,
  backup_days: 1,
  storage_gb: 20,
  created: '2026-03-02T08:00:00Z',
};

describe('what stands there', () => {
  test('nothing of that name, and a snapshot that is whole: ready', async () => {
    const { prepare } = await givenPlayed(kind, rds());
    const wishes = { class: 'db.r6g.large', security_groups: ['sg-1'], subnet_group: 'private', multi_az: true };
    expect(await prepare({ ...args, ...wishes })).toMatchObject({
      stands: 'ready',
      lines: ['+ a database instance aep-prod-db-2, from the snapshot before'],
      request: {
        DBInstanceIdentifier: 'aep-prod-db-2',
        DBSnapshotIdentifier: 'before',
        DBInstanceClass: 'db.r6g.large',
        DBSubnetGroupName: 'private',
        VpcSecurityGroupIds: ['sg-1'],
        MultiAZ: true,
      },
    });
  });

  test.each<[string, JsonObject, string]>([
    ['an instance of somebody', {}, 'one is there already, since 2026-03-02T08:00:00.000Z'],
    ['one of another run', { tags: { golive: 'golive old/9' } }, 'made by golive old/9'],
    ['one with our mark, though nothing was sent', { tags: { golive: mark } }, `made by ${mark}`],
  ])('%s: foreign', async (_, more, words) => {
    const { prepare } = await givenPlayed(kind, rds({ instances: { 'aep-prod-db-2': { ...other, ...more } } }));
    const prospect = await prepare(args);
    expect(prospect).toMatchObject({
      stands: 'foreign',
      lines: [],
      expected: 'there is no instance aep-prod-db-2 yet',
    });
    expect(prospect.observed).toContain(words);
  });

  test.each<[string, JsonObject, string]>([
    ['that is not there', { snapshots: { before: null } }, 'it is not there'],
    ['that is not whole yet', { snapshots: { before: { ...snapshot, status: 'creating' } } }, 'it is creating'],
  ])('a snapshot %s: foreign', async (_, more, observed) => {
    const { prepare } = await givenPlayed(kind, rds(more));
    const expected = 'the snapshot before is available';
    expect(await prepare(args)).toMatchObject({ stands: 'foreign', lines: [], expected, observed });
  });

  test('after a lost answer, an instance with the mark is ours, and any other is not', async () => {
    const of = async (tags: JsonObject) => {
      const { prepare } = await givenPlayed(kind, rds({ instances: { 'aep-prod-db-2': { ...other, tags } } }));
      return (await prepare(args, pending)).stands;
    };
    expect(await of({ golive: mark })).toBe('already');
    expect(await of({})).toBe('foreign');
    expect(await of({ golive: 'golive run/6' })).toBe('foreign');
    const { prepare } = await givenPlayed(kind, rds());
    expect((await prepare(args, pending)).stands).toBe('ready');
  });

  test.each(['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots'])('cannot be said without %s', async (action) => {
    const { prepare } = await givenPlayed(kind, { ...rds(), faults: { denied: [action] } });
    await expect(prepare(args)).rejects.toMatchObject({ name: 'BlindError', code: 'access-denied' });
  });

  test('an empty answer says nothing: not there is an error of AWS', async () => {
    const { world } = scripted({
      'rds:DescribeDBInstances': { DBInstances: [] },
      'rds:DescribeDBSnapshots': { DBSnapshots: [{ Status: 'available' }] },
    });
    await expect(kind.prepare(args, world, attempt)).rejects.toBeInstanceOf(BlindError);
  });
});

describe('the restore', () => {
  test('takes its time, carries the mark, and is there when it is available', async () => {
    const sg = securityGroupId('aep-prod-backend-sg');
    const { accept, look, pass } = await givenPlayed(kind, rds());
    const { change } = await accept({ ...args, class: 'db.t4g.medium', security_groups: [sg] });
    expect(change).toBe('arn:aws:rds:us-east-1:111111111111:db:aep-prod-db-2');
    const early = await look(args, change);
    expect(early).toMatchObject({
      verdict: 'fail',
      over: false,
      facts: { DBInstanceStatus: 'creating', marked: true },
    });
    pass(480);
    expect((await look(args, change)).facts['DBInstanceStatus']).toBe('backing-up');
    pass(180);
    const late = await look(args, change);
    expect(late).toMatchObject({
      verdict: 'pass',
      facts: { found: true, DBInstanceClass: 'db.t4g.medium', VpcSecurityGroups: [{ VpcSecurityGroupId: sg }] },
    });
  });

  test('that ends badly is not waited for', async () => {
    const { accept, look, pass } = await givenPlayed(kind, rds({ restores: { ends: 'incompatible-restore' } }));
    const { change } = await accept(args);
    expect((await look(args, change)).over).toBe(false);
    pass(700);
    expect(await look(args, change)).toMatchObject({ verdict: 'fail', over: true });
  });

  test('whose answer was lost is found by its mark, and cannot happen twice', async () => {
    const { prepare, world, look, pass } = await givenPlayed(kind, rds());
    const prospect = await prepare(args);
    await kind.perform(args, prospect, mark, world, making);
    expect((await prepare(args, pending)).stands).toBe('already');
    const again = await kind.perform(args, prospect, mark, world, making);
    expect(JSON.stringify(again)).toContain('DBInstanceAlreadyExists');
    pass(700);
    expect((await look(args, '')).verdict).toBe('pass');
  });

  test('is refused without the permission', async () => {
    const faults = { denied: ['rds:RestoreDBInstanceFromDBSnapshot'] };
    const { act } = await givenPlayed(kind, { ...rds(), faults });
    expect(JSON.stringify((await act(args)).performed)).toContain('rds:RestoreDBInstanceFromDBSnapshot is missing');
  });

  test.each<[string, JsonObject | ReturnType<typeof missing>, JsonObject]>([
    ['is gone', missing('DBInstanceNotFoundFault'), { found: false }],
    ['is another one of that name', { DBInstances: [{ DBInstanceStatus: 'available' }] }, { marked: false }],
  ])('an instance that %s is not it', async (_, answer, seen) => {
    const { world } = scripted({ 'rds:DescribeDBInstances': answer });
    const { facts } = await seesOf(kind).look(args, { change: 'arn:x', mark }, world, attempt);
    expect(facts).toMatchObject(seen);
  });

  test('that may not be looked at is no evidence', async () => {
    const { world } = scripted({ 'rds:DescribeDBInstances': denied });
    await expect(seesOf(kind).look(args, { change: 'arn:x', mark }, world, attempt)).rejects.toBe(denied);
  });
});

test.each<[string, JsonObject]>([
  ['a name in capitals', { instance: 'AEP' }],
  ['a name with two hyphens', { instance: 'a--b' }],
  ['a name that ends in a hyphen', { instance: 'a-' }],
  ['too long a wait', { timeout: '7h' }],
  ['no security group', { security_groups: [] }],
])('it does not take %s', (_, more) => {
  expect(kind.schema.safeParse({ snapshot: 's', instance: 'i', ...more }).success).toBe(false);
});

describe('a step of a run', () => {
  const step = `- id: restore
  title: Restore
  act: { rds.restore_snapshot: { snapshot: before, instance: aep-prod-db-2, timeout: 30m } }
  undo: { none: it stays beside the old one }`;

  test.each<[string, JsonObject, string, RegExp]>([
    ['passes when it is available', {}, 'pass', /restore has taken effect/],
    [
      'fails at once when it ends badly',
      { restores: { ends: 'failed' } },
      'fail',
      /DBInstanceStatus = "available" observed "failed"/,
    ],
    ['fails when it takes too long', { restores: { takes: '45m' } }, 'fail', /within 30m/],
    [
      'changes nothing when the name is taken',
      { instances: { 'aep-prod-db-2': other } },
      'fail',
      /one is there already/,
    ],
  ])('%s', async (_, more, verdict, words) => {
    const played = await play(step, { patch: rds(more) });
    expect(played.verdicts, played.screen).toEqual({ restore: verdict });
    expect(played.screen.replaceAll(/\s+/g, ' ')).toMatch(words);
  });
});
