// The websocket kind against a scripted world: what it asks, and which facts it makes of the answer.

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import { checkPath } from '../../src/engine/path-shape.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { websocket, type WebsocketArgs } from '../../src/steps/websocket.ts';
import type { WebsocketAnswer, WebsocketRequest } from '../../src/wire.ts';
import type { World } from '../../src/world.ts';
import { attempt, now, scripted } from './aws-world.ts';
import { catalogue } from './no-catalogue.ts';

const url = 'wss://app.example.com/ws';
const open: WebsocketAnswer = {
  opened: true,
  status: 101,
  protocol: '',
  connectMs: 12.4,
  remoteAddress: '203.0.113.10:443',
};
const saying = (text: string): WebsocketAnswer => ({ ...open, message: { text, binary: false, ms: 3.6 } });

async function look(args: WebsocketArgs, answer = open): Promise<{ facts: JsonObject; asked: WebsocketRequest[] }> {
  const asked: WebsocketRequest[] = [];
  const exchange = async (request: WebsocketRequest): Promise<WebsocketAnswer> => {
    asked.push(request);
    return answer;
  };
  const world: World = { ...scripted({}).world, websockets: { exchange } };
  return { facts: (await websocket.run(websocket.schema.parse(args), world, attempt)).facts, asked };
}

const verdict = (facts: JsonObject, path: string, rest: JsonObject): string =>
  judge([{ path, ...rest }], facts, now).verdict;

test.each<[object, string]>([
  [{}, 'no url'],
  [{ url: 'https://app.example.com/' }, 'another scheme'],
  [{ url: 'wss://me:pw@app.example.com/' }, 'a password in the url'],
  [{ url: 'wss://app.example.com/#there' }, 'a fragment'],
  [{ url, headers: { 'Sec-WebSocket-Key': 'x' } }, 'a header of the handshake'],
  [{ url, headers: { host: 'other' } }, 'another host'],
  [{ url, headers: { 'a b': 'x' } }, 'a header that is none'],
  [{ url, protocols: ['a', 'a'] }, 'a subprotocol twice'],
  [{ url, protocols: ['a b'] }, 'a subprotocol that is none'],
  [{ url, send: { type: 'ping' } }, 'a message that is no text'],
  [{ url, timeout: '6m' }, 'too long a limit'],
  [{ url, connect_to: 'wss://10.0.0.1' }, 'a url to connect to'],
  [{ url, sned: 'x' }, 'an unknown key'],
])('%j is refused: %s', (args) => {
  expect(websocket.schema.safeParse(args).success).toBe(false);
});

test('the request has what was given, and what it is without it', async () => {
  expect((await look({ url })).asked).toEqual([
    { url, headers: { 'user-agent': 'golive' }, protocols: [], receive: true, timeoutMs: 10_000 },
  ]);
  const args = {
    url,
    headers: { Authorization: 't' },
    send: 'hi',
    receive: false,
    connect_to: '10.0.0.1',
    timeout: '2s',
  };
  expect((await look(args)).asked).toEqual([
    {
      url,
      headers: { 'user-agent': 'golive', authorization: 't' },
      protocols: [],
      send: 'hi',
      receive: false,
      connectTo: '10.0.0.1',
      timeoutMs: 2000,
    },
  ]);
});

describe('the facts', () => {
  test('of a message are its text, its JSON and how long it took', async () => {
    const { facts } = await look({ url }, saying('{"type":"pong"}'));
    expect(facts).toEqual({
      opened: true,
      status: 101,
      protocol: '',
      received: 1,
      text: '{"type":"pong"}',
      binary: false,
      json: { type: 'pong' },
      message_ms: 4,
      connect_ms: 12,
      remote_address: '203.0.113.10:443',
    });
    expect(verdict(facts, 'json.type', { eq: 'pong' })).toBe('pass');
    expect(verdict(facts, 'json.type', { eq: 'ping' })).toBe('fail');
  });

  test('of a text that is no JSON say so', async () => {
    const { facts } = await look({ url }, saying('pong'));
    expect(facts['json_error']).toBe('the message is not JSON: pong');
    expect(facts).not.toHaveProperty('json');
    expect((await look({ url }, saying(''))).facts['json_error']).toBe('the message is empty');
  });

  test.each([
    ['text', { contains: 'a' }],
    ['text', { not_matches: 'error' }],
    ['text', { ne: 'error' }],
    ['json.type', { eq: 'pong' }],
    ['json.error', { absent: true }],
    ['received', { gte: 1 }],
    ['message_ms', { lte: 1000 }],
  ])('of silence pass no expectation on the message: %s %j', async (path, rest) => {
    const { facts } = await look({ url });
    expect(facts).toMatchObject({ opened: true, received: 0 });
    for (const name of ['text', 'json', 'json_error', 'message_ms']) expect(facts).not.toHaveProperty(name);
    expect(verdict(facts, path, rest)).not.toBe('pass');
  });

  test('where no message was waited for do not say that there was none', async () => {
    expect((await look({ url, receive: false })).facts).not.toHaveProperty('received');
  });

  test('of a refusal are its status, of a close its code', async () => {
    const refused = (await look({ url }, { ...open, opened: false, status: 403 })).facts;
    expect(refused).toMatchObject({ opened: false, status: 403, received: 0 });
    expect(verdict(refused, 'opened', { eq: true })).toBe('fail');
    expect((await look({ url }, { ...open, closeCode: 1008 })).facts).toMatchObject({ received: 0, close_code: 1008 });
    const liar = { ...open, opened: false, problem: 'Invalid Sec-WebSocket-Accept header' };
    expect((await look({ url }, liar)).facts).toMatchObject({ opened: false, status: 101, problem: liar.problem });
  });

  test('have a shape that knows every one of them', () => {
    const shape = websocket.facts({ url }, catalogue);
    for (const path of ['opened', 'json.a.b', 'close_code', 'message_ms'])
      expect(checkPath(path, shape)).toBeUndefined();
    expect(checkPath('recieved', shape)).toBeDefined();
  });
});

test('it pokes where it sends, and says so without what it sends', () => {
  expect(websocket.nature({ url })).toBe('looks');
  expect(websocket.nature({ url, send: '' })).toBe('pokes');
  const words = websocket.describe({
    url,
    send: 'hunter2',
    headers: { authorization: 'hunter2' },
    connect_to: '10.0.0.1',
  });
  expect(words).toBe('WebSocket wss://app.example.com/ws, connecting to 10.0.0.1; sends one message');
});
