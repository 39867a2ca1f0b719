// AWS: one session over the target's accounts, read-only, every page read, nothing assumed when it could not look.

import type { SharedConfigFiles } from '@smithy/core/config';
import { BlindError, GoliveError } from '../errors.ts';
import type { Account } from '../engine/plan.ts';
import type { Folders } from '../machine.ts';
import type { AwsSession, Clock } from '../world.ts';
import { createCache } from './aws-cache.ts';
import { createChanger } from './aws-change.ts';
import { createClients } from './aws-clients.ts';
import type { Place } from './aws-clients.ts';
import { pickSource, rehearsalSource } from './aws-credentials.ts';
import { checkEndpoint, configuredEndpoints, isAwsHost, isLoopback, shownHost } from './aws-endpoints.ts';
import type { Endpoint } from './aws-endpoints.ts';
import { createExpiry } from './aws-expiry.ts';
import { filePaths } from './aws-profile.ts';
import { createReader } from './aws-read.ts';
import type { Answer } from './aws-read.ts';
import { openLapses, renewalOf } from './aws-renewal.ts';
import { findService, serviceWords } from './aws-services.ts';

export interface AwsOptions {
  /** By name; `''` is the target's own. */
  readonly accounts: Readonly<Record<string, Account>>;
  /** `--profile`. */
  readonly profile?: string;
  /** The environment of the process. One variable is set in it: the SDK's warning about old Node versions is turned off. */
  readonly env: Record<string, string | undefined>;
  readonly allowEndpoint: boolean;
  readonly clock: Clock;
  /** Where files come from that acts put elsewhere. */
  readonly folders?: Folders;
  /** Set in a rehearsal: the stand-in, on loopback, instead of AWS; no configuration, profile or credential is read. */
  readonly rehearsal?: { readonly endpoint: string };
}

/**
 * Opens a session; no request is made yet. Throws GoliveError `endpoint` when something configured would send requests
 * outside AWS and `allowEndpoint` is not set, or over plain http to another machine; `proxy` and `ca` for settings
 * that cannot be used.
 */
export async function openAws(options: AwsOptions): Promise<AwsSession> {
  options.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { rehearsal } = options;
  const [places, { openTransport }] = await Promise.all([
    rehearsal === undefined ? configuredPlaces(options) : rehearsalPlaces(options, rehearsal.endpoint),
    import('./aws-transport.ts'),
  ]);
  const transport = await openTransport(rehearsal === undefined ? options.env : {});
  const lapses = openLapses(options.clock);
  const clients = createClients(transport, rehearsal !== undefined, lapses);
  const cache = createCache<Answer>();
  const reader = createReader({ places, clients, cache, clock: options.clock, lapses });
  return {
    read: reader.read,
    change: createChanger({ places, clients, cache, ...(options.folders && { folders: options.folders }) }),
    caller: async (account, signal) => {
      const asked = { service: 'sts', operation: 'GetCallerIdentity', input: {}, fresh: true };
      const answer = await reader.read(account === undefined ? asked : { ...asked, account }, signal);
      const { Account: id, Arn: arn } = 'output' in answer ? answer.output : {};
      if (typeof id !== 'string' || typeof arn !== 'string')
        throw new BlindError('server', 'AWS does not say whose credentials these are.');
      return { account: id, arn };
    },
    renewal: renewalOf(lapses, (name) => {
      clients.renew(name);
      cache.forget();
    }),
    ...(rehearsal === undefined && { expires: createExpiry(places, clients) }),
    overrides: overridesOf(places, rehearsal !== undefined),
    played: isPlayed(places),
    warm: (services) => {
      // What fails to load fails again, and is told, when it is used.
      for (const word of services)
        findService(word)
          ?.load()
          .catch(() => {});
    },
    forget: () => cache.forget(),
    counts: reader.counts,
    close: () => Promise.resolve(clients.destroy()),
  };
}

/** Each account with its credentials' source and its endpoints, checked. */
async function configuredPlaces(options: AwsOptions): Promise<ReadonlyMap<string, Place>> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const files: SharedConfigFiles = await loadSharedConfigFiles(filePaths(options.env));
  const places = new Map<string, Place>();
  for (const [name, account] of Object.entries(options.accounts)) {
    const source = pickSource({ env: options.env, wanted: options.profile, name, account });
    const profile = source.profile ?? options.env['AWS_PROFILE'] ?? 'default';
    const endpoints = configuredEndpoints(options.env, profile, files);
    for (const endpoint of endpoints.values()) checkEndpoint(endpoint, options.allowEndpoint);
    places.set(name, { name, account, source, endpoints });
  }
  return places;
}

function rehearsalPlaces(options: AwsOptions, address: string): ReadonlyMap<string, Place> {
  const url = new URL(address);
  if (!isLoopback(url.hostname)) throw new GoliveError('endpoint', 'A rehearsal speaks to this machine only.');
  const endpoints = new Map<string, Endpoint>(serviceWords.map((word) => [word, { url, from: 'the rehearsal' }]));
  return new Map(
    Object.entries(options.accounts).map(([name, account]) => [
      name,
      { name, account, source: rehearsalSource(account), endpoints },
    ]),
  );
}

/** Every service of every account: one that is left out would be the real one. */
function isPlayed(places: ReadonlyMap<string, Place>): boolean {
  return [...places.values()].every(({ endpoints }) =>
    serviceWords.every((word) => isLoopback(endpoints.get(word)?.url.hostname ?? '')),
  );
}

function overridesOf(places: ReadonlyMap<string, Place>, rehearsal: boolean): AwsSession['overrides'] {
  const found = new Map<string, { readonly host: string; readonly from: string }>();
  for (const place of places.values()) {
    for (const { url, from } of place.endpoints.values()) {
      const host = shownHost(url);
      if (rehearsal || !isAwsHost(url.hostname)) found.set(`${host} ${from}`, { host, from });
    }
  }
  return [...found.values()];
}
