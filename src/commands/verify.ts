// `golive verify RUN|FILE`: is this log what it claims to be?

import { resolve } from 'node:path';
import { readWhole } from '../effects/store-file.ts';
import { anchorOf } from '../log/anchor.ts';
import { runIdPattern } from '../log/bodies.ts';
import { joinLines } from '../log/statement.ts';
import { type Verification, verifyLog, type VerifyOptions } from '../log/verify.ts';
import { jsonText } from '../render/json.ts';
import { unobeyed } from '../render/text.ts';
import { verificationLines } from '../render/verification.ts';
import { planFrom } from './plan-from.ts';
import { openStore } from './runs.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { trustOf, type VerifyTrustOptions } from './verify-trust.ts';
import { verifyExported } from './verify-exported.ts';

export interface VerifyCommand extends GlobalOptions, VerifyTrustOptions {
  /** The id of the run that is meant. */
  readonly run?: string | undefined;
  /** Heads as they were noted elsewhere, each in any form that `anchorOf` reads. */
  readonly anchor?: readonly string[] | undefined;
  readonly requireAnchor?: boolean | undefined;
  readonly rehearsal?: boolean | undefined;
}

/**
 * Verifies `log`, a run id or the path of an exported log or bundle, and prints what it found. Returns the exit code: 0 sealed,
 * 10 open, 20 invalid, 21 untrusted, 22 diverged, 23 incomplete, 24 a sealed rehearsal.
 */
export async function verify(log: string, options: VerifyCommand, shell: Shell): Promise<number> {
  const trust = await trustOf(options, shell);
  const { rehearsal, requireAnchor } = options;
  const asked = { ...trust.asked, anchors: options.anchor?.map(anchorOf), requireAnchor, rehearsal };
  const verification = runIdPattern.test(log)
    ? await verifyRun(log, options, { ...asked, run: options.run ?? log }, shell)
    : await verifyExported(resolve(shell.cwd, log), { ...asked, run: options.run });
  if (options.json === true) shell.out(jsonText({ ...verification, trust: trust.source }, 2));
  else for (const line of verificationLines(verification, trust.source)) shell.out(unobeyed(line));
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
  return verifyLog(joinLines(lines), { ...asked, hasBlob, planOf: planFrom(store, run), damage });
}
