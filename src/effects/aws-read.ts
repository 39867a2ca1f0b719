// One reading operation, from the name in a checklist to plain JSON: allowed, checked, cached, paged, understood.

import { BlindError } from '../errors.ts';
import type { JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import type { AwsAnswer, AwsCall, AwsMissing, AwsSession, Clock } from '../world.ts';
import { canonicalText, createLimit } from './aws-cache.ts';
import type { Limit, ReadCache } from './aws-cache.ts';
import { commandOf } from './aws-clients.ts';
import type { Client, Clients, Place } from './aws-clients.ts';
import { readFailure } from './aws-errors.ts';
import type { Asked } from './aws-errors.ts';
import { readPages, tokensOf } from './aws-pages.ts';
import type { OperationSchemas } from './aws-schema.ts';
import type { SdkModule } from './aws-services.ts';

export type Answer = AwsAnswer | AwsMissing;

/**
 * Requests in flight to one service in one region of an account, which is how AWS counts them: enough to be quick, few
 * enough not to starve what the account does by itself.
 */
const mostInFlight = 8;

interface Parts {
  readonly places: ReadonlyMap<string, Place>;
  readonly clients: Clients;
  readonly cache: ReadCache<Answer>;
  readonly clock: Clock;
}

/** `read` and the counts of a session. Every failure is a BlindError, except the reason of the caller's own abort. */
export function createReader(parts: Parts): Pick<AwsSession, 'read' | 'counts'> {
  const { places, clients, cache, clock } = parts;
  const limits = new Map<string, Limit>();
  const distinct = new Set<string>();
  let sent = 0;
  const count = (key: string, attempts: number): void => {
    distinct.add(key);
    sent += attempts;
  };

  const limitOf = (place: Place, region: string, service: string): Limit => {
    const key = [place.name, region, service].join(' ');
    const limit = limits.get(key) ?? createLimit(mostInFlight);
    limits.set(key, limit);
    return limit;
  };

  const ask = async (place: Place, region: string, call: AwsCall, signal: AbortSignal): Promise<Answer> => {
    const { service, operation } = call;
    const asked: Asked = { service, operation, account: place.account.account, credentials: place.source, region };
    const observedAt = clock.now();
    const requests: string[] = [];
    try {
      const { sdk, client } = await clients.open(place, region, service);
      const schemas = await checked(call, sdk);
      const { memberSchemas } = await import('./aws-schema.ts');
      const tokens = tokensOf(Object.keys(memberSchemas(schemas.input)), Object.keys(memberSchemas(schemas.output)));
      const output = await readPages(`${service}:${operation}`, tokens, call.input, call.enough, (input) =>
        limitOf(
          place,
          region,
          service,
        )(async () => {
          const key = canonicalText([place.name, region, service, operation, input]);
          const page = await sendPage({
            sdk,
            client,
            operation,
            schemas,
            input,
            signal,
            count: (attempts) => count(key, attempts),
          });
          // Something on the way that answers by itself, even with an empty page, must not look like an empty account.
          if (page.request === undefined) throw notAws(service, operation);
          requests.push(page.request);
          return page.output;
        }),
      );
      return { output, requests, observedAt };
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const failure = readFailure(asked, thrown);
      if (failure instanceof BlindError) throw failure;
      if (failure.requests.length === 0) throw notAws(service, operation);
      return { missing: failure.missing, requests: [...requests, ...failure.requests], observedAt };
    }
  };

  return {
    read: async (call, signal) => {
      const place = places.get(call.account ?? '');
      if (place === undefined) throw new BlindError('invalid', `The target has no account named ${call.account}.`);
      const region = call.region ?? place.account.region;
      const key = canonicalText([place.name, region, call.service, call.operation, call.enough ?? '', call.input]);
      return await cache.read(key, call.fresh ?? false, signal, (shared) => ask(place, region, call, shared));
    },
    counts: {
      get sent() {
        return sent;
      },
      get distinct() {
        return distinct.size;
      },
    },
  };
}

/** Also "not there" has to be said by AWS. */
function notAws(service: string, operation: string): BlindError {
  return new BlindError('server', `${service}:${operation}: an answer without a request id is not from AWS.`, {
    hint: 'Look at the proxies on the way.',
  });
}

/** The schemas of a call that is allowed and well-formed. Throws BlindError otherwise. */
async function checked(call: AwsCall, sdk: SdkModule): Promise<OperationSchemas> {
  const [{ inputRefusal, refusalOf }, { inputProblem, schemasOf }] = await Promise.all([
    import('./aws-allowed.ts'),
    import('./aws-schema.ts'),
  ]);
  const name = `${call.service}:${call.operation}`;
  const schemas = schemasOf(sdk, call.operation);
  if (schemas === undefined) throw new BlindError('invalid', `${name}: the service has no such operation.`);
  const refusal = refusalOf(call.service, call.operation, sdk);
  if (refusal !== undefined) throw new BlindError('refused', `golive does not call ${name}: ${refusal}.`);
  // The SDK would drop a misspelt filter without a word and read everything.
  const problem = inputProblem(schemas.input, call.input);
  if (problem !== undefined)
    throw new BlindError('invalid', `The input of ${name} is wrong: ${problem}.`.slice(0, 500));
  const reason = inputRefusal(call.service, call.operation, call.input);
  if (reason !== undefined) throw new BlindError('refused', `golive does not call ${name} like this: ${reason}.`);
  return schemas;
}

async function sendPage(page: {
  readonly sdk: SdkModule;
  readonly client: Client;
  readonly operation: string;
  readonly schemas: OperationSchemas;
  readonly input: JsonObject;
  readonly signal: AbortSignal;
  readonly count: (attempts: number) => void;
}): Promise<{ readonly output: JsonObject; readonly request: string | undefined }> {
  const { plainOutput, sdkInput } = await import('./aws-schema.ts');
  const command = commandOf(page.sdk, page.operation, sdkInput(page.schemas.input, page.input));
  try {
    const answer = await page.client.send(command, { abortSignal: page.signal });
    const { attempts = 1, request } = metadataOf(answer);
    page.count(attempts);
    const output = plainOutput(page.schemas.output, answer);
    return { output: isObject(output) ? output : {}, request };
  } catch (thrown) {
    // Without a count nothing went out: the credentials were missing.
    page.count(metadataOf(thrown).attempts ?? 0);
    throw thrown;
  }
}

function metadataOf(value: unknown): { readonly attempts: number | undefined; readonly request: string | undefined } {
  const metadata = typeof value === 'object' && value !== null && '$metadata' in value ? value.$metadata : undefined;
  const { attempts, requestId } = (metadata ?? {}) as { readonly attempts?: unknown; readonly requestId?: unknown };
  return {
    attempts: typeof attempts === 'number' ? attempts : undefined,
    request: typeof requestId === 'string' ? requestId : undefined,
  };
}
