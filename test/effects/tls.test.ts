// The real TLS against servers on loopback: what is a fact, what is a refusal by the server, and what is no evidence.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openHttp } from '../../src/effects/http.ts';
import { openTls } from '../../src/effects/tls.ts';
import type { WayOptions } from '../../src/effects/http-connect.ts';
import { BlindError } from '../../src/errors.ts';
import type { TlsRequest, TlsSession, TlsVersion } from '../../src/wire.ts';
import {
  alert,
  answering,
  closeServers,
  listening,
  newAuthority,
  serverHello,
  tlsServer,
  type Authority,
  type Leaf,
} from './tls-servers.ts';

const host = 'app.example.com';
const dayMs = 86_400_000;
let authority: Authority;
let other: Authority;
let leaf: Leaf;

beforeAll(async () => {
  [authority, other] = await Promise.all([newAuthority(), newAuthority('another authority')]);
  leaf = await authority.issue([host, 'www.example.com']);
});

afterAll(closeServers);

function greet(
  port: number,
  request: Partial<TlsRequest> = {},
  options: Partial<WayOptions> = {},
): Promise<TlsSession | { readonly refused: string }> {
  const tls = openTls({ connectTo: [], env: {}, ca: authority.cert, ...options });
  const whole = { host, port: 443, connectTo: `127.0.0.1:${port}`, timeoutMs: 5000, ...request };
  return tls.handshake(whole, new AbortController().signal);
}

async function session(
  port: number,
  request?: Partial<TlsRequest>,
  options?: Partial<WayOptions>,
): Promise<TlsSession> {
  const outcome = await greet(port, request, options);
  if ('refused' in outcome) throw new Error(`refused: ${outcome.refused}`);
  return outcome;
}

async function blindness(work: Promise<unknown>): Promise<BlindError> {
  const outcome: unknown = await work.catch((thrown: unknown) => thrown);
  if (outcome instanceof BlindError) return outcome;
  throw new Error(`it was not blind: ${JSON.stringify(outcome)}`);
}

describe('a handshake', () => {
  test('tells version, cipher, names and times, and the address that answered', async () => {
    const port = await tlsServer(leaf);
    const seen = await session(port);
    expect(seen).toMatchObject({
      protocol: 'TLSv1.3',
      authorized: true,
      coversHost: true,
      remoteAddress: `127.0.0.1:${port}`,
      chain: [{ subject: host, issuer: 'test authority', names: [host, 'www.example.com'] }],
    });
    expect(seen).not.toHaveProperty('problem');
    expect(seen.cipher).toMatch(/^TLS_/);
    expect(Date.parse(seen.chain[0]?.validTo ?? '') - Date.now()).toBeGreaterThan(99 * dayMs);
  });

  test('tells the whole chain as it was sent, and nothing that was not', async () => {
    const port = await tlsServer({ key: leaf.key, cert: `${leaf.cert.trimEnd()}\n${authority.cert}` });
    const { chain } = await session(port);
    expect(chain.map(({ subject }) => subject)).toEqual([host, 'test authority']);
    expect((await session(await tlsServer(leaf))).chain).toHaveLength(1);
  });

  test.each([
    [
      'for another name',
      () => authority.issue(['other.example.com']),
      /^is for another name: other\.example\.com$/,
      false,
    ],
    [
      'from an unknown authority',
      () => other.issue([host]),
      /^comes from an authority this machine does not know/,
      true,
    ],
    ['that has expired', () => authority.issue([host], { from: 0, to: Date.now() - dayMs }), /^has expired$/, true],
    [
      'that is not valid yet',
      () => authority.issue([host], { from: Date.now() + dayMs, to: Date.now() + 2 * dayMs }),
      /^is not valid yet$/,
      true,
    ],
  ])('with a certificate %s is no less a fact, with what is wrong', async (_, issue, problem, covers) => {
    const seen = await session(await tlsServer(await issue()));
    expect(seen.authorized).toBe(false);
    expect(seen.problem).toMatch(problem);
    expect(seen.coversHost).toBe(covers);
  });

  test('that certificates may not be checked, as the environment says, changes nothing', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const seen = await session(await tlsServer(await other.issue([host])));
    vi.unstubAllEnvs();
    expect(seen.authorized).toBe(false);
  });

  test('goes where --connect-to leads, and nowhere that is link-local or, in a rehearsal, elsewhere', async () => {
    const port = await tlsServer(leaf);
    const tls = (options: Partial<WayOptions>, address?: string) =>
      openTls({ connectTo: [], env: {}, ca: authority.cert, ...options }).handshake(
        { host, port: 443, timeoutMs: 5000, ...(address !== undefined && { connectTo: address }) },
        new AbortController().signal,
      );
    const connectTo = [{ host, port: 443, toAddress: '127.0.0.1', toPort: port }];
    expect(await tls({ connectTo })).toMatchObject({ authorized: true });
    expect(await blindness(tls({}, '169.254.169.254'))).toMatchObject({ code: 'refused' });
    expect(await blindness(tls({ rehearsal: true }, '198.51.100.7'))).toMatchObject({ code: 'refused' });
    expect(await blindness(tls({ rehearsal: true }))).toMatchObject({ code: 'refused' });
  });

  test('goes through a proxy, but no version is probed through one', async () => {
    const port = await tlsServer(leaf);
    const proxy = createServer();
    proxy.on('connect', (_request, near) => {
      const far = connect(port, '127.0.0.1', () => near.write('HTTP/1.1 200 OK\r\n\r\n'));
      far.on('error', () => near.destroy());
      near.on('error', () => far.destroy());
      near.pipe(far).pipe(near);
    });
    const proxyPort = await listening(proxy);
    const tls = openTls({ connectTo: [], env: { https_proxy: `http://127.0.0.1:${proxyPort}` }, ca: authority.cert });
    const request = { host, port: 443, timeoutMs: 5000 };
    const { signal } = new AbortController();
    expect(await tls.handshake(request, signal)).toMatchObject({ authorized: true });
    const error = await blindness(tls.handshake({ ...request, version: 'TLSv1.1' }, signal));
    expect(error.message).toContain('is no evidence about app.example.com');
  });
});

describe('a version offered alone', () => {
  const versions: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

  test.each([
    ['TLSv1', 4],
    ['TLSv1.1', 3],
    ['TLSv1.2', 2],
    ['TLSv1.3', 1],
  ] as const)('is taken from %s on by a server whose floor that is', async (minVersion, accepted) => {
    const port = await tlsServer({ ...leaf, minVersion }, true);
    const outcomes = await Promise.all(versions.map((version) => greet(port, { version })));
    const taken = outcomes.map((outcome) => ('refused' in outcome ? outcome.refused : outcome.protocol));
    const refused = versions.slice(0, 4 - accepted).map(() => 'protocol_version');
    expect(taken).toEqual([...refused, ...versions.slice(4 - accepted)]);
  });

  test.each([
    ['protocol_version', 70],
    ['handshake_failure', 40],
    ['insufficient_security', 71],
  ])('is refused by the alert %s', async (name, description) => {
    expect(await greet(await answering(alert(description)), { version: 'TLSv1.1' })).toEqual({ refused: name });
  });

  test.each([
    ['another alert (internal_error)', alert(80), 'waits', /it broke off with "tlsv1 alert internal error"/],
    ['another alert (unrecognized_name)', alert(112), 'waits', /broke off with "tlsv1 unrecognized name"/],
    [
      'a newer version than offered',
      serverHello(3, [0, 0x2f]),
      'waits',
      /our own TLS library .*"unsupported protocol"/,
    ],
    ['a cipher we no longer have', serverHello(2, [0, 5]), 'waits', /our own TLS library .*"unknown cipher returned"/],
    ['something that is not TLS', [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], 'ends', /our own TLS library/],
    ['an end of the connection', [], 'ends', /connection reset by 127/],
    ['a reset', [], 'resets', /connection reset by 127/],
  ] as const)('is not refused by %s', async (_, bytes, then, words) => {
    const error = await blindness(greet(await answering(bytes, then), { version: 'TLSv1.1' }));
    expect(error.message).toMatch(words);
  });

  test('is not refused by a server that takes it and then wants a certificate of ours', async () => {
    const port = await tlsServer({ ...leaf, requestCert: true, minVersion: 'TLSv1.1' }, true);
    const error = await blindness(greet(port, { version: 'TLSv1.1' }));
    expect(error.message).toContain('handshake failure');
  });

  test('is not refused by silence', async () => {
    const error = await blindness(greet(await answering([]), { version: 'TLSv1.1', timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'timeout', transient: true });
  });

  test('is not refused because somebody leaves', async () => {
    const leaving = new AbortController();
    const port = await answering([]);
    const tls = openTls({ connectTo: [], env: {} });
    const request = { host, port: 443, connectTo: `127.0.0.1:${port}`, timeoutMs: 5000, version: 'TLSv1.1' } as const;
    const greeted = tls.handshake(request, leaving.signal);
    leaving.abort(new Error('SIGINT'));
    await expect(greeted).rejects.toThrow('SIGINT');
  });
});

describe('by the clock of a rehearsal', () => {
  const then = Date.parse('2020-06-01T00:00:00Z');
  const inTime = { from: then - 10 * dayMs, to: then + 10 * dayMs };
  const clock = { now: () => then, rehearsal: true };

  function fetched(port: number, ca: string, now?: () => number): Promise<unknown> {
    const http = openHttp({ connectTo: [], env: {}, ca, ...(now && { now }), rehearsal: true });
    const request = { method: 'GET', headers: {}, timeoutMs: 5000, follow: 0 };
    return http.send(
      { ...request, url: `https://${host}/`, connectTo: `127.0.0.1:${port}` },
      new AbortController().signal,
    );
  }

  test.each([
    ['in time, and long expired by the wall clock', () => authority.issue([host], inTime), undefined],
    ['expired a minute ago', () => authority.issue([host], { ...inTime, to: then - 60_000 }), 'has expired'],
    ['good from tomorrow on', () => authority.issue([host], { ...inTime, from: then + dayMs }), 'is not valid yet'],
    ['good by the wall clock only', () => Promise.resolve(leaf), 'is not valid yet'],
    ['in time and from somebody else', () => other.issue([host], inTime), 'comes from an authority'],
    [
      'in time and for another name',
      () => authority.issue(['b.example.com'], inTime),
      'is for another name: b.example',
    ],
  ] as const)('a certificate is judged that is %s', async (_, issue, problem) => {
    const port = await tlsServer(await issue());
    const seen = await session(port, {}, clock);
    expect(seen.authorized).toBe(problem === undefined);
    expect(seen.problem ?? '').toContain(problem ?? '');
    if (problem === undefined) return;
    expect((await blindness(fetched(port, authority.cert, clock.now))).message).toContain(problem);
  });

  test('http believes a certificate that is in time there, and without that clock does not', async () => {
    const { createServer: createHttps } = await import('node:https');
    const server = createHttps(await authority.issue([host], inTime), (_request, response) => response.end('hello'));
    const port = await listening(server);
    expect(await fetched(port, authority.cert, clock.now)).toMatchObject({ status: 200, tls: { subject: host } });
    expect((await blindness(fetched(port, authority.cert))).message).toContain('has expired');
  });

  test('an authority is not believed because the certificate it signed has expired', async () => {
    // OpenSSL says "expired" and nothing about trust: the chain is followed by hand.
    const forged = await newAuthority();
    const seen = await session(await tlsServer(await forged.issue([host], inTime)), {}, clock);
    expect(seen.problem).toContain('comes from an authority');
  });
});

test('nobody who listens is a transient error that names the address', async () => {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  const message = `connection refused by 127.0.0.1:${port}`;
  expect(await blindness(greet(port))).toMatchObject({ code: 'network', transient: true, message });
});
