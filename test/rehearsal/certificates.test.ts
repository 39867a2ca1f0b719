// The certificates of a rehearsal: what they are for, until when, and that a change of the world changes them.

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeAuthority } from '../../src/rehearsal/certificates.ts';
import { startStandIn, type StandIn } from '../../src/rehearsal/stand-in.ts';
import { givenStandIn, givenWorld } from './given.ts';

const start = Date.parse('2026-03-03T11:00:00Z');
const day = 86_400_000;

/** The certificate a server shows to who asks for this name, whatever it is worth. Without a name: undefined. */
function shown(standIn: StandIn, servername?: string, port = standIn.https.port): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      ...(servername === undefined ? {} : { servername }),
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate === undefined) reject(new Error('no certificate'));
      else resolve(certificate);
    });
  });
}

const certificate = (patch: { readonly names?: string[]; readonly lasts?: string }) => ({
  application: { certificate: patch },
});

describe("the load balancer's certificate", () => {
  test('is for the domains, for two hundred days by the clock of the rehearsal, and from the authority', async () => {
    const standIn = await givenStandIn();
    const seen = await shown(standIn, 'app.navralabs.com');
    const authority = new X509Certificate(standIn.caPem);
    expect(seen.subjectAltName).toBe('DNS:app.navralabs.com');
    expect(Date.parse(seen.validFrom)).toBe(start - day);
    expect(Date.parse(seen.validTo)).toBe(start + 200 * day);
    expect(seen.verify(authority.publicKey)).toBe(true);
    expect(Date.parse(authority.validTo)).toBeGreaterThan(start + 3000 * day);
  });

  test.each([
    ['another name', { names: ['old.navralabs.com'] }, 'DNS:old.navralabs.com', 200],
    ['several names', { names: ['a.example', '*.b.example'] }, 'DNS:a.example, DNS:*.b.example', 200],
    ['a short time', { lasts: '5d' }, 'DNS:app.navralabs.com', 5],
  ])('may be for %s', async (_, patch, names, days) => {
    const seen = await shown(await givenStandIn(certificate(patch)), 'app.navralabs.com');
    expect(seen.subjectAltName).toBe(names);
    expect(Date.parse(seen.validTo)).toBe(start + days * day);
  });

  test('is another one from the next connection on when the world changes, and the same one otherwise', async () => {
    const standIn = await givenStandIn();
    const first = await shown(standIn, 'app.navralabs.com');
    expect((await shown(standIn, 'app.navralabs.com')).fingerprint256).toBe(first.fingerprint256);
    standIn.applyPatch(certificate({ names: ['other.example'] }));
    expect((await shown(standIn, 'app.navralabs.com')).subjectAltName).toBe('DNS:other.example');
    standIn.applyPatch(certificate({ names: ['app.navralabs.com'], lasts: '12h' }));
    expect(Date.parse((await shown(standIn, 'app.navralabs.com')).validTo)).toBe(start + day / 2);
  });

  test('is shown to who names no host, too', async () => {
    expect((await shown(await givenStandIn())).subjectAltName).toBe('DNS:app.navralabs.com');
  });

  test('has run out when a rehearsal goes on after its end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const world = givenWorld(certificate({ lasts: '5d' }));
    const first = await startStandIn({ world, folder, now: () => start });
    await first.close();
    const second = await startStandIn({ world, folder, now: () => start + 7 * day });
    onTestFinished(() => second.close());
    expect(Date.parse((await shown(second, 'app.navralabs.com')).validTo)).toBe(start + 5 * day);
  });
});

test('an authority made for two clocks holds by both of them', async () => {
  const [early, late] = [Date.parse('2020-01-01T00:00:00Z'), Date.parse('2031-01-01T00:00:00Z')];
  const authority = new X509Certificate((await makeAuthority(late, early)).caPem);
  expect(authority.ca).toBe(true);
  expect(Date.parse(authority.validFrom)).toBeLessThan(early);
  expect(Date.parse(authority.validTo)).toBeGreaterThan(late + 3000 * day);
});
