// What one process tells others about its session, and what it hears from them.

import { setMaxListeners } from 'node:events';
import type { Presence, StopAsked } from '../runner/presence.ts';

/** A session that only begins. `signal` aborts with the process. */
export function openPresence(signal: AbortSignal): Presence {
  const heard = new AbortController();
  const over = new AbortController();
  // Every request and sleep of a turn listens to it.
  setMaxListeners(0, heard.signal, over.signal);
  if (signal.aborted) over.abort(signal.reason);
  else signal.addEventListener('abort', () => over.abort(signal.reason), { once: true });
  let words = 'beginning';
  let asked: StopAsked | undefined;
  let closed = false;
  return {
    doing: (what) => {
      words = what;
    },
    what: () => words,
    ask: (stop) => {
      if (closed) return 'its session is just ending by itself';
      if (asked) return `${asked.by} is ending it already`;
      asked = stop;
      heard.abort();
      return undefined;
    },
    asked: () => asked,
    heard: heard.signal,
    signal: over.signal,
    end: () => over.abort(),
    close: () => {
      closed = true;
    },
  };
}
