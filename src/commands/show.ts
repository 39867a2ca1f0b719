// `golive show NAME-TARGET`: the plan in words. Reads the checklist and touches nothing else.

import { bind } from '../checklist/bind.ts';
import { gatherInputs, inputVariable, type Inputs } from '../checklist/inputs.ts';
import { exitCodes } from '../errors.ts';
import { planText, type PlanInput } from '../render/plan.ts';
import { acts, kinds } from '../steps/index.ts';
import { mistakes, openChecklist, openValues } from './open-checklist.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export interface ShowOptions extends GlobalOptions {
  readonly values?: string;
}

/** Exit 0, or 3 with every mistake when the checklist or the values have any. Inputs without a value stay `${name}`. */
export async function show(
  name: string,
  options: ShowOptions,
  shell: Shell & { readonly terminal?: { readonly width: number } },
): Promise<number> {
  const { checklist, target, shown } = await openChecklist(name, shell);
  const file = await openValues(options.values, checklist, shell);
  const inputs = gatherInputs(checklist, { file, env: shell.env, now: Date.now() });
  if (inputs.problems.length > 0) throw mistakes(inputs.problems, options.values ?? shown);
  const given = Object.fromEntries(Object.entries(inputs.given).map(([input, { value }]) => [input, value]));
  const bound = bind(
    checklist,
    { kinds, acts },
    { target, inputs: given, account: file?.accounts[target], partial: true },
  );
  if (!('plan' in bound)) throw mistakes(bound.problems, shown);
  const head = { path: shown, digest: checklist.digest, inputs: inputWords(inputs, checklist.body.inputs ?? {}) };
  if (options.json === true) shell.out(JSON.stringify({ ...head, plan: bound.plan }, null, 2));
  else shell.out(planText(bound.plan, head, Math.min(120, shell.terminal?.width ?? 100)));
  return exitCodes.go;
}

function inputWords(
  inputs: Inputs,
  declared: Readonly<Record<string, { readonly question: string; readonly secret?: boolean }>>,
): readonly PlanInput[] {
  return Object.entries(declared).map(([name, { question, secret }]) => {
    const given = inputs.given[name];
    if (secret === true) return { name, question, value: `secret: ${inputVariable(name)}, or asked without echo` };
    const value = given === undefined ? 'asked at the start' : `${JSON.stringify(given.value)} (${given.source})`;
    return { name, question, value };
  });
}
