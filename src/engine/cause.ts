// What lies behind an error: steps that wait for a probe that could not look have the cause of that probe.

import type { SeenVerdict } from './state.ts';

const waiting = /^waits for [A-Za-z0-9_.-]+: /;

/** The reason of an error that waits for the named probe. */
export function waitsFor(probe: string, reason: string): string {
  return `waits for ${probe}: ${reason}`;
}

/** The reason without what waits for it: equal causes are told, and retried, as one. */
export function causeOf(reason: string): string {
  let cause = reason;
  while (waiting.test(cause)) cause = cause.replace(waiting, '');
  return cause;
}

/** What kept a step from being looked at at all, where others may have been kept from it by the same; undefined: it is its own. */
export function sharedCause({
  verdict,
  findings,
  reason,
}: Pick<SeenVerdict, 'verdict' | 'findings' | 'reason'>): string | undefined {
  const unseen = verdict === 'error' || (verdict === 'inconclusive' && findings.length === 0);
  return unseen && reason !== '' ? causeOf(reason) : undefined;
}
