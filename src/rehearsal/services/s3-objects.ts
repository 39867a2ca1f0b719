// S3's objects: put once where that is asked for, locked where the bucket can, and read version by version.

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type {
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
  PutObjectOutput,
  PutObjectRequest,
} from '@aws-sdk/client-s3';
import type { BucketState, ObjectVersion } from '../account-storage.ts';
import { held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const s3Objects = { PutObject, GetObject, HeadObject };

const longestKey = 1024;
/** Members that are played. Whatever else is asked for is refused, and not passed over. */
const putMembers =
  /^(?:Bucket|Key|Body|ContentType|ContentLength|ContentMD5|Checksum\w+|ExpectedBucketOwner|IfNoneMatch|ObjectLock(?:Mode|RetainUntilDate))$/;
const getMembers = /^(?:Bucket|Key|VersionId|ChecksumMode|ExpectedBucketOwner)$/;

/** The bucket as far as objects go: those are answered for in its own region only. */
export function bucketHere(place: Place, name: string | undefined): BucketState {
  const bucket =
    held(place.account.s3.buckets, name) ?? refuse('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (bucket.region === place.region) return bucket;
  const where = 'Please send all future requests to this endpoint.';
  const message = `The bucket you are attempting to access must be addressed using the specified endpoint. ${where}`;
  return refuse('PermanentRedirect', message, 301);
}

/** Refuses what the stand-in does not play, in S3's own words. */
export function onlyPlayed(input: object, members: RegExp): void {
  const asked = Object.entries(input).filter(([, value]) => value !== undefined);
  if (asked.every(([name]) => members.test(name))) return;
  refuse('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
}

export function etagOf({ body = '' }: ObjectVersion): string {
  return `"${createHash('md5').update(Buffer.from(body, 'base64')).digest('hex')}"`;
}

export function sizeOf({ body = '' }: ObjectVersion): number {
  return Buffer.from(body, 'base64').length;
}

function PutObject(input: PutObjectRequest, place: Place): PutObjectOutput {
  const { Bucket: name = '', Key: key = '' } = input;
  const bucket = bucketHere(place, name);
  onlyPlayed(input, putMembers);
  if (Buffer.byteLength(key) > longestKey) refuse('KeyTooLongError', 'Your key is too long');
  const given: unknown = input.Body;
  const body = given instanceof Uint8Array ? Buffer.from(given) : Buffer.alloc(0);
  const digested = checkDigests(input, body);
  const lock = lockOf(input, bucket, place.now, digested);
  const before = held(bucket.objects, key) ?? [];
  checkAbsent(input.IfNoneMatch, before.at(-1));
  const versioned = bucket.versioning === 'Enabled';
  const id = versioned ? idOf(`${name} ${key} ${before.length} ${place.now}`, 32) : 'null';
  const made: ObjectVersion = {
    id,
    at: new Date(place.now).toISOString(),
    body: body.toString('base64'),
    ...(input.ContentType !== undefined && { type: input.ContentType }),
    ...(lock && { lock }),
  };
  const kept = versioned ? before : before.filter((each) => each.id !== 'null');
  const objects = { ...bucket.objects, [key]: [...kept, made] };
  const { world } = place;
  const buckets = { ...world.account.s3.buckets, [name]: { ...bucket, objects } };
  place.change({ ...world, account: { ...world.account, s3: { ...world.account.s3, buckets } } });
  return { ETag: etagOf(made), ...(versioned && { VersionId: id }) };
}

/** `If-None-Match: *`: only where nothing is, or only a delete marker. */
function checkAbsent(asked: string | undefined, newest: ObjectVersion | undefined): void {
  if (asked === undefined) return;
  if (asked !== '*')
    refuse('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
  if (newest?.body === undefined) return;
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

/** The SDK types what it reads as a stream; here it is what will be written. */
function GetObject(input: GetObjectRequest, place: Place): Omit<GetObjectOutput, 'Body'> & { readonly Body: Buffer } {
  const found = versionOf(input, place);
  return { ...headersOf(found, place, input.Bucket), Body: Buffer.from(found.body ?? '', 'base64') };
}

function HeadObject(input: HeadObjectRequest, place: Place): HeadObjectOutput {
  return headersOf(versionOf(input, place), place, input.Bucket);
}

function versionOf(input: GetObjectRequest & HeadObjectRequest, place: Place): ObjectVersion {
  const bucket = bucketHere(place, input.Bucket);
  onlyPlayed(input, getMembers);
  const versions = held(bucket.objects, input.Key) ?? [];
  const { VersionId: id } = input;
  const found = id === undefined ? versions.at(-1) : versions.find((each) => each.id === id);
  if (found?.body !== undefined) return found;
  if (found !== undefined && id !== undefined)
    return refuse('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  if (id !== undefined) return refuse('NoSuchVersion', 'The specified version does not exist.', 404);
  return refuse('NoSuchKey', 'The specified key does not exist.', 404);
}

function headersOf(found: ObjectVersion, place: Place, name: string | undefined): HeadObjectOutput {
  return {
    ContentLength: sizeOf(found),
    ContentType: found.type ?? 'binary/octet-stream',
    ETag: etagOf(found),
    LastModified: new Date(found.at),
    ...(bucketHere(place, name).versioning !== undefined && { VersionId: found.id }),
    ...(found.lock && {
      ObjectLockMode: found.lock.mode,
      ObjectLockRetainUntilDate: new Date(found.lock.until),
    }),
  };
}
