// The shape of the facts a use of a kind brings, after `one` has picked its match.

import { elementOf, reach } from '../engine/path-shape.ts';
import type { Catalogue, Shape } from '../engine/shape.ts';
import type { CallAt } from './calls.ts';

const any: Shape = { type: 'any' };

/** Anything, when the arguments are not of the right form: that is told elsewhere. */
export function factsOfCall(call: CallAt, catalogue: Catalogue): Shape {
  const facts = rawFacts(call, catalogue);
  const { one } = call.container;
  if (one === undefined) return facts;
  const path = typeof one === 'string' ? one : one.path;
  if (path === undefined) return facts;
  const reached = reach(path, facts);
  return 'problem' in reached ? any : elementOf(reached.shape);
}

/** The shape before `one`. */
export function rawFacts(call: CallAt, catalogue: Catalogue): Shape {
  try {
    return call.kind.facts(call.args, catalogue);
  } catch {
    // A kind may rely on arguments that lint has already refused.
    return any;
  }
}
