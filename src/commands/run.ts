// `golive run`: a checklist against a real target. With people at a terminal, with --act and nobody, or with --dry-run only
// the looks.

import { bind } from '../checklist/bind.ts';
import type { ValuesFile } from '../checklist/values-file.ts';
import { lackOfCredentials } from '../effects/aws-credentials.ts';
import { runId } from '../effects/ids.ts';
import { GoliveError } from '../errors.ts';
import { inTurn, type People } from '../runner/people.ts';
import { atTerminal } from '../runner/at-terminal.ts';
import { acts, kinds } from '../steps/index.ts';
import { askInputs } from './ask-inputs.ts';
import { openDesk } from './desk.ts';
import { hiddenSecrets } from './hidden.ts';
import { refuseHeld } from './holding.ts';
import { newRun, refusePhases } from './new-run.ts';
import { mistakes, openChecklist, openValues, type OpenChecklist } from './open-checklist.ts';
import { detourWords, refuseDetours } from './detours.ts';
import { outsideGiven, realOutside, type OutsideOptions } from './outside.ts';
import { rosterHere } from './people-here.ts';
import { reportsAsked, writeReports } from './reports.ts';
import { couriersFor } from './notices.ts';
import { nameOf, openRunOf, openStore, type KnownRun } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import { parseT0 } from './t0.ts';
import { refuseOtherRegion, trustChecklist } from './trust.ts';
import {
  againWords,
  fromFile,
  lackingIn,
  mannerOf,
  openQuestions,
  refuseLacking,
  refuseUnattended,
  type UnattendedOptions,
} from './unattended.ts';
import { work } from './work.ts';

export interface RunOptions extends GlobalOptions, OutsideOptions, SigningOptions, UnattendedOptions {
  readonly values?: string;
  readonly phase?: readonly string[];
  readonly t0?: string;
  readonly new?: boolean;
  readonly trustChecklist?: string;
  readonly verbose?: boolean;
  /** `FORMAT:FILE`, each written when this process is done with the run. */
  readonly report?: readonly string[];
}

/** Starts a run of `aep-prod`, or offers to resume the one that is open. Returns the exit code. */
export async function run(name: string, options: RunOptions, shell: ProcessShell): Promise<number> {
  const manner = mannerOf(options, shell);
  const { mode, attended } = manner;
  const reports = reportsAsked(options.report, options, shell);
  const store = openStore(options, shell);
  const t0 = options.t0 === undefined ? undefined : parseT0(options.t0);
  const opened = await openChecklist(name, shell);
  const open = mode === 'run' && options.new !== true ? await openRunOf(store, name) : undefined;
  if (open) {
    await refuseHeld(store, open.run, shell, options);
    if (attended && (await goesOn(open, shell))) return (await import('./resume.ts')).resume(open.run, options, shell);
    throw new GoliveError('open-run', `${nameOf(open)} has an open run: ${open.run}`, {
      hint: `Go on with it: ${howCalled(shell, options)} resume ${open.run}${attended ? '' : ' --act'}\n  Start another one beside it: add --new`,
    });
  }
  const { checklist, target } = opened;
  const file = await openValues(options.values, checklist, shell);
  const account = file?.accounts[target];
  const phases = options.phase ?? [];
  if (!attended) await refuseLackingHere(opened, file, options, shell);
  // Before anybody types a value or a secret: whatever would be refused with any of them.
  const preview = bind(checklist, { kinds, acts }, { target, inputs: file?.inputs ?? {}, account, partial: true });
  if (!('plan' in preview)) throw mistakes(preview.problems, opened.shown);
  refusePhases(phases, preview.plan);
  refuseOtherRegion(preview.plan, shell);
  await outsideGiven(options, shell);
  // Whether AWS is played by this machine is known later; without --allow-endpoint it is not.
  if (mode === 'run') refuseDetours(preview.plan, phases, options, options.allowEndpoint === true);
  const known = mode === 'run' ? await signerFor(mode, options, shell, !attended) : undefined;
  const roster = known === undefined ? undefined : rosterHere(known, shell);
  await trustChecklist(opened, preview.plan, options.trustChecklist, shell);
  const { values, secrets } = await askInputs(checklist, { file, env: shell.env, mayAsk: attended }, shell);
  const inputs = Object.fromEntries(values.map(({ name: input, value }) => [input, value]));
  const bound = bind(checklist, { kinds, acts }, { target, inputs, account });
  if (!('plan' in bound)) throw mistakes(bound.problems, opened.shown);
  const { plan } = bound;
  const act = mode === 'run' && !attended;
  if (act) refuseUnattended(plan, phases, { file, roster: roster !== undefined });
  const id = runId();
  const begun = {
    id,
    roster,
    store,
    opened,
    plan,
    mode,
    rehearsal: false,
    phases,
    values,
    allowOpen: manner.allowOpen,
  };
  const [started, signer, outside] = await Promise.all([
    newRun(begun, shell),
    known ?? signerFor(mode, options, shell),
    realOutside(plan, options, shell, mode === 'run' ? phases : undefined),
  ]);
  const written = fromFile(file, signer);
  try {
    const exit = await work({
      ...started,
      ...outside,
      signer,
      hidden: hiddenSecrets(plan, shell.env),
      couriers: couriersFor(mode, shell),
      roster,
      secrets,
      ...(t0 !== undefined && { t0 }),
      ...(act && { again: againWords(options) }),
      deadlineMs: manner.deadlineMs,
      people: (terminal): People => (attended ? inTurn(written, atTerminal(terminal)) : written),
      attended,
      personOf: () => signer.principal,
      detours: detourWords(options),
      options,
      shell,
      command: howCalled(shell, options),
    });
    return await writeReports(reports, id, exit, options, shell);
  } finally {
    await outside.close();
  }
}

async function goesOn(known: KnownRun, shell: ProcessShell): Promise<boolean> {
  const desk = openDesk(shell);
  desk.print([`Run ${known.run} is open, last worked on at ${known.state.at.slice(0, 16)}Z.`]);
  return desk.confirm('Go on with it?');
}

/** With nobody to ask, all that is missing is said at once. */
async function refuseLackingHere(
  opened: OpenChecklist,
  file: ValuesFile | undefined,
  options: RunOptions,
  shell: ProcessShell,
): Promise<void> {
  const { checklist, target } = opened;
  const lacking = lackingIn(opened, file, shell.env);
  const aws = checklist.body.targets[target]?.aws;
  if (lacking.length === 0 || aws === undefined) return;
  const account = { ...aws, account: file?.accounts[target] ?? aws.account ?? '' };
  const credentials = await lackOfCredentials({ env: shell.env, wanted: options.profile, account });
  // What is answered by whom hangs on values, but hardly ever whether it is asked.
  const preview = bind(checklist, { kinds, acts }, { target, inputs: file?.inputs ?? {}, ...account, partial: true });
  const open = 'plan' in preview ? openQuestions(preview.plan, options.phase ?? [], file) : [];
  refuseLacking(lacking, [
    ...(credentials === undefined ? [] : [credentials]),
    ...open.map(({ id, position }) => `${position} ${id}: nobody answers it (answers.${id} in the file of --values)`),
  ]);
}
