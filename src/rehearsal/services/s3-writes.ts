// S3's writes: objects put, copied and deleted, on conditions where those are asked for, and locked where the bucket can.

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type {
  CopyObjectOutput,
  CopyObjectRequest,
  DeleteObjectOutput,
  DeleteObjectRequest,
  PutObjectOutput,
  PutObjectRequest,
} from '@aws-sdk/client-s3';
import type { BucketState, ObjectVersion } from '../account-storage.ts';
import { keptAtEdges } from '../edges.ts';
import { held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { bucketHere, etagOf, onlyPlayed } from './s3-objects.ts';

export const s3Writes = { PutObject, CopyObject, DeleteObject };

const longestKey = 1024;
/** Members that are played. Whatever else is asked for is refused, and not passed over. */
const putMembers =
  /^(?:Bucket|Key|Body|CacheControl|ContentType|ContentLength|ContentMD5|Checksum\w+|ExpectedBucketOwner|If(?:None)?Match|ObjectLock(?:Mode|RetainUntilDate))$/;
const copyMembers = /^(?:Bucket|Key|CopySource(?:IfMatch)?|Expected(?:Source)?BucketOwner|If(?:None)?Match)$/;
const deleteMembers = /^(?:Bucket|Key|ExpectedBucketOwner|IfMatch)$/;

function PutObject(input: PutObjectRequest, place: Place): PutObjectOutput {
  const { Bucket: name = '', Key: key = '' } = input;
  const bucket = bucketHere(place, input);
  onlyPlayed(input, putMembers);
  mayWrite(bucket, key);
  const given: unknown = input.Body;
  const body = given instanceof Uint8Array ? Buffer.from(given) : Buffer.alloc(0);
  const digested = checkDigests(input, body);
  const lock = lockOf(input, bucket, place.now, digested);
  checkConditions(input, bucket, key);
  const made = written(place, name, key, {
    body: body.toString('base64'),
    ...(input.ContentType !== undefined && { type: input.ContentType }),
    ...(input.CacheControl !== undefined && { cache: input.CacheControl }),
    ...(input.ChecksumSHA256 !== undefined && { sha256: true }),
    ...(lock && { lock }),
  });
  return { ETag: etagOf(made, bucket), ...(bucket.versioning === 'Enabled' && { VersionId: made.id }) };
}

function CopyObject(input: CopyObjectRequest, place: Place): CopyObjectOutput {
  const { Bucket: name = '', Key: key = '', CopySource: source = '' } = input;
  onlyPlayed(input, copyMembers);
  const bucket = bucketHere(place, input);
  const [from = '', ...rest] = decodeURIComponent(source.replace(/^\//, '')).split('/');
  const asked = { Bucket: from, ExpectedBucketOwner: input.ExpectedSourceBucketOwner };
  const other = bucketHere(place, asked);
  const there = held(other.objects, rest.join('/'))?.at(-1);
  if (there?.body === undefined) refuse('NoSuchKey', 'The specified key does not exist.', 404);
  mayWrite(bucket, key);
  checkEtag(input.CopySourceIfMatch, there, other);
  checkConditions(input, bucket, key);
  const { body, type, cache, sha256 } = there;
  const made = written(place, name, key, {
    body,
    ...(type !== undefined && { type }),
    ...(cache !== undefined && { cache }),
    ...(sha256 !== undefined && { sha256 }),
  });
  return {
    CopyObjectResult: { ETag: etagOf(made, bucket), LastModified: new Date(made.at) },
    ...(bucket.versioning === 'Enabled' && { VersionId: made.id }),
  };
}

/** What is not there is deleted like everything else, unless a condition says what it has to be. */
function DeleteObject(input: DeleteObjectRequest, place: Place): DeleteObjectOutput {
  const { Bucket: name = '', Key: key = '' } = input;
  onlyPlayed(input, deleteMembers);
  const bucket = bucketHere(place, input);
  mayWrite(bucket, key);
  const newest = held(bucket.objects, key)?.at(-1);
  if (newest?.body === undefined && input.IfMatch !== undefined)
    refuse('NoSuchKey', 'The specified key does not exist.', 404);
  if (newest !== undefined) checkEtag(input.IfMatch, newest, bucket);
  if (newest === undefined) return {};
  const made = written(place, name, key, {});
  return bucket.versioning === undefined ? {} : { DeleteMarker: true, VersionId: made.id };
}

/** Makes this the newest version of a key, durably, and lets the edges of distributions keep what was there. */
function written(place: Place, name: string, key: string, what: Omit<ObjectVersion, 'id' | 'at'>): ObjectVersion {
  const bucket = bucketHere(place, { Bucket: name });
  const before = held(bucket.objects, key) ?? [];
  const versioned = bucket.versioning === 'Enabled';
  const id = versioned ? idOf(`${name} ${key} ${before.length} ${place.now}`, 32) : 'null';
  const made = { id, at: new Date(place.now).toISOString(), ...what };
  const kept = versioned ? before : before.filter((each) => each.id !== 'null');
  // Where no versions are kept, nothing at all is left of what was deleted.
  const gone = what.body === undefined && bucket.versioning === undefined;
  const { [key]: _, ...others } = bucket.objects;
  const objects = gone ? others : { ...bucket.objects, [key]: [...kept, made] };
  const { account } = place.world;
  const buckets = { ...account.s3.buckets, [name]: { ...bucket, objects } };
  const world = { ...place.world, account: { ...account, s3: { ...account.s3, buckets } } };
  place.change(keptAtEdges(world, { bucket: name, key, before: before.at(-1) }, place.now));
  return made;
}

function mayWrite({ protected: closed = [] }: BucketState, key: string): void {
  if (Buffer.byteLength(key) > longestKey) refuse('KeyTooLongError', 'Your key is too long');
  if (closed.includes(key)) refuse('AccessDenied', 'Access Denied', 403);
}

interface Conditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

/** `If-None-Match: *`: only where nothing is, or only a delete marker. `If-Match`: only in place of what has this ETag. */
function checkConditions({ IfMatch: match, IfNoneMatch: none }: Conditions, bucket: BucketState, key: string): void {
  const newest = held(bucket.objects, key)?.at(-1);
  if (none !== undefined && none !== '*')
    refuse('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
  if (none !== undefined && newest?.body !== undefined) failed();
  if (match === undefined) return;
  if (newest?.body === undefined) refuse('NoSuchKey', 'The specified key does not exist.', 404);
  checkEtag(match, newest, bucket);
}

function checkEtag(wanted: string | undefined, version: ObjectVersion, bucket: BucketState): void {
  const is = etagOf(version, bucket).replaceAll('"', '');
  if (wanted !== undefined && wanted.replaceAll('"', '') !== is) failed();
}

function failed(): never {
  refuse('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}

/** Checks every digest that came along. Returns whether one did: CRC-64 and CRC-32C are taken at their word. */
function checkDigests(input: PutObjectRequest, body: Buffer): boolean {
  const digest = (algorithm: string): string => createHash(algorithm).update(body).digest('base64');
  const { ContentMD5: md5, ChecksumSHA1: sha1, ChecksumSHA256: sha256, ChecksumCRC32: crc } = input;
  if (md5 !== undefined && md5 !== digest('md5'))
    refuse('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  const wrong = (name: string): never =>
    refuse('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  if (sha1 !== undefined && sha1 !== digest('sha1')) wrong('SHA1');
  if (sha256 !== undefined && sha256 !== digest('sha256')) wrong('SHA256');
  if (crc !== undefined && Buffer.from(crc, 'base64').readUInt32BE() !== crc32(body)) wrong('CRC32');
  const others = [input.ChecksumCRC32C, input.ChecksumCRC64NVME];
  return [md5, sha1, sha256, crc, ...others].some((each) => each !== undefined);
}

function lockOf(
  { ObjectLockMode: mode, ObjectLockRetainUntilDate: until }: PutObjectRequest,
  bucket: BucketState,
  now: number,
  digested: boolean,
): ObjectVersion['lock'] {
  if (mode === undefined && until === undefined) return undefined;
  if (bucket.object_lock !== true) refuse('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  if (mode === undefined || until === undefined) {
    const both = 'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied';
    refuse('InvalidArgument', both);
  }
  if (mode !== 'COMPLIANCE' && mode !== 'GOVERNANCE') refuse('InvalidArgument', 'Unknown wormMode directive.');
  if (until.getTime() <= now) refuse('InvalidArgument', 'The retain until date must be in the future!');
  if (!digested) {
    const what = 'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests';
    refuse('InvalidRequest', `${what} with Object Lock parameters`);
  }
  return { mode, until: until.toISOString() };
}
