// What to make of nothing: empty lists, paths that select nothing, elements lost on the way. None of them is a pass
// unless something proves that there was a chance to see more.

import type { Expectation } from './expectation.ts';
import { label, show } from './explain.ts';
import type { Json } from './json.ts';
import { isNothing } from './loss.ts';
import { within, type Outcome } from './matchers.ts';
import { wasRead, whyNothing } from './nothing.ts';
import { listed, others } from './quantify.ts';
import { selectFrom, type Selection } from './selector.ts';

/** What `path` and `where` left to judge. */
export interface Picked extends Omit<Selection, 'selected'> {
  readonly value: Json;
  /** The elements before `where:`. */
  readonly elements: readonly Json[];
}

/** There is nothing to compare: a fail, with why and with what is there instead. */
export function blank(expectation: Expectation, facts: Json, picked: Picked): Outcome {
  return { verdict: 'fail', blank: true, ...instead(expectation, facts, picked) };
}

function instead(expectation: Expectation, facts: Json, picked: Picked): { observed: string; hint?: string } {
  if (expectation.where === undefined || picked.elements.length === 0) {
    const { text, hint } = whyNothing(expectation.path, facts);
    return hint === undefined ? { observed: text } : { observed: text, hint };
  }
  const many = picked.elements.length;
  const observed =
    many === 1
      ? 'nothing: the only element does not match `where`'
      : `nothing: none of ${many} elements matches \`where\``;
  const hint = others(expectation.where, picked.elements, (path, element) => selectFrom(path, element).selected);
  return hint === undefined ? { observed } : { observed, hint };
}

/** A projection lost elements: what is left is not the whole truth. */
export function lossy({ path }: Expectation, picked: Picked): Outcome {
  const { lost, total, value } = picked;
  const observed = `${lost} of ${total} ${lost === 1 ? 'has' : 'have'} no value for ${path ?? 'it'}; the rest: ${show(value)}`;
  return {
    verdict: 'fail',
    blank: true,
    observed,
    hint: 'judge each element: path up to `[]`, then `all: { path: …, … }`',
  };
}

/** What `seen` comes to when the proof is not there; undefined when it is. */
export function withoutProof(proof: string, facts: Json, seen: string): Outcome | undefined {
  const { selected } = selectFrom(proof, facts);
  if (!isNothing(selected) && selected !== false && selected !== 0 && selected !== '') return undefined;
  const text = isNothing(selected) ? whyNothing(proof, facts).text : show(selected);
  return unproved(
    `${seen}, and the proof ${proof} says: ${text}`,
    'without the proof nobody can tell "none" from "not looked"',
  );
}

/** Passes by emptiness, which counts only with a proof that something could have been seen, or when said to be fine. */
export function proved(expectation: Expectation, facts: Json, picked: Picked): Outcome {
  const { path, proof } = expectation;
  const empty = path === undefined ? 'nothing' : `nothing at ${path}`;
  if (proof !== undefined) {
    const missing = withoutProof(proof, facts, empty);
    if (missing !== undefined) return missing;
  } else if (expectation.allow_empty !== true) {
    return unproved(
      `${empty}, which proves nothing by itself`,
      'add `proof: PATH`, or `allow_empty: true` if empty is fine',
    );
  } else if (picked.value === null && path !== undefined && !wasRead(path, facts)) {
    return unproved(
      whyNothing(path, facts).text,
      '`allow_empty` covers an empty list, not facts that are missing altogether',
    );
  }
  if (picked.undecided > 0 && expectation.allow_empty !== true) {
    const { undecided, elements } = picked;
    const of = expectation.where === undefined ? '' : ` of ${elements.length}`;
    return unproved(
      `${undecided}${of} left out for lack of what the condition reads`,
      'a misspelt condition leaves everything out',
    );
  }
  return { verdict: 'pass', observed: empty };
}

function unproved(observed: string, hint: string): Outcome {
  return { verdict: 'inconclusive', observed, hint };
}

/** `absent: true` and `absent: false`. */
export function absence(expectation: Expectation, facts: Json, picked: Picked): Outcome {
  const { path, absent, proof } = expectation;
  const { value } = picked;
  if (absent === false)
    return isNothing(value)
      ? { ...blank(expectation, facts, picked), blank: false }
      : { verdict: 'pass', observed: show(value) };
  if (!isNothing(value)) return { verdict: 'fail', observed: show(value) };
  if (value !== null || proof !== undefined) return proved(expectation, facts, picked);
  // Null with its surroundings there is an answer. That the name exists at all is what lint has checked.
  if (path !== undefined && wasRead(path, facts)) return { verdict: 'pass', observed: 'absent' };
  return unproved(whyNothing(path, facts).text, 'add `proof: PATH` to something that is there when it was really read');
}

/** `count: 2` and `count: { gte: 2 }`. */
export function counted(expectation: Expectation, facts: Json, picked: Picked): Outcome {
  const { count, proof } = expectation;
  const { value } = picked;
  if (!isNothing(value) && !Array.isArray(value))
    return { verdict: 'fail', observed: `${show(value)}, which is not a list` };
  if (picked.lost > 0) return lossy(expectation, picked);
  const n = Array.isArray(value) ? value.length : 0;
  const holds =
    typeof count === 'number'
      ? n === count
      : within(n, count ?? {}, (limit) => (typeof limit === 'number' ? limit : undefined));
  if (holds === undefined) return unproved(`${n}`, 'the limits of a count are numbers: count: { gte: 2 }');
  if (n === 0)
    return holds ? proved(expectation, facts, picked) : { ...blank(expectation, facts, picked), blank: value === null };
  const passes: Outcome = { verdict: 'pass', observed: `${n}` };
  if (holds) return (proof === undefined ? undefined : withoutProof(proof, facts, `${n}`)) ?? passes;
  // Where none is wished for, each one there is an offender, and a number does not say which.
  const names = count === 0 && Array.isArray(value) ? value.map((each: Json) => label(each)).filter(Boolean) : [];
  return { verdict: 'fail', observed: names.length === 0 ? `${n}` : `${n}: ${listed(names, '; ')}` };
}
