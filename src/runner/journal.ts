// One run being written: an event is durable before state moves and before anything is shown.

import { decide, type Order } from '../engine/decide.ts';
import type { NewEvent, RunEvent } from '../engine/events.ts';
import { evolve } from '../engine/evolve.ts';
import type { Json } from '../engine/json.ts';
import type { Plan } from '../engine/plan.ts';
import { initialState, type State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { factsText } from '../log/canonical.ts';
import { encodeEvent, formatAt, hashLine } from '../log/line.ts';
import { readEvents } from '../log/replay.ts';
import type { SessionKey } from '../log/session-key.ts';
import type { Clock, RunStore } from '../world.ts';

/** How far the own clock may be behind the newest event before appending is refused, in ms. */
const lagMaxMs = 5000;

export interface Journal {
  readonly run: string;
  state(): State;
  /** The newest line as `seq:hash`: what an anchor keeps elsewhere. */
  head(): string;
  /** Every line so far, without LF. */
  lines(): readonly Uint8Array[];
  /** Appends events in order; resolves when all are durable. */
  append(events: readonly NewEvent[]): Promise<void>;
  /** Decides and appends. Returns the refusal, or undefined. */
  order(order: Order): Promise<string | undefined>;
  /** Takes secret values out of a text that is about to be shown. */
  scrub(text: string): string;
  /** Keeps JSON as a blob and returns its digest. */
  keep(facts: Json): Promise<string>;
}

export interface JournalOptions {
  readonly run: string;
  readonly store: RunStore;
  readonly clock: Clock;
  readonly key: SessionKey;
  /** The lines that are there; empty for a new run. */
  readonly lines: readonly Uint8Array[];
  readonly plan: Plan;
  /** Takes secret values out of every text that is written. */
  readonly scrub: (text: string) => string;
  /** Called after the event is durable and state has moved. */
  readonly shown: (event: RunEvent, before: State, after: State) => void;
}

/** Opens the journal of a run; replays what is there. */
export function openJournal(options: JournalOptions): Journal {
  const { run, store, clock, key, plan } = options;
  const lines = [...options.lines];
  const last = lines.at(-1);
  let state = readEvents(lines).reduce(evolve, initialState());
  let prev = last === undefined ? '0'.repeat(64) : hashLine(last);
  let queue: Promise<unknown> = Promise.resolve();

  async function write(told: NewEvent): Promise<void> {
    const at = notBefore(state.at, clock.now());
    const clean = scrubbed(told, options.scrub);
    const line = encodeEvent({ run, seq: state.seq, at, sid: key.sid, prev, key, ...clean });
    const answer = await store.append(run, state.seq, line);
    if (typeof answer === 'object') {
      throw new GoliveError('conflict', `another process wrote event ${state.seq} of run ${run}`, {
        hint: 'Only one session may write at a time. Look with `golive status`, then `golive resume` here.',
        exit: 2,
      });
    }
    const before = state;
    const event: RunEvent = { seq: state.seq, at, sid: key.sid, ...clean };
    lines.push(line);
    prev = hashLine(line);
    state = evolve(state, event);
    options.shown(event, before, state);
  }

  function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = queue.then(work);
    queue = mine.catch(() => undefined);
    return mine;
  }

  const writeAll = async (events: readonly NewEvent[]): Promise<void> => {
    for (const event of events) await write(event);
  };

  return {
    run,
    state: () => state,
    head: () => `${state.seq - 1}:${prev}`,
    lines: () => lines,
    append: (events) => exclusively(() => writeAll(events)),
    order: (order) =>
      exclusively(async () => {
        const decision = decide(order, plan, state);
        if ('refused' in decision) return decision.refused;
        await writeAll(decision.events);
        return undefined;
      }),
    scrub: options.scrub,
    keep: (facts) => store.putBlob(run, new TextEncoder().encode(options.scrub(factsText(facts)))),
  };
}

/** `at` never goes back: a little lag is bridged, more means that a clock is wrong. */
function notBefore(head: string, now: number): string {
  const own = formatAt(now);
  if (own >= head) return own;
  const lag = Date.parse(head) - now;
  if (lag <= lagMaxMs) return head;
  throw new GoliveError(
    'clock',
    `this machine's clock is ${Math.round(lag / 1000)} s behind the newest event of the run`,
    {
      hint: 'Set the clock (for example with `timedatectl set-ntp true`), then resume the run.',
      exit: 2,
    },
  );
}

/** A copy of the event with the secrets taken out of its texts. */
function scrubbed(event: NewEvent, scrub: (text: string) => string): NewEvent {
  return JSON.parse(JSON.stringify(event), (_, value: unknown) => (typeof value === 'string' ? scrub(value) : value));
}
