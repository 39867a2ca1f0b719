// The tls kind against a scripted world: what it offers, and which facts it makes of the answers.

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import { checkPath } from '../../src/engine/path-shape.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { tls, type TlsArgs } from '../../src/steps/tls.ts';
import { BlindError } from '../../src/errors.ts';
import type { TlsRequest, TlsSession } from '../../src/wire.ts';
import type { World } from '../../src/world.ts';
import { noDns, noPrograms, untouched } from '../support/outside.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const unused = (): never => {
  throw new Error('a handshake needs nothing else');
};

const own = {
  subject: 'app.example.com',
  issuer: 'Example CA 3',
  names: ['app.example.com', '*.app.example.com'],
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: '2026-09-01T00:00:00.000Z',
};
const middle = {
  subject: 'Example CA 3',
  issuer: 'Example Root',
  names: [],
  validFrom: '2020-01-01T00:00:00.000Z',
  validTo: '2026-03-11T00:00:00.000Z',
};
const good: TlsSession = {
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  authorized: true,
  coversHost: true,
  chain: [own, middle],
  remoteAddress: '203.0.113.10:443',
};

type Handshake = (request: TlsRequest) => TlsSession | { readonly refused: string };

async function look(
  args: TlsArgs,
  answer: Handshake = () => good,
): Promise<{ facts: JsonObject; asked: TlsRequest[] }> {
  const asked: TlsRequest[] = [];
  const world: World = {
    http: { send: unused },
    dns: noDns,
    programs: noPrograms,
    ...untouched,
    tls: {
      handshake: async (request) => {
        asked.push(request);
        return answer(request);
      },
    },
    aws: { read: unused },
    clock: { now: unused, sleep: unused, task: unused, rest: unused },
  };
  const { facts } = await tls.run(args, world, { signal: new AbortController().signal, fresh: false });
  return { facts, asked };
}

const refusing =
  (...refused: readonly string[]): Handshake =>
  ({ version }) =>
    version !== undefined && refused.includes(version)
      ? { refused: 'protocol_version' }
      : { ...good, protocol: version ?? good.protocol };

test('a handshake goes to port 443 with ten seconds of time unless other ones are given', async () => {
  expect((await look({ host: 'app.example.com' })).asked).toEqual([
    { host: 'app.example.com', port: 443, timeoutMs: 10_000 },
  ]);
  const given = { host: 'app.example.com', port: 8443, connect_to: '10.0.0.7', timeout: '3s' };
  expect((await look(given)).asked).toEqual([
    { host: 'app.example.com', port: 8443, connectTo: '10.0.0.7', timeoutMs: 3000 },
  ]);
});

describe('facts', () => {
  test('are those of the own certificate and of the first in the chain to expire', async () => {
    const { facts } = await look({ host: 'app.example.com' });
    expect(facts).toEqual({
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      authorized: true,
      subject: 'app.example.com',
      issuer: 'Example CA 3',
      names: ['app.example.com', '*.app.example.com'],
      covers_host: true,
      valid_from: own.validFrom,
      valid_to: own.validTo,
      earliest_expiry: middle.validTo,
      chain_expires: 'Example CA 3',
      chain: [
        { subject: 'app.example.com', issuer: 'Example CA 3', valid_to: own.validTo },
        { subject: 'Example CA 3', issuer: 'Example Root', valid_to: middle.validTo },
      ],
      remote_address: '203.0.113.10:443',
    });
    const longEnough = (path: string): string => judge([{ path, from_now: { gte: '30d' } }], facts, now).verdict;
    expect([longEnough('valid_to'), longEnough('earliest_expiry')]).toEqual(['pass', 'fail']);
  });

  test('say what is wrong with a certificate', async () => {
    const bad = { ...good, authorized: false, problem: 'has expired', coversHost: false };
    const { facts } = await look({ host: 'app.example.com' }, () => bad);
    expect(facts).toMatchObject({ authorized: false, problem: 'has expired', covers_host: false });
    expect(judge([{ path: 'authorized', eq: true }], facts, now).verdict).toBe('fail');
  });

  test('all lie within the shape that paths are checked against', async () => {
    const args: TlsArgs = { host: 'app.example.com', versions: ['TLSv1.2'] };
    const catalogue = {
      services: [],
      operations: () => [],
      shapes: () => undefined,
      refusal: () => undefined,
      changes: () => [],
      changeRefusal: () => undefined,
    };
    const shape = tls.facts(args, catalogue);
    const { facts } = await look(args, () => ({ ...good, problem: 'has expired' }));
    for (const name of Object.keys(facts)) expect(checkPath(name, shape)).toBeUndefined();
    expect(checkPath('versions[].accepted', shape)).toBeUndefined();
    expect(checkPath('chain[].valid_to', shape)).toBeUndefined();
    expect(checkPath('authorised', shape)).toContain('did you mean authorized?');
    expect(checkPath('versions[].accepted', tls.facts({ host: 'app.example.com' }, catalogue))).toContain('versions');
  });
});

describe('versions', () => {
  const args: TlsArgs = { host: 'app.example.com', versions: ['TLSv1', 'TLSv1.1', 'TLSv1.2'] };
  const floor = [
    { path: 'versions[]', where: { version: 'TLSv1.2' }, all: { path: 'accepted', eq: true } },
    { path: "versions[?version!='TLSv1.2']", all: { path: 'accepted', eq: false } },
  ];

  test('are offered alone, after what a client of today offers', async () => {
    const { asked } = await look(args);
    expect(asked.map(({ version }) => version)).toEqual([undefined, 'TLSv1', 'TLSv1.1', 'TLSv1.2']);
  });

  test('are accepted or refused, each with what the server said', async () => {
    const { facts } = await look(args, refusing('TLSv1', 'TLSv1.1'));
    expect(facts['versions']).toEqual([
      { version: 'TLSv1', accepted: false, said: 'protocol_version' },
      { version: 'TLSv1.1', accepted: false, said: 'protocol_version' },
      { version: 'TLSv1.2', accepted: true, said: 'TLSv1.2 with TLS_AES_128_GCM_SHA256' },
    ]);
    expect(judge(floor, facts, now).verdict).toBe('pass');
    expect(judge(floor, (await look(args, refusing('TLSv1'))).facts, now).verdict).toBe('fail');
  });

  test('one of which could not be offered are no facts at all', async () => {
    const unclear: Handshake = ({ version }) => {
      if (version === 'TLSv1.1') throw new BlindError('tls', 'our own TLS library broke off');
      return refusing('TLSv1')({ host: '', port: 443, timeoutMs: 0, ...(version && { version }) });
    };
    await expect(look(args, unclear)).rejects.toThrow('our own TLS library broke off');
  });
});

test('a server that refuses a client of today cannot be looked at', async () => {
  const refused = look({ host: 'old.example.com' }, () => ({ refused: 'protocol_version' }));
  await expect(refused).rejects.toMatchObject({ name: 'BlindError', code: 'tls' });
  await expect(refused).rejects.toThrow('old.example.com:443 refused what a client of today offers: protocol_version');
});

test.each([
  [{ host: 'https://app.example.com' }],
  [{ host: 'app.example.com:443' }],
  [{ host: 'app.example.com/x' }],
  [{ host: '' }],
  [{ host: 'app.example.com', port: 0 }],
  [{ host: 'app.example.com', port: 70_000 }],
  [{ host: 'app.example.com', versions: [] }],
  [{ host: 'app.example.com', versions: ['SSLv3'] }],
  [{ host: 'app.example.com', versions: ['TLSv1', 'TLSv1'] }],
  [{ host: 'app.example.com', timeout: '1h' }],
  [{ host: 'app.example.com', connect_to: 'https://x' }],
  [{ host: 'app.example.com', server: 'x' }],
])('%j is not taken', (args) => {
  expect(tls.schema.safeParse(args).success).toBe(false);
});

test.each([[{ host: 'app.example.com' }], [{ host: '203.0.113.10', port: 8443 }], [{ host: '2001:db8::1' }]])(
  '%j is taken',
  (args) => {
    expect(tls.schema.safeParse(args).success).toBe(true);
  },
);

test('what it will do is said in words', () => {
  expect(tls.describe({ host: 'app.example.com', connect_to: '10.0.0.7', versions: ['TLSv1', 'TLSv1.1'] })).toBe(
    'TLS handshake with app.example.com:443, connecting to 10.0.0.7; then offers TLSv1, TLSv1.1, each alone',
  );
  expect(tls.nature({ host: 'app.example.com' })).toBe('looks');
});
