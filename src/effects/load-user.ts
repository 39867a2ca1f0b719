// One user of a load. autocannon asks, times and waits; the connections are ours, because its own believe every certificate.
/* oxlint-disable no-underscore-dangle -- these are the names of autocannon */

import type { Client } from 'autocannon';
import { connect, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { contextOf, type Trust } from './certificates.ts';
import { bareHost, type Route } from './http-route.ts';
import type { Figures } from './load-figures.ts';

/** Between a lost request and the next one of the same user: who is refused does not knock without end. */
const afterLossMs = 100;

export interface UserOptions {
  readonly url: URL;
  readonly route: Exclude<Route, { readonly proxy: URL }>;
  readonly trust: Trust;
  readonly timeoutMs: number;
  readonly figures: Figures;
}

/** Gives a user of autocannon its connections, and counts what becomes of its requests. */
export function setUp(client: Client, options: UserOptions): void {
  const { figures, timeoutMs } = options;
  client.timeout = timeoutMs;
  // Nobody reads what is answered.
  client.pipelinedRequests.addBody = () => {};
  let again: NodeJS.Timeout | undefined;
  /** Whether a request is under way, and whether one was when the connection was made anew: that one took too long. */
  let [waiting, late] = [false, false];
  /** Whether the other side keeps the connection after the answer that is coming. */
  let kept = true;

  function dialled(): void {
    const socket = dial(options);
    let [connected, over] = [false, false];
    const gone = (): void => {
      if (over || client.destroyed || client.conn !== socket) return;
      over = true;
      socket.destroy();
      if (!waiting) {
        if (connected) dialled();
        else again = setTimeout(dialled, afterLossMs);
        return;
      }
      waiting = false;
      client.pipelinedRequests.clear();
      figures.lost();
      again = setTimeout(() => client._connect(), afterLossMs);
    };
    socket.once('connect', () => (connected = true));
    socket.on('data', (chunk: Buffer) => {
      if (client.conn !== socket || !waiting) return;
      if (client.parser.execute(chunk) instanceof Error) gone();
    });
    socket.on('end', () => {
      // An answer that says nothing of its length is whole now.
      if (client.conn === socket && waiting) client.parser.finish();
      gone();
    });
    socket.on('error', gone);
    socket.on('close', gone);
    // Half an answer that was lost must not be the beginning of the next.
    client.parser.initialize(client.parser.type);
    client.conn = socket;
  }

  client._connect = () => {
    clearTimeout(again);
    late = waiting;
    waiting = false;
    if (client.destroyed) return;
    dialled();
    client._doRequest();
  };
  client.on('request', () => (waiting = true));
  client.on('headers', ({ shouldKeepAlive }: { readonly shouldKeepAlive: boolean }) => (kept = shouldKeepAlive));
  client.on('response', (status: number, _bytes: number, ms: number) => {
    waiting = false;
    figures.answered(status, ms);
    if (kept) return;
    const old = client.conn;
    dialled();
    old.destroy();
  });
  client.on('timeout', () => {
    if (late) figures.timedOut(timeoutMs);
    late = false;
  });
  client.on('done', () => clearTimeout(again));
}

function dial({ url, route, trust }: UserOptions): Socket {
  const { address: host, port, family } = route;
  if (url.protocol !== 'https:') return connect({ host, port, family, noDelay: true });
  const name = bareHost(url);
  const secureContext = contextOf(trust);
  return connectTls({
    host,
    port,
    rejectUnauthorized: true,
    ...(secureContext === undefined ? {} : { secureContext }),
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_asked, certificate) => checkServerIdentity(name, certificate),
    ALPNProtocols: ['http/1.1'],
  });
}
