// The http kind against a scripted world: what it asks, and which facts it makes of the answer.

import { noDns, noPrograms, noTls, untouched } from '../support/outside.ts';
import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import { checkPath } from '../../src/engine/path-shape.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { http, type HttpArgs } from '../../src/steps/http.ts';
import type { Catalogue } from '../../src/engine/shape.ts';
import type { HttpRequest, HttpResponse, World } from '../../src/world.ts';

interface Scripted {
  readonly status?: number;
  readonly headers?: HttpResponse['headers'];
  readonly body?: string;
  readonly truncated?: boolean;
  readonly tls?: HttpResponse['tls'];
  readonly url?: string;
}

function unused(): never {
  throw new Error('http needs nothing but http');
}

async function look(args: unknown, answer: Scripted = {}): Promise<{ facts: JsonObject; request: HttpRequest }> {
  const requests: HttpRequest[] = [];
  const { body = '', tls, url, ...rest } = answer;
  const response = {
    status: 200,
    headers: {},
    truncated: false,
    remoteAddress: '10.0.0.1:443',
    totalMs: 12.4,
    ...rest,
  };
  const more = { ...(tls === undefined ? {} : { tls }), ...(url === undefined ? {} : { url }) };
  const send = (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    return Promise.resolve({ ...response, ...more, body: new TextEncoder().encode(body) });
  };
  const world: World = {
    http: { send },
    dns: noDns,
    tls: noTls,
    programs: noPrograms,
    ...untouched,
    aws: { read: unused },
    clock: { now: unused, sleep: unused, task: unused, rest: unused },
  };
  const signal = new AbortController().signal;
  const { facts } = await http.run(http.schema.parse(args), world, { signal, fresh: false });
  const [request] = requests;
  if (request === undefined || requests.length > 1) throw new Error(`${requests.length} requests`);
  return { facts, request };
}

const url = 'https://app.example.com/health/ready';
const catalogue: Catalogue = {
  services: [],
  operations: () => [],
  shapes: () => undefined,
  refusal: () => undefined,
  changes: () => [],
  changeRefusal: () => undefined,
};

const refused: readonly (readonly [object, string])[] = [
  [{}, 'no url'],
  [{ url: 'app.example.com' }, 'no scheme'],
  [{ url: 'ftp://app.example.com/' }, 'another scheme'],
  [{ url: 'https://me:pw@app.example.com/' }, 'a password in the url'],
  [{ url, method: 'TRACE' }, 'a strange method'],
  [{ url, json: {}, body: 'x' }, 'two bodies'],
  [{ url, timeout: '10m' }, 'too long a limit'],
  [{ url, timeout: '10' }, 'a limit without a unit'],
  [{ url, follow: 6 }, 'too many redirects'],
  [{ url, connect_to: 'https://10.0.0.1' }, 'a url to connect to'],
  [{ url, conect_to: '10.0.0.1' }, 'an unknown key'],
];

describe('the request', () => {
  test('is a GET that follows nothing and has ten seconds', async () => {
    expect((await look({ url })).request).toEqual({
      method: 'GET',
      url,
      headers: { 'user-agent': 'golive' },
      timeoutMs: 10_000,
      follow: 0,
    });
  });

  test('carries JSON, headers, another address, a limit and redirects when told to', async () => {
    const args = {
      url,
      method: 'POST',
      json: { a: [1] },
      headers: { Authorization: 'Bearer t' },
      connect_to: '10.0.0.1:8443',
      timeout: '30s',
      follow: 2,
    };
    expect((await look(args)).request).toEqual({
      method: 'POST',
      url,
      headers: { 'user-agent': 'golive', 'content-type': 'application/json', authorization: 'Bearer t' },
      body: '{"a":[1]}',
      connectTo: '10.0.0.1:8443',
      timeoutMs: 30_000,
      follow: 2,
    });
  });

  test('sends a body as it is, without a made-up content type', async () => {
    const { request } = await look({ url, method: 'PUT', body: 'a=1' });
    expect([request.body, request.headers]).toEqual(['a=1', { 'user-agent': 'golive' }]);
  });

  test.each(refused)('%j is refused: %s', (args) => {
    expect(http.schema.safeParse(args).success).toBe(false);
  });
});

describe('the nature', () => {
  test.each([
    [undefined, 'looks'],
    ['HEAD', 'looks'],
    ['OPTIONS', 'looks'],
    ['POST', 'pokes'],
    ['DELETE', 'pokes'],
    ['${method}', 'pokes'],
  ])('of %s is that it %s', (method, nature) => {
    expect(http.nature({ url, method })).toBe(nature);
  });

  test('stands in the description with the address', () => {
    const args: HttpArgs = { url: 'https://${domain}/', method: 'POST', connect_to: '${alb.DNSName}' };
    expect(http.describe(args)).toBe('POST https://${domain}/, connecting to ${alb.DNSName}');
  });
});

describe('the facts', () => {
  test('are status, headers in snake_case, text, JSON, address, time and certificate', async () => {
    const tls = {
      protocol: 'TLSv1.3',
      subject: 'app.example.com',
      issuer: 'Example CA',
      validTo: '2026-09-01T00:00:00.000Z',
    };
    const headers = { 'content-type': 'application/json', via: ['a', 'b'] };
    const { facts } = await look({ url }, { headers, body: '{"ok":true}', tls });
    expect(facts).toEqual({
      status: 200,
      headers: { content_type: 'application/json', via: ['a', 'b'] },
      text: '{"ok":true}',
      truncated: false,
      json: { ok: true },
      url,
      remote_address: '10.0.0.1:443',
      total_ms: 12,
      tls: {
        protocol: 'TLSv1.3',
        subject: 'app.example.com',
        issuer: 'Example CA',
        valid_to: '2026-09-01T00:00:00.000Z',
      },
    });
  });

  test('name the address that answered after redirects', async () => {
    expect((await look({ url, follow: 1 }, { url: 'https://app.example.com/x' })).facts['url']).toBe(
      'https://app.example.com/x',
    );
  });

  test('keep attributes of cookies and nothing secret of headers, in either direction', async () => {
    const headers = { 'set-cookie': ['sid=s3cret; Secure; HttpOnly', 'a=b3'], 'x-api-key': 's3cret' };
    const { facts } = await look({ url, headers: { authorization: 'Bearer s3cret' } }, { headers });
    expect(facts['headers']).toEqual({
      set_cookie: ['sid=(redacted); Secure; HttpOnly', 'a=(redacted)'],
      x_api_key: '(redacted)',
    });
    expect(JSON.stringify(facts)).not.toContain('s3cret');
  });

  test.each([
    ['Bearer realm="api", error="invalid_token"', 'Bearer realm="api", error="invalid_token"'],
    [
      'Digest realm="a", nonce="s3cret==", opaque=s3cret, qop="auth"',
      'Digest realm="a", nonce=(redacted), opaque=(redacted), qop="auth"',
    ],
    ['Negotiate czNjcmV0', 'Negotiate (redacted)'],
    ['Basic', 'Basic'],
  ])('say of a challenge what it says to everybody: %s', async (sent, told) => {
    const { facts } = await look({ url }, { status: 401, headers: { 'www-authenticate': sent } });
    expect(facts['headers']).toEqual({ www_authenticate: told });
  });

  test.each<[string, Scripted, string]>([
    ['empty', { body: ' ' }, 'the body is empty'],
    ['cut off', { body: '{"a":', truncated: true }, 'the body is longer than 1 MiB, and was not read to its end'],
    [
      'HTML',
      { body: '<html>', headers: { 'content-type': 'text/html' } },
      'the body is not JSON (content type text/html): <html>',
    ],
    ['bottomless', { body: `${'['.repeat(500)}${']'.repeat(500)}` }, 'the body is JSON nested deeper than 100'],
  ])('say why there is no JSON when the body is %s', async (_words, answer, reason) => {
    const { facts } = await look({ url }, answer);
    expect(facts['json_error']).toBe(reason);
    expect(facts).not.toHaveProperty('json');
  });

  test('show the first 200 characters of a body that should have been JSON where JSON was expected', async () => {
    const { facts } = await look({ url }, { body: `<html>${'x'.repeat(500)}` });
    const [finding] = judge([{ path: 'json.ok', eq: true }], facts, 0).findings;
    expect(finding).toMatchObject({ verdict: 'fail', observed: `the body is not JSON: <html>${'x'.repeat(194)}` });
  });

  test('carry 64 KiB of text and say that there is more, so that its lack proves nothing', async () => {
    const { facts } = await look({ url }, { body: `${'x'.repeat(70_000)}error` });
    expect(facts).toMatchObject({ text: 'x'.repeat(65_536), truncated: true });
    expect(judge([{ path: 'text', not_matches: 'error' }], facts, 0).verdict).toBe('inconclusive');
  });

  test('have a shape that knows every one of them', async () => {
    const tls = { protocol: 'TLSv1.3', subject: 's', issuer: 'i', validTo: '2026-09-01T00:00:00.000Z' };
    const shape = http.facts({ url }, catalogue);
    const answers = [await look({ url }, { body: '{}', tls }), await look({ url }, { body: 'x' })];
    for (const name of answers.flatMap(({ facts }) => Object.keys(facts)))
      expect(checkPath(name, shape)).toBeUndefined();
    expect(checkPath('stauts', shape)).toContain('did you mean status?');
    expect(checkPath('tls.valid_too', shape)).toContain('did you mean valid_to?');
    expect(checkPath('headers.strict_transport_security', shape)).toBeUndefined();
  });
});

test('wrong pass 18: the redirect a load balancer sends, with its port spelled out, is the one that was expected', async () => {
  const { facts } = await look(
    { url: 'http://app.example.com/' },
    { status: 301, headers: { location: 'https://app.example.com:443/' } },
  );
  const expected = [
    { path: 'status', eq: 301 },
    { path: 'headers.location', url: 'https://app.example.com/' },
  ];
  expect(judge(expected, facts, 0).verdict).toBe('pass');
});
