// The programs that know about people's keys, git and ssh-keygen: started, fed and heard out.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoliveError } from '../errors.ts';
import { allowedSignersProblems, readAllowedSigners, type SignerEntry } from '../log/allowed-signers.ts';
import { digest } from '../log/canonical.ts';
import type { Vouching, VerifyStatement } from '../log/people.ts';
import { armour } from '../log/sshsig.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Ran {
  readonly code: number;
  readonly out: Uint8Array;
  /** At most 2000 characters. */
  readonly err: string;
}

/** How long a person may take to touch a security key or to answer an agent's question, in ms. */
const patience = 120_000;

/**
 * Runs a program without a shell, with `input` on its standard input, until it ends. Throws GoliveError `key` when it
 * cannot be started or takes longer than two minutes.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Env; readonly input?: Uint8Array },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = Object.fromEntries(Object.entries(options.env).filter(([, value]) => value !== undefined));
    const child = spawn(program, args, { cwd: options.cwd, env, timeout: patience });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A program that ends without reading its input is heard through its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => reject(cannotStart(program, cause)));
    child.on('close', (code) =>
      resolve({
        code: code ?? 255,
        out: Buffer.concat(out),
        err: Buffer.concat(err).toString('utf8').trim().slice(0, 2000),
      }),
    );
  });
}

function cannotStart(program: string, cause: Error): GoliveError {
  const hint = program.includes('ssh-keygen')
    ? 'ssh-keygen is part of OpenSSH 8.2 and newer (package openssh-client).'
    : undefined;
  return new GoliveError(
    'key',
    `${program} could not be started: ${cause.message}`,
    hint === undefined ? { cause } : { hint, cause },
  );
}

/** Who an auditor trusts, read once: the check of a statement, whose keys they are, and the digest of the file it rests on. */
export interface Trust {
  readonly verifyStatement: VerifyStatement;
  readonly roster: string;
  readonly entries: readonly SignerEntry[];
}

/**
 * Checks statements with `ssh-keygen -Y verify` against an allowed-signers file and, if given, a revocation file (KRL or
 * public keys), at the time of the event. Dates without `Z` in the file are read as UTC. Throws GoliveError `trust` when
 * a file is missing or has a line that ssh-keygen would skip in silence: neither may make somebody trusted or revoked.
 */
export function verifyWithKeygen(allowedSigners: string, revoked: string | undefined, env: Env): Trust {
  const people = { name: allowedSigners, bytes: readTrusted(allowedSigners) };
  return trustIn(people, revoked === undefined ? undefined : readTrusted(revoked), env);
}

/** The same with what the files hold; `name` is what the allowed signers are called in an error. */
export function trustIn(
  { name, bytes: people }: { readonly name: string; readonly bytes: Uint8Array },
  revocations: Uint8Array | undefined,
  env: Env,
): Trust {
  const text = Buffer.from(people).toString('utf8');
  const problems = allowedSignersProblems(text);
  if (problems.length > 0) {
    throw new GoliveError('trust', `${name} cannot be used: ${problems.slice(0, 5).join('; ')}`, {
      hint: 'One person per line: NAME namespaces="golive.grant,golive.signoff,golive.seal" ssh-ed25519 AAAA…',
    });
  }
  return {
    roster: digest(people),
    entries: readAllowedSigners(text).entries,
    verifyStatement: async (statement) => {
      const folder = mkdtempSync(join(tmpdir(), 'golive-verify-'));
      try {
        // Copies, so that what was checked above is what ssh-keygen reads.
        writeFileSync(join(folder, 'people'), people);
        writeFileSync(join(folder, 'signature'), armour(statement.signature));
        if (revocations !== undefined) writeFileSync(join(folder, 'revoked'), revocations);
        const ask = (args: readonly string[]): Promise<Ran> =>
          runProgram(
            'ssh-keygen',
            ['-Y', 'verify', '-f', 'people', '-s', 'signature', '-n', statement.namespace, ...args],
            {
              cwd: folder,
              env: { PATH: env['PATH'], TZ: 'UTC' },
              input: statement.message,
            },
          );
        const args = ['-I', statement.principal, `-Overify-time=${statement.at.replaceAll(/\D/g, '').slice(0, 14)}`];
        const plain = await ask(args);
        if (plain.code !== 0) return refusal(plain.err);
        if (revocations === undefined || (await ask([...args, '-r', 'revoked'])).code === 0) return 'good';
        return { verdict: 'REVOKED', reason: 'the key is revoked' };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Whether a file of revoked keys names the key (`TYPE BASE64`): a KRL, or public keys on a line each. One that cannot be read does. */
export async function isRevoked(key: string, revoked: Uint8Array, env: Env): Promise<boolean> {
  if (!Buffer.from(revoked.subarray(0, krlStart.length)).equals(krlStart)) {
    const lines = Buffer.from(revoked).toString('utf8').split('\n');
    return lines.some((line) => line.trim().split(/\s+/).slice(0, 2).join(' ') === key);
  }
  const folder = mkdtempSync(join(tmpdir(), 'golive-revoked-'));
  try {
    writeFileSync(join(folder, 'revoked'), revoked);
    writeFileSync(join(folder, 'key.pub'), `${key}\n`);
    const place = { cwd: folder, env: { PATH: env['PATH'] } };
    return (await runProgram('ssh-keygen', ['-Q', '-f', 'revoked', 'key.pub'], place)).code !== 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const krlStart = Buffer.from('SSHKRL\n\0', 'latin1');

/** ssh-keygen tells its reasons on standard error only; they choose the word, and none of them makes a statement good. */
function refusal(err: string): Vouching {
  if (/incorrect signature/.test(err))
    return { verdict: 'INVALID', reason: 'the signature does not fit the statement' };
  if (/has expired/.test(err)) return { verdict: 'EXPIRED', reason: 'the key had expired by then' };
  if (/not yet valid/.test(err)) return { verdict: 'EXPIRED', reason: 'the key was not valid yet' };
  if (/namespace/.test(err)) return { verdict: 'UNTRUSTED', reason: 'the key may not sign this kind of statement' };
  return { verdict: 'UNTRUSTED', reason: 'the allowed signers do not list this name with this key' };
}

function readTrusted(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new GoliveError('trust', `${path} could not be read, and without it nobody can be trusted`, { cause });
  }
}
