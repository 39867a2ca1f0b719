// A bounded load of GET on one address that the target lets be put under load: how quick, and how many went wrong.

import { z } from 'zod';
import { parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import type { LoadAnswer } from '../wire.ts';
import { isTimeout } from './http.ts';
import type { Kind } from './kind.ts';
import { isWebAddress } from './load-list.ts';

export interface HttpLoadArgs {
  readonly url: string;
  /** How many ask at the same time, 1 to 200. */
  readonly users: number;
  /** 5s to 10m. */
  readonly for: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The most requests a second, of all users together. */
  readonly rate?: number | undefined;
  /** For each request. Default 10s. */
  readonly timeout?: string | undefined;
}

const shortestMs = 5000;
const longestMs = 600_000;
const defaultTimeoutMs = 10_000;
const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Headers that connections hang on. */
const framing = /^(?:host|connection|content-length|transfer-encoding|expect|upgrade)$/i;

const schema: z.ZodType<HttpLoadArgs> = z.strictObject({
  url: z
    .string()
    .refine(isWebAddress, 'Give a whole address: https://host/path, without a user or password in it')
    .describe('one that the target lists under `load`, or below one of those'),
  users: z.int().min(1).max(200).describe('how many ask at the same time, each again as soon as it was answered'),
  for: z
    .string()
    .refine(isSpan, 'Give a duration from 5s to 10m')
    .describe('how long new requests are sent; it ends earlier after 100 000 of them'),
  headers: z
    .record(
      z.string().regex(token, 'is no name of a header'),
      z.string().regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/, 'is no value of a header'),
    )
    .refine((given) => !Object.keys(given).some((name) => framing.test(name)), 'names a header of the connection')
    .optional(),
  rate: z.int().min(1).max(2000).optional().describe('the most requests a second, of all users together'),
  timeout: z
    .string()
    .refine(isTimeout, 'Give a duration of at most 5m, such as 10s')
    .optional()
    .describe('for each request; 10s unless it is given'),
});

const facts: Shape = {
  type: 'structure',
  members: () => ({
    requests: { type: 'number' },
    errors: { type: 'number' },
    error_percent: { type: 'number' },
    timeouts: { type: 'number' },
    statuses: { type: 'map', of: () => ({ type: 'number' }) },
    p50_ms: { type: 'number' },
    p95_ms: { type: 'number' },
    p99_ms: { type: 'number' },
    max_ms: { type: 'number' },
    requests_per_second: { type: 'number' },
    duration_ms: { type: 'number' },
    capped: { type: 'boolean' },
  }),
  required: ['requests', 'errors', 'timeouts', 'statuses', 'requests_per_second', 'duration_ms', 'capped'],
};

/**
 * Facts: `requests`, all that were sent; `errors`, those of them that were lost or took too long, and answers of 400 and more,
 * with `error_percent` of all (absent without any request); `timeouts`; `statuses`, answers by status; `p50_ms`, `p95_ms`,
 * `p99_ms`, `max_ms`, exact over every answer and over what took too long with the time it was waited for (absent without
 * any); `requests_per_second`, those that were answered, over `duration_ms`; `capped`, whether it ended before its time
 * because so many are the most there may be. The headers sent are never among them.
 */
export const httpLoad: Kind<HttpLoadArgs> = {
  name: 'http.load',
  summary:
    'A bounded load of GET on an address the target lists under `load`: how quick, and how many went wrong. Pokes.',
  example: `probe:
  http.load: { url: "https://\${domain}/health/ready", users: 20, for: 1m }
expect:
  - { path: requests, gte: 1000 }
  - { path: error_percent, lt: 1 }
  - { path: p95_ms, lt: 500 }`,
  schema,
  nature: () => 'pokes',
  loads: ({ url }) => url,
  describe: ({ url, users, for: time, rate }) =>
    `${users} ${users === 1 ? 'user' : 'users'} asking for ${url} for ${time}${
      rate === undefined ? '' : `, at most ${rate} a second`
    }`,
  permissions: () => [],
  operations: () => [],
  facts: () => facts,
  run: async ({ url, users, for: time, headers = {}, rate, timeout = '' }, world, { signal }) => {
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const request = {
      url,
      users,
      forMs: parseDuration(time) ?? shortestMs,
      headers: { 'user-agent': 'golive', ...own },
      ...(rate !== undefined && { rate }),
      timeoutMs: parseDuration(timeout) ?? defaultTimeoutMs,
    };
    return { facts: factsOf(await world.load.run(request, signal)), requests: [] };
  },
};

function isSpan(text: string): boolean {
  const ms = parseDuration(text);
  return ms !== undefined && ms >= shortestMs && ms <= longestMs;
}

function factsOf({ requests, errors, timeouts, statuses, latency, durationMs, capped }: LoadAnswer): JsonObject {
  const answered = Object.values(statuses).reduce((sum, each) => sum + each, 0);
  return {
    requests,
    errors,
    // Never rounded to a figure that is better than what was seen.
    ...(requests > 0 && { error_percent: Math.ceil((errors / requests) * 100_000) / 1000 }),
    timeouts,
    statuses: { ...statuses },
    ...(latency !== undefined && {
      p50_ms: tenths(latency.p50),
      p95_ms: tenths(latency.p95),
      p99_ms: tenths(latency.p99),
      max_ms: tenths(latency.max),
    }),
    requests_per_second: durationMs > 0 ? tenths((answered / durationMs) * 1000) : 0,
    duration_ms: Math.round(durationMs),
    capped,
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
