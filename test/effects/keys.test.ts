// Where the signing key comes from, in which order, and that what it signs is good for ssh-keygen and for us.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { verifyWithKeygen } from '../../src/effects/keygen.ts';
import { allowedSignersLine, findPrincipal, findSigner, initKey } from '../../src/effects/keys.ts';
import { signingKey } from '../../src/log/sshsig.ts';
import { verifyLog } from '../../src/log/verify.ts';
import { openLog, realRun } from '../log/given.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
const agents: string[] = [];
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  for (const pid of agents.splice(0)) process.kill(Number(pid));
});
const principal = 'ada@example.com';

let count = 0;
/** A home of its own: no key, no configuration, nothing of the machine's. */
function newHome(config = ''): { cwd: string; env: Record<string, string | undefined> } {
  count += 1;
  const home = join(folder, `home-${count}`);
  mkdirSync(home);
  writeFileSync(join(home, '.gitconfig'), config);
  return { cwd: home, env: { HOME: home, PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1' } };
}

function newKey(file: string, type = 'ed25519'): string {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'a comment', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
}

const find = async (options: Parameters<typeof findSigner>[0]): Promise<unknown[]> => {
  const signer = await findSigner(options);
  return [signer?.source, signer?.publicKey, signer?.principal];
};

describe('the signing key', () => {
  it('is found in four places, the first of which wins', async () => {
    const home = newHome('[gpg]\nformat = ssh\n[user]\nsigningkey = ~/git\n');
    const file = (name: string): string => join(home.cwd, name);
    const git = newKey(file('git'));
    const flag = newKey(file('flag'));
    const variable = newKey(file('variable'));
    const own = (await initKey({ ...home, principal })).publicKey;
    const withVariable = { ...home, env: { ...home.env, GOLIVE_SIGNING_KEY: 'variable' } };
    expect(await find({ ...withVariable, principal })).toEqual(['git user.signingkey', git, principal]);
    // A key that was named and does not sign is not passed over in silence.
    const passed = 'git user.signingkey, not --key flag';
    expect(await find({ ...withVariable, key: 'flag', principal })).toEqual([passed, git, principal]);
    writeFileSync(file('.gitconfig'), '[user]\nsigningkey = ~/git\n');
    expect(await find({ ...withVariable, key: 'flag', principal })).toEqual(['--key', flag, principal]);
    expect(await find({ ...withVariable, principal })).toEqual(['GOLIVE_SIGNING_KEY', variable, principal]);
    expect(await find({ ...home, principal })).toEqual(['golive key init', own, principal]);
    expect(await findSigner({ ...newHome(), principal })).toBeUndefined();
  });

  it('signs, whatever its type, what ssh-keygen accepts', async () => {
    for (const type of ['ed25519', 'ecdsa', 'rsa']) {
      const home = newHome();
      const publicKey = newKey(join(home.cwd, 'key'), type);
      const signer = await findSigner({ ...home, key: 'key', principal });
      if (signer === undefined) throw new Error('no signer');
      expect(signingKey(await signer.sign('golive.seal', Buffer.from('m')))).toBe(publicKey);
      const log = await openLog({ run: realRun, signer });
      await log.seal();
      writeFileSync(join(home.cwd, 'people'), `${allowedSignersLine(principal, publicKey)}\n`);
      expect(
        await verifyLog(log.bytes(), verifyWithKeygen(join(home.cwd, 'people'), undefined, home.env)),
      ).toMatchObject({ verdict: 'SEALED', exit: 0 });
    }
  });

  it('may be held by an agent and named in git as key::', async () => {
    const home = newHome();
    const publicKey = newKey(join(home.cwd, 'key'));
    const started = execFileSync('ssh-agent', ['-s', '-a', join(home.cwd, 'agent')], { encoding: 'utf8' });
    agents.push(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1] ?? '');
    const env = { ...home.env, SSH_AUTH_SOCK: join(home.cwd, 'agent') };
    execFileSync('ssh-add', ['-q', join(home.cwd, 'key')], { env });
    rmSync(join(home.cwd, 'key'));
    writeFileSync(
      join(home.cwd, '.gitconfig'),
      `[gpg]\nformat = ssh\n[user]\nsigningkey = "key::${publicKey} a comment"\n`,
    );
    const signer = await findSigner({ cwd: home.cwd, env, principal });
    expect(signer?.publicKey).toBe(publicKey);
    expect(signingKey((await signer?.sign('golive.seal', Buffer.from('m'))) ?? Buffer.of())).toBe(publicKey);
    const alone = await findSigner({ ...home, principal });
    await expect(alone?.sign('golive.seal', Buffer.from('m'))).rejects.toMatchObject({ code: 'key' });
  });

  it('is used through the program that git names', async () => {
    const home = newHome('[gpg]\nformat = ssh\n[gpg "ssh"]\nprogram = ~/my-keygen\n[user]\nsigningkey = ~/key\n');
    newKey(join(home.cwd, 'key'));
    writeFileSync(join(home.cwd, 'my-keygen'), '#!/bin/sh\necho used >"$HOME/used"\nexec ssh-keygen "$@"\n');
    chmodSync(join(home.cwd, 'my-keygen'), 0o755);
    await (await findSigner({ ...home, principal }))?.sign('golive.seal', Buffer.from('m'));
    expect(readFileSync(join(home.cwd, 'used'), 'utf8')).toBe('used\n');
  });

  it('is refused through a program that signs in another form than a log takes', async () => {
    const home = newHome('[gpg]\nformat = ssh\n[gpg "ssh"]\nprogram = ~/my-keygen\n[user]\nsigningkey = ~/key\n');
    newKey(join(home.cwd, 'key'));
    writeFileSync(join(home.cwd, 'my-keygen'), '#!/bin/sh\nexec ssh-keygen "$@" -O hashalg=sha256\n');
    chmodSync(join(home.cwd, 'my-keygen'), 0o755);
    const signer = await findSigner({ ...home, principal });
    await expect(signer?.sign('golive.seal', Buffer.from('m'))).rejects.toMatchObject({
      code: 'key',
      message: expect.stringContaining('another form'),
    });
  });

  it('that is named but not there, or no key, is an error and not the next place', async () => {
    const home = newHome();
    await initKey({ ...home, principal });
    await expect(findSigner({ ...home, key: 'nowhere', principal })).rejects.toMatchObject({
      code: 'key',
      message: expect.stringContaining('--key'),
    });
    writeFileSync(join(home.cwd, 'text'), 'not a key');
    await expect(findSigner({ ...home, key: 'text', principal })).rejects.toMatchObject({ code: 'key' });
  });

  it('locked with a passphrase that nobody can type is an error at once, without its contents', async () => {
    const home = newHome();
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret phrase', '-f', join(home.cwd, 'key')]);
    const signer = await findSigner({ ...home, key: 'key', principal });
    const env = { ...home.env, SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
    const asked = await findSigner({ cwd: home.cwd, env, key: 'key', principal });
    expect(signer?.publicKey).toBe(asked?.publicKey);
    await expect(asked?.sign('golive.seal', Buffer.from('m'))).rejects.toMatchObject({
      code: 'key',
      hint: expect.stringContaining('agent'),
    });
  });
});

describe('golive key init', () => {
  it('makes an Ed25519 key that only its owner can read, once', async () => {
    const home = newHome();
    const made = await initKey({ ...home, principal });
    expect(made.file).toBe(join(home.cwd, '.config', 'golive', 'signing_key'));
    expect(made.publicKey).toMatch(/^ssh-ed25519 /);
    expect(statSync(made.file).mode & 0o777).toBe(0o600);
    expect(statSync(join(made.file, '..')).mode & 0o777).toBe(0o700);
    await expect(initKey({ ...home, principal })).rejects.toMatchObject({
      code: 'key',
      message: expect.stringContaining('there already'),
    });
  });

  it('keeps it under XDG_CONFIG_HOME when that is set', async () => {
    const home = newHome();
    const made = await initKey({
      cwd: home.cwd,
      env: { ...home.env, XDG_CONFIG_HOME: join(home.cwd, 'xdg') },
      principal,
    });
    expect(made.file).toBe(join(home.cwd, 'xdg', 'golive', 'signing_key'));
  });

  it('gives a line that allows the three statements of people and nothing else', () => {
    expect(allowedSignersLine(principal, 'ssh-ed25519 AAAA')).toBe(
      'ada@example.com namespaces="golive.grant,golive.signoff,golive.seal" ssh-ed25519 AAAA',
    );
  });
});

describe('who signs', () => {
  it('is whom --as names, else git’s user.email, else nobody', async () => {
    const home = newHome('[user]\nemail = ada@example.com\n');
    expect(await findPrincipal({ ...home, as: 'grace@example.com' })).toBe('grace@example.com');
    expect(await findPrincipal(home)).toBe('ada@example.com');
    expect(await findPrincipal(newHome())).toBeUndefined();
  });

  it.each(['*', 'a b', '-r', 'a,b', '"a"', 'a\nb', '', 'ä'])('cannot be %j', async (as) => {
    await expect(findPrincipal({ ...newHome(), as })).rejects.toMatchObject({ code: 'principal' });
  });
});

describe('trust', () => {
  it.each<[string, string | undefined]>([
    ['is missing', undefined],
    ['has a pattern', '* ssh-ed25519 AAAA\n'],
    ['has a line ssh-keygen would skip', 'ada@example.com namespaces="a" valid-before="20270101" ssh-ed25519 AAAA\n'],
  ])('cannot rest on a file that %s', (_, people) => {
    const file = join(folder, 'people');
    rmSync(file, { force: true });
    if (people !== undefined) writeFileSync(file, people);
    expect(() => verifyWithKeygen(file, undefined, process.env)).toThrow(expect.objectContaining({ code: 'trust' }));
  });

  it('cannot rest on a list of revoked keys that is missing; an empty one is fine', () => {
    const people = join(folder, 'good-people');
    writeFileSync(people, '');
    expect(() => verifyWithKeygen(people, join(folder, 'nowhere'), process.env)).toThrow(
      expect.objectContaining({ code: 'trust' }),
    );
    writeFileSync(join(folder, 'none'), '');
    expect(verifyWithKeygen(people, join(folder, 'none'), process.env).roster).toHaveLength(64);
  });
});

it('the programs these tests need are here', () => {
  for (const program of ['git', 'ssh-keygen', 'ssh-agent', 'ssh-add'])
    expect([program, spawnSync(program, ['-?']).error]).toEqual([program, undefined]);
});
