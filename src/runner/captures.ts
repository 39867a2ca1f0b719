// What a step takes from its facts for the rest of the run.

import type { Finding } from '../engine/expectation.ts';
import { show } from '../engine/explain.ts';
import { capturePath } from '../engine/judge.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { equal } from '../engine/matchers.ts';
import type { Step } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { redact } from '../log/redact.ts';
import { scrubJson, type Scrub } from './scrubber.ts';

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

/**
 * What a step would capture now and what it captured is not the same: one finding for each name. Captures are frozen for
 * the run, so a look that is only made again must find the world as it was. `scrub` takes secrets out, as it did of what
 * was written down.
 */
export function changesSince(
  step: Step,
  values: State['values'],
  now: Readonly<Record<string, string>>,
  scrub: Scrub,
): readonly Finding[] {
  return Object.entries(now).flatMap(([name, json]): readonly Finding[] => {
    const frozen = Object.hasOwn(values, name) ? values[name] : undefined;
    if (frozen === undefined || frozen.step !== step.id) return [];
    const was: Json = JSON.parse(frozen.json);
    const is = scrubJson(JSON.parse(json), scrub);
    if (equal(was, is)) return [];
    const observed = `${name} was ${show(was)} when it was captured, and is ${show(is)} now`;
    return [{ verdict: 'fail', expected: `${name} is what it was when it was captured`, observed }];
  });
}
