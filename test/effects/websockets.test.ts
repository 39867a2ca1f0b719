// The real WebSockets against servers on loopback: what opens, what is refused, and what comes or does not.

import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { WayOptions } from '../../src/effects/http-connect.ts';
import { openWebsockets } from '../../src/effects/websockets.ts';
import { BlindError } from '../../src/errors.ts';
import type { WebsocketAnswer, WebsocketRequest } from '../../src/wire.ts';
import { closeServers, listening, newAuthority, type Authority } from './tls-servers.ts';

const asked: Record<string, unknown>[] = [];
let authority: Authority;
let plain: number;
let secure: number;

/** What a server does once it is open, by path. */
const plays: Readonly<Record<string, (websocket: WebSocket) => void>> = {
  '/greets': (websocket) => websocket.send('{"ok":true}'),
  '/echo': (websocket) => websocket.on('message', (data: Buffer) => websocket.send(`you said ${data.toString()}`)),
  '/silent': () => undefined,
  '/closes': (websocket) => websocket.close(1008, 'not you'),
  '/vanishes': (websocket) => websocket.terminate(),
  '/huge': (websocket) => websocket.send('x'.repeat(65_537)),
  '/most': (websocket) => websocket.send('x'.repeat(65_536)),
  '/bytes': (websocket) => websocket.send(Buffer.from([0x61, 0xff, 0x62])),
  '/no-utf8': (websocket) => websocket.send(Buffer.from([0x61, 0xff, 0x62]), { binary: false }),
};

function upgrading(server: HttpServer): HttpServer {
  const sockets = new WebSocketServer({ noServer: true });
  return server.on('upgrade', (request, socket, head) => {
    asked.push(request.headers);
    const path = request.url ?? '';
    if (path === '/refused') return socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    if (path === '/elsewhere')
      return socket.end('HTTP/1.1 302 Found\r\nlocation: ws://169.254.169.254/\r\ncontent-length: 0\r\n\r\n');
    if (path === '/liar') return socket.end('HTTP/1.1 101 Fine\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
    if (path === '/mute') return undefined;
    return sockets.handleUpgrade(request, socket, head, (websocket) => plays[path]?.(websocket));
  });
}

beforeAll(async () => {
  authority = await newAuthority();
  plain = await listening(upgrading(createServer()));
  secure = await listening(upgrading(createTlsServer(await authority.issue(['app.example.com']))));
});

afterAll(closeServers);

function exchange(
  request: Partial<WebsocketRequest> & { url: string },
  options: Partial<WayOptions> = {},
  signal = new AbortController().signal,
): Promise<WebsocketAnswer> {
  const whole = { headers: {}, protocols: [], receive: true, timeoutMs: 5000, ...request };
  return openWebsockets({ connectTo: [], env: {}, ...options }).exchange(whole, signal);
}

const at = (path: string): string => `ws://127.0.0.1:${plain}${path}`;

async function blindness(sent: Promise<unknown>): Promise<BlindError> {
  const error: unknown = await sent.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BlindError) return error;
  throw new Error('it was not blind', { cause: error });
}

describe('what opens', () => {
  test('says its first message, and where it came from', async () => {
    const answer = await exchange({ url: at('/greets'), headers: { 'x-key': 'k' } });
    expect(answer).toMatchObject({
      opened: true,
      status: 101,
      protocol: '',
      message: { text: '{"ok":true}', binary: false },
      remoteAddress: `127.0.0.1:${plain}`,
    });
    expect(answer.message?.ms).toBeGreaterThanOrEqual(0);
    expect(asked.at(-1)).toMatchObject({ host: `127.0.0.1:${plain}`, 'x-key': 'k' });
    expect(asked.at(-1)).not.toHaveProperty('sec-websocket-extensions');
  });

  test('hears one message and answers it', async () => {
    expect((await exchange({ url: at('/echo'), send: 'ping ä' })).message?.text).toBe('you said ping ä');
  });

  test('and is silent until the time-out has brought no message', async () => {
    const answer = await exchange({ url: at('/silent'), timeoutMs: 150 });
    expect(answer).toMatchObject({ opened: true, status: 101 });
    expect(answer).not.toHaveProperty('message');
    expect(answer).not.toHaveProperty('closeCode');
  });

  test('is left at once where no message is waited for', async () => {
    const answer = await exchange({ url: at('/silent'), receive: false });
    expect([answer.opened, answer.message]).toEqual([true, undefined]);
  });

  test.each([
    ['/closes', 1008],
    ['/vanishes', 1006],
  ])('and closes at %s has brought no message but a code', async (path, closeCode) => {
    const answer = await exchange({ url: at(path) });
    expect(answer).toMatchObject({ opened: true, closeCode });
    expect(answer).not.toHaveProperty('message');
  });

  test.each(['/bytes', '/no-utf8'])('has what is no UTF-8 replaced (%s)', async (path) => {
    const { message } = await exchange({ url: at(path) });
    expect(message).toMatchObject({ text: 'a\ufffdb', binary: path === '/bytes' });
  });

  test('speaks a subprotocol that was offered', async () => {
    expect((await exchange({ url: at('/greets'), protocols: ['graphql-ws', 'other'] })).protocol).toBe('graphql-ws');
  });

  test('is read up to 64 KiB, and a longer message is nothing that was seen', async () => {
    expect((await exchange({ url: at('/most') })).message?.text).toHaveLength(65_536);
    const error = await blindness(exchange({ url: at('/huge') }));
    expect([error.code, error.message]).toEqual([
      'invalid',
      `the message of 127.0.0.1:${plain} is longer than 64 KiB, and was not read`,
    ]);
  });
});

describe('what does not open', () => {
  test.each([
    ['/refused', 403],
    ['/elsewhere', 302],
  ])('is a fact with the status of the refusal (%s)', async (path, status) => {
    expect(await exchange({ url: at(path) })).toMatchObject({ opened: false, status, protocol: '' });
  });

  test('says what is wrong with an upgrade that is none', async () => {
    const answer = await exchange({ url: at('/liar') });
    expect(answer).toMatchObject({ opened: false, status: 101, problem: 'Invalid Sec-WebSocket-Accept header' });
  });

  test('is an error where nobody answers the upgrade in time, or somebody hangs up on it', async () => {
    expect((await blindness(exchange({ url: at('/mute'), timeoutMs: 150 }))).code).toBe('timeout');
    const rude = await listening(createTcpServer((socket) => socket.once('data', () => socket.destroy())));
    expect((await blindness(exchange({ url: `ws://127.0.0.1:${rude}/` }))).code).toBe('network');
  });

  test('ends with the reason of whoever calls it off', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const sent = exchange({ url: at('/silent') }, {}, abort.signal);
    abort.abort(reason);
    await expect(sent).rejects.toBe(reason);
  });
});

describe('the way there', () => {
  test('has the name and certificate of the url, whatever is connected to', async () => {
    const connectTo = `127.0.0.1:${secure}`;
    const answer = await exchange({ url: 'wss://app.example.com/greets', connectTo }, { ca: authority.cert });
    expect(answer).toMatchObject({ opened: true, remoteAddress: connectTo });
    expect(asked.at(-1)).toMatchObject({ host: 'app.example.com' });
  });

  test("is the command line's, with its authority", async () => {
    const connectTo = [{ host: 'app.example.com', port: 443, toAddress: '127.0.0.1', toPort: secure }];
    const url = 'wss://app.example.com/greets';
    expect((await exchange({ url }, { connectTo, ca: authority.cert })).opened).toBe(true);
    expect((await blindness(exchange({ url }, { connectTo }))).code).toBe('tls');
    const other = { url: 'wss://other.example.com/', connectTo: `127.0.0.1:${secure}` };
    expect((await blindness(exchange(other, { ca: authority.cert }))).message).toContain('is for another name');
  });

  test.each(['169.254.169.254', '[::ffff:169.254.169.254]', '[fe80::1]'])('never leads to %s', async (host) => {
    const error = await blindness(exchange({ url: `ws://${host}/` }));
    expect([error.code, error.message.includes('link-local')]).toEqual(['refused', true]);
    expect((await blindness(exchange({ url: at('/greets'), connectTo: host }))).code).toBe('refused');
  });

  test('never leads to one after its name was resolved', async () => {
    const dns = {
      resolvers: ['resolver'],
      ask: async () => ({
        status: 'NOERROR' as const,
        authoritative: false,
        answers: [{ name: 'app.example.com', type: 'A', ttl: 1, data: '169.254.169.254' }],
      }),
    };
    expect((await blindness(exchange({ url: 'wss://app.example.com/' }, { dns }))).code).toBe('refused');
  });

  test('does not lead through a proxy without TLS', async () => {
    const env = { HTTP_PROXY: 'http://127.0.0.1:9' };
    const error = await blindness(exchange({ url: 'ws://app.example.com/' }, { env }));
    expect([error.code, error.hint?.includes('wss://')]).toEqual(['refused', true]);
  });

  test.each(['app.example.com', 'https://app.example.com/', 'wss://me:pw@app.example.com/'])(
    'is no way: %s',
    async (url) => {
      const error = await blindness(exchange({ url }));
      expect([error.code, error.message.includes('pw')]).toEqual(['invalid', false]);
    },
  );
});
