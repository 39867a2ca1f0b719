// The SDK's clients: one per account, region and service, made when first used, with every setting said here.

import type { Account } from '../engine/plan.ts';
import { BlindError } from '../errors.ts';
import type { CredentialSource, Provider } from './aws-credentials.ts';
import type { Endpoint } from './aws-endpoints.ts';
import { readFailure } from './aws-errors.ts';
import { lockAccount } from './aws-lock.ts';
import type { Lapses } from './aws-renewal.ts';
import { findService, serviceWords } from './aws-services.ts';
import type { SdkModule } from './aws-services.ts';
import type { Transport } from './aws-transport.ts';

/** A command of the SDK, as far as it is used: what it does on the way can be listened to. */
export interface Command {
  readonly middlewareStack: {
    add(middleware: (next: Step) => Step, options: { readonly step: 'deserialize'; readonly priority: 'low' }): void;
  };
}
type Step = (given: unknown) => unknown;

/** A client of the SDK, as far as it is used. */
export interface Client {
  send(command: Command, options: { readonly abortSignal: AbortSignal }): Promise<Readonly<Record<string, unknown>>>;
  destroy(): void;
}

/** One of the target's accounts with everything needed to call AWS in it. */
export interface Place {
  readonly name: string;
  readonly account: Account;
  readonly source: CredentialSource;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

export interface Clients {
  /**
   * The client and its module; with `once`, one that makes exactly one attempt, for what changes something. Throws
   * BlindError `refused` for a service there is no client for.
   */
  open(
    place: Place,
    region: string,
    service: string,
    attempts?: 'once',
  ): Promise<{ readonly sdk: SdkModule; readonly client: Client }>;
  /** The credentials all clients of this account sign with, held to the account. */
  credentials(place: Place): Provider;
  /** Goes on with the provider that `choose` gives, where it gives one; `anew` opens the source once more. */
  prefer(
    place: Place,
    choose: (used: Provider, anew: () => Promise<Provider>) => Promise<Provider | undefined>,
  ): Promise<void>;
  /** Whatever is opened from now on has credentials that were read anew, and that still belong to the account. */
  renew(name: string): void;
  destroy(): void;
}

/** Clients that share a transport. In a rehearsal nothing of the SDK's own configuration is looked at. */
export function createClients(transport: Transport, rehearsal: boolean, lapses: Lapses): Clients {
  const clients = new Map<string, Promise<{ readonly sdk: SdkModule; readonly client: Client }>>();
  const made: Client[] = [];
  const opened = new Map<string, Promise<Provider>>();
  const locked = new Map<string, Provider>();
  // Whoever hands out credentials is always AWS itself, whatever endpoints are configured.
  const inner = { requestHandler: transport, ignoreConfiguredEndpointUrls: true };
  const newest = (place: Place): Promise<Provider> => {
    const provider = opened.get(place.name) ?? place.source.open(inner);
    opened.set(place.name, provider);
    return provider;
  };
  // The lock outlives what it locks: keys that were renewed are other keys than the first ones.
  const providerOf = (place: Place): Provider => {
    const { source, account } = place;
    const provider =
      locked.get(place.name) ??
      lockAccount(
        async () => (await newest(place))(),
        { account: account.account, words: source.words, foreign: (blind) => lapses.foreign(place, blind) },
        async (identity) => {
          const { sdk, client } = await make(place, account.region, 'sts', () => Promise.resolve(identity));
          return await askOwner(sdk, client, place);
        },
      );
    locked.set(place.name, provider);
    return provider;
  };
  const make = async (place: Place, region: string, word: string, given?: Provider, maxAttempts = 4) => {
    const service = findService(word);
    if (service === undefined) {
      throw new BlindError('refused', `There is no client for the AWS service ${word}.`, {
        hint: `There are ${serviceWords.join(', ')}.`,
      });
    }
    const sdk = await service.load();
    const provider = given ?? providerOf(place);
    const endpoint = place.endpoints.get(word);
    const client = newClient(sdk, service.client, {
      region,
      credentials: provider,
      requestHandler: transport,
      retryMode: 'standard',
      maxAttempts,
      defaultsMode: 'standard',
      ignoreConfiguredEndpointUrls: true,
      ...(word === 'dynamodb' ? oneHost : {}),
      ...(place.source.profile === undefined ? {} : { profile: place.source.profile }),
      ...(endpoint === undefined
        ? {}
        : { endpoint: endpoint.url.href, ...(word === 's3' ? { forcePathStyle: true } : {}) }),
      ...(rehearsal ? { ...sealedSettings, retryStrategy: await briskRetries(maxAttempts) } : {}),
    });
    made.push(client);
    return { sdk, client };
  };
  const renew = (name: string): void => {
    opened.delete(name);
    // A client keeps the keys it was given; those on their way end with theirs.
    for (const key of clients.keys()) if (key.startsWith(`${name} `)) clients.delete(key);
  };
  return {
    open: (place, region, service, attempts) => {
      const key = [place.name, region, service, attempts ?? ''].join(' ');
      const client = clients.get(key) ?? make(place, region, service, undefined, attempts === 'once' ? 1 : 4);
      clients.set(key, client);
      return client;
    },
    credentials: providerOf,
    prefer: async (place, choose) => {
      const chosen = await choose(await newest(place), () => place.source.open(inner));
      if (chosen === undefined) return;
      renew(place.name);
      opened.set(place.name, Promise.resolve(chosen));
    },
    renew,
    destroy: () => {
      for (const client of made) client.destroy();
      transport.destroy();
    },
  };
}

/** A client by its name in the SDK, with everything said that it is to know. */
export function newClient(sdk: SdkModule, name: string, settings: object): Client {
  const client = construct(sdk, name, settings);
  if (!isClient(client)) throw new BlindError('internal', `The SDK's ${name} is not a client.`);
  return client;
}

/** A command of an operation, ready to send. */
export function commandOf(sdk: SdkModule, operation: string, input: unknown): Command {
  const command = construct(sdk, `${operation}Command`, input);
  if (!isCommand(command)) throw new BlindError('internal', `The SDK cannot ask for ${operation}.`);
  return command;
}

/** Calls `sent` as each request of the command goes to the network: until then nothing can have happened. */
export function whenSent(command: Command, sent: () => void): void {
  const listen = (next: Step): Step => {
    return (given) => {
      sent();
      return next(given);
    };
  };
  // The last of the last step: the request is signed, and whatever comes next is the connection.
  command.middlewareStack.add(listen, { step: 'deserialize', priority: 'low' });
}

/** Who the keys of `client` belong to. Throws BlindError when AWS does not say. */
async function askOwner(
  sdk: SdkModule,
  client: Client,
  { account, source }: Place,
): Promise<{ readonly account: string; readonly arn: string }> {
  const signal = new AbortController().signal;
  try {
    const { Account: id, Arn: arn } = await client.send(commandOf(sdk, 'GetCallerIdentity', {}), {
      abortSignal: signal,
    });
    if (typeof id === 'string' && typeof arn === 'string') return { account: id, arn };
  } catch (thrown) {
    const what = { service: 'sts', operation: 'GetCallerIdentity', ...account, credentials: source };
    const failure = readFailure(what, thrown);
    if (failure instanceof BlindError) throw failure;
  }
  throw new BlindError('server', 'AWS does not say whose credentials these are.');
}

/** One host for all accounts, and none that is asked for first. */
const oneHost = { accountIdEndpointMode: 'disabled', endpointDiscoveryEnabledProvider: () => Promise.resolve(false) };

/** As many attempts as ever, without the waiting: in a rehearsal nobody gets less busy in between. */
async function briskRetries(attempts: number): Promise<object> {
  const { ConfiguredRetryStrategy } = await import('@smithy/core/retry');
  return new ConfiguredRetryStrategy(attempts, 1);
}

// Whatever is left unsaid here the SDK would look up in the environment and in the shared configuration files.
const sealedSettings = {
  authSchemePreference: () => Promise.resolve([]),
  disableClockSkewCorrection: false,
  disableRequestCompression: true,
  disableS3ExpressSessionAuth: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  requestMinCompressionSizeBytes: 10_240,
  responseChecksumValidation: 'WHEN_REQUIRED',
  sigv4aSigningRegionSet: () => Promise.resolve(undefined),
  useArnRegion: false,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: () => Promise.resolve(undefined),
};

function construct(sdk: SdkModule, name: string, argument: unknown): unknown {
  const made = sdk[name];
  if (typeof made !== 'function') throw new BlindError('internal', `The SDK has no ${name}.`);
  return Reflect.construct(made, [argument]);
}

function isCommand(value: unknown): value is Command {
  return typeof value === 'object' && value !== null && 'middlewareStack' in value;
}

function isClient(value: unknown): value is Client {
  return typeof value === 'object' && value !== null && 'send' in value && 'destroy' in value;
}
