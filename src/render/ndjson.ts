// One event as one line of JSON, for programs.

import type { RunEvent } from '../engine/events.ts';

/** The event with its run; grants and other statements are left to the log itself. */
export function eventLine(run: string, event: RunEvent): string {
  return JSON.stringify(
    { run, seq: event.seq, at: event.at, kind: event.kind, body: event.body },
    (key, value: unknown) => (key === 'grant' || key === 'statement' ? undefined : value),
  );
}
