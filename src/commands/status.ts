// `golive status`: where a run stands, what is open, what is due when.

import { actsThatStand, takingBack } from '../engine/acts.ts';
import { rollUp } from '../engine/rollup.ts';
import { standsLines } from '../render/act.ts';
import { exceptionLines } from '../render/closing.ts';
import { jsonText } from '../render/json.ts';
import { pair, tally, tallyWords, type Page } from '../render/layout.ts';
import { visible } from '../render/text.ts';
import { theme } from '../render/theme.ts';
import { stepTimeLines, timelineLines } from '../render/timeline.ts';
import { remembersOf } from '../steps/remembers.ts';
import { amendedBy, newestAmendment } from './amended.ts';
import { attendance, attendanceOf, heldBy } from './attendance.ts';
import { ownCopy } from './own-copy.ts';
import { allRuns, findRun, isOpen, nameOf, openStore, tellDamaged, type KnownRun } from './runs.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';
import { clockJson, stepsJson } from './status-json.ts';
import { usualTimes } from './usual.ts';

export interface StatusOptions extends GlobalOptions {
  /** With when each step was begun, and how long it took. */
  readonly verbose?: boolean;
}

/** One run, or without a name every run that is here. Returns 0. */
export async function status(wanted: string | undefined, options: StatusOptions, shell: ProcessShell): Promise<number> {
  const store = openStore(options, shell);
  if (wanted === undefined) {
    const runs = await allRuns(store);
    tellDamaged(runs, shell);
    if (options.json === true) {
      const all = runs.map(async (known) => ({ ...summary(known), held_by: await heldBy(store, known) }));
      shell.out(jsonText(await Promise.all(all), 2));
    } else if (runs.length === 0) shell.out('No run is kept here.');
    else for (const line of tableOf(runs, await attendanceOf(runs, store, options, shell))) shell.out(line);
    return 0;
  }
  const known = await findRun(store, wanted, shell);
  const { plan } = await ownCopy(store, known);
  const { state } = known;
  // A rehearsal's time is its own; what counts there is when its newest event was.
  const now = state.opened?.rehearsal === true ? Date.parse(state.at) : Date.now();
  const outcome = rollUp(plan, state, now);
  const usual = await usualTimes(store, known.run, state);
  const asked = { plan, state, now, remembers: remembersOf(plan), usual };
  if (options.json === true) {
    const more = { counts: outcome.counts, clock: clockJson(asked), steps: stepsJson(asked) };
    shell.out(jsonText({ ...summary(known), held_by: await heldBy(store, known), ...more }, 2));
    return 0;
  }
  const amendment = await newestAmendment(store, known.run, state);
  const page: Page = {
    width: shell.terminal.width,
    theme: theme({ colour: shell.terminal.colour, unicode: shell.terminal.unicode }),
  };
  const lines = [
    `${visible(nameOf(known))}  ${words(known)}  ${tally(outcome.counts, tallyWords)}`,
    ...exceptionLines(page, plan, state, now),
    ...(state.sealed?.result === 'go'
      ? []
      : standsLines(page, actsThatStand(plan, state), 'changed, and not taken back')),
    ...timelineLines(page, asked),
    ...(options.verbose === true ? ['', ...stepTimeLines(page, asked)] : []),
    ...(amendment ? pair(page, 2, 'checklist', amendedBy(amendment)) : []),
    ...pair(page, 2, 'run', known.run),
  ];
  if (isOpen(known)) lines.push(...pair(page, 2, 'now', await attendance(known, store, options, shell)));
  for (const line of lines) shell.out(line);
  return 0;
}

/** One line a run, in columns as wide as what stands in them. */
function tableOf(runs: readonly KnownRun[], now: readonly string[]): readonly string[] {
  const rows = runs.map((known, index) => [
    known.run,
    visible(nameOf(known)),
    words(known),
    known.state.at === '' ? '' : `${known.state.at.slice(0, 16)}Z`,
    now[index] ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function words(known: KnownRun): string {
  const { state } = known;
  if (known.damage !== undefined) return 'damaged';
  if (state.sealed) return `sealed, ${state.sealed.result}`;
  if (takingBack(state)) return 'a way back is under way';
  if (state.paused) return 'paused';
  if (state.opened?.mode === 'dry-run') return 'dry run';
  return state.session ? 'in a session' : 'open';
}

function summary(known: KnownRun): Readonly<Record<string, unknown>> {
  const { run, state, damage } = known;
  return {
    run,
    ...(damage !== undefined && { damage }),
    name: nameOf(known),
    mode: state.opened?.mode,
    rehearsal: state.opened?.rehearsal,
    open: isOpen(known),
    at: state.at,
    t0: state.t0 ?? null,
    amended: state.amended ?? null,
    sealed: state.sealed ?? null,
  };
}
