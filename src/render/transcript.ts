// Events → lines for a person. Quiet when green: a section whose steps all passed is one line. Lines come out in the
// order of the checklist, however the looks came back.

import { sharedCause } from '../engine/cause.ts';
import type { RunEvent } from '../engine/events.ts';
import { phaseSteps, stepsOf, type Plan, type Section, type Step } from '../engine/plan.ts';
import { stepState, type State } from '../engine/state.ts';
import { actLines, sendingLine } from './act.ts';
import { amendedText } from './amend.ts';
import { closedText } from './clock.ts';
import { deferredLines, foldLine, passLines } from './folds.ts';
import { fit, pair, spread, type Page } from './layout.ts';
import { handedText } from './section.ts';
import { visible } from './text.ts';
import { redLine, redLines } from './verdict.ts';

export interface Transcript {
  /** Takes note of an event. True for one that has to be on the screen before anything else happens. */
  add(event: RunEvent): boolean;
  /** The lines for what was noted since the last time. `state` is the state now, `now` in ms. */
  lines(state: State, now: number): string[];
}

/** `1 step`, `22 steps` */
function countOf(steps: number): string {
  return steps === 1 ? '1 step' : `${steps} steps`;
}

/** `912 bytes`, `3.4 MB` */
function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [size, unit] = bytes < 999_950 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${size.toFixed(1)} ${unit}`;
}

type VerdictEvent = Extract<RunEvent, { kind: 'step.verdict' }>;

/** Lines with the place in the checklist they belong to. */
interface Block {
  readonly at: number;
  readonly lines: readonly string[];
}

/**
 * A transcript of one session. `verbose` gives every pass a line. `attended`: somebody is asked about each red, and sees
 * the evidence then, so that a red is one line here.
 */
export function openTranscript(
  plan: Plan,
  page: Page,
  { verbose, attended }: { readonly verbose: boolean; readonly attended: boolean },
): Transcript {
  const order = new Map(stepsOf(plan).map((step, index) => [step.id, index]));
  const byId = new Map(stepsOf(plan).map((step) => [step.id, step]));
  const whys = new Map<string, string>();
  const folded = new Set<Section>();
  let pending: RunEvent[] = [];

  /** Verdicts that came in together and the sections they complete, all in file order. */
  function verdictLines(batch: readonly VerdictEvent[], state: State, now: number): string[] {
    // What a step came to last stands for it.
    const latest = [...new Map(batch.map((event) => [event.body.step, event])).values()];
    const sorted = latest.toSorted((a, b) => place(a.body.step) - place(b.body.step));
    const blocks: Block[] = [];
    const told = new Set<string>();
    let again = 0;
    for (const { body } of sorted) {
      const step = byId.get(body.step);
      const seen = stepState(state, body.step).verdict;
      if (step === undefined || told.has(step.id) || body.verdict === 'skip') continue;
      told.add(step.id);
      const at = place(step.id);
      if (body.verdict === 'pass' || seen === undefined) {
        if (whys.get(step.id) === 'recheck') again += 1;
        else blocks.push({ at, lines: passLines(page, step, state, body.attempt, verbose) });
        continue;
      }
      const same = sameCause(sorted, body);
      for (const other of same) told.add(other.id);
      // Somebody is about to be asked about it, with all that was seen: here it only has to be known.
      const brief = attended && step.severity !== 'advisory';
      const lines = brief ? [redLine(page, step, body.verdict, same.length)] : redLines(page, plan, step, seen, same);
      blocks.push({ at, lines });
    }
    blocks.push(
      ...foldBlocks(
        state,
        now,
        new Set(sorted.map((event) => event.body.step).filter((id) => whys.get(id) !== 'recheck')),
      ),
    );
    const recheck = `  ${page.theme.good(page.theme.glyphs.pass)} ${again} read again, still passed`;
    const lines = blocks.toSorted((a, b) => a.at - b.at).flatMap((block) => block.lines);
    return again > 0 ? [...lines, recheck] : lines;
  }

  function place(id: string): number {
    return order.get(id) ?? 0;
  }

  /** The other steps that could not be looked at for the same cause. */
  function sameCause(batch: readonly VerdictEvent[], body: VerdictEvent['body']): readonly Step[] {
    const cause = sharedCause(body);
    if (cause === undefined) return [];
    return batch.flatMap(({ body: other }) => {
      const step = byId.get(other.step);
      const same = other.verdict === body.verdict && sharedCause(other) === cause;
      return same && step !== undefined && other.step !== body.step ? [step] : [];
    });
  }

  function foldBlocks(state: State, now: number, touched: ReadonlySet<string>): readonly Block[] {
    const sections = plan.phases.flatMap((phase) => phase.sections);
    return sections.flatMap((section) => {
      if (folded.has(section) || !section.steps.some((step) => touched.has(step.id))) return [];
      const line = foldLine(page, section, state, now);
      if (line === undefined) return [];
      folded.add(section);
      // After the last of its steps.
      return [{ at: place(section.steps.at(-1)?.id ?? '') + 0.5, lines: [line] }];
    });
  }

  /** What a person made of a red, and the section when that was its last. */
  function overlayLines(step: string, glyph: string, text: string, state: State, now: number): string[] {
    const folds = foldBlocks(state, now, new Set([step])).flatMap((block) => block.lines);
    return [...pair(page, 2, glyph, `${step} ${text}`, 2, page.theme.warn), ...folds];
  }

  function otherLines(event: RunEvent, state: State, now: number): string[] {
    const { theme } = page;
    switch (event.kind) {
      case 'phase.open': {
        const phase = plan.phases.find((candidate) => candidate.id === event.body.phase);
        if (phase === undefined) return [];
        const left = theme.bold(`${phase.at}  ${visible(phase.title)}`);
        return ['', spread(page, left, theme.dim(countOf(phaseSteps(phase).length)))];
      }
      case 'step.waive': {
        const until = event.body.until === '' ? '' : `, until ${event.body.until}`;
        const text = `waived by ${event.body.by}: ${event.body.reason}${until}`;
        return overlayLines(event.body.step, theme.glyphs.waived, text, state, now);
      }
      case 'step.attest': {
        const second = event.body.second === '' ? '' : ` and ${event.body.second}`;
        const text = `attested by ${event.body.by}${second}: ${event.body.evidence}`;
        return overlayLines(event.body.step, theme.glyphs.attested, text, state, now);
      }
      case 'gate.vote': {
        const paint = event.body.decision === 'go' ? theme.good : theme.bad;
        const role = plan.roles[event.body.role]?.title ?? event.body.role;
        const signed = event.body.signoff === -1 ? '' : ', signed';
        const why = event.body.comment === '' ? '' : `: ${visible(event.body.comment)}`;
        const said = `${visible(role)}: ${paint(event.body.decision)} by ${visible(event.body.by)}${signed}${why}`;
        return [fit(page, `  ${theme.glyphs.gate} ${said}`)];
      }
      case 'note':
        return pair(page, 2, theme.glyphs.note, `${event.body.text}  (${event.body.by})`, 2);
      case 'step.claim':
        return pair(page, 2, theme.glyphs.arrow, `${event.body.step} ${handedText(plan, state, event.body)}`, 2);
      case 'attach': {
        const { name, size, digest, by } = event.body;
        const kept = `attached ${name}, ${sizeOf(size)}, sha256 ${digest.slice(0, 12)}  (${by})`;
        return pair(page, 2, theme.glyphs.note, kept, 2);
      }
      case 'checklist.amend':
        return pair(page, 2, theme.glyphs.note, amendedText(event.body), 2);
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
        return [...deferredLines(page, plan, event.body.phase, state), ...closedLines(event, state)];
      case 'step.start': {
        const step = byId.get(event.body.step);
        return step === undefined ? [] : [sendingLine(page, plan, step)];
      }
      default:
        return actLines(page, plan, event, state);
    }
  }

  /** Planned against actual; a dry run waits for nothing and is over at once. */
  function closedLines(event: Extract<RunEvent, { kind: 'phase.close' }>, state: State): string[] {
    if (state.opened?.mode === 'dry-run') return [];
    const text = closedText(plan, state, event.body.phase, Date.parse(event.at));
    return text === undefined ? [] : [page.theme.dim(fit(page, `  ${text}`))];
  }

  return {
    add(event) {
      if (event.kind === 'step.start') whys.set(event.body.step, event.body.why);
      const pokes = event.kind === 'step.start' && byId.get(event.body.step)?.nature === 'pokes';
      if (event.kind !== 'step.start' || pokes) pending.push(event);
      return pokes || event.kind === 'act.intent';
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
        if (event.kind === 'step.verdict' && byId.has(event.body.step)) batch.push(event);
        else if (event.kind !== 'value.set' && event.kind !== 'ask.answer') {
          emit();
          lines.push(...otherLines(event, state, now));
        }
      }
      emit();
      return lines;
    },
  };
}
