// One verdict that is not a pass, as a person reads it: what was expected, what was seen, what to do.

import type { Finding } from '../engine/expectation.ts';
import type { Plan, Step } from '../engine/plan.ts';
import type { SeenVerdict } from '../engine/state.ts';
import { pad, pair, spread, type Page } from './layout.ts';
import { clip, visible } from './text.ts';

/** How many findings of one step are shown; the log has all. */
const findingsMax = 5;

/** The lines for a red. `same`: steps red for the same reason, told as one. */
export function redLines(page: Page, plan: Plan, step: Step, seen: SeenVerdict, same: readonly Step[] = []): string[] {
  const { theme } = page;
  const paint = seen.verdict === 'fail' ? theme.bad : theme.warn;
  const head = `  ${paint(`${theme.glyphs[seen.verdict]} ${seen.verdict.toUpperCase()}`)}  ${theme.bold(step.id)}  ${visible(step.title)}`;
  const lines = [spread(page, clip(head, page.width - 10), theme.dim(step.severity))];
  const bad = bySight(seen.findings.filter((finding) => finding.verdict !== 'pass'));
  for (const finding of bad.slice(0, findingsMax)) {
    const more = finding.more === 0 ? '' : `, and ${finding.more} more of which the same is true`;
    lines.push(...pair(page, 6, 'expected', finding.expected + more), ...pair(page, 6, 'observed', finding.observed));
    if (finding.hint !== undefined) lines.push(...pair(page, 6, 'hint', finding.hint));
  }
  if (bad.length > findingsMax) lines.push(`      ${theme.dim(`and ${bad.length - findingsMax} more in the log`)}`);
  if (seen.reason !== '') lines.push(...pair(page, 6, 'why', seen.reason));
  if (same.length > 0)
    lines.push(
      ...pair(page, 6, 'also', `${same.length} more for the same reason: ${same.map((other) => other.id).join(', ')}`),
    );
  if (step.fix !== undefined) lines.push(...pair(page, 6, 'do', step.fix));
  lines.push(...pair(page, 6, 'where', whereOf(plan, step)));
  return lines;
}

/** Findings that saw the same thing are told once: a thing that is not there misses every expectation. */
function bySight(findings: readonly Finding[]): readonly (Finding & { readonly more: number })[] {
  const told = new Map<string, Finding & { readonly more: number }>();
  for (const finding of findings) {
    // Short texts such as `0` mean something else for each expectation.
    const sight = finding.observed.length < 20 ? `${finding.expected} ${finding.observed}` : finding.observed;
    const known = told.get(sight);
    told.set(sight, known === undefined ? { ...finding, more: 0 } : { ...known, more: known.more + 1 });
  }
  return [...told.values()];
}

/** File and line, the cited line of the paper, who owns it and how they are reached. */
export function whereOf(plan: Plan, step: Step): string {
  const owner = step.owner === undefined ? undefined : plan.roles[step.owner];
  const who = owner === undefined ? '' : `; ${owner.title}${owner.contact === undefined ? '' : ` (${owner.contact})`}`;
  const cited = step.source.length === 0 ? '' : `; ${step.source.join(', ')}`;
  return `${step.position.replace(/:\d+$/, '')}${cited}${who}`;
}

/** One line for a step that is fine. */
export function fineLine(page: Page, step: Step, said: string): string {
  const { theme } = page;
  return clip(`  ${theme.good(theme.glyphs.pass)} ${pad(step.id, 18)} ${visible(said)}`, page.width);
}
