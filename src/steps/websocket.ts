// One WebSocket: whether it opens, and the first message that comes. Silence is a fact, and passes for nothing.

import { z } from 'zod';
import { parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import type { WebsocketAnswer, WebsocketRequest } from '../wire.ts';
import { address, isTimeout } from './http.ts';
import type { Kind } from './kind.ts';
import { longestText, readJson } from './text-facts.ts';

export interface WebsocketArgs {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly protocols?: readonly string[] | undefined;
  /** One message of text. With it, it pokes. */
  readonly send?: string | undefined;
  /** Default true. */
  readonly receive?: boolean | undefined;
  /** `ADDR[:PORT]`, as for `http`: right name, SNI and certificate, other address. */
  readonly connect_to?: string | undefined;
  /** For everything together. Default 10s. */
  readonly timeout?: string | undefined;
}

const defaultTimeoutMs = 10_000;
const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Headers that the handshake itself is made of. */
const handshake = /^(?:host|connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i;

const schema: z.ZodType<WebsocketArgs> = z.strictObject({
  url: z
    .string()
    .refine(isWebsocketUrl, 'Give a whole address: wss://host/path, without a user or password in it, or a #'),
  headers: z
    .record(z.string().regex(token, 'is no name of a header'), z.string())
    .refine((given) => !Object.keys(given).some((name) => handshake.test(name)), 'names a header of the handshake')
    .optional(),
  protocols: z
    .array(z.string().regex(token, 'is no name of a subprotocol'))
    .min(1)
    .max(10)
    .refine((given) => new Set(given).size === given.length, 'Name each subprotocol once')
    .optional()
    .describe('subprotocols to offer, the preferred one first'),
  send: z.string().max(longestText).optional().describe('one message, as text; with it the step pokes'),
  receive: z.boolean().optional().describe('whether to wait for a message; true unless it is given'),
  connect_to: z
    .string()
    .regex(address, 'Give ADDR or ADDR:PORT')
    .optional()
    .describe('ADDR or ADDR:PORT to connect to, with the name and certificate of the url'),
  timeout: z
    .string()
    .refine(isTimeout, 'Give a duration of at most 5m, such as 10s')
    .optional()
    .describe('for everything together, the message included; 10s unless it is given'),
});

const members: Readonly<Record<string, Shape>> = {
  opened: { type: 'boolean' },
  status: { type: 'number' },
  problem: { type: 'string' },
  protocol: { type: 'string' },
  received: { type: 'number' },
  binary: { type: 'boolean' },
  text: { type: 'string' },
  json: { type: 'any' },
  json_error: { type: 'string' },
  connect_ms: { type: 'number' },
  message_ms: { type: 'number' },
  close_code: { type: 'number' },
  remote_address: { type: 'string' },
};

/**
 * Facts: `opened`; `status`, what the upgrade was answered with (101, or that of a refusal), with the `problem` of a 101
 * that opens nothing; `protocol` that was chosen, empty for none; `received`, 1 with a message and 0 with none until the
 * time-out or the end, absent with `receive: false`; of the message `text` (UTF-8; what is not is replaced), `binary`, `json`
 * or `json_error`, and `message_ms` after it was open and ours was sent; `close_code` when the other side closed, 1006 when
 * it did so without a word; `connect_ms`, `remote_address`. The headers sent are never among them.
 */
export const websocket: Kind<WebsocketArgs> = {
  name: 'websocket',
  summary: 'One WebSocket: does it open, and what is the first message. Looks, and pokes where it sends one.',
  example: `probe:
  websocket: { url: "wss://\${domain}/ws", send: '{"type":"ping"}', timeout: 5s }
expect:
  - { path: opened, eq: true }
  - { path: json.type, eq: pong }`,
  schema,
  nature: ({ send }) => (send === undefined ? 'looks' : 'pokes'),
  describe: ({ url, send, connect_to }) =>
    `WebSocket ${url}${connect_to === undefined ? '' : `, connecting to ${connect_to}`}${
      send === undefined ? '' : '; sends one message'
    }`,
  permissions: () => [],
  operations: () => [],
  facts: () => ({
    type: 'structure',
    members: () => members,
    required: ['opened', 'status', 'protocol', 'connect_ms', 'remote_address'],
  }),
  run: async (args, world, { signal }) => {
    const answer = await world.websockets.exchange(requestOf(args), signal);
    return { facts: factsOf(args, answer), requests: [] };
  },
};

function isWebsocketUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return (protocol === 'wss:' || protocol === 'ws:') && username === '' && password === '' && hash === '';
}

function requestOf(args: WebsocketArgs): WebsocketRequest {
  const { url, headers = {}, protocols = [], send, receive = true, connect_to: connectTo, timeout = '' } = args;
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    url,
    headers: { 'user-agent': 'golive', ...own },
    protocols,
    ...(send !== undefined && { send }),
    receive,
    ...(connectTo !== undefined && { connectTo }),
    timeoutMs: parseDuration(timeout) ?? defaultTimeoutMs,
  };
}

function factsOf({ receive = true }: WebsocketArgs, answer: WebsocketAnswer): JsonObject {
  const { opened, status, problem, protocol, message, closeCode, connectMs, remoteAddress } = answer;
  return {
    opened,
    status,
    ...(problem !== undefined && { problem }),
    protocol,
    ...((receive || message !== undefined) && { received: message === undefined ? 0 : 1 }),
    ...(message !== undefined && {
      text: message.text.slice(0, longestText),
      binary: message.binary,
      ...readJson(message.text, 'the message'),
      message_ms: Math.round(message.ms),
    }),
    ...(closeCode !== undefined && { close_code: closeCode }),
    connect_ms: Math.round(connectMs),
    remote_address: remoteAddress,
  };
}
