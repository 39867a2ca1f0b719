// What the engine's decisions do not say by themselves: whether the turn had come, whose word it is, and what a pass needs.

import { takingBack } from './acts.ts';
import { amendmentOf } from './amend.ts';
import { refusals } from './amend-refusals.ts';
import { decide } from './decide.ts';
import { deferral } from './defer.ts';
import { differences } from './difference.ts';
import { formatDuration } from './duration.ts';
import type { Bodies, RunEvent } from './events.ts';
import { openPoll, pollOf, signs } from './people.ts';
import { beginsTooEarly, closesTooEarly, graceMs, isOver, opensTooEarly, unsettledAbove } from './placement.ts';
import { findStep, stepsOf, type Plan, type Step } from './plan.ts';
import { differs } from './procedure-orders.ts';
import { sealBody } from './rollup.ts';
import { stepState, type State } from './state.ts';

/** What an event is held against. */
export interface Held {
  readonly plan: Plan;
  /** The plan that an amendment brings. */
  readonly after?: Plan | undefined;
  /** Before the event. */
  readonly state: State;
  /** Phases that the amendment just before opens once more. */
  readonly reopen: readonly string[];
}

/** Why this could not come then, in words that go on from what it is; undefined: it could. */
export function ruleBroken(held: Held, event: RunEvent): string | undefined {
  const { plan, state } = held;
  const at = Date.parse(event.at);
  switch (event.kind) {
    case 'value.set':
      return captured(held, event.body);
    case 'clock.set':
      return event.body.source === 'gate' && !saysGo(held) ? 'no gate with a point of no return says go' : undefined;
    case 'phase.open':
      return opensTooEarly(plan, state, event.body.phase, held.reopen, at);
    case 'phase.close':
      return closesTooEarly(plan, state, event.body.phase, at);
    case 'step.start': {
      const step = stepsOf(plan).find(({ id }) => id === event.body.step);
      return step && beginsTooEarly(plan, state, step, event.body.why, at);
    }
    case 'step.verdict':
      return verdict(held, event, at);
    case 'step.defer':
      return deferred(held, event.body, at);
    case 'ask.answer':
      return findStep(plan, event.body.step)?.nature === 'asks' ? undefined : 'it asks nothing';
    case 'act.intent':
      return change(held, event.body.step, at);
    case 'gate.vote':
    case 'step.attest':
      return isOver(state);
    case 'step.waive':
      return isOver(state) ?? tooLong(held, event.body, at);
    case 'rollback.close':
      return leftGreen(held, event.body.result);
    case 'checklist.amend':
      return amended(held, event.body);
    case 'seal':
      return sealed(held, event.body, at);
    default:
      return undefined;
  }
}

/** What is captured stands until the step that captures it begins anew, or captures it no longer. */
function captured({ plan, state }: Held, { name, json, source, step: id }: Bodies['value.set']): string | undefined {
  if (id === '') return undefined;
  const captures = (step: string): boolean => Object.hasOwn(findStep(plan, step)?.capture ?? {}, name);
  const { running, interrupted } = stepState(state, id);
  if (source !== 'capture' || !captures(id)) return `${id} captures no ${name}`;
  if (!running && !interrupted) return `${id} is not running`;
  const was = state.values[name];
  if (was === undefined || (was.step === id && was.json === json)) return undefined;
  const stands = was.step === '' ? Object.hasOwn(plan.names, name) : captures(was.step);
  return stands ? `${was.step || 'the run'} has another ${name} already` : undefined;
}

function saysGo({ plan, state }: Held): boolean {
  return stepsOf(plan).some((gate) => {
    const work = openPoll(gate, state);
    return work?.pointOfNoReturn === true && pollOf(plan, state, gate.id, work).verdict === 'pass';
  });
}

function verdict(held: Held, event: Extract<RunEvent, { kind: 'step.verdict' }>, at: number): string | undefined {
  const { plan, state } = held;
  const { step: id, verdict: seen, reason } = event.body;
  const step = findStep(plan, id);
  const { running, interrupted, verdict: before, answer } = stepState(state, id);
  if (seen === 'skip') {
    const open = step !== undefined && !running && before === undefined && state.phases[step.phase] === 'open';
    return open && step.skip === reason ? undefined : 'the checklist does not skip it';
  }
  if (!running && !interrupted) return takingBack(state) ? notRed(held, event) : 'it is not running';
  if (step?.nature === 'asks' && answer === undefined) return 'nobody has answered it';
  const nature = step?.nature ?? 'changes';
  if (interrupted && (nature === 'looks' || nature === 'changes')) return 'it was interrupted, and not begun again';
  if (interrupted && nature === 'pokes' && seen !== 'inconclusive')
    return 'it was interrupted: whether it arrived nobody knows';
  return seen === 'pass' && step !== undefined ? noPass(held, step, at) : undefined;
}

function noPass({ plan, state }: Held, { id, work, capture }: Step, at: number): string | undefined {
  const missing = Object.keys(capture).find((name) => state.values[name]?.step !== id);
  if (missing !== undefined) return `it captured no ${missing}`;
  if (work.type !== 'gate') return undefined;
  if (work.poll.length === 0) return 'nobody is polled there';
  const open = state.opened?.mode === 'run' ? unsettledAbove(plan, state, id, at - graceMs) : undefined;
  return open && `${open.id} above it is not settled`;
}

/** Where the checklist says for how long something may be accepted, nobody accepts it for longer, or without an end. */
function tooLong({ plan }: Held, { step: id, until }: Bodies['step.waive'], at: number): string | undefined {
  const most = findStep(plan, id)?.waive?.untilMs;
  if (most === undefined || (until !== '' && Date.parse(until) <= at + most)) return undefined;
  return `it holds ${until === '' ? 'for the whole run' : `until ${until}`}, and ${formatDuration(most)} is the most there`;
}

/** Reds that a way back leaves when it does not come through stand before its end. */
function notRed({ plan, state }: Held, event: Extract<RunEvent, { kind: 'step.verdict' }>): string | undefined {
  const red = redsOf(plan, state).find(({ body }) => body.step === event.body.step);
  return red === undefined ? 'it is not running' : differs(red, event, ['observed_at']);
}

function leftGreen({ plan, state }: Held, result: Bodies['rollback.close']['result']): string | undefined {
  if (result === 'done') return undefined;
  const green = redsOf(plan, state).find(({ body }) => {
    const { verdict: seen } = stepState(state, body.step);
    return seen?.verdict !== body.verdict || seen.reason !== body.reason;
  });
  return green && `${green.body.step} was not made red before`;
}

type NewVerdict = { readonly kind: 'step.verdict'; readonly body: Bodies['step.verdict'] };

function redsOf(plan: Plan, state: State): readonly NewVerdict[] {
  const decision = decide({ order: 'close-rollback', result: 'partial' }, plan, state);
  return 'refused' in decision
    ? []
    : decision.events.filter((made): made is NewVerdict => made.kind === 'step.verdict');
}

function deferred(
  { plan, state }: Held,
  { step: id, reason, on }: Bodies['step.defer'],
  at: number,
): string | undefined {
  const step = findStep(plan, id);
  const known = stepState(state, id);
  const open = !known.running && known.verdict === undefined && known.deferred === undefined;
  if (step === undefined || !open || state.phases[step.phase] !== 'open') return 'it is not open';
  const why = deferral(plan, onlyFor(step, on), state, { now: at, silent: new Set([on]) });
  return why?.reason === reason && why.on === on ? undefined : 'this run decides it';
}

/** Several are put off at once: what else it refers to may be undecided by now, and was not when that was said. */
function onlyFor(step: Step, on: string): Step {
  const { hold: _, ...rest } = step;
  const { work, hold } = step;
  return {
    ...rest,
    needs: step.needs.filter((need) => need.step === on),
    readers: step.readers.filter((id) => id === on),
    work: work.type === 'probe' && work.recheck ? { ...work, recheck: work.recheck.filter((id) => id === on) } : work,
    ...(hold?.since === on && { hold }),
  };
}

/** A change of a phase comes when all above it is settled: gates have passed then, and nothing was passed over. */
function change({ plan, state }: Held, id: string, at: number): string | undefined {
  const step = stepsOf(plan).find((one) => one.id === id);
  if (step === undefined) return undefined;
  const over = isOver(state);
  if (over !== undefined || state.opened?.mode !== 'run') return over;
  const open = unsettledAbove(plan, state, id, at - graceMs);
  return open && `${open.id} above it is not settled`;
}

/** An amendment that was not compared, or that one person agreed to where it takes two, is none. */
function amended({ plan, after, state }: Held, { by, second, touched }: Bodies['checklist.amend']): string | undefined {
  if (state.opened?.mode !== 'run') return 'only a run is amended';
  if (after === undefined) return undefined;
  const amendment = amendmentOf(plan, after, state);
  const [refused] = refusals(plan, after, state, amendment);
  if (refused !== undefined) return refused;
  const lost = differences(amendment.touched.toSorted(), touched.toSorted());
  if (lost.length > 0)
    return `it touches ${amendment.touched.join(', ') || 'nothing'}, and says ${touched.join(', ') || 'nothing'}`;
  const [critical] = amendment.critical;
  if (critical === undefined || (second !== '' && second.toLowerCase() !== by.toLowerCase())) return undefined;
  return `it touches ${critical}, and ${by} alone agreed to it`;
}

function sealed({ plan, state }: Held, { result, exit, counts }: Bodies['seal'], at: number): string | undefined {
  const says = { result, exit, counts };
  const outcomes = [at, at - graceMs].map((now) => sealBody(plan, state, now));
  if (outcomes.some((outcome) => differences(outcome, says).length === 0)) return undefined;
  const [first] = outcomes.flatMap((outcome) => differences(outcome, says));
  return `its ${first?.path ?? ''} is ${String(first?.after)}, and by the lines before it is ${String(first?.before)}`;
}

/** Who attests beside whoever writes it has to be somebody else, with another key. */
export function oneAttested(state: State, { step, second, signoff }: Bodies['step.attest']): string | undefined {
  if (second === '' || !signs(state)) return undefined;
  const { principal, key } = state.session ?? {};
  const word = stepState(state, step).signoffs.find(({ seq }) => seq === signoff);
  return second === principal || word?.key === key ? `${second} writes it: that is one person` : undefined;
}
