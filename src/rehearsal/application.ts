// A machine that answers over real HTTP and TLS on loopback: the application behind its load balancer, or another one.

import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { Certificate } from './certificates.ts';
import type { ApplicationReply, ApplicationRequest } from './replies.ts';

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
  /** What delays its answer for this path, in ms, or cuts the connection after that. */
  fault(path: string): { readonly slowMs: number; readonly reset: boolean };
  /** The certificate of the next connection. */
  certificate(): Promise<Certificate>;
  /** Told of every request, as `GET /health/live`. */
  asked(operation: string): void;
}

const bodyLimit = 65_536;

/** The two listeners, port 80 and port 443 of the machine. Not yet listening. */
export async function createSite(site: Site): Promise<{ readonly http: Server; readonly https: Server }> {
  const listener = (port: 80 | 443) => (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(site, port, incoming, outgoing).catch(() => outgoing.destroy());
  };
  const SNICallback = (_name: string, give: (error: Error | null, context?: SecureContext) => void): void => {
    site.certificate().then(
      (certificate) => give(null, createSecureContext({ ...certificate })),
      (error: unknown) => give(error instanceof Error ? error : new Error('no certificate')),
    );
  };
  return {
    http: createHttp(listener(80)),
    // Who names no host gets the certificate there was at the start.
    https: createHttps({ ...(await site.certificate()), SNICallback, minVersion: 'TLSv1.2' }, listener(443)),
  };
}

async function serve(site: Site, port: 80 | 443, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://application.invalid');
  const method = incoming.method ?? 'GET';
  const body = await readBody(incoming);
  site.asked(`${method} ${url.pathname}`);
  const { slowMs, reset } = site.fault(url.pathname);
  // A slow answer is late by the wall clock: whoever asks waits, and gives up, by it too.
  if (slowMs > 0) await delay(slowMs, outgoing);
  const reply = site.reply({
    port,
    host: (incoming.headers.host ?? '').replace(/:\d+$/, ''),
    method,
    path: url.pathname,
    search: url.search,
    authorization: incoming.headers.authorization ?? '',
    body,
  });
  if (reply === undefined || reset) {
    incoming.socket.resetAndDestroy();
    return;
  }
  const bytes = Buffer.from(reply.body);
  outgoing.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length });
  outgoing.end(method === 'HEAD' ? undefined : bytes);
}

/** Waits, or until whoever asked has gone. */
function delay(ms: number, outgoing: ServerResponse): Promise<void> {
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
