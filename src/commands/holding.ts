// Who is at a run right now, in words; and this process being the one who is.

import { actsThatStand, takingBack } from '../engine/acts.ts';
import { holdRun, whoHolds, type HeldBy, type Hold, type Holding } from '../effects/holder.ts';
import { openPresence } from '../effects/presence.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { visible } from '../render/text.ts';
import { decidedIn, takeDecision } from '../runner/decision.ts';
import type { Journal } from '../runner/journal.ts';
import type { Presence } from '../runner/presence.ts';
import type { RunStore } from '../world.ts';
import { localFolder } from './outside.ts';
import { howCalled, type GlobalOptions, type Shell } from './shell.ts';
import type { RunDesk, Work } from './work.ts';

/** Who works on the run, or undefined. */
export function holderOf(store: RunStore, run: string): Promise<HeldBy | undefined> {
  return whoHolds(localFolder(store.locate(run)));
}

/** `ada@example.com on desk since 10:31Z`; `now` in ms decides whether the day is said. */
export function holderText(by: HeldBy, now: number): string {
  if (by === 'mute') return 'a process that does not answer';
  const [day, time] = [by.since.slice(0, 10), `${by.since.slice(11, 16)}Z`];
  const since = formatAt(now).startsWith(day) ? time : `${day} ${time}`;
  return visible(`${by.principal} on ${by.host} since ${since}`);
}

/** Throws GoliveError `held` (exit 2) when somebody works on the run. `instead`: what else can be done about it. */
export async function refuseHeld(
  store: RunStore,
  run: string,
  shell: Shell,
  options: GlobalOptions,
  instead?: string,
): Promise<void> {
  const by = await holderOf(store, run);
  if (by !== undefined) throw heldError(run, by, howCalled(shell, options), instead);
}

/** The error for a run that somebody works on: exit 2. */
export function heldError(run: string, by: HeldBy, command: string, instead?: string): GoliveError {
  const hint =
    by === 'mute'
      ? 'It may be suspended in its terminal (`fg` brings it back). Once it has ended, the run can be gone on with.'
      : `Look over their shoulder: ${command} watch ${run}\n  End the run from here: ${command} stop ${run} --reason '…'`;
  return new GoliveError('held', `${run} is being worked on by ${holderText(by, Date.now())}`, {
    hint: instead === undefined || by === 'mute' ? hint : `${instead}\n  ${hint}`,
    exit: exitCodes.undecided,
  });
}

/** This process being the one that works on a run. */
export interface Grip {
  /** From now on this is the session that is spoken of. */
  at(journal: Journal): Promise<void>;
}

/**
 * Works on a run in the sight of other processes, and lets one of them end it. Throws GoliveError `held` when another one
 * works on it already.
 */
export async function whileSeen(
  given: Work,
  desk: Pick<RunDesk, 'print' | 'flush' | 'operator'>,
  work: (presence: Presence, grip: Grip) => Promise<number>,
): Promise<number> {
  const { run, store, command } = given;
  const folder = localFolder(store.locate(run));
  const presence = openPresence(given.shell.signal);
  let journal: Journal | undefined;
  let hold: Hold | undefined;
  const holding = holdingOf(given, desk, presence, () => journal);
  const take = async (): Promise<void> => {
    hold = await holdRun(folder, holding);
    if ('unseen' in hold) desk.print([`  Other terminals cannot see this session: ${visible(hold.unseen)}`]);
    else if (!hold.held) throw heldError(run, hold.by, command);
  };
  const close = async (): Promise<void> => {
    if (hold !== undefined && 'close' in hold) await hold.close();
  };
  const grip: Grip = {
    at: async (begun) => {
      journal = begun;
      if (hold === undefined) await take();
    },
  };
  try {
    // A run that is there may be held by somebody else. A new one is not known to anybody, and has no folder yet.
    if (given.opened === undefined) await take();
    return await work(presence, grip);
  } catch (error) {
    await close();
    throw await whoWasFirst(folder, given, error);
  } finally {
    await close();
  }
}

/** What this session answers when it is asked. */
function holdingOf(
  given: Work,
  desk: Pick<RunDesk, 'flush' | 'operator'>,
  presence: Presence,
  journal: () => Journal | undefined,
): Holding {
  const { shell, signer, plan, roster } = given;
  const since = formatAt(Date.now());
  return {
    who: () => ({ principal: signer.principal, host: shell.host, since, what: presence.what() }),
    stop: ({ by, reason, stands }) => {
      const state = journal()?.state();
      if (state === undefined) return 'its session only begins';
      const mode = state.opened?.mode ?? 'run';
      if (mode !== 'run') return `a ${mode === 'survey' ? 'survey' : 'dry run'} ends by itself`;
      if (takingBack(state)) return 'a way back is under way: only at its own terminal can it be left';
      const others = actsThatStand(plan, state).filter(({ id }) => !stands.includes(id));
      if (others.length === 0) return presence.ask({ by, reason });
      return `meanwhile ${others.map(({ id }) => id).join(', ')} was changed, and stands: look again`;
    },
    accept: async (statement) => {
      const begun = journal();
      if (begun === undefined) return 'its session only begins';
      const refused = await takeDecision({ plan, journal: begun, roster, world: given }, statement);
      if (refused !== undefined) return refused;
      desk.flush(begun);
      // Whoever is asked there right now is only asked for what is missing still.
      if (presence.what() === `asking ${decidedIn(statement).step}`) desk.operator.putAside();
      return undefined;
    },
  };
}

/** For a line that somebody else wrote first: the error that says who. */
async function whoWasFirst(folder: string, { run, command }: Work, error: unknown): Promise<unknown> {
  if (!(error instanceof GoliveError && error.code === 'conflict')) return error;
  const by = await whoHolds(folder);
  if (by === undefined) return error;
  const { message, hint = '' } = heldError(run, by, command);
  return new GoliveError('conflict', `${error.message}; ${message}`, { hint, exit: error.exit, cause: error });
}
