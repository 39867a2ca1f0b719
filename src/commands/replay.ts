// `golive replay`: the transcript of a run as it was, from its log, line by line as far as the log holds.

import { wallClock } from '../effects/clock.ts';
import { evolve } from '../engine/evolve.ts';
import type { RunEvent } from '../engine/events.ts';
import { nearest } from '../engine/nearest.ts';
import type { Plan } from '../engine/plan.ts';
import { initialState, type State } from '../engine/state.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { eventLine } from '../render/ndjson.ts';
import { openPace, openPhaseLines, replayHead, sessionLines } from '../render/replay.ts';
import { unobeyed, visible } from '../render/text.ts';
import { openTranscript } from '../render/transcript.ts';
import { verificationLines } from '../render/verification.ts';
import { ownDigest } from './amended.ts';
import { openDesk, type Desk } from './desk.ts';
import { sealedLines } from './following.ts';
import { logExit, readRecorded, type Recorded } from './recorded.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import type { Clock } from '../world.ts';
import type { VerifyTrustOptions } from './verify-trust.ts';

export interface ReplayOptions extends GlobalOptions, VerifyTrustOptions {
  /** How many times faster than it was. */
  readonly speed?: string;
  /** The id of a step: what came before it is not shown. */
  readonly from?: string;
  readonly instant?: boolean;
  /** A line for every step. */
  readonly verbose?: boolean;
}

/** How much faster than it was at a terminal, where nothing else is said. */
const speedForTheEye = 60;
/** Nobody waits longer than this for the next line, in ms. */
const longestPause = 2_000;
/** What a log begins with. */
const beforeSteps: ReadonlySet<string> = new Set(['run.open', 'value.set', 'clock.set']);

/**
 * Plays the run that is meant. Returns 0 when it was played to the end of a log that holds, 20 when it stopped at a line
 * that does not, 130 when playing was ended, else what `golive verify` would return.
 */
export async function replay(
  wanted: string,
  options: ReplayOptions,
  shell: ProcessShell,
  sleep: Clock['sleep'] = (ms, signal) => wallClock().sleep(ms, signal),
): Promise<number> {
  const pace = { speed: speedOf(options, shell), sleep, signal: shell.signal };
  const played = await readRecorded(wanted, options, shell);
  const { events, verification, source } = played;
  const [verdict = ''] = verificationLines(verification, source);
  const from = firstShown(events, options.from);
  const json = options.json === true;
  const desk = openDesk(shell, { quiet: json });
  try {
    if (json) shell.err(unobeyed(verdict));
    else desk.print(replayHead(desk.page, played.run, events, verdict));
    const state = json
      ? await playJson(played, from, pace, shell)
      : await play(played, { from, pace, verbose: options.verbose === true }, desk, shell);
    if (shell.signal.aborted) {
      shell.err('Replay has ended, and nothing else.');
      return exitCodes.interrupted;
    }
    if (verification.broken !== undefined) {
      if (json) shell.err(unobeyed(verdict));
      else desk.print(['', desk.page.theme.bad(verdict)]);
      return verification.exit;
    }
    const exit = logExit(played, options);
    if (!json)
      desk.print(
        exit === exitCodes.go
          ? await lastLines(played, state, howCalled(shell, options), desk)
          : bentLines(verdict, state, desk),
      );
    return exit;
  } finally {
    desk.close();
  }
}

function speedOf({ speed, instant }: ReplayOptions, shell: ProcessShell): number {
  if (speed === undefined) return instant === true || !shell.terminal.interactive ? Infinity : speedForTheEye;
  const times = Number(speed);
  if (instant === true)
    throw new GoliveError('usage', '--speed paces the lines, and --instant has them all at once: give one of them');
  if (!/^\d+(\.\d+)?$/.test(speed) || times <= 0)
    throw new GoliveError('usage', `--speed takes a number above 0, not ${visible(speed)}`, {
      hint: 'How many times faster than it was: `--speed 60` plays an hour in a minute.',
    });
  return times;
}

/** The index of the first event to show: where the step was begun first, or decided without being begun. */
function firstShown(events: readonly RunEvent[], step: string | undefined): number {
  if (step === undefined) return 0;
  const stepOf = (event: RunEvent): string => ('step' in event.body ? event.body.step : '');
  const index = events.findIndex((event) => event.kind !== 'value.set' && stepOf(event) === step && step !== '');
  if (index >= 0) return index;
  const near = nearest(step, new Set(events.map(stepOf).filter((id) => id !== '')));
  throw new GoliveError('usage', `nothing happened at a step ${visible(step)} in this run`, {
    hint: near === undefined ? '`golive status RUN -v` lists its steps.' : `Did you mean ${visible(near)}?`,
  });
}

interface Pace {
  /** How many times faster than it was; Infinity: all at once. */
  readonly speed: number;
  readonly sleep: Clock['sleep'];
  readonly signal: AbortSignal;
}

/** Waits as long as the run did, faster by `speed`. */
async function pause(event: RunEvent, before: RunEvent | undefined, { speed, sleep, signal }: Pace): Promise<void> {
  if (!Number.isFinite(speed) || before === undefined) return;
  const ms = (Date.parse(event.at) - Date.parse(before.at)) / speed;
  if (ms >= 1) await sleep(Math.min(ms, longestPause), signal);
}

async function playJson({ run, events }: Recorded, from: number, pace: Pace, shell: ProcessShell): Promise<State> {
  for (const [index, event] of events.entries()) {
    if (index < from) continue;
    await pause(event, index > from ? events[index - 1] : undefined, pace);
    if (shell.signal.aborted) break;
    shell.out(eventLine(run, event));
  }
  return initialState();
}

async function play(
  played: Recorded,
  { from, pace, verbose }: { readonly from: number; readonly pace: Pace; readonly verbose: boolean },
  desk: Desk,
  shell: ProcessShell,
): Promise<State> {
  const { events } = played;
  const { page } = desk;
  const { procedure } = played.verification;
  const departs = typeof procedure === 'object' ? procedure : undefined;
  const begin = (plan: Plan) => ({
    transcript: openTranscript(plan, page, { verbose, attended: false }),
    shows: openPace(plan),
    plan,
  });
  let state = initialState();
  let show: ReturnType<typeof begin> | undefined;
  for (const [index, event] of events.entries()) {
    const shown = index >= from;
    const print = (lines: readonly string[]): void => (shown ? desk.print(lines) : undefined);
    if (index === from && from > 0) {
      // What was gathered by then came before it.
      show?.transcript.lines(state, Date.parse(state.at));
      desk.print(['', ...(show === undefined ? [] : openPhaseLines(page, show.plan, state))]);
      desk.print([page.theme.dim(`  ${from} events before this are not shown`)]);
    }
    if (index > from) await pause(event, events[index - 1], pace);
    if (shell.signal.aborted) break;
    state = evolve(state, event);
    if (departs !== undefined && index === departs.line - 1)
      desk.print([page.theme.bad(`line ${departs.line} could not come when it did: ${visible(departs.reason)}`)]);
    // Its values are written first: until then nobody knows its steps.
    if (show === undefined && beforeSteps.has(event.kind)) continue;
    if (show === undefined || event.kind === 'checklist.amend') show = begin(await planAt(played, state));
    const urgent = show.transcript.add(event);
    if (show.shows.shownAfter(event, events[index + 1], state) || urgent)
      print(show.transcript.lines(state, Date.parse(state.at)));
    print(sessionLines(page, event, { before: events[index - 1], next: events[index + 1] }, state));
  }
  return state;
}

/** The checklist as it was in force then. */
async function planAt({ planOf, verification }: Recorded, state: State): Promise<Plan> {
  const plan = await planOf(ownDigest(state), state);
  if (plan !== undefined && !('missing' in plan)) return plan;
  throw new GoliveError(
    'incomplete',
    `the checklist that run ${verification.run} carries is not here, or cannot be read`,
    {
      hint: 'Replay the run where it is kept, or its bundle (`golive export RUN --bundle DIR`). --json plays the events without it.',
      exit: exitCodes.undecided,
    },
  );
}

/** What a run came to is not said in its own words where its log does not hold: it would look as if it had. */
function bentLines(verdict: string, { sealed }: State, { page }: Desk): readonly string[] {
  const says =
    sealed === undefined ? [] : [`The log says ${sealed.result}, which counts for nothing while it does not hold.`];
  return ['', page.theme.bad(verdict), ...says];
}

async function lastLines(played: Recorded, state: State, command: string, { page }: Desk): Promise<readonly string[]> {
  const { verification, run } = played;
  if (state.sealed === undefined)
    return ['', `The log ends here, after ${played.events.length} events, without a seal.`];
  const { seq, hash } = verification.head;
  const how = { run, command, now: Date.parse(state.at) };
  return sealedLines(page, await planAt(played, state), { state, head: `${seq}:${hash}` }, how);
}
