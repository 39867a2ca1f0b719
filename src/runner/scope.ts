// What `${…}` refers to while a run goes on: values, inputs, captures and built-in names. Facts come from the reader.

import type { JsonObject } from '../engine/json.ts';
import type { Plan, Scope } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import type { Secrets } from './secret-forms.ts';

/** Names and their values right now. */
export function scopeOf(plan: Plan, state: State, run: string, secrets: Secrets): Scope {
  const captures: JsonObject = Object.fromEntries(
    Object.entries(state.values)
      .filter(([, value]) => value.step !== '')
      .map(([name, value]) => [name, JSON.parse(value.json)]),
  );
  const builtIn = { target: plan.target, account: plan.aws.account, region: plan.aws.region, run };
  return { ...plan.names, ...captures, ...secrets, ...builtIn };
}
