// Secrets that stand in the environment of this process: no file and no line may have them, whoever prints them.

import { inputVariable } from '../checklist/inputs.ts';
import type { Plan } from '../engine/plan.ts';
import { everyStep, usesOf } from '../engine/uses.ts';
import { toldText } from '../runner/scrub.ts';
import { scrubber, type Scrub } from '../runner/scrubber.ts';
import type { Secrets } from '../runner/secret-forms.ts';
import { webhookVariables } from '../effects/webhooks.ts';
import { whyVariable } from '../steps/secret-looks.ts';
import { hideSecrets } from '../steps/secret-text.ts';
import type { KnownRun } from './runs.ts';
import type { ProcessShell } from './shell.ts';

/** A run with its plan. */
interface OfRun {
  readonly plan: Plan;
  readonly known: KnownRun;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The secret inputs that the environment gives, the variables that look like secrets and that a program of the checklist
 * gets, the AWS credentials, and the addresses of webhooks; by name. For real runs only: a rehearsal reads no credentials.
 */
export function hiddenSecrets(plan: Plan, env: Env): Secrets {
  const inputs = plan.secrets.map((name) => [name, env[inputVariable(name)]] as const);
  const given = passedOn(plan).filter((name) => looksSecret(name, env[name] ?? ''));
  // Made-up credentials are the same word twice, which may stand anywhere.
  const real = env['AWS_SECRET_ACCESS_KEY'] !== env['AWS_ACCESS_KEY_ID'];
  const names = [...given, ...webhookVariables, ...(real ? ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] : [])];
  const all = [...names.map((name) => [name, env[name]] as const), ...inputs];
  return Object.fromEntries(
    all.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

/** Takes them out of what a command prints or writes that reads no secrets itself. */
export function scrubHere(plan: Plan, rehearsal: boolean, { env }: Pick<ProcessShell, 'env'>): Scrub {
  return scrubber(rehearsal ? {} : hiddenSecrets(plan, env));
}

function looksSecret(name: string, value: string): boolean {
  return whyVariable(name, value) !== undefined || hideSecrets(value) !== value;
}

/** What a person said on the command line about a run, as its log will have it. */
export function toldHere(text: string, { plan, known }: OfRun, shell: Pick<ProcessShell, 'env'>): string {
  return toldText(text, scrubHere(plan, known.state.opened?.rehearsal === true, shell));
}

/** The variables that programs of the checklist get by their names. */
function passedOn(plan: Plan): readonly string[] {
  const calls = [...Object.values(plan.probes), ...everyStep(plan).flatMap(usesOf)].map(({ call }) => call);
  return calls.flatMap(({ kind, args }) => {
    const { env } = args;
    const names: readonly unknown[] = kind === 'command' && Array.isArray(env) ? env : [];
    return names.filter((name) => typeof name === 'string');
  });
}
