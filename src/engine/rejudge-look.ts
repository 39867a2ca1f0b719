// One recorded look judged by other expectations, one after the other: what cannot be judged is said, and is never a pass.

import type { Expectation, Finding } from './expectation.ts';
import { explain, show } from './explain.ts';
import { capturePath, judge } from './judge.ts';
import type { Json } from './json.ts';
import { meansTheSame, nameMeansTheSame, namesIn } from './meaning.ts';
import { stepsOf, type Plan, type Question } from './plan.ts';
import { readsRedacted } from './reads-redacted.ts';

/** `template` with every `${…}` filled in by what the log has, or why that cannot be done. */
export type Fill = (
  template: readonly Expectation[],
) => { readonly filled: readonly Expectation[] } | { readonly missing: string };

/** Two checklists: the one the run had, and the one it is held against. */
export interface Both {
  readonly before: Plan;
  readonly after: Plan;
  readonly fill: Fill;
  /** What is wrong with the form of an answer, or undefined; `now` is in ms. */
  readonly form: (question: Question, answer: Json, now: number) => string | undefined;
}

/** An expectation that nobody can judge. */
export interface Blank {
  readonly expected: string;
  readonly why: string;
}

export interface LookedAgain {
  readonly findings: readonly Finding[];
  readonly blanks: readonly Blank[];
}

/** What was seen then. */
export interface SeenThen {
  readonly facts: Json;
  /** In ms: `from_now` and `ago` count from here. */
  readonly observedAt: number;
  /** What it was judged by, with what that came to: of an expectation that is still there, it stands. */
  readonly expect: readonly Expectation[];
  readonly findings: readonly Finding[];
}

/** Judges each expectation by itself, and every capture of a look of which nothing else failed. */
export function rejudgeLook(
  both: Both,
  { expect, capture }: { readonly expect: readonly Expectation[]; readonly capture: Readonly<Record<string, string>> },
  seen: SeenThen,
): LookedAgain {
  const findings: Finding[] = [];
  const blanks: Blank[] = [];
  if (expect.length === 0) findings.push(...judge(expect, seen.facts, seen.observedAt).findings);
  for (const expectation of expect) {
    const one = rejudgeOne(both, expectation, seen);
    if ('why' in one) blanks.push(one);
    else findings.push(one);
  }
  if (findings.every(({ verdict }) => verdict === 'pass'))
    for (const [name, path] of Object.entries(capture)) {
      const expected = `${path} gives ${name} a value`;
      const value = capturePath(path, seen.facts);
      if (value === undefined) findings.push({ verdict: 'fail', expected, observed: 'nothing' });
      else if (readsRedacted({ path, ne: null }, seen.facts)) blanks.push({ expected, why: takenOut });
      else findings.push({ verdict: 'pass', expected, observed: show(value) });
    }
  return { findings, blanks };
}

const takenOut = 'it reads what was taken out of the facts before they were kept';

function rejudgeOne(both: Both, expectation: Expectation, seen: SeenThen): Finding | Blank {
  const { facts, observedAt } = seen;
  const filled = fillOne(both, expectation);
  if ('filled' in filled && !readsRedacted(filled.filled, facts)) {
    const [finding] = judge([filled.filled], facts, observedAt).findings;
    if (finding !== undefined) return finding;
  }
  const then = foundThen(both, expectation, seen);
  const expected = explain('filled' in filled ? filled.filled : expectation);
  return then ?? { expected, why: 'missing' in filled ? filled.missing : takenOut };
}

/** With what the log has, unless the name stands for something else by now. */
export function fillOne(both: Both, expectation: Expectation): { filled: Expectation } | { missing: string } {
  const { before, after, fill } = both;
  const moved = namesIn(expectation).find((name) => !nameMeansTheSame(name, before, after));
  if (moved !== undefined) {
    const captured = stepsOf(after).some((step) => Object.hasOwn(step.capture, moved));
    return { missing: `\${${moved}} ${captured ? 'is captured' : 'comes'} from something else here` };
  }
  const filled = fill([expectation]);
  if ('missing' in filled) return filled;
  const [one] = filled.filled;
  return one === undefined ? { missing: 'it cannot be filled in' } : { filled: one };
}

/** The finding of then, where the same was expected of the same. */
function foundThen({ before, after }: Both, expectation: Expectation, seen: SeenThen): Finding | undefined {
  if (seen.findings.length < seen.expect.length) return undefined;
  const at = seen.expect.findIndex((one) =>
    meansTheSame({ plan: before, part: one }, { plan: after, part: expectation }),
  );
  return at === -1 ? undefined : seen.findings[at];
}
