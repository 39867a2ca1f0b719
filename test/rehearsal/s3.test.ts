// S3's objects through the unmodified SDK client: put once where that is asked for, locked where the bucket can, and listed
// to the last page.

import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { clientConfig, givenStandIn, givenWorld } from './given.ts';

const created = '2026-01-01T00:00:00Z';
const buckets = {
  anchors: { region: 'us-east-1', created, versioning: 'Enabled', object_lock: true },
  plain: { region: 'us-east-1', created },
  far: { region: 'eu-west-1', created },
};
const later = new Date('2027-03-03T00:00:00Z');
const compliance = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: later } as const;

async function given(more: JsonObject = {}) {
  const { awsUrl } = await givenStandIn({ account: { s3: { buckets: { ...buckets, ...more } } } });
  const client = new S3Client(clientConfig(awsUrl));
  const put = (change: Partial<PutObjectCommandInput> = {}) =>
    client.send(new PutObjectCommand({ Bucket: 'anchors', Key: 'a/1.json', Body: '{}', ...change }));
  const get = async (Key = 'a/1.json', Bucket = 'anchors', VersionId?: string) => {
    const { Body, ...rest } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    return { ...rest, text: await Body?.transformToString() };
  };
  return { awsUrl, client, put, get };
}

const refused = (name: string, words = '') =>
  expect.objectContaining({ name, message: expect.stringContaining(words) as string }) as Error;

describe('an object', () => {
  test('is there once it was put, with its lock and its version', async () => {
    const { client, put, get } = await given();
    const { VersionId, ETag } = await put({ ...compliance, ContentType: 'application/json' });
    expect(await get()).toMatchObject({
      text: '{}',
      ETag,
      VersionId,
      ContentLength: 2,
      ContentType: 'application/json',
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: later,
      LastModified: new Date(givenWorld().start),
    });
    const head = await client.send(new HeadObjectCommand({ Bucket: 'anchors', Key: 'a/1.json' }));
    expect(head).toMatchObject({ ContentLength: 2, ETag, ObjectLockMode: 'COMPLIANCE' });
  });

  test('is not written over where none may be there, and is what it was', async () => {
    const { put, get } = await given();
    await put({ IfNoneMatch: '*' });
    await expect(put({ IfNoneMatch: '*', Body: 'other' })).rejects.toEqual(
      refused('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold'),
    );
    expect((await get()).text).toBe('{}');
  });

  test('is written over without that: a new version where the bucket keeps them, nothing of the old one elsewhere', async () => {
    const { client, put, get } = await given();
    const first = await put();
    await put({ Body: 'new' });
    expect((await get()).text).toBe('new');
    expect((await get('a/1.json', 'anchors', first.VersionId)).text).toBe('{}');
    await put({ Bucket: 'plain' });
    expect((await put({ Bucket: 'plain', Body: 'new' })).VersionId).toBeUndefined();
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: 'plain' }));
    expect(Versions).toMatchObject([{ Key: 'a/1.json', VersionId: 'null', Size: 3, IsLatest: true }]);
  });

  test('under a delete marker is not there, may be put again, and is still read by its version', async () => {
    const versions = [
      { id: 'one', at: created, body: 'e30=' },
      { id: 'two', at: created },
    ];
    const { client, put, get } = await given({ anchors: { ...buckets.anchors, objects: { 'a/1.json': versions } } });
    await expect(get()).rejects.toEqual(refused('NoSuchKey'));
    expect((await get('a/1.json', 'anchors', 'one')).text).toBe('{}');
    await expect(get('a/1.json', 'anchors', 'two')).rejects.toEqual(refused('MethodNotAllowed'));
    await expect(get('a/1.json', 'anchors', 'three')).rejects.toEqual(refused('NoSuchVersion'));
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'anchors' }))).KeyCount).toBe(0);
    await put({ IfNoneMatch: '*', Body: 'new' });
    const listed = await client.send(new ListObjectVersionsCommand({ Bucket: 'anchors' }));
    expect(listed.Versions?.map(({ VersionId, IsLatest }) => [VersionId?.length, IsLatest])).toEqual([
      [32, true],
      [3, false],
    ]);
    expect(listed.DeleteMarkers).toMatchObject([{ Key: 'a/1.json', VersionId: 'two', IsLatest: false }]);
  });

  test('keeps bytes that are no text, and a key with anything in it', async () => {
    const { client, put } = await given();
    const Key = 'a//b c/ü&<x>?#+%41';
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await put({ Key, Body: bytes });
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'anchors', Key }));
    expect(new Uint8Array((await Body?.transformToByteArray()) ?? [])).toEqual(bytes);
    const listed = await client.send(new ListObjectsV2Command({ Bucket: 'anchors', EncodingType: 'url' }));
    expect(decodeURIComponent(listed.Contents?.[0]?.Key ?? '')).toBe(Key);
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'anchors' }))).Contents?.[0]?.Key).toBe(Key);
  });
});

describe('S3 refuses', () => {
  test.each<[string, Partial<PutObjectCommandInput>, string, string]>([
    [
      'a lock where the bucket has none',
      { Bucket: 'plain', ...compliance },
      'InvalidRequest',
      'Bucket is missing Object Lock Configuration',
    ],
    ['a lock without a date', { ObjectLockMode: 'COMPLIANCE' }, 'InvalidArgument', 'must both be supplied'],
    ['a lock without a mode', { ObjectLockRetainUntilDate: later }, 'InvalidArgument', 'must both be supplied'],
    [
      'a lock until yesterday',
      { ...compliance, ObjectLockRetainUntilDate: new Date(0) },
      'InvalidArgument',
      'must be in the future!',
    ],
    ['a bucket that is not there', { Bucket: 'nope' }, 'NoSuchBucket', ''],
    ['a condition it does not know', { IfNoneMatch: '"abc"' }, 'NotImplemented', ''],
    ['what the stand-in does not play', { ServerSideEncryption: 'aws:kms' }, 'NotImplemented', ''],
    ['metadata, which it does not keep', { Metadata: { a: 'b' } }, 'NotImplemented', ''],
    ['a wrong MD5', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }, 'BadDigest', 'Content-MD5'],
    ['a wrong SHA-256', { ChecksumSHA256: Buffer.alloc(32).toString('base64') }, 'BadDigest', 'SHA256'],
    ['a wrong CRC-32', { ChecksumCRC32: 'AAAAAA==' }, 'BadDigest', 'CRC32'],
    ['a key that is too long', { Key: 'k'.repeat(1025) }, 'KeyTooLongError', ''],
    [
      'a bucket of another region',
      { Bucket: 'far' },
      'PermanentRedirect',
      'must be addressed using the specified endpoint',
    ],
  ])('%s, and keeps nothing', async (_, change, code, words) => {
    const { client, put } = await given();
    await expect(put(change)).rejects.toEqual(refused(code, words));
    expect((await client.send(new ListObjectVersionsCommand({ Bucket: 'anchors' }))).Versions).toBeUndefined();
  });

  test('a lock without a digest of what is locked', async () => {
    const { awsUrl } = await given();
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=STANDIN/20260303/us-east-1/s3/aws4_request, Signature=0',
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': later.toISOString(),
    };
    const answer = await fetch(`${awsUrl}/anchors/a`, { method: 'PUT', headers, body: '{}' });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('Content-MD5 OR x-amz-checksum- HTTP header is required'),
    ]);
  });

  test('whoever lacks the permission', async () => {
    const denied = ['s3:PutObject', 's3:ListBucketVersions'];
    const { awsUrl } = await givenStandIn({ account: { s3: { buckets } }, faults: { denied } });
    const client = new S3Client(clientConfig(awsUrl));
    const put = new PutObjectCommand({ Bucket: 'anchors', Key: 'k', Body: '{}' });
    await expect(client.send(put)).rejects.toEqual(refused('AccessDenied', 's3:PutObject'));
    const list = new ListObjectVersionsCommand({ Bucket: 'anchors' });
    await expect(client.send(list)).rejects.toEqual(refused('AccessDenied', 's3:ListBucketVersions'));
  });

  test('a world in which a bucket has Object Lock and keeps no versions', () => {
    const patch = { account: { s3: { buckets: { x: { ...buckets.plain, object_lock: true } } } } };
    expect(() => givenWorld(patch)).toThrow('object_lock takes versioning: Enabled');
  });
});

describe('a list', () => {
  test('is in the order of bytes, by prefix and by folder, page by page', async () => {
    const { client, put } = await given();
    const keys = ['a/1', 'a/10', 'a/2', 'a/z/1', 'a/z/2', 'b/1', 'ａ', '😀'];
    for (const Key of keys.toReversed()) await put({ Key });
    const read = async (input: object): Promise<readonly (string | undefined)[]> => {
      const seen: (string | undefined)[] = [];
      for (let ContinuationToken: string | undefined, page = 0; page < 20; page += 1) {
        const answer = await client.send(new ListObjectsV2Command({ Bucket: 'anchors', ContinuationToken, ...input }));
        seen.push(
          ...(answer.Contents ?? []).map(({ Key }) => Key),
          ...(answer.CommonPrefixes ?? []).map((of) => of.Prefix),
        );
        if (answer.IsTruncated !== true) break;
        ContinuationToken = answer.NextContinuationToken;
      }
      return seen;
    };
    expect(await read({})).toEqual(keys);
    for (const MaxKeys of [1, 2, 3, 5]) expect(await read({ MaxKeys })).toEqual(keys);
    expect(await read({ Prefix: 'a/', MaxKeys: 2 })).toEqual(keys.slice(0, 5));
    expect(await read({ Prefix: 'a/', Delimiter: '/' })).toEqual(['a/1', 'a/10', 'a/2', 'a/z/']);
    expect(await read({ StartAfter: 'a/2', Prefix: 'a/' })).toEqual(['a/z/1', 'a/z/2']);
    await expect(read({ ContinuationToken: 'made up' })).rejects.toEqual(refused('InvalidArgument'));
  });

  test('of versions has every one of them, the newest of a key first', async () => {
    const { client, put } = await given();
    const ids: string[] = [];
    for (const Key of ['a', 'b', 'a', 'c', 'a']) ids.push(`${Key} ${(await put({ Key })).VersionId}`);
    const wanted = [ids[4], ids[2], ids[0], ids[1], ids[3]];
    for (const MaxKeys of [1, 2, 4, 5, 1000]) {
      const seen: string[] = [];
      for (let marker = {}, page = 0; page < 20; page += 1) {
        const answer = await client.send(new ListObjectVersionsCommand({ Bucket: 'anchors', MaxKeys, ...marker }));
        seen.push(...(answer.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
        if (answer.IsTruncated !== true) break;
        marker = { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker };
      }
      expect(seen).toEqual(wanted);
    }
  });
});

test('what was put is on the disk before it is answered, and there again after the process is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const world = givenWorld({ account: { s3: { buckets } } });
  const start = () => startStandIn({ world, folder, now: () => Date.parse(world.start) });
  const first = await start();
  await new S3Client(clientConfig(first.awsUrl)).send(
    new PutObjectCommand({ Bucket: 'anchors', Key: 'k', Body: '{}', IfNoneMatch: '*', ...compliance }),
  );
  await first.close();
  const again = await start();
  onTestFinished(() => again.close());
  const put = new PutObjectCommand({ Bucket: 'anchors', Key: 'k', Body: '{}', IfNoneMatch: '*' });
  await expect(new S3Client(clientConfig(again.awsUrl)).send(put)).rejects.toEqual(refused('PreconditionFailed'));
});
