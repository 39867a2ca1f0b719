import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import type { StandIn } from '../../src/rehearsal/stand-in.ts';
import { givenStandIn as givenAt } from './given.ts';

interface Asked {
  readonly method?: string;
  readonly token?: string;
  readonly body?: string;
  readonly plain?: boolean;
}

const host = 'app.navralabs.com';

/** By the wall clock, which is the one that plain clients hold certificates against. */
const givenStandIn = (patch: JsonObject = {}) => givenAt(patch, Date.now);

function ask(standIn: StandIn, path: string, asked: Asked = {}) {
  const { method = 'GET', token, body = '', plain = false } = asked;
  const { address, port } = plain ? standIn.http : standIn.https;
  const headers = { host, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const options = { host: address, port, path, method, headers, agent: false };
  return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; text: string }>(
    (resolve, reject) => {
      const outgoing = plain ? plainRequest(options) : tlsRequest({ ...options, servername: host, ca: standIn.caPem });
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
        incoming.once('end', () => resolve({ status: incoming.statusCode, headers: incoming.headers, text }));
        incoming.once('error', reject);
      });
      outgoing.end(body);
    },
  );
}

const service = (name: string, state: JsonObject): JsonObject => ({
  account: { ecs: { clusters: { 'aep-prod': { services: { [name]: state } } } } },
});

describe('the application behind its load balancer', () => {
  test('is alive, ready and has a front page', async () => {
    const standIn = await givenStandIn();
    const ready = {
      ok: true,
      checks: [
        { name: 'self', ok: true },
        { name: 'db', ok: true },
        { name: 'redis', ok: true },
      ],
    };
    const live = await ask(standIn, '/health/live');
    expect([live.status, JSON.parse(live.text)]).toEqual([200, { ok: true }]);
    for (const path of ['/health/ready', '/api/health/ready']) {
      const answer = await ask(standIn, path);
      expect([answer.status, JSON.parse(answer.text)]).toEqual([200, ready]);
    }
    const page = await ask(standIn, '/');
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<html');
  });

  test('is not ready without its database, but alive', async () => {
    const standIn = await givenStandIn({ application: { backend: { checks: { db: false } } } });
    const ready = await ask(standIn, '/health/ready');
    expect(ready.status).toBe(503);
    expect(JSON.parse(ready.text)).toMatchObject({
      ok: false,
      checks: [
        { name: 'self', ok: true },
        { name: 'db', ok: false },
        { name: 'redis', ok: true },
      ],
    });
    expect((await ask(standIn, '/health/live')).status).toBe(200);
  });

  test('answers 401 without a token or with a wrong one, 200 with the right one, 429 when its budget is spent', async () => {
    const standIn = await givenStandIn();
    const chat = (token?: string) =>
      ask(standIn, '/api/v1/chat', {
        method: 'POST',
        body: '{"model":"gpt-4","messages":[]}',
        ...(token === undefined ? {} : { token }),
      });
    expect((await chat()).status).toBe(401);
    expect((await chat('guess')).status).toBe(401);
    expect((await chat('played-test-token')).status).toBe(200);
    const spent = await chat('played-spent-token');
    expect([spent.status, spent.headers['retry-after']]).toEqual([429, '3600']);
  });

  test('refuses a chat request that is none, and other methods', async () => {
    const standIn = await givenStandIn();
    const token = 'played-test-token';
    expect((await ask(standIn, '/api/v1/chat', { method: 'POST', token, body: 'no json' })).status).toBe(422);
    expect((await ask(standIn, '/api/v1/chat', { token })).status).toBe(405);
    expect((await ask(standIn, '/api/nope')).status).toBe(404);
    expect((await ask(standIn, '/nope')).status).toBe(404);
  });

  test('port 80 leads to https with the port the load balancer puts there', async () => {
    const answer = await ask(await givenStandIn(), '/a%20b?c=d', { plain: true });
    expect([answer.status, answer.headers['location']]).toEqual([301, 'https://app.navralabs.com:443/a%20b?c=d']);
  });

  test.each([
    [
      'to another host',
      { default: { redirect: { host: 'www.navralabs.com' } } },
      301,
      'https://www.navralabs.com:443/a?b',
    ],
    ['nowhere', { default: { redirect: null, forward: 'aep-prod-tg-frontend' } }, 404, undefined],
  ])('port 80 may lead %s', async (_, listener, status, location) => {
    const listeners = { '80': listener };
    const standIn = await givenStandIn({ account: { elbv2: { load_balancers: { 'aep-prod-alb': { listeners } } } } });
    const answer = await ask(standIn, '/a?b', { plain: true });
    expect([answer.status, answer.headers['location']]).toEqual([status, location]);
  });

  test('without a task the load balancer answers 503 itself, and only for that part', async () => {
    const standIn = await givenStandIn(service('aep-backend-prod-svc', { desired: 0, running: 0 }));
    const answer = await ask(standIn, '/health/live');
    expect([answer.status, answer.headers['server']]).toEqual([503, 'awselb/2.0']);
    expect((await ask(standIn, '/')).status).toBe(200);
  });

  test('one sick task of two is not seen from outside; two of two are a gateway time-out', async () => {
    expect((await ask(await givenStandIn(service('aep-backend-prod-svc', { sick: 1 })), '/health/live')).status).toBe(
      200,
    );
    expect((await ask(await givenStandIn(service('aep-backend-prod-svc', { sick: 2 })), '/health/live')).status).toBe(
      504,
    );
  });

  test('routing follows the listener: without the rule the API leads to the frontend', async () => {
    const listeners = { '443': { rules: { '20': null } } };
    const standIn = await givenStandIn({ account: { elbv2: { load_balancers: { 'aep-prod-alb': { listeners } } } } });
    expect((await ask(standIn, '/health/live')).text).toBe('Not Found');
  });

  test.each([
    [
      'the listener is gone',
      { account: { elbv2: { load_balancers: { 'aep-prod-alb': { listeners: { '443': null } } } } } },
    ],
    ['the load balancer is gone', { account: { elbv2: { load_balancers: { 'aep-prod-alb': null } } } }],
    ['the path is cut', { faults: { application: { '/': { reset: true } } } }],
  ])('the connection is reset when %s', async (_, patch) => {
    await expect(ask(await givenStandIn(patch), '/')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('a slow path answers late, and closing does not wait for it', async () => {
    const standIn = await givenStandIn({
      faults: { application: { '/': { slow: '1h' }, '/health/live': { slow: '1ms' } } },
    });
    expect((await ask(standIn, '/health/live')).status).toBe(200);
    const never = ask(standIn, '/').catch((error: unknown) => error);
    expect((await ask(standIn, '/health/ready')).status).toBe(200);
    await standIn.close();
    expect(await never).toBeInstanceOf(Error);
  });

  test('its certificate holds for its name and no other, from the authority handed out and no other', async () => {
    const standIn = await givenStandIn();
    const greet = (servername: string, ca: string | undefined) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({
          host: standIn.https.address,
          port: standIn.https.port,
          servername,
          ...(ca === undefined ? {} : { ca }),
        });
        socket.once('error', reject);
        socket.once('secureConnect', () => {
          resolve(socket.getProtocol() ?? '');
          socket.destroy();
        });
      });
    expect(await greet(host, standIn.caPem)).toBe('TLSv1.3');
    await expect(greet('other.example', standIn.caPem)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await expect(greet(host, undefined)).rejects.toMatchObject({
      code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/),
    });
  });
});
