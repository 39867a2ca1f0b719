// One reading operation, from the name in a checklist to plain JSON: allowed, checked, cached, paged, understood.

import { BlindError } from '../errors.ts';
import type { JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import type { AwsAnswer, AwsCall, AwsMissing, AwsSession, Clock } from '../world.ts';
import { canonicalText, createLimit } from './aws-cache.ts';
import type { ReadCache } from './aws-cache.ts';
import { commandOf } from './aws-clients.ts';
import type { Client, Clients, Place } from './aws-clients.ts';
import { readFailure } from './aws-errors.ts';
import type { Asked } from './aws-errors.ts';
import { readPages, tokensOf } from './aws-pages.ts';
import type { OperationSchemas } from './aws-schema.ts';
import type { SdkModule } from './aws-services.ts';
import type { Lapses } from './aws-renewal.ts';
import { createTogether } from './aws-together.ts';

export type Answer = AwsAnswer | AwsMissing;

/** Requests in flight at a time: enough to be quick, few enough not to starve what the account does by itself. */
const mostInFlight = 8;

/** Operations whose answers carry environments. For any other it is the same question, whoever may see those. */
export const hasEnvironment: ReadonlySet<string> = new Set([
  ...['DaemonTaskDefinition', 'ExpressGatewayService', 'TaskDefinition', 'Tasks'].map((of) => `ecs:Describe${of}`),
  ...['GetFunction', 'GetFunctionConfiguration', 'ListFunctions', 'ListVersionsByFunction'].map((of) => `lambda:${of}`),
]);

interface Parts {
  readonly places: ReadonlyMap<string, Place>;
  readonly clients: Clients;
  readonly cache: ReadCache<Answer>;
  readonly clock: Clock;
  readonly lapses: Lapses;
}

/** `read` and the counts of a session. Every failure is a BlindError, except the reason of the caller's own abort. */
export function createReader(parts: Parts): Pick<AwsSession, 'read' | 'counts'> {
  const { places, clients, cache, clock, lapses } = parts;
  const limit = createLimit(mostInFlight);
  const together = createTogether();
  const distinct = new Set<string>();
  let sent = 0;
  const count = (key: string, attempts: number): void => {
    distinct.add(key);
    sent += attempts;
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
        limit(async () => {
          const key = canonicalText([place.name, region, service, operation, input]);
          const page = await sendPage({
            sdk,
            client,
            service,
            operation,
            schemas,
            input,
            environment: call.environment === true,
            signal,
            count: (attempts) => count(key, attempts),
          });
          // Something on the way that answers by itself, even with an empty page, must not look like an empty account.
          if (page.request === undefined) throw notAws(service, operation);
          lapses.good(place);
          requests.push(page.request);
          return page.output;
        }),
      );
      return { output, requests, observedAt };
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const failure = readFailure(asked, thrown);
      if (failure instanceof BlindError) {
        if (failure.code === 'credentials') lapses.over(place, failure);
        throw failure;
      }
      if (failure.requests.length === 0) throw notAws(service, operation);
      return { missing: failure.missing, requests: [...requests, ...failure.requests], observedAt };
    }
  };

  return {
    read: async (call, signal) => {
      const place = places.get(call.account ?? '');
      if (place === undefined) throw new BlindError('invalid', `The target has no account named ${call.account}.`);
      const region = call.region ?? place.account.region;
      const { service, operation, enough = '', follows = false } = call;
      const environment = call.environment === true && hasEnvironment.has(`${service}:${operation}`);
      // What one who may not ask would be refused is not given out because another one has asked.
      const key = canonicalText([place.name, region, service, operation, enough, follows, environment, call.input]);
      return await cache.read(key, call.fresh ?? false, signal, (shared) =>
        together([place.name, region], { ...call, environment }, shared, (asked, joint) =>
          ask(place, region, asked, joint),
        ),
      );
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
  const refusal = refusalOf(call.service, call.operation, sdk, call.follows);
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
  readonly service: string;
  readonly operation: string;
  readonly schemas: OperationSchemas;
  readonly input: JsonObject;
  readonly environment: boolean;
  readonly signal: AbortSignal;
  readonly count: (attempts: number) => void;
}): Promise<{ readonly output: JsonObject; readonly request: string | undefined }> {
  const [{ plainOutput, sdkInput }, { withoutWithheld }] = await Promise.all([
    import('./aws-schema.ts'),
    import('./aws-allowed.ts'),
  ]);
  const command = commandOf(page.sdk, page.operation, sdkInput(page.schemas.input, page.input));
  try {
    const answer = await page.client.send(command, { abortSignal: page.signal });
    const { attempts = 1, request } = metadataOf(answer);
    page.count(attempts);
    const output = plainOutput(page.schemas.output, answer, page.environment);
    return { output: isObject(output) ? withoutWithheld(page.service, page.operation, output) : {}, request };
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
