// Runs that are here: which are open, and which one a person means.

import { resolve } from 'node:path';
import { evolve, evolveAll } from '../engine/evolve.ts';
import type { Json } from '../engine/json.ts';
import { initialState, type State } from '../engine/state.ts';
import { fileStore, readWhole } from '../effects/store-file.ts';
import { GoliveError } from '../errors.ts';
import { readEvents } from '../log/replay.ts';
import { visible } from '../render/text.ts';
import type { RunStore } from '../world.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export interface KnownRun {
  readonly run: string;
  readonly state: State;
  /** Why its log cannot be read to its end; `state` is then that of its first line, or of none. */
  readonly damage?: string;
}

/** The store of `--runs-dir`, else `.golive/runs` here. */
export function openStore(options: GlobalOptions, shell: Shell): RunStore {
  return fileStore(resolve(shell.cwd, options.runsDir ?? '.golive/runs'));
}

/** Reads the JSON that is kept with a run under a digest; undefined when it is not there. */
export function keptIn(store: RunStore, run: string): (digest: string) => Promise<Json | undefined> {
  return async (digest) => {
    const bytes = await store.getBlob(run, digest);
    const kept: Json | undefined = bytes && JSON.parse(new TextDecoder().decode(bytes));
    return kept;
  };
}

/** A run with its state. */
export async function readRun(store: RunStore, run: string): Promise<KnownRun> {
  const lines = await store.read(run, 0);
  if (lines.length === 0)
    throw new GoliveError('run', `there is no run ${run}`, { hint: `Looked in ${store.locate(run)}.` });
  return { run, state: evolveAll(readEvents(lines)) };
}

/** Every run, newest first. One that cannot be read is among them, and takes no other with it. */
export async function allRuns(store: RunStore): Promise<readonly KnownRun[]> {
  return Promise.all(
    (await store.list()).map((run) => readRun(store, run).catch((error) => damaged(store, run, error))),
  );
}

function damaged(store: RunStore, run: string, error: unknown): KnownRun {
  if (!(error instanceof GoliveError)) throw error;
  const known = { run, state: initialState(), damage: error.message };
  try {
    return { ...known, state: readEvents(readWhole(store.locate(run)).lines.slice(0, 1)).reduce(evolve, known.state) };
  } catch (cause) {
    if (cause instanceof GoliveError) return known;
    throw cause;
  }
}

/** Says which of `runs` cannot be read, and why. */
export function tellDamaged(runs: readonly KnownRun[], shell: Shell): void {
  for (const { run, damage } of runs) {
    if (damage === undefined) continue;
    shell.err(`golive: ${run} cannot be read: ${visible(damage)}`);
    shell.err(`  Nothing is done with it. \`golive verify ${run}\` says how far it is whole.`);
  }
}

/** True while a run can go on: a dry run and a survey never count. */
export function isOpen({ state }: KnownRun): boolean {
  return state.sealed === undefined && state.opened?.mode === 'run';
}

/** `aep-prod`. */
export function nameOf({ state }: KnownRun): string {
  return `${state.opened?.checklist.name ?? ''}-${state.opened?.target ?? ''}`;
}

/** The open run for `aep-prod`, rehearsals left out. A damaged one counts: nobody knows that it ended. */
export async function openRunOf(store: RunStore, name: string): Promise<KnownRun | undefined> {
  return (await allRuns(store)).find(
    (known) => isOpen(known) && nameOf(known) === name && known.state.opened?.rehearsal !== true,
  );
}

/** The run a person means: by id or the beginning of one, by name (the newest open one), or the newest open run. */
export async function findRun(store: RunStore, wanted: string | undefined, shell: Shell): Promise<KnownRun> {
  if (wanted !== undefined && (await store.list()).includes(wanted)) return readRun(store, wanted);
  const all = await allRuns(store);
  tellDamaged(all, shell);
  const runs = all.filter((known) => known.damage === undefined);
  if (wanted === undefined) {
    const open = runs.find(isOpen);
    if (open) return open;
    throw new GoliveError('run', 'no run is open here', {
      hint: 'Start one with `golive run NAME-TARGET`, or name a run.',
    });
  }
  const named = runs.filter((known) => nameOf(known) === wanted);
  const chosen = named.find(isOpen) ?? named[0];
  if (chosen) return chosen;
  const begun = runs.filter((known) => known.run.startsWith(wanted));
  if (begun.length === 1 && begun[0] && wanted.length >= 4) return begun[0];
  throw new GoliveError('run', `there is no run ${wanted} here`, {
    hint:
      runs.length === 0
        ? 'No run is kept here; see --runs-dir.'
        : `Runs: ${runs
            .slice(0, 5)
            .map((known) => `${known.run} (${nameOf(known)})`)
            .join(', ')}.`,
  });
}
