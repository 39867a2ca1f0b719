// What the recorded facts of a run would come to by another checklist. Nothing is looked at again: the log and its evidence
// are all there is, and what they do not say is not judged.

import { expectedOfAnswer } from './answer.ts';
import type { Bodies } from './events.ts';
import type { Finding } from './expectation.ts';
import { show } from './explain.ts';
import { isObject, parseJson, type Json } from './json.ts';
import { meansTheSame, questionOf, questionText } from './meaning.ts';
import { backIdsOf, findStep, stepsOf, type Plan, type Question, type Step } from './plan.ts';
import { rejudgeHold } from './rejudge-hold.ts';
import { fillOne, rejudgeLook, type Blank, type Both, type LookedAgain } from './rejudge-look.ts';
import { stepState, type SeenVerdict, type State, type StepState } from './state.ts';

type Verdict = Bodies['step.verdict']['verdict'];

export interface Rejudged {
  readonly step: string;
  /** As the other checklist has it; empty where it has not. */
  readonly title: string;
  /** Same: it would come to what it came to. Gone: the other checklist has no such step. */
  readonly outcome: 'same' | 'differs' | 'not-judged' | 'gone';
  /** What the log has; `open` for nothing. */
  readonly was: Verdict | 'deferred' | 'open';
  /** Whether a person accepted it then. */
  readonly accepted: 'waived' | 'attested' | '';
  /** Absent where it is gone or not judged. */
  readonly now?: Verdict;
  /** By the expectations of the other checklist: those that could be judged. */
  readonly findings: readonly Finding[];
  /** Those that could not. */
  readonly blanks: readonly Blank[];
  /** Why it is not judged, or what else has to be known; empty otherwise. */
  readonly why: string;
}

export interface Recording {
  readonly state: State;
  /** The facts with this digest: undefined when they are not at hand, or are not what the digest says. */
  readonly facts: (digest: string) => Json | undefined;
}

/** Every step of the checklist `after`, in its order, and then those that only the run has. */
export function rejudge(both: Both, recording: Recording): readonly Rejudged[] {
  const { after } = both;
  const steps = [...stepsOf(after), ...after.rollback.filter(({ id }) => stepState(recording.state, id).attempt > 0)];
  const known = new Set(steps.flatMap((step) => [step.id, ...backIdsOf(step)]));
  const gone = Object.keys(recording.state.steps).filter((id) => id !== '' && !known.has(id));
  return [
    ...steps.map((step) => ({ ...headOf(recording, step.id, step.title), ...outcomeOf(both, step, recording) })),
    ...gone.map((id) => ({ ...headOf(recording, id, ''), outcome: 'gone', ...nothing, why: '' }) as const),
  ];
}

type Outcome = Pick<Rejudged, 'outcome' | 'now' | 'findings' | 'blanks' | 'why'>;
const nothing = { findings: [], blanks: [] } as const;

function headOf(
  { state }: Recording,
  step: string,
  title: string,
): Pick<Rejudged, 'step' | 'title' | 'was' | 'accepted'> {
  const known = stepState(state, step);
  return { step, title, was: wordOf(known), accepted: known.overlay?.type ?? '' };
}

function wordOf({ verdict, deferred }: StepState): Rejudged['was'] {
  return deferred === undefined ? (verdict?.verdict ?? 'open') : 'deferred';
}

const notJudged = (why: string, of: LookedAgain = nothing): Outcome => ({ ...of, outcome: 'not-judged', why });

function outcomeOf(both: Both, step: Step, recording: Recording): Outcome {
  const known = stepState(recording.state, step.id);
  const { verdict } = known;
  const to = (now: Verdict, of: LookedAgain = nothing, why = ''): Outcome => {
    return { ...of, outcome: now === wordOf(known) ? 'same' : 'differs', now, why };
  };
  if (step.skip !== undefined) return to('skip', nothing, step.skip);
  const old = findStep(both.before, step.id);
  if (old === undefined) return notJudged('no evidence: the checklist of the run had no such step');
  const same = sameStep(both, old, step);
  if (verdict === undefined)
    return same ? { ...nothing, outcome: 'same', why: '' } : notJudged('no evidence: it was not taken then');
  if (verdict.verdict === 'skip') return notJudged('no evidence: it was skipped then');
  // What came to something for another reason than its facts comes to it again.
  if (same && verdict.reason !== '') return to(verdict.verdict);
  if (step.work.type === 'act' || step.work.type === 'gate') {
    const what = step.work.type === 'act' ? 'a change' : 'a poll';
    return same ? to(verdict.verdict) : notJudged(`it is not the same here, and ${what} is not judged again`);
  }
  if (!sameQuestion(both, old, step))
    return notJudged(
      `it asks something else: ${questionText(both.after, step)}; then: ${questionText(both.before, old)}`,
    );
  const seen = { both, old, step, known, verdict, recording };
  const judged =
    step.work.type === 'ask' ? answered(seen, { ...step.work.ask, evidence: step.work.evidence }) : looked(seen, same);
  if ('why' in judged) return same ? to(verdict.verdict) : notJudged(judged.why);
  return decided(judged, seen, same, to);
}

interface Seen {
  readonly both: Both;
  readonly old: Step;
  readonly step: Step;
  readonly known: StepState;
  readonly verdict: SeenVerdict;
  readonly recording: Recording;
}

function decided(
  judged: LookedAgain,
  { step, verdict }: Seen,
  same: boolean,
  to: (now: Verdict, of: LookedAgain, why?: string) => Outcome,
): Outcome {
  const { findings, blanks } = judged;
  const bad = (['fail', 'inconclusive'] as const).find((word) => findings.some((one) => one.verdict === word));
  if (bad === 'fail') return to(bad, judged);
  if (blanks.length > 0) return same ? to(verdict.verdict, judged) : notJudged(blanks[0]?.why ?? '', judged);
  if (bad !== undefined) return to(bad, judged);
  const times = step.wait?.consecutive ?? 1;
  if (times > 1 && !same)
    return notJudged(`it has to hold ${times} times in a row, and only the last look is kept`, judged);
  return to('pass', judged);
}

/** Whether all of a step that its verdict hangs on means the same in both. */
function sameStep(both: Both, old: Step, step: Step): boolean {
  const ids = step.work.type === 'probe' ? (step.work.recheck ?? []) : [];
  return (
    sameAlone(both, old, step) &&
    ids.every((id) => {
      const [one, other] = [findStep(both.before, id), findStep(both.after, id)];
      return one !== undefined && other !== undefined && sameAlone(both, one, other);
    })
  );
}

function sameAlone({ before, after }: Both, old: Step, step: Step): boolean {
  const all = (plan: Plan, one: Step): unknown => {
    const { expect, hold, wait, capture, work } = one;
    const form = work.type === 'ask' ? work : undefined;
    return { asks: questionOf(plan, one), expect, hold, wait, capture, form };
  };
  return meansTheSame({ plan: before, part: all(before, old) }, { plan: after, part: all(after, step) });
}

function sameQuestion({ before, after }: Both, old: Step, step: Step): boolean {
  return meansTheSame({ plan: before, part: questionOf(before, old) }, { plan: after, part: questionOf(after, step) });
}

function answered(
  { both, old, step, known, verdict }: Seen,
  ask: Question & { readonly evidence: boolean },
): LookedAgain | { readonly why: string } {
  const { answer: given } = known;
  if (given === undefined || given.answer === '' || ask.secret)
    return { why: 'the answer was a secret, which is kept nowhere' };
  const answer = parseJson(given.answer);
  if (answer === undefined) return { why: 'no evidence: the answer cannot be read' };
  const observedAt = Date.parse(verdict.observedAt);
  // Somebody at a prompt would have been asked again.
  const wrong = both.form(ask, answer, observedAt);
  if (wrong !== undefined) {
    const observed = `${show(answer)}, which ${wrong}`;
    return { findings: [{ verdict: 'inconclusive', expected: 'an answer of its form', observed }], blanks: [] };
  }
  if (ask.evidence && given.evidence.trim() === '')
    return { findings: [{ verdict: 'inconclusive', expected: 'evidence', observed: 'none' }], blanks: [] };
  const facts = { answer, evidence: given.evidence };
  const then = { facts, observedAt, expect: expectedOfAnswer(old), findings: verdict.findings };
  return rejudgeLook(both, { expect: expectedOfAnswer(step), capture: step.capture }, then);
}

function looked({ both, old, step, verdict, recording }: Seen, same: boolean): LookedAgain | { readonly why: string } {
  const facts = verdict.facts === '' ? undefined : recording.facts(verdict.facts);
  if (verdict.facts === '')
    return { why: `no evidence: ${verdict.reason === '' ? 'nothing was kept of it' : verdict.reason}` };
  if (!isObject(facts)) return { why: 'no evidence: its facts are not at hand, or are not what their digest says' };
  // Such as a capture that was taken anew meanwhile: the facts are of something else than the verdict would be of.
  if (verdict.reason !== '' && verdict.verdict === 'inconclusive' && step.hold === undefined)
    return { why: `what was seen decided nothing then: ${verdict.reason}` };
  if (old.hold !== undefined || step.hold !== undefined) return watched({ both, old, step, verdict }, facts);
  const observedAt = Date.parse(verdict.observedAt);
  const ids = step.work.type === 'probe' ? (step.work.recheck ?? []) : [];
  if (ids.length === 0)
    return rejudgeLook(both, step, { facts, observedAt, expect: old.expect, findings: verdict.findings });
  if (same) return { why: '' };
  return rechecked(both, ids, (id) => (ids.length === 1 ? facts : facts[id]), observedAt);
}

/** Looks of other steps once more, each by its own expectations. */
function rechecked(
  both: Both,
  ids: readonly string[],
  factsOf: (id: string) => Json | undefined,
  observedAt: number,
): LookedAgain {
  const parts = ids.map((id): LookedAgain => {
    const [old, step] = [findStep(both.before, id), findStep(both.after, id)];
    const facts = factsOf(id);
    const blank = (why: string): LookedAgain => ({ findings: [], blanks: [{ expected: id, why }] });
    if (old === undefined || step === undefined || facts === undefined) return blank(`no evidence of ${id}`);
    if (!sameQuestion(both, old, step)) return blank(`${id} asks something else`);
    const { findings, blanks } = rejudgeLook(both, step, { facts, observedAt, expect: [], findings: [] });
    return { findings: findings.map((one) => ({ ...one, expected: `${id}: ${one.expected}` })), blanks };
  });
  return { findings: parts.flatMap((part) => part.findings), blanks: parts.flatMap((part) => part.blanks) };
}

function watched(
  { both, old, step, verdict }: Omit<Seen, 'known' | 'recording'>,
  facts: Readonly<Record<string, Json>>,
): LookedAgain | { readonly why: string } {
  const { hold } = step;
  if (hold === undefined) return { why: 'it was watched over a time then, and is looked at once here' };
  if (old.hold === undefined) return { why: 'it was looked at once then, and is watched over a time here' };
  if (old.hold.since !== hold.since) return { why: 'its time begins with something else here' };
  const filled = step.expect.map((one) => fillOne(both, one));
  const expect = filled.flatMap((one) => ('filled' in one ? [one.filled] : []));
  const missing = filled.find((one) => 'missing' in one);
  if (missing !== undefined) return { why: missing.missing };
  const sameExpect = meansTheSame({ plan: both.before, part: old.expect }, { plan: both.after, part: step.expect });
  const judged = rejudgeHold(facts, { hold, expect, sameExpect, now: Date.parse(verdict.observedAt) });
  return 'why' in judged ? judged : { findings: judged.findings, blanks: [] };
}
