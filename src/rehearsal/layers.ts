// The bucket the registry keeps blobs in: links to them that hold for an hour, and what is behind a link.

import type { SiteRequest } from './application.ts';
import { manifestsOf } from './images.ts';
import type { Blob, RepositoryState } from './images.ts';
import { idOf } from './place.ts';
import type { Place } from './place.ts';
import type { ApplicationReply } from './replies.ts';
import type { RehearsalWorld } from './world.ts';

const lastsSeconds = 3600;

/** `prod-REGION-starport-layer-bucket.s3.REGION.amazonaws.com`, as AWS calls it. */
export function layerHost(region: string): string {
  return `prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com`;
}

/** A signed link to a blob of a repository. */
export function layerLink(place: Place, repository: string, { digest }: Blob): string {
  const path = pathOf(place.account.id, repository, digest);
  const date = new Date(place.now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Date': date,
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Expires': String(lastsSeconds),
    'X-Amz-Credential': `STANDIN/${date.slice(0, 8)}/${place.region}/s3/aws4_request`,
    'X-Amz-Signature': signatureOf(path, date),
  });
  return `https://${layerHost(place.region)}${path}?${query.toString()}`;
}

/** What S3 answers to whoever follows a link: the blob, or one of its own refusals. */
export function layerReply(world: RehearsalWorld, now: number, request: SiteRequest): ApplicationReply {
  const { method, path, search } = request;
  const query = new URLSearchParams(search);
  const date = query.get('X-Amz-Date') ?? '';
  if (method !== 'GET' || query.get('X-Amz-Signature') !== signatureOf(path, date)) {
    return refusal(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.');
  }
  const since = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(now - since <= lastsSeconds * 1000)) return refusal(403, 'AccessDenied', 'Request has expired');
  const blob = blobs(world).find(([at]) => at === path)?.[1];
  if (blob === undefined) return refusal(404, 'NoSuchKey', 'The specified key does not exist.');
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: blob.text };
}

/** The configurations of a repository's manifests: the blobs there are here. Layers themselves are not played. */
export function configsOf(repository: RepositoryState): readonly Blob[] {
  return manifestsOf(repository).flatMap(({ config }) => (config === undefined ? [] : [config]));
}

function blobs({ account }: RehearsalWorld): readonly (readonly [path: string, blob: Blob])[] {
  return Object.entries(account.ecr.repositories).flatMap(([name, state]) =>
    configsOf(state).map((blob) => [pathOf(account.id, name, blob.digest), blob] as const),
  );
}

function pathOf(account: string, repository: string, digest: string): string {
  return `/${idOf(account, 4)}-${account}-${idOf(repository, 32)}/${idOf(`${repository} ${digest}`, 32)}`;
}

function signatureOf(path: string, date: string): string {
  return idOf(`signature ${path} ${date}`, 64);
}

function refusal(status: number, code: string, message: string): ApplicationReply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
