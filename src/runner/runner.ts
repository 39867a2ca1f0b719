// The loop: ask the engine what may happen next, do it, until the run is decided, has to wait, or somebody leaves.

import { next, type Turn, type View } from '../engine/next.ts';
import { stepsOf } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { forgetAll } from './again.ts';
import { openFlights, type Flights } from './flights.ts';
import { isLeave, type Leave } from './people.ts';
import { must, stateOf, type Session } from './session.ts';
import { takeTurn, type Taken } from './turns.ts';

/** A session closes rather than idle longer than this, in ms. */
const idleMaxMs = 600_000;

/** Why the loop ended. `later`: nothing is due before `until` (ms; Infinity: when T is set). `stuck`: nobody here can go on. */
export type Ending =
  | { readonly end: 'done' | 'stuck' | 'interrupted' }
  | { readonly end: 'later'; readonly until: number }
  | ({ readonly end: 'left' } & Leave);

/** Works on the run until nothing more can be done in this session. Does not close or seal it. */
export async function workOn(session: Session): Promise<Ending> {
  let asking = false;
  // What lands while a person is asked waits behind the question, and is counted there.
  const flights = openFlights(session, () => asking && session.flush());
  const turns = async (turn: Turn): Promise<Taken | 'interrupted'> => {
    asking = true;
    try {
      return await takeTurn(session, turn).catch(unlessInterrupted);
    } finally {
      asking = false;
    }
  };
  return session.world.clock.task(async () => {
    try {
      return await loop(session, flights, turns);
    } finally {
      // Nothing may be written after the session's last line.
      await flights.stop();
    }
  });
}

async function loop(
  session: Session,
  flights: Flights,
  turns: (turn: Turn) => Promise<Taken | 'interrupted'>,
): Promise<Ending> {
  const { clock } = session.world;
  const silent = new Set<string>();
  const over = aborted(session.signal);
  await settleInterrupted(session);
  for (;;) {
    flights.check();
    if (session.signal.aborted) return { end: 'interrupted' };
    const view: View = { now: clock.now(), silent };
    const due = next(session.plan, stateOf(session), view);
    if (due.orders.length > 0) {
      for (const order of due.orders) {
        if (order.order === 'open-phase') forgetAll(session);
        await must(session, order);
      }
      continue;
    }
    if (due.done) return { end: 'done' };
    for (const step of due.looks) if (!flights.has(step.id)) flights.launch(step);
    if (!flights.active()) session.flush();
    if (!flights.active() && due.turn) {
      const taken = await turns(due.turn);
      if (taken === 'interrupted') return { end: 'interrupted' };
      if (isLeave(taken)) return { end: 'left', ...taken };
      if (taken === 'silent' && due.turn.what === 'red') {
        // Nobody here decides about it, but the cause may be among what is still looked at.
        if (flights.count() === 0) return { end: 'stuck' };
        await clock.rest(flights.all());
      } else if (taken === 'silent') {
        silent.add(due.turn.step.id);
      } else {
        // A person took their time, and may have changed something.
        forgetAll(session);
      }
      continue;
    }
    if (flights.count() > 0) {
      await clock.rest(Promise.race([flights.change(), over]));
      continue;
    }
    if (due.until === undefined) return { end: 'stuck' };
    if (due.until - view.now > idleMaxMs) return { end: 'later', until: due.until };
    await clock.sleep(due.until - view.now, session.signal);
    forgetAll(session);
  }
}

/** Whether a poke that was under way arrived cannot be known: a person decides. Looks simply run again. */
async function settleInterrupted(session: Session): Promise<void> {
  const state = stateOf(session);
  const now = formatAt(session.world.clock.now());
  for (const step of stepsOf(session.plan)) {
    if (step.nature !== 'pokes' || !stepState(state, step.id).interrupted) continue;
    const reason = 'the session ended while it was under way: it may or may not have arrived';
    const seen = {
      verdict: 'inconclusive',
      facts: '',
      observed_at: now,
      requests: [],
      findings: [],
      reason,
      looks: 1,
    } as const;
    await must(session, { order: 'judge', step: step.id, captures: {}, seen });
  }
}

/** An open question ends with the process: what it was about stays open. */
function unlessInterrupted(error: unknown): 'interrupted' {
  if (error instanceof GoliveError && error.code === 'interrupted') return 'interrupted';
  throw error;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
