// What is told to people who do not sit at the terminal: one event of a run as a notice, or nothing. No colour, no layout.

import { causeOf } from '../engine/cause.ts';
import type { Bodies, Mode, RunEvent } from '../engine/events.ts';
import { findStep, phaseSteps, type Plan, type Step } from '../engine/plan.ts';
import { wordOf } from '../engine/rollup.ts';
import { stepState, type State } from '../engine/state.ts';
import { resultWords } from './result.ts';
import { visible } from './text.ts';

/** The form of the generic webhook: it grows by fields, and changes its number when one changes its meaning. */
export interface Notice {
  readonly version: 1;
  readonly kind: NoticeKind;
  readonly run: string;
  /** `aep-prod` */
  readonly name: string;
  readonly checklist: string;
  readonly target: string;
  readonly mode: Mode;
  /** Of the event, in the `at` format. */
  readonly at: string;
  /** Of the event: its line in the log. */
  readonly seq: number;
  /** Empty where it is not about one, as all texts. */
  readonly phase: string;
  readonly step: string;
  /** Steps that failed for the same cause, `step` among them. */
  readonly steps: readonly string[];
  readonly severity: string;
  /** Of a step; of a poll `go` or `no-go`; of a way back `done` or `partial`; of a seal its result. */
  readonly verdict: string;
  readonly expected: string;
  readonly observed: string;
  readonly role: string;
  readonly by: string;
  /** Steps by what became of them, of a phase or of the run; null elsewhere. */
  readonly counts: Readonly<Record<string, number>> | null;
  /** The whole in words, of several lines. */
  readonly text: string;
}

export type NoticeKind =
  | 'phase.open'
  | 'phase.close'
  | 'failure'
  | 'gate.open'
  | 'gate.vote'
  | 'gate.close'
  | 'rollback.open'
  | 'rollback.close'
  | 'stop'
  | 'seal';

/** A notice, and what it has in common with others like it: of failures the cause, else empty. */
export interface Told {
  readonly notice: Notice;
  readonly cause: string;
}

/** Longer texts of others are for the log. */
const longestText = 300;

/** What there is to tell of an event; `state` is the state after it. */
export function noticeOf(event: RunEvent, state: State, plan: Plan, run: string): Told | undefined {
  const said = saidOf(event, state, plan);
  if (said === undefined) return undefined;
  const { kind, words, cause = '', ...fields } = said;
  const name = `${plan.checklist}-${plan.target}`;
  const mode = state.opened?.mode ?? 'run';
  const { at, seq } = event;
  const head = `${name}${mode === 'run' ? '' : ` (${mode === 'dry-run' ? 'dry run' : mode})`}`;
  const [first = '', ...rest] = words;
  const whose = { version: 1, kind, run, name, checklist: plan.checklist, target: plan.target, mode, at, seq } as const;
  return { notice: { ...whose, ...nothing, ...fields, text: [`${head}: ${first}`, ...rest].join('\n') }, cause };
}

const nothing = {
  phase: '',
  step: '',
  steps: [],
  severity: '',
  verdict: '',
  expected: '',
  observed: '',
  role: '',
  by: '',
  counts: null,
} as const;

type Said = { readonly kind: NoticeKind; readonly words: readonly string[]; readonly cause?: string } & Partial<Notice>;

function saidOf(event: RunEvent, state: State, plan: Plan): Said | undefined {
  switch (event.kind) {
    case 'phase.open':
    case 'phase.close':
      return phaseSaid(event, state, plan);
    case 'step.start':
      return gateOpened(findStep(plan, event.body.step), plan);
    case 'step.verdict':
      return verdictSaid(event.body, findStep(plan, event.body.step));
    case 'gate.vote': {
      const { step, role, decision, by, comment } = event.body;
      const why = comment === '' ? '' : `: ${cut(comment)}`;
      const words = [`gate ${cut(step)}: ${decision} by ${cut(by)} for ${titleOf(plan, role)}${why}`];
      return { kind: 'gate.vote', words, step: cut(step), role: cut(role), by: cut(by), verdict: decision };
    }
    case 'rollback.open': {
      const by = cut(event.body.by);
      return { kind: 'rollback.open', words: [`the way back was begun by ${by}`], by };
    }
    case 'rollback.close': {
      const { result } = event.body;
      return { kind: 'rollback.close', words: [`the way back has ended: ${result}`], verdict: result };
    }
    case 'run.stop': {
      const by = cut(event.body.by);
      return { kind: 'stop', words: [`stopped by ${by}: ${cut(event.body.reason)}`], by };
    }
    case 'seal': {
      const { result, exit, counts, principal } = event.body;
      const words = [`${resultWords[result]} (exit ${exit}), sealed by ${cut(principal)}`, countsText(counts)];
      return { kind: 'seal', words, verdict: result, by: cut(principal), counts };
    }
    default:
      return undefined;
  }
}

function phaseSaid(
  { kind, body, at }: Extract<RunEvent, { kind: 'phase.open' | 'phase.close' }>,
  state: State,
  plan: Plan,
): Said {
  const phase = plan.phases.find(({ id }) => id === body.phase);
  const steps = phase === undefined ? [] : phaseSteps(phase);
  const title = phase === undefined ? cut(body.phase) : `${phase.at} ${cut(phase.title)}`;
  if (kind === 'phase.open') {
    const words = [`phase ${title}: begins (${steps.length} ${steps.length === 1 ? 'step' : 'steps'})`];
    return { kind, words, phase: cut(body.phase) };
  }
  const counts: Record<string, number> = {};
  for (const step of steps) {
    const word = wordOf(step, stepState(state, step.id), Date.parse(at));
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return { kind, words: [`phase ${title}: over (${countsText(counts)})`], phase: cut(body.phase), counts };
}

function gateOpened(step: Step | undefined, plan: Plan): Said | undefined {
  if (step?.work.type !== 'gate' || step.work.poll.length === 0) return undefined;
  const roles = step.work.poll.map((role) => titleOf(plan, role)).join(', ');
  const words = [`gate ${step.id} is open: ${cut(step.title)}`, `asked: ${roles}`];
  return { kind: 'gate.open', words, step: step.id, phase: step.phase, severity: step.severity };
}

/** A step that is in no phase is part of a way back: that it failed is known at once, too. */
function verdictSaid(body: Bodies['step.verdict'], step: Step | undefined): Said | undefined {
  const { verdict, findings, reason } = body;
  const id = cut(body.step);
  const place = { step: id, phase: step?.phase ?? '', severity: step?.severity ?? 'required', verdict };
  if (verdict === 'pass' && step?.work.type === 'gate')
    return { kind: 'gate.close', words: [`gate ${id}: go`], ...place, verdict: 'go' };
  if (verdict === 'pass' || verdict === 'skip' || step?.severity === 'advisory') return undefined;
  const missed = findings.find((finding) => finding.verdict !== 'pass');
  const [expected, observed] = [cut(missed?.expected ?? ''), cut(missed?.observed ?? causeOf(reason))];
  const words = [
    `${verdict.toUpperCase()} ${id} (${place.severity})${step === undefined ? '' : `: ${cut(step.title)}`}`,
    ...(expected === '' ? [] : [`expected: ${expected}`]),
    ...(observed === '' ? [] : [`observed: ${observed}`]),
    ...(step?.fix === undefined ? [] : [`do: ${cut(step.fix)}`]),
  ];
  // What could not be looked at for one cause is one; everything else is a failure of its own.
  const cause =
    verdict === 'error' && reason !== '' ? `error: ${causeOf(reason)}` : `${body.step}: ${verdict} ${expected}`;
  return { kind: 'failure', words, cause, ...place, steps: [id], expected, observed };
}

function titleOf(plan: Plan, role: string): string {
  return cut(Object.hasOwn(plan.roles, role) ? (plan.roles[role]?.title ?? role) : role);
}

/** `12 pass, 1 fail`: what there is any of. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([word, count]) => `${count} ${word}`).join(', ') || 'no steps';
}

/** Foreign text on one line, with nothing in it that is not seen, and never with half a character at its end. */
function cut(text: string): string {
  const whole = visible(text);
  return whole.length <= longestText ? whole : `${whole.slice(0, longestText).replace(/[\ud800-\udbff]$/, '')}…`;
}
