// S3's lists of objects: by prefix, in the order of their bytes, page by page.

import type {
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
} from '@aws-sdk/client-s3';
import type { BucketState, ObjectVersion } from '../account-storage.ts';
import { pageOf } from '../pages.ts';
import type { Place } from '../place.ts';
import { bucketHere, etagOf, onlyPlayed, sizeOf } from './s3-objects.ts';

export const s3Lists = { ListObjectsV2, ListObjectVersions };

const most = 1000;
const plainMembers =
  /^(?:Bucket|Prefix|Delimiter|StartAfter|MaxKeys|ContinuationToken|EncodingType|ExpectedBucketOwner)$/;
const versionMembers = /^(?:Bucket|Prefix|MaxKeys|KeyMarker|VersionIdMarker|EncodingType|ExpectedBucketOwner)$/;

interface Entry {
  readonly key: string;
  readonly version: ObjectVersion;
  readonly latest: boolean;
}

/** Keys in the order of their UTF-8 bytes; of each its versions, the newest first. */
function entriesOf({ objects }: BucketState, prefix: string): readonly Entry[] {
  const keys = Object.keys(objects).filter((key) => key.startsWith(prefix));
  const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return sorted.flatMap((key) =>
    [...(objects[key] ?? [])].toReversed().map((version, index) => ({ key, version, latest: index === 0 })),
  );
}

/** Texts as they are, or as a URL has them, where that was asked for. */
function encoder(type: string | undefined): (text: string) => string {
  return type === 'url' ? (text) => encodeURIComponent(text).replaceAll('%2F', '/') : (text) => text;
}

function ListObjectsV2(input: ListObjectsV2Request, place: Place): ListObjectsV2Output {
  const bucket = bucketHere(place, input);
  onlyPlayed(input, plainMembers);
  const { Prefix: prefix = '', Delimiter: delimiter = '', StartAfter: after = '' } = input;
  const size = Math.min(input.MaxKeys ?? most, most);
  const seen = entriesOf(bucket, prefix).filter((entry) => entry.latest && entry.version.body !== undefined);
  // What has the delimiter after the prefix is only told by its folder.
  const folderOf = (key: string): string | undefined => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end === -1 ? undefined : key.slice(0, end + delimiter.length);
  };
  const rows = new Map<string, Entry | undefined>();
  for (const entry of seen) {
    const folder = folderOf(entry.key);
    if ((folder ?? entry.key) > after) rows.set(folder ?? entry.key, folder === undefined ? entry : undefined);
  }
  const question = JSON.stringify(['objects', input.Bucket, prefix, delimiter, after]);
  const page = pageOf([...rows], { token: input.ContinuationToken, size, question, code: 'InvalidArgument' });
  const write = encoder(input.EncodingType);
  return {
    Name: input.Bucket,
    Prefix: write(prefix),
    MaxKeys: size,
    KeyCount: page.items.length,
    IsTruncated: page.next !== undefined,
    NextContinuationToken: page.next,
    Contents: page.items.flatMap(([key, entry]) =>
      entry ? [{ Key: write(key), ...toldOf(entry.version, bucket) }] : [],
    ),
    CommonPrefixes: page.items.flatMap(([key, entry]) => (entry ? [] : [{ Prefix: write(key) }])),
    ...(delimiter !== '' && { Delimiter: write(delimiter) }),
    ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
  };
}

function ListObjectVersions(input: ListObjectVersionsRequest, place: Place): ListObjectVersionsOutput {
  const bucket = bucketHere(place, input);
  onlyPlayed(input, versionMembers);
  const { Prefix: prefix = '', KeyMarker: key, VersionIdMarker: id } = input;
  const size = Math.min(input.MaxKeys ?? most, most);
  const all = entriesOf(bucket, prefix);
  const marked = all.findLastIndex((entry) => entry.key === key && (id === undefined || entry.version.id === id));
  const from = key === undefined ? 0 : marked === -1 ? all.findIndex((entry) => entry.key > key) : marked + 1;
  const rest = from === -1 ? [] : all.slice(from);
  const page = rest.slice(0, size);
  const last = rest.length > size ? page.at(-1) : undefined;
  const write = encoder(input.EncodingType);
  const about = ({ key: of, version, latest }: Entry) => ({ Key: write(of), VersionId: version.id, IsLatest: latest });
  return {
    Name: input.Bucket,
    Prefix: write(prefix),
    MaxKeys: size,
    IsTruncated: last !== undefined,
    ...(last && { NextKeyMarker: write(last.key), NextVersionIdMarker: last.version.id }),
    Versions: page
      .filter(({ version }) => version.body !== undefined)
      .map((entry) => ({ ...about(entry), ...toldOf(entry.version, bucket) })),
    DeleteMarkers: page
      .filter(({ version }) => version.body === undefined)
      .map((entry) => ({ ...about(entry), LastModified: new Date(entry.version.at) })),
    ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
  };
}

function toldOf(version: ObjectVersion, bucket: BucketState) {
  return {
    LastModified: new Date(version.at),
    ETag: etagOf(version, bucket),
    Size: sizeOf(version),
    StorageClass: 'STANDARD' as const,
  };
}
