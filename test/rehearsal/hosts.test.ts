// Machines outside the account: reached by their address, with a certificate and pages of their own.

import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import type { StandIn } from '../../src/rehearsal/stand-in.ts';
import { givenStandIn } from './given.ts';

const address = '203.0.113.10';
const name = 'app.navralabs.com';
const old = {
  title: 'The machine from before',
  names: [name],
  page: { status: 200, type: 'text/html', body: '<h1>Old</h1>' },
};
const given = (state: JsonObject = {}) => givenStandIn({ hosts: { [address]: { ...old, ...state } } }, Date.now);

interface Answer {
  readonly status: number | undefined;
  readonly location: string | undefined;
  readonly text: string;
}

/** Where --connect-to leads for this address and port, for the name people use. */
function ask(standIn: StandIn, port: 80 | 443, path = '/', method = 'GET', to = address): Promise<Answer> {
  const way = standIn.connectTo.find((each) => each.host === to && each.port === port);
  if (way === undefined) throw new Error(`no way to ${to}:${port}`);
  const options = { host: way.toAddress, port: way.toPort, path, method, headers: { host: name }, agent: false };
  return new Promise((resolve, reject) => {
    const outgoing =
      port === 80 ? plainRequest(options) : tlsRequest({ ...options, servername: name, ca: standIn.caPem });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.once('end', () => resolve({ status: incoming.statusCode, location: incoming.headers.location, text }));
      incoming.once('error', reject);
    });
    outgoing.end();
  });
}

describe('another machine', () => {
  test('answers over TLS at its own address, apart from the load balancer', async () => {
    const standIn = await given();
    expect(await ask(standIn, 443)).toMatchObject({ status: 200, text: '<h1>Old</h1>' });
    expect((await ask(standIn, 443, '/', 'GET', '198.51.100.81')).text).toContain('<div id="root">');
    expect(standIn.requests()).toMatchObject([
      { service: address, operation: 'GET /' },
      { service: 'application', operation: 'GET /' },
    ]);
  });

  test('leads from port 80 to https at the same name', async () => {
    const answer = await ask(await given(), 80, '/a?b=c');
    expect([answer.status, answer.location]).toEqual([301, 'https://app.navralabs.com/a?b=c']);
  });

  test.each([
    [{}, 404],
    [{ ready: true }, 200],
    [{ ready: false }, 503],
  ])('answers its readiness path as it stands: %j gives %d', async (state, status) => {
    const standIn = await given(state);
    expect((await ask(standIn, 443, '/health/ready')).status).toBe(status);
    expect((await ask(standIn, 443, '/api/health/ready')).status).toBe(status);
  });

  test('knows no other path and takes no other method', async () => {
    const standIn = await given();
    expect((await ask(standIn, 443, '/api/v1/chat')).status).toBe(404);
    expect((await ask(standIn, 443, '/', 'POST')).status).toBe(405);
  });

  test('has a certificate for its own names', async () => {
    const standIn = await given({ names: ['elsewhere.example'] });
    await expect(ask(standIn, 443)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    standIn.applyPatch({ hosts: { [address]: { names: [name] } } });
    expect((await ask(standIn, 443)).status).toBe(200);
  });

  test('cuts the connection once it is gone, and changes as the world does', async () => {
    const standIn = await given();
    standIn.applyPatch({ hosts: { [address]: { page: { body: 'Moved' } } } });
    expect((await ask(standIn, 443)).text).toBe('Moved');
    standIn.applyPatch({ hosts: { [address]: null } });
    await expect(ask(standIn, 443)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('an address that is none is refused', async () => {
    await expect(givenStandIn({ hosts: { 'old.example': old } })).rejects.toMatchObject({ code: 'world' });
  });
});

/** Where one can go, but for the bucket of image layers. */
const hostsOf = ({ connectTo }: StandIn): readonly string[] => {
  return [...new Set(connectTo.map(({ host }) => host))].filter((host) => !host.includes('layer-bucket'));
};

describe('the ways to the load balancer', () => {
  test('its addresses are its own where the world has some, and made up from its suffix otherwise', async () => {
    const balancer = 'aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com';
    expect(hostsOf(await givenStandIn())).toEqual([balancer, '198.51.100.81', '198.51.100.208']);
    const addresses = ['192.0.2.7'];
    const patch = { account: { elbv2: { load_balancers: { 'aep-prod-alb': { addresses } } } } };
    expect(hostsOf(await givenStandIn(patch))).toEqual([balancer, '192.0.2.7']);
  });

  test('there are none to one that is not there', async () => {
    const standIn = await givenStandIn({ account: { elbv2: { load_balancers: { 'aep-prod-alb': null } } } });
    expect(hostsOf(standIn)).toEqual([]);
  });
});
