// `golive accept`: a decision that was made elsewhere is taken into the run, by whoever works on it or in a session of its own.

import { resolve } from 'node:path';
import { readHanded } from '../effects/handed-file.ts';
import { askToAccept, holdRun, type Holding } from '../effects/holder.ts';
import type { Envelope } from '../engine/events.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { readDecision } from '../log/request.ts';
import { visible } from '../render/text.ts';
import { decidedIn, takeDecision, whyNot, type Decided } from '../runner/decision.ts';
import { nobodyElsewhere } from '../runner/request.ts';
import type { RunStore } from '../world.ts';
import { nowOf } from './following.ts';
import { heldError } from './holding.ts';
import { couriersFor, noticesOf } from './notices.ts';
import { localFolder } from './outside.ts';
import { openOwnSession } from './own-session.ts';
import { peopleWithKeys, rosterHere, type PeopleHere } from './people-here.ts';
import { ownCopy, refuseClosed } from './own-copy.ts';
import { findRun, openStore, readRun, type KnownRun } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';

/**
 * Takes a decision into the run that is meant. Returns 0. Throws GoliveError: `refused` (exit 3) for one that does not
 * count, with why; `held` (exit 2) where the process that works on the run gives no answer.
 */
export async function accept(
  wanted: string,
  file: string,
  options: GlobalOptions & SigningOptions,
  shell: ProcessShell,
): Promise<number> {
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  refuseClosed(known);
  const nobody = nobodyElsewhere(known.state);
  if (nobody) throw nobody;
  const statement = readDecision(readHanded(resolve(shell.cwd, file)));
  const said = decidedIn(statement);
  const { run } = known;
  const command = howCalled(shell, options);
  const told = await askToAccept(localFolder(store.locate(run)), statement);
  if (told === 'mute') throw heldError(run, 'mute', command);
  if (typeof told === 'object') throw notCounted(said, told.refused, `${command} request ${run} ${said.step}`);
  if (told === 'nobody') await takeHere({ store, run, statement, said, command }, options, shell);
  const { step, role, decision, principal } = said;
  if (options.json === true)
    shell.out(
      JSON.stringify({
        run,
        step,
        role,
        decision,
        by: principal,
        taken: told === 'nobody' ? 'here' : 'by its session',
      }),
    );
  else {
    shell.out(visible(`${decision} for ${role} at ${step} by ${principal}: it counts in ${run}.`));
    shell.out(
      told === 'nobody'
        ? `Nobody is at the run. Go on with: ${command} resume ${run}`
        : 'The session that works on it goes on with it.',
    );
  }
  return exitCodes.go;
}

interface Taking {
  readonly store: RunStore;
  readonly run: string;
  readonly statement: Envelope;
  readonly said: Decided;
  readonly command: string;
}

/** Nobody works on the run: it is written down in a session of its own, and the poll stays open. */
async function takeHere(
  { store, run, statement, said, command }: Taking,
  options: SigningOptions,
  shell: ProcessShell,
): Promise<void> {
  const before = await readRun(store, run);
  const { plan } = await ownCopy(store, before);
  const again = `${command} request ${run} ${said.step}`;
  const lines = await store.read(run, 0);
  // What the log alone says against it is said before a line is written.
  const journal = { run, state: () => before.state, lines: () => lines.slice(0, before.state.seq) };
  const refused = whyNot({ plan, journal, world: { clock: { now: () => nowOf(before.state) } } }, statement);
  if (refused !== undefined) throw notCounted(said, refused, again);
  const { signer, roster } = await peopleAt(before, options, shell);
  if (roster === undefined)
    throw new GoliveError('roles', 'nobody said who holds which role: there is no .golive/allowed_signers here', {
      hint: 'Bring the decision where the run was begun.',
    });
  const couriers = before.state.opened?.rehearsal === true ? [] : couriersFor('run', shell);
  const notices = noticesOf({ plan, run, signer, couriers }, (text) => shell.err(text));
  const hold = await holdRun(localFolder(store.locate(run)), taking(signer.principal, shell));
  if ('held' in hold && !hold.held) throw heldError(run, hold.by, command);
  try {
    const known = await readRun(store, run);
    const now = await store.read(run, 0);
    const own = await openOwnSession({ store, known, plan, lines: now, signer, roster, notices }, shell);
    const late = await takeDecision({ plan, journal: own.journal, roster, world: own }, statement);
    // When the run is to go on stays as the session before said.
    await own.journal.order({ order: 'close-session', reason: 'later', until: known.state.until });
    if (late !== undefined) throw notCounted(said, late, again);
  } finally {
    await notices?.close();
    if ('close' in hold) await hold.close();
  }
}

function taking(principal: string, { host }: ProcessShell): Holding {
  const who = { principal, host, since: new Date().toISOString(), what: 'taking a decision' };
  return { who: () => who, stop: () => 'a decision is just being taken into it: try again' };
}

/** Whoever runs this, and who is known here. A rehearsal with people of its own asks for their keys as it did before. */
async function peopleAt(
  { state }: KnownRun,
  options: SigningOptions,
  shell: ProcessShell,
): Promise<Pick<PeopleHere, 'signer' | 'roster'>> {
  if (state.opened?.rehearsal === true) return peopleWithKeys(options, shell, () => nowOf(state));
  const signer = await signerFor('run', options, shell);
  return { signer, roster: rosterHere(signer, shell) };
}

function notCounted({ principal, step }: Decided, why: string, again: string): GoliveError {
  return new GoliveError('refused', `the decision of ${principal} at ${step} does not count: ${why}`, {
    hint: `Nothing was decided by it. Another request: ${again}`,
  });
}
