// A machine that answers over real HTTP and TLS on loopback: the application behind its load balancer, or another one.

import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { Certificate } from './certificates.ts';
import { textReply } from './replies.ts';
import type { ApplicationReply, ApplicationRequest } from './replies.ts';
import { openUpgrades } from './upgrades.ts';
import type { WebsocketState } from './web-states.ts';

export interface SiteRequest extends ApplicationRequest {
  readonly port: 80 | 443;
  /** As the request says, without a port. */
  readonly host: string;
  /** With its question mark; empty without a query. */
  readonly search: string;
}

export interface Site {
  /** Undefined cuts the connection. */
  reply(request: SiteRequest): ApplicationReply | undefined;
  /** The WebSocket that is asked for, or what its upgrade is refused with; undefined cuts the connection. Absent: 404. */
  upgrade?(request: SiteRequest): WebsocketState | ApplicationReply | undefined;
  /** What delays its answer for this path, in ms, or cuts the connection after that. */
  fault(path: string): { readonly slowMs: number; readonly reset: boolean };
  /** The certificate of the next connection. */
  certificate(): Promise<Certificate>;
  /** The oldest version of TLS it takes; 1.2 unless it is given. */
  readonly oldestTls?: 'TLSv1.3';
  /** Told of every request, as `GET /health/live`. */
  asked(operation: string): void;
}

const bodyLimit = 65_536;

export interface Listeners {
  readonly http: Server;
  readonly https: Server;
  /** Cuts the connections that became WebSockets. */
  readonly hangUp: () => void;
}

/** The two listeners, port 80 and port 443 of the machine. Not yet listening. */
export async function createSite(site: Site): Promise<Listeners> {
  const listener = (port: 80 | 443) => (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(site, port, incoming, outgoing).catch(() => outgoing.destroy());
  };
  const SNICallback = (_name: string, give: (error: Error | null, context?: SecureContext) => void): void => {
    site.certificate().then(
      (certificate) => give(null, createSecureContext({ ...certificate })),
      (error: unknown) => give(error instanceof Error ? error : new Error('no certificate')),
    );
  };
  const http = createHttp(listener(80));
  // Who names no host gets the certificate there was at the start.
  const https = createHttps(
    { ...(await site.certificate()), SNICallback, minVersion: site.oldestTls ?? 'TLSv1.2' },
    listener(443),
  );
  const upgrades = openUpgrades();
  upgrades.take(http, (incoming) => upgrade(site, 80, incoming));
  upgrades.take(https, (incoming) => upgrade(site, 443, incoming));
  return { http, https, hangUp: () => upgrades.close() };
}

async function upgrade(
  site: Site,
  port: 80 | 443,
  incoming: IncomingMessage,
): Promise<WebsocketState | ApplicationReply | undefined> {
  const request = requestOf(port, incoming, '');
  site.asked(`UPGRADE ${request.path}`);
  const { slowMs, reset } = site.fault(request.path);
  if (slowMs > 0) await delay(slowMs, incoming.socket);
  if (reset) return undefined;
  return site.upgrade === undefined ? textReply(404, 'Not Found') : site.upgrade(request);
}

async function serve(site: Site, port: 80 | 443, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = requestOf(port, incoming, await readBody(incoming));
  const { method, path } = request;
  site.asked(`${method} ${path}`);
  const { slowMs, reset } = site.fault(path);
  // A slow answer is late by the wall clock: whoever asks waits, and gives up, by it too.
  if (slowMs > 0) await delay(slowMs, outgoing);
  const reply = site.reply(request);
  if (reply === undefined || reset) {
    incoming.socket.resetAndDestroy();
    return;
  }
  const bytes = Buffer.from(reply.body);
  outgoing.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length });
  outgoing.end(method === 'HEAD' ? undefined : bytes);
}

function requestOf(port: 80 | 443, { url = '/', method = 'GET', headers }: IncomingMessage, body: string): SiteRequest {
  const { pathname: path, search } = new URL(url, 'http://application.invalid');
  const { host = '', authorization = '' } = headers;
  return { port, host: host.replace(/:\d+$/, ''), method, path, search, authorization, body };
}

/** Waits, or until whoever asked has gone. */
function delay(ms: number, outgoing: ServerResponse | Socket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    outgoing.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new Error('The body is larger than 64 KiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
