// Pages of the application that a world writes out, as people meet them behind the load balancer.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { balancerReply } from '../../src/rehearsal/balancer.ts';
import { targetsOf } from '../../src/rehearsal/fleet.ts';
import { applicationReply } from '../../src/rehearsal/replies.ts';
import { givenWorld } from './given.ts';

const pages: JsonObject = {
  '/health/live': { status: 500, body: { status: 'degraded' } },
  '/health/plain': { type: 'text/plain', body: 'well', headers: { 'x-version': 'v1' } },
  '/health/list': { body: [] },
  '/health/list?page=2': { body: ['last'] },
  '/health/mine': { needs: 'open-sesame', body: { mine: true } },
  'POST /health/things': { status: 201, body: { id: 7 } },
};

interface More {
  readonly search?: string;
  readonly authorization?: string;
  readonly patch?: JsonObject;
}

function asked(method: string, path: string, { search = '', authorization = '', patch = {} }: More = {}) {
  const world = givenWorld({ application: { pages, ...patch } });
  const request = { port: 443 as const, host: 'app.navralabs.com', method, path, search, authorization, body: '' };
  return balancerReply(world, request, (part) => applicationReply(world, part, request));
}

describe('a page of the application', () => {
  test('is what the world says, also in place of what the backend would answer', () => {
    expect(asked('GET', '/health/plain')).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain', 'x-version': 'v1' },
      body: 'well',
    });
    expect(asked('GET', '/health/live')).toMatchObject({ status: 500, body: '{"status":"degraded"}' });
    expect(asked('GET', '/health/ready')).toMatchObject({ status: 200 });
  });

  test('is found with its query before it is found without', () => {
    expect(asked('GET', '/health/list', { search: '?page=2' })?.body).toBe('["last"]');
    expect(asked('GET', '/health/list', { search: '?page=1' })?.body).toBe('[]');
  });

  test('is for its method alone, and for HEAD where it is for GET', () => {
    expect(asked('POST', '/health/things')?.status).toBe(201);
    expect(asked('GET', '/health/things')?.status).toBe(404);
    expect(asked('HEAD', '/health/plain')?.status).toBe(200);
  });

  test('is shown to whoever has the token it needs', () => {
    expect(asked('GET', '/health/mine')?.status).toBe(401);
    expect(asked('GET', '/health/mine', { authorization: 'Bearer another' })?.status).toBe(401);
    expect(asked('GET', '/health/mine', { authorization: 'Bearer open-sesame' })?.status).toBe(200);
  });

  test('is not answered while the backend is not live', () => {
    expect(asked('GET', '/health/plain', { patch: { backend: { live: false } } })?.status).toBe(503);
  });

  test('decides about the health of targets', () => {
    const states = (patch: JsonObject) => {
      const world = givenWorld({ application: { pages: patch } });
      const group = world.account.elbv2.target_groups['aep-prod-tg-backend'];
      if (group === undefined) throw new Error('the world has no such group');
      return targetsOf(world, 'aep-prod-tg-backend', group).map(({ state }) => state);
    };
    expect(states({})).toEqual(['healthy', 'healthy']);
    expect(states(pages)).toEqual(['unhealthy', 'unhealthy']);
  });
});
