// Goal: allowed-signers files hold nothing that ssh-keygen would skip in silence, nor one key for two people. Method:
// each line is read here and by the real ssh-keygen, which have to agree on whether it lets the key sign.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allowedSignersProblems, isValidAt, readAllowedSigners } from '../../src/log/allowed-signers.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function newKey(type: string): string {
  const file = join(folder, type);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}
const key = newKey('ed25519');
const ecdsa = newKey('ecdsa');
const rsa = newKey('rsa');
const base64 = key.split(' ')[1] ?? '';
const signed = execFileSync('ssh-keygen', ['-Y', 'sign', '-n', 'golive.grant', '-f', join(folder, 'ed25519')], {
  input: 'm',
  stdio: 'pipe',
});
writeFileSync(join(folder, 'signature'), signed);

/** Whether ssh-keygen finds `ada@example.com` behind the signature, on that day. */
function keygenTakes(line: string): boolean {
  writeFileSync(join(folder, 'people'), `# first\n${line}\n`);
  const args = ['-Y', 'verify', '-f', 'people', '-I', 'ada@example.com', '-n', 'golive.grant', '-s', 'signature'];
  const ran = spawnSync('ssh-keygen', [...args, '-Overify-time=20261120090000'], {
    cwd: folder,
    input: 'm',
    env: { PATH: process.env['PATH'], TZ: 'UTC' },
  });
  return ran.status === 0;
}

describe('an allowed-signers file', () => {
  it.each(['', '# a remark', ' \t# a remark', '\t'])('may hold the line %j', (line) => {
    expect(readAllowedSigners(`${line}\r\n`)).toEqual({ entries: [], problems: [] });
  });

  it.each([
    [`ada@example.com ${key}`, '', 1],
    [`ada@example.com ${key} with a "comment`, '', 1],
    [`\t "ada@example.com"\t${key}\r`, '', 1],
    [`ada@example.com namespaces="golive.grant,golive.seal" ${key}`, 'namespaces="golive.grant,golive.seal"', 1],
    [
      `ada@example.com Valid-After="20260101",NAMESPACES="golive.*"  ${key}`,
      'Valid-After="20260101",NAMESPACES="golive.*"',
      1,
    ],
    [`ada@example.com valid-before="20270101Z" ${key}`, 'valid-before="20270101Z"', 1],
    [`ada@example.com valid-before="202701010930UTC" ${key}`, 'valid-before="202701010930UTC"', 1],
    [`ada@example.com valid-before="20270101093059" ${key}`, 'valid-before="20270101093059"', 1],
  ])('names a person and a key with the line %j, as ssh-keygen reads it', (line, options, at) => {
    const { entries, problems } = readAllowedSigners(line);
    expect(problems).toEqual([]);
    expect(entries).toEqual([{ line: at, principals: ['ada@example.com'], options, key, authority: false }]);
    expect(keygenTakes(line)).toBe(true);
  });

  it('takes every type of key, and the key of an authority for several people', () => {
    const lines = [
      `ada ${rsa}`,
      `bob ${ecdsa}`,
      `ada,bob cert-authority,namespaces="a,cert-authority" ${key}`,
      'eve namespaces="cert-authority,b" sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAICFo/k5LU8863u66YC9eUO2170QduohPURkQnbLa/dczAAAABHNzaDo=',
    ];
    const { entries, problems } = readAllowedSigners(lines.join('\n'));
    expect(problems).toEqual([]);
    expect(entries.map(({ line, authority }) => [line, authority])).toEqual([
      [1, false],
      [2, false],
      [3, true],
      [4, false],
    ]);
  });

  it.each([
    [`* ${key}`, 1, 'pattern', true],
    [`*@example.com ${key}`, 1, 'pattern', true],
    [`ada@example.com,!eve ${key}`, 1, 'pattern', true],
    [`ada@example.co? ${key}`, 1, 'pattern', true],
    [`"*@example.com" ${key}`, 1, 'pattern', true],
    [`ada@example.com,ada ${key}`, 1, 'that of ada@example.com and of ada, and one key is one person', true],
    [`"ada@example.com ${key}`, 1, 'begins with names', false],
    [`ada@example.com, bob ${key}`, 1, 'begins with names', false],
    [`\uFEFFada@example.com ${key}`, 1, 'begins with names', false],
    [`\u00a0ada@example.com ${key}`, 1, 'begins with names', false],
    [`\u0000ada@example.com ${key}`, 1, 'control character', false],
    [`ada@example.com\u000b${key}`, 16, 'control character', false],
    [`ada@example.com namespaces="golive.grant" valid-before="20270101" ${key}`, 43, 'no key of a known type', false],
    [`ada@example.com namespace="a" ${key}`, 17, 'not understood', false],
    [`ada@example.com namespaces="golive.grant ${key}`, 17, 'not understood', false],
    [`ada@example.com namespaces="golive.grant,a\\"b" ${key}`, 17, 'not understood', true],
    [`ada@example.com cert-authority, ${key}`, 17, 'not understood', false],
    [
      `ada@example.com namespaces="golive.grant",namespaces="golive.grant" ${key}`,
      17,
      'namespaces stands there twice',
      false,
    ],
    [`ada@example.com valid-before="2027-01-01" ${key}`, 17, 'valid-before is not a date', false],
    [`ada@example.com valid-before="20271301" ${key}`, 17, 'valid-before is not a date', false],
    [`ada@example.com valid-before="20270231" ${key}`, 17, 'valid-before is not a date', true],
    [`ada@example.com valid-after="2026" ${key}`, 17, 'valid-after is not a date', false],
    [`ada@example.com valid-after="20270101",valid-before="20260101" ${key}`, 17, 'never valid', false],
    ['ada@example.com', 16, 'not understood', false],
    ['ada@example.com ssh-ed25519', 28, 'not base64', false],
    ['ada@example.com ssh-dss AAAA', 17, 'not understood', false],
    [`ada@example.com ssh-ed25519 "${base64}"`, 29, 'not base64', false],
    [`ada@example.com ssh-ed25519 ${base64.slice(0, -4)}`, 29, 'not a whole ssh-ed25519 key', false],
    [`ada@example.com ssh-ed25519 ${base64.slice(0, 28)}`, 29, 'not a whole ssh-ed25519 key', false],
    [`ada@example.com ssh-rsa ${base64}`, 25, 'not a whole ssh-rsa key', false],
  ])('is refused for the line %j at column %i', (line, column, reason, taken) => {
    expect(allowedSignersProblems(`# first\n${line}\n`)).toEqual([
      expect.stringMatching(`^line 2, column ${column}: .*${reason}`),
    ]);
    // What ssh-keygen takes in silence, and what it skips in silence, are both refused.
    expect(keygenTakes(line)).toBe(taken);
  });

  it('is refused for a key that stands there for two names, on whichever lines', () => {
    const text = `ada ${key}\nbob ${ecdsa}\nbob valid-before="20270101" ${key} of Bob\nada valid-after="20270101" ${key}\n`;
    expect(allowedSignersProblems(text)).toEqual([
      'line 3, column 1: its key is that of ada and of bob, and one key is one person',
    ]);
  });

  it.each([
    ['', '2026-01-01T00:00:00Z', true],
    ['valid-after="20260101"', '2025-12-31T23:59:59Z', false],
    ['valid-after="20260101"', '2026-01-01T00:00:00Z', true],
    ['valid-before="202601010930Z"', '2026-01-01T09:30:00Z', true],
    ['valid-before="20260101093000Z"', '2026-01-01T09:30:01Z', false],
  ])('says of a key with %j at %s: valid is %s', (options, at, valid) => {
    const [entry] = readAllowedSigners(`ada ${options} ${key}`).entries;
    expect(entry && isValidAt(entry, Date.parse(at))).toBe(valid);
  });
});
