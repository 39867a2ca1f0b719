// Objects under a prefix of a bucket: which there are, and whether two things hold the same bytes, by their checksums.

import { BlindError } from '../errors.ts';
import type { AwsCall, World } from '../world.ts';
import { objects, placeOf, text, type AwsPlace } from './aws-facts.ts';
import type { Attempt } from './kind.ts';

/** `s3://bucket/prefix/`: the prefix ends in a slash, or is empty for a whole bucket. */
export interface Prefix {
  readonly bucket: string;
  readonly prefix: string;
}

/** An object, or a file that would be one. */
export interface Item {
  /** Below the prefix, or below the folder. */
  readonly key: string;
  readonly bytes: number;
  /** Without quotes; of a file what S3 would mostly call it, its MD5 in hex. */
  readonly etag: string;
  /** Base64. Of an object only once it was asked for. */
  readonly sha256?: string;
  readonly crc64?: string;
}

/** Where to ask, and in whose account everything has to lie. */
export interface Asking {
  readonly place: AwsPlace;
  readonly owner: string;
  readonly world: World;
  readonly attempt: Attempt;
  /** Every request id so far. */
  readonly requests: string[];
}

/** What was asked for is not there, in words. */
export interface NotThere {
  readonly absent: string;
}

/** The parts of `s3://bucket/prefix/`, or undefined for anything else. */
export function prefixOf(url: string): Prefix | undefined {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/((?:[^/]+\/)*)$/.exec(url) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

/** True when one lies in the other, or both are the same. */
export function overlap(a: Prefix, b: Prefix): boolean {
  return a.bucket === b.bucket && (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix));
}

/** Who the account belongs to that everything has to lie in: the one the run is locked to. */
export async function ownerOf(place: AwsPlace, world: World, attempt: Attempt): Promise<string> {
  const call = { service: 'sts', operation: 'GetCallerIdentity', input: {}, ...placeOf(place, attempt) };
  const answer = await world.aws.read(call, attempt.signal);
  const id = 'output' in answer ? text(answer.output['Account']) : undefined;
  if (id !== undefined) return id;
  throw new BlindError('server', 'AWS does not say whose credentials these are.', { requests: answer.requests });
}

/** All objects under a prefix, by key below it. Throws BlindError when they cannot be listed. */
export async function listObjects(
  { bucket, prefix }: Prefix,
  asking: Asking,
): Promise<ReadonlyMap<string, Item> | NotThere> {
  const answer = await ask(asking, 'ListObjectsV2', { Bucket: bucket, Prefix: prefix });
  if ('missing' in answer) return { absent: `there is no bucket ${bucket} in the account ${asking.owner}` };
  const found = objects(answer.output['Contents']).map(({ Key: key, ETag: etag, Size: bytes }) => {
    if (typeof key !== 'string' || typeof etag !== 'string' || typeof bytes !== 'number')
      throw new BlindError('server', `s3:ListObjectsV2 does not say what is in ${bucket}.`);
    return { key: key.slice(prefix.length), bytes, etag: etag.replaceAll('"', '') };
  });
  // What a console makes to show an empty folder.
  return new Map(found.filter(({ key }) => key !== '').map((item) => [item.key, item]));
}

/**
 * Whether two hold the same bytes: by their ETags, else by a checksum that both of them have. `whole` asks S3 for the
 * checksums of one; where there is none that both have, they are told apart.
 */
export async function isSame(
  a: Item,
  b: Item,
  whole: { readonly a?: () => Promise<Item>; readonly b: () => Promise<Item> },
): Promise<boolean> {
  if (a.bytes !== b.bytes) return false;
  if (a.etag === b.etag) return true;
  const [first, second] = await Promise.all([whole.a?.() ?? a, whole.b()]);
  if (first.sha256 !== undefined && second.sha256 !== undefined) return first.sha256 === second.sha256;
  return first.crc64 !== undefined && first.crc64 === second.crc64;
}

/** An object with the checksums that S3 keeps of it. */
export async function wholeObject({ bucket, prefix }: Prefix, item: Item, asking: Asking): Promise<Item> {
  const input = { Bucket: bucket, Key: prefix + item.key, ChecksumMode: 'ENABLED' };
  const answer = await ask(asking, 'HeadObject', input);
  if ('missing' in answer) return item;
  const { ChecksumSHA256: sha256, ChecksumCRC64NVME: crc64 } = answer.output;
  return {
    ...item,
    ...(typeof sha256 === 'string' && { sha256 }),
    ...(typeof crc64 === 'string' && { crc64 }),
  };
}

async function ask({ place, owner, world, attempt, requests }: Asking, operation: string, input: AwsCall['input']) {
  const call = { service: 's3', operation, input: { ...input, ExpectedBucketOwner: owner } };
  const answer = await world.aws.read({ ...call, ...placeOf(place, attempt) }, attempt.signal);
  requests.push(...answer.requests);
  return answer;
}
