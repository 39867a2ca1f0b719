// Goal: a sync changes exactly what was agreed to and only from what was seen, goes on where it was broken off, and is taken
// back from its backup. Method: the kind through the real clients against the stand-in; steps of runs for good.

import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import type { RehearsalWorld } from '../../src/rehearsal/world.ts';
import type { AwsCall, AwsChanges } from '../../src/world.ts';
import { s3Sync as kind } from '../../src/steps/s3-sync.ts';
import { clientConfig } from '../rehearsal/given.ts';
import { play } from '../wrong-passes/given.ts';
import { backOf, givenPlayed, making, seesOf } from './played.ts';

const created = '2026-01-01T00:00:00Z';
const object = (text: string, more: JsonObject = {}): readonly JsonObject[] => [
  { id: 'null', at: created, body: Buffer.from(text).toString('base64'), ...more },
];
const site = { 'web/index.html': object('old page'), 'web/a.js': object('same'), 'web/gone.css': object('gone') };
const files: JsonObject = {
  'dist/index.html': { text: 'new page' },
  'dist/a.js': { text: 'same' },
  'dist/b/c.css': { text: 'new style' },
  'dist/a.js.map': { text: '{}' },
};

const bucket = (objects: JsonObject, more: JsonObject = {}): JsonObject => ({
  region: 'us-east-1',
  created,
  objects,
  ...more,
});
const patch = (more: JsonObject = {}, kept: JsonObject = {}, others: JsonObject = {}): JsonObject => ({
  files,
  account: { s3: { buckets: { site: bucket(site, more), kept: bucket(kept), ...others } } },
});
const args = kind.schema.parse({
  from: 'dist',
  to: 's3://site/web/',
  delete: true,
  backup: 's3://kept/one/',
  exclude: ['*.map'],
  cache_control: { '*.html': 'no-cache', 'b/**': 'max-age=31536000' },
});
const mark = 'golive run/7';

/** What is in a bucket, by key. */
function inBucket(world: RehearsalWorld, name: string): Readonly<Record<string, string>> {
  const entries = Object.entries(world.account.s3.buckets[name]?.objects ?? {}).flatMap(([key, versions]) => {
    const body = versions.at(-1)?.body;
    return body === undefined ? [] : [[key, Buffer.from(body, 'base64').toString()] as const];
  });
  return Object.fromEntries(entries);
}

const before = { 'web/index.html': 'old page', 'web/a.js': 'same', 'web/gone.css': 'gone' };
const after = { 'web/index.html': 'new page', 'web/a.js': 'same', 'web/b/c.css': 'new style' };

/** Changes that are cut off before the nth of them; `lost`: that one is made, and nobody hears of it. */
function cut(changes: AwsChanges, nth: number, lost = false): AwsChanges & { readonly sent: AwsCall[] } {
  const sent: AwsCall[] = [];
  return {
    sent,
    change: async (call, signal) => {
      sent.push(call);
      if (sent.length < nth) return changes.change(call, signal);
      if (lost) await changes.change(call, signal);
      throw new Error('the process is gone');
    },
  };
}

describe('what it would do', () => {
  test('is exactly what differs, with what has to be kept of it first', async () => {
    const { prepare } = await givenPlayed(kind, patch());
    const prospect = await prepare(args);
    expect(prospect).toMatchObject({
      stands: 'ready',
      request: {
        owner: '111111111111',
        bytes: 17,
        put: [
          { key: 'b/c.css', bytes: 9, sha256: expect.stringMatching(/=$/) as string },
          { key: 'index.html', bytes: 8, replaces: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
        ],
        delete: [{ key: 'gone.css' }],
        keep: [{ key: 'index.html' }, { key: 'gone.css' }, { key: 'b/c.css' }],
      },
    });
    expect(prospect.lines).toEqual([
      '- gone.css, 4 bytes, goes',
      '+ index.html, 8 bytes, in place of what is there',
      '+ b/c.css, 9 bytes, new',
    ]);
  });

  test('is nothing where every object holds the right bytes, also when ETags do not say so', async () => {
    const { accept, prepare } = await givenPlayed(kind, patch({ encrypted: true }));
    await accept({ ...args, backup: undefined });
    expect((await prepare({ ...args, backup: undefined })).stands).toBe('already');
  });

  test.each<[string, JsonObject, JsonObject, RegExp]>([
    ['there is no such folder', {}, { from: 'build' }, /there is nothing/],
    ['the folder is empty but for what is left out', {}, { exclude: ['**/*'] }, /there is nothing/],
    ['a file is too long', { files: { 'dist/v.mp4': { bytes: 67_108_865 } } }, {}, /dist\/v\.mp4: 67\.1 MB/],
    ['the bucket is not there', {}, { to: 's3://nowhere/web/' }, /there is no bucket nowhere/],
    ['the bucket of the backup is not there', {}, { backup: 's3://nowhere/one/' }, /there is no bucket nowhere/],
  ])('is nothing where %s', async (_, world, more, observed) => {
    const { prepare } = await givenPlayed(kind, { ...patch(), files: { ...files, ...(world['files'] as JsonObject) } });
    const prospect = await prepare({ ...args, ...more });
    expect(prospect).toMatchObject({ stands: 'foreign', lines: [] });
    expect(prospect.observed).toMatch(observed);
  });

  test.each<[string, JsonObject]>([
    ['is of another account', { owner: '222222222222' }],
    ['lies in another region', { region: 'eu-west-1' }],
  ])('cannot be said of a bucket that %s', async (_, more) => {
    const { prepare } = await givenPlayed(kind, patch(more));
    await expect(prepare(args)).rejects.toMatchObject({ name: 'BlindError' });
  });

  test.each<[string, JsonObject, boolean]>([
    ['of another release', { 'one/objects/index.html': object('older page') }, false],
    [
      'that came to its end, of what is there no more',
      { 'one/created/a.js': object(''), 'one/complete': object('') },
      false,
    ],
    ['that was broken off before anything was changed', { 'one/objects/index.html': object('old page') }, true],
  ])('a backup %s: may be gone on with: %#', async (_, kept, ready) => {
    const { prepare } = await givenPlayed(kind, patch({}, kept));
    const prospect = await prepare(args);
    expect(prospect.stands).toBe(ready ? 'ready' : 'foreign');
    if (!ready) expect(prospect.observed).toContain('the backup of another sync');
  });
});

describe('the sync', () => {
  test('puts files first, pages last, then deletes, and keeps what was there', async () => {
    const { standIn, prepare, world, look } = await givenPlayed(kind, patch());
    const changes = cut(world.changes, 99);
    expect(await kind.perform(args, await prepare(args), mark, { ...world, changes }, making)).toMatchObject({
      facts: { changed: 3, of: 3 },
    });
    const order = changes.sent.map(
      ({ operation, input }) => `${operation} ${JSON.stringify(input['Key']).replaceAll('"', '')}`,
    );
    expect(order).toEqual([
      'CopyObject one/objects/index.html',
      'CopyObject one/objects/gone.css',
      'PutObject one/created/b/c.css',
      'PutObject web/b/c.css',
      'PutObject web/index.html',
      'DeleteObject web/gone.css',
      'PutObject one/complete',
    ]);
    // What is sent is named by its digest: contents are in no call, and so in no log.
    expect(JSON.stringify(changes.sent)).not.toContain('new page');
    expect(changes.sent.every(({ input }) => input['ExpectedBucketOwner'] === '111111111111')).toBe(true);
    expect(inBucket(standIn.world(), 'site')).toEqual(after);
    expect(standIn.world().account.s3.buckets['site']?.objects['web/index.html']?.at(-1)).toMatchObject({
      type: 'text/html; charset=utf-8',
      cache: 'no-cache',
    });
    expect(await look(args, '')).toMatchObject({ verdict: 'pass', facts: { in_place: true, same: 3 } });
  });

  test.each([
    [1, false],
    [3, true],
    [4, true],
    [5, false],
    [6, true],
    [7, false],
  ])('broken off at request %i (made: %s) goes on to the same end, and is taken back', async (nth, lost) => {
    const { standIn, prepare, world } = await givenPlayed(kind, patch());
    const prospect = await prepare(args);
    const broken = { ...world, changes: cut(world.changes, nth, lost) };
    await expect(kind.perform(args, prospect, mark, broken, making)).rejects.toThrow('gone');
    const left = inBucket(standIn.world(), 'site');
    const found = await prepare(args, { before: prospect.before, mark });
    const untouched = nth < 4;
    expect(found.stands).toBe(nth === 7 || (nth === 6 && lost) ? 'already' : 'ready');
    expect(found.begun === undefined).toBe(untouched || found.stands === 'already');
    if (untouched) expect(left).toEqual(before);
    else expect(left).not.toEqual(before);
    const anew = await prepare(args);
    if (anew.stands === 'ready') await kind.perform(args, anew, 'golive run/9', world, making);
    expect(inBucket(standIn.world(), 'site')).toEqual(after);
    const back = backOf(kind).args(args, prospect.before);
    expect(await kind.perform(back, await prepare(back), 'golive run/11', world, making)).toMatchObject({ change: '' });
    expect(inBucket(standIn.world(), 'site')).toEqual(before);
    expect((await prepare(back)).stands).toBe('already');
  });

  test('that was taken back can be made again with the same backup', async () => {
    const { standIn, accept } = await givenPlayed(kind, patch());
    const { prospect } = await accept(args);
    await accept(backOf(kind).args(args, prospect.before));
    await accept(args);
    expect(inBucket(standIn.world(), 'site')).toEqual(after);
  });

  test('stops at what somebody else changed since it was seen, and says how far it came', async () => {
    const { standIn, prepare, world } = await givenPlayed(kind, patch());
    const prospect = await prepare(args);
    const client = new S3Client(clientConfig(standIn.awsUrl));
    await client.send(new PutObjectCommand({ Bucket: 'site', Key: 'web/gone.css', Body: 'theirs' }));
    const plain = { ...args, backup: undefined };
    expect(await kind.perform(plain, prospect, mark, world, making)).toMatchObject({
      failed: expect.stringMatching(
        /^2 of 3 objects were changed, then web\/gone\.css: .*PreconditionFailed/,
      ) as string,
    });
    expect(inBucket(standIn.world(), 'site')['web/gone.css']).toBe('theirs');
    // With a backup it is found out before anything is changed.
    const other = await givenPlayed(kind, patch());
    const shown = await other.prepare(args);
    const theirs = new S3Client(clientConfig(other.standIn.awsUrl));
    await theirs.send(new PutObjectCommand({ Bucket: 'site', Key: 'web/gone.css', Body: 'theirs' }));
    expect(await kind.perform(args, shown, mark, other.world, making)).toHaveProperty('refused');
    expect(inBucket(other.standIn.world(), 'site')).toEqual({ ...before, 'web/gone.css': 'theirs' });
  });

  test('that may not write one key says which, and is seen not to be in place', async () => {
    const { act, look } = await givenPlayed(kind, patch({ protected: ['web/index.html'] }));
    const { performed } = await act(args);
    expect(performed).toMatchObject({ failed: expect.stringContaining('web/index.html') as string });
    expect(JSON.stringify(performed)).toContain('s3:PutObject is missing');
    expect(await look(args, '')).toMatchObject({
      verdict: 'fail',
      over: true,
      facts: { different: ['index.html'], extra: ['gone.css'], missing: [] },
    });
  });

  test('sends no file that is another one by now', async () => {
    const { standIn, prepare, world } = await givenPlayed(kind, patch());
    const prospect = await prepare(args);
    standIn.applyPatch({ files: { 'dist/b/c.css': { text: 'another' } } });
    const performed = await kind.perform(args, prospect, mark, world, making);
    expect(performed).toMatchObject({ refused: expect.stringContaining('is not what it was') as string });
    expect(inBucket(standIn.world(), 'site')).toEqual(before);
  });

  test('copies from a prefix, into a bucket with versions as into one without', async () => {
    const source = { 'r2/index.html': object('new page', { type: 'text/html', cache: 'no-cache' }) };
    const { standIn, accept, look } = await givenPlayed(
      kind,
      patch({ versioning: 'Enabled', encrypted: true }, {}, { source: bucket(source) }),
    );
    const copy = { from: 's3://source/r2/', to: 's3://site/web/', delete: true };
    await accept(copy);
    expect(inBucket(standIn.world(), 'site')).toEqual({ 'web/index.html': 'new page' });
    expect(standIn.world().account.s3.buckets['site']?.objects['web/gone.css']).toHaveLength(2);
    // Without a checksum that both have, nothing says that they are the same: that is no pass.
    expect((await look(copy, '')).verdict).toBe('fail');
  });
});

test.each<[string, JsonObject, boolean]>([
  ['a folder and a prefix', {}, true],
  ['a folder above', { from: '../dist' }, false],
  ['an absolute folder', { from: '/srv/dist' }, false],
  ['a prefix without a slash at its end', { to: 's3://site/web' }, false],
  ['a whole bucket', { to: 's3://site/' }, true],
  ['a backup inside', { backup: 's3://site/web/old/' }, false],
  ['a backup around it', { backup: 's3://site/' }, false],
  ['a source that is the destination', { from: 's3://site/web/' }, false],
  ['a restore from a folder', { restore: true }, false],
  ['a restore that deletes', { from: 's3://kept/one/', restore: true, delete: true }, false],
  ['a header with a line break', { cache_control: 'no-cache\nx: y' }, false],
  ['a glob that goes up', { exclude: ['../*'] }, false],
])('it takes %s: %#', (_, more, fits) => {
  expect(kind.schema.safeParse({ from: 'dist', to: 's3://site/web/', ...more }).success).toBe(fits);
});

test('without a backup it has no way back', () => {
  expect(backOf(kind).none?.({})).toMatch(/backup/);
  expect(backOf(kind).none?.({ backup: 's3://kept/one/' })).toBeUndefined();
  expect(seesOf(kind).effect(args).expect).toHaveLength(2);
});

describe('a step of a run', () => {
  const step = (more = ''): string => `- id: front
  title: The front end
  act:
    s3.sync:
      from: dist
      to: s3://site/web/
      delete: true
      exclude: ["*.map"]${more}`;
  const backup = '\n      backup: s3://kept/one/';

  test('passes when every object is as it should be', async () => {
    const played = await play(step(backup), { patch: patch() });
    expect(played.verdicts, played.screen).toEqual({ front: 'pass' });
  });

  test('fails where a key is refused, and what was changed is known', async () => {
    const played = await play(step(backup), { patch: patch({ protected: ['web/index.html'] }) });
    expect(played.verdicts, played.screen).toMatchObject({ front: 'fail' });
    expect(played.first?.act?.outcome).toBe('failed');
  });

  test('is no checklist without a backup and without a word on the way back', async () => {
    const played = await play(step(), { patch: patch() });
    expect(played.screen).toContain('without `backup` nothing is kept of what was there');
    expect(played.runs).toBe(0);
  });
});
