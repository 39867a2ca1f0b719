// Allowed-signers files: what ssh-keygen would skip in silence is an error here.

import { describe, expect, it } from 'vitest';
import { allowedSignersProblems } from '../../src/log/allowed-signers.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGx5';

describe('an allowed-signers file', () => {
  it.each([
    '',
    '# a remark',
    `ada@example.com ${key}`,
    `ada@example.com,ada ${key} with a comment`,
    `ada@example.com namespaces="golive.grant,golive.seal" ${key}`,
    `ada@example.com namespaces="golive.grant",valid-before="20270101Z" ${key}`,
    `ada@example.com cert-authority,namespaces="golive.grant" ${key}`,
    'ada@example.com sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t',
  ])('is good with the line %j', (line) => {
    expect(allowedSignersProblems(`${line}\n`)).toEqual([]);
  });

  it.each([
    [`* ${key}`, 'pattern'],
    [`*@example.com ${key}`, 'pattern'],
    [`ada@example.com,!eve ${key}`, 'pattern'],
    [`ad?@example.com ${key}`, 'pattern'],
    [`"*@example.com" ${key}`, 'pattern'],
    [`ada@example.com namespaces="a" valid-before="20270101" ${key}`, 'no key of a known type'],
    [`ada@example.com namespace="a" ${key}`, 'not understood'],
    [`ada@example.com namespaces="a ${key}`, 'not understood'],
    ['ada@example.com', 'not understood'],
    ['ada@example.com ssh-ed25519', 'not base64'],
    ['ada@example.com ssh-dss AAAA', 'not understood'],
  ])('is refused for the line %j', (line, reason) => {
    expect(allowedSignersProblems(`# first\n${line}\n`)).toEqual([expect.stringMatching(`^line 2: .*${reason}`)]);
  });
});
