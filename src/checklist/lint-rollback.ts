// Rules about the checklist's own way back: which steps it may offer, and how it names the way back of an act.

import type { AnyAct } from '../steps/index.ts';
import { actOf, backPhase, stepsAt, undoNamesIn, type StepAt, type Use } from './calls.ts';
import { didYouMean } from './lint-top.ts';
import type { Lint } from './lint.ts';
import type { RollbackBody } from './schema.ts';

export function lintRollback(lint: Lint): void {
  const offered = lint.steps.filter(({ phase }) => phase === backPhase);
  const names = undoNamesIn(lint.body);
  if (offered.length + names.length === 0) return;
  for (const at of offered) step(lint, at);
  const named = new Set<string>();
  for (const entry of names) undoName(lint, entry, named);
  for (const phase of lint.body.phases)
    if (phase.id === backPhase.id)
      lint.report.value(
        phase,
        'id',
        `\`${phase.id}\` is where the steps under \`rollback\` stand`,
        'give it another id',
      );
}

/** It is offered while going back: nobody is polled then, nothing is watched, and nothing is waited for above it. */
function step({ report }: Lint, { step: written }: StepAt): void {
  if (written.gate !== undefined)
    report.key(written, 'gate', 'a way back has no gate: it is agreed to as a whole, before it begins');
  if (written.hold !== undefined)
    report.key(written, 'hold', 'nothing is watched on the way back: `hold` is for steps of a phase');
}

/** `undo_of` gives the way back of an act its line on the paper: it must have one, and no more than one line. */
function undoName(lint: Lint, entry: RollbackBody, named: Set<string>): void {
  const { body, acts, mentioned, report } = lint;
  for (const key of Object.keys(entry)) {
    if (['id', 'title', 'source', 'undo_of'].includes(key)) continue;
    report.key(entry, key, `\`undo_of\` names a way back that is there already: it takes no \`${key}\``);
  }
  const id = entry.undo_of ?? '';
  const acting = stepsAt(body).filter((at) => at.step.act !== undefined);
  const act = acting.find((at) => at.step.id === id)?.step;
  const say = (message: string, hint?: string): void => report.value(entry, 'undo_of', message, hint);
  if (act?.act === undefined) {
    const ids = acting.map((at) => at.step.id);
    if (stepsAt(body).some((at) => at.step.id === id)) say(`\`${id}\` is no act: there is nothing to take back`);
    else if (!mentioned.has(id) || lint.steps.some((at) => at.step.id === id))
      say(`there is no act \`${id}\``, didYouMean(id, ids));
    return;
  }
  if (act.undo !== undefined && 'none' in act.undo) say(`\`${id}\` has no way back`);
  else if (act.undo === undefined && leavesNone(actOf(act.act, acts)))
    say(`\`${id}\` has no way back`, 'give it one with `undo`');
  if (named.has(id)) say(`the way back of \`${id}\` is named twice`);
  named.add(id);
}

/** True for an act of a kind that works out no way back, or not with these arguments. */
function leavesNone(use: Use<AnyAct> | undefined): boolean {
  return use !== undefined && (use.kind.back === undefined || use.kind.back.none?.(use.args) !== undefined);
}
