// One verdict that is not a pass, as a person reads it: what was expected, what was seen, what to do.

import type { Verdict } from '../engine/events.ts';
import type { Finding } from '../engine/expectation.ts';
import type { Plan, Step } from '../engine/plan.ts';
import type { SeenVerdict } from '../engine/state.ts';
import { fit, pad, pair, someIds, spread, type Page } from './layout.ts';
import { clip, columns, visible, wrap } from './text.ts';

/** How many sights of one step are shown; the log has all. */
const sightsMax = 5;
/** How many expectations that saw the same are named. */
const expectedMax = 3;
/** How many lines of what was seen are shown; the facts have all. */
const observedLines = 3;

/** The lines for a red. `same`: steps red for the same reason, told as one. */
export function redLines(page: Page, plan: Plan, step: Step, seen: SeenVerdict, same: readonly Step[] = []): string[] {
  const { theme } = page;
  const lines = redHead(page, step, seen.verdict);
  const sights = bySight(seen.findings.filter((finding) => finding.verdict !== 'pass'));
  for (const sight of sights.slice(0, sightsMax)) lines.push(...sightLines(page, sight));
  if (sights.length > sightsMax) lines.push(`      ${theme.dim(`and ${sights.length - sightsMax} more in the log`)}`);
  if (seen.reason !== '') lines.push(...pair(page, 6, 'why', seen.reason));
  if (same.length > 0) lines.push(...pair(page, 6, 'also', `${someIds(same)}: the same reason`));
  // What keeps many from looking is mended once, as the reason says, and not by the first one's own remedy.
  const shared = same.length > 0;
  if (step.fix !== undefined && !shared) lines.push(...pair(page, 6, 'do', step.fix));
  lines.push(...pair(page, 6, 'where', whereOf(plan, step)).map((line) => theme.dim(line)));
  return lines;
}

/** `✗ FAIL  alarm-5xx  title   required`; a title that does not fit stands below it, whole. */
function redHead(page: Page, step: Step, verdict: Verdict): string[] {
  const head = `  ${markOf(page, verdict)}  ${page.theme.bold(step.id)}`;
  const whole = `${head}  ${visible(step.title)}`;
  const right = page.theme.dim(step.severity);
  if (columns(whole) + columns(right) + 2 <= page.width) return [spread(page, whole, right)];
  return [spread(page, head, right), ...wrap(visible(step.title), page.width - 6).map((line) => `      ${line}`)];
}

/** A red in one line, where its evidence is shown elsewhere. `more`: how many are red for the same reason. */
export function redLine(page: Page, step: Step, verdict: Verdict, more: number): string {
  const others = more === 0 ? '' : ` and ${more} more`;
  return fit(page, `  ${markOf(page, verdict)}  ${page.theme.bold(step.id)}${others}  ${visible(step.title)}`);
}

function markOf({ theme }: Page, verdict: Verdict): string {
  const paint = verdict === 'fail' ? theme.bad : theme.warn;
  return paint(`${theme.glyphs[verdict]} ${verdict.toUpperCase()}`);
}

/** What was seen, with every expectation that it missed. */
interface Sight {
  readonly expected: readonly string[];
  readonly observed: string;
  readonly hint: string | undefined;
}

function sightLines(page: Page, { expected, observed, hint }: Sight): string[] {
  const named = expected.slice(0, expectedMax);
  const more = expected.length - named.length;
  const room = observedLines * (page.width - 18);
  return [
    ...named.flatMap((text, index) => pair(page, 6, index === 0 ? 'expected' : '', text)),
    ...(more > 0 ? pair(page, 6, '', `and ${more} more`) : []),
    ...pair(page, 6, 'observed', clip(visible(observed), room, page.theme.glyphs.ellipsis)),
    ...(hint === undefined ? [] : pair(page, 6, 'hint', hint)),
  ];
}

/** Findings that saw the same thing are told once: a thing that is not there misses every expectation. */
function bySight(findings: readonly Finding[]): readonly Sight[] {
  const sights: Sight[] = [];
  for (const { expected, observed, hint } of findings) {
    // Short texts such as `0` mean something else for each expectation.
    const known = sights.findIndex((sight) => sight.observed.length >= 20 && observed.startsWith(sight.observed));
    const sight = sights[known];
    if (sight === undefined) sights.push({ expected: [expected], observed, hint });
    else sights[known] = { ...sight, expected: [...sight.expected, expected], hint: sight.hint ?? hint };
  }
  return sights;
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
  return fit(page, `  ${theme.good(theme.glyphs.pass)} ${pad(step.id, 18)} ${visible(said)}`);
}
