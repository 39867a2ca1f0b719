// What a step takes from its facts for the rest of the run.

import type { Finding } from '../engine/expectation.ts';
import { capturePath } from '../engine/judge.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Step } from '../engine/plan.ts';
import { redact } from '../log/redact.ts';

/** How long a captured value may be as JSON text. */
const captureMax = 16_000;

/** The captures of a step as JSON text by name; or why one cannot be taken, which fails the step. */
export function capturesOf(
  capture: Step['capture'],
  facts: JsonObject,
): { readonly captures: Readonly<Record<string, string>> } | { readonly missed: Finding } {
  const captures: Record<string, string> = {};
  const kept = redact(facts);
  for (const [name, path] of Object.entries(capture)) {
    const value = capturePath(path, facts);
    const json = JSON.stringify(value);
    // Captures stand in the log: what is kept out of the facts must not get there by another way.
    const secret = JSON.stringify(capturePath(path, kept)) !== json;
    if (value !== undefined && json.length <= captureMax && !secret) {
      captures[name] = json;
      continue;
    }
    const seen = secret ? 'what looks like a secret, which is kept nowhere' : `${json?.length ?? 0} characters`;
    const observed = value === undefined ? 'nothing' : seen;
    const expected = `${path} gives ${name} a value of at most ${captureMax} characters`;
    return { missed: { verdict: 'fail', expected, observed } };
  }
  return { captures };
}
