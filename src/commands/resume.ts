// `golive resume`: a new session on a run that is open. The run goes on with its own copy of the checklist.

import { readChecklist } from '../checklist/read.ts';
import type { State } from '../engine/state.ts';
import { stepsOf } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { atTerminal } from '../runner/at-terminal.ts';
import type { WayBack } from '../runner/runner.ts';
import { amendedBy, hasChanged, newestAmendment, ownDigest } from './amended.ts';
import { askInputs } from './ask-inputs.ts';
import { detourWords, refuseDetours, refuseOtherSide } from './detours.ts';
import { hiddenSecrets } from './hidden.ts';
import { refuseHeld } from './holding.ts';
import { openValues } from './open-checklist.ts';
import { couriersFor } from './notices.ts';
import { localFolder, realOutside, rehearsalOutside, type OutsideOptions } from './outside.ts';
import { ownCopy, refuseClosed } from './own-copy.ts';
import { peopleOfWorld, peopleWithKeys, rosterHere } from './people-here.ts';
import { rehearsedPeople } from './rehearse.ts';
import { reportsAsked, writeReports } from './reports.ts';
import { findRun, openStore, type KnownRun } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import { refuseOtherRegion } from './trust.ts';
import { againWords, fromFile, mannerOf, refuseUnattended, type UnattendedOptions } from './unattended.ts';
import { work, type Work } from './work.ts';

export interface ResumeOptions extends GlobalOptions, OutsideOptions, SigningOptions, UnattendedOptions {
  readonly verbose?: boolean;
  /** Before anything else, take back what the run changed. */
  readonly rollback?: WayBack;
  /** Answers for a run that goes on with --act. */
  readonly values?: string;
  /** `FORMAT:FILE`, each written when this process is done with the run. */
  readonly report?: readonly string[];
  /** A rehearsal goes on by itself: the calm operator of its world answers. */
  readonly auto?: boolean;
}

/** Resumes the run that is meant. Returns the exit code. */
export async function resume(wanted: string | undefined, options: ResumeOptions, shell: ProcessShell): Promise<number> {
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  refuseClosed(known);
  const instead = options.rollback === undefined ? undefined : 'Take it back from there: type :rollback at its prompt.';
  await refuseHeld(store, known.run, shell, options, instead);
  const auto = options.auto === true;
  if (auto && known.state.opened?.rehearsal !== true) {
    throw new GoliveError('usage', '--auto is for rehearsals: nobody answers for the people of a real run');
  }
  const act = options.act === true;
  if (act && known.state.opened?.rehearsal === true)
    throw new GoliveError('usage', '--act is for real runs: a rehearsal goes on by itself with --auto');
  const { deadlineMs } = act ? mannerOf(options, shell) : refuseUnattendedWords(options);
  if (!shell.terminal.interactive && !auto && !act) {
    throw new GoliveError(
      'no-terminal',
      'this needs somebody to ask: standard input and output have to be a terminal',
      {
        hint: 'With --act a real run goes on with nobody to ask.',
      },
    );
  }
  const reports = reportsAsked(options.report, options, shell);
  const { checklist, plan } = await ownCopy(store, known);
  const opened = known.state.opened;
  if (opened === undefined) throw new GoliveError('run', `${known.run} was never opened`);
  const amendment = await newestAmendment(store, known.run, known.state);
  const common = {
    plan,
    run: known.run,
    store,
    checklist: {
      path: opened.checklist.path,
      digest: ownDigest(known.state),
      ...opened.git,
      ...(amendment && { amended: amendedBy(amendment) }),
    },
    text: checklist.source.text,
    changed: await hasChanged(known.state, shell),
    values: [],
    inputs: [],
    options,
    rollback: options.rollback ?? 'none',
    shell,
    command: howCalled(shell, options),
  };
  const exit = opened.rehearsal
    ? await resumeRehearsal(known, common, auto)
    : await resumeReal({ ...common, deadlineMs }, checklist, known.state);
  return writeReports(reports, known.run, exit, options, shell);
}

type Common = { readonly options: ResumeOptions } & Pick<
  Work,
  | 'plan'
  | 'run'
  | 'store'
  | 'checklist'
  | 'text'
  | 'changed'
  | 'values'
  | 'inputs'
  | 'rollback'
  | 'shell'
  | 'command'
  | 'deadlineMs'
>;

function refuseUnattendedWords({ deadline, values }: ResumeOptions): { readonly deadlineMs?: number } {
  if (deadline === undefined && values === undefined) return {};
  throw new GoliveError(
    'usage',
    `--${deadline === undefined ? 'values' : 'deadline'} goes with --act: people are asked`,
  );
}

async function resumeReal(
  common: Common,
  checklist: NonNullable<ReturnType<typeof readChecklist>['checklist']>,
  state: State,
): Promise<number> {
  const { plan, shell, options } = common;
  const { phases = [], session } = state.opened ?? {};
  const attended = options.act !== true;
  refuseOtherRegion(plan, shell);
  refuseDetours(plan, phases, options, options.allowEndpoint === true);
  const signer = await signerFor('run', options, shell, !attended);
  const roster = rosterHere(signer, shell);
  const file = await openValues(options.values, checklist, shell);
  if (!attended) {
    const answered = stepsOf(plan).filter(({ id }) => stepState(state, id).verdict !== undefined);
    refuseUnattended(plan, phases, { file, roster: roster !== undefined, answered });
  }
  // Secrets stand in no log: they are read, or asked for, again. Everything else is in the plan already.
  const onlySecrets = { ...checklist, body: { ...checklist.body, inputs: secretInputs(checklist.body.inputs ?? {}) } };
  const { secrets } = await askInputs(onlySecrets, { file: undefined, env: shell.env, mayAsk: attended }, shell);
  const outside = await realOutside(plan, options, shell, phases);
  try {
    const hosts = outside.aws.overrides.map(({ host }) => host);
    refuseOtherSide(session?.endpoints ?? [], hosts, `${common.command} run ${plan.checklist}-${plan.target} --new`);
    return await work({
      ...common,
      ...outside,
      signer,
      roster,
      hidden: hiddenSecrets(plan, shell.env),
      couriers: couriersFor('run', shell),
      secrets,
      people: (terminal) => (attended ? atTerminal(terminal) : fromFile(file, signer)),
      attended,
      ...(!attended && { again: againWords(options) }),
      personOf: () => signer.principal,
      detours: detourWords(options),
    });
  } finally {
    await outside.close();
  }
}

async function resumeRehearsal(known: KnownRun, common: Common, auto: boolean): Promise<number> {
  const { plan, store, shell } = common;
  const { findWorld } = await import('../rehearsal/find-world.ts');
  const { world } = findWorld({
    checklist: plan.checklist,
    target: plan.target,
    cwd: shell.cwd,
    breaks: [],
    patchFile: undefined,
  });
  const folder = localFolder(store.locate(known.run));
  const outside = await rehearsalOutside(plan, world, shell, {
    start: rehearsalTime(known.state, common.rollback),
    speed: 'max',
    folder,
  });
  try {
    const ownKeys = (known.state.opened?.roster_digest ?? '') !== '';
    const people = ownKeys
      ? await peopleWithKeys(common.options, shell, () => outside.clock.now())
      : peopleOfWorld(plan, world);
    return await work({
      ...common,
      ...outside,
      ...people,
      ...(!auto && { jump: (ms: number) => outside.clock.jump(ms) }),
      secrets: world.secrets,
      people: rehearsedPeople(world, auto),
      attended: !auto,
    });
  } finally {
    await outside.close();
  }
}

/** Its clock goes on where its log ends; whoever comes back when the next thing is due, comes back then. */
export function rehearsalTime({ at, until }: State, rollback: WayBack | undefined): number {
  const due = until === '' || (rollback ?? 'none') !== 'none' ? 0 : Date.parse(until);
  return Math.max(Date.parse(at), due);
}

function secretInputs<T extends { readonly secret?: boolean | undefined }>(
  inputs: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(inputs).filter(([, input]) => input.secret === true));
}
