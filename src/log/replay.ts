// Lines back into events. Every reader of a log that trusts its own store goes through here; strangers use verify.ts.

import type { RunEvent } from '../engine/events.ts';
import { GoliveError } from '../errors.ts';
import { decodeLine, hashLine, noLine, type ReadLine } from './line.ts';

/**
 * The events of a log, given its lines without LF. Checks form, chain, order and times, but no signatures: the fast
 * path for a process that goes on with its own run. `after` is the line they come after, where they are not all of it.
 * Throws GoliveError `log` that names the first line that does not fit.
 */
export function readEvents(lines: readonly Uint8Array[], after: Before = firstBefore): RunEvent[] {
  let before = after;
  return lines.map((bytes, index) => {
    try {
      const line = decodeLine(bytes);
      checkChain(line, before);
      before = { seq: line.event.seq, hash: hashLine(bytes), at: line.event.at, run: line.run };
      return line.event;
    } catch (cause) {
      if (!(cause instanceof GoliveError)) throw cause;
      throw new GoliveError('log', `line ${after.seq + index + 2} of the log does not fit: ${cause.message}`, {
        hint: 'The log was changed or damaged. `golive verify` says more.',
        cause,
      });
    }
  });
}

/** What the next line of a log has to join on to. `run` is empty before the first. */
export interface Before {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  readonly run: string;
}

export const firstBefore: Before = { seq: -1, hash: noLine, at: '', run: '' };

/** Throws GoliveError `log` unless `line` is the next one after `before`. */
export function checkChain(line: ReadLine, before: Before): void {
  const { event } = line;
  if (event.seq !== before.seq + 1)
    throw new GoliveError('log', `its seq is ${event.seq} where ${before.seq + 1} is next`);
  if (line.prev !== before.hash) throw new GoliveError('log', 'it does not continue the line before it');
  if (before.run !== '' && line.run !== before.run) throw new GoliveError('log', 'it belongs to another run');
  if (event.at < before.at) throw new GoliveError('log', 'its time is before that of the line before it');
  if ((event.kind === 'run.open') !== (event.seq === 0))
    throw new GoliveError('log', 'run.open is the first line and no other');
}

/** Everybody who vouched for a session or signed off, sorted: the participants a seal has to name. */
export function participantsOf(events: readonly RunEvent[]): string[] {
  const people = new Set<string>();
  for (const event of events) {
    if (event.kind === 'run.open' || event.kind === 'session.open') people.add(event.body.session.principal);
    if (event.kind === 'signoff') people.add(event.body.principal);
  }
  return [...people].toSorted();
}
