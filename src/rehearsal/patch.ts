// JSON Merge Patch (RFC 7396): how breaks, `--world` and tests change a world.

import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';

/** `target` with `patch` applied: objects are merged member by member, null removes, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map<string, Json>(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged) satisfies JsonObject;
}
