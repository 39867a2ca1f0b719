// One request over HTTP and what came back. Redirects are facts, not something to follow silently.

import { z } from 'zod';
import { durationUpTo, parseDuration } from '../engine/duration.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import type { HttpRequest, HttpResponse } from '../world.ts';
import { bodyFacts, headerFacts } from './http-facts.ts';
import type { Kind } from './kind.ts';

export interface HttpArgs {
  readonly url: string;
  /** Default GET. Everything but GET, HEAD and OPTIONS pokes. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: Json | undefined;
  readonly body?: string | undefined;
  /** `ADDR[:PORT]`, curl's `--connect-to`: right name, SNI and certificate, other address. */
  readonly connect_to?: string | undefined;
  /** For the whole exchange, redirects included. Default 10s. */
  readonly timeout?: string | undefined;
  readonly follow?: number | undefined;
}

const looking = ['GET', 'HEAD', 'OPTIONS'];
const methods = [...looking, 'POST', 'PUT', 'PATCH', 'DELETE'];
/** `ADDR[:PORT]`, as `connect_to` takes it. */
export const address = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::\d{1,5})?$/;
const longestTimeoutMs = 300_000;
/** A duration that a request may take. */
export const isTimeout = durationUpTo(longestTimeoutMs);
const defaultTimeoutMs = 10_000;

const schema: z.ZodType<HttpArgs> = z
  .strictObject({
    url: z.string().refine(isHttpUrl, 'Give a whole address: https://host/path, without a user or password in it'),
    method: z.enum(methods).optional().describe('GET unless it is given'),
    headers: z.record(z.string(), z.string()).optional(),
    json: z.json().optional().describe('the body, sent as JSON'),
    body: z.string().optional(),
    connect_to: z
      .string()
      .regex(address, 'Give ADDR or ADDR:PORT')
      .optional()
      .describe('ADDR or ADDR:PORT to connect to, with the name and certificate of the url'),
    timeout: z
      .string()
      .refine(isTimeout, 'Give a duration of at most 5m, such as 10s')
      .optional()
      .describe('for the whole exchange; 10s unless it is given'),
    follow: z.int().min(0).max(5).optional().describe('how many redirects to follow; none unless it is given'),
  })
  .refine((args) => args.json === undefined || args.body === undefined, 'Give either json or body, not both');

const facts: Shape = {
  type: 'structure',
  members: () => ({
    status: { type: 'number' },
    headers: { type: 'map', of: () => ({ type: 'any' }) },
    text: { type: 'string' },
    truncated: { type: 'boolean' },
    json: { type: 'any' },
    json_error: { type: 'string' },
    url: { type: 'string' },
    remote_address: { type: 'string' },
    total_ms: { type: 'number' },
    tls: { type: 'structure', members: () => tlsMembers },
  }),
  required: ['status', 'headers', 'text', 'truncated', 'url', 'remote_address', 'total_ms'],
};
const tlsMembers: Readonly<Record<string, Shape>> = {
  protocol: { type: 'string' },
  subject: { type: 'string' },
  issuer: { type: 'string' },
  valid_to: { type: 'time' },
};

/**
 * Facts: `status`; `headers` by snake_case name (`content_type`; a list where a header repeats; cookies without their
 * values); `text`, at most 64 KiB, with `truncated`; `json`, or `json_error` saying why there is none; `url`,
 * `remote_address`, `total_ms`; `tls` over HTTPS. The request's own headers are never among them.
 */
export const http: Kind<HttpArgs> = {
  name: 'http',
  summary: 'One HTTP request: status, headers, body, certificate. GET, HEAD and OPTIONS look; other methods poke.',
  example: `probe:
  http: { url: "https://\${domain}/health/ready", connect_to: "\${alb.DNSName}" }
expect:
  - { path: status, eq: 200 }
  - { path: json.ok, eq: true }`,
  schema,
  // A method that is still a template is taken for a poke: that is the careful side.
  nature: ({ method = 'GET' }) => (looking.includes(method) ? 'looks' : 'pokes'),
  describe: ({ method = 'GET', url, connect_to }) =>
    `${method} ${url}${connect_to === undefined ? '' : `, connecting to ${connect_to}`}`,
  permissions: () => [],
  operations: () => [],
  facts: () => facts,
  run: async (args, world, attempt) => {
    const response = await world.http.send(requestOf(args), attempt.signal);
    return { facts: factsOf(args, response), requests: [] };
  },
};

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

function requestOf(args: HttpArgs): HttpRequest {
  const { method = 'GET', url, json, body = json === undefined ? undefined : JSON.stringify(json), connect_to } = args;
  const own = Object.fromEntries(
    Object.entries(args.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const implied = { 'user-agent': 'golive', ...(json === undefined ? {} : { 'content-type': 'application/json' }) };
  return {
    method,
    url,
    headers: { ...implied, ...own },
    ...(body === undefined ? {} : { body }),
    ...(connect_to === undefined ? {} : { connectTo: connect_to }),
    timeoutMs: parseDuration(args.timeout ?? '') ?? defaultTimeoutMs,
    follow: args.follow ?? 0,
  };
}

function factsOf(args: HttpArgs, response: HttpResponse): JsonObject {
  const { tls } = response;
  return {
    status: response.status,
    headers: headerFacts(response.headers),
    ...bodyFacts(response),
    url: response.url ?? new URL(args.url).href,
    remote_address: response.remoteAddress,
    total_ms: Math.round(response.totalMs),
    ...(tls === undefined
      ? {}
      : { tls: { protocol: tls.protocol, subject: tls.subject, issuer: tls.issuer, valid_to: tls.validTo } }),
  };
}
