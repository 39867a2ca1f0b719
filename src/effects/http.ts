// HTTP over undici: one attempt to one address, HTTP/1.1, no redirect unless asked, at most 1 MiB of an answer.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import { BlindError } from '../errors.ts';
import type { Http, HttpRequest, HttpResponse } from '../world.ts';
import { certificateOf, chainOf, trustOf, type Trust } from './certificates.ts';
import { open, orAborted, proxyHeaders, type WayOptions } from './http-connect.ts';
import { blindError, timedOut } from './http-errors.ts';
import { portOf, routeTo, type Route } from './http-route.ts';

const longestBody = 1_048_576;

/** The real world's HTTP. Never retries; throws BlindError when no complete answer came. */
export function openHttp(options: WayOptions): Http {
  const trust = trustOf(options);
  const { connectTo, rehearsal = false, dns, env } = options;
  const settings = { connectTo, rehearsal, dns, env };
  return {
    async send(request, signal) {
      const timeout = AbortSignal.timeout(request.timeoutMs);
      const either = AbortSignal.any([signal, timeout]);
      const started = performance.now();
      let step: HttpRequest = request;
      for (let left = request.follow; ; left--) {
        const url = parseUrl(step.url);
        let peer = url.host;
        try {
          const route = await orAborted(routeTo(url, step.connectTo, settings, either), either);
          peer = 'proxy' in route ? `the proxy ${route.proxy.host}` : `${route.address}:${route.port}`;
          const response = await exchange(step, url, route, trust, either);
          const next = left > 0 ? redirected(step, url, response) : undefined;
          if (next === undefined) return { ...response, totalMs: performance.now() - started, url: url.href };
          step = next;
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          if (timeout.aborted) throw timedOut(peer, request.timeoutMs);
          throw blindError(error, url.hostname, peer);
        }
      }
    },
  };
}

type Answer = Omit<HttpResponse, 'totalMs' | 'url'>;

async function exchange(
  request: HttpRequest,
  url: URL,
  route: Route,
  trust: Trust,
  signal: AbortSignal,
): Promise<Answer> {
  const [{ Client }, { socket, tls }] = await Promise.all([import('undici'), open(url, route, trust, signal)]);
  const client = new Client(url.origin, {
    // The signal is the only clock: it covers the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: once(socket),
  });
  try {
    // A plain request through a proxy names the whole address; everything else looks as if the host were asked.
    const proxy = 'proxy' in route && tls === undefined ? route.proxy : undefined;
    const asked = client.request({
      method: request.method,
      path: proxy === undefined ? `${url.pathname}${url.search}` : url.href,
      headers: { ...request.headers, ...(proxy === undefined ? {} : proxyHeaders(proxy)) },
      body: request.body ?? null,
      signal,
    });
    // undici looks at the signal only once it has taken the connection.
    const answer = await orAborted(asked, signal);
    const remoteAddress = `${socket.remoteAddress}:${socket.remotePort}`;
    const seen = tls === undefined ? {} : { tls: tlsFacts(tls) };
    const headers = headersOf(answer.headers);
    return { status: answer.statusCode, headers, ...(await readBody(answer.body)), remoteAddress, ...seen };
  } finally {
    client.destroy().catch(() => {});
    socket.destroy();
  }
}

/** Hands the socket over once: undici asks again when it was lost, and a second attempt is not ours to make. */
function once(socket: Socket): buildConnector.connector {
  let given = false;
  return (_asked, callback) => {
    const usable = !given && !socket.destroyed;
    given = true;
    // Not at once: undici overlooks a connection that is made while it is still asking for it.
    queueMicrotask(() => {
      if (usable) callback(null, socket);
      else callback(Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' }), null);
    });
  };
}

async function readBody(body: AsyncIterable<Buffer>): Promise<{ body: Uint8Array; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > longestBody) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, longestBody), truncated: size > longestBody };
}

function headersOf(headers: Readonly<Record<string, string | string[] | undefined>>): HttpResponse['headers'] {
  const there = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(there);
}

function tlsFacts(socket: TLSSocket): NonNullable<HttpResponse['tls']> {
  const [own] = chainOf(socket).map(certificateOf);
  const { subject = '', issuer = '', validTo = '' } = own ?? {};
  return { protocol: socket.getProtocol() ?? '', subject, issuer, validTo };
}

/** The request that follows a redirect; undefined when the answer is none, or leads away from HTTP. */
function redirected(request: HttpRequest, url: URL, response: Answer): HttpRequest | undefined {
  const { location } = response.headers;
  if (![301, 302, 303, 307, 308].includes(response.status) || typeof location !== 'string') return undefined;
  if (!URL.canParse(location, url.href)) return undefined;
  const next = new URL(location, url);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') return undefined;
  next.username = '';
  next.password = '';
  const { body, connectTo, headers, ...rest } = request;
  // As every browser does: the answer to a POST is fetched, not posted again.
  const fetches = response.status === 303 || (response.status < 303 && request.method === 'POST');
  // What was meant for one origin is not shown to another: such a redirect is the answer.
  if (body !== undefined && !fetches && next.origin !== url.origin) return undefined;
  const samePort = portOf(next) === portOf(url) || (connectTo !== undefined && !/:\d+$/.test(connectTo));
  return {
    ...rest,
    url: next.href,
    method: fetches && request.method !== 'HEAD' ? 'GET' : request.method,
    headers: next.origin === url.origin ? headers : pick(headers, ['user-agent', 'content-type']),
    ...(body === undefined || fetches ? {} : { body }),
    ...(connectTo === undefined || next.hostname !== url.hostname || !samePort ? {} : { connectTo }),
  };
}

function pick(headers: HttpRequest['headers'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}

function parseUrl(text: string): URL {
  // Not quoted: what is no address may be a secret that was filled in at the wrong place.
  if (!URL.canParse(text)) throw new BlindError('invalid', 'the url is not a whole address (https://host/path)');
  const url = new URL(text);
  if (url.username === '' && url.password === '') return url;
  throw new BlindError(
    'invalid',
    `the url of ${url.host} carries a user or password: send an authorization header instead`,
  );
}
