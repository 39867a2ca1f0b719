// Tells others what happens in a run, beside it: events are queued, sent one after another, and never waited for. What
// could not be sent is written down, and nothing else comes of it.

import type { RunEvent } from '../engine/events.ts';
import type { Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { noticeOf, type Notice } from '../render/notice.ts';
import type { Journal } from './journal.ts';

/** Somewhere notices are sent to. */
export interface Courier {
  /** `the Slack webhook`: how people are told of it, never by its address. */
  readonly name: string;
  /** Resolves when it was taken; else gives why not, as words that go on from the name: `answered 500`. Never throws. */
  send(notice: Notice, signal: AbortSignal): Promise<{ readonly failed: string; readonly again: boolean } | undefined>;
}

export interface NoticesOptions {
  readonly plan: Plan;
  readonly run: string;
  readonly couriers: readonly Courier[];
  /** Who notes down what could not be sent. */
  readonly by: string;
  /** Resolves after so many ms, or when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Says it on the screen where no line can be written any more. */
  readonly say: (text: string) => void;
  /** How long failures wait for others of their cause, in ms. */
  readonly gatherMs?: number;
  /** How long a message that failed waits for its second try, in ms. */
  readonly againMs?: number;
  /** How long the end of a session waits for what is queued, in ms. */
  readonly lastMs?: number;
}

export interface Notices {
  /** Takes note of a durable event; `state` is the state after it. Never throws and never waits. */
  hear(event: RunEvent, state: State): void;
  /** Where failures are written down from now on. */
  at(journal: Journal): void;
  /** Before the last line of a session: waits a moment for what is queued, and writes down how many did not get there. */
  settle(): Promise<void>;
  /** After it: waits a moment for that line too, and sends nothing more. */
  close(): Promise<void>;
}

/** How many notices wait at most. */
const mostQueued = 200;
const tries = 2;

/** Notices to every courier, each with a queue of its own: one that hangs does not hold up another. */
export function openNotices(options: NoticesOptions): Notices {
  const { plan, run, lastMs = 3000 } = options;
  let journal: Journal | undefined;
  const note = async (text: string): Promise<boolean> => {
    try {
      const said = { order: 'note', by: options.by, step: '', text: `notifications: ${text}` } as const;
      return journal !== undefined && (await journal.order(said)) === undefined;
    } catch {
      // Whoever writes the next line meets the same, and says so.
      return false;
    }
  };
  const queues = options.couriers.map((courier) => openQueue(courier, options, note));
  return {
    hear: (event, state) => {
      for (const queue of queues) {
        if (event.kind === 'step.verdict' && event.body.verdict === 'pass') queue.forget(event.body.step);
      }
      const told = noticeOf(event, state, plan, run);
      if (told === undefined || !isWanted(told.notice)) return;
      for (const queue of queues) queue.add(told.notice, told.cause);
    },
    at: (begun) => {
      journal = begun;
    },
    settle: async () => {
      await Promise.all(queues.map((queue) => queue.settle((lastMs * 2) / 3)));
    },
    close: async () => {
      await Promise.all(queues.map((queue) => queue.close(lastMs / 3)));
    },
  };
}

/** A dry run of every push would only be noise: what was wrong with it, and how it ended. */
function isWanted({ mode, kind }: Notice): boolean {
  return mode === 'run' || kind === 'failure' || kind === 'seal';
}

interface Queue {
  add(notice: Notice, cause: string): void;
  /** A step passes: when it fails again, that is told again. */
  forget(step: string): void;
  settle(ms: number): Promise<void>;
  close(ms: number): Promise<void>;
}

function openQueue(
  courier: Courier,
  { pause, say, gatherMs = 1000, againMs = 1000 }: NoticesOptions,
  note: (text: string) => Promise<boolean>,
): Queue {
  const over = new AbortController();
  // Nobody waits for others of a cause, or before a second try, once the session ends.
  const hurry = new AbortController();
  const waiting: { notice: Notice; readonly cause: string; readonly ripe: Promise<void> | undefined }[] = [];
  const told = new Map<string, Set<string>>();
  const troubles = new Set<string>();
  let lost = 0;
  let noted = 0;
  let underWay = false;
  // A seal is signed over the lines that are there: none may come between.
  let quiet = false;
  let sending: Promise<void> | undefined;

  async function sendAll(): Promise<void> {
    for (let next = waiting[0]; next !== undefined && !over.signal.aborted; next = waiting[0]) {
      await next.ripe;
      const taken = waiting.shift();
      if (taken === undefined) break;
      underWay = true;
      await deliver(taken.notice);
      underWay = false;
    }
    sending = undefined;
  }

  async function deliver(notice: Notice): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const failed = await courier.send(notice, over.signal);
      if (failed === undefined) return;
      if (attempt < tries && failed.again && !over.signal.aborted) {
        await pause(againMs, hurry.signal);
        continue;
      }
      lost += 1;
      underWay = false;
      if (over.signal.aborted || troubles.has(failed.failed)) return;
      troubles.add(failed.failed);
      const text = `${courier.name} ${failed.failed}; the run goes on`;
      if (quiet || !(await note(text))) say(text);
      return;
    }
  }

  /** Until everything is sent, but no longer than that. */
  async function idle(ms: number): Promise<void> {
    hurry.abort();
    const enough = new AbortController();
    await Promise.race([sending, pause(ms, enough.signal)]);
    enough.abort();
  }

  const missing = (): number => lost + waiting.length + (underWay ? 1 : 0);
  const messages = (count: number): string => (count === 1 ? '1 message' : `${count} messages`);

  return {
    add: (notice, cause) => {
      if (over.signal.aborted) return;
      if (cause !== '') {
        const steps = told.get(cause);
        steps?.add(notice.step);
        const same = waiting.find((item) => item.cause === cause);
        if (same !== undefined && !same.notice.steps.includes(notice.step))
          same.notice = { ...same.notice, steps: [...same.notice.steps, notice.step] };
        if (steps !== undefined) return;
        told.set(cause, new Set([notice.step]));
      }
      waiting.push({ notice, cause, ripe: cause === '' ? undefined : pause(gatherMs, hurry.signal) });
      if (waiting.length > mostQueued) {
        // That a phase began is what can best be done without.
        const oldest = waiting.findIndex((item) => item.notice.kind.startsWith('phase.'));
        waiting.splice(Math.max(0, oldest), 1);
        lost += 1;
      }
      sending ??= sendAll();
    },
    forget: (step) => {
      for (const [cause, steps] of told) if (steps.has(step)) told.delete(cause);
    },
    settle: async (ms) => {
      await idle(ms);
      quiet = true;
      noted = missing();
      if (noted > 0) await note(`${courier.name}: ${messages(noted)} not delivered when the session ended`);
    },
    close: async (ms) => {
      quiet = true;
      await idle(ms);
      const count = missing();
      over.abort();
      if (count > noted) say(`${courier.name}: ${messages(count)} not delivered, the last one too`);
    },
  };
}
