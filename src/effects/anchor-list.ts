// Reading anchors back: every version of each, whoever wrote it, and no more bytes than an anchor has.

import { exitCodes, GoliveError } from '../errors.ts';
import { anchorFolder, type FoundAnchor, isAnchorName, largestAnchor } from '../log/anchor-record.ts';
import { bytesOf, placeText, type AnchorBucket } from './anchor-bucket.ts';
import { createLimit } from './aws-cache.ts';

/** What lies where the anchors of a run are. */
export interface StoredAnchors {
  /** Every version of every anchor, also of those that a delete marker or a newer version hides. */
  readonly anchors: readonly FoundAnchor[];
  /** How many versions are not the newest of their object, or under a delete marker. */
  readonly hidden: number;
  /** How many objects there are not named as anchors are; they are not read. */
  readonly others: number;
}

/** Of a thousand versions each: more than a run ever has. */
const mostPages = 100;

/** Everything that is kept about a run. Throws GoliveError `anchor` when the bucket cannot be read to its end. */
export async function readAnchors(bucket: AnchorBucket, run: string, signal: AbortSignal): Promise<StoredAnchors> {
  const folder = anchorFolder(bucket.place.prefix, run);
  const listed = await listVersions(bucket, folder, signal);
  const named = listed.filter(({ key }) => isAnchorName(key.slice(folder.length)));
  const limit = createLimit(8);
  const anchors = await Promise.all(
    named.map(({ key, id, size, at }) =>
      limit(async (): Promise<FoundAnchor> => {
        const place = `${placeText(bucket, key)}${id === 'null' ? '' : ` (version ${id.slice(0, 80)})`}`;
        const name = key.slice(folder.length);
        if (size > largestAnchor) return { place, name, at, bytes: undefined };
        const answer = await bucket.read('GetObject', { Key: key, VersionId: id }, signal);
        if (answer === undefined)
          throw new GoliveError('anchor', `${place} is in the list, and cannot be read`, { exit: exitCodes.undecided });
        return { place, name, at, bytes: await bytesOf(answer['Body'], largestAnchor, place) };
      }),
    ),
  );
  const hidden = named.filter(({ latest }) => !latest).length;
  return { anchors, hidden, others: listed.length - named.length };
}

interface Listed {
  readonly key: string;
  readonly id: string;
  readonly size: number;
  readonly at: string;
  readonly latest: boolean;
}

/** All versions, because an anchor under a delete marker or a newer object is an anchor still. */
async function listVersions(bucket: AnchorBucket, folder: string, signal: AbortSignal): Promise<readonly Listed[]> {
  const versions: Listed[] = [];
  let marker: object = {};
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = (await bucket.read('ListObjectVersions', { Prefix: folder, ...marker }, signal)) ?? {};
    const { Versions: found, IsTruncated: more, NextKeyMarker: key, NextVersionIdMarker: id } = page;
    versions.push(...(Array.isArray(found) ? found : []).flatMap((each: unknown) => listedOf(each, folder)));
    if (more !== true) return versions;
    marker = { KeyMarker: key, ...(typeof id === 'string' && id !== '' && { VersionIdMarker: id }) };
  }
  throw new GoliveError('anchor', `the list of ${placeText(bucket, folder)} does not come to an end`, {
    exit: exitCodes.undecided,
  });
}

function listedOf(each: unknown, folder: string): readonly Listed[] {
  const members: Readonly<Record<string, unknown>> = typeof each === 'object' ? { ...each } : {};
  const { Key, VersionId, Size, LastModified, IsLatest } = members;
  if (typeof Key !== 'string' || !Key.startsWith(folder)) return [];
  return [
    {
      key: Key,
      id: typeof VersionId === 'string' && VersionId !== '' ? VersionId : 'null',
      size: typeof Size === 'number' ? Size : 0,
      at: LastModified instanceof Date ? LastModified.toISOString() : '',
      latest: IsLatest !== false,
    },
  ];
}
