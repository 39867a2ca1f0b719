// What is quiet: passes, sections that are settled, and what this mode does not decide.

import { phaseSteps, type Plan, type Section, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { fit, pad, pair, tally, tallyWords, type Page } from './layout.ts';
import { visible } from './text.ts';
import { fineLine } from './verdict.ts';

/** A pass is a line of its own only when something preceded it, somebody gave it, or the reader wants all. */
export function passLines(page: Page, step: Step, state: State, attempt: number, verbose: boolean): string[] {
  const known = stepState(state, step.id);
  if (known.answer !== undefined)
    return [fineLine(page, step, `${known.answer.answer || '(given)'}  ${known.answer.by}`)];
  if (step.nature === 'changes') return [fineLine(page, step, 'has taken effect')];
  if (attempt > 1) return [fineLine(page, step, `passes now, attempt ${attempt}`)];
  return verbose ? [fineLine(page, step, step.title)] : [];
}

/** `✓ Health checks  3 passed`, once every step of the section is settled. */
export function foldLine(page: Page, section: Section, state: State, now: number): string | undefined {
  const { theme } = page;
  const counts: Record<string, number> = {};
  let fine = true;
  for (const step of section.steps) {
    const known = stepState(state, step.id);
    const stands = standing(step, known, now);
    if (stands !== 'settled') return undefined;
    const word = known.overlay?.type ?? known.verdict?.verdict ?? 'open';
    if (word !== 'pass' && word !== 'skip') fine = false;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  const mark = fine ? theme.good(theme.glyphs.pass) : theme.warn(theme.glyphs.waived);
  return fit(page, `  ${mark} ${pad(visible(section.title), 34)} ${theme.dim(tally(counts, tallyWords))}`);
}

/** What this mode does not decide, folded by reason. */
export function deferredLines(page: Page, plan: Plan, phase: string, state: State): string[] {
  const steps = plan.phases.filter((candidate) => candidate.id === phase).flatMap(phaseSteps);
  const reasons = new Map<string, string[]>();
  for (const step of steps) {
    const deferred = stepState(state, step.id).deferred;
    if (deferred) reasons.set(deferred.reason, [...(reasons.get(deferred.reason) ?? []), step.id]);
  }
  return [...reasons].flatMap(([reason, ids]) =>
    pair(page, 2, page.theme.glyphs.deferred, `deferred, because ${reason}: ${ids.join(', ')}`, 2),
  );
}
