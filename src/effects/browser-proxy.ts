// The only way out of the browser: a proxy on loopback that goes the ways of golive's own HTTP, guarded and counted.

import { createServer, request as plainRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { BlindError } from '../errors.ts';
import { trustOf } from './certificates.ts';
import { proxyHeaders, reach, type WayOptions } from './http-connect.ts';
import { blindError } from './http-errors.ts';
import { bareHost, routeTo } from './http-route.ts';

export interface BrowserProxy {
  /** `http://127.0.0.1:PORT` */
  readonly server: string;
  /** Why a host was not reached, as golive tells it. */
  failure(host: string): BlindError | undefined;
  close(): void;
}

/** Starts it. `onMost` is called once more than `mostBytes` have come through; then nothing does any more. */
export async function openBrowserProxy(
  options: WayOptions,
  mostBytes: number,
  onMost: () => void,
): Promise<BrowserProxy> {
  const trust = trustOf(options);
  const { connectTo, rehearsal = false, dns, env } = options;
  const settings = { connectTo, rehearsal, dns, env };
  const ended = new AbortController();
  const streams = new Set<Duplex>();
  const failures = new Map<string, BlindError>();
  let left = mostBytes;

  const counted = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left >= 0 || ended.signal.aborted) return;
    close();
    onMost();
  };
  const hold = (stream: Duplex): void => {
    streams.add(stream);
    stream.on('error', () => stream.destroy());
    stream.on('close', () => streams.delete(stream));
  };
  async function connected(url: URL): Promise<{ readonly socket: Duplex; readonly proxy?: URL }> {
    try {
      const route = await routeTo(url, undefined, settings, ended.signal);
      const socket = await reach(url, route, trust, ended.signal);
      hold(socket);
      socket.on('data', counted);
      return { socket, ...('proxy' in route && { proxy: route.proxy }) };
    } catch (error) {
      failures.set(bareHost(url), blindError(error, bareHost(url), url.host));
      throw error;
    }
  }

  async function tunnel(asked: IncomingMessage, near: Duplex, head: Buffer): Promise<void> {
    hold(near);
    const text = `https://${asked.url ?? ''}/`;
    if (!URL.canParse(text)) return void near.destroy();
    try {
      const { socket: far } = await connected(new URL(text));
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
      near.pipe(far).pipe(near);
    } catch {
      near.end('HTTP/1.1 502 Not reached\r\n\r\n');
    }
  }

  async function forward(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = URL.canParse(asked.url ?? '') ? new URL(asked.url ?? '') : undefined;
    if (url?.protocol !== 'http:') return void asked.socket.destroy();
    try {
      const { socket, proxy } = await connected(url);
      const { 'proxy-connection': _hop, ...headers } = asked.headers;
      const further = plainRequest({
        method: asked.method ?? 'GET',
        path: proxy === undefined ? `${url.pathname}${url.search}` : url.href,
        headers: { ...headers, connection: 'close', ...(proxy === undefined ? {} : proxyHeaders(proxy)) },
        createConnection: () => socket,
      });
      further.on('error', () => asked.socket.destroy());
      further.on('response', (response) => {
        const { connection: _close, ...rest } = response.headers;
        answer.writeHead(response.statusCode ?? 502, rest);
        response.pipe(answer);
      });
      asked.pipe(further);
    } catch {
      asked.socket.destroy();
    }
  }

  const server = createServer((asked, answer) => void forward(asked, answer));
  server.on('connection', hold);
  server.on('connect', (asked: IncomingMessage, near: Duplex, head: Buffer) => void tunnel(asked, near, head));
  function close(): void {
    ended.abort();
    server.close();
    for (const stream of streams) stream.destroy();
  }
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { server: `http://127.0.0.1:${port}`, failure: (host) => failures.get(host), close };
}
