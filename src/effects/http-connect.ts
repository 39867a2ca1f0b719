// A connected socket for a URL: directly or through a proxy, with TLS when the URL asks for it.

import { request as plainRequest } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import { BlindError } from '../errors.ts';
import { bareHost, portOf, type Route } from './http-route.ts';

export interface Connected {
  readonly socket: Socket;
  /** Present over TLS to the URL's host. */
  readonly tls?: TLSSocket;
}

/** Connects to where the route leads. The certificate must be for the URL's host, whatever the address. */
export async function open(
  url: URL,
  route: Route,
  ca: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Connected> {
  const secure = url.protocol === 'https:';
  const raw =
    'proxy' in route
      ? await throughProxy(url, route.proxy, ca, signal)
      : await dial(connect({ host: route.address, port: route.port, family: route.family }), 'connect', signal);
  if (!secure) return { socket: raw };
  const tls = await handshake(raw, bareHost(url), ca, signal);
  return { socket: tls, tls };
}

/** What a proxy wants to see of us; empty without a user in its address. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

async function throughProxy(
  url: URL,
  proxy: URL,
  ca: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new BlindError('invalid', `the proxy ${proxy.host} speaks ${proxy.protocol}, which golive does not`);
  }
  const raw = await dial(connect({ host: bareHost(proxy), port: portOf(proxy) }), 'connect', signal);
  const hop = proxy.protocol === 'https:' ? await handshake(raw, bareHost(proxy), ca, signal) : raw;
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

function handshake(
  socket: Socket,
  name: string,
  ca: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const tls = connectTls({
    socket,
    // Said here, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise make every certificate a good one.
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca: [...ca] }),
    // SNI carries names only.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_asked, certificate) => checkServerIdentity(name, certificate),
    ALPNProtocols: ['http/1.1'],
  });
  return dial(tls, 'secureConnect', signal);
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
