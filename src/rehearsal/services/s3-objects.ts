// S3's objects as they are read, version by version, with what is told of each.

import { createHash } from 'node:crypto';
import type { GetObjectOutput, GetObjectRequest, HeadObjectOutput, HeadObjectRequest } from '@aws-sdk/client-s3';
import type { BucketState, ObjectVersion } from '../account-storage.ts';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const s3Objects = { GetObject, HeadObject };

/** Members that are played. Whatever else is asked for is refused, and not passed over. */
const getMembers = /^(?:Bucket|Key|VersionId|ChecksumMode|ExpectedBucketOwner)$/;

/** What names a bucket, and perhaps who it has to belong to. */
export interface BucketAsked {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/** The bucket as far as objects go: those are answered for in its own region only. */
export function bucketHere(place: Place, { Bucket: name, ExpectedBucketOwner: owner }: BucketAsked): BucketState {
  const bucket =
    held(place.account.s3.buckets, name) ?? refuse('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (owner !== undefined && owner !== (bucket.owner ?? place.account.id)) refuse('AccessDenied', 'Access Denied', 403);
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

/** The MD5 of the bytes; where a key of KMS is used, nothing that says what they are. */
export function etagOf({ body = '', at, id }: ObjectVersion, { encrypted }: BucketState): string {
  const digest = createHash('md5').update(Buffer.from(body, 'base64'));
  return `"${(encrypted === true ? digest.update(`${at} ${id}`) : digest).digest('hex')}"`;
}

/** Base64. */
function sha256Of({ body = '' }: ObjectVersion): string {
  return createHash('sha256').update(Buffer.from(body, 'base64')).digest('base64');
}

export function sizeOf({ body = '' }: ObjectVersion): number {
  return Buffer.from(body, 'base64').length;
}

/** The SDK types what it reads as a stream; here it is what will be written. */
function GetObject(input: GetObjectRequest, place: Place): Omit<GetObjectOutput, 'Body'> & { readonly Body: Buffer } {
  const found = versionOf(input, place);
  return { ...headersOf(found, place, input), Body: Buffer.from(found.body ?? '', 'base64') };
}

function HeadObject(input: HeadObjectRequest, place: Place): HeadObjectOutput {
  return headersOf(versionOf(input, place), place, input);
}

function versionOf(input: GetObjectRequest & HeadObjectRequest, place: Place): ObjectVersion {
  const bucket = bucketHere(place, input);
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

function headersOf(found: ObjectVersion, place: Place, input: GetObjectRequest & HeadObjectRequest): HeadObjectOutput {
  const bucket = bucketHere(place, input);
  return {
    ContentLength: sizeOf(found),
    ContentType: found.type ?? 'binary/octet-stream',
    ETag: etagOf(found, bucket),
    ...(found.cache !== undefined && { CacheControl: found.cache }),
    ...(found.sha256 === true && input.ChecksumMode === 'ENABLED' && { ChecksumSHA256: sha256Of(found) }),
    LastModified: new Date(found.at),
    ...(bucket.versioning !== undefined && { VersionId: found.id }),
    ...(found.lock && {
      ObjectLockMode: found.lock.mode,
      ObjectLockRetainUntilDate: new Date(found.lock.until),
    }),
  };
}
