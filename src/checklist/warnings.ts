// What a checklist may say and had better not: sections that nobody reads to their end, critical questions that a bare
// yes answers, steps that are nobody's.

import { everyStepAt, undoNamesIn } from './calls.ts';
import { inOrder, reportInto, type Problem } from './places.ts';
import type { Checklist } from './read.ts';

/** More questions than this in one section are answered without being read. */
const mostAsks = 9;

/** Warnings, in the order of the file. A checklist with warnings runs. */
export function warningsOf({ source, body }: Checklist): readonly Problem[] {
  const warnings: Problem[] = [];
  const report = reportInto(source, warnings);
  for (const section of body.phases.flatMap(({ sections }) => sections)) {
    const asks = section.steps.filter(({ ask }) => ask !== undefined).length;
    if (asks > mostAsks)
      report.value(section, 'title', `this section asks ${asks} times`, 'split it: people stop reading after nine');
    // Where no step of a section has an owner, the section is what lacks one.
    const orphaned = section.owner === undefined && section.steps.length > 1;
    if (orphaned && section.steps.every((step) => unowned(step)))
      report.value(section, 'title', 'no step of this section has an owner', 'say whose it is: `owner: ROLE`');
  }
  const back = new Set<object>(undoNamesIn(body));
  for (const { step, section } of everyStepAt(body)) {
    const severity = step.severity ?? section.severity;
    if (severity === 'critical' && step.ask?.confirm !== undefined && step.ask.evidence === undefined)
      report.value(
        step,
        'ask',
        'a bare yes passes this, and it is critical',
        'ask for what was seen, or say `evidence: required`',
      );
    const together = section.steps.length > 1 && section.steps.every((each) => unowned(each));
    if (section.owner === undefined && unowned(step) && !together && !back.has(step))
      report.value(step, 'id', `\`${step.id}\` has no owner`, 'say whose it is: `owner: ROLE`, here or at its section');
  }
  return inOrder(warnings);
}

/** A gate is decided by the roles it polls. */
function unowned({ owner, gate }: { readonly owner?: string; readonly gate?: unknown }): boolean {
  return owner === undefined && gate === undefined;
}
