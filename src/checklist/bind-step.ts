// One step for one target: what it inherits, what it reads, what sort of work it is.

import type { Expectation } from '../engine/expectation.ts';
import { parseDuration } from '../engine/duration.ts';
import type { GateWork, Nature, Severity, Step } from '../engine/plan.ts';
import { questionOf } from './answers.ts';
import { bindAct } from './bind-act.ts';
import { bindCall, bindExpectations, bindWait } from './bind-call.ts';
import { bindHold, bindNeeds } from './bind-hold.ts';
import { checkLoads } from './bind-load.ts';
import type { Bind } from './bind.ts';
import { asList, callOfStep, recheckOf, verifiesOf, type StepAt } from './calls.ts';
import { fillKnown, fillText } from './interpolate.ts';
import { rootsIn } from './links.ts';
import { positionText } from './places.ts';
import { asJson } from './written.ts';
import type { StepBody } from './schema.ts';

const severities: readonly Severity[] = ['critical', 'required', 'advisory'];

/** Binds one step. `above` holds the steps above it, which a recheck refers to. */
export function bindStep(bound: Bind, at: StepAt, above: ReadonlyMap<string, Step>): Step {
  const { step, section, phase } = at;
  const { scope, checklist } = bound;
  const again = recheckOf(step).flatMap((id) => above.get(id) ?? []);
  const owner = step.owner ?? section.owner;
  const skip = skipOf(bound, at);
  const only = again.length === 1 ? again[0] : undefined;
  const wait = step.wait === undefined ? only?.wait : bindWait(bound, step.wait);
  const { work, nature } = bindWork(bound, at, again);
  if (skip === undefined) checkLoads(bound, step);
  return {
    id: step.id,
    title: fillText(step.title, scope),
    phase: phase.id,
    source: asList(step.source),
    severity: severityOf(bound, at),
    ...(owner === undefined ? {} : { owner }),
    nature,
    work,
    ...(skip === undefined ? {} : { skip }),
    needs: bindNeeds(step),
    ...readsOf(bound, step, again),
    ...(wait === undefined ? {} : { wait }),
    ...(step.hold === undefined ? {} : { hold: bindHold(step.hold, remembers(bound, step)) }),
    expect: only === undefined ? expectOf(bound, step) : only.expect,
    capture: step.capture ?? {},
    ...(step.waive === undefined ? {} : { waive: bindWaive(bound, step.waive) }),
    ...(step.fix === undefined ? {} : { fix: fillText(step.fix, scope) }),
    position: positionText(checklist.source, step),
  };
}

function remembers({ checklist, kinds }: Bind, step: StepBody): boolean {
  return callOfStep(step, checklist.body, kinds)?.kind.history !== undefined;
}

function ms(duration: string): number {
  return parseDuration(duration) ?? 0;
}

function severityOf(bound: Bind, { step, section }: StepAt): Severity {
  const holder = step.severity === undefined ? section : step;
  const filled = fillKnown(holder.severity ?? 'required', bound.scope);
  const severity = severities.find((one) => one === filled);
  if (severity === undefined) {
    const message = `\`severity\` is ${JSON.stringify(filled)} for this target`;
    bound.report.value(holder, 'severity', message, 'it is critical, required or advisory');
    return 'required';
  }
  if (severity === 'critical' && step.waive !== undefined) {
    bound.report.key(step, 'waive', 'a critical step cannot be waived, and this one is critical for this target');
  }
  return severity;
}

/** Why a step does not apply, in words; both its own `when` and its section's must hold. */
function skipOf(bound: Bind, { step, section }: StepAt): string | undefined {
  for (const [name, wanted] of Object.entries({ ...section.when, ...step.when })) {
    const value = bound.scope[name];
    // Only a plan that is merely shown has inputs without a value: then the step is shown.
    if (value === undefined || value === wanted) continue;
    if (value !== null && wanted !== null && typeof value !== typeof wanted) {
      // "true" is never true: a step must not be left out for a slip of the pen.
      const holder = step.when !== undefined && name in step.when ? step.when : (section.when ?? step);
      const message = `\`when\` compares ${name} with ${JSON.stringify(wanted)}, and it is ${JSON.stringify(value)} for this target`;
      bound.report.value(
        holder,
        name,
        message.slice(0, 300),
        'the two are of different types, so they are never equal',
      );
    }
    return `only when ${name} is ${JSON.stringify(wanted)}; it is ${JSON.stringify(value)}`;
  }
  return undefined;
}

function bindWork(bound: Bind, at: StepAt, again: readonly Step[]): Pick<Step, 'work' | 'nature'> {
  const { step } = at;
  if (step.gate !== undefined) return { nature: 'decides', work: gateWork(step.gate) };
  if (step.act !== undefined) return { nature: 'changes', work: bindAct(bound, at, step.act) };
  if (step.ask !== undefined) {
    const question = questionOf(step.ask);
    const check = bindExpectations(bound, Object.keys(question.check).length === 0 ? [] : [question.check])[0];
    const ask = { ...question, question: fillText(question.question, bound.scope), check: check ?? {} };
    return { nature: 'asks', work: { type: 'ask', ask, evidence: step.ask.evidence === 'required' } };
  }
  if (again.length > 0) {
    const nature: Nature = again.some((one) => one.nature === 'pokes') ? 'pokes' : 'looks';
    return { nature, work: { type: 'probe', recheck: again.map(({ id }) => id) } };
  }
  const call = callOfStep(step, bound.checklist.body, bound.kinds);
  const named = typeof step.probe === 'string' ? { named: step.probe } : {};
  // Lint lets no step through without a probe of a known kind.
  if (call === undefined) return { nature: 'looks', work: { type: 'probe', ...named } };
  return { nature: call.kind.nature(call.args), work: { type: 'probe', call: bindCall(bound, call), ...named } };
}

function gateWork(gate: NonNullable<StepBody['gate']>): GateWork {
  return {
    type: 'gate',
    recheck: gate.recheck ?? [],
    poll: gate.poll,
    need: gate.need ?? 'all',
    differentPeople: gate.different_people ?? false,
    barred: gate.not_by_who_ran ?? [],
    pointOfNoReturn: gate.point_of_no_return ?? false,
  };
}

/** An ask that expects nothing is content with a yes, or with any answer of the right form. */
function expectOf(bound: Bind, step: StepBody): readonly Expectation[] {
  if (step.expect !== undefined || step.ask === undefined) return bindExpectations(bound, step.expect ?? []);
  return [step.ask.confirm === undefined ? { path: 'answer', ne: null } : { path: 'answer', eq: true }];
}

function readsOf(bound: Bind, step: StepBody, again: readonly Step[]): Pick<Step, 'probes' | 'readers'> {
  const { probe, act, ask, expect, wait, verify, undo } = step;
  const roots = rootsIn([probe, act, ask, expect, wait, verify, undo].map(asJson));
  const named = [probe, ...verifiesOf(step).map((one) => one.probe)].filter((one) => typeof one === 'string');
  const { probes, readers } = bound.links.of([...named, ...roots], 'with');
  return {
    probes: [...new Set([...probes, ...again.flatMap((one) => one.probes)])],
    readers: [...new Set([...readers, ...again.flatMap((one) => one.readers)])],
  };
}

function bindWaive(bound: Bind, waive: NonNullable<StepBody['waive']>): NonNullable<Step['waive']> {
  return {
    by: waive.by,
    ...(waive.until === undefined ? {} : { untilMs: ms(waive.until) }),
    ...(waive.ask === undefined ? {} : { ask: fillText(waive.ask, bound.scope) }),
  };
}
