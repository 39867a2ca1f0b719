// `golive note`: a remark in the log of an open run, from a session of its own.

import { GoliveError } from '../errors.ts';
import { throwAwaySigner } from '../log/session-key.ts';
import { refuseHeld } from './holding.ts';
import { openOwnSession } from './own-session.ts';
import { ownCopy } from './resume.ts';
import { findRun, openStore } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';

/** Appends a note. Returns 0. */
export async function note(
  wanted: string,
  text: string,
  options: GlobalOptions & SigningOptions,
  shell: ProcessShell,
): Promise<number> {
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  if (known.state.sealed) throw new GoliveError('sealed', `${known.run} is sealed; nothing can be added to it`);
  await refuseHeld(store, known.run, shell, options, 'Type :note at its prompt.');
  if (known.state.session) {
    throw new GoliveError('busy', `the process that worked on ${known.run} was killed, and closed nothing`, {
      hint: 'Resume the run first, and type :note at its prompt.',
      exit: 2,
    });
  }
  const rehearsal = known.state.opened?.rehearsal === true;
  const signer = rehearsal
    ? throwAwaySigner(known.state.opened?.session.principal ?? 'operator')
    : await signerFor('run', options, shell);
  const { plan } = await ownCopy(store, known);
  const lines = await store.read(known.run, 0);
  const { journal } = await openOwnSession({ store, known, plan, lines, signer }, shell);
  const refused = await journal.order({ order: 'note', by: signer.principal, step: '', text });
  await journal.order({ order: 'close-session', reason: 'later', until: '' });
  if (refused !== undefined) throw new GoliveError('usage', refused);
  shell.out(options.json === true ? JSON.stringify({ run: known.run, text }) : `noted in ${known.run}`);
  return 0;
}
