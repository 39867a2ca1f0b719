// Takes secret values out of what is written: out of texts, never out of what the log itself hangs on.

import type { NewEvent } from '../engine/events.ts';
import { isObject, type Json } from '../engine/json.ts';
import { hideSecrets } from '../steps/secret-text.ts';
import { scrubJson, type Scrub } from './scrubber.ts';

// Ids, digests, keys and fixed words. No secret gets into them, and a short one that happens to stand in a digest would
// make a line that nobody can read.
const structure = new Set(
  (
    'step phase phases resets touched on role roles name principal by second sid key keyid payload payloadType sig digest facts ' +
    'request before after plan head previous values_digest roster_digest verdict decision result mode class why source ' +
    'observed_at real_at t0 until go'
  ).split(' '),
);
/** Fields that hold JSON as text. */
const jsonTexts = new Set(['json', 'answer']);

/** The shortest of the lengths that a text of an event may have. */
const shortText = 500;

/** A copy of the event with the secrets taken out of its texts, also those that only look like secrets. */
export function scrubEvent(event: NewEvent, scrub: Scrub): NewEvent {
  // The reason for closing is one of four words.
  if (event.kind === 'session.close') return event;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a body is JSON, and texts stay texts
  return { kind: event.kind, body: scrubBody(event.body as unknown as Json, scrub, '') } as unknown as NewEvent;
}

/** What is to be read by people. It does not get too long for its line: a name may be longer than its secret. */
export function toldText(text: string, scrub: Scrub): string {
  const clean = hideSecrets(scrub(text));
  return clean.length <= Math.max(text.length, shortText) ? clean : clean.slice(0, Math.max(text.length, shortText));
}

function scrubBody(json: Json, scrub: Scrub, name: string): Json {
  if (typeof json === 'string') {
    if (structure.has(name) || json === '') return json;
    return jsonTexts.has(name) ? JSON.stringify(scrubJson(JSON.parse(json), scrub)) : toldText(json, scrub);
  }
  if (Array.isArray(json)) return json.map((item: Json) => scrubBody(item, scrub, name));
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, scrubBody(value, scrub, key)]));
}
