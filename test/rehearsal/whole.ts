// Whole rehearsals by themselves, of AEP where nothing else is said: how they ended, what they said, and what they left.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { localFolder } from '../../src/commands/outside.ts';
import { openStore, readRun } from '../../src/commands/runs.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { initialState, type State } from '../../src/engine/state.ts';
import { loadWorld, type RehearsalWorld } from '../../src/rehearsal/world.ts';
import { refuseBreaches } from '../support/procedure.ts';
import type { TestShell } from '../support/shell.ts';

export interface Rehearsed {
  readonly exit: number;
  readonly state: State;
  /** What was printed, complaints included. */
  readonly screen: string;
  /** The world it left behind; undefined when it never began. */
  readonly world: RehearsalWorld | undefined;
}

/** `golive rehearse aep-prod` with some more words: how it ended, what it said, and what it left behind. */
export async function rehearsedWith(words: readonly string[], shell: TestShell, name = 'aep-prod'): Promise<Rehearsed> {
  const [printed, complained] = [shell.printed().length, shell.complained().length];
  const { runsDir } = shell;
  const store = openStore({ runsDir }, shell);
  const before = await store.list();
  const exit = await runCli(['rehearse', name, ...words, '--runs-dir', runsDir], shell);
  const run = (await store.list()).find((each) => !before.includes(each));
  if (run !== undefined) await refuseBreaches(runsDir, [run]);
  const kept = run === undefined ? undefined : join(localFolder(store.locate(run)), 'world.json');
  return {
    exit,
    state: run === undefined ? initialState() : (await readRun(store, run)).state,
    screen: shell.printed().slice(printed) + shell.complained().slice(complained),
    world: kept === undefined ? undefined : loadWorld(readFileSync(kept, 'utf8'), 'world.json'),
  };
}

/** `golive rehearse aep-prod --auto --world FILE`. */
export function rehearsed(patch: JsonObject, shell: TestShell): Promise<Rehearsed> {
  const file = join(dirname(shell.runsDir), 'patch.yaml');
  writeFileSync(file, JSON.stringify(patch));
  return rehearsedWith(['--auto', '--world', file], shell);
}

/** Rehearses and expects anything but a go, with these words. */
export async function expectNoGo(patch: JsonObject, words: RegExp, shell: TestShell): Promise<Rehearsed> {
  const ended = await rehearsed(patch, shell);
  expect(ended.screen).toMatch(words);
  expect(ended.screen).not.toMatch(/^GO /m);
  expect([1, 2, 3]).toContain(ended.exit);
  expect(['no-go', 'undecided', undefined]).toContain(ended.state.sealed?.result);
  // What stands in the zone by our hand is what the log says, and nothing else.
  expect(changesOfOurs(ended)).toHaveLength(acceptedChanges(ended));
  return ended;
}

/** How many changes of a zone the log says were made. */
export function acceptedChanges({ state }: Rehearsed): number {
  const acts = ['lower-ttl', 'dns-cutover', 'ttl-restored'].flatMap((id) => state.steps[id]?.act ?? []);
  return acts.filter(({ outcome, request }) => outcome === 'done' && request !== '').length;
}

/** What golive changed in the zones of the world it left behind. */
export function changesOfOurs({ world }: Rehearsed): readonly string[] {
  const comments = Object.values(world?.account.route53.changes ?? {}).map(({ comment }) => comment);
  return comments.filter((comment) => comment.startsWith('golive '));
}
