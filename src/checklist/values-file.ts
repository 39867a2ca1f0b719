// The file given with --values: inputs, answers written down beforehand, and account ids.

import { z } from 'zod';
import { isObject, type Json } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import { everyStepAt } from './calls.ts';
import { formProblems } from './issues.ts';
import { inOrder, problemAt, reportInto, type Problem, type Source } from './places.ts';
import { accountText, anyJson, idText, nameText, targetText } from './schema-parts.ts';
import type { ChecklistBody } from './schema.ts';
import { readYaml } from './yaml.ts';

const schema = z.strictObject({
  inputs: z.record(nameText, anyJson).exactOptional(),
  answers: z.record(idText, z.strictObject({ answer: anyJson, evidence: z.string().exactOptional() })).exactOptional(),
  targets: z.record(targetText, z.strictObject({ aws: z.strictObject({ account: accountText }) })).exactOptional(),
});

export interface ValuesFile {
  readonly source: Source;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly answers: Readonly<Record<string, { readonly answer: Json; readonly evidence?: string }>>;
  /** Account ids by target. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** Reads a values file for one checklist; undefined with its problems when anything is wrong with it. */
export function readValuesFile(
  text: string,
  file: string,
  body: ChecklistBody,
): { readonly values: ValuesFile | undefined; readonly problems: readonly Problem[] } {
  const read = readYaml(text, file);
  const { root } = read;
  // Whoever wrote a secret into the file is told where, and does not get it shown.
  const hides = holdsSecret(text, body);
  const source = hides ? { ...read.source, lines: [] } : read.source;
  const syntax = hides ? read.problems.map((problem) => ({ ...problem, excerpt: '' })) : read.problems;
  if (!isObject(root)) {
    const place = { line: 1, column: 1, length: 1 };
    const nothing =
      root === undefined ? [] : [problemAt(source, place, 'a values file is a map with inputs, answers, targets')];
    return { values: undefined, problems: [...syntax, ...nothing] };
  }
  const form = formProblems(source, schema, root);
  const problems = [...syntax, ...form.problems];
  const written = form.value ?? {};
  const known = reportUnknown(source, problems);
  const { inputs = {}, answers = {}, targets = {} } = written;
  const secrets = Object.entries(body.inputs ?? {}).filter(([, input]) => input.secret === true);
  known(inputs, Object.keys(body.inputs ?? {}), 'an input of this checklist');
  known(
    answers,
    everyStepAt(body)
      .filter(({ step }) => step.ask !== undefined)
      .map(({ step }) => step.id),
    'an ask of this checklist',
  );
  known(targets, Object.keys(body.targets), 'a target of this checklist');
  for (const [name] of secrets) {
    if (!(name in inputs)) continue;
    const hint = `set GOLIVE_INPUT_${name.toUpperCase()}, or be asked for it`;
    reportInto(source, problems).key(inputs, name, `\`${name}\` is a secret: it stands in no file`, hint);
  }
  if (problems.length > 0) return { values: undefined, problems: inOrder(problems) };
  const accounts = Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, target.aws.account]));
  return { values: { source, inputs, answers, accounts }, problems: [] };
}

/** Whether a secret may stand in the text: its name does. */
function holdsSecret(text: string, body: ChecklistBody): boolean {
  const inputs = Object.entries(body.inputs ?? {}).flatMap(([name, input]) => (input.secret === true ? [name] : []));
  const asks = everyStepAt(body).flatMap(({ step }) => (step.ask?.secret === true ? [step.id] : []));
  const words = new Set(text.split(/[^\w-]+/));
  return [...inputs, ...asks].some((name) => words.has(name));
}

function reportUnknown(source: Source, problems: Problem[]) {
  const report = reportInto(source, problems);
  return (container: object, names: readonly string[], what: string): void => {
    for (const key of Object.keys(container)) {
      if (names.includes(key)) continue;
      const near = nearest(key, names);
      report.key(
        container,
        key,
        `\`${key}\` is not ${what}`,
        near === undefined ? undefined : `did you mean \`${near}\`?`,
      );
    }
  };
}
