// The loop: ask the engine what may happen next, do it, until the run is decided, has to wait, or somebody leaves.

import { next, type Turn, type View } from '../engine/next.ts';
import { stepsOf, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { forgetAll } from './again.ts';
import { openFlights, type Flights } from './flights.ts';
import { isLeave, type Leave, type People } from './people.ts';
import { must, stateOf, type Session } from './session.ts';
import { takeTurn, type Taken } from './turns.ts';

/** A session closes rather than idle longer than this, in ms. */
const idleMaxMs = 600_000;

/** Why the loop ended. `later`: nothing is due before `until` (ms; Infinity: when T is set). `stuck`: nobody here can go on. */
export type Ending =
  | { readonly end: 'done' | 'stuck' | 'interrupted' }
  | { readonly end: 'later'; readonly until: number }
  | ({ readonly end: 'left' } & Leave);

/**
 * Works on the run until nothing more can be done in this session. Does not close or seal it. `back`: what the run changed
 * is offered to be taken back before anything else.
 */
export async function workOn(session: Session, back = false): Promise<Ending> {
  let asking = false;
  let aside = false;
  const during = async <T>(may: boolean, reply: () => Promise<T>): Promise<T> => {
    aside = may;
    try {
      return await reply();
    } finally {
      aside = false;
    }
  };
  // Only what has begun nothing yet can be put aside: not a poll, and not the way back, which is what a break asks for.
  const people: People = {
    ...session.people,
    ask: (step) => during(true, () => session.people.ask(step)),
    confirm: (step, shown) => during(true, () => session.people.confirm(step, shown)),
    red: (step, same) => during(step.hold === undefined, () => session.people.red(step, same)),
  };
  const flights = openFlights(session, (step) => {
    // What lands while a person is asked waits behind the question, and is counted there.
    if (asking) session.flush();
    // But what held and broke does not wait.
    if (aside && broke(session, step)) session.people.putAside();
  });
  const turns = async (turn: Turn): Promise<Taken | 'interrupted'> => {
    asking = true;
    try {
      return await takeTurn({ ...session, people }, turn);
    } catch (error) {
      return endOf(error, session);
    } finally {
      asking = false;
    }
  };
  return session.world.clock.task(async () => {
    try {
      return await loop(session, flights, turns, back);
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
  back: boolean,
): Promise<Ending> {
  const { clock } = session.world;
  const silent = new Set<string>();
  let looked = back;
  const over = aborted(session.signal);
  await settleInterrupted(session);
  if (back) {
    const taken = await turns({ what: 'rollback' });
    if (taken === 'interrupted') return { end: 'interrupted' };
    if (isLeave(taken)) return { end: 'left', ...taken };
  }
  for (;;) {
    flights.check();
    if (session.signal.aborted) return { end: 'interrupted' };
    const view: View = { now: clock.now(), silent };
    const due = next(session.plan, stateOf(session), view);
    if (due.orders.length > 0) {
      for (const order of due.orders) {
        // Before the first one nothing was asked but who we are, and that just now.
        if (order.order === 'open-phase' && looked) forgetAll(session);
        looked = true;
        await must(session, order);
      }
      continue;
    }
    if (due.done) return { end: 'done' };
    looked ||= due.looks.length > 0;
    for (const step of due.looks) if (!flights.has(step.id)) flights.launch(step);
    if (!flights.active()) session.flush();
    if (!flights.active() && due.turn) {
      const taken = await turns(due.turn);
      if (taken === 'interrupted') return { end: 'interrupted' };
      if (isLeave(taken)) return { end: 'left', ...taken };
      if (typeof taken === 'object') {
        forgetAll(session);
        for (const step of taken.watch) flights.launch(step, taken.why);
        continue;
      }
      if (taken === 'silent' && (due.turn.what === 'red' || due.turn.what === 'rollback')) {
        // Nobody here decides about it, but the cause may be among what is still looked at.
        if (flights.count() === 0) return { end: 'stuck' };
        await clock.rest(flights.all());
      } else if (taken === 'silent' && 'step' in due.turn) {
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

/** True for a hold that is red now: a person has to know at once. */
function broke(session: Session, step: Step): boolean {
  const state = stateOf(session);
  if (step.hold === undefined || state.opened?.mode !== 'run') return false;
  return standing(step, stepState(state, step.id), session.world.clock.now()) === 'red';
}

/** An open question ends with the process, or is put aside: what it was about stays open. */
function endOf(error: unknown, session: Session): 'interrupted' | 'taken' {
  if (error instanceof GoliveError && error.code === 'interrupted') return 'interrupted';
  if (!(error instanceof GoliveError && error.code === 'put-aside')) throw error;
  session.screen.print('  The question was put aside, because something broke; it is asked again.');
  return 'taken';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
