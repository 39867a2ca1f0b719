// TLS handshakes whose outcome is a fact: the certificates as they are, and what the server says to one version alone.

import type { TLSSocket } from 'node:tls';
import { BlindError } from '../errors.ts';
import type { Tls, TlsRequest, TlsSession } from '../wire.ts';
import { certificateOf, chainOf, coversName, objectionTo, trustOf, type Trust } from './certificates.ts';
import { handshake, orAborted, reach, type WayOptions } from './http-connect.ts';
import { blindError, certificateWords, codeOf, timedOut } from './http-errors.ts';
import { bareHost, routeTo, type Route } from './http-route.ts';

/** The real world's TLS, on the same ways as its HTTP: `connect_to`, --connect-to, proxies, guarded addresses. */
export function openTls(options: WayOptions): Tls {
  const trust = trustOf(options);
  const { connectTo, rehearsal = false, dns, env } = options;
  const settings = { connectTo, rehearsal, dns, env };
  return {
    async handshake(request, signal) {
      const timeout = AbortSignal.timeout(request.timeoutMs);
      const either = AbortSignal.any([signal, timeout]);
      const url = urlOf(request);
      let peer = url.host;
      try {
        const route = await orAborted(routeTo(url, request.connectTo, settings, either), either);
        peer = 'proxy' in route ? `the proxy ${route.proxy.host}` : `${route.address}:${route.port}`;
        return await greet(url, route, request, trust, either);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (timeout.aborted) throw timedOut(peer, request.timeoutMs);
        throw libraryError(error, request.host, peer) ?? blindError(error, request.host, peer, 'TLS');
      }
    },
  };
}

function urlOf({ host, port }: TlsRequest): URL {
  const text = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(text)) throw new BlindError('invalid', 'the host is neither a name nor an address');
  return new URL(text);
}

/** A ServerHello takes at least this many bytes, an alert seven. */
const shortestHello = 43;

async function greet(
  url: URL,
  route: Route,
  { version }: TlsRequest,
  trust: Trust,
  signal: AbortSignal,
): Promise<TlsSession | { readonly refused: string }> {
  if (version !== undefined && 'proxy' in route) {
    throw new BlindError(
      'refused',
      `what the proxy ${route.proxy.host} says to ${version} is no evidence about ${url.hostname}`,
      { hint: 'Name the address with connect_to, or the host in NO_PROXY.' },
    );
  }
  const name = bareHost(url);
  const raw = await reach(url, route, trust, signal);
  const before = raw.bytesRead;
  const offer = { anyCertificate: true, ...(version !== undefined && { version }) };
  try {
    const tls = await handshake(raw, name, trust, signal, offer);
    const session = sessionOf(tls, name, trust);
    tls.destroy();
    return session;
  } catch (error) {
    const refused = alertOf(error);
    // Who said hello has taken the version: what it refuses later is something else, such as a client without a certificate.
    if (refused !== undefined && raw.bytesRead - before < shortestHello) return { refused };
    throw error;
  } finally {
    raw.destroy();
  }
}

/** The alerts by which a server says that it does not speak this version or nothing in it that we could agree on. */
const refusals = /ALERT_(PROTOCOL_VERSION|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY)$/;

/** OpenSSL names an error after an alert only when the other side sent it; one of its own never carries the word. */
function alertOf(error: unknown): string | undefined {
  return refusals.exec(codeOf(error))?.[1]?.toLowerCase();
}

/** What OpenSSL made of the handshake, told apart by who broke it off; undefined when it was something else. */
function libraryError(error: unknown, name: string, peer: string): BlindError | undefined {
  const code = codeOf(error);
  if (error instanceof BlindError || !code.startsWith('ERR_SSL_')) return undefined;
  const words = code
    .replace(/^ERR_SSL_/, '')
    .toLowerCase()
    .replaceAll('_', ' ');
  const said = code.includes('_ALERT_')
    ? `it broke off with "${words}", which says nothing about the version`
    : `our own TLS library broke off with "${words}", which says nothing about the server`;
  return new BlindError('tls', `no TLS connection to ${name} (${peer}): ${said}`, { cause: error });
}

function sessionOf(tls: TLSSocket, name: string, trust: Trust): TlsSession {
  const objection = objectionTo(tls, name, trust);
  return {
    protocol: tls.getProtocol() ?? '',
    cipher: tls.getCipher().standardName,
    authorized: objection === undefined,
    ...(objection !== undefined && { problem: certificateWords(objection) }),
    coversHost: coversName(tls, name),
    chain: chainOf(tls).map(certificateOf),
    remoteAddress: `${tls.remoteAddress}:${tls.remotePort}`,
  };
}
