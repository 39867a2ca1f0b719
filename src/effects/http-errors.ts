// What went wrong on the wire, as BlindError with words an operator can act on and without anything secret.

import { BlindError } from '../errors.ts';

const refusals: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused by',
  ECONNRESET: 'connection reset by',
  EPIPE: 'connection closed by',
  UND_ERR_SOCKET: 'connection closed by',
  EHOSTUNREACH: 'no route to',
  ENETUNREACH: 'no route to',
  EADDRNOTAVAIL: 'no route to',
  ETIMEDOUT: 'no answer from',
  UND_ERR_CONNECT_TIMEOUT: 'no answer from',
};

const certificates: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an authority this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority this machine does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an authority this machine does not know, or its chain is incomplete',
  CERT_REVOKED: 'was revoked',
};

/** Codes of what may be gone at the next look. */
const passing = new Set([...Object.keys(refusals), 'EAI_AGAIN', 'ENOTFOUND']);

/** What is wrong with a certificate, as words that go on from "the certificate", for an error with Node's code for it. */
export function certificateWords(error: unknown): string {
  const code = codeOf(error);
  return `${certificates[code] ?? `is not believed (${code})`}${namesIn(error)}`;
}

/** The error as golive tells it. `name` is the URL's host, `peer` is `ADDR:PORT` that was connected to. */
export function blindError(error: unknown, name: string, peer: string, protocol: 'HTTP' | 'TLS' = 'HTTP'): BlindError {
  if (error instanceof BlindError) return error;
  const code = codeOf(error);
  const certificate = certificates[code];
  if (certificate !== undefined) {
    const hint = certificate.includes('authority') ? '--ca FILE adds an authority' : undefined;
    return new BlindError('tls', `the certificate of ${name} (${peer}) ${certificateWords(error)}`, {
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') {
    return new BlindError('tls', `no TLS connection to ${name} (${peer}): ${code}`, { cause: error });
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return new BlindError('invalid', `the request to ${name} is not valid HTTP: look at its method and headers`, {
      cause: error,
    });
  }
  const refusal = refusals[code];
  const words = refusal === undefined ? `no answer over ${protocol} from ${peer} (${code})` : `${refusal} ${peer}`;
  return new BlindError('network', words, { transient: passing.has(code), cause: error });
}

/** The whole exchange took longer than it may. */
export function timedOut(peer: string, timeoutMs: number): BlindError {
  return new BlindError('timeout', `no complete answer from ${peer} within ${timeoutMs / 1000} s`, { transient: true });
}

/** Node's code of an error, or `unknown`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

/** The names the certificate is for, so that nobody has to go and look. */
function namesIn(error: unknown): string {
  if (!(error instanceof Error) || !('cert' in error)) return '';
  const { cert } = error;
  const names =
    typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? String(cert.subjectaltname) : '';
  return names === '' ? '' : `: ${names.replaceAll('DNS:', '').slice(0, 200)}`;
}
