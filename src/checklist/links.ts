// Who reads what: the named probes and captures behind a step, directly and through other probes.

import type { Json } from '../engine/json.ts';
import { referencesIn, rootOf } from './interpolate.ts';
import { asJson } from './written.ts';
import type { Names } from './names.ts';
import type { ChecklistBody } from './schema.ts';

export interface Read {
  /** Named probes, nearest first. */
  readonly probes: readonly string[];
  /** Steps whose captures are read. */
  readonly readers: readonly string[];
}

export interface Links {
  /** What stands behind these names; `without` leaves the names themselves out. */
  of(roots: readonly string[], self: 'with' | 'without'): Read;
}

/** The names a template refers to. */
export function rootsIn(template: Json): readonly string[] {
  return referencesIn(template).map((path) => rootOf(path));
}

export function linksOf(body: ChecklistBody, names: Names): Links {
  const behind = (probe: string): readonly string[] => rootsIn(asJson(body.probes?.[probe]));
  return {
    of: (roots, self) => {
      const queue = [...roots];
      const seen = new Set<string>();
      const readers = new Set<string>();
      for (const name of queue) {
        const defined = names.get(name);
        if (defined?.sort === 'capture' && defined.step !== undefined) readers.add(defined.step);
        if (defined?.sort !== 'probe' || seen.has(name)) continue;
        seen.add(name);
        queue.push(...behind(name));
      }
      const probes = [...seen].filter((name) => self === 'with' || !roots.includes(name));
      return { probes, readers: [...readers] };
    },
  };
}
