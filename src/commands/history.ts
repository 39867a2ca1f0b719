// `golive history`: what past runs of a checklist for one target came to, from their logs.

import { quietSteps, slowestSteps } from '../engine/history.ts';
import { pastOf, type Past } from '../engine/past.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { historyLines, type PastRun, type Together } from '../render/history.ts';
import { jsonText } from '../render/json.ts';
import { unobeyed, visible } from '../render/text.ts';
import { theme } from '../render/theme.ts';
import { readRecorded } from './recorded.ts';
import { allRuns, nameOf, openStore } from './runs.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';

export interface HistoryOptions extends GlobalOptions {
  /** Every step that never caught anything by name. */
  readonly verbose?: boolean;
}

/** How many slow steps are named for one run, and for all together. */
const slowOfOne = 3;
const slowOfAll = 5;

interface Known {
  readonly told: PastRun;
  readonly past: Past;
}

/** Shows every run of `name` that is kept here, rehearsals too, the newest first. Returns 0. */
export async function history(name: string, options: HistoryOptions, shell: ProcessShell): Promise<number> {
  const store = openStore(options, shell);
  const all = await allRuns(store);
  const known: Known[] = [];
  for (const one of all) if (nameOf(one) === name) known.push(await knownOf(one.run, options, shell));
  if (known.length === 0)
    throw nothingOf(
      name,
      [...new Set(all.map(nameOf))].filter((other) => other !== '-'),
    );
  const told = known.map((one) => one.told);
  const together = togetherOf(known);
  if (options.json === true) {
    shell.out(jsonText({ name, runs: told.map(runJson), together: together ?? null }, 2));
    return exitCodes.go;
  }
  const { width, colour, unicode } = shell.terminal;
  const page = { width, theme: theme({ colour, unicode }) };
  for (const line of historyLines(page, name, told, together, options.verbose === true)) shell.out(unobeyed(line));
  return exitCodes.go;
}

function nothingOf(name: string, others: readonly string[]): GoliveError {
  const here = others.slice(0, 5).map((other) => visible(other));
  return new GoliveError('run', `no run of ${visible(name)} is kept here`, {
    hint: here.length === 0 ? 'No run is kept here; see --runs-dir.' : `There are runs of ${here.join(', ')}.`,
  });
}

async function knownOf(run: string, options: HistoryOptions, shell: ProcessShell): Promise<Known> {
  const { verification, events } = await readRecorded(run, { runsDir: options.runsDir ?? '.golive/runs' }, shell);
  const past = pastOf(events);
  const { opened, begun, sealed, stopped } = past.state;
  const { broken, procedure } = verification;
  const problem = broken ?? (typeof procedure === 'object' ? procedure : undefined);
  const result = sealed?.result ?? (stopped === undefined ? 'not sealed' : 'stopped');
  const accepted = [...past.steps.values()].flatMap(({ step, overlay }) =>
    overlay === undefined ? [] : [`${step} ${overlay.type} by ${overlay.by}: ${overlay.words}`],
  );
  const told: PastRun = {
    run,
    ...(begun !== undefined && { begunMs: Date.parse(begun) }),
    mode:
      opened?.rehearsal === true ? (opened.mode === 'run' ? 'rehearsal' : opened.mode) : (opened?.mode ?? 'unknown'),
    result: broken === undefined ? result : 'does not hold',
    tookMs: past.tookMs,
    accepted,
    slowest: slowestSteps([past], slowOfOne),
    ...(problem !== undefined && { damage: `from line ${problem.line} on: ${problem.reason}` }),
  };
  return { told, past };
}

/** Real runs and dry runs; only where there is none, rehearsals: what is broken on purpose says little of what breaks. */
function togetherOf(known: readonly Known[]): Together | undefined {
  const whole = known.filter(({ told }) => told.damage === undefined);
  const real = whole.filter(({ past }) => past.state.opened?.rehearsal !== true);
  const counted = real.length > 0 ? real : whole;
  if (counted.length === 0) return undefined;
  const word = real.length > 0 ? 'real run' : 'rehearsal';
  const pasts = counted.map(({ past }) => past);
  return {
    of: `${counted.length} ${word}${counted.length === 1 ? '' : 's'}`,
    slowest: slowestSteps(pasts, slowOfAll),
    quiet: quietSteps(pasts),
  };
}

function runJson({ begunMs, tookMs, ...told }: PastRun): Readonly<Record<string, unknown>> {
  const begun = begunMs === undefined ? null : new Date(begunMs).toISOString();
  return { ...told, begun, took_ms: tookMs };
}
