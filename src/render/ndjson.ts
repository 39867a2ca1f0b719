// One event as one line of JSON, for programs.

import type { RunEvent } from '../engine/events.ts';
import { withoutOrders } from './json.ts';

/** The event with its run; grants and other statements are left to the log itself. */
export function eventLine(run: string, event: RunEvent): string {
  const { seq, at, kind, body } = event;
  return withoutOrders(
    JSON.stringify({ run, seq, at, kind, body }, (key, value: unknown) =>
      key === 'grant' || key === 'statement' ? undefined : value,
    ),
  );
}
