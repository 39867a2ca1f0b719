// What a person is shown, and signs: plain text made of nothing but the plan and the log, so that anybody can make it anew.

import { rollUp } from '../engine/rollup.ts';
import type { Plan, Step } from '../engine/plan.ts';
import { stepsAbove } from '../engine/people.ts';
import { holds, standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { tally, tallyWords } from './layout.ts';
import { visible } from './text.ts';

/** A statement holds 8000 characters; what does not fit is counted. */
const longest = 7000;

/** What is signed at a gate: how everything above it stands. As of the newest event, not of now. */
export function gateText(plan: Plan, state: State, gate: Step): string {
  const now = Date.parse(state.at);
  const { counts } = rollUp(plan, state, now);
  const head = [
    `${plan.checklist}-${plan.target}, ${gate.id}, attempt ${stepState(state, gate.id).attempt}: ${gate.title}`,
    tally(counts, tallyWords),
  ];
  const lines = stepsAbove(plan, gate.id).flatMap((step) => exceptionText(step, state, now));
  return cut([...head, ...(lines.length === 0 ? ['Everything above it has passed.'] : lines)]);
}

/** What is signed by whoever accepts a red, or looked where the machine could not. `until`: as in the waiver. */
export function overlayText(plan: Plan, state: State, step: Step, word: 'waive' | 'attest', until: string): string {
  const { verdict, attempt } = stepState(state, step.id);
  const time = until === '' ? '' : ` until ${until}`;
  const head = `${word} ${step.id}${time}: ${plan.checklist}-${plan.target}, attempt ${attempt}: ${step.title}`;
  const found = (verdict?.findings ?? []).map(({ expected, observed }) => `expected ${expected}; seen ${observed}`);
  return cut([head, `${verdict?.verdict ?? 'no verdict'}${verdict?.reason ? `: ${verdict.reason}` : ''}`, ...found]);
}

/** What is signed by whoever agrees that a change is made. `request`: the digest of what would be sent. */
export function actText(plan: Plan, step: Step, attempt: number, phrase: string): string {
  return cut([`${phrase}: ${plan.checklist}-${plan.target}, ${step.id}, attempt ${attempt}: ${step.title}`]);
}

/** What is signed by whoever agrees that the run goes on with another checklist. */
export function amendText(name: string, from: string, to: string, reason: string): string {
  return cut([`${name} goes on with the checklist ${to} in place of ${from}`, reason]);
}

function exceptionText(step: Step, state: State, now: number): readonly string[] {
  const known = stepState(state, step.id);
  const { overlay, verdict } = known;
  if (verdict?.verdict === 'pass' || verdict?.verdict === 'skip') return [];
  const advisory = step.severity === 'advisory' ? ' (advisory)' : '';
  if (verdict === undefined) return [`${standing(step, known, now)}${advisory}  ${step.id}`];
  if (overlay === undefined || !holds(overlay, now)) return [`${verdict.verdict}${advisory}  ${step.id}`];
  const until = overlay.until === '' ? '' : ` until ${overlay.until}`;
  return [`${overlay.type}${until} by ${overlay.by}  ${step.id}: ${overlay.words}`];
}

function cut(lines: readonly string[]): string {
  const clean = lines.map((line) => visible(line));
  let text = '';
  for (const [at, line] of clean.entries()) {
    if (text.length + line.length > longest) return `${text}and ${clean.length - at} more lines\n`;
    text += `${line.slice(0, 2000)}\n`;
  }
  return text;
}
