// Looks that are made again: behind a gate's question, on a person's word, or for all that had one cause.

import type { Bodies } from '../engine/events.ts';
import { findStep, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { liveLine, type UnderWay } from '../render/live.ts';
import { performLook } from './look.ts';
import { stateOf, type Session } from './session.ts';

/** Forgets what was read: something may have happened since. */
export function forgetAll(session: Session): void {
  session.aws.forget();
  session.reader.forget();
}

/**
 * Looks again, side by side, past everything that was read before. What reads a capture of another one comes after it,
 * with what that one captured now; where that one does not hold any more, it is not made, and stays open.
 */
export async function lookAgain(
  session: Session,
  steps: readonly Step[],
  why: Bodies['step.start']['why'],
): Promise<void> {
  forgetAll(session);
  let left = steps;
  const far = new Map<string, UnderWay>();
  while (left.length > 0 && !session.signal.aborted) {
    const waiting = new Set(left.map(({ id }) => id));
    const now = left.filter((step) => !step.readers.some((id) => waiting.has(id)));
    left = left.filter((step) => !now.includes(step));
    const may = now.filter((step) => step.readers.every((id) => isSettled(session, id)));
    const { clock } = session.world;
    const look = async (step: Step): Promise<void> => {
      const resting = (way: UnderWay | undefined): void => {
        if (way !== undefined) session.screen.live(liveLine(far.set(step.id, way)));
      };
      await performLook(session, step, { why, fresh: false, resting });
      if (far.delete(step.id)) session.screen.live(liveLine(far));
    };
    await clock.rest(Promise.all(may.map((step) => clock.task(() => look(step)))));
  }
}

/** Sends a poke, alone, after it was shown what is sent: nothing read before it or for it serves anybody afterwards. */
export async function sendPoke(session: Session, step: Step, why: 'due' | 'retry' | 'again'): Promise<void> {
  forgetAll(session);
  await performLook(session, step, { why, fresh: true, resting: () => undefined });
  forgetAll(session);
}

function isSettled(session: Session, id: string): boolean {
  const step = findStep(session.plan, id);
  return step !== undefined && standing(step, stepState(stateOf(session), id), session.world.clock.now()) === 'settled';
}
