// The plan for whoever only reads it: with the blanks that are filled in, and the others left as they are written.

import { bind } from '../checklist/bind.ts';
import { gatherInputs, type Inputs } from '../checklist/inputs.ts';
import type { Plan } from '../engine/plan.ts';
import { acts, kinds } from '../steps/index.ts';
import { mistakes, openValues, type OpenChecklist } from './open-checklist.ts';
import type { Shell } from './shell.ts';

/**
 * Binds it with the values of a file and of the environment; inputs without a value stay `${name}`. Throws GoliveError
 * with every mistake of the values or of the checklist.
 */
export async function partialPlan(
  { checklist, target, shown }: OpenChecklist,
  values: string | undefined,
  shell: Shell,
): Promise<{ readonly plan: Plan; readonly inputs: Inputs }> {
  const file = await openValues(values, checklist, shell);
  const inputs = gatherInputs(checklist, { file, env: shell.env, now: Date.now() });
  if (inputs.problems.length > 0) throw mistakes(inputs.problems, values ?? shown);
  const given = Object.fromEntries(Object.entries(inputs.given).map(([input, { value }]) => [input, value]));
  const binding = { target, inputs: given, account: file?.accounts[target], partial: true };
  const bound = bind(checklist, { kinds, acts }, binding);
  if (!('plan' in bound)) throw mistakes(bound.problems, shown);
  return { plan: bound.plan, inputs };
}
