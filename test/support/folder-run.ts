// A run in a folder whose process is gone, or about to be played by a test: for commands that come to a run from outside.

import { readdirSync } from 'node:fs';
import { bind } from '../../src/checklist/bind.ts';
import { localFolder } from '../../src/commands/outside.ts';
import { openStore } from '../../src/commands/runs.ts';
import { holdRun, type Holder, type StopWish } from '../../src/effects/holder.ts';
import type { Order } from '../../src/engine/decide.ts';
import type { Mode, RunEvent } from '../../src/engine/events.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { readEvents } from '../../src/log/replay.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import type { Journal } from '../../src/runner/journal.ts';
import { sealRun } from '../../src/runner/opening.ts';
import type { RunStore } from '../../src/world.ts';
import { known, loaded } from '../checklist/given.ts';
import { noon } from './plan.ts';
import { openJournal, opening } from './run.ts';
import type { TestShell } from './shell.ts';

export interface FolderRun {
  readonly run: string;
  readonly plan: Plan;
  readonly store: RunStore;
  readonly journal: Journal;
  /** Carries out orders that are not refused. */
  give(...orders: readonly Order[]): Promise<void>;
  seal(): Promise<void>;
  events(): Promise<readonly RunEvent[]>;
  /** Everything that is kept of it. */
  kept(): readonly string[];
  /** Holds it as somebody who works on it does; gives what lets it go. */
  hold(stop?: (wish: StopWish) => string | undefined): Promise<() => Promise<void>>;
}

export const ada: Holder = {
  principal: 'ada@example.com',
  host: 'desk',
  since: '2026-03-01T12:00:00.000Z',
  what: 'asking approved',
};

/** A run of the checklist `demo-prod` in the folder of this shell, opened at noon in a session that is not closed. */
export async function folderRun(
  shell: TestShell,
  text: string,
  given: { readonly rehearsal?: boolean; readonly mode?: Mode; readonly letter?: string } = {},
): Promise<FolderRun> {
  const rehearsal = given.rehearsal ?? true;
  const run = `${rehearsal ? 'rehearsal-' : ''}${(given.letter ?? 'a').repeat(26)}`;
  const store = openStore(shell, shell);
  const bound = bind(await loaded(text), known, { target: 'prod', inputs: {}, partial: true });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  const { plan } = bound;
  const digest = await store.putBlob(run, new TextEncoder().encode(text));
  const checklist = { name: 'demo', title: 'Demo', path: 'checklists/demo.yaml', digest };
  const opened = { ...opening(given.mode ?? 'run'), rehearsal, checklist };
  const journal = await openJournal(plan, store, run, opened);
  return {
    run,
    plan,
    store,
    journal,
    give: async (...orders) => {
      for (const order of orders) {
        const refused = await journal.order(order);
        if (refused !== undefined) throw new Error(refused);
      }
    },
    seal: async () => void (await sealRun(journal, plan, throwAwaySigner('ada@example.com'), noon)),
    events: async () => readEvents(await store.read(run, 0)),
    kept: () => {
      const names = readdirSync(store.locate(run), { recursive: true, encoding: 'utf8' });
      // An empty folder beside the evidence is nothing.
      return names.filter((name) => name !== 'local').toSorted();
    },
    hold: async (stop = () => 'nobody ends this one') => {
      const hold = await holdRun(localFolder(store.locate(run)), { who: () => ada, stop });
      if (!('close' in hold)) throw new Error(JSON.stringify(hold));
      return () => hold.close();
    },
  };
}
