// What was written, seen as JSON. Everything of a checklist comes from YAML, so it is JSON, whatever a schema calls it:
// the type system cannot know that, and this is the one place that says so.

import type { Json } from '../engine/json.ts';

/** A part of a checklist as JSON. */
export function asJson(part: unknown): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return part === undefined ? null : (part as Json);
}

/** What stands under a key of a part of a checklist; null when nothing does. */
export function partOf(container: object, key: PropertyKey): Json {
  return Object.hasOwn(container, key) ? asJson(Reflect.get(container, key)) : null;
}
