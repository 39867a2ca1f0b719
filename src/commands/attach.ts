// `golive attach`: a file becomes evidence of a run that nobody works on; its line is written in a session of its own.

import { resolve } from 'node:path';
import { gatherInputs } from '../checklist/inputs.ts';
import { nearest } from '../engine/nearest.ts';
import { findStep, stepsOf, type Plan } from '../engine/plan.ts';
import { readAttachment } from '../effects/attachment.ts';
import { GoliveError } from '../errors.ts';
import { visible } from '../render/text.ts';
import { attachOrder, checkAttachment } from '../runner/attach.ts';
import { scrubber } from '../runner/scrubber.ts';
import type { Secrets } from '../runner/secret-forms.ts';
import { addTo, openToAdd, type OpenRun } from './adding.ts';
import type { SigningOptions } from './signing.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';

export interface AttachCommand extends GlobalOptions, SigningOptions {
  /** What it is about; absent: the run as a whole. */
  readonly step?: string;
  /** What it is called in the log; absent: the last part of its path. */
  readonly name?: string;
}

/**
 * Keeps a file of up to 16 MiB beside the run that is meant, and names it in the log. Returns 0. Throws GoliveError:
 * `file`, `step`, `secret`, `usage` (exit 3), and what `openToAdd` throws.
 */
export async function attach(
  wanted: string,
  path: string,
  options: AttachCommand,
  shell: ProcessShell,
): Promise<number> {
  const open = await openToAdd(wanted, ':attach', options, shell);
  const { run } = open.known;
  const step = options.step ?? '';
  refuseUnknownStep(step, open.plan);
  const { name: own, bytes } = readAttachment(resolve(shell.cwd, path));
  const file = { bytes, name: options.name ?? own, step, by: open.signer.principal };
  await checkAttachment(file, scrubber(await secretsOf(open, shell)));
  // Blob before event: a process that dies in between leaves a file that no line names, and that means nothing.
  const digest = await open.store.putBlob(run, bytes);
  await addTo(open, attachOrder(file, digest), shell);
  const { name, by } = file;
  if (options.json === true) shell.out(JSON.stringify({ run, digest, name, size: bytes.length, step, by }));
  else shell.out(`attached ${visible(name)} to ${run}: ${bytes.length} bytes, sha256 ${digest}`);
  return 0;
}

function refuseUnknownStep(step: string, plan: Plan): void {
  if (step === '' || findStep(plan, step) !== undefined) return;
  const near = nearest(
    step,
    [...stepsOf(plan), ...plan.rollback].map(({ id }) => id),
  );
  throw new GoliveError('step', `the checklist of this run has no step ${step}`, {
    hint: near === undefined ? '`golive status RUN -v` lists its steps.' : `Did you mean ${near}?`,
  });
}

/** The run's secrets, as far as they are known here; says which are not. They stand in no log. */
async function secretsOf({ known, plan, checklist }: OpenRun, shell: ProcessShell): Promise<Secrets> {
  if (known.state.opened?.rehearsal === true) {
    const { findWorld } = await import('../rehearsal/find-world.ts');
    try {
      const { checklist: name, target } = plan;
      return findWorld({ checklist: name, target, cwd: shell.cwd, breaks: [] }).world.secrets;
    } catch (error) {
      // Its world is gone, and its secrets were none of anybody's.
      if (error instanceof GoliveError && error.code === 'world') return {};
      throw error;
    }
  }
  const { secrets, missing } = gatherInputs(checklist, { env: shell.env, now: Date.now() });
  const unknown = missing.filter(({ question }) => question.secret).map(({ name }) => name);
  if (unknown.length > 0)
    shell.err(`Whether the file has ${unknown.join(', ')} in it was not looked at: no GOLIVE_INPUT_… says what it is.`);
  return secrets;
}
