// The loop: ask the engine what may happen next, do it, until the run is decided, has to wait, or somebody leaves.

import { idleMaxMs } from '../engine/forecast.ts';
import { next, type Turn, type View } from '../engine/next.ts';
import type { Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { everyStep } from '../engine/uses.ts';
import { GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { forgetAll } from './again.ts';
import { openFlights, type Flights } from './flights.ts';
import { isLeave, type Leave, type People } from './people.ts';
import { reachable } from './presence.ts';
import { callName, openCalls } from './section.ts';
import { must, stateOf, type Session } from './session.ts';
import { takeTurn, type CallTurn, type Taken } from './turns.ts';

/**
 * Why the loop ended. `later`: nothing is due before `until` (ms; Infinity: when T is set). `stuck`: nobody here can go on.
 * `by`: who ended the run from another terminal.
 */
export type Ending =
  | { readonly end: 'done' | 'stuck' | 'interrupted' }
  | { readonly end: 'later'; readonly until: number }
  | ({ readonly end: 'left'; readonly by?: string } & Leave);

/** Whether a session begins with the way back: to the last gate, or to the beginning of the run. */
export type WayBack = 'none' | 'gate' | 'deeper';

/**
 * Works on the run until nothing more can be done in this session. Does not close or seal it. `back`: what the run changed
 * is offered to be taken back before anything else.
 */
export async function workOn(session: Session, back: WayBack = 'none'): Promise<Ending> {
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
  const reached = reachable(session);
  const inTurn = reached.session;
  const { presence } = session;
  // Only what has begun nothing yet can be put aside: not a poll, and not the way back, which is what a break asks for.
  const people: People = {
    ...inTurn.people,
    ask: (step) => during(true, () => inTurn.people.ask(step)),
    close: (flow) => during(true, () => inTurn.people.close(flow)),
    confirm: (step, shown) => during(true, () => inTurn.people.confirm(step, shown)),
    red: (step, same) => during(step.hold === undefined, () => inTurn.people.red(step, same)),
  };
  const flights = openFlights(session, (step) => {
    // What lands while a person is asked waits behind the question, and is counted there.
    if (asking) session.flush();
    // But what held and broke does not wait.
    if (aside && broke(session, step)) session.people.putAside();
  });
  const turns = async (turn: Turn | CallTurn): Promise<Taken | 'interrupted'> => {
    asking = true;
    presence?.doing(turnWords(turn));
    try {
      return await takeTurn({ ...inTurn, people }, turn);
    } catch (error) {
      return endOf(error, session);
    } finally {
      asking = false;
    }
  };
  presence?.heard.addEventListener('abort', reached.hear, { once: true });
  return session.world.clock.task(async () => {
    try {
      const ending = await loop(session, flights, turns, back);
      const stop = presence?.asked();
      return stop === undefined ? ending : { end: 'left', leave: 'stop', ...stop };
    } finally {
      presence?.heard.removeEventListener('abort', reached.hear);
      // Nothing may be written after the session's last line.
      await flights.stop();
    }
  });
}

async function loop(
  session: Session,
  flights: Flights,
  turns: (turn: Turn | CallTurn) => Promise<Taken | 'interrupted'>,
  back: WayBack,
): Promise<Ending> {
  const { clock } = session.world;
  const silent = new Set<string>();
  // Questions that somebody put aside; `stirred`: something happened since they were all asked again.
  const later = new Set<string>();
  let stirred = true;
  const calls = openCalls(session.plan, session.journal);
  let looked = back !== 'none';
  const { presence } = session;
  const signal = presence === undefined ? session.signal : AbortSignal.any([session.signal, presence.heard]);
  const over = aborted(signal);
  const deadline = session.deadline?.signal;
  await settleInterrupted(session);
  if (back !== 'none') {
    const before = stateOf(session).rollback;
    const taken = await turns({ what: 'rollback', deeper: back === 'deeper' });
    if (taken === 'interrupted') return { end: 'interrupted' };
    if (isLeave(taken)) return { end: 'left', ...taken };
    // Whoever came for the way back and did not take it came for nothing else.
    if (stateOf(session).rollback === before) return { end: 'left', leave: 'pause', reason: 'no way back was taken' };
  }
  for (;;) {
    flights.check();
    if (signal.aborted) return { end: 'interrupted' };
    const view: View = { now: clock.now(), silent: new Set([...silent, ...later]) };
    const due = next(session.plan, stateOf(session), view);
    // Before the phase closes, and behind every red: that is part of what is to be seen.
    const call = flights.active() || due.turn?.what === 'red' ? undefined : calls.due(view.silent, view.now);
    if (call !== undefined) {
      session.flush();
      const taken = await turns({ what: 'close', flow: call });
      if (taken === 'interrupted') return { end: 'interrupted' };
      if (isLeave(taken)) return { end: 'left', ...taken };
      if (taken === 'silent') calls.drop(call);
      continue;
    }
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
        await clock.rest(Promise.race([flights.all(), over]));
      } else if (taken === 'silent' && 'step' in due.turn) {
        silent.add(due.turn.step.id);
      } else if (taken === 'later' && 'step' in due.turn) {
        later.add(due.turn.step.id);
      } else {
        stirred = true;
        // A person took their time, and may have changed something.
        forgetAll(session);
      }
      continue;
    }
    // Nothing else is left for a person to do; whoever puts it aside again means it.
    if (!flights.active() && later.size > 0 && stirred) {
      session.screen.print('  What was put aside is asked again: nothing else is left to answer now.');
      stirred = false;
      later.clear();
      continue;
    }
    if (flights.count() > 0) {
      const count = flights.count();
      presence?.doing(flights.active() ? 'looking' : 'waiting for what it looks at');
      await clock.rest(Promise.race([flights.change(), over]));
      stirred ||= flights.count() < count;
      continue;
    }
    if (due.until === undefined) return { end: 'stuck' };
    if (due.until - view.now > idleMaxMs) return { end: 'later', until: due.until };
    presence?.doing(`waiting until ${formatAt(due.until).slice(11, 19)}Z`);
    await clock.sleep(due.until - view.now, deadline === undefined ? signal : AbortSignal.any([signal, deadline]));
    if (deadline?.aborted && clock.now() < due.until) return { end: 'later', until: due.until };
    forgetAll(session);
  }
}

/** Whether a poke that was under way arrived cannot be known: a person decides. Looks simply run again. */
async function settleInterrupted(session: Session): Promise<void> {
  const state = stateOf(session);
  const now = formatAt(session.world.clock.now());
  for (const step of everyStep(session.plan)) {
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
  if (session.presence?.asked()) return 'taken';
  session.screen.print('  The question was put aside, because something broke; it is asked again.');
  return 'taken';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What a session does in this turn while nobody is asked. */
function turnWords(turn: Turn | CallTurn): string {
  if (turn.what === 'close') return `asking to close ${callName(turn.flow)}`;
  if (turn.what === 'rollback') return 'taking back what was changed';
  const words = {
    ask: 'asking',
    poke: 'sending',
    act: 'at the change of',
    gate: 'looking again for',
    red: 'looking again at',
  };
  return `${words[turn.what]} ${turn.step.id}`;
}
