// The newest amendment of a run, as its log has it.

import { resolve } from 'node:path';
import { compose } from '../checklist/compose.ts';
import { checklistDigest } from '../checklist/digest.ts';
import { openFiles } from '../effects/files.ts';
import type { Bodies } from '../engine/events.ts';
import type { State } from '../engine/state.ts';
import { readEvents } from '../log/replay.ts';
import type { RunStore } from '../world.ts';
import { shelfFor } from './open-checklist.ts';
import type { Shell } from './shell.ts';

/** What the log says of the newest amendment; undefined for a run that was never amended. */
export async function newestAmendment(
  store: RunStore,
  run: string,
  state: State,
): Promise<Bodies['checklist.amend'] | undefined> {
  if (state.amended === undefined) return undefined;
  const events = readEvents(await store.read(run, 0));
  const newest = events.findLast((event) => event.kind === 'checklist.amend');
  return newest?.kind === 'checklist.amend' ? newest.body : undefined;
}

/** Who amended the checklist and why: `amended by ada@example.com (a typo)`. */
export function amendedBy({ by, second, reason }: Bodies['checklist.amend']): string {
  return `amended by ${by}${second === '' ? '' : ` and ${second}`} (${reason})`;
}

/** The digest of the checklist a run goes on with; empty before it was opened. */
export function ownDigest(state: State): string {
  return state.amended ?? state.opened?.checklist.digest ?? '';
}

/**
 * Whether the file the run was begun with, with the templates it uses, is neither what it was then nor what the run has
 * now. A run may have been amended from another file.
 */
export async function hasChanged(state: State, shell: Shell): Promise<boolean> {
  const { path = '', digest } = state.opened?.checklist ?? {};
  const file = resolve(shell.cwd, path);
  const written = path === '' ? undefined : await openFiles().readText(file);
  if (written === undefined) return false;
  const { text } = await compose(written, path, shelfFor(file, shell));
  return ![digest, ownDigest(state)].includes(checklistDigest(text));
}
