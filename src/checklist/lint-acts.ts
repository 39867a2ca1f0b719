// Rules about acts: the kind can act, its arguments fit, and nothing stands beside it that an act does by itself.

import { parseDuration } from '../engine/duration.ts';
import { isObject } from '../engine/json.ts';
import { actOf } from './calls.ts';
import { isTemplate } from './interpolate.ts';
import { argumentsFit } from './lint-calls.ts';
import { didYouMean } from './lint-top.ts';
import type { Lint } from './lint.ts';
import { cannotBeTyped, typeable } from './phrase.ts';
import { partOf } from './written.ts';
import type { ActBody, StepBody } from './schema.ts';

export function lintActs(lint: Lint): void {
  for (const { step } of lint.steps) {
    if (step.act === undefined) {
      for (const key of ['confirm', 'verify', 'undo', 'budget'] as const)
        if (step[key] !== undefined) lint.report.key(step, key, `\`${key}\` belongs to acts only`);
      continue;
    }
    kindOf(lint, step, step.act);
    beside(lint, step);
    undo(lint, step);
    confirmed(lint, step);
  }
}

function kindOf(lint: Lint, step: StepBody, act: ActBody): void {
  const { acts, kinds, report } = lint;
  const [name, ...more] = Object.keys(act);
  const names = acts.map((kind) => kind.name);
  const hint = `kinds that act: ${names.join(', ')}`;
  if (name === undefined) report.value(step, 'act', 'names no kind', hint);
  else if (more.length > 0) report.value(step, 'act', `names more than one kind: ${[name, ...more].join(', ')}`, hint);
  else if (kinds.some((kind) => kind.name === name))
    report.key(act, name, `\`${name}\` changes nothing by itself: it stands under \`probe:\``, hint);
  else if (!names.includes(name))
    report.key(act, name, `there is no kind \`${name}\` that acts`, didYouMean(name, names));
  else if (!isObject(partOf(act, name))) report.value(act, name, `\`${name}\` takes a map of arguments`);
  else {
    const use = actOf(act, acts);
    if (use !== undefined) argumentsFit(lint, use);
  }
}

/** An act reads whether it took effect by itself; whatever else is to be seen is for a step below it. */
function beside({ report }: Lint, step: StepBody): void {
  for (const key of ['expect', 'wait', 'verify', 'capture'] as const) {
    if (step[key] === undefined) continue;
    report.key(step, key, `an act reads its own effect: it takes no \`${key}\``, 'look with a step below it');
  }
}

function undo({ report }: Lint, { undo: written }: StepBody): void {
  if (!Array.isArray(written)) return;
  report.value(
    written,
    undefined,
    'an act makes its own way back, from what was there before',
    'leave `undo` out, or say why there is none: { none: WHY }',
  );
}

function confirmed({ report }: Lint, step: StepBody): void {
  const { confirm, undo: written, budget } = step;
  const none = written !== undefined && 'none' in written;
  if (budget !== undefined && none) report.key(step, 'budget', 'a `budget` is for the way back, and there is none');
  else if (budget !== undefined && (parseDuration(budget) ?? 0) === 0)
    report.value(step, 'budget', '`budget` is no time at all');
  if (confirm === undefined) return;
  if (typeof confirm === 'object' && (confirm.people ?? 1) > 1) {
    report.value(confirm, 'people', 'more than one person needs signed sign-offs, not available in this version');
  }
  if (typeof confirm === 'object' && !isTemplate(confirm.phrase)) {
    const problem = cannotBeTyped(confirm.phrase);
    if (problem !== undefined) report.value(confirm, 'phrase', problem, typeable);
  }
  if (none && confirm !== 'target') {
    report.value(step, 'confirm', 'an act without a way back is confirmed with the target', 'write `confirm: target`');
  }
}
