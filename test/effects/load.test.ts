// The real load against servers on loopback: what is counted, how exact the percentiles are, and what is never asked.

import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WayOptions } from '../../src/effects/http-connect.ts';
import { openLoad } from '../../src/effects/load.ts';
import { countRequests } from '../../src/effects/load-figures.ts';
import { BlindError } from '../../src/errors.ts';
import type { LoadAnswer, LoadRequest } from '../../src/wire.ts';
import { answering, closeServers, listening, newAuthority, type Authority } from './tls-servers.ts';

const asked: { readonly method: string; readonly path: string; readonly headers: Record<string, unknown> }[] = [];
let port: number;
let secure: number;
let authority: Authority;

let served = 0;
const pages: Readonly<Record<string, RequestListener>> = {
  '/ok': (_, response) => response.end('ok'),
  '/closes': (_, response) => response.writeHead(200, { connection: 'close' }).end('ok'),
  '/half': (_, response) => response.writeHead(served++ % 2 === 0 ? 200 : 503).end(),
  '/resets': (request, response) => (served++ % 2 === 0 ? response.end('ok') : request.socket.resetAndDestroy()),
  '/hangs': (_, response) => (served++ % 4 === 0 ? undefined : response.end('ok')),
  '/silent': () => undefined,
};
const listener: RequestListener = (request, response) => {
  asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
  pages[request.url ?? '']?.(request, response);
};

beforeAll(async () => {
  authority = await newAuthority();
  port = await listening(createServer(listener));
  secure = await listening(createTlsServer(await authority.issue(['app.example.com']), listener));
});

afterAll(closeServers);

interface Given {
  readonly ways?: Partial<WayOptions>;
  readonly listed?: readonly string[];
  readonly signal?: AbortSignal;
}

async function under(request: Partial<LoadRequest> & { url: string }, given: Given = {}): Promise<LoadAnswer> {
  const { ways, listed = [new URL(request.url).origin], signal = new AbortController().signal } = given;
  asked.length = 0;
  served = 0;
  const whole = { users: 4, forMs: 200, headers: {}, timeoutMs: 5000, ...request };
  return openLoad({ connectTo: [], env: {}, ...ways }, listed).run(whole, signal);
}

async function refusal(request: Partial<LoadRequest> & { url: string }, given: Given = {}): Promise<BlindError> {
  const error: unknown = await under(request, given).catch((caught: unknown) => caught);
  if (error instanceof BlindError) return error;
  throw new Error(`no BlindError: ${JSON.stringify(error)}`, { cause: error });
}

/** What the server saw is what was counted: nothing is left out. */
function expectCounted({ requests, statuses }: LoadAnswer): void {
  expect(requests).toBe(asked.length);
  // Each of the users had one, however slow the machine.
  expect(requests).toBeGreaterThan(3);
  expect(Object.keys(statuses)).not.toEqual([]);
}

describe('every request counts once', () => {
  test('answers by status, and none of them is an error', async () => {
    const answer = await under({ url: `http://127.0.0.1:${port}/ok`, headers: { 'user-agent': 'golive', 'x-a': 'b' } });
    expectCounted(answer);
    expect(answer).toMatchObject({ errors: 0, timeouts: 0, capped: false, statuses: { 200: answer.requests } });
    expect(new Set(asked.map(({ method, path }) => `${method} ${path}`))).toEqual(new Set(['GET /ok']));
    expect(asked[0]?.headers).toMatchObject({ host: `127.0.0.1:${port}`, 'x-a': 'b' });
  });

  test('a server that closes after every answer loses none', async () => {
    const answer = await under({ url: `http://127.0.0.1:${port}/closes` });
    expectCounted(answer);
    expect(answer).toMatchObject({ errors: 0, statuses: { 200: answer.requests } });
  });

  test('an answer that ends with its connection is whole', async () => {
    const bytes = [...Buffer.from('HTTP/1.0 200 OK\r\n\r\nall')];
    const url = `http://127.0.0.1:${await answering(bytes, 'ends')}/`;
    expect(await under({ url })).toMatchObject({ errors: 0, timeouts: 0 });
  });

  test('an answer of 400 and more is an error', async () => {
    const answer = await under({ url: `http://127.0.0.1:${port}/half` });
    expectCounted(answer);
    expect(answer.errors).toBe(answer.statuses['503']);
    expect(answer.errors).toBeGreaterThan(0);
  });

  test('a connection that is cut off is an error, and its user goes on', async () => {
    const answer = await under({ url: `http://127.0.0.1:${port}/resets`, users: 8, forMs: 600 });
    expectCounted(answer);
    expect(answer.errors).toBe(answer.requests - (answer.statuses['200'] ?? 0));
    expect(answer.errors).toBeGreaterThan(0);
  });

  test('what takes too long is an error, and the percentiles have how long it was waited for', async () => {
    const answer = await under({ url: `http://127.0.0.1:${port}/hangs`, timeoutMs: 150, forMs: 500, users: 8 });
    expectCounted(answer);
    expect(answer.timeouts).toBe(answer.errors);
    expect(answer.timeouts).toBe(answer.requests - (answer.statuses['200'] ?? 0));
    expect(answer.timeouts).toBeGreaterThan(0);
    expect(answer.latency).toMatchObject({ p95: 150, p99: 150 });
  });

  test('what is under way at the end is waited for', async () => {
    const answer = await under({ url: `http://127.0.0.1:${port}/silent`, timeoutMs: 300, forMs: 100, users: 3 });
    expect(answer).toMatchObject({ requests: 3, errors: 3, timeouts: 3, statuses: {}, latency: { p50: 300 } });
  });

  test('nonsense is no answer', async () => {
    const answer = await under({ url: `http://127.0.0.1:${await answering([1, 2, 3, 10, 10])}/` });
    expect(answer.statuses).toEqual({});
    expect(answer.errors).toBe(answer.requests);
    expect(answer.errors).toBeGreaterThan(3);
  });

  test('a rate holds for all users together', async () => {
    const answer = await under({ url: `http://127.0.0.1:${port}/ok`, rate: 10, forMs: 900 });
    expect(answer).toMatchObject({ requests: 10, errors: 0 });
  });
});

test('percentiles are the nearest rank of all times, and of nothing in between', () => {
  const figures = countRequests();
  for (let ms = 200; ms >= 1; ms -= 1) figures.answered(200, ms);
  expect(figures.sum()).toMatchObject({ requests: 200, latency: { p50: 100, p95: 190, p99: 198, max: 200 } });
  expect(countRequests().sum()).toEqual({ requests: 0, errors: 0, timeouts: 0, statuses: {} });
});

describe('it is not begun', () => {
  const nobody = createTcpServer();

  test.each([
    ['another host', 'http://127.0.0.2/ok', ['http://127.0.0.1/']],
    ['another scheme', 'https://127.0.0.1/ok', ['http://127.0.0.1/']],
    ['another path', 'http://127.0.0.1/other', ['http://127.0.0.1/ok']],
    ['a name that only begins alike', 'http://127.0.0.1/okay', ['http://127.0.0.1/ok']],
    ['a way out of the path', 'http://127.0.0.1/ok/../other', ['http://127.0.0.1/ok']],
    ['a hidden way out of it', 'http://127.0.0.1/ok/..%2fother', ['http://127.0.0.1/ok']],
    ['nothing listed', 'http://127.0.0.1/ok', []],
  ])('for %s', async (_, url, listed) => {
    const error = await refusal({ url }, { listed });
    expect(error.code).toBe('refused');
    expect(error.message).toContain('does not list');
  });

  test('for a link-local address, also by a name', async () => {
    expect((await refusal({ url: 'http://169.254.169.254/ok' })).message).toContain('link-local');
    const connectTo = [{ host: 'app.example.com', port: 80, toAddress: '169.254.169.254', toPort: 80 }];
    expect((await refusal({ url: 'http://app.example.com/' }, { ways: { connectTo } })).code).toBe('refused');
  });

  test('through a proxy', async () => {
    const env = { HTTP_PROXY: 'http://127.0.0.1:1' };
    expect((await refusal({ url: 'http://app.example.com/' }, { ways: { env } })).message).toContain('proxy');
  });

  test('where nobody listens', async () => {
    const closed = await listening(nobody);
    nobody.close();
    const error = await refusal({ url: `http://127.0.0.1:${closed}/` });
    expect(error.code).toBe('network');
  });
});

describe('over TLS', () => {
  const url = 'https://app.example.com/ok';
  const way = (): Partial<WayOptions> => ({
    ca: authority.cert,
    connectTo: [{ host: 'app.example.com', port: 443, toAddress: '127.0.0.1', toPort: secure }],
  });

  test('--ca and --connect-to hold', async () => {
    const answer = await under({ url }, { ways: way() });
    expectCounted(answer);
    expect(answer.errors).toBe(0);
    expect(asked[0]?.headers).toMatchObject({ host: 'app.example.com' });
  });

  test('nobody who is not believed is asked', async () => {
    const { connectTo = [] } = way();
    expect((await refusal({ url }, { ways: { connectTo } })).code).toBe('tls');
    expect(asked).toEqual([]);
  });

  test('nor when somebody else answers later on', async () => {
    const other = await newAuthority('another authority');
    const later = createTlsServer(await other.issue(['app.example.com']), listener);
    const first = createTlsServer(await authority.issue(['app.example.com']));
    later.on('tlsClientError', () => undefined);
    let connections = 0;
    const front = await listening(
      createTcpServer((socket) => void (connections++ === 0 ? first : later).emit('connection', socket)),
    );
    const connectTo = [{ host: 'app.example.com', port: 443, toAddress: '127.0.0.1', toPort: front }];
    const answer = await under({ url, forMs: 300 }, { ways: { ...way(), connectTo } });
    expect(asked).toEqual([]);
    expect(answer).toMatchObject({ statuses: {}, timeouts: 0 });
    expect(answer.errors).toBe(answer.requests);
    expect(answer.errors).toBeGreaterThan(3);
  });
});

test('it ends at once when it is called off', async () => {
  const abort = new AbortController();
  const running = under({ url: `http://127.0.0.1:${port}/ok`, forMs: 600_000 }, { signal: abort.signal });
  await expect.poll(() => asked.length).toBeGreaterThan(20);
  abort.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
  const then = asked.length;
  await new Promise((resolve) => setImmediate(resolve));
  // At most what was on its way.
  expect(asked.length - then).toBeLessThan(10);
});
