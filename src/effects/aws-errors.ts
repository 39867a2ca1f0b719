// What a failed AWS call means: not there, or could not look and why. Credentials never get into the words.

import { cap } from '../engine/explain.ts';
import { iamAction } from '../steps/aws-iam.ts';
import { BlindError } from '../errors.ts';
import type { BlindCode } from '../errors.ts';
import { credentialFailure, type CredentialWords } from './aws-credential-errors.ts';
import { saysMissing } from './aws-missing.ts';

/** What the call was, for the words. */
export interface Asked {
  readonly service: string;
  readonly operation: string;
  /** The account's 12 digits. */
  readonly account: string;
  readonly credentials: CredentialWords;
  readonly region: string;
}

const longest = 500;

const denied =
  /^(?:AccessDenied(?:Exception|Fault)?|UnauthorizedOperation|UnauthorizedAccess|NotAuthorized|AuthorizationError|Forbidden|AccountAccessDenied|403)$/;
const throttled =
  /^(?:Throttl\w*|TooManyRequests\w*|RequestLimitExceeded|RequestThrottled\w*|SlowDown|BandwidthLimitExceeded|LimitExceededException|PriorRequestNotComplete|ProvisionedThroughputExceededException)$/;
const timedOut = /^(?:TimeoutError|RequestTimeout(?:Exception)?|ETIMEDOUT|ESOCKETTIMEDOUT)$/;
const network = /^(?:ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;
const tls =
  /^(?:ERR_(?:TLS|SSL)_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|EPROTO|HOSTNAME_MISMATCH)$/;

/** What the SDK threw, or `missing` when AWS said that the thing is not there. */
export function readFailure(
  asked: Asked,
  thrown: unknown,
):
  | { readonly missing: { readonly code: string; readonly message: string }; readonly requests: readonly string[] }
  | BlindError {
  if (thrown instanceof BlindError) return thrown;
  const told = partsOf(thrown);
  if (saysMissing(asked.service, asked.operation, told.code, told.message)) {
    return { missing: { code: told.code, message: cap(told.message, longest) }, requests: told.requests };
  }
  return blind(asked, told);
}

interface Told {
  /** The service's error code, or the system's (`ECONNRESET`). */
  readonly code: string;
  readonly message: string;
  /** HTTP; 0 when no answer came. */
  readonly httpCode: number;
  readonly requests: readonly string[];
}

function blind(asked: Asked, told: Told): BlindError {
  const name = `${asked.service}:${asked.operation}`;
  const { requests } = told;
  const fail = (code: BlindCode, message: string, more: { transient?: boolean; hint?: string } = {}): BlindError =>
    new BlindError(code, cap(message, longest), { ...more, requests });
  const { code } = told;
  const credentials = credentialFailure(asked.credentials, code, told.message);
  if (credentials !== undefined) return fail(credentials.code, credentials.message, credentials);
  if (denied.test(code) || (told.httpCode === 403 && !throttled.test(code))) {
    const action =
      /not authorized to perform: ([a-z0-9-]+:[A-Za-z*]+)/.exec(told.message)?.[1] ??
      iamAction(asked.service, asked.operation);
    return fail('access-denied', `${name} was denied: the IAM action ${action} is missing. AWS says: ${told.message}`, {
      hint: `Allow ${action} in account ${asked.account} to ${asked.credentials.words}.`,
    });
  }
  if (throttled.test(code) || told.httpCode === 429) {
    return fail('throttled', `${name} was throttled by AWS on every attempt (${code}).`, { transient: true });
  }
  if (timedOut.test(code) || told.httpCode === 408)
    return fail('timeout', `${name} got no answer in time.`, { transient: true });
  if (tls.test(code)) {
    return fail('tls', `${name}: the TLS connection cannot be trusted (${code}).`, {
      hint: 'Behind a proxy, set AWS_CA_BUNDLE.',
    });
  }
  if (network.test(code))
    // Without the operation: what none of them reached has one cause, and is told once.
    return fail('network', `No connection to AWS in ${asked.region} (${code}).`, {
      transient: true,
      hint: 'Look at the network of this machine, then retry.',
    });
  if (told.httpCode === 301 || code === 'PermanentRedirect') {
    return fail('invalid', `${name}: the bucket is not in ${asked.region}.`, {
      hint: 'Give the step the region of the bucket.',
    });
  }
  if (told.httpCode >= 500)
    return fail('server', `${name}: AWS answered ${told.httpCode} (${code}).`, { transient: true });
  if (told.httpCode >= 400) return fail('invalid', `${name} was refused by AWS: ${code}: ${told.message}`);
  return fail('server', `${name}: the answer could not be understood (${code}): ${told.message}`);
}

function partsOf(thrown: unknown): Told {
  if (typeof thrown !== 'object' || thrown === null)
    return { code: 'Error', message: String(thrown), httpCode: 0, requests: [] };
  const error = thrown as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly message?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown };
  };
  const { httpStatusCode, requestId } = error.$metadata ?? {};
  // Node's errors are all called Error and carry their code; the SDK's carry it as their name, except that it calls
  // every broken connection a TimeoutError.
  const unnamed = error.name === 'Error' || error.name === 'TypeError' || error.name === 'TimeoutError';
  const code = unnamed ? (error.code ?? error.name) : error.name;
  return {
    code: typeof code === 'string' ? code : 'Error',
    message: typeof error.message === 'string' ? error.message : '',
    httpCode: typeof httpStatusCode === 'number' ? httpStatusCode : 0,
    requests: typeof requestId === 'string' ? [requestId] : [],
  };
}
