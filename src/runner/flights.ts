// The looks that are under way side by side: started, resting between two looks, landed, or stopped when somebody leaves.

import type { Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { liveLine, type UnderWay } from '../render/live.ts';
import { performLook } from './look.ts';
import { stateOf, type Session } from './session.ts';

export interface Flights {
  has(step: string): boolean;
  /** How many are under way, resting or not. */
  count(): number;
  /** True while one of them is looking right now. */
  active(): boolean;
  /** `again`: a person asked for it. */
  launch(step: Step, again?: 'retry' | 'again'): void;
  /** Resolves when one lands, begins to rest or goes on. */
  change(): Promise<void>;
  /** Resolves when all have landed. */
  all(): Promise<void>;
  /** Throws what went wrong with writing one down: the store, never the look. */
  check(): void;
  /** Stops them; a look that still waits stays started, without a verdict. */
  stop(): Promise<void>;
}

/** `landed` is called after each verdict is written. Time stands still for a look, except while it rests. */
export function openFlights(session: Session, landed: (step: Step) => void): Flights {
  const under = new Map<string, { readonly over: Promise<void>; stop(): void }>();
  const resting = new Set<string>();
  const far = new Map<string, UnderWay>();
  const bell = openBell();
  let failure: { readonly error: unknown } | undefined;

  function launch(step: Step, again?: 'retry' | 'again'): void {
    const why = again ?? (stepState(stateOf(session), step.id).interrupted ? 'interrupted' : 'due');
    const own = new AbortController();
    const stop = (): void => own.abort(session.signal.reason);
    session.signal.addEventListener('abort', stop, { once: true });
    const rests = (way: UnderWay | undefined): void => {
      if (way === undefined) resting.delete(step.id);
      else {
        resting.add(step.id);
        far.set(step.id, way);
        session.screen.live(liveLine(far));
      }
      bell.ring();
    };
    // What comes after another step must not rest on what was read before that one was settled.
    const fresh = step.needs.length > 0 || step.readers.length > 0;
    const over = session.world.clock
      .task(() => performLook({ ...session, signal: own.signal }, step, { why, fresh, resting: rests }))
      .then(() => landed(step))
      .catch((error: unknown) => {
        // Somebody may be at a prompt and nobody waiting here: kept until the loop comes by.
        failure ??= { error };
      })
      .finally(() => {
        session.signal.removeEventListener('abort', stop);
        under.delete(step.id);
        if (far.delete(step.id)) session.screen.live(liveLine(far));
        bell.ring();
      });
    under.set(step.id, { over, stop });
  }

  return {
    has: (step) => under.has(step),
    count: () => under.size,
    active: () => [...under.keys()].some((id) => !resting.has(id)),
    launch,
    change: () => bell.rung(),
    all: async () => void (await Promise.all([...under.values()].map(({ over }) => over))),
    check: () => {
      if (failure) throw failure.error;
    },
    stop: async () => {
      const left = [...under.values()];
      for (const flight of left) flight.stop();
      await Promise.all(left.map(({ over }) => over));
    },
  };
}

/** Rings for everybody who listens at that moment. */
function openBell(): { ring(): void; rung(): Promise<void> } {
  let listening: (() => void)[] = [];
  return {
    ring: () => {
      const heard = listening;
      listening = [];
      for (const hear of heard) hear();
    },
    rung: () => new Promise((resolve) => listening.push(resolve)),
  };
}
