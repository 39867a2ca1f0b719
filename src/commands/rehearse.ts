// `golive rehearse`: the real checklist against a stand-in, with a clock of its own. It cannot touch the world.

import type { Mode } from '../engine/events.ts';
import type { Json } from '../engine/json.ts';
import { bind } from '../checklist/bind.ts';
import { GoliveError } from '../errors.ts';
import { runId } from '../effects/ids.ts';
import { findWorld } from '../rehearsal/find-world.ts';
import type { StandInOptions } from '../rehearsal/stand-in.ts';
import type { RehearsalWorld } from '../rehearsal/world.ts';
import { atTerminal } from '../runner/at-terminal.ts';
import { scripted, type People } from '../runner/people.ts';
import { acts, kinds } from '../steps/index.ts';
import { newRun } from './new-run.ts';
import { mistakes, openChecklist } from './open-checklist.ts';
import { localFolder, rehearsalOutside } from './outside.ts';
import { peopleOfWorld, peopleWithKeys, personOf } from './people-here.ts';
import { reportsAsked, writeReports } from './reports.ts';
import { openStore } from './runs.ts';
import type { SigningOptions } from './signing.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import { parseT0 } from './t0.ts';
import { work } from './work.ts';

export interface RehearseOptions extends GlobalOptions, SigningOptions {
  readonly auto?: boolean;
  readonly survey?: boolean;
  readonly break?: readonly string[];
  readonly world?: string;
  readonly speed?: string;
  readonly phase?: readonly string[];
  readonly t0?: string;
  readonly verbose?: boolean;
  readonly listBreaks?: boolean;
  /** `FORMAT:FILE`, each written when this process is done with the run. */
  readonly report?: readonly string[];
  /** People sign with their own keys, and roles are those of `.golive/roles.yaml`, as on the day. */
  readonly ownKeys?: boolean;
  /** The session ends where a real one would, at each wait between phases; `golive resume` goes on. */
  readonly oneSession?: boolean;
}

/** How much faster than real time the clock's jumps are shown, where nothing else is said. */
const speedForTheEye = 60;

/** Rehearses `aep-prod`; `watch` is shown what AWS is asked. Returns the exit code the run would have had. */
export async function rehearse(
  name: string,
  options: RehearseOptions,
  shell: ProcessShell,
  watch?: StandInOptions['watch'],
): Promise<number> {
  if (options.listBreaks === true) return (await import('./list-breaks.ts')).listBreaks(name, options, shell);
  const mode: Mode = options.survey === true ? 'survey' : 'run';
  const byItself = options.auto === true || mode === 'survey' || options.json === true || !shell.terminal.interactive;
  const speed = speedOf(options.speed, byItself);
  const reports = reportsAsked(options.report, options, shell);
  const opened = await openChecklist(name, shell);
  const { checklist, target } = opened;
  const found = findWorld({
    checklist: checklist.body.name,
    target,
    cwd: shell.cwd,
    breaks: options.break ?? [],
    patchFile: options.world,
  });
  const { world } = found;
  const t0 = options.t0 ?? world.t0;
  const inputs = rehearsedInputs(checklist.body.inputs ?? {}, world);
  const bound = bind(checklist, { kinds, acts }, { target, inputs });
  if (!('plan' in bound))
    throw bound.missing.length > 0 ? missingInputs(bound.missing, found.path) : mistakes(bound.problems, opened.shown);
  const { plan } = bound;
  const store = openStore(options, shell);
  const id = `rehearsal-${runId()}`;
  const values = Object.entries(inputs).map(([input, value]) => ({
    name: input,
    value,
    source: 'default' as const,
    ...(input in world.inputs && { said: 'world file' }),
  }));
  const phases = options.phase ?? [];
  const ownKeys = options.ownKeys === true;
  if (ownKeys && byItself)
    throw new GoliveError('usage', '--own-keys needs people at a terminal: nobody signs by themselves');
  let clock = (): number => Date.parse(world.start);
  const people = ownKeys ? await peopleWithKeys(options, shell, () => clock()) : peopleOfWorld(plan, world);
  const begun = { id, store, opened, plan, mode, rehearsal: true, phases, values, roster: people.roster };
  const started = await newRun(begun, shell);
  const folder = localFolder(store.locate(id));
  const how = { start: Date.parse(world.start), speed, folder, ...(watch !== undefined && { watch }) };
  const outside = await rehearsalOutside(plan, world, shell, how);
  clock = () => outside.clock.now();
  try {
    const exit = await work({
      ...started,
      ...outside,
      ...(options.oneSession !== true && { jump: (ms: number) => outside.clock.jump(ms) }),
      ...people,
      secrets: world.secrets,
      ...(t0 !== undefined && { t0: parseT0(t0) }),
      people: rehearsedPeople(world, byItself),
      attended: !byItself,
      options,
      shell,
      command: howCalled(shell, options),
    });
    return await writeReports(reports, id, exit, options, shell);
  } finally {
    await outside.close();
  }
}

/** The calm operator of the world file, or somebody at the terminal in the same places. */
export function rehearsedPeople(
  world: RehearsalWorld,
  byItself: boolean,
): (terminal: Parameters<typeof atTerminal>[0]) => People {
  const calm = scripted({
    answers: world.answers,
    votes: world.votes,
    principal: (role) => personOf(world, role),
    source: 'script',
  });
  return (terminal) => (byItself ? calm : atTerminal(terminal));
}

function rehearsedInputs(
  declared: Readonly<Record<string, { readonly default?: Json; readonly secret?: boolean }>>,
  world: RehearsalWorld,
): Readonly<Record<string, Json>> {
  const inputs: Record<string, Json> = { ...world.inputs };
  for (const [name, input] of Object.entries(declared)) {
    if (input.secret !== true && !(name in inputs) && input.default !== undefined) inputs[name] = input.default;
  }
  return inputs;
}

function missingInputs(missing: readonly string[], path: string): GoliveError {
  return new GoliveError('missing-input', `the world has no value for ${missing.join(', ')}`, {
    hint: `Give one under inputs: in ${path}.`,
  });
}

function speedOf(text: string | undefined, byItself: boolean): number | 'max' {
  if (text === undefined) return byItself ? 'max' : speedForTheEye;
  const speed = Number(text);
  if (text === 'max') return 'max';
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new GoliveError('usage', `--speed takes a number above 0, or max, not ${text}`);
}
