// The bucket that anchors are kept in: whose credentials, where it is called, and what its answers mean.

import { exitCodes, GoliveError } from '../errors.ts';
import { anchorFailure, saysNoBucket, statusOf } from './anchor-errors.ts';
import { commandOf, newClient, whenSent, type Client } from './aws-clients.ts';
import { pickSource } from './aws-credentials.ts';
import { checkEndpoint, configuredEndpoints, isAwsHost, shownHost, type Endpoint } from './aws-endpoints.ts';
import { filePaths } from './aws-profile.ts';
import { findService } from './aws-services.ts';

export interface AnchorPlace {
  readonly bucket: string;
  /** Without a slash at its end; may be empty. */
  readonly prefix: string;
}

export interface BucketOptions {
  readonly place: AnchorPlace;
  /** The environment of the process; the SDK's warning about old Node versions is turned off in it. */
  readonly env: Record<string, string | undefined>;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly allowEndpoint: boolean;
}

/** What became of one request that changes something. It is sent once. */
export type Sent =
  | { readonly stored: string }
  | { readonly refused: 'exists' | 'busy' }
  /** Nobody knows: why, in words that follow a colon. */
  | { readonly unknown: string };

type Answer = Readonly<Record<string, unknown>>;

export interface AnchorBucket {
  readonly place: AnchorPlace;
  /** Whose credentials, in words. */
  readonly words: string;
  /** The host that answers instead of AWS, with where that was configured. */
  readonly override: { readonly host: string; readonly from: string } | undefined;
  /** A reading operation; undefined when that object is not there. Throws GoliveError `anchor`. */
  read(operation: string, input: object, signal: AbortSignal): Promise<Answer | undefined>;
  /** Creates an object where there is none. Throws GoliveError `anchor` when the store refuses for another reason. */
  create(key: string, text: string, lock: Date | undefined, signal: AbortSignal): Promise<Sent>;
  close(): void;
}

/** `s3://BUCKET/PREFIX`. Throws GoliveError `usage`. */
export function anchorPlaceOf(text: string): AnchorPlace {
  const [, bucket, rest = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? [];
  const prefix = rest.replace(/\/$/, '');
  const parts = prefix === '' ? [] : prefix.split('/');
  if (bucket !== undefined && prefix.length <= 150 && parts.every((part) => /^(?!\.\.?$)[\w!.*'()@+=-]+$/.test(part)))
    return { bucket, prefix };
  throw new GoliveError('usage', `"${text.slice(0, 200)}" is not a place for anchors`, {
    hint: 'Write it as s3://BUCKET/PREFIX, for example s3://audit-anchors/golive.',
  });
}

/** Opens it; nothing is asked yet. Throws GoliveError `endpoint`, `usage` when no region is known, `proxy` and `ca`. */
export async function openBucket(options: BucketOptions): Promise<AnchorBucket> {
  const { env, place } = options;
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const [{ loadSharedConfigFiles }, { openTransport }] = await Promise.all([
    import('@smithy/core/config'),
    import('./aws-transport.ts'),
  ]);
  const files = await loadSharedConfigFiles(filePaths(env));
  const unlocked = { account: '', region: '' };
  const profile = pickSource({ env, wanted: options.profile, name: '', account: unlocked }).profile;
  const section = profile ?? env['AWS_PROFILE'] ?? 'default';
  const region = regionOf(options, { ...files.credentialsFile[section], ...files.configFile[section] }['region']);
  const source = pickSource({ env, wanted: options.profile, name: '', account: { ...unlocked, region } });
  const endpoint = configuredEndpoints(env, section, files).get('s3');
  if (endpoint !== undefined) checkHost(endpoint, options.allowEndpoint);
  const transport = await openTransport(env);
  // Whoever hands out credentials is always AWS itself, whatever endpoints are configured.
  const credentials = await source.open({ requestHandler: transport, ignoreConfiguredEndpointUrls: true });
  const sdk = await (findService('s3')?.load() ?? Promise.resolve({}));
  const clientOf = (maxAttempts: number): Client =>
    newClient(sdk, 'S3Client', {
      region,
      credentials,
      requestHandler: transport,
      retryMode: 'standard',
      maxAttempts,
      defaultsMode: 'standard',
      ignoreConfiguredEndpointUrls: true,
      ...(source.profile !== undefined && { profile: source.profile }),
      ...(endpoint && { endpoint: endpoint.url.href, forcePathStyle: true }),
    });
  const [reading, once] = [clientOf(4), clientOf(1)];
  const failed = (operation: string, thrown: unknown): GoliveError =>
    anchorFailure(operation, thrown, { bucket: place.bucket, region, source });
  return {
    place,
    words: source.words,
    override:
      endpoint === undefined || isAwsHost(endpoint.url.hostname)
        ? undefined
        : { host: shownHost(endpoint.url), from: endpoint.from },
    read: async (operation, input, signal) => {
      const command = commandOf(sdk, operation, { Bucket: place.bucket, ...input });
      return await reading.send(command, { abortSignal: signal }).catch((thrown: unknown) => {
        if (signal.aborted) throw thrown;
        if (statusOf(thrown) === 404 && !saysNoBucket(thrown)) return undefined;
        throw failed(operation, thrown);
      });
    },
    create: async (key, text, lock, signal) => {
      const input = {
        Bucket: place.bucket,
        Key: key,
        Body: new TextEncoder().encode(text),
        ContentType: 'application/json',
        // A lock takes a digest of the body, and this one every store knows.
        ChecksumAlgorithm: 'SHA256',
        IfNoneMatch: '*',
        ...(lock && { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: lock }),
      };
      const command = commandOf(sdk, 'PutObject', input);
      let sent = false;
      whenSent(command, () => {
        sent = true;
      });
      try {
        const { VersionId: version, ETag: etag } = await once.send(command, { abortSignal: signal });
        return { stored: tokenOf(version, etag) };
      } catch (thrown) {
        const status = statusOf(thrown);
        if (status === 412) return { refused: 'exists' };
        if (status === 409) return { refused: 'busy' };
        if (signal.aborted) throw sent ? interrupted(place, key) : thrown;
        // 501 is what a store says that knows no such condition, or no locks.
        const answered = status !== undefined && (status < 500 || status === 501) && status !== 408;
        if (!sent || answered) throw failed('PutObject', thrown);
        return { unknown: failed('PutObject', thrown).message };
      }
    },
    close: () => {
      reading.destroy();
      once.destroy();
      transport.destroy();
    },
  };
}

/** `s3://BUCKET/KEY`, and the host where that is not AWS. */
export function placeText({ place, override }: Pick<AnchorBucket, 'place' | 'override'>, key: string): string {
  return `s3://${place.bucket}/${key}${override === undefined ? '' : ` at ${override.host}`}`;
}

/** The first bytes of an answer to its end; undefined when there are more than `most`. Throws GoliveError `anchor`. */
export async function bytesOf(body: unknown, most: number, place: string): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of isStream(body) ? body : []) {
      size += chunk.length;
      if (size > most) return undefined;
      chunks.push(chunk);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GoliveError('anchor', `${place} could not be read to its end: ${why.slice(0, 300)}`, { exit: 2, cause });
  }
  return Buffer.concat(chunks);
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** What tells this version of an object from every other. */
export function tokenOf(version: unknown, etag: unknown): string {
  const known = [version, etag].find((each) => typeof each === 'string' && each !== '' && each !== 'null');
  return typeof known === 'string' ? known.replaceAll('"', '').slice(0, 200) : '';
}

function regionOf({ region, env }: BucketOptions, configured: string | undefined): string {
  const found = [region, env['AWS_REGION'], env['AWS_DEFAULT_REGION'], configured].find((each) => (each ?? '') !== '');
  if (found !== undefined && /^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(found)) return found;
  const what = found === undefined ? 'nothing says in which region the bucket is' : `"${found}" is not a region of AWS`;
  throw new GoliveError('usage', what, { hint: 'Say --region eu-central-1, or set AWS_REGION.' });
}

function interrupted({ bucket }: AnchorPlace, key: string): GoliveError {
  return new GoliveError('anchor', `interrupted while s3://${bucket}/${key} was on its way: it may be there or not`, {
    hint: 'Call it again: what is there already is found.',
    exit: exitCodes.interrupted,
  });
}

function checkHost(endpoint: Endpoint, allowed: boolean): void {
  checkEndpoint(endpoint, true);
  if (allowed || isAwsHost(endpoint.url.hostname)) return;
  const { from, url } = endpoint;
  throw new GoliveError(
    'endpoint',
    `${from} sends anchors to ${shownHost(url)} instead of AWS, with your credentials.`,
    {
      hint: 'Remove it, or give --allow-endpoint when that is the store you mean.',
    },
  );
}
