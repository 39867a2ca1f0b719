// Sending an S3 sync: first what is kept of what was there, then the files, pages last, and in the end what goes.

import type { JsonObject } from '../engine/json.ts';
import type { ActAttempt, ActWorld, Performed, Prospect } from './act.ts';
import { objects, placeOf, refusalOf, text } from './aws-facts.ts';
import { cacheControl, parts, placeAt, type S3SyncArgs } from './s3-sync-args.ts';
import { contentType, isPage } from './content-types.ts';
import { sourceOf } from './s3-sync-wish.ts';

/** One request of many. `site`: it changes what is served. */
interface Sending {
  readonly operation: 'PutObject' | 'CopyObject' | 'DeleteObject';
  readonly input: JsonObject;
  readonly body?: { readonly path: string; readonly sha256: string };
  readonly site?: true;
}

const toldEvery = 50;

/**
 * Sends what was agreed to, each object in one attempt and only from the state that was seen: it stops at the first that
 * is refused. Sent once more after it was broken off, what is in place already is not among it any more.
 */
export async function sendSync(
  args: S3SyncArgs,
  { request }: Prospect,
  _mark: string,
  world: ActWorld,
  attempt: ActAttempt,
): Promise<Performed> {
  const sendings = sendingsOf(args, request);
  const total = sendings.filter(({ site }) => site).length;
  const requests: string[] = [];
  let made = 0;
  for (const [index, { operation, input, body, site }] of sendings.entries()) {
    const call = { service: 's3', operation, input, ...(body && { body }), ...placeOf(args, attempt) };
    const answer = await world.changes.change(call, attempt.signal);
    requests.push(...answer.requests);
    if ('refused' in answer) {
      const refused = refusalOf(answer);
      const told = `${text(input['Key']) ?? ''}: ${refused.refused}`;
      if (made === 0) return { ...refused, refused: told, requests };
      return {
        failed: `${made} of ${total} objects were changed, then ${told}`,
        facts: { changed: made, of: total },
        requests,
      };
    }
    if (site) made += 1;
    if ((index + 1) % toldEvery === 0) attempt.output(`${index + 1} of ${sendings.length} requests\n`);
  }
  return { change: '', facts: { changed: made, of: total }, requests };
}

function sendingsOf(args: S3SyncArgs, request: JsonObject): readonly Sending[] {
  const owner = text(request['owner']) ?? '';
  const to = placeAt(args.to);
  const at = (key: string) => ({ Bucket: to.bucket, Key: to.prefix + key, ExpectedBucketOwner: owner });
  const puts = [...objects(request['put'])].toSorted((a, b) => rank(keyOf(a)) - rank(keyOf(b)));
  const goes = objects(request['delete']).map((item) => ({
    operation: 'DeleteObject' as const,
    input: { ...at(keyOf(item)), IfMatch: quoted(item['etag']) },
    site: true as const,
  }));
  return [
    ...keepings(args, request, owner),
    ...puts.map((item) => putting(args, item, at(keyOf(item)), owner)),
    ...goes,
    ...closing(args, owner),
  ];
}

/** What is to be there: a file, or a copy of an object. */
function putting(args: S3SyncArgs, item: JsonObject, at: JsonObject & { Key: string }, owner: string): Sending {
  const key = keyOf(item);
  const was = item['replaces'];
  const guard = was === undefined ? { IfNoneMatch: '*' } : { IfMatch: quoted(was) };
  if (args.from.startsWith('s3:')) {
    const { bucket, prefix } = sourceOf(args);
    const copy = { ...copying(bucket, prefix + key, item['etag']), ExpectedSourceBucketOwner: owner };
    return { operation: 'CopyObject', input: { ...at, ...copy, ...guard }, site: true };
  }
  const sha256 = text(item['sha256']) ?? '';
  const cache = cacheControl(args, key);
  const headers = { ContentType: contentType(key), ...(cache !== undefined && { CacheControl: cache }) };
  const body = { path: `${args.from}/${key}`, sha256 };
  return { operation: 'PutObject', input: { ...at, ...headers, ...guard, ChecksumSHA256: sha256 }, body, site: true };
}

/** Copies of what is replaced or goes, and an empty object for each name that is new. */
function keepings(args: S3SyncArgs, request: JsonObject, owner: string): readonly Sending[] {
  if (args.backup === undefined) return [];
  const [to, backup] = [placeAt(args.to), placeAt(args.backup)];
  const at = (name: string) => ({
    Bucket: backup.bucket,
    Key: backup.prefix + name,
    ExpectedBucketOwner: owner,
    IfNoneMatch: '*',
  });
  const keep = objects(request['keep']);
  return keep.map((item): Sending => {
    const key = keyOf(item);
    if (item['etag'] === undefined) return { operation: 'PutObject', input: { ...at(parts.created + key), Body: '' } };
    const copy = { ...copying(to.bucket, to.prefix + key, item['etag']), ExpectedSourceBucketOwner: owner };
    return { operation: 'CopyObject', input: { ...at(parts.kept + key), ...copy } };
  });
}

/** From then on the backup serves no other sync. */
function closing({ backup: url }: S3SyncArgs, owner: string): readonly Sending[] {
  if (url === undefined) return [];
  const { bucket, prefix } = placeAt(url);
  const input = { Bucket: bucket, Key: prefix + parts.complete, ExpectedBucketOwner: owner, Body: '' };
  return [{ operation: 'PutObject', input }];
}

/** Pages lead to everything else, and the first of them to all of it: they come last. */
function rank(key: string): number {
  if (key === 'index.html') return 2;
  return isPage(key) ? 1 : 0;
}

function copying(bucket: string, key: string, etag: JsonObject[string] | undefined): JsonObject {
  const source = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  return { CopySource: source, CopySourceIfMatch: quoted(etag) };
}

function keyOf(item: JsonObject): string {
  return text(item['key']) ?? '';
}

function quoted(etag: JsonObject[string] | undefined): string {
  return `"${text(etag) ?? ''}"`;
}
