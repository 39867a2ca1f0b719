// Goal: a backup is made once, is found again by its name when its answer was lost, and counts when it is whole. Method: the
// kind through the real clients against the stand-in.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { dynamodbCreateBackup as kind } from '../../src/steps/dynamodb-create-backup.ts';
import { play } from '../wrong-passes/given.ts';
import { attempt, denied, missing, scripted } from './aws-world.ts';
import { givenPlayed, making, seesOf } from './played.ts';

const patch = (more: JsonObject = {}, table: JsonObject = {}): JsonObject => ({
  account: { dynamodb: { tables: { orders: { created: '2026-01-01T00:00:00Z', bytes: 4096, ...table } }, ...more } },
});
const args = kind.schema.parse({ table: 'orders', name: 'before-release' });
const mark = 'golive run/7';
const pending = { before: {}, mark };

describe('the backup', () => {
  test('carries the run in its name, takes its time, and is there when it is available', async () => {
    const { standIn, accept, look, pass, prepare } = await givenPlayed(kind, patch());
    expect(await prepare(args)).toMatchObject({
      stands: 'ready',
      lines: ['+ a backup of the table orders, named before-release-…'],
    });
    const { change } = await accept(args);
    expect(change).toMatch(/^arn:aws:dynamodb:us-east-1:111111111111:table\/orders\/backup\/0\d+-[0-9a-f]{8}$/);
    expect(Object.values(standIn.world().account.dynamodb.backups)).toMatchObject([
      { name: 'before-release-golive-run-7' },
    ]);
    expect(await look(args, change)).toMatchObject({
      verdict: 'fail',
      over: false,
      facts: { BackupStatus: 'CREATING' },
    });
    pass(60);
    expect(await look(args, change)).toMatchObject({
      verdict: 'pass',
      facts: { BackupStatus: 'AVAILABLE', BackupSizeBytes: 4096, marked: true, found: true },
    });
  });

  test('whose answer was lost is found by its name, on whatever page', async () => {
    const one = (index: number): JsonObject => ({
      table: 'orders',
      name: `b${index}`,
      created: '2026-02-01T00:00:00Z',
    });
    const backups = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`0${index}-a`, one(index)]));
    const { prepare, world, look, pass } = await givenPlayed(kind, patch({ backups }));
    const prospect = await prepare(args, pending);
    expect(prospect.stands).toBe('ready');
    await kind.perform(args, prospect, mark, world, making);
    expect((await prepare(args, pending)).stands).toBe('already');
    expect((await prepare(args, { ...pending, mark: 'golive run/6' })).stands).toBe('ready');
    pass(60);
    expect((await look(args, '')).verdict).toBe('pass');
  });

  test('is not made of a table that is not there, or is not whole', async () => {
    const { prepare } = await givenPlayed(kind, patch({}, { status: 'CREATING' }));
    expect(await prepare(args)).toMatchObject({ stands: 'foreign', observed: 'it is CREATING' });
    expect(await prepare({ ...args, table: 'other' })).toMatchObject({
      stands: 'foreign',
      observed: 'it is not there',
    });
  });

  test('is refused without the permission, and cannot be said without another', async () => {
    const { act } = await givenPlayed(kind, { ...patch(), faults: { denied: ['dynamodb:CreateBackup'] } });
    expect(JSON.stringify((await act(args)).performed)).toContain('dynamodb:CreateBackup is missing');
    const blind = await givenPlayed(kind, { ...patch(), faults: { denied: ['dynamodb:DescribeTable'] } });
    await expect(blind.prepare(args)).rejects.toMatchObject({ code: 'access-denied' });
  });

  test.each<[string, JsonObject | ReturnType<typeof missing>, JsonObject]>([
    ['is gone', missing('BackupNotFoundException'), { found: false }],
    ['has another name', { BackupDescription: { BackupDetails: { BackupName: 'x' } } }, { marked: false }],
  ])('that %s is not it', async (_, answer, seen) => {
    const { world } = scripted({ 'dynamodb:DescribeBackup': answer });
    const { facts } = await seesOf(kind).look(args, { change: 'arn:x', mark }, world, attempt);
    expect(facts).toMatchObject(seen);
  });

  test('that may not be looked at is no evidence', async () => {
    const { world } = scripted({ 'dynamodb:DescribeBackup': denied });
    await expect(seesOf(kind).look(args, { change: 'arn:x', mark }, world, attempt)).rejects.toBe(denied);
  });
});

test('what is in a table is not read', async () => {
  const { world } = await givenPlayed(kind, patch());
  const call = { service: 'dynamodb', operation: 'GetItem', input: { TableName: 'orders', Key: { id: { S: '1' } } } };
  await expect(world.aws.read(call, attempt.signal)).rejects.toMatchObject({ code: 'refused' });
});

test.each<[string, JsonObject]>([
  ['a name with spaces', { name: 'a b' }],
  ['too long a name', { name: 'x'.repeat(151) }],
  ['too long a wait', { timeout: '7h' }],
])('it does not take %s', (_, more) => {
  expect(kind.schema.safeParse({ ...args, ...more }).success).toBe(false);
});

test.each<[string, JsonObject, string]>([
  ['passes when it is whole', {}, 'pass'],
  ['fails when that takes too long', { backing_up: '2h' }, 'fail'],
])('a step of a run %s', async (_, more, verdict) => {
  const step = `- id: backup
  title: Backup
  act: { dynamodb.create_backup: { table: orders, name: before-release } }
  undo: { none: it is in nobody's way }`;
  const played = await play(step, { patch: patch(more) });
  expect(played.verdicts, played.screen).toEqual({ backup: verdict });
});
