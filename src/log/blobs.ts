// What a log names beside itself: pieces of evidence, each kept as a blob under its digest, and the checklist in force.

import type { RunEvent } from '../engine/events.ts';
import { GoliveError } from '../errors.ts';
import { decodeLine } from './line.ts';

/** A blob that an event names. */
interface Named {
  readonly digest: string;
  /** The first event that names it. */
  readonly by: RunEvent;
}

/** Every blob that these events name, once, in the order of the lines. */
export function blobsNamed(events: readonly RunEvent[]): readonly Named[] {
  const named = events.flatMap((by) => blobsOf(by).map((digest) => ({ digest, by })));
  const first = new Map<string, Named>();
  for (const one of named) if (one.digest !== '' && !first.has(one.digest)) first.set(one.digest, one);
  return [...first.values()];
}

/** How many those are, and which of them are not there, whole. */
export async function blobsMissing(
  events: readonly RunEvent[],
  has: (digest: string) => Promise<boolean>,
): Promise<{ readonly named: number; readonly missing: readonly string[] }> {
  const named = blobsNamed(events);
  const missing: string[] = [];
  for (const { digest } of named) if (!(await has(digest))) missing.push(digest);
  return { named: named.length, missing };
}

/** The digest of the checklist in force at the end; undefined where no event names one. */
export function checklistNamed(events: readonly RunEvent[]): string | undefined {
  const digests = events.flatMap((event) => {
    if (event.kind === 'run.open') return [event.body.checklist.digest];
    return event.kind === 'checklist.amend' ? [event.body.digest] : [];
  });
  return digests.at(-1);
}

/** The events of those lines (without LF) that can be read at all: for looking into a log, whatever is wrong with it. */
export function readableEvents(lines: readonly Uint8Array[]): readonly RunEvent[] {
  return lines.flatMap((bytes) => {
    try {
      return [decodeLine(bytes).event];
    } catch (error) {
      if (error instanceof GoliveError) return [];
      throw error;
    }
  });
}

/** Digests of the blobs that an event names; empty where it could name one and does not. */
function blobsOf(event: RunEvent): readonly string[] {
  switch (event.kind) {
    case 'run.open':
      return [event.body.checklist.digest];
    case 'step.verdict':
      return [event.body.facts];
    case 'act.intent':
      return [event.body.request, event.body.before];
    case 'act.result':
      return [event.body.after];
    case 'attach':
    case 'checklist.amend':
      return [event.body.digest];
    case 'rollback.open':
      return [event.body.plan];
    default:
      return [];
  }
}
