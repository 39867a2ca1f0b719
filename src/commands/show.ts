// `golive show NAME-TARGET`: the plan in words, or the requests it makes. Reads the checklist and touches nothing else.

import { inputVariable, type Inputs } from '../checklist/inputs.ts';
import { requestsOf } from '../checklist/requests.ts';
import { joinableOf } from '../effects/aws-joinable.ts';
import { exitCodes } from '../errors.ts';
import { planText, type PlanInput } from '../render/plan.ts';
import { requestLines } from '../render/requests.ts';
import { theme } from '../render/theme.ts';
import { acts, kinds } from '../steps/index.ts';
import { openChecklist } from './open-checklist.ts';
import { partialPlan } from './partial-plan.ts';
import type { GlobalOptions, Shell, Terminal } from './shell.ts';

/** How golive asks AWS: several at once where it can. */
const joins = (operation: string): boolean => joinableOf(operation) !== undefined;

export interface ShowOptions extends GlobalOptions {
  readonly values?: string;
  readonly calls?: boolean;
}

/** Exit 0, or 3 with every mistake when the checklist or the values have any. Inputs without a value stay `${name}`. */
export async function show(
  name: string,
  options: ShowOptions,
  shell: Shell & { readonly terminal?: Pick<Terminal, 'width' | 'colour' | 'unicode'> },
): Promise<number> {
  const opened = await openChecklist(name, shell);
  const { checklist, shown } = opened;
  const { plan, inputs } = await partialPlan(opened, options.values, shell);
  const head = { path: shown, digest: checklist.digest, inputs: inputWords(inputs, checklist.body.inputs ?? {}) };
  const width = Math.min(120, shell.terminal?.width ?? 100);
  if (options.calls === true) {
    const calls = requestsOf(plan, { kinds, acts, joins });
    const page = { width, theme: theme(shell.terminal ?? { colour: false, unicode: true }) };
    const { path, digest } = head;
    if (options.json === true) shell.out(JSON.stringify({ path, digest, ...calls }, null, 2));
    else for (const line of requestLines(page, calls, 1 + Object.keys(plan.accounts).length)) shell.out(line);
  } else if (options.json === true) shell.out(JSON.stringify({ ...head, plan }, null, 2));
  else shell.out(planText(plan, head, width));
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
