// SSH signatures against the real ssh-keygen, both ways, and the one blob that is acceptable.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ed25519Key, fingerprint, keyBytes } from '../../src/log/public-key.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { armour, namespaces, signingKey, unarmour, verifyEd25519 } from '../../src/log/sshsig.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const keygen = (args: string[], input?: Uint8Array | string): string =>
  execFileSync('ssh-keygen', args, { cwd: folder, input: input ?? '', stdio: ['pipe', 'pipe', 'pipe'] }).toString();

describe('a signature', () => {
  it('made here is good for ssh-keygen, and not in another namespace', async () => {
    const signer = throwAwaySigner('ada@example.com');
    const message = Buffer.from('what is signed\n');
    writeFileSync(join(folder, 'people'), `ada@example.com ${signer.publicKey}\n`);
    writeFileSync(join(folder, 'ours.sig'), armour(await signer.sign(namespaces.seal, message)));
    const verify = (namespace: string): string =>
      keygen(['-Y', 'verify', '-f', 'people', '-I', 'ada@example.com', '-n', namespace, '-s', 'ours.sig'], message);
    expect(verify(namespaces.seal)).toContain('Good "golive.seal" signature for ada@example.com');
    expect(() => verify(namespaces.grant)).toThrow();
  });

  it('made by ssh-keygen is good here, and not in another namespace or over another message', () => {
    keygen(['-q', '-t', 'ed25519', '-N', '', '-C', 'x', '-f', 'theirs']);
    const line = readFileSync(join(folder, 'theirs.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    const message = Buffer.from('what is signed\n');
    const blob = unarmour(keygen(['-Y', 'sign', '-n', namespaces.grant, '-f', 'theirs'], message));
    const key = { line, object: ed25519Key(line) };
    expect(signingKey(blob)).toBe(line);
    expect(verifyEd25519(key, namespaces.grant, message, blob)).toBe(true);
    expect(verifyEd25519(key, namespaces.seal, message, blob)).toBe(false);
    expect(verifyEd25519(key, namespaces.grant, Buffer.from('something else'), blob)).toBe(false);
    expect(keygen(['-l', '-f', 'theirs.pub'])).toContain(fingerprint(line));
  });

  it('of another type of key is taken apart, but never good for a session', () => {
    keygen(['-q', '-t', 'ecdsa', '-N', '', '-C', 'x', '-f', 'curve']);
    const blob = unarmour(keygen(['-Y', 'sign', '-n', namespaces.event, '-f', 'curve'], 'm'));
    const line = signingKey(blob);
    expect(line).toMatch(/^ecdsa-sha2-nistp256 /);
    expect(() => ed25519Key(line)).toThrow('not an Ed25519 key');
  });

  it('is refused when any byte of it differs from the one acceptable blob', async () => {
    const signer = throwAwaySigner('ada@example.com');
    const key = { line: signer.publicKey, object: ed25519Key(signer.publicKey) };
    const message = Buffer.from('m');
    const blob = Buffer.from(await signer.sign(namespaces.event, message));
    const accepted = [...blob.keys()].filter((at) => {
      const bent = Buffer.from(blob);
      bent[at] = (bent[at] ?? 0) ^ 1;
      return verifyEd25519(key, namespaces.event, message, bent);
    });
    expect(accepted).toEqual([]);
    expect(verifyEd25519(key, namespaces.event, message, Buffer.concat([blob, Buffer.of(0)]))).toBe(false);
    expect(verifyEd25519(key, namespaces.event, message, Buffer.of())).toBe(false);
  });
});

it.each(['', 'ssh-ed25519', 'ssh-ed25519 !!!', 'ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA', 'ssh-ed25519 AAAA comment too'])(
  'a key is not %j',
  (line) => {
    expect(() => keyBytes(line)).toThrow(expect.objectContaining({ code: 'log' }));
  },
);
