// CloudFront as people meet it: what its edges keep of before, when they forget it, and what the bucket behind them says.

import type { DistributionState, InvalidationState } from './account-edges.ts';
import { spanMs } from './account-parts.ts';
import type { ObjectVersion } from './account-storage.ts';
import type { SiteRequest } from './application.ts';
import { held, idOf } from './place.ts';
import { textReply } from './replies.ts';
import type { ApplicationReply } from './replies.ts';
import type { RehearsalWorld } from './world.ts';

/** The hosted zone that names of all distributions lie in: what an alias to one has to say. */
export const edgeZone = 'Z2FDTNDATAQYW2';

/** `d111111abcdef8.cloudfront.net` */
export function edgeName({ name }: DistributionState): string {
  return `${name}.cloudfront.net`;
}

/** The addresses its name leads to: those of the state, or one in 203.0.113.0/24, always the same for a name. */
export function edgeAddresses({ addresses, name }: DistributionState): readonly string[] {
  return addresses ?? [`203.0.113.${128 + (Number.parseInt(idOf(name, 4), 16) % 120)}`];
}

/** The host names its certificate is for. */
export function edgeNames(world: RehearsalWorld, state: DistributionState): readonly string[] {
  const certificate = held(world.account.acm.certificates, state.certificate);
  return [edgeName(state), ...(certificate?.names ?? [])];
}

/** When every edge has forgotten what it says, in ms. */
export function forgottenAt({ forgets }: DistributionState, { at }: InvalidationState): number {
  return Date.parse(at) + spanMs(forgets);
}

/** An object that is written or deleted, and what it was before. */
interface Written {
  readonly bucket: string;
  readonly key: string;
  readonly before: ObjectVersion | undefined;
}

/** The world after that: the edges in front of the bucket go on giving what was there, if they may keep it at all. */
export function keptAtEdges(world: RehearsalWorld, { bucket, key, before }: Written, now: number): RehearsalWorld {
  if (before?.body === undefined || !mayBeKept(before)) return world;
  const { body, type, cache } = before;
  const copy = {
    since: new Date(now).toISOString(),
    body,
    ...(type !== undefined && { type }),
    ...(cache !== undefined && { cache }),
  };
  const entries = Object.entries(world.account.cloudfront.distributions).map(([id, state]) => {
    const path = pathOf(state, bucket, key);
    // What they keep of an even earlier time they keep on keeping.
    if (path === undefined || copyAt(state, path, now) !== undefined) return [id, state] as const;
    return [id, { ...state, copies: { ...state.copies, [path]: copy } }] as const;
  });
  return withDistributions(world, Object.fromEntries(entries));
}

/** The world with these distributions. */
export function withDistributions(
  world: RehearsalWorld,
  distributions: Readonly<Record<string, DistributionState>>,
): RehearsalWorld {
  return { ...world, account: { ...world.account, cloudfront: { distributions: { ...distributions } } } };
}

/** What a distribution answers; undefined when it is switched off, or gone. */
export function edgeReply(
  world: RehearsalWorld,
  id: string,
  request: SiteRequest,
  now: number,
): ApplicationReply | undefined {
  const state = held(world.account.cloudfront.distributions, id);
  if (state === undefined || !state.enabled) return undefined;
  const { port, host, method, path, search } = request;
  const own = { server: 'CloudFront', via: `1.1 ${edgeName(state)} (CloudFront)` };
  if (![edgeName(state), ...state.aliases].some((name) => covers(name, host)))
    return {
      ...textReply(403, 'The request could not be satisfied'),
      headers: { ...own, 'x-cache': 'Error from cloudfront' },
    };
  if (port === 80 && state.viewers === 'redirect-to-https')
    return { status: 301, headers: { ...own, location: `https://${host}${path}${search}` }, body: '' };
  if (port === 80 && state.viewers === 'https-only') return { ...textReply(403, 'Forbidden'), headers: own };
  const headers = { ...own, ...state.headers };
  if (method !== 'GET' && method !== 'HEAD') return { ...textReply(403, 'Forbidden'), headers };
  const wanted = path === '/' && state.root !== '' ? `/${state.root}` : path;
  const found = foundAt(world, state, wanted, now);
  if (found !== undefined) return page(200, found, headers);
  // Whoever may read but not list is not told that there is nothing.
  const status = state.origin.access_control ? 403 : 404;
  const instead = held(state.errors, String(status));
  const shown = instead && foundAt(world, state, instead.page, now);
  if (instead && shown) return page(instead.status, shown, { ...headers, 'x-cache': 'Error from cloudfront' });
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${status === 403 ? 'AccessDenied' : 'NoSuchKey'}</Code></Error>`;
  return {
    status,
    headers: { ...headers, 'content-type': 'application/xml', 'x-cache': 'Error from cloudfront' },
    body,
  };
}

type Content = Pick<ObjectVersion, 'body' | 'type' | 'cache'> & { readonly kept: boolean };

function foundAt(world: RehearsalWorld, state: DistributionState, path: string, now: number): Content | undefined {
  const copy = copyAt(state, path, now);
  if (copy !== undefined) return { ...copy, kept: true };
  const { bucket, path: base } = state.origin;
  const objects = held(world.account.s3.buckets, bucket)?.objects ?? {};
  const newest = held(objects, decoded(`${base}${path}`).slice(1))?.at(-1);
  return newest?.body === undefined ? undefined : { ...newest, kept: false };
}

/** What the edges keep of a path, unless an invalidation since has made them forget it. */
function copyAt(state: DistributionState, path: string, now: number): DistributionState['copies'][string] | undefined {
  const copy = held(state.copies, path);
  if (copy === undefined) return undefined;
  const over = Object.values(state.invalidations).some(
    (each) =>
      Date.parse(each.at) >= Date.parse(copy.since) &&
      forgottenAt(state, each) <= now &&
      each.paths.some(
        (pattern) => pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))),
      ),
  );
  return over ? undefined : copy;
}

function page(status: number, { body = '', type, cache, kept }: Content, headers: ApplicationReply['headers']) {
  return {
    status,
    headers: {
      'content-type': type ?? 'binary/octet-stream',
      ...(cache !== undefined && { 'cache-control': cache }),
      'x-cache': kept ? 'Hit from cloudfront' : 'Miss from cloudfront',
      ...headers,
    },
    body: Buffer.from(body, 'base64').toString('utf8'),
  };
}

function mayBeKept({ cache = '' }: ObjectVersion): boolean {
  return !/\b(?:no-cache|no-store|private|max-age=0)\b/.test(cache);
}

/** The path an object is served under, or undefined. */
function pathOf({ origin }: DistributionState, bucket: string, key: string): string | undefined {
  const path = `/${key}`;
  if (origin.bucket !== bucket || !path.startsWith(`${origin.path}/`)) return undefined;
  return path.slice(origin.path.length);
}

function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
