// A line that a command adds to a run from outside: who may, to which runs, and the session of its own that it takes.

import type { Checklist } from '../checklist/read.ts';
import type { Order } from '../engine/decide.ts';
import type { Plan } from '../engine/plan.ts';
import { GoliveError } from '../errors.ts';
import { throwAwaySigner } from '../log/session-key.ts';
import type { RunStore, Signer } from '../world.ts';
import { refuseHeld } from './holding.ts';
import { openOwnSession } from './own-session.ts';
import { ownCopy } from './own-copy.ts';
import { findRun, openStore, type KnownRun } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';

/** A run that nobody works on, and who adds to it. */
export interface OpenRun {
  readonly store: RunStore;
  readonly known: KnownRun;
  readonly plan: Plan;
  readonly checklist: Checklist;
  readonly signer: Signer;
}

/**
 * The run that is meant. `word` is what is typed at its own prompt for the same. Throws GoliveError: `sealed` for one that
 * is over; with exit 2 `held` while somebody works on it, and `busy` where the process that did was killed.
 */
export async function openToAdd(
  wanted: string,
  word: ':note' | ':attach',
  options: GlobalOptions & SigningOptions,
  shell: ProcessShell,
): Promise<OpenRun> {
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  if (known.state.sealed) throw new GoliveError('sealed', `${known.run} is sealed; nothing can be added to it`);
  await refuseHeld(store, known.run, shell, options, `Type ${word} at its prompt.`);
  if (known.state.session) {
    throw new GoliveError('busy', `the process that worked on ${known.run} was killed, and closed nothing`, {
      hint: `Resume the run first, and type ${word} at its prompt.`,
      exit: 2,
    });
  }
  const rehearsal = known.state.opened?.rehearsal === true;
  const signer = rehearsal
    ? throwAwaySigner(known.state.opened?.session.principal ?? 'operator')
    : await signerFor('run', options, shell);
  return { store, known, signer, ...(await ownCopy(store, known)) };
}

/** Gives the order in a session of its own. Throws GoliveError `usage` with why when it is refused. */
export async function addTo(open: OpenRun, order: Order, shell: ProcessShell): Promise<void> {
  const { store, known } = open;
  const lines = await store.read(known.run, 0);
  const { journal } = await openOwnSession({ ...open, lines }, shell);
  const refused = await journal.order(order);
  // When the run is to go on stays as the session before said.
  await journal.order({ order: 'close-session', reason: 'later', until: known.state.until });
  if (refused !== undefined) throw new GoliveError('usage', refused);
}
