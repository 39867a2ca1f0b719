// Whether somebody is at a run right now, for those who ask where it stands.

import type { HeldBy } from '../effects/holder.ts';
import { howCalled, type GlobalOptions, type Shell } from './shell.ts';
import { isOpen, type KnownRun } from './runs.ts';
import type { RunStore } from '../world.ts';
import { holderOf, holderText } from './holding.ts';

/** `worked on now by ada@example.com on desk since 10:31Z`, or how to go on with it. */
export async function attendance(
  { run }: KnownRun,
  store: RunStore,
  options: GlobalOptions,
  shell: Shell,
): Promise<string> {
  const by = await holderOf(store, run);
  if (by === undefined) return `nobody is at it: ${howCalled(shell, options)} resume ${run}`;
  return `worked on now by ${holderText(by, Date.now())}`;
}

/** The same for each run that is open; empty for all others. */
export async function attendanceOf(
  runs: readonly KnownRun[],
  store: RunStore,
  options: GlobalOptions,
  shell: Shell,
): Promise<readonly string[]> {
  const words = async (known: KnownRun): Promise<string> =>
    counts(known) ? attendance(known, store, options, shell) : '';
  return Promise.all(runs.map(words));
}

/** For programs: who says that they work on the run; `mute` for a process that says nothing; null without one. */
export async function heldBy(store: RunStore, known: KnownRun): Promise<HeldBy | null> {
  return counts(known) ? ((await holderOf(store, known.run)) ?? null) : null;
}

function counts(known: KnownRun): boolean {
  return isOpen(known) && known.damage === undefined;
}
