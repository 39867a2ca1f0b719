// One changing operation, in exactly one attempt: accepted, refused, or nobody knows.

import { createHash } from 'node:crypto';
import { BlindError, withHint } from '../errors.ts';
import { isObject } from '../engine/json.ts';
import type { Folders } from '../machine.ts';
import type { AwsCall, AwsChanges, AwsRefusal } from '../world.ts';
import type { ReadCache } from './aws-cache.ts';
import { commandOf, whenSent, type Client, type Clients, type Command, type Place } from './aws-clients.ts';
import { readFailure, type Asked } from './aws-errors.ts';
import type { Answer } from './aws-read.ts';
import type { OperationSchemas } from './aws-schema.ts';
import type { SdkModule } from './aws-services.ts';

/**
 * What golive's own kinds change. One that needs another operation adds it here, in the open; what a checklist writes out
 * by itself is held against a list of what it may not. `ecs:RunTask` is a poke's too: it starts one task that ends by itself.
 */
const changing: readonly string[] = [
  'route53:ChangeResourceRecordSets',
  'ecs:UpdateService',
  'ecs:RunTask',
  'rds:RestoreDBInstanceFromDBSnapshot',
  's3:PutObject',
  's3:CopyObject',
  's3:DeleteObject',
  'cloudfront:CreateInvalidation',
  'dynamodb:CreateBackup',
];
const longest = 500;

interface Parts {
  readonly places: ReadonlyMap<string, Place>;
  readonly clients: Clients;
  readonly cache: ReadCache<Answer>;
  /** Where files come from that are put as they are; absent where none are. */
  readonly folders?: Folders;
}

/** A call that is allowed and understood, and has not been sent. */
interface Ready {
  readonly asked: Asked;
  readonly client: Client;
  readonly command: Command;
  readonly schemas: OperationSchemas;
}

/**
 * `change` of a session. The SDK retries nothing here: whoever sends again has to look first. What fails before the
 * request is on its way is a refusal too, because nothing happened.
 */
export function createChanger(parts: Parts): AwsChanges['change'] {
  return async (call, signal) => {
    const name = nameOf(call);
    let ready: Ready;
    try {
      ready = await makeReady(parts, call, signal);
    } catch (thrown) {
      if (thrown instanceof BlindError) return notSent(name, thrown);
      throw thrown;
    }
    if (signal.aborted) throw new BlindError('server', `${name} was interrupted before it was sent.`);
    const { asked, client, command, schemas } = ready;
    let sent = false;
    whenSent(command, () => {
      sent = true;
    });
    try {
      const answer = await client.send(command, { abortSignal: signal });
      const request = requestOf(answer);
      if (request === undefined) throw new BlindError('server', 'an answer without a request id is not from AWS');
      const { plainOutput } = await import('./aws-schema.ts');
      const output = plainOutput(schemas.output, answer);
      return { output: isObject(output) ? output : {}, requests: [request] };
    } catch (thrown) {
      const failure = readFailure(asked, thrown);
      if (!sent && failure instanceof BlindError) return notSent(name, failure);
      if (isRefusal(thrown)) return refusedBy(name, thrown, failure);
      throw unknown(name, signal.aborted ? 'it was interrupted while it was on its way' : wordsOf(failure), thrown);
    } finally {
      // What was read before the change is about a world that may be gone.
      parts.cache.forget();
    }
  };
}

function nameOf({ service, operation }: Asked | AwsCall): string {
  return `${service}:${operation}`;
}

/** Throws BlindError for what is not changed by golive at all, or cannot be asked for like this. */
async function makeReady({ places, clients, folders }: Parts, call: AwsCall, signal: AbortSignal): Promise<Ready> {
  const { service, operation, input } = call;
  const name = nameOf(call);
  if (call.written !== true && !changing.includes(name)) {
    throw new BlindError('refused', `golive does not change anything with ${name}.`);
  }
  const place = places.get(call.account ?? '');
  if (place === undefined) throw new BlindError('invalid', `The target has no account named ${call.account}.`);
  const region = call.region ?? place.account.region;
  const { sdk, client } = await clients.open(place, region, service, 'once');
  const { inputProblem, schemasOf, sdkInput } = await import('./aws-schema.ts');
  const schemas = schemasOf(sdk, operation);
  if (schemas === undefined) throw new BlindError('invalid', `${name}: the service has no such operation.`);
  if (call.written === true) await checkWritten(call, sdk, schemas);
  // The SDK would drop a misspelt member without a word.
  const problem = inputProblem(schemas.input, input);
  if (problem !== undefined) throw new BlindError('invalid', `The input of ${name} is wrong: ${problem}.`);
  const body = call.body === undefined ? {} : { Body: await fileBody(call.body, folders, signal) };
  const command = commandOf(sdk, operation, { ...Object(sdkInput(schemas.input, input)), ...body });
  const asked = { service, operation, account: place.account.account, credentials: place.source, region };
  return { asked, client, command, schemas };
}

/** The bytes of a file that is put as it is. Throws BlindError when they are not those that were agreed to. */
async function fileBody(
  { path, sha256 }: NonNullable<AwsCall['body']>,
  folders: Folders | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (folders === undefined) throw new BlindError('internal', 'there are no files to send here');
  const bytes = await folders.bytes(path, signal);
  if (createHash('sha256').update(bytes).digest('base64') === sha256) return bytes;
  throw new BlindError('invalid', `${path} is not what it was when this was worked out`);
}

/** Throws BlindError `refused` for what a checklist may not write out. */
async function checkWritten(call: AwsCall, sdk: SdkModule, { input }: OperationSchemas): Promise<void> {
  const { secretInput, writtenRefusal } = await import('./aws-written.ts');
  const member = secretInput(input, call.input);
  const carried = member === undefined ? undefined : `${member} carries a secret, which would be kept in the log`;
  const reason = writtenRefusal(call.service, call.operation, sdk) ?? carried;
  if (reason !== undefined) throw new BlindError('refused', `golive does not call ${nameOf(call)}: ${reason}.`);
}

function notSent(name: string, blind: BlindError): AwsRefusal {
  const message = `${name} was not sent: ${withHint(blind)}`.slice(0, longest);
  return { refused: { code: blind.code, message }, requests: blind.requests };
}

/** An error of the SDK about an answer of the service. */
interface Refused {
  readonly name: string;
  readonly message: string;
  /** Route 53 may list what is wrong with a batch here, and then says neither a code nor a message. */
  readonly Messages?: { readonly Message?: unknown };
}

/**
 * A refusal is a 4xx that AWS answered itself, so it has a request id and says why. What stands between us and AWS can
 * answer 4xx as well, and 408 is about a request that may have been heard.
 */
function isRefusal(thrown: unknown): thrown is Refused {
  if (!(thrown instanceof Error) || !('$fault' in thrown) || thrown.$fault !== 'client') return false;
  const http = metadataOf(thrown)['httpStatusCode'];
  const answered = typeof http === 'number' && http >= 400 && http < 500 && http !== 408;
  return answered && requestOf(thrown) !== undefined && (thrown.name !== 'Unknown' || batchProblems(thrown) !== '');
}

function batchProblems({ Messages: listed }: Partial<Refused>): string {
  const said = [listed?.Message].flat().filter((each) => typeof each === 'string');
  return said.join(' ');
}

/** The service's own words say which record stood in the way; ours what to do about permissions and credentials. */
function refusedBy(name: string, thrown: Refused, failure: ReturnType<typeof readFailure>): AwsRefusal {
  const listed = batchProblems(thrown);
  const said = thrown.name === 'Unknown' ? 'InvalidChangeBatch' : thrown.name;
  // Whatever a service calls it: credentials say nothing about the change.
  const code = failure instanceof BlindError && failure.code === 'credentials' ? failure.code : said;
  const ours =
    failure instanceof BlindError && (failure.code === 'access-denied' || failure.code === 'credentials')
      ? withHint(failure)
      : `${name} was refused by AWS: ${said}: ${listed === '' ? thrown.message : listed}`;
  const request = requestOf(thrown);
  return { refused: { code, message: ours.slice(0, longest) }, requests: request === undefined ? [] : [request] };
}

function wordsOf(failure: ReturnType<typeof readFailure>): string {
  return failure instanceof BlindError ? failure.message : `${failure.missing.code}: ${failure.missing.message}`;
}

function unknown(name: string, why: string, cause: unknown): BlindError {
  const what = `${name} may or may not have happened: ${why.replace(/\.$/, '')}.`;
  const request = requestOf(cause);
  return new BlindError('server', what.slice(0, longest), {
    requests: request === undefined ? [] : [request],
    cause,
  });
}

function requestOf(value: unknown): string | undefined {
  const { requestId } = metadataOf(value);
  return typeof requestId === 'string' && requestId !== '' ? requestId : undefined;
}

function metadataOf(value: unknown): Readonly<Record<string, unknown>> {
  const metadata = typeof value === 'object' && value !== null && '$metadata' in value ? value.$metadata : undefined;
  return typeof metadata === 'object' && metadata !== null ? { ...metadata } : {};
}
