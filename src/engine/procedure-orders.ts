// The order that makes an event: given to `decide` before the event, it has to lead to exactly that event.

import { decide, type Order } from './decide.ts';
import { differences } from './difference.ts';
import type { NewEvent, RunEvent } from './events.ts';
import type { Plan } from './plan.ts';
import { stepState, type State } from './state.ts';

/**
 * Why the engine does not bring forth this event in this state, or undefined. What was seen, answered or said is taken
 * from the event: only whether it could be written then, and so, is looked at.
 */
export function notDecided(plan: Plan, state: State, event: RunEvent, run: string): string | undefined {
  const order = orderOf(event, state, run);
  if (order === undefined) return undefined;
  const decision = decide(order, plan, state);
  return 'refused' in decision ? decision.refused : differs(madeBy(order, decision.events), event);
}

/** The order behind an event; undefined where none is needed: whoever is there may write it. */
function orderOf(event: RunEvent, state: State, run: string): Order | undefined {
  switch (event.kind) {
    case 'phase.open':
      return { order: 'open-phase', ...event.body };
    case 'phase.close':
      return { order: 'close-phase', ...event.body };
    case 'step.start':
      return { order: 'start', step: event.body.step, why: event.body.why };
    case 'step.verdict': {
      const { step, attempt: _, ...seen } = event.body;
      if (seen.verdict === 'skip') return { order: 'skip', step, reason: seen.reason };
      const { running, interrupted } = stepState(state, step);
      // What is not under way is judged by the end of a way back, together with everything it leaves.
      if (!running && !interrupted) return undefined;
      return { order: 'judge', step, seen, captures: {} };
    }
    case 'step.defer':
      return { order: 'defer', ...event.body };
    case 'ask.answer':
      return { order: 'answer', ...event.body };
    case 'step.claim':
      return { order: 'claim', ...event.body };
    case 'signoff': {
      const { principal: by, attempt, seen, ...body } = event.body;
      const known = stepState(state, body.step);
      return { order: 'sign', ...body, by, attempt: attempt ?? known.attempt, seen: seen ?? event.seq - 1 };
    }
    case 'gate.vote':
      return { order: 'vote', ...event.body };
    case 'step.waive':
      return { order: 'waive', ...event.body };
    case 'step.attest':
      return { order: 'attest', ...event.body };
    case 'act.intent':
      return { order: 'intend', run, ...event.body };
    case 'act.result':
      return { order: 'act-result', ...event.body };
    case 'act.reconciled':
      return { order: 'reconcile', ...event.body };
    case 'rollback.open':
      return { order: 'open-rollback', ...event.body };
    case 'rollback.close':
      return { order: 'close-rollback', ...event.body };
    case 'checklist.amend':
      return { order: 'amend', ...event.body, reopen: [] };
    default:
      return undefined;
  }
}

/** An order may bring several events: the one it is named after is the last. */
function madeBy(order: Order, events: readonly NewEvent[]): NewEvent | undefined {
  return order.order === 'amend' ? events[0] : events.at(-1);
}

/** The first place at which the event is not the one that comes then, in words. */
export function differs(made: NewEvent | undefined, event: RunEvent, but: readonly string[] = []): string | undefined {
  const [first] = differences(made?.body, event.body).filter(({ path }) => !but.includes(path));
  if (made?.kind !== event.kind) return 'it is not what comes then';
  return first && `its ${first.path} is ${show(first.after)}, and ${show(first.before)} is what comes then`;
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}
