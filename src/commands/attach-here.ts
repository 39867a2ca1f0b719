// A file that somebody at the prompt of a run keeps as evidence of it.

import { join, resolve } from 'node:path';
import { readAttachment } from '../effects/attachment.ts';
import { GoliveError, withHint } from '../errors.ts';
import { attachTo } from '../runner/attach.ts';
import type { Kept } from '../runner/at-section.ts';
import type { Journal } from '../runner/journal.ts';
import type { Shell } from './shell.ts';

/** What is wrong with a file; everything else stops the run. */
const ofTheFile = ['file', 'secret', 'usage'];

/**
 * Keeps the file at `path`, seen from where golive was started. Gives how it is named as
 * evidence, or why it was not kept, with what to do about it.
 */
export async function attachHere(
  journal: Pick<Journal, 'keepBytes' | 'order' | 'scrub'>,
  { path, step, by }: { readonly path: string; readonly step: string; readonly by: string },
  { cwd, env }: Shell,
): Promise<Kept> {
  // No shell is there to read it.
  const written = path.startsWith('~/') ? join(env['HOME'] ?? '~', path.slice(2)) : path;
  try {
    const file = readAttachment(resolve(cwd, written));
    const kept = await attachTo(journal, { ...file, step, by });
    return 'refused' in kept ? kept : { name: `${file.name}, attached, sha256 ${kept.digest.slice(0, 12)}` };
  } catch (error) {
    if (error instanceof GoliveError && ofTheFile.includes(error.code)) return { refused: withHint(error) };
    throw error;
  }
}
