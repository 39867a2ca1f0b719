// (order, state) → events, or a refusal with its reason. Each order a person or the runner can give has one function.

import {
  actTakenBackBy,
  changedAsItSays,
  frozenBy,
  frozenWords,
  isBroughtAbout,
  readersOf,
  takingBack,
  wayBackBegun,
} from './acts.ts';
import { decideAct, type ActOrder } from './decide-acts.ts';
import { decideAmend, type AmendOrder } from './decide-amend.ts';
import type { Bodies, NewEvent } from './events.ts';
import { findStep, stepsOf, type Plan, type Step } from './plan.ts';
import { stepState, type State } from './state.ts';

/** What a person or the runner wants to happen. Imperative where events are past tense. */
export type Order =
  | ActOrder
  | AmendOrder
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
  | {
      readonly order: 'vote';
      readonly step: string;
      readonly role: string;
      readonly decision: 'go' | 'no-go';
      readonly by: string;
      readonly comment: string;
    }
  | {
      readonly order: 'waive';
      readonly step: string;
      readonly by: string;
      readonly role: string;
      readonly reason: string;
      readonly until: string;
    }
  | {
      readonly order: 'attest';
      readonly step: string;
      readonly by: string;
      readonly evidence: string;
      readonly second: string;
      readonly signoff: number;
    }
  | { readonly order: 'pause' | 'stop'; readonly by: string; readonly reason: string; readonly step: string }
  | { readonly order: 'resume'; readonly by: string }
  | { readonly order: 'note'; readonly by: string; readonly step: string; readonly text: string }
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
    case 'vote':
      return vote(order, plan, state);
    case 'waive':
      return waive(order, plan, state);
    case 'attest':
      return attest(order, plan, state);
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

function vote(order: OrderOf<'vote'>, plan: Plan, state: State): Decision {
  const step = findStep(plan, order.step);
  if (step?.work.type !== 'gate') return refuse(`${order.step} is not a gate`);
  if (!step.work.poll.includes(order.role)) return refuse(`${order.role} has no vote at ${order.step}`);
  const known = stepState(state, order.step);
  if (!known.running) return refuse(`${order.step} was not opened for votes`);
  const { role, decision, by, comment } = order;
  return events({
    kind: 'gate.vote',
    body: { step: order.step, attempt: known.attempt, role, decision, by, comment, signoff: -1 },
  });
}

function waive(order: OrderOf<'waive'>, plan: Plan, state: State): Decision {
  const step = findStep(plan, order.step);
  const known = stepState(state, order.step);
  if (step === undefined || known.verdict === undefined) return refuse(`${order.step} has no verdict to waive`);
  if (step.severity === 'critical') return refuse(`${order.step} is critical: it cannot be waived`);
  if (step.work.type === 'gate') return refuse('a gate cannot be waived: it is the decision');
  if (known.verdict.verdict === 'pass' || known.verdict.verdict === 'skip')
    return refuse(`${order.step} needs no waiver`);
  if (step.nature === 'changes' && !isBroughtAbout(state, step))
    return refuse(`${order.step} changed nothing that is known: what comes after it would have nothing to stand on`);
  if (order.reason.trim() === '') return refuse('a waiver needs a reason');
  const { by, role, reason, until } = order;
  return events({
    kind: 'step.waive',
    body: { step: order.step, attempt: known.attempt, by, role, reason, until, signoff: -1 },
  });
}

function attest(order: OrderOf<'attest'>, plan: Plan, state: State): Decision {
  const step = findStep(plan, order.step);
  const known = stepState(state, order.step);
  const verdict = known.verdict?.verdict;
  if (step === undefined || verdict === undefined) return refuse(`${order.step} has no verdict to attest`);
  if (verdict !== 'error' && verdict !== 'inconclusive')
    return refuse(`${order.step} was looked at and is ${verdict}: attesting is for what the machine could not look at`);
  if (step.work.type === 'gate') return refuse('a gate cannot be attested: it is the decision');
  if (step.nature === 'changes' && !isBroughtAbout(state, step) && known.act?.outcome !== 'unknown')
    return refuse(`${order.step} sent nothing: retry it, and it finds out whether what it wants is in place`);
  if (order.evidence.trim() === '') return refuse('attesting needs the evidence you saw');
  if (step.severity === 'critical' && (order.second === '' || order.second === order.by))
    return refuse(`${order.step} is critical: a second person has to attest it`);
  if (Object.keys(step.capture).length > 0)
    return refuse(`${order.step} captures values that later steps read: it cannot be attested, only retried`);
  const { by, evidence, second, signoff } = order;
  return events({
    kind: 'step.attest',
    body: { step: order.step, attempt: known.attempt, by, evidence, second, signoff },
  });
}

function events(...list: readonly NewEvent[]): Decision {
  return { events: list };
}

function refuse(refused: string): Decision {
  return { refused };
}
