// `golive watch`: a run that somebody works on, followed from another terminal. It only reads.

import type { RunEvent } from '../engine/events.ts';
import { phaseSteps, type Plan } from '../engine/plan.ts';
import { rollUp } from '../engine/rollup.ts';
import type { State } from '../engine/state.ts';
import type { HeldBy } from '../effects/holder.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { exceptionLines } from '../render/closing.ts';
import { tally, tallyWords } from '../render/layout.ts';
import { eventLine } from '../render/ndjson.ts';
import { placeLines } from '../render/place.ts';
import { visible } from '../render/text.ts';
import { openTranscript } from '../render/transcript.ts';
import { openDesk, type Desk } from './desk.ts';
import { follow, nowOf, sealedLines } from './following.ts';
import { holderText } from './holding.ts';
import { ownCopy } from './own-copy.ts';
import { findRun, nameOf, openStore } from './runs.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';

export interface WatchOptions extends GlobalOptions {
  /** All that happened so far, and a line for every step. */
  readonly verbose?: boolean;
}

/** Shows the events of a batch: those that were there at first in short, later ones as the run's own transcript does. */
type Show = (events: readonly RunEvent[], state: State) => Promise<void> | void;

/**
 * Follows the run that is meant until it is sealed. Without a terminal it ends as soon as nobody works on the run. Returns
 * the exit code of the sealed run, 2 for one that goes on, 130 when watching was ended.
 */
export async function watch(wanted: string | undefined, options: WatchOptions, shell: ProcessShell): Promise<number> {
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  const { run } = known;
  const command = howCalled(shell, options);
  const desk = openDesk(shell, { quiet: options.json === true });
  const planAt = async (state: State): Promise<Plan> => (await ownCopy(store, { run, state })).plan;
  const planOnce = (state: State): Promise<Plan | undefined> => planAt(state).catch(unlessIncomplete);
  const show: Show = options.json === true ? inJson(run, shell) : inWords(desk, planOnce, options.verbose === true);
  const quiet = attendance(desk, { run, command, json: options.json === true }, shell);
  try {
    const followed = await follow({ store, run, signal: shell.signal, batch: show, quiet });
    const { state } = followed;
    desk.screen.live('');
    if (state.sealed) {
      const how = { run, command, now: nowOf(state) };
      desk.print(sealedLines(desk.page, await planAt(state), followed, how));
      return state.sealed.exit;
    }
    if (!shell.signal.aborted) return exitCodes.undecided;
    shell.err(`Watching has ended, and nothing else: ${run} is as it was.`);
    return exitCodes.interrupted;
  } finally {
    desk.close();
  }
}

function inJson(run: string, shell: ProcessShell): Show {
  return (events) => events.forEach((event) => shell.out(eventLine(run, event)));
}

function inWords(desk: Desk, planAt: (state: State) => Promise<Plan | undefined>, verbose: boolean): Show {
  const { page } = desk;
  const begin = (plan: Plan) => openTranscript(plan, page, { verbose, attended: false });
  let plan: Plan | undefined;
  let transcript: ReturnType<typeof begin> | undefined;
  let held: readonly RunEvent[] = [];
  return async (came, state) => {
    const events = [...held, ...came];
    if (plan === undefined || came.some(({ kind }) => kind === 'checklist.amend')) plan = await planAt(state);
    // Its values are about to be written: until then nobody knows its steps.
    held = plan === undefined ? events : [];
    if (plan === undefined) return;
    const now = nowOf(state);
    if (transcript === undefined) {
      transcript = begin(plan);
      desk.print(headLines(desk, plan, state, now));
      if (!verbose) return desk.print(shortLines(desk, plan, state, now));
    }
    for (const event of events) {
      // From here on the steps are those of the mended checklist.
      if (event.kind === 'checklist.amend') transcript = begin(plan);
      transcript.add(event);
      if (event.kind === 'session.close' || event.kind === 'session.open') {
        desk.print(transcript.lines(state, now));
        desk.print([page.theme.dim(`  ${sessionText(event)}`)]);
      }
    }
    desk.print(transcript.lines(state, now));
  };
}

function headLines({ page }: Desk, plan: Plan, state: State, now: number): readonly string[] {
  const name = visible(nameOf({ run: '', state }));
  const sort = state.opened?.rehearsal === true ? ' (rehearsal)' : state.opened?.mode === 'dry-run' ? ' (dry run)' : '';
  return [`${page.theme.bold(name)}${sort}  ${tally(rollUp(plan, state, now).counts, tallyWords)}`];
}

/** What happened before somebody watched: the exceptions, and where the run stands. */
function shortLines({ page }: Desk, plan: Plan, state: State, now: number): readonly string[] {
  if (state.sealed) return [];
  const begun = plan.phases.filter(({ id }) => state.phases[id] !== undefined);
  const at = begun.find(({ id }) => state.phases[id] === 'open') ?? begun.at(-1) ?? plan.phases[0];
  const [step] = at === undefined ? [] : phaseSteps(at);
  return [
    ...exceptionLines(page, plan, state, now),
    ...(step === undefined ? [] : placeLines(page, plan, state, step, now)),
  ];
}

function sessionText(event: Extract<RunEvent, { kind: 'session.open' | 'session.close' }>): string {
  if (event.kind === 'session.open') {
    const { principal, host } = event.body.session;
    return `A session of ${visible(principal)} on ${visible(host)} began.`;
  }
  const { reason, until } = event.body;
  if (reason !== 'later') return `The session was closed: ${reason}.`;
  return until === ''
    ? 'The session was closed.'
    : `The session was closed; the run goes on at ${until.slice(0, 16)}Z.`;
}

/** A run that was only just opened. */
function unlessIncomplete(error: unknown): undefined {
  if (!(error instanceof GoliveError && error.code === 'incomplete')) throw error;
}

/** Tells who is at the run, on the last line, and when nobody is any more. True while it is to be watched on. */
function attendance(
  desk: Desk,
  { run, command, json }: { readonly run: string; readonly command: string; readonly json: boolean },
  shell: ProcessShell,
) {
  const { interactive } = shell.terminal;
  // Each on a line of its own: a command is copied whole.
  const say = (...lines: readonly string[]): boolean => {
    for (const line of lines)
      if (interactive && !json) desk.print([`  ${line}`]);
      else shell.err(line);
    return interactive;
  };
  let before: 'somebody' | 'nobody' | 'mute' | undefined;
  return (by: HeldBy | undefined, state: State): boolean => {
    const now = by === undefined ? 'nobody' : by === 'mute' ? 'mute' : 'somebody';
    const was = before;
    before = now;
    if (now === 'somebody' && typeof by === 'object') {
      desk.screen.live(`  ${visible(`${by.principal} on ${by.host}: ${by.what}`)}`);
      if (was === undefined) say(`It is worked on by ${holderText(by, Date.now())}.`, 'Ctrl-C ends watching only.');
      return true;
    }
    desk.screen.live('');
    if (was === now) return interactive;
    if (now === 'mute') return say('The process that works on it does not answer; it may be suspended.');
    const gone = 'Its process is gone, and did not close its session.';
    say(state.session ? gone : 'Nobody is at it.', `Go on with: ${command} resume ${run}`);
    return interactive;
  };
}
