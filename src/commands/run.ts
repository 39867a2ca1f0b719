// `golive run`: a checklist against a real target, or with --dry-run only the looks.

import type { Mode } from '../engine/events.ts';
import { bind } from '../checklist/bind.ts';
import { GoliveError } from '../errors.ts';
import { runId } from '../effects/ids.ts';
import { inTurn, scripted, type People } from '../runner/people.ts';
import { atTerminal } from '../runner/at-terminal.ts';
import { acts, kinds } from '../steps/index.ts';
import { askInputs } from './ask-inputs.ts';
import { openDesk } from './desk.ts';
import { hiddenSecrets } from './hidden.ts';
import { refuseHeld } from './holding.ts';
import { newRun, refusePhases } from './new-run.ts';
import { mistakes, openChecklist, openValues } from './open-checklist.ts';
import { detourWords, refuseDetours } from './detours.ts';
import { outsideGiven, realOutside, type OutsideOptions } from './outside.ts';
import { rosterHere } from './people-here.ts';
import { nameOf, openRunOf, openStore } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import { parseT0 } from './t0.ts';
import { refuseOtherRegion, trustChecklist } from './trust.ts';
import { work } from './work.ts';

export interface RunOptions extends GlobalOptions, OutsideOptions, SigningOptions {
  readonly values?: string;
  readonly phase?: readonly string[];
  readonly dryRun?: boolean;
  readonly t0?: string;
  readonly new?: boolean;
  readonly trustChecklist?: string;
  readonly verbose?: boolean;
}

/** Starts a run of `aep-prod`, or offers to resume the one that is open. Returns the exit code. */
export async function run(name: string, options: RunOptions, shell: ProcessShell): Promise<number> {
  const mode: Mode =
    options.dryRun === true || !shell.terminal.interactive || options.json === true ? 'dry-run' : 'run';
  const store = openStore(options, shell);
  const t0 = options.t0 === undefined ? undefined : parseT0(options.t0);
  const opened = await openChecklist(name, shell);
  const open = mode === 'run' && options.new !== true ? await openRunOf(store, name) : undefined;
  if (open) {
    await refuseHeld(store, open.run, shell, options);
    const desk = openDesk(shell);
    desk.print([`Run ${open.run} is open, last worked on at ${open.state.at.slice(0, 16)}Z.`]);
    if (await desk.confirm('Go on with it?')) return (await import('./resume.ts')).resume(open.run, options, shell);
    throw new GoliveError('open-run', `${nameOf(open)} has an open run: ${open.run}`, {
      hint: `Go on with it: ${howCalled(shell, options)} resume ${open.run}\n  Start another one beside it: add --new`,
    });
  }
  const { checklist, target } = opened;
  const file = await openValues(options.values, checklist, shell);
  const account = file?.accounts[target];
  // Before anybody types a value or a secret: whatever would be refused with any of them.
  const preview = bind(checklist, { kinds, acts }, { target, inputs: file?.inputs ?? {}, account, partial: true });
  if (!('plan' in preview)) throw mistakes(preview.problems, opened.shown);
  refusePhases(options.phase ?? [], preview.plan);
  refuseOtherRegion(preview.plan, shell);
  await outsideGiven(options, shell);
  const phases = options.phase ?? [];
  // Whether AWS is played by this machine is known later; without --allow-endpoint it is not.
  if (mode === 'run') refuseDetours(preview.plan, phases, options, options.allowEndpoint === true);
  const known = mode === 'run' ? await signerFor(mode, options, shell) : undefined;
  await trustChecklist(opened, preview.plan, options.trustChecklist, shell);
  const { values, secrets } = await askInputs(checklist, { file, env: shell.env, mayAsk: mode === 'run' }, shell);
  const inputs = Object.fromEntries(values.map(({ name: input, value }) => [input, value]));
  const bound = bind(checklist, { kinds, acts }, { target, inputs, account });
  if (!('plan' in bound)) throw mistakes(bound.problems, opened.shown);
  const { plan } = bound;
  const roster = known === undefined ? undefined : rosterHere(known, shell);
  const begun = { id: runId(), roster, store, opened, plan, mode, rehearsal: false, phases, values };
  const [started, signer, outside] = await Promise.all([
    newRun(begun, shell),
    known ?? signerFor(mode, options, shell),
    realOutside(plan, options, shell, mode === 'run' ? phases : undefined),
  ]);
  const written = scripted({
    answers: file?.answers ?? {},
    votes: {},
    principal: () => signer.principal,
    source: 'file',
  });
  try {
    return await work({
      ...started,
      ...outside,
      signer,
      hidden: hiddenSecrets(plan, shell.env),
      roster,
      secrets,
      ...(t0 !== undefined && { t0 }),
      people: (terminal): People => (mode === 'run' ? inTurn(written, atTerminal(terminal)) : written),
      attended: mode === 'run',
      personOf: () => signer.principal,
      detours: detourWords(options),
      options,
      shell,
      command: howCalled(shell, options),
    });
  } finally {
    await outside.close();
  }
}
