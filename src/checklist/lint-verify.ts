// Rules about how the effect of a change is seen where its kind does not see it by itself.

import { callOfStep, undoParts, verifiesOf } from './calls.ts';
import { didYouMean } from './lint-top.ts';
import { lookedFor } from './lint-steps.ts';
import type { Lint } from './lint.ts';
import type { AnyAct } from '../steps/index.ts';
import type { VerifyBody } from './schema.ts';

/** It sees that its task ended well, and not what the task was to bring about. */
const seesItsEnd: readonly string[] = ['ecs.run_task'];

/** Whether what the change was to bring about is for the checklist to look at. */
export function takesVerify(kind: AnyAct): boolean {
  return kind.sees === undefined || seesItsEnd.includes(kind.name);
}

export function lintVerify(lint: Lint): void {
  for (const { step } of lint.steps) {
    if (step.act !== undefined) belongs(lint, step, Object.keys(step.act));
    for (const part of undoParts(step)) belongs(lint, part, Object.keys(part));
    for (const verify of verifiesOf(step)) looks(lint, verify);
  }
}

function belongs({ acts, report }: Lint, holder: { readonly verify?: VerifyBody }, names: readonly string[]): void {
  const kind = acts.find(({ name }) => names.includes(name));
  if (holder.verify === undefined || kind === undefined || takesVerify(kind)) return;
  report.key(
    holder,
    'verify',
    `\`${kind.name}\` reads its own effect: it takes no \`verify\``,
    'look with a step below',
  );
}

function looks(lint: Lint, verify: VerifyBody): void {
  const { body, kinds, mentioned, report, touched } = lint;
  const named = Object.keys(body.probes ?? {});
  const { probe } = verify;
  if (typeof probe === 'string' && !named.includes(probe) && !mentioned.has(probe))
    report.value(verify, 'probe', `there is no named probe \`${probe}\``, didYouMean(probe, named));
  if (verify.expect.length === 0 && !touched.has(verify.expect))
    report.value(verify, 'expect', 'this expects nothing, so it proves nothing', 'say what must hold of the facts');
  const call = callOfStep(verify, body, kinds);
  if (verify.wait === undefined) return;
  if (call?.kind.nature(call.args) === 'pokes')
    report.key(verify, 'wait', 'a probe that pokes is sent once; `wait` would send it again and again');
  lookedFor(lint, verify.wait);
}
