// The blanks of the paper: where each one's value comes from, and which ones still have to be asked.

import type { Json } from '../engine/json.ts';
import type { Question } from '../engine/plan.ts';
import { checkAnswer, questionOf, readAnswer } from './answers.ts';
import { placeOfValue, problemAt, type Problem } from './places.ts';
import type { Checklist } from './read.ts';
import type { ValuesFile } from './values-file.ts';

/** An input that has no value yet. Secrets are asked without echo and kept out of files, logs and plans. */
export interface NeededInput {
  readonly name: string;
  readonly question: Question;
}

export interface GivenInput {
  readonly value: Json;
  readonly source: 'file' | 'environment' | 'default';
}

export interface Inputs {
  readonly given: Readonly<Record<string, GivenInput>>;
  /** Secrets found in the environment, by name. Never to be logged. */
  readonly secrets: Readonly<Record<string, string>>;
  /** To be asked once, in the order of the file. */
  readonly missing: readonly NeededInput[];
  readonly problems: readonly Problem[];
}

/** The environment variable that holds an input. */
export function inputVariable(name: string): string {
  return `GOLIVE_INPUT_${name.toUpperCase()}`;
}

/** Takes each input from the values file, else the environment, else its default. `now` is in ms, for dates. */
export function gatherInputs(
  checklist: Checklist,
  from: {
    readonly file?: ValuesFile | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly now: number;
  },
): Inputs {
  const given: Record<string, GivenInput> = {};
  const secrets: Record<string, string> = {};
  const missing: NeededInput[] = [];
  const problems: Problem[] = [];
  const declared = checklist.body.inputs ?? {};
  for (const [name, input] of Object.entries(declared)) {
    const question = questionOf(input);
    const written =
      from.file !== undefined && Object.hasOwn(from.file.inputs, name) ? from.file.inputs[name] : undefined;
    const set = from.env[inputVariable(name)];
    if (question.secret) {
      if (set === undefined || set === '') missing.push({ name, question });
      else secrets[name] = set;
    } else if (from.file !== undefined && written !== undefined) {
      const wrong = checkAnswer(question, written, from.now);
      if (wrong === undefined) given[name] = { value: written, source: 'file' };
      else
        problems.push(
          problemAt(from.file.source, placeOfValue(from.file.source, from.file.inputs, name), `\`${name}\` ${wrong}`),
        );
    } else if (set !== undefined) {
      const read = readAnswer(question, set, from.now);
      if ('answer' in read) given[name] = { value: read.answer, source: 'environment' };
      else
        problems.push(
          problemAt(
            checklist.source,
            placeOfValue(checklist.source, declared, name),
            `${inputVariable(name)} ${read.problem}`,
          ),
        );
    } else if (input.default !== undefined) {
      given[name] = { value: input.default, source: 'default' };
    } else {
      missing.push({ name, question });
    }
  }
  return { given, secrets, missing, problems };
}
