// `golive resume`: a new session on a run that is open. The run goes on with its own copy of the checklist.

import { bind } from '../checklist/bind.ts';
import { readChecklist } from '../checklist/read.ts';
import type { Json } from '../engine/json.ts';
import type { Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { atTerminal } from '../runner/at-terminal.ts';
import type { WayBack } from '../runner/runner.ts';
import { acts, kinds } from '../steps/index.ts';
import type { RunStore } from '../world.ts';
import { amendedBy, hasChanged, newestAmendment, ownDigest } from './amended.ts';
import { askInputs } from './ask-inputs.ts';
import { detourWords, refuseDetours, refuseOtherSide } from './detours.ts';
import { hiddenSecrets } from './hidden.ts';
import { refuseHeld } from './holding.ts';
import { mistakes } from './open-checklist.ts';
import { localFolder, realOutside, rehearsalOutside, type OutsideOptions } from './outside.ts';
import { peopleOfWorld, peopleWithKeys, rosterHere } from './people-here.ts';
import { rehearsedPeople } from './rehearse.ts';
import { findRun, nameOf, openStore, type KnownRun } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import { refuseOtherRegion } from './trust.ts';
import { work, type Work } from './work.ts';

export interface ResumeOptions extends GlobalOptions, OutsideOptions, SigningOptions {
  readonly verbose?: boolean;
  /** Before anything else, take back what the run changed. */
  readonly rollback?: WayBack;
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
  if (!shell.terminal.interactive && !auto) {
    throw new GoliveError('no-terminal', 'this needs somebody to ask: standard input and output have to be a terminal');
  }
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
  return opened.rehearsal ? resumeRehearsal(known, common, auto) : resumeReal(common, checklist, opened, options);
}

type Common = { readonly options: ResumeOptions } & Pick<
  Work,
  'plan' | 'run' | 'store' | 'checklist' | 'text' | 'changed' | 'values' | 'inputs' | 'rollback' | 'shell' | 'command'
>;

async function resumeReal(
  common: Common,
  checklist: NonNullable<ReturnType<typeof readChecklist>['checklist']>,
  { phases, session }: NonNullable<State['opened']>,
  options: ResumeOptions,
): Promise<number> {
  const { plan, shell } = common;
  refuseOtherRegion(plan, shell);
  refuseDetours(plan, phases, options, options.allowEndpoint === true);
  const signer = await signerFor('run', options, shell);
  // Secrets stand in no log: they are read, or asked for, again. Everything else is in the plan already.
  const onlySecrets = { ...checklist, body: { ...checklist.body, inputs: secretInputs(checklist.body.inputs ?? {}) } };
  const { secrets } = await askInputs(onlySecrets, { file: undefined, env: shell.env, mayAsk: true }, shell);
  const outside = await realOutside(plan, options, shell, phases);
  try {
    const hosts = outside.aws.overrides.map(({ host }) => host);
    refuseOtherSide(session.endpoints, hosts, `${common.command} run ${plan.checklist}-${plan.target} --new`);
    return await work({
      ...common,
      ...outside,
      signer,
      roster: rosterHere(signer, shell),
      hidden: hiddenSecrets(plan, shell.env),
      secrets,
      people: (terminal) => atTerminal(terminal),
      attended: true,
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

/** Throws GoliveError for a run that does not go on. */
export function refuseClosed(known: KnownRun): void {
  const { state } = known;
  const mode = state.opened?.mode;
  if (state.sealed) {
    const back = state.rollback?.result === 'done' ? ', rolled back' : '';
    throw new GoliveError('sealed', `${known.run} (${nameOf(known)}) is sealed: ${state.sealed.result}${back}`, {
      hint: `What it left in place, and how that would be taken back by hand: golive rollback ${known.run} --plan`,
    });
  }
  if (mode === 'dry-run' || mode === 'survey') {
    throw new GoliveError(
      'not-open',
      `${known.run} is a ${mode === 'survey' ? 'survey' : 'dry run'}, which is not resumed`,
      { hint: 'Start it again instead.' },
    );
  }
}

/** A run's copy of its checklist, and the plan it makes. */
type Copy = { checklist: NonNullable<ReturnType<typeof readChecklist>['checklist']>; plan: Plan };

/** The plan as the run has it: from its copy of the checklist, as amended last, and the values in its log. */
export async function ownCopy(store: Pick<RunStore, 'getBlob' | 'locate'>, known: KnownRun): Promise<Copy> {
  const opened = known.state.opened;
  const bytes = opened === undefined ? undefined : await store.getBlob(known.run, ownDigest(known.state));
  if (opened === undefined || bytes === undefined) {
    throw new GoliveError('incomplete', `the copy of the checklist that run ${known.run} carries is missing`, {
      hint: `It belongs into ${store.locate(known.run)}/blobs.`,
    });
  }
  return boundCopy(new TextDecoder().decode(bytes), known);
}

/** The same from the text of that copy. Runs nothing of it. */
export function boundCopy(text: string, known: Pick<KnownRun, 'run' | 'state'>): Copy {
  const { opened } = known.state;
  if (opened === undefined) throw new GoliveError('run', `${known.run} was never opened`);
  const { checklist, problems } = readChecklist(text, opened.checklist.path);
  if (checklist === undefined || problems.length > 0) throw mistakes(problems, opened.checklist.path);
  const bound = bind(
    checklist,
    { kinds, acts },
    {
      target: opened.target,
      inputs: inputsOf(known.state),
      account: accountOf(known.state),
    },
  );
  if ('plan' in bound) return { checklist, plan: bound.plan };
  if (bound.missing.length === 0) throw mistakes(bound.problems, opened.checklist.path);
  throw new GoliveError(
    'incomplete',
    `${known.run} ended before its values were written: ${bound.missing.join(', ')}`,
    {
      hint: `Nothing was looked at or changed in it. Start another one: golive run ${nameOf(known)} --new`,
    },
  );
}

/** The run's inputs by name, secrets left out. */
export function inputsOf(state: State): Readonly<Record<string, Json>> {
  const own = Object.entries(state.values).filter(([, value]) => value.step === '');
  return Object.fromEntries(
    own.map(([name, value]) => {
      const parsed: Json = JSON.parse(value.json);
      return [name, parsed];
    }),
  );
}

/** An account that came from a values file is in the log as the caller's. */
export function accountOf(state: State): string | undefined {
  return state.opened?.session.callers[0]?.account;
}

function secretInputs<T extends { readonly secret?: boolean | undefined }>(
  inputs: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(inputs).filter(([, input]) => input.secret === true));
}
