// Rules about the file as a whole: ids, citations, inputs, values, the order of phases.

import { nearest } from '../engine/nearest.ts';
import { checkAnswer, questionOf } from './answers.ts';
import { asList, undoNamesIn } from './calls.ts';
import { isTemplate } from './interpolate.ts';
import type { Lint } from './lint.ts';
import { parseOffset } from './offset.ts';
import { cyclesIn, valuesOf } from './values.ts';

export function lintTop(lint: Lint): void {
  uniqueIds(lint);
  phasesInOrder(lint);
  citations(lint);
  inputs(lint);
  valueCycles(lint);
}

function uniqueIds({ body, steps, report }: Lint): void {
  const seen = new Set<string>();
  for (const holder of [...body.phases, ...steps.map(({ step }) => step), ...undoNamesIn(body)]) {
    if (seen.has(holder.id))
      report.value(holder, 'id', `the id \`${holder.id}\` is used twice`, 'ids are shared by phases and steps');
    seen.add(holder.id);
  }
}

function phasesInOrder({ body, report }: Lint): void {
  let before = Number.NEGATIVE_INFINITY;
  for (const phase of body.phases) {
    const offset = parseOffset(phase.at) ?? 0;
    if (offset < before)
      report.value(phase, 'at', `${phase.at} is earlier than the phase above it`, 'phases stand in the order of time');
    before = Math.max(before, offset);
  }
}

function citations({ body, steps, mentioned, report }: Lint): void {
  const documents = Object.keys(body.documents ?? {});
  const sections = body.phases.flatMap((phase) => phase.sections);
  for (const holder of [...sections, ...steps.map(({ step }) => step), ...undoNamesIn(body)]) {
    for (const [index, citation] of asList(holder.source).entries()) {
      const document = citation.split('#', 1)[0] ?? '';
      if (documents.includes(document) || mentioned.has(document)) continue;
      const [container, key] = typeof holder.source === 'object' ? [holder.source, index] : [holder, 'source'];
      report.value(
        container,
        key,
        `\`${document}\` is not declared under \`documents\``,
        didYouMean(document, documents),
      );
    }
  }
}

function inputs({ body, report }: Lint): void {
  for (const input of Object.values(body.inputs ?? {})) {
    const question = questionOf(input);
    for (const [key, value] of Object.entries(input)) {
      if (isTemplate(value))
        report.value(input, key, 'an input is asked before anything is filled in: `${}` cannot stand here');
    }
    if (JSON.stringify(question.check).includes('${')) {
      report.value(input, question.type, 'the limits of an input are written out: `${}` cannot stand here');
      continue;
    }
    // Dates may be measured from the moment of the run, which is not now.
    if (input.default === undefined || question.type === 'date') continue;
    const wrong = checkAnswer(question, input.default, 0);
    if (wrong !== undefined) report.value(input, 'default', `\`default\` ${wrong}`);
  }
}

function valueCycles({ body, report }: Lint): void {
  for (const target of Object.values(body.targets)) {
    const written = valuesOf(body, target);
    for (const name of cyclesIn(written)) {
      const holder = target.values !== undefined && name in target.values ? target.values : (body.values ?? {});
      report.value(holder, name, `\`${name}\` is made of itself`, 'values may use other values, not in a circle');
    }
  }
}

/** The hint for a misspelt name: the nearest one, or what there is. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  return known.length === 0 ? undefined : `there is: ${known.slice(0, 12).join(', ')}`;
}
