// Two runs, compared step by step: what differs in verdicts, answers, values and people, and how long it took.

import type { Past, PastStep } from './past.ts';

/** What is compared. `took` is in ms as text and never makes two runs different. */
export type Aspect = 'result' | 'verdict' | 'answer' | 'value' | 'people' | 'took';

export interface Compared {
  readonly aspect: Aspect;
  /** The step, or the name of an input or a capture; empty for the run as a whole. */
  readonly name: string;
  /** Which of several values: what was expected. */
  readonly of: string;
  /** Absent where that run has nothing of it. */
  readonly left?: string;
  readonly right?: string;
  readonly differs: boolean;
}

/** A distance in time below this is none, in ms; above it one has to be half as long again as the other. */
const leastMs = 10_000;
const leastFactor = 1.5;

/** Everything that either run has, in the order of the first and then of the second. */
export function compareRuns(left: Past, right: Past): readonly Compared[] {
  const names = [...new Set([...left.steps.keys(), ...right.steps.keys()])];
  return [
    row('result', '', '', resultOf(left), resultOf(right)),
    ...names.flatMap((name) => compareSteps(name, left.steps.get(name), right.steps.get(name))),
    ...compareValues(left, right),
    row('people', '', '', left.people.join(', '), right.people.join(', ')),
    took('', left.tookMs, right.tookMs),
  ];
}

function compareSteps(name: string, left: PastStep | undefined, right: PastStep | undefined): readonly Compared[] {
  const both = <T>(pick: (step: PastStep) => T | undefined): readonly [T | undefined, T | undefined] => [
    left && pick(left),
    right && pick(right),
  ];
  const rows = [row('verdict', name, '', ...both(verdictText))];
  const answers = both(answerText);
  if (answers.some((text) => text !== undefined)) rows.push(row('answer', name, '', ...answers));
  const count = Math.max(left?.findings.length ?? 0, right?.findings.length ?? 0);
  for (let index = 0; index < count; index += 1)
    rows.push(valueRow(name, left?.findings[index], right?.findings[index]));
  const people = both(({ people: some }) => (some.length === 0 ? undefined : some.join(', ')));
  if (people.some((text) => text !== undefined)) rows.push(row('people', name, '', ...people));
  const times = both(({ tookMs }) => tookMs);
  if (times.some((ms) => ms !== undefined)) rows.push(took(name, ...times));
  return rows;
}

type Finding = PastStep['findings'][number];

/** What was observed; where something else was expected too, with that. */
function valueRow(name: string, left: Finding | undefined, right: Finding | undefined): Compared {
  const same = left === undefined || right === undefined || left.expected === right.expected;
  const text = (one: Finding | undefined): string | undefined =>
    one && (same ? one.observed : `${one.observed} (expected: ${one.expected})`);
  return row('value', name, same ? (left?.expected ?? right?.expected ?? '') : '', text(left), text(right));
}

function compareValues(left: Past, right: Past): readonly Compared[] {
  const [one, other] = [new Map(Object.entries(left.state.values)), new Map(Object.entries(right.state.values))];
  const names = [...new Set([...one.keys(), ...other.keys()])];
  return names.map((name) => row('value', name, 'set', one.get(name)?.json, other.get(name)?.json));
}

function took(name: string, left: number | undefined, right: number | undefined): Compared {
  const text = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : String(ms));
  const [short, long] = [Math.min(left ?? 0, right ?? 0), Math.max(left ?? 0, right ?? 0)];
  const differs = left !== undefined && right !== undefined && long - short >= leastMs && long >= short * leastFactor;
  return { ...row('took', name, '', text(left), text(right)), differs };
}

function row(aspect: Aspect, name: string, of: string, left: string | undefined, right: string | undefined): Compared {
  const sides = { ...(left !== undefined && { left }), ...(right !== undefined && { right }) };
  return { aspect, name, of, ...sides, differs: left !== right };
}

function resultOf({ state }: Past): string {
  if (state.sealed !== undefined) return state.sealed.result;
  return state.stopped === undefined ? 'not sealed' : 'stopped, not sealed';
}

function verdictText({ word, overlay, reason }: PastStep): string {
  const over = overlay === undefined ? '' : `, ${overlay.type} by ${overlay.by}: ${overlay.words}`;
  return `${word}${word === 'pass' || reason === '' ? '' : ` (${reason})`}${over}`;
}

function answerText({ answer, evidence }: PastStep): string | undefined {
  if (answer === undefined) return undefined;
  const given = answer === '' ? 'a secret' : answer;
  return evidence === undefined || evidence === '' ? given : `${given}, with ${evidence}`;
}
