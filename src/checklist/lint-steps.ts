// Rules about single steps: what may stand together, and what a step refers to by id or role.

import { parseDuration } from '../engine/duration.ts';
import { asList, callOfStep, recheckOf, undoNamesIn, type StepAt } from './calls.ts';
import { isTemplate } from './interpolate.ts';
import { didYouMean } from './lint-top.ts';
import type { Lint } from './lint.ts';
import { parseInterval } from './offset.ts';
import type { StepBody } from './schema.ts';

export function lintSteps(lint: Lint): void {
  for (const at of lint.steps) {
    roles(lint, at);
    references(lint, at);
    const { step } = at;
    if (step.probe !== undefined) probe(lint, at);
    if (step.gate !== undefined) gate(lint, at);
    if (step.ask !== undefined && step.wait !== undefined)
      lint.report.key(step, 'wait', 'an ask waits for its person; `wait` is for probes');
    if (step.ask?.secret === true && step.capture !== undefined)
      lint.report.key(step, 'capture', 'the answer is a secret: it is kept nowhere, so nothing can be captured of it');
    if (step.wait !== undefined) lookedFor(lint, step.wait);
    waive(lint, at);
    condition(lint, step, step.when);
  }
  for (const section of lint.body.phases.flatMap((phase) => phase.sections)) condition(lint, section, section.when);
}

function roles(lint: Lint, { step, section }: StepAt): void {
  role(lint, step, 'owner', step.owner);
  role(lint, section, 'owner', section.owner);
  if (step.waive !== undefined) role(lint, step.waive, 'by', step.waive.by);
  for (const [index, name] of (step.gate?.poll ?? []).entries()) role(lint, step.gate?.poll ?? [], index, name);
}

function role(
  { body, mentioned, report }: Lint,
  container: object,
  key: string | number,
  name: string | undefined,
): void {
  const known = Object.keys(body.roles ?? {});
  if (name === undefined || known.includes(name) || mentioned.has(name)) return;
  report.value(container, key, `there is no role \`${name}\``, didYouMean(name, known));
}

function references(lint: Lint, { step, index }: StepAt): void {
  for (const [at, need] of (step.needs ?? []).entries()) {
    const [container, key, id] = typeof need === 'string' ? [step.needs ?? [], at, need] : [need, 'step', need.step];
    above(lint, container, key, id, index, 'needs');
  }
  if (typeof step.probe === 'object') {
    rechecked(lint, step.probe, recheckOf(step), index);
    const asks = lint.steps.filter(({ step: other }) => other.ask !== undefined && recheckOf(step).includes(other.id));
    for (const { step: asked } of asks)
      lint.report.value(step.probe, 'recheck', `\`${asked.id}\` is an ask: only a person can look again`);
  }
  if (step.gate === undefined) return;
  rechecked(lint, step.gate, step.gate.recheck === 'critical' ? [] : asList(step.gate.recheck), index);
  const barring = step.gate.not_by_who_ran ?? [];
  for (const [at, id] of barring.entries()) {
    const target = above(lint, barring, at, id, index, 'bars who ran');
    if (target !== undefined && target.step.act === undefined)
      lint.report.value(barring, at, `\`${id}\` is not an act: nobody runs it`);
  }
}

function rechecked(lint: Lint, holder: { recheck?: unknown }, ids: readonly string[], index: number): void {
  for (const [at, id] of ids.entries()) {
    const [container, key] = Array.isArray(holder.recheck) ? [holder.recheck as object, at] : [holder, 'recheck'];
    const target = above(lint, container, key, id, index, 'rechecks');
    if (target === undefined) continue;
    if (target.step.probe === undefined && target.step.ask === undefined) {
      lint.report.value(container, key, `\`${id}\` is neither a probe nor an ask: there is nothing to check again`);
    }
    if (recheckOf(target.step).length > 0) {
      lint.report.value(
        container,
        key,
        `\`${id}\` is itself a recheck`,
        `recheck \`${recheckOf(target.step).join('`, `')}\``,
      );
    }
    if (target.step.hold !== undefined) {
      const hint = 'write a step with a `hold` of its own';
      lint.report.value(container, key, `\`${id}\` holds for ${target.step.hold.for}: it is not watched again`, hint);
    }
    const act = actBetween(lint, target, index);
    if (act !== undefined && connectsElsewhere(lint, target)) {
      const message = `\`${id}\` connects to an address of its own, and \`${act}\` stands between`;
      lint.report.value(container, key, message, 'below the act write a step without `connect_to`: the way users go');
    }
  }
}

/** The act below `target` and above the step with this index: what was looked at is not what users reach any more. */
function actBetween({ steps }: Lint, target: StepAt, index: number): string | undefined {
  return steps.find((at) => at.step.act !== undefined && at.index > target.index && at.index < index)?.step.id;
}

function connectsElsewhere({ body, kinds }: Lint, { step }: StepAt): boolean {
  return 'connect_to' in (callOfStep(step, body, kinds)?.args ?? {});
}

/** The step a reference leads to, if it stands above; if not, that is reported. */
export function above(
  lint: Lint,
  container: object,
  key: string | number,
  id: string,
  index: number,
  verb: string,
): StepAt | undefined {
  const target = lint.steps.find(({ step }) => step.id === id);
  if (target !== undefined && target.index < index) return target;
  const ids = lint.steps.flatMap(({ step }) => (lint.touched.has(step) ? [] : [step.id]));
  if (target !== undefined) lint.report.value(container, key, `it ${verb} \`${id}\`, which does not stand above it`);
  // A line that only names a way back is mentioned, and is no step.
  else if (!lint.mentioned.has(id) || undoNamesIn(lint.body).some((entry) => entry.id === id))
    lint.report.value(container, key, `there is no step \`${id}\``, didYouMean(id, ids));
  return undefined;
}

function probe(lint: Lint, { step }: StepAt): void {
  const { body, report, kinds, mentioned, touched } = lint;
  if (typeof step.probe === 'string') {
    const known = Object.keys(body.probes ?? {});
    if (!known.includes(step.probe) && !mentioned.has(step.probe)) {
      report.value(step, 'probe', `there is no named probe \`${step.probe}\``, didYouMean(step.probe, known));
    }
  }
  const again = recheckOf(step).length > 0;
  if (again) {
    for (const key of ['expect', 'wait', 'capture'] as const) {
      if (step[key] !== undefined) report.key(step, key, `a recheck takes \`${key}\` from the step it checks again`);
    }
  } else if (step.expect === undefined ? !touched.has(step) : step.expect.length === 0 && !touched.has(step.expect)) {
    const hint = 'say what must hold of the facts';
    if (step.expect === undefined)
      report.value(step, undefined, `\`${step.id}\` expects nothing, so it proves nothing`, hint);
    else report.value(step, 'expect', `\`${step.id}\` expects nothing, so it proves nothing`, hint);
  }
  const call = callOfStep(step, body, kinds);
  if (step.wait !== undefined && call?.kind.nature(call.args) === 'pokes') {
    report.key(step, 'wait', 'a probe that pokes is sent once; `wait` would send it again and again');
  }
}

function gate({ body, report }: Lint, { step }: StepAt): void {
  for (const key of ['expect', 'wait', 'capture', 'waive'] as const) {
    if (step[key] !== undefined) report.key(step, key, `a gate takes no \`${key}\`: it rechecks, then asks`);
  }
  const need = step.gate?.need;
  const poll = step.gate?.poll ?? [];
  if (typeof need === 'object' && need.at_least > poll.length) {
    report.value(need, 'at_least', `only ${poll.length} can say go`);
  }
  if (step.gate?.different_people === true && poll.length < 2)
    report.value(step.gate, 'different_people', 'only one role is asked, so nobody can count twice');
  if (new Set(poll).size < poll.length) report.value(step.gate ?? body, 'poll', 'a role is asked twice');
}

/** A `wait` has to leave time for more than one look. */
export function lookedFor({ report }: Lint, wait: NonNullable<StepBody['wait']>): void {
  const every = parseInterval(wait.every ?? '5s');
  const limit = parseDuration(wait.for) ?? 0;
  if (limit === 0) report.value(wait, 'for', '`for` is no time at all');
  else if (every !== undefined && every.min > limit)
    report.value(wait, 'every', `it would look every ${wait.every ?? '5s'} for only ${wait.for}`);
}

function waive({ report }: Lint, { step, section }: StepAt): void {
  if (step.waive === undefined || (step.severity ?? section.severity) !== 'critical') return;
  report.key(step, 'waive', 'a critical step cannot be waived', 'make it required, or leave `waive` out');
}

function condition(
  { names, mentioned, report }: Lint,
  holder: object,
  when: Readonly<Record<string, unknown>> | undefined,
): void {
  const known = [...names].filter(([, { sort }]) => sort === 'value' || sort === 'input').map(([name]) => name);
  for (const [name, wanted] of Object.entries(when ?? {})) {
    if (isTemplate(wanted)) report.value(when ?? holder, name, '`when` compares with what is written: no `${}` here');
    if (known.includes(name) || name === 'target' || mentioned.has(name)) continue;
    report.key(
      when ?? holder,
      name,
      `\`when\` is decided at the start, by values and inputs: \`${name}\` is none`,
      didYouMean(name, known),
    );
  }
}
