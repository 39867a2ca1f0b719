// Goal: the roster says who holds which role and whose signature counts, and believes no file that somebody else could
// have written. Method: real files, real keys, real ssh-keygen and an agent of its own.

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fileSigner } from '../../src/effects/keys.ts';
import { findRoster, openRoster } from '../../src/effects/roster.ts';
import { digest } from '../../src/log/canonical.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import type { Roster } from '../../src/roster.ts';
import type { Signer } from '../../src/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
const agents: string[] = [];
afterEach(() => {
  for (const pid of agents.splice(0)) process.kill(Number(pid));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ada = 'ada@example.com';
const bob = 'bob@example.com';
const people = 'golive: 1\npeople:\n  "bob@example.com": [engineering]\n  "ada@example.com": [engineering, on_call]\n';
const session = throwAwaySigner(ada);

let count = 0;
interface Project {
  readonly cwd: string;
  readonly env: Record<string, string | undefined>;
  readonly file: (name: string) => string;
}

/** A project with these files in its `.golive`. */
function project(files: Readonly<Record<string, string | Uint8Array>>): Project {
  count += 1;
  const cwd = join(folder, `project-${count}`);
  mkdirSync(join(cwd, '.golive'), { recursive: true, mode: 0o755 });
  const file = (name: string): string => join(cwd, '.golive', name);
  for (const [name, text] of Object.entries(files)) writeFileSync(file(name), text, { mode: 0o644 });
  return { cwd, env: { HOME: cwd, PATH: process.env['PATH'] }, file };
}

function newKey(name: string, type = 'ed25519'): { readonly file: string; readonly publicKey: string } {
  count += 1;
  const file = join(folder, `${name}-${count}`);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'a comment', '-f', file]);
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ') };
}

function opened({ cwd, env }: Project, by: Signer = session): Roster {
  const files = findRoster(cwd);
  if (files === undefined) throw new Error('no roster');
  return openRoster(files, { env, cwd, session: by });
}

const said = (error: unknown): string => {
  const { code, message, hint } = error as { code: string; message: string; hint?: string };
  return `${code}: ${message}${hint === undefined ? '' : ` | ${hint}`}`;
};

async function vouched(roster: Roster, signer: Signer, at = '2026-11-20T09:00:00.000Z', namespace = 'golive.signoff') {
  const message = Buffer.from('a statement');
  const signature = await signer.sign(namespace, message);
  const { principal, publicKey } = signer;
  const vouching = await roster.vouch({
    line: 1,
    kind: 'signoff',
    principal,
    signer: publicKey,
    namespace,
    message,
    signature,
    at,
  });
  return vouching === 'good' ? 'good' : `${vouching.verdict}: ${vouching.reason}`;
}

describe('the roster', () => {
  it('is that of the nearest folder upwards which has allowed signers', () => {
    const { cwd, file } = project({ allowed_signers: '' });
    const below = join(cwd, 'a', 'b');
    mkdirSync(join(below, '.golive', 'runs'), { recursive: true });
    expect(findRoster(below)).toEqual({
      folder: join(cwd, '.golive'),
      allowedSigners: file('allowed_signers'),
      roles: undefined,
      revoked: undefined,
    });
    writeFileSync(file('roles.yaml'), people);
    writeFileSync(file('revoked_keys'), '');
    expect(findRoster(below)).toMatchObject({ roles: file('roles.yaml'), revoked: file('revoked_keys') });
    writeFileSync(join(below, '.golive', 'allowed_signers'), '');
    expect(findRoster(below)?.folder).toBe(join(below, '.golive'));
    expect(findRoster(folder)).toBeUndefined();
  });

  it('says who holds which role, sorted, where that stands, and which bytes it rests on', () => {
    const signers = `${ada} ${newKey('ada').publicKey}\n${bob} ${newKey('bob').publicKey}\n`;
    const place = project({ allowed_signers: signers, 'roles.yaml': people });
    expect(opened(place)).toMatchObject({
      source: '.golive/roles.yaml',
      digest: digest(Buffer.from(signers)),
      people: [
        { principal: ada, roles: ['engineering', 'on_call'] },
        { principal: bob, roles: ['engineering'] },
      ],
    });
    const below = join(place.cwd, 'a');
    mkdirSync(below);
    expect(opened({ ...place, cwd: below }).source).toBe('../.golive/roles.yaml');
    rmSync(place.file('roles.yaml'));
    expect(opened(place)).toMatchObject({
      source: '.golive/roles.yaml (which is not there, so nobody holds a role)',
      people: [],
    });
  });

  it('vouches for what a listed key signed in its time, in its namespace and while it was not revoked', async () => {
    const [own, expired, later, gone, narrow, stranger] = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => newKey(name));
    if (!own || !expired || !later || !gone || !narrow || !stranger) throw new Error('no keys');
    const place = project({
      allowed_signers: [
        `${ada} ${own.publicKey}`,
        `${ada} valid-before="20261119" ${expired.publicKey}`,
        `${ada} valid-after="20261121" ${later.publicKey}`,
        `${ada} ${gone.publicKey}`,
        `${ada} namespaces="golive.grant" ${narrow.publicKey}`,
        '',
      ].join('\n'),
      revoked_keys: `${gone.publicKey}\n`,
    });
    const roster = opened(place);
    const by = async (key: { readonly file: string }): Promise<string> =>
      vouched(roster, await fileSigner(key.file, { ...place, principal: ada, source: 'a file' }));
    expect([
      await by(own),
      await by(expired),
      await by(later),
      await by(gone),
      await by(narrow),
      await by(stranger),
    ]).toEqual([
      'good',
      'EXPIRED: the key had expired by then',
      'EXPIRED: the key was not valid yet',
      'REVOKED: the key is revoked',
      'UNTRUSTED: the key may not sign this kind of statement',
      'UNTRUSTED: the allowed signers do not list this name with this key',
    ]);
    // What it read is what it goes by.
    writeFileSync(place.file('allowed_signers'), '');
    expect(await by(own)).toBe('good');
  });
});

describe('a person at this machine', () => {
  it('who runs the session signs with its key', async () => {
    const place = project({ allowed_signers: `${ada} ${session.publicKey}\n` });
    expect(await opened(place).signer(ada)).toBe(session);
    expect(await opened(place).signer(bob)).toBeUndefined();
  });

  it('signs with a key in a file when it is listed for them', async () => {
    const [hers, his] = [newKey('ada'), newKey('bob', 'ecdsa')];
    const place = project({ allowed_signers: `${ada} ${hers.publicKey}\n${bob} ${his.publicKey}\n` });
    const roster = opened(place);
    const signer = await roster.signer(bob, his.file);
    if (signer === undefined) throw new Error('no signer');
    expect([signer.principal, signer.publicKey, signer.source]).toEqual([bob, his.publicKey, his.file]);
    expect(await vouched(roster, signer)).toBe('good');
    const refused = [hers.file, join(place.cwd, 'nowhere'), place.file('allowed_signers')].map((file) =>
      roster.signer(bob, file).catch(said),
    );
    expect(await Promise.all(refused)).toEqual([
      expect.stringMatching(
        /^key: .* is not a key of bob@example\.com: \.golive\/allowed_signers lists another key for/,
      ),
      expect.stringMatching(/^key: .*nowhere .* is not there/),
      expect.stringMatching(/^key: what should be a public key is not one/),
    ]);
    expect(await roster.signer('eve@example.com', his.file).catch(said)).toMatch(/lists no key of theirs/);
  });

  it('signs with the one of their keys that an agent holds, and that is valid now', async () => {
    const [old, his, other] = [newKey('old'), newKey('bob'), newKey('eve')];
    const place = project({
      allowed_signers: `${bob} valid-before="20200101Z" ${old.publicKey}\n${bob} ${his.publicKey}\neve@example.com valid-before="20200101Z" ${other.publicKey}\n`,
    });
    const socket = join(folder, `agent-${count}`);
    const started = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
    agents.push(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1] ?? '');
    const env = { ...place.env, SSH_AUTH_SOCK: socket };
    const roster = opened({ ...place, env });
    expect(await roster.signer(bob)).toBeUndefined();
    for (const { file } of [old, other, his]) {
      execFileSync('ssh-add', ['-q', file], { env });
      rmSync(file);
    }
    const signer = await roster.signer(bob);
    if (signer === undefined) throw new Error('no signer');
    expect([signer.publicKey, signer.source]).toEqual([his.publicKey, 'ssh-agent']);
    expect(await vouched(roster, signer)).toBe('good');
    // Whoever has only a key that does not count is told so by what it signs.
    expect((await roster.signer('eve@example.com'))?.publicKey).toBe(other.publicKey);
    expect(await roster.signer('grace@example.com')).toBeUndefined();
    expect(
      await opened({ ...place, env: { ...env, SSH_AUTH_SOCK: join(folder, 'nowhere') } }).signer(bob),
    ).toBeUndefined();
  });
});

describe('a roster is not believed', () => {
  const signers = `${ada} ${newKey('ada').publicKey}\n${bob} ${newKey('bob').publicKey}\n`;
  const files = { allowed_signers: signers, 'roles.yaml': people, revoked_keys: '' };
  const refusal = (place: Project): string => {
    try {
      return `fine with ${opened(place).people.length} people`;
    } catch (error) {
      return said(error);
    }
  };

  it.each(Object.keys(files))('when others on this machine can write to its %s', (name) => {
    const place = project(files);
    expect(refusal(place)).toBe('fine with 2 people');
    for (const mode of [0o664, 0o646]) {
      chmodSync(place.file(name), mode);
      expect(refusal(place)).toContain(
        `trust: others on this machine can write to ${place.file(name)} (mode 0${mode.toString(8)})`,
      );
      expect(refusal(place)).toContain(`chmod go-w ${place.file(name)}`);
    }
  });

  it('when it belongs to somebody else, unless the whole project does', () => {
    if (process.getuid?.() !== 0) {
      process.stdout.write('roster.test.ts: not root here, so no file can be given to somebody else\n');
      return;
    }
    const place = project(files);
    chownSync(place.file('roles.yaml'), 4711, 4711);
    expect(refusal(place)).toMatch(/^trust: .*roles\.yaml belongs to somebody else on this machine/);
    for (const path of ['', '.golive', '.golive/allowed_signers', '.golive/revoked_keys'])
      chownSync(join(place.cwd, path), 4711, 4711);
    expect(refusal(place)).toBe('fine with 2 people');
    chownSync(place.cwd, 0, 0);
    expect(refusal(place)).toMatch(/^trust: .*\.golive belongs to somebody else on this machine/);
  });

  it('when others can put other files into its folder', () => {
    const place = project(files);
    chmodSync(join(place.cwd, '.golive'), 0o775);
    expect(refusal(place)).toMatch(/^trust: others on this machine can write to .*\.golive \(mode 0775\)/);
  });

  it.each([
    [
      'a line ssh-keygen would skip',
      { allowed_signers: `${ada} namespaces="a" valid-before="20270101" ${session.publicKey}` },
      /line 1, column 32: /,
    ],
    ['a pattern', { allowed_signers: `*@example.com ${session.publicKey}` }, /line 1, column 1: .*pattern/],
    [
      'one key for two names',
      { allowed_signers: `${signers}eve ${signers.split('\n')[0]?.split(' ').slice(1).join(' ')}` },
      /line 3, .*that of ada@example\.com and of eve/,
    ],
    ['a byte order mark', { allowed_signers: `\uFEFF${signers}` }, /line 1, column 1: it begins with names/],
    [
      'roles of somebody who is not listed',
      { 'roles.yaml': `${people}  "eve@example.com": [on_call]\n` },
      /^trust: \.golive\/roles\.yaml cannot.*\n\n\.golive\/roles\.yaml:5:3: /,
    ],
    [
      'roles that are not UTF-8',
      { 'roles.yaml': Buffer.from('golive: 1\npeople: {} # \u00e4', 'latin1') },
      /roles\.yaml is not UTF-8/,
    ],
  ])('with %s', (_, change, words) => {
    expect(refusal(project({ ...files, ...change }))).toMatch(words);
  });

  it('with revoked keys that cannot be read, nor with a link to nothing in their place', () => {
    const place = project(files);
    rmSync(place.file('revoked_keys'));
    expect(refusal(place)).toBe('fine with 2 people');
    symlinkSync('nowhere', place.file('revoked_keys'));
    expect(refusal(place)).toMatch(/^trust: .*revoked_keys could not be read/);
    rmSync(place.file('revoked_keys'));
    mkdirSync(place.file('revoked_keys'));
    expect(refusal(place)).toMatch(/^trust: .*revoked_keys could not be read/);
  });
});
