// Goal: a message gets to a webhook, or there are words for why not that do not have its address. Method: real servers.

import { createServer } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openCouriers, webhooksIn } from '../../src/effects/webhooks.ts';
import { someNotice, webhook, type TestWebhook } from '../support/webhook.ts';
import { closeServers, listening, newAuthority } from './tls-servers.ts';

const never = new AbortController().signal;
const open: TestWebhook[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function serving(...answer: Parameters<typeof webhook>): Promise<TestWebhook> {
  const made = await webhook(...answer);
  open.push(made);
  return made;
}

function send(url: string, more: { readonly timeoutMs?: number; readonly variable?: string } = {}) {
  const { variable = 'GOLIVE_WEBHOOK', ...options } = more;
  const [courier] = openCouriers({ env: { [variable]: url }, ...options });
  if (courier === undefined) throw new Error('no courier');
  return courier.send(someNotice(), never);
}

describe('a webhook that takes it', () => {
  it('gets one POST of JSON', async () => {
    const there = await serving();
    expect(await send(there.url)).toBeUndefined();
    expect(there.received).toHaveLength(1);
    const [{ method, path, headers, body } = { method: '', path: '', headers: {}, body: '' }] = there.received;
    expect([method, path, headers['content-type']]).toEqual([
      'POST',
      '/services/T0CANARY/B0CANARY/Zq7wS9canary',
      'application/json; charset=utf-8',
    ]);
    expect(JSON.parse(body)).toEqual(someNotice());
  });

  it('gets Slack’s form where the variable is Slack’s', async () => {
    const there = await serving();
    expect(await send(there.url, { variable: 'GOLIVE_SLACK_WEBHOOK' })).toBeUndefined();
    expect(JSON.parse(there.received[0]?.body ?? '{}')).toMatchObject({ text: someNotice().text, mrkdwn: false });
  });
});

describe('a webhook that does not', () => {
  it('is not followed to where it leads', async () => {
    const elsewhere = await serving();
    const there = await serving((response) => response.writeHead(307, { location: elsewhere.url }).end());
    const failed = await send(there.url);
    expect(failed).toEqual({ failed: 'answered 307, and redirects are not followed', again: false });
    expect(elsewhere.received).toEqual([]);
  });

  it.each([
    [500, true],
    [503, true],
    [429, true],
    [404, false],
    [403, false],
  ])('answers %i: tried again %s', async (status, again) => {
    const there = await serving((response) => response.writeHead(status).end());
    expect(await send(there.url)).toEqual({ failed: `answered ${status}`, again });
  });

  it('hangs, and is given up', async () => {
    const there = await serving('hang');
    expect(await send(there.url, { timeoutMs: 50 })).toEqual({ failed: 'gave no answer within 0.05 s', again: true });
    expect(there.received).toHaveLength(1);
  });

  it('is not there', async () => {
    const there = await webhook();
    await there.close();
    expect(await send(there.url)).toEqual({ failed: 'cannot be reached', again: true });
  });

  it('has a name that nobody knows', async () => {
    // No label of a name is that long, so that nobody else is asked for it.
    const failed = await send(`https://${'a'.repeat(64)}.test/T0CANARY`);
    expect(failed).toEqual({ failed: 'cannot be reached', again: true });
  });

  it('is left alone once the session is over', async () => {
    const there = await serving('hang');
    const [courier] = openCouriers({ env: { GOLIVE_WEBHOOK: there.url } });
    const failed = await courier?.send(someNotice(), AbortSignal.abort());
    expect(failed?.again).toBe(false);
  });
});

describe('a webhook over TLS', () => {
  const received: string[] = [];
  let [url, ca] = ['', ''];
  beforeAll(async () => {
    const authority = await newAuthority('nobody knows it');
    ca = authority.cert;
    const server = createServer(await authority.issue(['localhost']), (request, response) => {
      request.on('data', (bytes: Buffer) => void received.push(bytes.toString('utf8')));
      request.on('end', () => response.end('ok'));
    });
    url = `https://localhost:${await listening(server)}/T0CANARY`;
  });
  afterAll(closeServers);

  it('gets it where its certificate is trusted', async () => {
    expect(await openCouriers({ env: { GOLIVE_WEBHOOK: url }, ca })[0]?.send(someNotice(), never)).toBeUndefined();
    expect(received.map((text) => JSON.parse(text))).toEqual([someNotice()]);
    received.length = 0;
  });

  it('whose certificate nobody vouches for gets nothing', async () => {
    expect(await send(url)).toEqual({
      failed: 'is not believed: its certificate or its TLS is no good',
      again: false,
    });
    expect(received).toEqual([]);
  });
});

describe('an address that is no good', () => {
  it.each([
    ['hooks.example.test/T0CANARY', 'has no whole address (https://…)'],
    ['http://hooks.example.test/T0CANARY', 'has an address that is not https'],
    ['http://127.0.0.1.example.test/T0CANARY', 'has an address that is not https'],
    ['ftp://127.0.0.1/T0CANARY', 'has an address that is not https'],
    ['https://ada:pw@hooks.example.test/', 'has a user or password in its address, which golive does not send'],
  ])('%s sends nothing, and says why without itself', async (url, wrong) => {
    expect(await send(url)).toEqual({ failed: wrong, again: false });
    expect(webhooksIn({ GOLIVE_WEBHOOK: url })).toEqual([{ variable: 'GOLIVE_WEBHOOK', name: 'the webhook', wrong }]);
  });

  it('is none where the variable is empty', () => {
    expect(webhooksIn({ GOLIVE_WEBHOOK: '' })).toEqual([]);
    expect(openCouriers({ env: { GOLIVE_SLACK_WEBHOOK: '' } })).toEqual([]);
  });
});
