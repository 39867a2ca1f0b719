// The values of one target: shared ones, overridden key by key, filled with each other and with the inputs.

import type { Json, JsonObject } from '../engine/json.ts';
import { fillAll, lookUp, referencesIn, rootOf } from './interpolate.ts';
import type { ChecklistBody, TargetBody } from './schema.ts';

/** What is written for a target: its own values stand instead of the shared ones of the same name. */
export function valuesOf(body: ChecklistBody, target: TargetBody): JsonObject {
  return { ...body.values, ...target.values };
}

/** All names with their values: what is `given` (inputs, target, account, region), and every value filled in. */
export function resolveValues(body: ChecklistBody, target: TargetBody, given: JsonObject): JsonObject {
  const written = valuesOf(body, target);
  const done: Record<string, Json> = { ...given };
  const resolve = (name: string, above: readonly string[]): void => {
    const value = written[name];
    // A cycle is lint's to report; here it only must not go on for ever.
    if (value === undefined || name in done || above.includes(name)) return;
    for (const path of referencesIn(value)) resolve(rootOf(path), [...above, name]);
    // Only when inputs are still missing (a plan that is merely shown) is something left unfilled.
    const known = referencesIn(value).every((path) => (lookUp(path, done) ?? null) !== null);
    done[name] = known ? fillAll(value, done) : value;
  };
  for (const name of Object.keys(written)) resolve(name, []);
  return done;
}

/** The values that lead back to themselves. */
export function cyclesIn(written: JsonObject): readonly string[] {
  return Object.keys(written).filter((name) => reaches(written, name, name, new Set()));
}

function reaches(written: JsonObject, from: string, to: string, seen: Set<string>): boolean {
  return referencesIn(written[from] ?? null).some((path) => {
    const root = rootOf(path);
    if (root === to) return true;
    if (seen.has(root) || !(root in written)) return false;
    seen.add(root);
    return reaches(written, root, to, seen);
  });
}
