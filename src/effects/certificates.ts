// Which certificates are believed: by OpenSSL at the wall clock, or in a rehearsal by the rehearsal's clock.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  checkServerIdentity,
  createSecureContext,
  rootCertificates,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { TlsCertificate, TlsVersion } from '../wire.ts';

export interface Trust {
  /** Authorities (PEM); absent: those Node knows. */
  readonly ca?: readonly string[];
  /** The clock certificates are held against, in ms; absent: the wall clock. */
  readonly now?: () => number;
}

/** The authorities Node knows, and `ca` (PEM) besides them; with a clock of its own, `ca` alone. */
export function trustOf(options: {
  readonly ca?: string;
  readonly now?: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Trust {
  const { ca, env, now } = options;
  const clock = now === undefined ? {} : { now };
  if (ca === undefined) return clock;
  // With a clock of its own nothing is reached that has a certificate from elsewhere, and to read all that Node knows takes
  // longer than all handshakes.
  if (now !== undefined) return { now, ca: [ca] };
  // Naming one authority makes Node forget all others, also those it was told of by its environment.
  const extra = env['NODE_EXTRA_CA_CERTS'];
  const own = extra === undefined || extra === '' ? [] : [readFileSync(extra, 'utf8')];
  return { ca: [...rootCertificates, ...own, ca] };
}

const contexts = new WeakMap<Trust, Map<string, SecureContext>>();

/**
 * What OpenSSL needs to know to believe in these authorities, made once for each version that is offered: it takes
 * longer than the handshake.
 */
export function contextOf(trust: Trust, version?: TlsVersion): SecureContext | undefined {
  if (trust.ca === undefined && version === undefined) return undefined;
  const made = contexts.get(trust) ?? new Map<string, SecureContext>();
  contexts.set(trust, made);
  const context =
    made.get(version ?? '') ??
    createSecureContext({
      ...(trust.ca === undefined ? {} : { ca: [...trust.ca] }),
      // This library's own limits are lifted, so that a refusal is the server's.
      ...(version === undefined ? {} : { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }),
    });
  made.set(version ?? '', context);
  return context;
}

/** Node takes the certificates out of the connection as it hands them over: they can be asked for only once. */
const handed = new WeakMap<TLSSocket, readonly X509Certificate[]>();

/** The certificates the server sent, its own first, each followed by its issuer. */
export function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const known = handed.get(socket);
  if (known !== undefined) return known;
  const chain: X509Certificate[] = [];
  for (let each = socket.getPeerX509Certificate(); each !== undefined; each = each.issuerCertificate) chain.push(each);
  handed.set(socket, chain);
  return chain;
}

/** The server's own certificate, as Node's older functions know it. */
function ownOf(socket: TLSSocket): PeerCertificate | undefined {
  return chainOf(socket)[0]?.toLegacyObject();
}

/** True when the server's certificate is for `name`, whoever issued it and whenever. */
export function coversName(socket: TLSSocket, name: string): boolean {
  const own = ownOf(socket);
  return own !== undefined && checkServerIdentity(name, own) === undefined;
}

/**
 * What is wrong with the certificates of a finished handshake that let every certificate pass, as an error with Node's
 * code for it; undefined when they are trusted, in time and for `name`. With a clock of its own only OpenSSL's word about
 * time is set aside. OpenSSL keeps no more than one objection, and the one about time hides one about trust: then trust
 * is worked out here.
 */
export function objectionTo(socket: TLSSocket, name: string, trust: Trust): Error | undefined {
  const said = codeOf(socket.authorizationError);
  const aboutTime = timeCodes.has(said);
  if (trust.now === undefined || (said !== '' && !aboutTime)) return said === '' ? undefined : objection(said, socket);
  const chain = chainOf(socket);
  if (aboutTime && !leadsToAnchor(chain, trust)) return objection('UNABLE_TO_VERIFY_LEAF_SIGNATURE', socket);
  if (!coversName(socket, name)) return objection(otherName, socket);
  const now = trust.now();
  const late = chain.some(({ validTo }) => Date.parse(validTo) < now);
  const early = chain.some(({ validFrom }) => Date.parse(validFrom) > now);
  if (late || early) return objection(late ? 'CERT_HAS_EXPIRED' : 'CERT_NOT_YET_VALID', socket);
  return undefined;
}

const timeCodes = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const otherName = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** Node keeps the code alone where it lets a bad certificate pass. */
function codeOf(kept: unknown): string {
  if (typeof kept === 'string') return kept;
  return kept instanceof Error ? kept.message : '';
}

function objection(code: string, socket: TLSSocket): Error {
  return Object.assign(new Error(code), { code }, code === otherName && { cert: ownOf(socket) });
}

const parsed = new WeakMap<Trust, readonly X509Certificate[]>();

/** The authorities of a trust, read once: there are over a hundred. */
function anchorsOf(trust: Trust): readonly X509Certificate[] {
  const anchors =
    parsed.get(trust) ??
    (trust.ca ?? []).flatMap((text) => text.match(pem) ?? []).map((text) => new X509Certificate(text));
  parsed.set(trust, anchors);
  return anchors;
}

function leadsToAnchor(chain: readonly X509Certificate[], trust: Trust): boolean {
  const anchors = anchorsOf(trust);
  const issued = (by: X509Certificate, each: X509Certificate): boolean =>
    each.checkIssued(by) && each.verify(by.publicKey);
  for (const [at, each] of chain.entries()) {
    if (anchors.some((by) => by.fingerprint256 === each.fingerprint256 || issued(by, each))) return true;
    const next = chain[at + 1];
    if (next === undefined || !next.ca || !issued(next, each)) return false;
  }
  return false;
}

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A certificate as golive tells of it. */
export function certificateOf(certificate: X509Certificate): TlsCertificate {
  return {
    subject: shortName(certificate.subject),
    issuer: shortName(certificate.issuer),
    names: namesOf(certificate.subjectAltName ?? ''),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
  };
}

/** The common name out of `CN=app\nO=Example`, else the organisation, else the first there is. */
function shortName(distinguished = ''): string {
  const names = distinguished.split('\n');
  const chosen = ['CN=', 'O=', ''].flatMap((sort) => names.filter((each) => each.startsWith(sort)))[0] ?? '';
  return chosen.slice(chosen.indexOf('=') + 1).slice(0, 300);
}

/** DNS names and addresses out of Node's text, in which a name that holds separators stands in quotes. */
function namesOf(text: string): readonly string[] {
  const entries = text.matchAll(/(?:^|, )(?:DNS|IP Address):("(?:\\.|[^"\\])*"|[^,]*)/g);
  return [...entries].map(([, name = '']) => name.replace(/^"|"$/g, '').slice(0, 300));
}
