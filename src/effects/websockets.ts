// WebSockets over ws: one connection on the ways of HTTP, at most one message sent, the first one received.

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { BlindError } from '../errors.ts';
import type { WebsocketAnswer, WebsocketRequest, Websockets } from '../wire.ts';
import { trustOf } from './certificates.ts';
import { open, orAborted, type WayOptions } from './http-connect.ts';
import { blindError, codeOf, timedOut } from './http-errors.ts';
import { routeTo } from './http-route.ts';

/** What one message may have, in bytes. */
const longestMessage = 65_536;

/** The real world's WebSockets, on the same ways as its HTTP: `connect_to`, --connect-to, proxies, guarded addresses. */
export function openWebsockets(options: WayOptions): Websockets {
  const trust = trustOf(options);
  const { connectTo, rehearsal = false, dns, env } = options;
  const settings = { connectTo, rehearsal, dns, env };
  return {
    async exchange(request, signal) {
      const timeout = AbortSignal.timeout(request.timeoutMs);
      const either = AbortSignal.any([signal, timeout]);
      const url = parseUrl(request.url);
      const started = performance.now();
      let peer = url.host;
      try {
        const route = await orAborted(routeTo(url, request.connectTo, settings, either), either);
        peer = 'proxy' in route ? `the proxy ${route.proxy.host}` : `${route.address}:${route.port}`;
        if ('proxy' in route && url.protocol === 'http:') throw notThrough(route.proxy);
        const [{ WebSocket: Client }, { socket }] = await Promise.all([import('ws'), open(url, route, trust, either)]);
        return await talk(Client, request, socket, started, either, timeout);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (timeout.aborted) throw timedOut(peer, request.timeoutMs);
        throw frameError(error, peer) ?? blindError(error, url.hostname, peer);
      }
    },
  };
}

/** Opens, sends, and waits for the first of: a refusal, a message, the end of the connection, the time-out. */
function talk(
  Client: typeof WebSocket,
  request: WebsocketRequest,
  socket: Socket,
  started: number,
  signal: AbortSignal,
  timeout: AbortSignal,
): Promise<WebsocketAnswer> {
  const client = new Client(request.url, [...request.protocols], {
    headers: { ...request.headers },
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: longestMessage,
    // What is no UTF-8 is replaced here, as it is everywhere.
    skipUTF8Validation: true,
    autoPong: true,
  });
  const remoteAddress = `${socket.remoteAddress}:${socket.remotePort}`;
  const said = (status: number): WebsocketAnswer => {
    return { opened: false, status, protocol: '', connectMs: performance.now() - started, remoteAddress };
  };
  return new Promise<WebsocketAnswer>((resolve, reject) => {
    // What is known so far: nothing until the upgrade is answered.
    let answer: WebsocketAnswer | undefined;
    let ready = 0;
    client.on('upgrade', ({ statusCode = 0 }) => (answer = said(statusCode)));
    client.on('unexpected-response', (asked: ClientRequest, { statusCode = 0 }: IncomingMessage) => {
      asked.destroy();
      resolve(said(statusCode));
    });
    client.on('open', () => {
      answer = { ...(answer ?? said(101)), opened: true, protocol: client.protocol };
      if (request.send !== undefined) client.send(request.send);
      ready = performance.now();
      if (!request.receive) resolve(answer);
    });
    client.on('message', (data, binary) => {
      const text = new TextDecoder().decode(Array.isArray(data) ? Buffer.concat(data) : data);
      resolve({ ...(answer ?? said(101)), message: { text, binary, ms: performance.now() - ready } });
    });
    client.on('close', (closeCode) => {
      if (answer?.opened === true) resolve({ ...answer, closeCode });
      else reject(Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' }));
    });
    client.on('error', (error) => {
      // The upgrade was answered, and what it says opens nothing.
      if (answer?.opened === false) resolve({ ...answer, problem: error.message.slice(0, 200) });
      else reject(error);
    });
    const abort = (): void => {
      if (timeout.aborted && answer?.opened === true) resolve(answer);
      else reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal.aborted) return abort();
    return signal.addEventListener('abort', abort, { once: true });
  }).finally(() => hangUp(client, socket));
}

/** Says goodbye, and does not wait for an answer. */
function hangUp(client: WebSocket, socket: Socket): void {
  client.on('error', () => {});
  if (client.readyState === client.OPEN) client.close(1000);
  client.terminate();
  socket.destroy();
}

/** What came over an open WebSocket and cannot be read. */
function frameError(error: unknown, peer: string): BlindError | undefined {
  const code = codeOf(error);
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    return new BlindError('invalid', `the message of ${peer} is longer than 64 KiB, and was not read`, {
      cause: error,
    });
  if (!code.startsWith('WS_ERR_')) return undefined;
  return new BlindError('invalid', `what ${peer} sent is no WebSocket message (${code})`, { cause: error });
}

function notThrough(proxy: URL): BlindError {
  return new BlindError('refused', `a WebSocket without TLS does not go through the proxy ${proxy.host}`, {
    hint: 'Use wss://, name the address with connect_to, or the host in NO_PROXY.',
  });
}

/** The address as HTTP has it: the way there is the same. */
function parseUrl(text: string): URL {
  // Not quoted: what is no address may be a secret that was filled in at the wrong place.
  const wrong = new BlindError('invalid', 'the url is not a whole address (wss://host/path)');
  if (!URL.canParse(text)) throw wrong;
  const { protocol, username, password } = new URL(text);
  if ((protocol !== 'wss:' && protocol !== 'ws:') || username !== '' || password !== '') throw wrong;
  return new URL(text.trim().replace(/^ws/i, 'http'));
}
