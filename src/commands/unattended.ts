// A run that asks nobody: what it may do, and everything that would be missing in the middle of it, said before it begins.

import { gatherInputs, inputVariable, type NeededInput } from '../checklist/inputs.ts';
import type { ValuesFile } from '../checklist/values-file.ts';
import { dryDeferral } from '../engine/defer.ts';
import { parseDuration } from '../engine/duration.ts';
import type { Mode } from '../engine/events.ts';
import { stepsOf, type Plan, type Step } from '../engine/plan.ts';
import { initialState } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { scripted, type People } from '../runner/people.ts';
import type { Signer } from '../world.ts';
import type { OpenChecklist } from './open-checklist.ts';
import { quoted, type ProcessShell } from './shell.ts';

export interface UnattendedOptions {
  readonly dryRun?: boolean;
  /** Acts are taken with nobody to ask. */
  readonly act?: boolean;
  /** Of a dry run: questions that nobody answers are no objection. */
  readonly allowOpen?: boolean;
  /** How long the whole run may take. */
  readonly deadline?: string;
}

/** Whether a run changes anything, and whether anybody is asked. */
export interface Manner {
  readonly mode: Mode;
  /** Somebody is at this terminal. */
  readonly attended: boolean;
  readonly allowOpen: boolean;
  /** In ms; undefined: as long as it takes. */
  readonly deadlineMs: number | undefined;
}

/** What the command line says of it. Throws GoliveError `usage` for words that do not go together. */
export function mannerOf(
  { dryRun = false, act = false, allowOpen = false, deadline, json = false }: UnattendedOptions & { json?: boolean },
  { terminal }: Pick<ProcessShell, 'terminal'>,
): Manner {
  if (act && dryRun) throw new GoliveError('usage', 'a run is --dry-run or --act, and not both');
  const attended = !act && !dryRun && terminal.interactive && !json;
  const mode = act || attended ? 'run' : 'dry-run';
  if (allowOpen && mode !== 'dry-run')
    throw new GoliveError(
      'usage',
      '--allow-open is for dry runs: in a run that changes something questions are answered',
    );
  if (deadline !== undefined && attended)
    throw new GoliveError('usage', '--deadline is for runs that ask nobody', {
      hint: 'People are not hurried: add --dry-run, or --act.',
    });
  const deadlineMs = deadline === undefined ? undefined : parseDuration(deadline);
  if (deadline !== undefined && (deadlineMs === undefined || deadlineMs === 0))
    throw new GoliveError('usage', `${JSON.stringify(deadline.slice(0, 50))} is no time for --deadline, such as 10m`);
  return { mode, attended, allowOpen, deadlineMs };
}

/** What a run that asks nobody needs, and does not have; each with the way to give it. */
export function lackingIn(
  { checklist, target }: OpenChecklist,
  file: ValuesFile | undefined,
  env: ProcessShell['env'],
): readonly string[] {
  const account = file?.accounts[target] ?? checklist.body.targets[target]?.aws.account;
  const { missing } = gatherInputs(checklist, { file, env, now: Date.now() });
  return [
    ...(account === undefined
      ? [`the account of ${target}: targets.${target}.aws.account (--values FILE, or the checklist itself)`]
      : []),
    ...missing.map(lackText),
  ];
}

/** What is asked for, and how it is given where nobody can be asked. */
export function lackText({ name, question }: NeededInput): string {
  const way = question.secret ? `set ${inputVariable(name)}` : `--values FILE, or ${inputVariable(name)}`;
  return `${name}: ${question.question} (${way})`;
}

/** Throws GoliveError `missing-input` with all of it, when anything is. `also`: what would only leave the run undecided. */
export function refuseLacking(lacking: readonly string[], also: readonly string[] = []): void {
  if (lacking.length === 0) return;
  const head = `${lacking.length} ${lacking.length === 1 ? 'value is' : 'values are'} missing, and there is nobody to ask:`;
  const more = also.length === 0 ? [] : ['and with them the run would still not be decided:', ...also.map(indented)];
  throw new GoliveError('missing-input', [head, ...lacking.map(indented), ...more].join('\n'));
}

/** Questions of a dry run that nobody answers: they stay open. */
export function openQuestions(plan: Plan, phases: readonly string[], file: ValuesFile | undefined): readonly Step[] {
  return unanswered(plan, phases, file).filter((step) => dryDeferral(plan, step, initialState()) === undefined);
}

/**
 * Throws GoliveError `unattended` where a run with --act would stop for somebody: questions without an answer, acts that
 * want a phrase typed by people, gates that nobody could sign for.
 */
export function refuseUnattended(
  plan: Plan,
  phases: readonly string[],
  given: {
    readonly file: ValuesFile | undefined;
    readonly roster: boolean;
    /** Steps of a run that goes on which are decided already. */
    readonly answered?: readonly Step[];
  },
): void {
  const { file, answered = [] } = given;
  const steps = stepsIn(plan, phases).filter((step) => !answered.includes(step));
  const questions = unanswered(plan, phases, file).filter((step) => !answered.includes(step));
  const phrases = steps.filter(({ work }) => work.type === 'act' && typeof work.confirm === 'object');
  const gates = given.roster ? [] : steps.filter(({ work }) => work.type === 'gate' && work.poll.length > 0);
  const lines = [
    ...questions.map((step) => `${at(step)} nobody answers it (answers.${step.id} in the file of --values)`),
    ...phrases.map((step) => `${at(step)} people have to type its phrase: it is not done with --act`),
    ...gates.map((step) => `${at(step)} its decisions have to be signed, and there is no .golive/roles.yaml here`),
  ];
  if (lines.length === 0) return;
  const head = `${plan.checklist}-${plan.target} cannot go on with nobody to ask: it would stop at`;
  throw new GoliveError('unattended', [head, ...lines.map(indented)].join('\n'), {
    hint: 'Without --act it only looks; at a terminal it asks. --phase takes some phases only.',
  });
}

function unanswered(plan: Plan, phases: readonly string[], file: ValuesFile | undefined): readonly Step[] {
  return stepsIn(plan, phases).filter(
    ({ id, work, skip }) =>
      work.type === 'ask' && skip === undefined && !(file !== undefined && Object.hasOwn(file.answers, id)),
  );
}

function stepsIn(plan: Plan, phases: readonly string[]): readonly Step[] {
  return stepsOf(plan).filter(({ phase }) => phases.length === 0 || phases.includes(phase));
}

function at({ id, position }: Step): string {
  return `${position} ${id}:`;
}

function indented(line: string): string {
  return `  ${line}`;
}

/** The answers of a file, by whoever runs it; a red and an unknown question stay open. */
export function fromFile(file: ValuesFile | undefined, { principal }: Pick<Signer, 'principal'>): People {
  return scripted({ answers: file?.answers ?? {}, votes: {}, principal: () => principal, source: 'file' });
}

/** What has to be said again when a run with --act goes on in another process. */
export function againWords({ values }: { readonly values?: string }): string {
  return ` --act${values === undefined ? '' : ` --values ${quoted(values)}`}`;
}
