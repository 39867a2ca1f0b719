// How a session ends: sealed, or closed with the words that say how to go on.

import { actsThatStand, hasWayBack } from '../engine/acts.ts';
import type { Step } from '../engine/plan.ts';
import { rollUp } from '../engine/rollup.ts';
import { exitCodes } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { closingLines, exceptionLines } from '../render/closing.ts';
import { unansweredLines } from '../render/section.ts';
import { dueLines } from '../render/timeline.ts';
import { sealRun } from '../runner/opening.ts';
import type { Journal } from '../runner/journal.ts';
import type { Ending } from '../runner/runner.ts';
import { remembersOf } from '../steps/remembers.ts';
import type { RunDesk, Work } from './work.ts';

/** Closes the session or seals the run, says so, and returns the exit code. */
export async function end(given: Work, journal: Journal, desk: RunDesk, ending: Ending): Promise<number> {
  const { plan, signer } = given;
  const by = signer.principal;
  const mode = journal.state().opened?.mode ?? 'run';
  const nobodyHere = !given.attended || mode !== 'run';
  if (ending.end === 'interrupted') return close(given, journal, desk, 'interrupted');
  if (ending.end === 'left' && ending.leave === 'pause') {
    await journal.order({ order: 'pause', by, reason: ending.reason, step: '' });
    return close(given, journal, desk, 'paused');
  }
  if (ending.end === 'later' || (ending.end === 'stuck' && !nobodyHere)) {
    const until = ending.end === 'later' && Number.isFinite(ending.until) ? formatAt(ending.until) : '';
    await journal.order({ order: 'close-session', reason: 'later', until });
    const { usualTimes } = await import('./usual.ts');
    const usual = await usualTimes(given.store, given.run, journal.state());
    const asked = { plan, state: journal.state(), now: given.clock.now(), remembers: remembersOf(plan), usual };
    if (ending.end === 'stuck')
      for (const line of unansweredLines(desk.page, plan, asked.state)) say(given, desk, line);
    for (const line of dueLines(desk.page, asked)) say(given, desk, line);
    say(given, desk, goOn(given));
    sayBack(given, journal, desk);
    return exitCodes.undecided;
  }
  // Once it is sealed nothing is taken back any more: with a change that stands it stays open for whoever comes.
  if (ending.end === 'stuck' && mode === 'run' && standing(given, journal).length > 0 && given.again !== undefined)
    return leave(given, journal, desk);
  if (ending.end === 'left')
    await journal.order({ order: 'stop', by: ending.by ?? by, reason: ending.reason, step: '' });
  return seal(given, journal, desk);
}

async function close(given: Work, journal: Journal, desk: RunDesk, reason: 'paused' | 'interrupted'): Promise<number> {
  const resumable = journal.state().opened?.mode === 'run';
  await journal.order({ order: 'close-session', reason, until: '' });
  desk.flush(journal);
  const word = reason === 'paused' ? 'Paused' : 'Interrupted';
  const how = resumable ? goOn(given) : 'It is not resumed: start it again.';
  say(given, desk, `${word}. ${how}`);
  if (resumable) sayBack(given, journal, desk);
  return reason === 'paused' ? exitCodes.undecided : exitCodes.interrupted;
}

async function seal(given: Work, journal: Journal, desk: RunDesk): Promise<number> {
  const { plan, clock, signer, run, command } = given;
  const outcome = await sealRun(journal, plan, signer, clock.now());
  desk.flush(journal);
  const how = { run, command, now: clock.now(), head: journal.head(), throwAway: signer.throwAway === true };
  desk.print(closingLines(desk.page, plan, journal.state(), outcome, how));
  return given.shell.signal.aborted ? exitCodes.interrupted : outcome.exit;
}

/** Nobody is here for what came up: the session ends, and the run says how it would end by now. */
async function leave(given: Work, journal: Journal, desk: RunDesk): Promise<number> {
  const { plan, clock } = given;
  await journal.order({ order: 'close-session', reason: 'later', until: '' });
  desk.flush(journal);
  const state = journal.state();
  for (const line of exceptionLines(desk.page, plan, state, clock.now())) say(given, desk, line);
  say(given, desk, `Nobody is here to decide about it. ${goOn(given)}`);
  sayBack(given, journal, desk);
  return rollUp(plan, state, clock.now()).exit || exitCodes.undecided;
}

function goOn({ command, run, again = '' }: Work): string {
  return `Go on with: ${command} resume ${run}${again}`;
}

/** Changes that were made and can be taken back. */
function standing({ plan }: Work, journal: Journal): readonly Step[] {
  return actsThatStand(plan, journal.state()).filter(hasWayBack);
}

/** Between two sessions there is no prompt to ask for the way back at. */
function sayBack(given: Work, journal: Journal, desk: RunDesk): void {
  const { command, run } = given;
  const acts = standing(given, journal).map(({ id }) => id);
  if (acts.length > 0) say(given, desk, `Take back ${acts.join(', ')} with: ${command} rollback ${run}`);
}

/** The last words go to the transcript, or to standard error where standard output is for machines. */
function say(given: Work, desk: RunDesk, text: string): void {
  if (given.options.json) given.shell.err(text);
  else desk.print([text]);
}
