// (order, state) → events, or a refusal with its reason. Each order a person or the runner can give has one function.

import { actTakenBackBy, changedAsItSays, frozenBy, frozenWords, readersOf, takingBack, wayBackBegun } from './acts.ts';
import { decideAct, type ActOrder } from './decide-acts.ts';
import { decideAmend, type AmendOrder } from './decide-amend.ts';
import { decideWord, type WordOrder } from './decide-words.ts';
import type { Bodies, NewEvent } from './events.ts';
import { findStep, stepsOf, type Plan, type Step } from './plan.ts';
import { pollOf, staleText, staleVote } from './people.ts';
import { stepState, type State } from './state.ts';

/** What a person or the runner wants to happen. Imperative where events are past tense. */
export type Order =
  | ActOrder
  | AmendOrder
  | WordOrder
  | { readonly order: 'open-phase' | 'close-phase'; readonly phase: string }
  | { readonly order: 'skip'; readonly step: string; readonly reason: string }
  | { readonly order: 'defer'; readonly step: string; readonly reason: string; readonly on: string }
  | { readonly order: 'start'; readonly step: string; readonly why: Bodies['step.start']['why'] }
  | {
      readonly order: 'judge';
      readonly step: string;
      readonly seen: Omit<Bodies['step.verdict'], 'step' | 'attempt'>;
      readonly captures: Readonly<Record<string, string>>;
    }
  | {
      readonly order: 'answer';
      readonly step: string;
      readonly answer: string;
      readonly evidence: string;
      readonly by: string;
      readonly source: Bodies['ask.answer']['source'];
    }
  | { readonly order: 'pause' | 'stop'; readonly by: string; readonly reason: string; readonly step: string }
  | { readonly order: 'resume'; readonly by: string }
  | { readonly order: 'note'; readonly by: string; readonly step: string; readonly text: string }
  | ({ readonly order: 'claim' } & Bodies['step.claim'])
  | ({ readonly order: 'attach' } & Bodies['attach'])
  | {
      readonly order: 'set-value';
      readonly name: string;
      readonly json: string;
      readonly source: Bodies['value.set']['source'];
    }
  | { readonly order: 'set-clock'; readonly t0: string; readonly source: Bodies['clock.set']['source'] }
  | { readonly order: 'close-session'; readonly reason: Bodies['session.close']['reason']; readonly until: string };

export type Decision = { readonly events: readonly NewEvent[] } | { readonly refused: string };

/** What an order leads to. Refusals are sentences for the person who gave it. */
export function decide(order: Order, plan: Plan, state: State): Decision {
  if (state.sealed) return refuse('the run is sealed; nothing can be added to it');
  if (state.opened === undefined || state.session === undefined) return refuse('no session is open');
  switch (order.order) {
    case 'open-phase':
      return events({ kind: 'phase.open', body: { phase: order.phase } });
    case 'close-phase':
      return events({ kind: 'phase.close', body: { phase: order.phase } });
    case 'skip':
      return events(skipped(order.step, order.reason, state));
    case 'defer':
      return events({ kind: 'step.defer', body: { step: order.step, reason: order.reason, on: order.on } });
    case 'start':
      return start(order, plan, state);
    case 'judge':
      return judged(order, plan, state);
    case 'answer':
      return answer(order, state);
    case 'sign':
    case 'vote':
    case 'waive':
    case 'attest':
      return decideWord(order, plan, state);
    case 'pause':
      return events({ kind: 'run.pause', body: { by: order.by, reason: order.reason } });
    case 'stop':
      return events({ kind: 'run.stop', body: { by: order.by, reason: order.reason, step: order.step } });
    case 'resume':
      return events({ kind: 'run.resume', body: { by: order.by } });
    case 'note':
      return order.text.trim() === ''
        ? refuse('an empty note says nothing')
        : events({ kind: 'note', body: { by: order.by, step: order.step, text: order.text } });
    case 'claim':
      return claim(order, plan, state);
    case 'attach':
      return attach(order, plan);
    case 'set-value':
      return events({
        kind: 'value.set',
        body: { name: order.name, json: order.json, source: order.source, step: '' },
      });
    case 'set-clock':
      return events({ kind: 'clock.set', body: { t0: order.t0, source: order.source } });
    case 'amend':
      return decideAmend(order, state);
    case 'close-session':
      return events({ kind: 'session.close', body: { reason: order.reason, until: order.until } });
    default:
      return decideAct(order, plan, state);
  }
}

type OrderOf<K extends Order['order']> = Extract<Order, { order: K }>;

function start(order: OrderOf<'start'>, plan: Plan, state: State): Decision {
  const step = findStep(plan, order.step);
  const known = stepState(state, order.step);
  if (step === undefined && actTakenBackBy(plan, order.step) === undefined)
    return refuse(`there is no step ${order.step}`);
  if (known.running) return refuse(`${order.step} is running`);
  const offered = step === undefined || plan.rollback.includes(step);
  if (offered && !takingBack(state)) return refuse('no way back was begun');
  if (!offered && step.nature === 'changes' && takingBack(state))
    return refuse('a way back is under way: nothing else is changed');
  const frozen = order.why === 'recheck' ? undefined : frozenBy(plan, state, order.step);
  if (frozen) return refuse(frozenWords(order.step, frozen.id));
  // A recheck captures nothing: what was read of it stays as it was.
  const read =
    known.attempt === 0 || order.why === 'recheck' ? [] : [...readersOf(plan, order.step), ...below(plan, state, step)];
  const resets = [...new Set(read.map(({ id }) => id))].filter((id) => stepState(state, id).verdict !== undefined);
  return events({ kind: 'step.start', body: { step: order.step, attempt: known.attempt + 1, why: order.why, resets } });
}

/** What was seen after a change that was taken back says nothing about the same change made once more. */
function below(plan: Plan, state: State, step: Step | undefined): readonly Step[] {
  if (step?.nature !== 'changes' || !wayBackBegun(state, step)) return [];
  const steps = stepsOf(plan);
  return steps.slice(steps.indexOf(step) + 1).filter(({ skip }) => skip === undefined);
}

function judged(order: OrderOf<'judge'>, plan: Plan, state: State): Decision {
  const known = stepState(state, order.step);
  if (!known.running && !known.interrupted) return refuse(`${order.step} is not running`);
  if (order.seen.verdict === 'pass' && !changedAsItSays(plan, state, order.step))
    return refuse(`nothing says that the change of ${order.step} was made: that is no pass`);
  const step = findStep(plan, order.step);
  if (order.seen.verdict === 'pass' && step?.work.type === 'gate' && known.verdict === undefined) {
    if (pollOf(plan, state, step.id, step.work).verdict !== 'pass')
      return refuse(`${step.id} has no go: that is no pass`);
    const stale = staleVote(plan, state, step.id);
    if (stale) return refuse(staleText(stale));
  }
  const captures = Object.entries(order.captures).map(([name, json]): NewEvent => ({
    kind: 'value.set',
    body: { name, json, source: 'capture', step: order.step },
  }));
  // Captures come first: whoever sees the pass may already read them.
  return events(...captures, {
    kind: 'step.verdict',
    body: { step: order.step, attempt: known.attempt, ...order.seen },
  });
}

function skipped(step: string, reason: string, state: State): NewEvent {
  const body = { step, attempt: stepState(state, step).attempt, verdict: 'skip' as const, reason };
  return {
    kind: 'step.verdict',
    body: { ...body, facts: '', observed_at: state.at, requests: [], findings: [], looks: 0 },
  };
}

function answer(order: OrderOf<'answer'>, state: State): Decision {
  const known = stepState(state, order.step);
  if (!known.running) return refuse(`${order.step} was not asked`);
  const { step, answer: text, evidence, by, source } = order;
  return events({ kind: 'ask.answer', body: { step, attempt: known.attempt, answer: text, evidence, by, source } });
}

/** A question is handed to whoever holds the role: it stays open, and nobody is bound to anything. */
function claim({ step: id, role, by }: OrderOf<'claim'>, plan: Plan, state: State): Decision {
  const step = findStep(plan, id);
  if (step?.nature !== 'asks') return refuse(`${id} is no question that could be handed to somebody`);
  if (plan.roles[role] === undefined) return refuse(`there is no role ${role}`);
  if (stepState(state, id).verdict !== undefined) return refuse(`${id} has an answer already`);
  return events({ kind: 'step.claim', body: { step: id, role, by } });
}

/** The file itself is kept by then: its digest names it. */
function attach({ digest, name, size, step, by }: OrderOf<'attach'>, plan: Plan): Decision {
  if (step !== '' && findStep(plan, step) === undefined) return refuse(`there is no step ${step}`);
  return events({ kind: 'attach', body: { digest, name, size, step, by } });
}

function events(...list: readonly NewEvent[]): Decision {
  return { events: list };
}

function refuse(refused: string): Decision {
  return { refused };
}
