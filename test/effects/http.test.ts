// The real HTTP against servers on loopback.

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectTcp, createServer as createTcpServer, Socket } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConnectTo } from '../../src/effects/http-route.ts';
import { openHttp } from '../../src/effects/http.ts';
import type { WayOptions } from '../../src/effects/http-connect.ts';
import { BlindError } from '../../src/errors.ts';
import { makeCertificates, type Certificates } from '../support/certificates.ts';
import type { Dns } from '../../src/wire.ts';
import type { HttpRequest, HttpResponse } from '../../src/world.ts';

const servers: { close(): void; closeAllConnections?(): void }[] = [];
let certificates: Certificates;
let plain: number;
let secure: number;
const requests: {
  method: string | undefined;
  url: string | undefined;
  headers: Record<string, unknown>;
  body: string;
}[] = [];

const answer: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    requests.push({ method: request.method, url: request.url, headers: request.headers, body });
    const path = request.url ?? '';
    if (path.startsWith('/again'))
      return response.writeHead(307, { location: decodeURIComponent(path.slice('/again?'.length)) }).end();
    if (path.startsWith('/to')) return response.writeHead(302, { location: decodeURIComponent(path.slice(4)) }).end();
    if (path === '/loop') return response.writeHead(302, { location: '/loop' }).end();
    if (path === '/huge') return response.end('x'.repeat(1_500_000));
    if (path === '/reset') return response.socket?.destroy();
    if (path === '/half')
      return response.writeHead(200, { 'content-length': '100' }).write('half', () => response.socket?.destroy());
    if (path === '/slow') return undefined;
    response
      .writeHead(200, { 'x-twice': ['a', 'b'], 'content-type': 'text/plain' })
      .end(`hello ${request.headers.host}`);
    return undefined;
  });
};

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

beforeAll(async () => {
  certificates = await makeCertificates(['app.example.com'], Date.now(), Date.now());
  plain = await listen(createServer(answer));
  secure = await listen(createTlsServer(certificates.leaf, answer));
});

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections?.();
    server.close();
  }
});

function send(
  request: Partial<HttpRequest> & { url: string },
  options: Partial<WayOptions> = {},
): Promise<HttpResponse> {
  const http = openHttp({ connectTo: [], env: {}, ...options });
  const whole = { method: 'GET', headers: {}, timeoutMs: 5000, follow: 0, ...request };
  return http.send(whole, new AbortController().signal);
}

async function blindness(sent: Promise<unknown>): Promise<BlindError> {
  const error: unknown = await sent.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BlindError) return error;
  throw new Error('it was not blind', { cause: error });
}

const text = (response: HttpResponse): string => new TextDecoder().decode(response.body);

describe('an answer', () => {
  test('carries status, repeated headers, body and the address that gave it', async () => {
    const response = await send({ url: `http://127.0.0.1:${plain}/a?b=c#d` });
    expect(response).toMatchObject({
      status: 200,
      headers: { 'x-twice': ['a', 'b'], 'content-type': 'text/plain' },
      truncated: false,
      remoteAddress: `127.0.0.1:${plain}`,
      url: `http://127.0.0.1:${plain}/a?b=c#d`,
    });
    expect(text(response)).toBe(`hello 127.0.0.1:${plain}`);
    expect(requests.at(-1)?.url).toBe('/a?b=c');
    expect(response.tls).toBeUndefined();
  });

  test('is read up to 1 MiB and says that there was more', async () => {
    const response = await send({ url: `http://127.0.0.1:${plain}/huge` });
    expect([response.body.length, response.truncated]).toEqual([1_048_576, true]);
  });

  test('comes to a POST with its body and headers', async () => {
    await send({
      url: `http://127.0.0.1:${plain}/`,
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'x-key': 'k' },
    });
    expect(requests.at(-1)).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'x-key': 'k' },
    });
  });
});

describe('connecting elsewhere', () => {
  test('keeps name, SNI and certificate of the URL while address and port are others', async () => {
    const response = await send(
      { url: 'https://app.example.com/', connectTo: `127.0.0.1:${secure}` },
      { ca: certificates.caPem },
    );
    expect(text(response)).toBe('hello app.example.com');
    expect(response.remoteAddress).toBe(`127.0.0.1:${secure}`);
    expect(response.tls).toMatchObject({
      protocol: 'TLSv1.3',
      subject: 'app.example.com',
      issuer: 'golive rehearsal authority',
    });
    expect(Date.parse(response.tls?.validTo ?? '')).toBeGreaterThan(Date.now());
  });

  test('of the command line is matched after what the step says', async () => {
    const connectTo = [{ host: 'alb.internal', port: 443, toAddress: '127.0.0.1', toPort: secure }];
    const response = await send(
      { url: 'https://app.example.com/', connectTo: 'alb.internal' },
      { ca: certificates.caPem, connectTo },
    );
    expect(text(response)).toBe('hello app.example.com');
    const direct = await send(
      { url: 'https://app.example.com/' },
      {
        ca: certificates.caPem,
        connectTo: [{ ...connectTo[0], host: 'APP.example.com', port: 443, toAddress: '127.0.0.1', toPort: secure }],
      },
    );
    expect(direct.status).toBe(200);
  });
});

describe('redirects', () => {
  test('are answers unless following is asked for', async () => {
    const response = await send({ url: `http://127.0.0.1:${plain}/to?/end` });
    expect([response.status, response.headers['location']]).toEqual([302, '/end']);
  });

  test('are followed as often as asked, and then are answers again', async () => {
    const url = `http://127.0.0.1:${plain}/to?/end`;
    expect(await send({ url, follow: 1 })).toMatchObject({ status: 200, url: `http://127.0.0.1:${plain}/end` });
    const before = requests.length;
    expect((await send({ url: `http://127.0.0.1:${plain}/loop`, follow: 3 })).status).toBe(302);
    expect(requests.length - before).toBe(4);
  });

  test('to another origin take no header and no body along', async () => {
    const other = await listen(createServer(answer));
    const url = `http://127.0.0.1:${plain}/to?${encodeURIComponent(`http://127.0.0.1:${other}/end`)}`;
    await send({
      url,
      follow: 1,
      method: 'POST',
      body: 'x',
      headers: { authorization: 'Bearer s3cret', 'user-agent': 'golive' },
    });
    expect(requests.at(-1)).toMatchObject({ method: 'GET', url: '/end', body: '' });
    expect(requests.at(-1)?.headers).not.toHaveProperty('authorization');
    expect(requests.at(-1)?.headers['user-agent']).toBe('golive');
  });

  test('that would post a body again are followed at home and are the answer when they lead elsewhere', async () => {
    const post = { method: 'POST', body: 's3cret', follow: 1 };
    await send({ url: `http://127.0.0.1:${plain}/again?/end`, ...post });
    expect(requests.at(-1)).toMatchObject({ method: 'POST', url: '/end', body: 's3cret' });
    const other = await listen(createServer(answer));
    const before = requests.length;
    const away = encodeURIComponent(`http://127.0.0.1:${other}/end`);
    const response = await send({ url: `http://127.0.0.1:${plain}/again?${away}`, ...post });
    expect(response).toMatchObject({ status: 307, headers: { location: `http://127.0.0.1:${other}/end` } });
    expect(requests.length - before, 'nobody else was asked').toBe(1);
  });
});

describe('no answer', () => {
  test('because nobody listens is a transient network error that names the address', async () => {
    const free = createTcpServer();
    const port = await listen(free);
    free.close();
    await once(free, 'close');
    const error = await blindness(send({ url: `http://127.0.0.1:${port}/` }));
    expect(error).toMatchObject({
      code: 'network',
      transient: true,
      message: `connection refused by 127.0.0.1:${port}`,
    });
  });

  test.each(['/reset', '/half'])('because the connection broke at %s is transient', async (path) => {
    const error = await blindness(send({ url: `http://127.0.0.1:${plain}${path}` }));
    expect(error).toMatchObject({ code: 'network', transient: true });
    expect(error.message).toContain(`127.0.0.1:${plain}`);
  });

  test('in time is a time-out of the whole exchange', async () => {
    const error = await blindness(send({ url: `http://127.0.0.1:${plain}/slow`, timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'timeout', transient: true });
    expect(error.message).toContain('0.05 s');
  });

  test('in HTTP from something else is an error', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('SSH-2.0-x\r\n')));
    expect(await blindness(send({ url: `http://127.0.0.1:${port}/` }))).toMatchObject({ code: 'network' });
  });

  test('because the name does not exist may be different at the next look', async () => {
    const error = await blindness(send({ url: 'http://nowhere.invalid/' }));
    expect(error).toMatchObject({ code: 'network', transient: true });
    expect(error.message).toContain('nowhere.invalid');
  });

  test('after an interruption gives the reason of the interruption', async () => {
    const controller = new AbortController();
    const http = openHttp({ connectTo: [], env: {} });
    const request = { method: 'GET', headers: {}, url: `http://127.0.0.1:${plain}/slow`, timeoutMs: 5000, follow: 0 };
    const sent = http.send(request, controller.signal);
    controller.abort(new Error('SIGINT'));
    await expect(sent).rejects.toThrow('SIGINT');
  });
});

test('somebody who leaves while the connection is made leaves no rejection that nobody hears', async () => {
  const leaving = new AbortController();
  const unheard: unknown[] = [];
  const hear = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', hear);
  // Between the connection and the request: the dial listens no longer, and the request is not on its way.
  const made = vi.spyOn(Socket.prototype, 'setNoDelay').mockImplementation(function (this: Socket) {
    leaving.abort('SIGINT');
    return this;
  });
  const http = openHttp({ connectTo: [], env: {} });
  const request = { method: 'GET', url: `http://127.0.0.1:${plain}/`, headers: {}, timeoutMs: 5000, follow: 0 };
  await expect(http.send(request, leaving.signal)).rejects.toBe('SIGINT');
  expect(made).toHaveBeenCalled();
  made.mockRestore();
  // Node tells of it after the microtasks of this turn.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  process.off('unhandledRejection', hear);
  expect(unheard).toEqual([]);
});

describe('certificates', () => {
  test('for another name are refused, and the names they are for are told', async () => {
    const url = 'https://other.example.com/';
    const error = await blindness(send({ url, connectTo: `127.0.0.1:${secure}` }, { ca: certificates.caPem }));
    expect(error).toMatchObject({ code: 'tls', transient: false });
    expect(error.message).toContain('is for another name: app.example.com');
  });

  test('from an unknown authority are refused, with the flag that adds one', async () => {
    const error = await blindness(send({ url: 'https://app.example.com/', connectTo: `127.0.0.1:${secure}` }));
    expect(error).toMatchObject({ code: 'tls', transient: false, hint: '--ca FILE adds an authority' });
  });

  test('are checked although the environment says not to', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const connectTo = `127.0.0.1:${secure}`;
    const unknown = await blindness(send({ url: 'https://app.example.com/', connectTo }));
    const other = await blindness(send({ url: 'https://other.example.com/', connectTo }, { ca: certificates.caPem }));
    vi.unstubAllEnvs();
    expect([unknown.code, other.code]).toEqual(['tls', 'tls']);
  });

  test('need not have a subject', async () => {
    const shared = { keyType: 'ec', algorithm: 'sha256' } as const;
    const authority = await generate([{ name: 'commonName', value: 'authority' }], {
      ...shared,
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
    });
    const leaf = await generate([], {
      ...shared,
      ca: { key: authority.private, cert: authority.cert },
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'app.example.com' }] }],
    });
    const port = await listen(createTlsServer({ key: leaf.private, cert: leaf.cert }, answer));
    const url = 'https://app.example.com/';
    const response = await send({ url, connectTo: `127.0.0.1:${port}` }, { ca: authority.cert });
    expect(response.tls).toMatchObject({ subject: '', issuer: 'authority' });
  });

  test('are checked against the address when the URL has one instead of a name', async () => {
    const error = await blindness(send({ url: `https://127.0.0.1:${secure}/` }, { ca: certificates.caPem }));
    expect(error.code).toBe('tls');
  });
});

describe('refused addresses', () => {
  test.each([
    '169.254.169.254',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '[fd00:ec2::23]',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::169.254.169.254]',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
  ])('link-local %s is never connected to', async (host) => {
    const error = await blindness(send({ url: `http://${host}/latest/meta-data/` }));
    expect(error).toMatchObject({ code: 'refused', transient: false });
  });

  test('link-local is refused where connect_to or the command line leads to it, and through a proxy', async () => {
    const env = { http_proxy: `http://127.0.0.1:${plain}` };
    const connectTo = [{ host: 'a.example', port: 80, toAddress: '169.254.169.254', toPort: 80 }];
    const refusals = await Promise.all([
      blindness(send({ url: 'http://a.example/', connectTo: '169.254.169.254' })),
      blindness(send({ url: 'http://a.example/' }, { connectTo })),
      blindness(send({ url: 'http://169.254.169.254/' }, { env })),
    ]);
    expect(refusals.map((error) => error.code)).toEqual(['refused', 'refused', 'refused']);
  });

  test('a rehearsal connects to this machine and to nothing else, not even through a proxy', async () => {
    const rehearsal = true;
    expect((await send({ url: `http://127.0.0.1:${plain}/` }, { rehearsal })).status).toBe(200);
    const env = { http_proxy: `http://127.0.0.1:${plain}`, HTTPS_PROXY: `http://127.0.0.1:${plain}` };
    for (const url of ['http://192.0.2.1/', 'http://0.0.0.0/', 'http://[2001:db8::1]/']) {
      expect(await blindness(send({ url }, { rehearsal, env })), url).toMatchObject({ code: 'refused' });
    }
  });

  test('a rehearsal asks nobody for a name it does not know, and does ask itself', async () => {
    const rehearsal = true;
    const connectTo = [{ host: 'app.example.com', port: 80, toAddress: '127.0.0.1', toPort: plain }];
    expect((await send({ url: 'http://app.example.com/' }, { rehearsal, connectTo })).status).toBe(200);
    for (const request of [
      { url: 'http://elsewhere.example.com/' },
      { url: 'http://app.example.com/', connectTo: 'elsewhere.example.com' },
    ]) {
      const error = await blindness(send(request, { rehearsal, connectTo }));
      expect(error, request.url).toMatchObject({ code: 'refused', transient: false });
      expect(error.message).toContain('asks nobody for names');
    }
  });

  test('a user and password in the URL are refused and not repeated', async () => {
    const error = await blindness(send({ url: 'http://me:hunter2@127.0.0.1/' }));
    expect(error.code).toBe('invalid');
    expect(error.message).not.toContain('hunter2');
  });
});

describe('names, where the command line names a DNS server', () => {
  let asked: string[] = [];
  const addresses: Readonly<Record<string, readonly string[]>> = {
    'app.example.com A': ['198.51.100.7', '198.51.100.8'],
    'app.example.com AAAA': ['2001:db8::7'],
    'six.example.com AAAA': ['2001:db8::7'],
    'here.example.com A': ['127.0.0.1'],
    'inside.example.com A': ['169.254.169.254'],
  };
  const dns: Dns = {
    resolvers: ['resolver'],
    ask: async ({ name, type, server }) => {
      asked.push(`${server} ${name} ${type}`);
      const answers = (addresses[`${name} ${type}`] ?? []).map((data) => ({ name, type, ttl: 60, data }));
      return { status: 'NOERROR', authoritative: false, answers };
    },
  };
  beforeEach(() => (asked = []));
  const to = (host: string, port = 80): ConnectTo => ({ host, port, toAddress: '127.0.0.1', toPort: plain });

  test('are asked there and nowhere else', async () => {
    const response = await send({ url: `http://here.example.com:${plain}/` }, { dns });
    expect(text(response)).toBe(`hello here.example.com:${plain}`);
    expect(asked.toSorted()).toEqual(['resolver here.example.com A', 'resolver here.example.com AAAA']);
    const error = await blindness(send({ url: 'http://nowhere.example.com/' }, { dns }));
    expect(error).toMatchObject({ code: 'network', transient: true });
    expect(error.message).toBe('the name nowhere.example.com does not resolve');
  });

  test('lead to the first IPv4 address, and --connect-to may lead on from there', async () => {
    const connectTo = [to('198.51.100.7'), to('2001:db8::7')];
    expect((await send({ url: 'http://app.example.com/' }, { dns, connectTo })).status).toBe(200);
    expect((await send({ url: 'http://six.example.com/' }, { dns, connectTo })).status).toBe(200);
    // Another port of that address is another place; in a rehearsal it would be outside.
    const other = { dns, connectTo: [to('198.51.100.7', 443)], rehearsal: true };
    const error = await blindness(send({ url: 'http://app.example.com/' }, other));
    expect(error).toMatchObject({ code: 'refused', transient: false });
    expect(error.message).toContain('app.example.com (198.51.100.7) is not on this machine');
  });

  test('are not asked for when --connect-to has the name itself, nor for this machine', async () => {
    await send({ url: 'http://app.example.com/' }, { dns, connectTo: [to('app.example.com'), to('198.51.100.7', 1)] });
    await send({ url: `http://localhost:${plain}/` }, { dns });
    await send({ url: 'http://app.example.com/', connectTo: `127.0.0.1:${plain}` }, { dns });
    expect(asked).toEqual([]);
  });

  test('must not lead to a link-local address, wherever that is led on to', async () => {
    for (const connectTo of [[], [to('169.254.169.254')]]) {
      const error = await blindness(send({ url: 'http://inside.example.com/' }, { dns, connectTo }));
      expect(error).toMatchObject({ code: 'refused', transient: false });
      expect(error.message).toContain('inside.example.com (169.254.169.254)');
    }
  });

  test('are not left to a proxy, which would ask elsewhere', async () => {
    const env = { http_proxy: 'http://127.0.0.1:1' };
    expect((await send({ url: `http://here.example.com:${plain}/` }, { dns, env })).status).toBe(200);
  });
});

describe('proxies', () => {
  const seen: string[] = [];
  let proxy: number;
  beforeAll(async () => {
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
      response.end('from the proxy');
    });
    server.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
      if (request.url === 'denied.example.com:443') return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const far = connectTcp(secure, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      far.pipe(socket).pipe(far);
      return undefined;
    });
    proxy = await listen(server);
  });

  test('carry HTTPS in a tunnel, with TLS to the far end', async () => {
    const env = { HTTPS_PROXY: `http://user:pa%20ss@127.0.0.1:${proxy}` };
    const response = await send({ url: 'https://app.example.com/' }, { env, ca: certificates.caPem });
    expect(text(response)).toBe('hello app.example.com');
    expect(response.tls?.subject).toBe('app.example.com');
    expect(seen.at(-1)).toBe(`CONNECT app.example.com:443 Basic ${btoa('user:pa ss')}`);
  });

  test('are asked for the whole address over plain HTTP', async () => {
    const response = await send({ url: 'http://app.example.com/x' }, { env: { http_proxy: `127.0.0.1:${proxy}` } });
    expect(text(response)).toBe('from the proxy');
    expect(seen.at(-1)).toBe('GET http://app.example.com/x -');
  });

  test('that refuse are errors and give nothing away', async () => {
    const env = { HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${proxy}` };
    const error = await blindness(send({ url: 'https://denied.example.com/' }, { env }));
    expect(error.message).toContain('answered 403');
    expect(error.message).not.toContain('hunter2');
  });

  test.each([
    ['loopback', `http://127.0.0.1`, {}],
    ['NO_PROXY', 'http://a.nowhere.invalid', { NO_PROXY: 'x.test, .nowhere.invalid' }],
    ['connect_to', 'http://b.nowhere.invalid', {}],
  ])('are left aside for %s', async (why, origin, env) => {
    const before = seen.length;
    const connectTo = why === 'connect_to' ? { connectTo: `127.0.0.1:${plain}` } : {};
    const url = why === 'loopback' ? `${origin}:${plain}/` : `${origin}/`;
    await send({ url, ...connectTo }, { env: { http_proxy: `http://127.0.0.1:${proxy}`, ...env } }).catch(() => {});
    expect(seen.length).toBe(before);
  });
});
