// `golive stop`: ends a run as a no-go from another terminal, or one that nobody is at.

import { actsThatStand } from '../engine/acts.ts';
import type { Plan, Step } from '../engine/plan.ts';
import { askToStop, holdRun } from '../effects/holder.ts';
import { findPrincipal } from '../effects/keys.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { throwAwaySigner } from '../log/session-key.ts';
import { standsLines } from '../render/act.ts';
import { closingLines } from '../render/closing.ts';
import { pair } from '../render/layout.ts';
import { visible } from '../render/text.ts';
import { sealRun } from '../runner/opening.ts';
import type { RunStore } from '../world.ts';
import { openDesk, type Desk } from './desk.ts';
import { follow, nowOf, sealedLines } from './following.ts';
import { toldHere } from './hidden.ts';
import { heldError } from './holding.ts';
import { couriersFor, noticesOf } from './notices.ts';
import { localFolder } from './outside.ts';
import { openOwnSession } from './own-session.ts';
import { ownCopy, refuseClosed } from './own-copy.ts';
import { findRun, nameOf, openStore, type KnownRun } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';

export interface StopOptions extends GlobalOptions, SigningOptions {
  readonly reason?: string;
  /** What the run changed stays: the name of the target need not be typed. */
  readonly leave?: boolean;
}

/** All that ending this run takes. */
interface Stopping {
  readonly store: RunStore;
  readonly known: KnownRun;
  readonly plan: Plan;
  readonly stands: readonly Step[];
  readonly reason: string;
  readonly desk: Desk;
  readonly command: string;
}

/**
 * Ends the run that is meant: asks the session that works on it, or without one opens a session of its own. Returns the
 * exit code the run was sealed with, 2 where it was not ended. Throws GoliveError for a run that cannot be ended (exit 3)
 * and for a session that does not let go (exit 2).
 */
export async function stop(wanted: string, options: StopOptions, shell: ProcessShell): Promise<number> {
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  refuseByItself(known);
  refuseClosed(known);
  const { plan } = await ownCopy(store, known);
  const stands = actsThatStand(plan, known.state);
  const desk = openDesk(shell, { quiet: options.json === true });
  const asked = shell.terminal.interactive && options.json !== true;
  const command = howCalled(shell, options);
  try {
    const { reason: said = asked ? await askReason(desk) : undefined } = options;
    if (said === undefined && asked) return turnedAway(shell);
    if (said === undefined || said.trim() === '')
      throw new GoliveError('usage', 'a run is not ended without a reason', { hint: "Say why: --reason '…'" });
    const reason = toldHere(said, { plan, known }, shell);
    const stopping = { store, known, plan, stands, reason, desk, command };
    if (stands.length > 0 && options.leave !== true) {
      tellWhatStands(stopping);
      if (!asked) throw leftStanding(stopping);
      if (!(await typedTarget(desk, known))) return turnedAway(shell);
    }
    const ended = (await endElsewhere(stopping, options, shell)) ?? (await endHere(stopping, options, shell));
    if (options.json === true) shell.out(JSON.stringify({ run: known.run, exit: ended, reason }));
    return ended;
  } finally {
    desk.close();
  }
}

/** Throws GoliveError for what decides nothing and ends by itself. */
function refuseByItself({ run, state }: KnownRun): void {
  const mode = state.opened?.mode;
  if (state.sealed || mode === 'run') return;
  throw new GoliveError('not-open', `${run} is a ${mode === 'survey' ? 'survey' : 'dry run'}: it ends by itself`, {
    hint: 'Ctrl-C in its terminal ends it sooner. One that was killed needs nothing: it never counts as an open run.',
  });
}

async function askReason({ operator }: Desk): Promise<string | undefined> {
  const check = (text: string): string | undefined => (text.trim() === '' ? 'type a reason' : undefined);
  const said = await operator.line('Why does the run end here? Typing a reason ends it', check);
  return 'answer' in said ? said.answer : undefined;
}

function tellWhatStands({ desk, stands, command, known }: Stopping): void {
  desk.print(standsLines(desk.page, stands, 'left in place: a run that ended takes nothing back'));
  desk.print(pair(desk.page, 2, 'instead', `${command} rollback ${known.run}`, 8));
}

function leftStanding({ stands, command, known }: Stopping): GoliveError {
  const ids = stands.map(({ id }) => id).join(', ');
  return new GoliveError('stands', `${known.run} changed something that stands: ${ids}`, {
    hint: `Take it back: ${command} rollback ${known.run}\n  End the run and leave it: add --leave`,
  });
}

async function typedTarget({ operator }: Desk, known: KnownRun): Promise<boolean> {
  const word = nameOf(known);
  const check = (text: string): string | undefined =>
    text === word ? undefined : `nothing was done: type ${visible(word)}, or :pause to turn away`;
  const said = await operator.line(`Type ${visible(word)} to end the run and leave it so`, check);
  return 'answer' in said;
}

function turnedAway(shell: ProcessShell): number {
  shell.err('The run was not ended.');
  return exitCodes.undecided;
}

/** The session that works on the run ends it. Undefined when there is none. */
async function endElsewhere(
  stopping: Stopping,
  options: StopOptions,
  shell: ProcessShell,
): Promise<number | undefined> {
  const { store, known, plan, stands, reason, desk, command } = stopping;
  const { run } = known;
  const folder = localFolder(store.locate(run));
  const by = await principalOf(known, options, shell);
  const said = await askToStop(folder, { by, reason, stands: stands.map(({ id }) => id) });
  if (said === 'nobody') return undefined;
  if (said === 'mute') throw heldError(run, 'mute', command);
  if (typeof said === 'object')
    throw new GoliveError('held', `the session that works on ${run} does not end it: ${said.refused}`, {
      exit: exitCodes.undecided,
    });
  desk.print(['  Its session was told, and ends it as soon as what it sends has been answered.']);
  const batch = (): void => undefined;
  const quiet = (holder: unknown): boolean => holder !== undefined;
  const followed = await follow({ store, run, signal: shell.signal, batch, quiet, askMs: 250 });
  const { sealed } = followed.state;
  if (sealed) {
    desk.print(sealedLines(desk.page, plan, followed, { run, command, now: nowOf(followed.state) }));
    return sealed.exit;
  }
  if (!shell.signal.aborted) {
    const hint = `It may have been killed. End the run: ${command} stop ${run} --reason '…'`;
    throw new GoliveError('held', `the session was told, and is gone without ending ${run}`, { hint, exit: 2 });
  }
  shell.err('Its session was told, and ends the run; only waiting for that has ended.');
  return exitCodes.interrupted;
}

async function principalOf(known: KnownRun, options: StopOptions, shell: ProcessShell): Promise<string> {
  const rehearsed = known.state.opened?.rehearsal === true ? known.state.opened.session.principal : undefined;
  const principal = await findPrincipal({ cwd: shell.cwd, env: shell.env, as: options.as ?? rehearsed });
  if (principal !== undefined) return principal;
  throw new GoliveError('principal', 'golive does not know who you are', {
    hint: 'Say --as you@example.com, or set git’s user.email.',
  });
}

/** Nobody is at the run: it is ended in a session of its own. */
async function endHere(stopping: Stopping, options: StopOptions, shell: ProcessShell): Promise<number> {
  const { store, known, plan, reason, desk, command } = stopping;
  const { run, state } = known;
  const rehearsal = state.opened?.rehearsal === true;
  const by = rehearsal ? await principalOf(known, options, shell) : undefined;
  const signer = by === undefined ? await signerFor('run', options, shell) : throwAwaySigner(by);
  const couriers = rehearsal ? [] : couriersFor('run', shell);
  const notices = noticesOf({ plan, run, signer, couriers }, (text) => shell.err(text));
  const who = {
    principal: signer.principal,
    host: shell.host,
    since: new Date().toISOString(),
    what: 'ending the run',
  };
  const hold = await holdRun(localFolder(store.locate(run)), { who: () => who, stop: () => 'it is just being ended' });
  if ('held' in hold && !hold.held) throw heldError(run, hold.by, command);
  try {
    const lines = await store.read(run, 0);
    // What was looked at, and agreed to, has to be what is there.
    if (lines.length !== state.seq)
      throw new GoliveError('busy', `somebody has worked on ${run} since it was read: look again`, { exit: 2 });
    const { journal, clock } = await openOwnSession({ store, known, plan, lines, signer, notices }, shell);
    // One that was killed after it was stopped only lacks its seal.
    if (state.stopped === undefined) await journal.order({ order: 'stop', by: signer.principal, reason, step: '' });
    const outcome = await sealRun(journal, plan, signer, clock.now());
    const how = { run, command, now: clock.now(), head: journal.head(), throwAway: rehearsal };
    desk.print(closingLines(desk.page, plan, journal.state(), outcome, how));
    return outcome.exit;
  } finally {
    await notices?.close();
    if ('close' in hold) await hold.close();
  }
}
