// The orders around a change: before it is sent, what became of it, and the way back. Each refuses what makes no sense.

import {
  actsLeft,
  actsReached,
  actStands,
  actsThatStand,
  hasWayBack,
  actTakenBackBy,
  inPlace,
  takingBack,
  wasSent,
  wayBackBegun,
} from './acts.ts';
import type { Decision } from './decide.ts';
import type { Bodies, NewEvent } from './events.ts';
import { tooFewAgreed } from './decide-words.ts';
import { approvalsOf } from './people.ts';
import { backIdsOf, findStep, type Plan } from './plan.ts';
import { stepState, type ActState, type State } from './state.ts';

/** `step` is the id of an act, or of a part of the way back of one (`backIdsOf`). */
export type ActOrder =
  | {
      readonly order: 'intend';
      readonly step: string;
      readonly run: string;
      readonly class: Bodies['act.intent']['class'];
      /** Digests of blobs that are kept already. */
      readonly request: string;
      readonly before: string;
      /** `SEQ:HASH` of the sign-offs it rests on (`approvalsOf`). */
      readonly go: readonly string[];
    }
  | {
      readonly order: 'act-result';
      readonly step: string;
      readonly result: 'done' | 'already' | 'refused' | 'failed';
      /** Digest of what it answered, a blob that is kept already; empty without. */
      readonly after?: string;
      readonly change: string;
      readonly requests: readonly string[];
      readonly reason: string;
    }
  | {
      readonly order: 'reconcile';
      readonly step: string;
      readonly result: Bodies['act.reconciled']['result'];
      readonly by: string;
      readonly reason: string;
    }
  /** `to`: the gate it reaches back to, empty for all. `plan`: the digest of what was confirmed. */
  | { readonly order: 'open-rollback'; readonly by: string; readonly to: string; readonly plan: string }
  | { readonly order: 'close-rollback'; readonly result: 'done' | 'partial' };

type OrderOf<K extends ActOrder['order']> = Extract<ActOrder, { order: K }>;

/** What a change is marked with at the other side, where there is room for it: the run and the line of its intent. */
export function markOf(run: string, seq: number): string {
  return `golive ${run}/${seq}`;
}

/** What an order around a change leads to. */
export function decideAct(order: ActOrder, plan: Plan, state: State): Decision {
  switch (order.order) {
    case 'intend':
      return intend(order, plan, state);
    case 'act-result':
      return result(order, state);
    case 'reconcile':
      return reconcile(order, state);
    case 'open-rollback':
      return openRollback(order, plan, state);
    case 'close-rollback':
      return closeRollback(order, plan, state);
    default:
      return order satisfies never;
  }
}

function intend(order: OrderOf<'intend'>, plan: Plan, state: State): Decision {
  const known = stepState(state, order.step);
  const act = findStep(plan, order.step);
  const back = actTakenBackBy(plan, order.step);
  if (act?.nature !== 'changes' && back === undefined) return refuse(`${order.step} is not an act`);
  if (state.opened?.mode === 'dry-run') return refuse('a dry run takes no act');
  const offered = back !== undefined || plan.rollback.some(({ id }) => id === order.step);
  if (!offered && takingBack(state)) return refuse('a way back is under way: nothing else is changed');
  if (offered && !takingBack(state)) return refuse('no way back was begun');
  if (!known.running) return refuse(`${order.step} is not running`);
  if (known.act?.outcome === 'unknown')
    return refuse(`it is not known what became of the last change of ${order.step}`);
  const agreed = offered ? undefined : tooFewAgreed(act, state);
  if (agreed !== undefined) return refuse(agreed);
  const { step, class: sort, request, before, go } = order;
  const rests = approvalsOf(plan, state, step);
  if (go.map((head) => Number(head.split(':')[0])).join() !== rests.join())
    return refuse(
      `${step} rests on the sign-offs in lines ${rests.map((seq) => seq + 1).join(', ')}, and names others`,
    );
  const over = act !== undefined && actStands(state, act) ? known.act?.seq : undefined;
  const token = tokenAgain(known.act, order, state.at) ?? markOf(order.run, state.seq);
  return one({
    kind: 'act.intent',
    body: {
      step,
      attempt: known.attempt,
      class: sort,
      request,
      before,
      token,
      ...(over !== undefined && { over }),
      go,
    },
  });
}

/** For how long the other side knows a token, in ms: ECS says a day. */
const tokenMs = 20 * 3_600_000;

/** The same request under the token it was sent with before: if that one arrives late, it happened once all the same. */
function tokenAgain(
  known: ActState | undefined,
  { class: sort, request }: OrderOf<'intend'>,
  now: string,
): string | undefined {
  const lost = known?.outcome === 'not-applied' ? known : known?.lost;
  if (sort !== 'token' || lost?.request !== request) return undefined;
  return Date.parse(now) - Date.parse(lost.at) < tokenMs ? lost.token : undefined;
}

function result(order: OrderOf<'act-result'>, state: State): Decision {
  const known = stepState(state, order.step);
  const pending = known.act?.outcome === 'unknown';
  if (!known.running) return refuse(`${order.step} is not running`);
  if ((order.result === 'done' || order.result === 'failed') && !pending)
    return refuse(`${order.step} sent nothing that could be ${order.result}`);
  if (order.result === 'already' && pending)
    return refuse(`${order.step} sent something: what became of it has to be found out`);
  const { step, result: came, after = '', change, requests, reason } = order;
  const body = { step, attempt: known.attempt, result: came, after, requests, change, reason };
  return one({ kind: 'act.result', body });
}

function reconcile(order: OrderOf<'reconcile'>, state: State): Decision {
  const { act } = stepState(state, order.step);
  if (act?.outcome !== 'unknown') return refuse(`what became of ${order.step} is known`);
  if (order.reason.trim() === '') return refuse('finding out what became of a change needs its reason');
  const { step, result: found, by, reason } = order;
  return one({ kind: 'act.reconciled', body: { step, attempt: act.attempt, result: found, by, reason } });
}

function openRollback(order: OrderOf<'open-rollback'>, plan: Plan, state: State): Decision {
  if (takingBack(state)) return refuse('a way back is under way already');
  if (actsThatStand(plan, state).length === 0 && plan.rollback.length === 0)
    return refuse('nothing that was changed stands');
  const { by, to, plan: digest } = order;
  return one({ kind: 'rollback.open', body: { by, to, plan: digest } });
}

/**
 * A way back that came through ends the run. One that did not leaves red every act that something was ever sent for: none
 * of them may count as passed, and a person has to decide.
 */
function closeRollback(order: OrderOf<'close-rollback'>, plan: Plan, state: State): Decision {
  if (!takingBack(state)) return refuse('no way back is under way');
  const left = actsLeft(plan, state, state.rollback?.to ?? '');
  if (order.result === 'done' && left.length > 0)
    return refuse(`${left.map(({ id }) => id).join(', ')} was not taken back`);
  const unknown = plan.rollback.filter(({ id }) => stepState(state, id).act?.outcome === 'unknown');
  if (order.result === 'done' && unknown.length > 0)
    return refuse(`what became of ${unknown.map(({ id }) => id).join(', ')} is not known`);
  const closed: NewEvent = { kind: 'rollback.close', body: { result: order.result } };
  if (order.result === 'done') return { events: [closed] };
  const reds = actsReached(plan, state.rollback?.to ?? '')
    .filter((act) => hasWayBack(act) && wasSent(stepState(state, act.id).act))
    .map((act): NewEvent => {
      const { id } = act;
      const stands = actStands(state, act);
      const back = wayBackBegun(state, act) && backIdsOf(act).every((part) => inPlace(stepState(state, part).act));
      const reason = !stands
        ? 'this was taken back'
        : back
          ? 'it was taken back, and that was not seen to take effect'
          : 'a way back was begun and did not come through; this still stands';
      const seen = { facts: '', observed_at: state.at, requests: [], findings: [], looks: 0 };
      const verdict = stands ? 'inconclusive' : 'fail';
      return {
        kind: 'step.verdict',
        body: { step: id, attempt: stepState(state, id).attempt, verdict, reason, ...seen },
      };
    });
  // First the reds: whoever dies in between finds the way back still under way, and none of its acts passed.
  return { events: [...reds, closed] };
}

function one(event: NewEvent): Decision {
  return { events: [event] };
}

function refuse(refused: string): Decision {
  return { refused };
}
