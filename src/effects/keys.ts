// The key a person signs with: where to find it, how to make one, and signing with it through ssh-keygen.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { GoliveError } from '../errors.ts';
import { principalPattern } from '../log/bodies.ts';
import { keyBytes } from '../log/public-key.ts';
import { isInForm, namespaces, unarmour } from '../log/sshsig.ts';
import type { Signer } from '../world.ts';
import { runProgram } from './keygen.ts';

type Env = Readonly<Record<string, string | undefined>>;

interface Place {
  readonly cwd: string;
  readonly env: Env;
}

/** A key as it was found: the file to give to ssh-keygen, or the public key of one that an agent holds. */
interface Found {
  readonly source: string;
  readonly key: { readonly file: string } | { readonly agent: string };
  readonly program: string;
}

/**
 * Who acts: `as`, else git's `user.email`, else undefined. Throws GoliveError `principal` for a name that the log does
 * not take.
 */
export async function findPrincipal(
  options: Place & { readonly as?: string | undefined },
): Promise<string | undefined> {
  const name = options.as ?? (await gitConfig(options, 'user.email'));
  if (name === undefined || principalPattern.test(name)) return name;
  throw new GoliveError('principal', `${JSON.stringify(name.slice(0, 80))} cannot be the name of a person in the log`, {
    hint: 'Use letters, digits and . _ + @ : / = - only, for example an e-mail address: --as you@example.com',
  });
}

/**
 * The key to sign with, from the first place that has one: git's `user.signingkey` when `gpg.format` is ssh, `key`
 * (`--key FILE`), `GOLIVE_SIGNING_KEY`, the key made by `golive key init`. Undefined when none has. Throws GoliveError
 * `key` when a place names a key that cannot be read.
 */
export async function findSigner(
  options: Place & { readonly key?: string | undefined; readonly principal: string },
): Promise<Signer | undefined> {
  const { env, cwd, principal } = options;
  const found = (await gitKey(options)) ?? fileKey(options);
  if (found === undefined) return undefined;
  const publicKey = 'agent' in found.key ? found.key.agent : await publicKeyOf(found, options);
  // Git's key comes first; whoever named another one has to see that it is not the one that signs.
  const passed = options.key !== undefined && found.source !== '--key' ? `, not --key ${options.key}` : '';
  return signerOf(found, publicKey, { cwd, env, principal }, passed);
}

function signerOf(
  found: Found,
  publicKey: string,
  { cwd, env, principal }: Place & { readonly principal: string },
  passed = '',
): Signer {
  return {
    principal,
    publicKey,
    source: `${found.source}${passed}`,
    sign: (namespace, message) => signWith(found, namespace, message, { cwd, env }),
  };
}

/** A signer with the key in `file`, as `findSigner` makes one; `source` says where it came from. */
export async function fileSigner(
  file: string,
  options: Place & { readonly principal: string; readonly source: string },
): Promise<Signer> {
  const found: Found = { source: options.source, program: 'ssh-keygen', key: { file: resolve(options.cwd, file) } };
  return signerOf(found, await publicKeyOf(found, options), options);
}

/** A signer with a key that the agent holds. */
export function agentSigner(publicKey: string, options: Place & { readonly principal: string }): Signer {
  return signerOf({ source: 'ssh-agent', program: 'ssh-keygen', key: { agent: publicKey } }, publicKey, options);
}

/** The public keys that the agent holds, in its order; none where no agent answers. */
export async function agentKeys(place: Place): Promise<readonly string[]> {
  if (!place.env['SSH_AUTH_SOCK']) return [];
  const listed = await runProgram('ssh-add', ['-L'], place).catch(() => undefined);
  if (listed?.code !== 0) return [];
  const lines = new TextDecoder().decode(listed.out).split('\n');
  return lines.filter((line) => line.trim() !== '').map(publicPart);
}

/** Makes the key of `golive key init`: Ed25519, no passphrase, only its owner can read it. Returns where it is. */
export async function initKey(
  options: Place & { readonly principal: string },
): Promise<{ readonly file: string; readonly publicKey: string }> {
  const file = ownKeyFile(options.env);
  if (exists(file))
    throw new GoliveError('key', `${file} is there already`, { hint: '`golive key show` prints its public part.' });
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const args = ['-q', '-t', 'ed25519', '-N', '', '-C', options.principal, '-f', file];
  const made = await runProgram('ssh-keygen', args, options);
  if (made.code !== 0) throw new GoliveError('key', `ssh-keygen could not make ${file}: ${made.err}`);
  return { file, publicKey: publicPart(readFileSync(`${file}.pub`, 'utf8')) };
}

/** The line an auditor adds to an allowed-signers file to accept this person's statements, and nothing else, from this key. */
export function allowedSignersLine(principal: string, publicKey: string): string {
  return `${principal} namespaces="${namespaces.grant},${namespaces.signoff},${namespaces.seal}" ${publicKey}`;
}

/** As git does it (gpg-interface.c): only for `gpg.format=ssh`; `key::…` and `ssh-…` are keys themselves, else a path. */
async function gitKey(place: Place): Promise<Found | undefined> {
  if ((await gitConfig(place, 'gpg.format')) !== 'ssh') return undefined;
  const value = await gitConfig(place, 'user.signingkey');
  if (value === undefined) return undefined;
  const program = (await gitConfig(place, 'gpg.ssh.program', 'path')) ?? 'ssh-keygen';
  const source = 'git user.signingkey';
  const literal = value.startsWith('key::') ? value.slice('key::'.length) : value;
  if (literal !== value || value.startsWith('ssh-')) return { source, program, key: { agent: publicPart(literal) } };
  const path = (await gitConfig(place, 'user.signingkey', 'path')) ?? value;
  return { source, program, key: { file: resolve(place.cwd, path) } };
}

function fileKey(place: Place & { readonly key?: string | undefined }): Found | undefined {
  const named = [
    { source: '--key', file: place.key },
    { source: 'GOLIVE_SIGNING_KEY', file: place.env['GOLIVE_SIGNING_KEY'] },
  ].find(({ file }) => file !== undefined && file !== '');
  if (named?.file !== undefined)
    return { source: named.source, program: 'ssh-keygen', key: { file: resolve(place.cwd, named.file) } };
  const own = ownKeyFile(place.env);
  return exists(own) ? { source: 'golive key init', program: 'ssh-keygen', key: { file: own } } : undefined;
}

function ownKeyFile(env: Env): string {
  const config = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(config, 'golive', 'signing_key');
}

/** From the file itself when it is a public key, else from the .pub beside it, else from ssh-keygen, which may ask. */
async function publicKeyOf(found: Found, place: Place): Promise<string> {
  const file = 'file' in found.key ? found.key.file : '';
  if (!exists(file)) throw new GoliveError('key', `the signing key ${file} (${found.source}) is not there`);
  const itself = readFileSync(file, 'utf8');
  if (!itself.startsWith('-----BEGIN')) return publicPart(itself);
  if (exists(`${file}.pub`)) return publicPart(readFileSync(`${file}.pub`, 'utf8'));
  const derived = await runProgram('ssh-keygen', ['-y', '-f', file], place);
  if (derived.code === 0) return publicPart(Buffer.from(derived.out).toString('utf8'));
  throw new GoliveError('key', `the public part of ${file} (${found.source}) could not be read: ${derived.err}`);
}

async function signWith(found: Found, namespace: string, message: Uint8Array, place: Place): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'golive-key-'));
  try {
    const file = 'file' in found.key ? found.key.file : join(folder, 'agent.pub');
    if ('agent' in found.key) writeFileSync(file, `${found.key.agent}\n`, { mode: 0o600 });
    const args = ['-Y', 'sign', '-n', namespace, '-f', file, ...('agent' in found.key ? ['-U'] : [])];
    const signed = await runProgram(found.program, args, { ...place, input: message });
    if (signed.code === 0) return inForm(unarmour(Buffer.from(signed.out).toString('utf8')), namespace, found);
    throw new GoliveError('key', `signing with ${found.source} did not work: ${signed.err}`, {
      hint: 'Is the agent running, the security key plugged in, and the passphrase known to the agent?',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What git names as its program may sign in other ways than `ssh-keygen` does by itself. */
function inForm(signature: Uint8Array, namespace: string, { source, program }: Found): Uint8Array {
  if (isInForm(signature, namespace)) return signature;
  throw new GoliveError('key', `${program} (${source}) signs in another form than a log takes`, {
    hint: 'It has to sign over SHA-512, for the namespace that it is given.',
  });
}

async function gitConfig(place: Place, name: string, type?: 'path'): Promise<string | undefined> {
  const args = ['config', ...(type === undefined ? [] : [`--type=${type}`]), '--get', name];
  const asked = await runProgram('git', args, place).catch(() => undefined);
  const value = asked?.code === 0 ? Buffer.from(asked.out).toString('utf8').trim() : '';
  return value === '' ? undefined : value;
}

/** `TYPE BASE64` of a line in a .pub file, without its comment. Throws GoliveError `key` when it is none. */
export function publicPart(text: string): string {
  const line = text.trim().split(/\s+/).slice(0, 2).join(' ');
  try {
    keyBytes(line);
  } catch (cause) {
    throw new GoliveError('key', 'what should be a public key is not one', {
      hint: 'It looks like `ssh-ed25519 AAAA…`.',
      cause,
    });
  }
  return line;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
