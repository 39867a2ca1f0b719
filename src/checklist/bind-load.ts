// What a target lets be put under load, and the steps that put something else under it.

import { isObject, type JsonObject } from '../engine/json.ts';
import { entryProblem, isListed, notListed } from '../steps/load-list.ts';
import type { Bind } from './bind.ts';
import { callOfStep, verifiesOf } from './calls.ts';
import { fillKnown, fillText, isTemplate } from './interpolate.ts';
import { fits } from './issues.ts';
import { placeOfValue, type Report } from './places.ts';
import type { StepBody, TargetBody } from './schema.ts';

/** The target's `load`, filled in. What is no address is a problem; without a value for an input it is left as it is. */
export function bindLoadList({ load = [] }: TargetBody, names: JsonObject, report: Report): readonly string[] {
  return load.map((written, index) => {
    const filled = fillText(written, names);
    const wrong = isTemplate(filled) ? undefined : entryProblem(filled);
    if (wrong !== undefined) report.value(load, index, `\`load\`: ${filled.slice(0, 200)} ${wrong}`);
    return filled;
  });
}

/** Reports what this step puts under load although its target does not list it. What is not known yet is refused when it is. */
export function checkLoads(bound: Bind, step: StepBody): void {
  const { checklist, kinds, scope, load, target, problems, report } = bound;
  for (const holder of [step, ...verifiesOf(step)]) {
    const call = callOfStep(holder, checklist.body, kinds);
    if (call?.kind.loads === undefined) continue;
    const args = fillKnown(call.args, scope);
    // What is wrong with its form is told elsewhere.
    if (!isObject(args) || !fits(call.kind.schema, args)) continue;
    const url = call.kind.loads(args);
    // An entry that is not filled in may be the one.
    if (isTemplate(url) || load.some(isTemplate) || isListed(url, load)) continue;
    const message = notListed(url, target);
    const { line, column } = placeOfValue(checklist.source, call.args, 'url');
    // Several steps may share one probe.
    if (problems.some((told) => told.message === message && told.line === line && told.column === column)) continue;
    report.value(call.args, 'url', message, hintOf(load));
  }
}

function hintOf(load: readonly string[]): string {
  if (load.length > 0) return `it lists ${load.slice(0, 5).join(', ')}`;
  return 'add `load: [URL]` to the target, if the owner of that address agrees';
}
