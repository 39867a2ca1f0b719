// What stands above a change or a gate and does not hold any more: whoever was asked may have taken their time.

import { unsettledAbove } from '../engine/placement.ts';
import type { Step } from '../engine/plan.ts';
import { stateOf, type Session } from './session.ts';

/** The first step above it that is not settled right now, in a run that goes past none. A way back has nothing above it. */
export function unsettledNow(session: Session, id: string): Step | undefined {
  const state = stateOf(session);
  if (state.opened?.mode !== 'run') return undefined;
  return unsettledAbove(session.plan, state, id, session.world.clock.now());
}
