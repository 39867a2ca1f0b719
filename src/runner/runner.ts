// The loop: ask the engine what may happen next, do it, until the run is decided, has to wait, or somebody leaves.

import { next, type View } from '../engine/next.ts';
import type { Step } from '../engine/plan.ts';
import { stepsOf } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { performLook } from './look.ts';
import { isLeave, type Leave } from './people.ts';
import { must, stateOf, type Session } from './session.ts';
import { takeTurn } from './turns.ts';

/** A session closes rather than idle longer than this, in ms. */
const idleMaxMs = 600_000;

/** Why the loop ended. `later`: nothing is due before `until` (ms; Infinity: when T is set). `stuck`: nobody here can go on. */
export type Ending =
  | { readonly end: 'done' | 'stuck' | 'interrupted' }
  | { readonly end: 'later'; readonly until: number }
  | ({ readonly end: 'left' } & Leave);

/** Works on the run until nothing more can be done in this session. Does not close or seal it. */
export async function workOn(session: Session): Promise<Ending> {
  return session.world.clock.task(() => loop(session));
}

async function loop(session: Session): Promise<Ending> {
  const silent = new Set<string>();
  const inFlight = new Map<string, Promise<void>>();
  const resting = new Set<string>();
  const changed = bell();
  const over = aborted(session.signal);
  await settleInterrupted(session);
  for (;;) {
    if (session.signal.aborted) return { end: 'interrupted' };
    const view: View = { now: session.world.clock.now(), silent };
    const due = next(session.plan, stateOf(session), view);
    if (due.orders.length > 0) {
      for (const order of due.orders) {
        if (order.order === 'open-phase') forgetAll(session);
        await must(session, order);
      }
      continue;
    }
    if (due.done) return { end: 'done' };
    for (const step of due.looks) {
      if (!inFlight.has(step.id)) launch(session, step, inFlight, resting, changed);
    }
    const active = [...inFlight.keys()].some((id) => !resting.has(id));
    if (!active && due.turn) {
      session.flush();
      const taken = await takeTurn(session, due.turn).catch(unlessInterrupted);
      if (taken === 'interrupted') return { end: 'interrupted' };
      if (isLeave(taken)) return { end: 'left', ...taken };
      if (taken === 'silent' && due.turn.what === 'red') return { end: 'stuck' };
      if (taken === 'silent') silent.add(due.turn.step.id);
      continue;
    }
    if (inFlight.size > 0) {
      if (!active) session.flush();
      await session.world.clock.rest(Promise.race([...inFlight.values(), changed.rung(), over]));
      continue;
    }
    session.flush();
    if (due.until === undefined) return { end: 'stuck' };
    if (due.until - view.now > idleMaxMs) return { end: 'later', until: due.until };
    await session.world.clock.sleep(due.until - view.now, session.signal);
  }
}

/** Starts a look beside the others. Time stands still for it, except while it rests between two looks. */
function launch(
  session: Session,
  step: Step,
  inFlight: Map<string, Promise<void>>,
  resting: Set<string>,
  changed: Bell,
): void {
  const why = stepState(stateOf(session), step.id).interrupted ? 'interrupted' : 'due';
  const rests = (yes: boolean): void => {
    if (yes) resting.add(step.id);
    else resting.delete(step.id);
    changed.ring();
  };
  const work = session.world.clock
    .task(() => performLook(session, step, { why, fresh: false, resting: rests }))
    .finally(() => inFlight.delete(step.id));
  inFlight.set(step.id, work);
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

function forgetAll(session: Session): void {
  session.aws.forget();
  session.reader.forget();
}

interface Bell {
  ring(): void;
  /** Resolves at the next ring. */
  rung(): Promise<void>;
}

function bell(): Bell {
  let { promise, resolve } = deferred();
  return {
    ring: () => {
      resolve();
      ({ promise, resolve } = deferred());
    },
    rung: () => promise,
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
