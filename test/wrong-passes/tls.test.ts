// Goal: that our own TLS library does not speak a version is never taken for a refusal by the server.
// Method: servers of every sort on loopback, looked at through a whole rehearsal: verdict, exit code, words.

import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alert, closeServers, floor, newAuthority, serverHello, tlsServer, type Leaf } from '../effects/tls-servers.ts';
import { play } from './given.ts';

let leaf: Leaf;

beforeAll(async () => {
  leaf = await (await newAuthority()).issue(['app.navralabs.com']);
});

afterAll(closeServers);

const floorOf = (port: number): string => `- id: floor
  title: Nothing below TLS 1.2 is spoken
  probe: { tls: { host: app.navralabs.com, connect_to: "127.0.0.1:${port}", versions: [TLSv1.1] } }
  expect: [{ path: "versions[]", all: { path: accepted, eq: false } }]`;

const says = (bytes: readonly number[]) => (socket: Socket) => void socket.write(Buffer.from(bytes));

describe('wrong pass 17: TLS 1.1', () => {
  test.each([
    ['because it was answered in a version we did not offer', says(serverHello(3, [0, 0x2f])), /unsupported protocol/],
    [
      'because it was answered with a cipher we no longer have',
      says(serverHello(2, [0, 5])),
      /unknown cipher returned/,
    ],
    ['because of trouble of the server that is no word about the version', says(alert(80)), /alert internal error/],
    ['because the connection was lost', (socket: Socket) => void socket.resetAndDestroy(), /connection reset/],
  ])('not spoken %s is an error', async (_, refuse, words) => {
    const port = await floor(await tlsServer(leaf), refuse);
    const played = await play(floorOf(port));
    expect([played.exit, played.verdicts]).toEqual([2, { floor: 'error' }]);
    expect(played.screen.replace(/\s+/g, ' ')).toMatch(words);
  });

  test('spoken by a server, although our library at its own limits would not speak to it, is a fail', async () => {
    const played = await play(floorOf(await tlsServer({ ...leaf, minVersion: 'TLSv1.1' }, true)));
    expect([played.exit, played.verdicts]).toEqual([1, { floor: 'fail' }]);
    expect(played.screen).toMatch(/observed +1 of 1: true/);
  });

  test('refused by the server is a pass', async () => {
    const played = await play(floorOf(await tlsServer({ ...leaf, minVersion: 'TLSv1.2' })));
    expect([played.exit, played.verdicts]).toEqual([0, { floor: 'pass' }]);
  });
});

test('a certificate nobody vouches for is a fail, however well the handshake went', async () => {
  const played = await play(`- id: certificate
  title: The certificate is believed
  probe: { tls: { host: app.navralabs.com, connect_to: "127.0.0.1:${await tlsServer(leaf)}" } }
  expect: [{ path: authorized, eq: true }]`);
  expect([played.exit, played.verdicts]).toEqual([1, { certificate: 'fail' }]);
});
