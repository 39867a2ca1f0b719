// Rules about acts: the kind can act, its arguments fit, its way back is known, and how it is confirmed.

import { parseDuration } from '../engine/duration.ts';
import { isObject } from '../engine/json.ts';
import { actOf, backPhase, undoKinds, undoParts, undoUse, type StepAt, type Use } from './calls.ts';
import { isTemplate } from './interpolate.ts';
import { argumentsFit } from './lint-calls.ts';
import { didYouMean } from './lint-top.ts';
import type { Lint } from './lint.ts';
import { cannotBeTyped, typeable } from './phrase.ts';
import { partOf } from './written.ts';
import type { AnyAct } from '../steps/index.ts';
import type { StepBody } from './schema.ts';

export function lintActs(lint: Lint): void {
  for (const at of lint.steps) {
    const { step } = at;
    if (step.act === undefined) {
      for (const key of ['confirm', 'verify', 'undo', 'budget'] as const)
        if (step[key] !== undefined) lint.report.key(step, key, `\`${key}\` belongs to acts only`);
      continue;
    }
    const use = actOf(step.act, lint.acts);
    if (kindOf(lint, step.act, Object.keys(step.act)) && use !== undefined) argumentsFit(lint, use);
    beside(lint, step);
    wayBack(lint, at, use);
    confirmed(lint, at);
  }
}

/** Whether an act, or a part of a way back, names one kind that acts and gives it a map of arguments. */
function kindOf({ acts, kinds, report }: Lint, act: object, [name, ...more]: readonly string[]): boolean {
  const names = acts.map((kind) => kind.name);
  const hint = `kinds that act: ${names.join(', ')}`;
  if (name === undefined) report.value(act, undefined, 'names no kind', hint);
  else if (more.length > 0)
    report.value(act, undefined, `names more than one kind: ${[name, ...more].join(', ')}`, hint);
  else if (names.includes(name)) {
    if (isObject(partOf(act, name))) return true;
    report.value(act, name, `\`${name}\` takes a map of arguments`);
  } else if (kinds.some((kind) => kind.name === name))
    report.key(act, name, `\`${name}\` changes nothing by itself: it stands under \`probe:\``, hint);
  else report.key(act, name, `there is no kind \`${name}\` that acts`, didYouMean(name, names));
  return false;
}

/** What took effect is the act's own to see, or its `verify`'s; whatever else is to be seen is for a step below it. */
function beside({ report }: Lint, step: StepBody): void {
  for (const key of ['expect', 'wait', 'capture'] as const) {
    if (step[key] === undefined) continue;
    report.key(step, key, `an act reads its own effect: it takes no \`${key}\``, 'look with a step below it');
  }
}

/** There is one, or the checklist says why not: nobody should find out afterwards that what was done stays done. */
function wayBack(lint: Lint, { step, phase }: StepAt, use: Use<AnyAct> | undefined): void {
  const kind = use?.kind;
  const parts = undoParts(step);
  for (const part of parts) {
    const back = undoUse(part, lint.acts);
    if (kindOf(lint, part, undoKinds(part)) && back !== undefined) argumentsFit(lint, back);
  }
  const goingBack = phase === backPhase;
  if (goingBack && parts.length > 0)
    lint.report.key(step, 'undo', 'a step of the way back is not taken back in its turn', 'leave `undo` out');
  if (goingBack || step.undo !== undefined || kind === undefined) return;
  const none = kind.back?.none?.(use?.args ?? {});
  if (kind.back !== undefined && none === undefined) return;
  if (lint.touched.has(step)) return;
  lint.report.key(
    step.act ?? step,
    kind.name,
    `\`${kind.name}\` makes no way back by itself${none === undefined ? '' : `: ${none}`}`,
    'say with `undo` which acts take it back, in their order, or why none can: { none: WHY }',
  );
}

function confirmed({ report }: Lint, { step, phase }: StepAt): void {
  const { confirm, undo: written, budget } = step;
  const none = written !== undefined && 'none' in written;
  const goingBack = phase === backPhase;
  if (budget !== undefined && none && !goingBack)
    report.key(step, 'budget', 'a `budget` is for the way back, and there is none');
  else if (budget !== undefined && (parseDuration(budget) ?? 0) === 0)
    report.value(step, 'budget', '`budget` is no time at all');
  if (confirm === undefined) return;
  if (typeof confirm === 'object' && !isTemplate(confirm.phrase)) {
    const problem = cannotBeTyped(confirm.phrase);
    if (problem !== undefined) report.value(confirm, 'phrase', problem, typeable);
  }
  // A phrase of one person may be shorter than any target.
  const strong = confirm === 'target' || (typeof confirm === 'object' && (goingBack || (confirm.people ?? 1) > 1));
  if (none && !strong) {
    report.value(
      step,
      'confirm',
      'an act without a way back is confirmed with the target',
      'write `confirm: target`, or a phrase that more than one person types',
    );
  }
}
