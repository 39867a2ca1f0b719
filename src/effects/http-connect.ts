// A connected socket for a URL: directly or through a proxy, with TLS when the URL asks for it.

import { request as plainRequest } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import { BlindError } from '../errors.ts';
import type { Dns, TlsVersion } from '../wire.ts';
import { contextOf, objectionTo, type Trust } from './certificates.ts';
import { bareHost, portOf, type ConnectTo, type Route } from './http-route.ts';

/** How HTTP and TLS get where they are going, and whom they believe there. */
export interface WayOptions {
  /** The command line's --connect-to. */
  readonly connectTo: readonly ConnectTo[];
  /** Certificates (PEM) to trust besides the usual ones. */
  readonly ca?: string;
  /** Refuses whatever is not on this machine. */
  readonly rehearsal?: boolean;
  /** Resolves names where the command line names a DNS server. */
  readonly dns?: Dns;
  /** The clock certificates are held against, in ms; absent: the wall clock. */
  readonly now?: () => number;
  /** For HTTPS_PROXY, HTTP_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Connected {
  readonly socket: Socket;
  /** Present over TLS to the URL's host. */
  readonly tls?: TLSSocket;
}

/** Connects to where the route leads. The certificate must be for the URL's host, whatever the address. */
export async function open(url: URL, route: Route, trust: Trust, signal: AbortSignal): Promise<Connected> {
  const raw = await reach(url, route, trust, signal);
  if (url.protocol !== 'https:') return { socket: raw };
  const tls = await secured(raw, bareHost(url), trust, signal, ['http/1.1']);
  return { socket: tls, tls };
}

/** A connection to where the route leads, without TLS: to the address, or through the proxy. */
export async function reach(url: URL, route: Route, trust: Trust, signal: AbortSignal): Promise<Socket> {
  if ('proxy' in route) return throughProxy(url, route.proxy, trust, signal);
  return dial(connect({ host: route.address, port: route.port, family: route.family }), 'connect', signal);
}

/** What a proxy wants to see of us; empty without a user in its address. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

async function throughProxy(url: URL, proxy: URL, trust: Trust, signal: AbortSignal): Promise<Socket> {
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new BlindError('invalid', `the proxy ${proxy.host} speaks ${proxy.protocol}, which golive does not`);
  }
  const raw = await dial(connect({ host: bareHost(proxy), port: portOf(proxy) }), 'connect', signal);
  const hop = proxy.protocol === 'https:' ? await secured(raw, bareHost(proxy), trust, signal) : raw;
  return url.protocol === 'https:' ? tunnel(hop, `${url.hostname}:${portOf(url)}`, proxy, signal) : hop;
}

function tunnel(hop: Socket, authority: string, proxy: URL, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const headers = { host: authority, ...proxyHeaders(proxy) };
    const asked = plainRequest({ method: 'CONNECT', path: authority, headers, createConnection: () => hop, signal });
    asked.once('error', reject);
    asked.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(
        new BlindError('network', `the proxy ${proxy.host} answered ${answer.statusCode} when asked for ${authority}`),
      );
    });
    asked.once('response', (answer) => {
      hop.destroy();
      reject(
        new BlindError('network', `the proxy ${proxy.host} answered ${answer.statusCode} when asked for ${authority}`),
      );
    });
    asked.end();
  });
}

/** TLS over a connection, with a certificate that is believed and for `name`. */
async function secured(
  socket: Socket,
  name: string,
  trust: Trust,
  signal: AbortSignal,
  protocols?: readonly string[],
): Promise<TLSSocket> {
  // A clock of its own decides after the handshake, because OpenSSL knows the wall clock only.
  const later = trust.now !== undefined;
  const tls = await handshake(socket, name, trust, signal, { anyCertificate: later, ...(protocols && { protocols }) });
  const objection = later ? objectionTo(tls, name, trust) : undefined;
  if (objection === undefined) return tls;
  tls.destroy();
  throw objection;
}

export interface Offer {
  /** Lets a certificate pass that is not believed; what is wrong with it is asked afterwards. */
  readonly anyCertificate: boolean;
  /** Offers only this version, with this library's own limits lifted. */
  readonly version?: TlsVersion;
  /** For ALPN. */
  readonly protocols?: readonly string[];
}

/** One TLS handshake over a connection. Rejects with Node's own error. */
export function handshake(
  socket: Socket,
  name: string,
  trust: Trust,
  signal: AbortSignal,
  { anyCertificate, version, protocols }: Offer,
): Promise<TLSSocket> {
  const secureContext = contextOf(trust, version);
  const tls = connectTls({
    socket,
    // Said here, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise make every certificate a good one.
    rejectUnauthorized: !anyCertificate,
    ...(secureContext === undefined ? {} : { secureContext }),
    // SNI carries names only.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_asked, certificate) => checkServerIdentity(name, certificate),
    ...(protocols === undefined ? {} : { ALPNProtocols: [...protocols] }),
  });
  return dial(tls, 'secureConnect', signal);
}

/** Not everything can be called off; whoever waits for it can be. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    // Heard in any case: a rejection that nobody hears ends the process, with the journal open.
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
  });
}

function dial<S extends Socket>(socket: S, ready: 'connect' | 'secureConnect', signal: AbortSignal): Promise<S> {
  return new Promise((resolve, reject) => {
    const give = (error: unknown): void => {
      socket.destroy();
      reject(error instanceof Error ? error : new Error('aborted'));
    };
    const abort = (): void => give(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', give);
    socket.once(ready, () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', give);
      // It may break before anybody listens; whoever uses it then finds it destroyed.
      socket.on('error', () => {});
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
