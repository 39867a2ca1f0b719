// `golive status`: where a run stands, what is open, what is due when.

import { actsThatStand, takingBack } from '../engine/acts.ts';
import { stepsOf } from '../engine/plan.ts';
import { rollUp } from '../engine/rollup.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { standsLines } from '../render/act.ts';
import { exceptionLines } from '../render/closing.ts';
import { pair, tally, tallyWords, type Page } from '../render/layout.ts';
import { dueText } from '../render/due.ts';
import { visible } from '../render/text.ts';
import { theme } from '../render/theme.ts';
import { ownCopy } from './resume.ts';
import { allRuns, findRun, isOpen, nameOf, openStore, tellDamaged, type KnownRun } from './runs.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';

/** One run, or without a name every run that is here. Returns 0. */
export async function status(wanted: string | undefined, options: GlobalOptions, shell: ProcessShell): Promise<number> {
  const store = openStore(options, shell);
  if (wanted === undefined) {
    const runs = await allRuns(store);
    tellDamaged(runs, shell);
    if (options.json === true) shell.out(JSON.stringify(runs.map(summary), null, 2));
    else if (runs.length === 0) shell.out('No run is kept here.');
    else for (const line of tableOf(runs)) shell.out(line);
    return 0;
  }
  const known = await findRun(store, wanted, shell);
  const { plan } = await ownCopy(store, known);
  const { state } = known;
  // A rehearsal's time is its own; what counts there is when its newest event was.
  const now = state.opened?.rehearsal === true ? Date.parse(state.at) : Date.now();
  const outcome = rollUp(plan, state, now);
  if (options.json === true) {
    const steps = stepsOf(plan).map((step) => {
      const { verdict, overlay, attempt } = stepState(state, step.id);
      return {
        id: step.id,
        phase: step.phase,
        severity: step.severity,
        standing: standing(step, stepState(state, step.id), now),
        attempt,
        verdict: verdict?.verdict ?? null,
        overlay: overlay?.type ?? null,
      };
    });
    shell.out(JSON.stringify({ ...summary(known), counts: outcome.counts, steps }, null, 2));
    return 0;
  }
  const page: Page = {
    width: shell.terminal.width,
    theme: theme({ colour: shell.terminal.colour, unicode: shell.terminal.unicode }),
  };
  const lines = [
    `${visible(nameOf(known))}  ${words(known)}  ${tally(outcome.counts, tallyWords)}`,
    ...exceptionLines(page, plan, state, now),
    ...(state.sealed?.result === 'go' ? [] : standsLines(page, actsThatStand(plan, state), 'was changed, and stands')),
  ];
  for (const phase of plan.phases) {
    if (state.phases[phase.id] === 'closed') continue;
    const due = dueText(phase, state, now, (ms) => new Date(ms).toISOString());
    lines.push(...pair(page, 2, phase.at, `${phase.title}: due ${due}`, 8));
  }
  lines.push(...pair(page, 2, 'run', known.run, 8));
  if (isOpen(known)) lines.push(...pair(page, 2, 'go on', `${howCalled(shell, options)} resume ${known.run}`, 8));
  for (const line of lines) shell.out(line);
  return 0;
}

/** One line a run, in columns as wide as what stands in them. */
function tableOf(runs: readonly KnownRun[]): readonly string[] {
  const rows = runs.map((known) => [
    known.run,
    visible(nameOf(known)),
    words(known),
    known.state.at === '' ? '' : `${known.state.at.slice(0, 16)}Z`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
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
    sealed: state.sealed ?? null,
  };
}
