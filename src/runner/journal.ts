// One run being written: an event is durable before state moves and before anything is shown.

import { decide, type Order } from '../engine/decide.ts';
import type { NewEvent, RunEvent, SessionOpening } from '../engine/events.ts';
import { evolve, evolveAll } from '../engine/evolve.ts';
import type { Json } from '../engine/json.ts';
import type { Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { factsText } from '../log/canonical.ts';
import { encodeEvent, formatAt, hashLine } from '../log/line.ts';
import { readEvents } from '../log/replay.ts';
import type { SessionKey } from '../log/session-key.ts';
import type { Clock, RunStore } from '../world.ts';
import { scrubEvent, toldText } from './scrub.ts';
import { scrubJson, type Scrub } from './scrubber.ts';

/** How far the own clock may be behind the newest event before appending is refused, in ms. */
const lagMaxMs = 5000;

export interface Journal {
  readonly run: string;
  state(): State;
  /** The newest line as `seq:hash`: what an anchor keeps elsewhere. */
  head(): string;
  /** Every line so far, without LF. */
  lines(): readonly Uint8Array[];
  /** Begins a session with its first line, made around what was granted. Comes before everything else. */
  begin(opening: (session: SessionOpening) => NewEvent): Promise<void>;
  /** Appends events in order; resolves when all are durable. */
  append(events: readonly NewEvent[]): Promise<void>;
  /** Decides and appends. Returns the refusal, or undefined. */
  order(order: Order): Promise<string | undefined>;
  /** Takes secret values out of a text, and nothing else. */
  readonly scrub: Scrub;
  /** A text as it is written and shown: without secret values, and without what looks like one. */
  told(text: string): string;
  /** Keeps JSON as a blob and returns its digest. */
  keep(facts: Json): Promise<string>;
  /** Keeps bytes as they are as a blob and returns their digest. */
  keepBytes(bytes: Uint8Array): Promise<string>;
}

/** What lines are signed with, how long a person allowed that (ms since 1970), and that person's word on it. */
export interface Grant {
  readonly key: SessionKey;
  readonly from: number;
  readonly until: number;
  readonly session: SessionOpening;
}

export interface JournalOptions {
  readonly run: string;
  readonly store: RunStore;
  readonly clock: Clock;
  /** Asks a person to let a fresh key write. `head` is the newest event's `at`, empty in a new run. */
  readonly grant: (head: string) => Promise<Grant>;
  /** The lines that are there; empty for a new run. */
  readonly lines: readonly Uint8Array[];
  readonly plan: Plan;
  /** Takes secret values out of every text that is written. */
  readonly scrub: Scrub;
  /** Called after the event is durable and state has moved. */
  readonly shown: (event: RunEvent, before: State, after: State) => void;
}

/** Opens the journal of a run; replays what is there. */
export function openJournal(options: JournalOptions): Journal {
  const { run, store, clock, plan } = options;
  let grant: Grant | undefined;
  let refusedEarly = false;
  let broken: { readonly error: unknown } | undefined;
  const lines = [...options.lines];
  const last = lines.at(-1);
  let state = evolveAll(readEvents(lines));
  let prev = last === undefined ? '0'.repeat(64) : hashLine(last);
  let queue: Promise<unknown> = Promise.resolve();

  async function write(told: NewEvent): Promise<void> {
    const at = notBefore(state.at, clock.now());
    if (grant === undefined) throw new GoliveError('internal', 'a line was written before a session began');
    if (Date.parse(at) > grant.until) throw runOut(grant);
    const { key } = grant;
    const clean = scrubEvent(told, options.scrub);
    const line = encodeEvent({ run, seq: state.seq, at, sid: key.sid, prev, key, ...clean });
    const answer = await store.append(run, state.seq, line).catch(breaks);
    if (typeof answer === 'object') {
      throw new GoliveError('conflict', `another process wrote event ${state.seq} of run ${run}`, {
        hint: 'Only one session may write at a time. `golive status` says who is at it; then `golive resume` here.',
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

  async function begin(opening: (session: SessionOpening) => NewEvent): Promise<void> {
    grant = await options.grant(state.at);
    refusedEarly = false;
    await write(opening(grant.session));
  }

  /**
   * Goes on in another session when half the time of this one is over: a line outside its grant makes the log invalid.
   * Only while no step is under way, which a new session would take for interrupted. Whoever cannot sign now is asked
   * again when the time is over.
   */
  async function renew(): Promise<void> {
    const now = clock.now();
    if (grant === undefined || state.session === undefined || now <= (grant.from + grant.until) / 2) return;
    const late = now > grant.until;
    if ((refusedEarly && !late) || Object.values(state.steps).some((step) => step.running)) return;
    try {
      await begin((session) => ({ kind: 'session.open', body: { session } }));
    } catch (error) {
      if (late || !(error instanceof GoliveError && error.code === 'key')) throw error;
      refusedEarly = true;
    }
  }

  /** After a write that failed nobody knows what is on the disk: nothing more is written over it. */
  function breaks(error: unknown): never {
    broken ??= { error };
    throw error;
  }

  function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = queue.then(() => {
      if (broken) throw broken.error;
      return work();
    });
    queue = mine.catch(() => undefined);
    return mine;
  }

  const keepBytes = (bytes: Uint8Array): Promise<string> => store.putBlob(run, bytes).catch(breaks);

  const writeAll = async (events: readonly NewEvent[]): Promise<void> => {
    for (const event of events) await write(event);
  };

  return {
    run,
    state: () => state,
    head: () => `${state.seq - 1}:${prev}`,
    lines: () => lines,
    begin: (opening) => exclusively(() => begin(opening)),
    append: (events) => exclusively(() => writeAll(events)),
    order: (order) =>
      exclusively(async () => {
        await renew();
        const decision = decide(order, plan, state);
        if ('refused' in decision) return decision.refused;
        await writeAll(decision.events);
        return undefined;
      }),
    scrub: options.scrub,
    told: (text) => toldText(text, options.scrub),
    keep: (facts) => keepBytes(new TextEncoder().encode(factsText(scrubJson(facts, options.scrub)))),
    keepBytes,
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

function runOut(grant: Grant): GoliveError {
  return new GoliveError('grant', `this session may write until ${formatAt(grant.until)}, and that is over`, {
    hint: 'Nothing was written after that, and the log is whole. Go on with `golive resume`; what was under way starts again.',
    exit: 2,
  });
}
