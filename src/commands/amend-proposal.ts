// The checklist a run is to go on with: read, linted, bound with the run's own values, and compared with the one it has.

import { resolve } from 'node:path';
import { checkAnswer, questionOf } from '../checklist/answers.ts';
import { bind } from '../checklist/bind.ts';
import { shownPath } from '../checklist/find.ts';
import { loadChecklist } from '../checklist/load.ts';
import type { Checklist } from '../checklist/read.ts';
import { loadCatalogue } from '../effects/catalogue.ts';
import { openFiles } from '../effects/files.ts';
import { amendmentOf, type Amendment } from '../engine/amend.ts';
import { refusals } from '../engine/amend-refusals.ts';
import { differences } from '../engine/difference.ts';
import type { Json } from '../engine/json.ts';
import type { Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { acts, kinds } from '../steps/index.ts';
import { mistakes, shelfFor, type OpenChecklist } from './open-checklist.ts';
import { accountOf, inputsOf } from './own-copy.ts';
import type { KnownRun } from './runs.ts';
import type { Shell } from './shell.ts';

export interface Proposal {
  readonly opened: OpenChecklist;
  readonly text: string;
  readonly plan: Plan;
  readonly amendment: Amendment;
  /** Why the run cannot go on with it, in sentences. */
  readonly refused: readonly string[];
  /** What a reader of the difference should know besides. */
  readonly notes: readonly string[];
  /** Inputs the run has no value for yet, with their defaults. */
  readonly values: readonly { readonly name: string; readonly value: Json }[];
}

/** Reads `file`. Throws GoliveError (exit 3) with every mistake in it, and when it is another checklist altogether. */
export async function proposalFrom(
  file: string,
  known: KnownRun,
  own: { readonly checklist: Checklist; readonly plan: Plan },
  shell: Shell,
): Promise<Proposal> {
  const path = resolve(shell.cwd, file);
  const text = await openFiles().readText(path);
  if (text === undefined) {
    throw new GoliveError('file', `there is no file ${file}`, { hint: 'Say which checklist is meant: --file FILE' });
  }
  const shown = shownPath(path, shell.cwd);
  const { checklist, problems } = await loadChecklist(
    text,
    shown,
    { kinds, acts },
    loadCatalogue,
    shelfFor(path, shell),
  );
  if (checklist === undefined) throw mistakes(problems, shown);
  const name = own.plan.checklist;
  if (checklist.body.name !== name)
    throw new GoliveError('refused', `${shown} is the checklist ${checklist.body.name}, and the run is of ${name}`);
  const { target } = own.plan;
  const inputs = inputsFor(checklist, own.checklist, known.state);
  const account = checklist.body.targets[target]?.aws.account ?? accountOf(known.state);
  const partial = inputs.refused.length > 0;
  const bound = bind(checklist, { kinds, acts }, { target, inputs: inputs.all, account, partial });
  if (!('plan' in bound)) throw mistakes(bound.problems, shown);
  const { plan } = bound;
  const amendment = amendmentOf(own.plan, plan, known.state);
  return {
    opened: { checklist, target, path, shown },
    text: checklist.source.text,
    plan,
    amendment,
    refused: [...inputs.refused, ...refusals(own.plan, plan, known.state, amendment)],
    notes: inputs.notes,
    values: inputs.values,
  };
}

interface Inputs extends Pick<Proposal, 'refused' | 'notes' | 'values'> {
  readonly all: Readonly<Record<string, Json>>;
}

/** The run's own values hold; a blank that is new has to bring its own. */
function inputsFor(checklist: Checklist, before: Checklist, state: State): Inputs {
  const all: Record<string, Json> = { ...inputsOf(state) };
  const refused: string[] = [];
  const notes: string[] = [];
  const values: { name: string; value: Json }[] = [];
  for (const [name, input] of Object.entries(checklist.body.inputs ?? {})) {
    if (input.secret === true) continue;
    const value = all[name];
    if (value === undefined) {
      if (input.default === undefined) {
        refused.push(`the input ${name} has no value in this run: write its value, or a default, into the checklist`);
      } else {
        all[name] = input.default;
        values.push({ name, value: input.default });
        notes.push(`${name} = ${JSON.stringify(input.default)} (default)`);
      }
      continue;
    }
    const was = before.body.inputs?.[name];
    if (differences(was, input).length === 0) continue;
    const wrong = checkAnswer(questionOf(input), value, Date.parse(state.at));
    if (wrong !== undefined)
      refused.push(`the input ${name} is ${JSON.stringify(value)} in this run, and ${wrong} here`);
    else if (differences(was?.default, input.default).length > 0)
      notes.push(`${name} stays ${JSON.stringify(value)}: what this run has counts, not the new default`);
  }
  return { all, refused, notes, values };
}
