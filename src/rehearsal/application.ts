// The application behind its load balancer, over real HTTP and TLS on loopback.

import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { spanMs } from './account.ts';
import { balancerReply } from './balancer.ts';
import type { Certificate } from './certificates.ts';
import { held } from './place.ts';
import type { RehearsalWorld } from './world.ts';

export interface ApplicationOptions {
  /** The world as it is now. */
  readonly world: () => RehearsalWorld;
  readonly certificate: Certificate;
  /** Told of every request, as `GET /health/live`. */
  readonly asked: (operation: string) => void;
}

const bodyLimit = 65_536;

/** The two listeners, port 80 and port 443 of the load balancer. Not yet listening. */
export function createApplication(options: ApplicationOptions): { readonly http: Server; readonly https: Server } {
  const { key, cert } = options.certificate;
  const listener = (port: 80 | 443) => (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(options, port, incoming, outgoing).catch(() => outgoing.destroy());
  };
  return { http: createHttp(listener(80)), https: createHttps({ key, cert, minVersion: 'TLSv1.2' }, listener(443)) };
}

async function serve(
  options: ApplicationOptions,
  port: 80 | 443,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://application.invalid');
  const method = incoming.method ?? 'GET';
  const body = await readBody(incoming);
  options.asked(`${method} ${url.pathname}`);
  const world = options.world();
  const fault = held(world.faults.application, url.pathname);
  // A slow answer is late by the wall clock: whoever asks waits, and gives up, by it too.
  if (fault?.slow !== undefined) await delay(spanMs(fault.slow), outgoing);
  const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
  const authorization = incoming.headers.authorization ?? '';
  const reply = balancerReply(world, port, host, {
    method,
    path: url.pathname,
    search: url.search,
    authorization,
    body,
  });
  if (reply === undefined || fault?.reset === true) {
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
