// Which platforms an image is for: from its manifest, or from the configuration that a single manifest leads to.

import { isObject, parseJson, type Json } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { AwsCall, HttpResponse, World } from '../world.ts';
import { objects, text } from './aws-facts.ts';

/** All there are: ECR may otherwise make another manifest of an index, for one platform. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const configTypes = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];
const digestPattern = /^sha256:[0-9a-f]{64}$/;
/** Builders write this for attestations, which nothing runs. */
const nowhere = 'unknown/unknown';
const timeoutMs = 10_000;

/** The platforms themselves, the digest of the configuration that names the only one, or why nobody knows. */
export type Manifest =
  | { readonly platforms: readonly string[] }
  | { readonly config: string }
  | { readonly unknown: string };

/** Reads the text of an index or of a single manifest. */
export function readManifest(source: string): Manifest {
  const manifest = parseJson(source);
  if (!isObject(manifest)) return { unknown: 'its manifest is not JSON' };
  if (Array.isArray(manifest['manifests'])) {
    const named = objects(manifest['manifests']).map((each) => platformOf(each['platform']));
    const platforms = [...new Set(named)].filter((each) => each !== undefined).filter((each) => each !== nowhere);
    return platforms.length === 0 ? { unknown: 'its index names no platform' } : { platforms };
  }
  const config = isObject(manifest['config']) ? manifest['config'] : {};
  const type = text(config['mediaType']) ?? '';
  const digest = text(config['digest']) ?? '';
  if (configTypes.includes(type) && digestPattern.test(digest)) return { config: digest };
  const what = type === '' ? 'its manifest leads to no configuration' : `its configuration is ${type.slice(0, 100)}`;
  return { unknown: `${what}, which names no platform` };
}

/**
 * The platform in the configuration with this digest. `ask` says where and of which repository. The way there is a
 * link that anybody may follow: it is in no fact and no error. Neither is anything else the configuration says, such
 * as the environment of its containers. Throws BlindError when it could not be read.
 */
export async function readPlatform(
  ask: Omit<AwsCall, 'operation'>,
  digest: string,
  world: World,
  signal: AbortSignal,
): Promise<{ readonly platform: string; readonly requests: readonly string[] }> {
  const input = { ...ask.input, layerDigest: digest };
  // Fresh, because a link is good for an hour, and a phase may last longer.
  const call = { ...ask, operation: 'GetDownloadUrlForLayer', input, follows: true, fresh: true };
  const answer = await world.aws.read(call, signal);
  const { requests } = answer;
  if ('missing' in answer) throw blind('server', `ECR does not have it (${answer.missing.code})`);
  const response = await fetched(linkOf(answer.output['downloadUrl']), world, signal);
  if (response.status !== 200) {
    throw blind(
      response.status === 403 ? 'access-denied' : 'server',
      `S3 answered ${response.status}`,
      response.status >= 500,
    );
  }
  // Whoever serves it: what has the right digest is what the manifest means.
  if (response.truncated || (await digestOf(response.body)) !== digest) {
    throw blind('server', 'what S3 gave is not what the manifest names');
  }
  const platform = platformOf(parseJson(new TextDecoder().decode(response.body)));
  if (platform === undefined) throw blind('server', 'it names no platform');
  return { platform, requests };
}

async function fetched(link: URL, world: World, signal: AbortSignal): Promise<HttpResponse> {
  try {
    return await world.http.send(
      { method: 'GET', url: link.href, headers: { 'user-agent': 'golive' }, timeoutMs, follow: 0 },
      signal,
    );
  } catch (error) {
    if (!(error instanceof BlindError)) throw error;
    // Its words name the host at most; its cause may hold the request, so that stays behind.
    const words = error.message.replaceAll(link.href, 'the link').replaceAll(link.search, '');
    throw blind(error.code, words, error.transient, error.hint);
  }
}

/** A link is followed to AWS only, and only over TLS. */
function linkOf(value: Json | undefined): URL {
  const link = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  const toAws = link !== undefined && /\.amazonaws\.com(?:\.cn)?$/.test(link.hostname) && link.port === '';
  if (link === undefined || link.protocol !== 'https:' || !toAws || link.username !== '' || link.password !== '') {
    throw blind('refused', 'ECR gave a link that does not lead to AWS over https');
  }
  return link;
}

function blind(code: BlindError['code'], why: string, transient = false, hint?: string): BlindError {
  const message = `The configuration of the image cannot be read: ${why}`;
  return new BlindError(code, message, { transient, ...(hint === undefined ? {} : { hint }) });
}

/** `os/architecture`; undefined unless both are said. */
function platformOf(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  const [os = '', architecture = ''] = [text(value['os']), text(value['architecture'])];
  return os === '' || architecture === '' ? undefined : `${os.slice(0, 40)}/${architecture.slice(0, 40)}`;
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  return `sha256:${[...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
