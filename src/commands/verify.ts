// `golive verify RUN|FILE`: is this log what it claims to be?

import { resolve } from 'node:path';
import { GoliveError } from '../errors.ts';
import type { Trust } from '../effects/keygen.ts';
import { readLogFile } from '../effects/log-file.ts';
import { readWhole } from '../effects/store-file.ts';
import { runIdPattern } from '../log/bodies.ts';
import { joinLines } from '../log/statement.ts';
import { type Verification, verifyLog, type VerifyOptions } from '../log/verify.ts';
import { verificationLines } from '../render/verification.ts';
import { openStore } from './runs.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export interface VerifyCommand extends GlobalOptions {
  readonly allowedSigners?: string | undefined;
  readonly revoked?: string | undefined;
  /** The id of the run that is meant. */
  readonly run?: string | undefined;
  /** `SEQ:HASH`, as shown at the end of a run. */
  readonly anchor?: string | undefined;
  readonly rehearsal?: boolean | undefined;
}

/**
 * Verifies `log`, a run id or the path of an exported log, and prints what it found. Returns the exit code: 0 sealed,
 * 10 open, 20 invalid, 21 untrusted, 22 diverged, 23 incomplete, 24 a sealed rehearsal.
 */
export async function verify(log: string, options: VerifyCommand, shell: Shell): Promise<number> {
  const trust = await trustOf(options, shell);
  const asked = { ...trust, anchor: anchorOf(options.anchor), rehearsal: options.rehearsal };
  const verification = runIdPattern.test(log)
    ? await verifyRun(log, options, { ...asked, run: options.run ?? log }, shell)
    : await verifyLog(readLogFile(resolve(shell.cwd, log)), { ...asked, run: options.run });
  if (options.json === true) shell.out(JSON.stringify(verification, null, 2));
  else for (const line of verificationLines(verification)) shell.out(line);
  return verification.exit;
}

async function verifyRun(
  run: string,
  options: VerifyCommand,
  asked: VerifyOptions,
  shell: Shell,
): Promise<Verification> {
  const store = openStore(options, shell);
  const { lines, damage } = readWhole(store.locate(run));
  if (lines.length === 0 && damage === undefined) await store.read(run, 0);
  const hasBlob = async (digest: string): Promise<boolean> => (await store.getBlob(run, digest)) !== undefined;
  return verifyLog(joinLines(lines), { ...asked, hasBlob, damage });
}

async function trustOf(options: VerifyCommand, shell: Shell): Promise<Partial<Trust>> {
  if (options.allowedSigners === undefined) {
    if (options.revoked === undefined) return {};
    throw new GoliveError(
      'usage',
      '--revoked says who is trusted no longer, and nobody is trusted without --allowed-signers',
    );
  }
  const { verifyWithKeygen } = await import('../effects/keygen.ts');
  const revoked = options.revoked === undefined ? undefined : resolve(shell.cwd, options.revoked);
  return verifyWithKeygen(resolve(shell.cwd, options.allowedSigners), revoked, shell.env);
}

function anchorOf(text: string | undefined): VerifyOptions['anchor'] {
  if (text === undefined) return undefined;
  const [, seq, head] = /^(\d{1,12}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || head === undefined)
    throw new GoliveError('usage', 'an anchor is written SEQ:HASH, with a hash of 64 digits');
  return { seq: Number(seq), head };
}
