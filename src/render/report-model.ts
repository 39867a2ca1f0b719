// What a report says about a run, as data: every format is made from this, and this from the events alone.

import type { Bodies, RunEvent } from '../engine/events.ts';
import { phaseSteps, type Plan, type Step } from '../engine/plan.ts';
import { rollUp, wordOf } from '../engine/rollup.ts';
import { stepState, type Overlay, type SeenVerdict, type State } from '../engine/state.ts';
import type { Verification } from '../log/verify.ts';
import { changeMarks, marksOf, type Mark } from './report-marks.ts';

type Word = keyof Bodies['seal']['counts'];

export interface ReportStep {
  readonly id: string;
  /** Empty where the checklist is not at hand. */
  readonly title: string;
  readonly severity: Step['severity'] | 'unknown';
  readonly owner: string;
  /** Of the checklist; line and column from 1, or 0 where they are not known. */
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
  readonly word: Word;
  readonly attempt: number;
  readonly looks: number;
  /** `at` format; empty when it was not begun, or has no verdict. */
  readonly begun: string;
  readonly ended: string;
  /** Of the last attempt, in ms; 0 while it has no verdict. */
  readonly tookMs: number;
  readonly findings: SeenVerdict['findings'];
  /** Why it is an error or a skip, was deferred, or is open; empty otherwise. */
  readonly reason: string;
  /** What the checklist says to do about it; empty where it says nothing. */
  readonly fix: string;
  /** Also one whose time is over: `word` says whether it counts. */
  readonly overlay: Overlay | undefined;
  readonly answer: { readonly answer: string; readonly evidence: string; readonly by: string } | undefined;
  readonly votes: readonly { readonly role: string; readonly decision: string; readonly by: string }[];
}

export interface ReportPhase {
  readonly id: string;
  readonly title: string;
  /** As the checklist writes it: `T-7d`; empty where that is not at hand. */
  readonly planned: string;
  /** `at` format; empty when it was not. */
  readonly opened: string;
  readonly closed: string;
  readonly steps: readonly ReportStep[];
}

export interface Report {
  /** Of this form: it grows by fields, and changes its number when one changes its meaning. */
  readonly version: 1;
  readonly run: string;
  readonly name: string;
  readonly title: string;
  readonly checklist: { readonly path: string; readonly digest: string; readonly at_hand: boolean };
  readonly mode: string;
  readonly rehearsal: boolean;
  /** `at` of the first and the last event; empty without one. */
  readonly from: string;
  readonly to: string;
  /** What the seal says; empty while there is none. */
  readonly result: Bodies['seal']['result'] | '';
  readonly counts: Bodies['seal']['counts'];
  readonly marks: readonly Mark[];
  readonly verification: Verification;
  /** Whether whoever had it made said whom they trust. */
  readonly signers_given: boolean;
  readonly phases: readonly ReportPhase[];
}

export interface Reported {
  /** Those that hold, in order. */
  readonly events: readonly RunEvent[];
  /** What is known after them. */
  readonly state: State;
  /** The checklist in force at their end, where it is at hand. */
  readonly plan: Plan | undefined;
  readonly verification: Verification;
  readonly signersGiven: boolean;
}

/** The report of a run. Times are those of the log: nothing in it hangs on when and where it is made. */
export function reportOf({ events, state, plan, verification, signersGiven }: Reported): Report {
  const now = Date.parse(state.at === '' ? '1970-01-01T00:00:00.000Z' : state.at);
  const { opened } = state;
  const seen: Seen = { state, now, starts: startsOf(events) };
  const phases = [...planned(plan, seen), ...notPlanned(events, plan, seen)];
  const seal = events.at(-1);
  const sealed = seal?.kind === 'seal' ? seal.body : undefined;
  return {
    version: 1,
    run: verification.run,
    name: opened === undefined ? '' : `${opened.checklist.name}-${opened.target}`,
    title: opened?.checklist.title ?? '',
    checklist: {
      path: opened?.checklist.path ?? '',
      digest: state.amended ?? opened?.checklist.digest ?? '',
      at_hand: plan !== undefined,
    },
    mode: opened?.mode ?? '',
    rehearsal: opened?.rehearsal ?? false,
    from: events[0]?.at ?? '',
    to: state.at,
    result: sealed?.result ?? '',
    counts: sealed?.counts ?? (plan === undefined ? countsOf(phases) : rollUp(plan, state, now).counts),
    marks: [...marksOf(events), ...changeMarks(plan, state)],
    verification,
    signers_given: signersGiven,
    phases,
  };
}

/** Steps that are against a go, or that nobody decided, worst first; then what people accepted. */
export function exceptionsOf({ phases }: Report): readonly ReportStep[] {
  const steps = phases.flatMap((phase) => phase.steps);
  return steps
    .filter(({ word }) => word !== 'pass' && word !== 'skip' && word !== 'deferred')
    .map((step, at) => ({ step, at }))
    .toSorted((a, b) => rank(a.step) - rank(b.step) || a.at - b.at)
    .map(({ step }) => step);
}

const byWord: readonly Word[] = ['fail', 'error', 'inconclusive', 'waived', 'attested', 'open'];

function rank({ word, severity }: ReportStep): number {
  const group = severity === 'advisory' ? byWord.length : byWord.indexOf(word);
  return group * 2 + (severity === 'critical' ? 0 : 1);
}

interface Seen {
  readonly state: State;
  /** `at` of the last event, in ms. */
  readonly now: number;
  /** When the last attempt of each step began: what is known of a step keeps when it began first, where it is looked at again. */
  readonly starts: ReadonlyMap<string, string>;
}

function startsOf(events: readonly RunEvent[]): Seen['starts'] {
  const starts = new Map<string, string>();
  for (const { kind, body, at } of events) if (kind === 'step.start') starts.set(body.step, at);
  return starts;
}

function planned(plan: Plan | undefined, seen: Seen): readonly ReportPhase[] {
  const { state } = seen;
  const only = state.opened?.phases ?? [];
  const phases = plan?.phases.filter(({ id }) => only.length === 0 || only.includes(id)) ?? [];
  return phases.map((phase) => ({
    ...phaseHead(phase.id, state),
    title: phase.title,
    planned: phase.at,
    steps: phaseSteps(phase).map((step) => reportStep(step.id, step, seen)),
  }));
}

/** What the log speaks of and the checklist has in none of its phases: ways back, or all of it without a checklist. */
function notPlanned(events: readonly RunEvent[], plan: Plan | undefined, seen: Seen): ReportPhase[] {
  const known = new Set(plan?.phases.flatMap((phase) => phaseSteps(phase).map((step) => step.id)));
  const offered = new Map(plan?.rollback.map((step) => [step.id, step]));
  const found = new Map<string, string[]>();
  let phase = '';
  let back = false;
  for (const { kind, body } of events) {
    if (kind === 'phase.open') {
      phase = body.phase;
      // Also one in which nothing happened: that it was opened is all there is to say.
      if (plan === undefined && !found.has(phase)) found.set(phase, []);
    }
    if (kind === 'rollback.open' || kind === 'rollback.close') back = kind === 'rollback.open';
    if (kind !== 'step.start' && kind !== 'step.verdict' && kind !== 'step.defer') continue;
    if (known.has(body.step)) continue;
    known.add(body.step);
    const place = back || offered.has(body.step) ? 'rollback' : plan === undefined ? phase : 'not in the checklist';
    const steps = found.get(place) ?? [];
    steps.push(body.step);
    found.set(place, steps);
  }
  return [...found].map(([id, steps]) => ({
    ...phaseHead(id, seen.state),
    title: '',
    planned: '',
    steps: steps.map((step) => reportStep(step, offered.get(step), seen)),
  }));
}

function phaseHead(id: string, state: State): Pick<ReportPhase, 'id' | 'opened' | 'closed'> {
  const times = Object.hasOwn(state.phaseTimes, id) ? state.phaseTimes[id] : undefined;
  return { id, opened: times?.opened ?? '', closed: times?.closed ?? '' };
}

function reportStep(id: string, step: Step | undefined, { state, now, starts }: Seen): ReportStep {
  const known = stepState(state, id);
  const { verdict, deferred, answer } = known;
  const begun = known.attempt === 0 ? '' : (starts.get(id) ?? '');
  // Where nobody knows what kind of step it is, it counts: as one that was required.
  const word = wordOf(step ?? { nature: 'looks', severity: 'required' }, known, now);
  const { answer: text = '', evidence = '', by = '' } = answer ?? {};
  return {
    id,
    title: step?.title ?? '',
    severity: step?.severity ?? 'unknown',
    owner: step?.owner ?? '',
    place: placeOf(step?.position, state),
    word,
    attempt: known.attempt,
    looks: verdict?.looks ?? 0,
    begun,
    ended: verdict?.at ?? '',
    tookMs: verdict === undefined ? 0 : Math.max(0, Date.parse(verdict.at) - Date.parse(begun) || 0),
    findings: verdict?.findings ?? [],
    fix: step?.fix ?? '',
    reason: verdict?.reason ?? deferred?.reason ?? withoutVerdict(word, known.running, step?.nature),
    overlay: known.overlay,
    answer: answer === undefined ? undefined : { answer: text, evidence, by },
    votes: Object.entries(known.votes).map(([role, vote]) => ({ role, decision: vote.decision, by: vote.by })),
  };
}

function withoutVerdict(word: Word, running: boolean, nature: Step['nature'] | undefined): string {
  if (word === 'inconclusive') return 'the session ended while it ran: whether it arrived is not known';
  if (running) return 'it was not over when the log ends';
  const people = nature === undefined || nature === 'asks' || nature === 'decides';
  return people ? 'nobody answered it, or it was not reached' : 'it was not reached';
}

function placeOf(position: string | undefined, state: State): ReportStep['place'] {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/s.exec(position ?? '') ?? [];
  if (file === undefined) return { file: state.opened?.checklist.path ?? '', line: 0, column: 0 };
  return { file, line: Number(line), column: Number(column) };
}

function countsOf(phases: readonly ReportPhase[]): Report['counts'] {
  const counts = { pass: 0, fail: 0, error: 0, inconclusive: 0, skip: 0, waived: 0, attested: 0, deferred: 0, open: 0 };
  for (const { id, steps } of phases) if (id !== 'rollback') for (const { word } of steps) counts[word] += 1;
  return counts;
}
