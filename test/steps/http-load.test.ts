// The load kind against a scripted world: what it asks for, and which facts it makes of the answer.

import { expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { httpLoad } from '../../src/steps/http-load.ts';
import type { LoadAnswer, LoadRequest } from '../../src/wire.ts';
import { attempt, scripted } from './aws-world.ts';

const answer: LoadAnswer = {
  requests: 3000,
  errors: 1,
  timeouts: 1,
  statuses: { 200: 2999 },
  latency: { p50: 20.04, p95: 80.06, p99: 200, max: 10_000 },
  durationMs: 60_000.4,
  capped: false,
};

async function look(args: object, given: Partial<LoadAnswer> = {}) {
  const asked: LoadRequest[] = [];
  const run = (request: LoadRequest): Promise<LoadAnswer> => {
    asked.push(request);
    return Promise.resolve({ ...answer, ...given });
  };
  const whole = httpLoad.schema.parse({ url: 'https://x.example/', users: 20, for: '1m', ...args });
  const { facts } = await httpLoad.run(whole, { ...scripted({}).world, load: { run } }, attempt);
  return { facts, asked: asked[0] };
}

test('the facts of a load', async () => {
  const { facts, asked } = await look({ headers: { 'X-A': 'secret' }, rate: 100 });
  expect(asked).toEqual({
    url: 'https://x.example/',
    users: 20,
    forMs: 60_000,
    headers: { 'user-agent': 'golive', 'x-a': 'secret' },
    rate: 100,
    timeoutMs: 10_000,
  });
  expect(facts).toEqual({
    requests: 3000,
    errors: 1,
    error_percent: 0.034,
    timeouts: 1,
    statuses: { 200: 2999 },
    p50_ms: 20,
    p95_ms: 80.1,
    p99_ms: 200,
    max_ms: 10_000,
    requests_per_second: 50,
    duration_ms: 60_000,
    capped: false,
  });
});

test('a single error among very many is never none', async () => {
  const { facts } = await look({}, { requests: 100_000 });
  expect(judge([{ path: 'error_percent', eq: 0 }], facts, 0).verdict).toBe('fail');
});

test('a load that nobody answered passes for nothing but its own figures', async () => {
  const { latency: _, ...rest } = answer;
  const load = { run: () => Promise.resolve({ ...rest, requests: 0, errors: 0, timeouts: 0, statuses: {} }) };
  const args = httpLoad.schema.parse({ url: 'https://x.example/', users: 1, for: '5s' });
  const { facts } = await httpLoad.run(args, { ...scripted({}).world, load }, attempt);
  expect(facts).toMatchObject({ requests: 0, requests_per_second: 0 });
  for (const path of ['error_percent', 'p50_ms', 'p95_ms', 'p99_ms', 'max_ms'])
    expect(judge([{ path, lte: 1000 }], facts satisfies JsonObject, 0).verdict, path).not.toBe('pass');
});

test('it pokes, whatever it asks for', () => {
  expect(httpLoad.nature({ url: '${url}', users: 1, for: '5s' })).toBe('pokes');
});
