// Events → lines for a person. Quiet when green: a section whose steps all passed is one line. Lines come out in the
// order of the checklist, however the looks came back.

import { causeOf } from '../engine/cause.ts';
import type { RunEvent } from '../engine/events.ts';
import { phaseSteps, stepsOf, type Plan, type Section, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { pad, pair, spread, tally, tallyWords, type Page } from './layout.ts';
import { clip, visible } from './text.ts';
import { fineLine, redLines } from './verdict.ts';

export interface Transcript {
  /** Takes note of an event. */
  add(event: RunEvent): void;
  /** The lines for what was noted since the last time. `state` is the state now, `now` in ms. */
  lines(state: State, now: number): string[];
}

type VerdictEvent = Extract<RunEvent, { kind: 'step.verdict' }>;

/** A transcript of one session. `verbose` gives every pass a line. */
export function openTranscript(plan: Plan, page: Page, verbose: boolean): Transcript {
  const order = new Map(stepsOf(plan).map((step, index) => [step.id, index]));
  const byId = new Map(stepsOf(plan).map((step) => [step.id, step]));
  const whys = new Map<string, string>();
  const folded = new Set<Section>();
  let pending: RunEvent[] = [];

  /** Verdicts that came in together, in file order, then the sections they complete. */
  function verdictLines(batch: readonly VerdictEvent[], state: State, now: number): string[] {
    const sorted = batch.toSorted((a, b) => (order.get(a.body.step) ?? 0) - (order.get(b.body.step) ?? 0));
    const lines: string[] = [];
    const told = new Set<string>();
    let again = 0;
    for (const { body } of sorted) {
      const step = byId.get(body.step);
      const seen = stepState(state, body.step).verdict;
      if (step === undefined || told.has(step.id)) continue;
      if (body.verdict === 'skip') continue;
      if (body.verdict === 'pass' || seen === undefined) {
        if (whys.get(step.id) === 'recheck') again += 1;
        else lines.push(...passLines(page, step, state, body.attempt, verbose));
        continue;
      }
      const same =
        body.verdict === 'error'
          ? sorted.filter((other) => causeOf(other.body.reason) === causeOf(body.reason) && other.body.verdict === 'error')
          : [];
      const others = same
        .flatMap((other) => (other.body.step === step.id ? [] : [byId.get(other.body.step)]))
        .filter((other) => other !== undefined);
      for (const other of others) told.add(other.id);
      lines.push(...redLines(page, plan, step, seen, others));
    }
    if (again > 0) lines.push(`  ${page.theme.good(page.theme.glyphs.pass)} ${again} read again, still passed`);
    return [...lines, ...foldLines(state, now, new Set(sorted.map((event) => event.body.step)))];
  }

  function foldLines(state: State, now: number, touched: ReadonlySet<string>): string[] {
    const sections = plan.phases.flatMap((phase) => phase.sections);
    return sections.flatMap((section) => {
      if (folded.has(section) || !section.steps.some((step) => touched.has(step.id))) return [];
      const line = foldLine(page, section, state, now);
      if (line === undefined) return [];
      folded.add(section);
      return [line];
    });
  }

  function otherLines(event: RunEvent, state: State): string[] {
    const { theme } = page;
    switch (event.kind) {
      case 'phase.open': {
        const phase = plan.phases.find((candidate) => candidate.id === event.body.phase);
        if (phase === undefined) return [];
        const left = `${theme.bold(`${phase.at}  ${visible(phase.title)}`)}`;
        return ['', spread(page, left, theme.dim(`${phaseSteps(phase).length} steps`))];
      }
      case 'step.waive':
        return pair(
          page,
          2,
          theme.glyphs.waived,
          `${event.body.step} waived by ${event.body.by}: ${event.body.reason}${event.body.until === '' ? '' : `, until ${event.body.until}`}`,
          2,
        );
      case 'step.attest':
        return pair(
          page,
          2,
          theme.glyphs.attested,
          `${event.body.step} attested by ${event.body.by}: ${event.body.evidence}`,
          2,
        );
      case 'gate.vote': {
        const paint = event.body.decision === 'go' ? theme.good : theme.bad;
        const role = plan.roles[event.body.role]?.title ?? event.body.role;
        return [
          clip(
            `  ${theme.glyphs.gate} ${visible(role)}: ${paint(event.body.decision)} by ${visible(event.body.by)}`,
            page.width,
          ),
        ];
      }
      case 'note':
        return pair(page, 2, theme.glyphs.note, `${event.body.text}  (${event.body.by})`, 2);
      case 'run.pause':
        return pair(
          page,
          2,
          theme.glyphs.run,
          `paused by ${event.body.by}${event.body.reason === '' ? '' : `: ${event.body.reason}`}`,
          2,
        );
      case 'run.resume':
        return pair(page, 2, theme.glyphs.run, `resumed by ${event.body.by}`, 2);
      case 'run.stop':
        return pair(page, 2, theme.glyphs.fail, `stopped by ${event.body.by}: ${event.body.reason}`, 2);
      case 'phase.close':
        return deferredLines(page, plan, event.body.phase, state);
      default:
        return [];
    }
  }

  return {
    add(event) {
      if (event.kind === 'step.start') whys.set(event.body.step, event.body.why);
      else pending.push(event);
    },
    lines(state, now) {
      const events = pending;
      pending = [];
      const lines: string[] = [];
      let batch: VerdictEvent[] = [];
      const emit = (): void => {
        if (batch.length > 0) lines.push(...verdictLines(batch, state, now));
        batch = [];
      };
      for (const event of events) {
        if (event.kind === 'step.verdict') batch.push(event);
        else if (event.kind !== 'value.set' && event.kind !== 'ask.answer') {
          emit();
          lines.push(...otherLines(event, state));
        }
      }
      emit();
      return lines;
    },
  };
}

/** A pass is a line of its own only when something preceded it, somebody gave it, or the reader wants all. */
function passLines(page: Page, step: Step, state: State, attempt: number, verbose: boolean): string[] {
  const known = stepState(state, step.id);
  if (known.answer !== undefined)
    return [fineLine(page, step, `${known.answer.answer || '(given)'}  ${known.answer.by}`)];
  if (attempt > 1) return [fineLine(page, step, `passes now, attempt ${attempt}`)];
  return verbose ? [fineLine(page, step, step.title)] : [];
}

/** `✓ Health checks  3 passed`, once every step of the section is settled. */
function foldLine(page: Page, section: Section, state: State, now: number): string | undefined {
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
  return clip(`  ${mark} ${pad(visible(section.title), 32)} ${theme.dim(tally(counts, tallyWords))}`, page.width);
}

/** What this mode does not decide, folded by reason. */
function deferredLines(page: Page, plan: Plan, phase: string, state: State): string[] {
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
