// What changes in the world by itself, when its time has come: the morning after, somebody moves a record.

import type { JsonObject } from '../engine/json.ts';
import type { WorldFile } from './world-file.ts';
import { patchWorld } from './world.ts';

/** The file with everything in it that is due by now. A turn that was taken is kept, so that it is taken once. */
export function withTurns(file: WorldFile, now: () => number): WorldFile {
  return {
    ...file,
    read: () => {
      const world = file.read();
      const due = Object.entries(world.turns)
        .filter(([, { at }]) => Date.parse(at) <= now())
        .toSorted(([, a], [, b]) => Date.parse(a.at) - Date.parse(b.at));
      if (due.length === 0) return world;
      let turned = world;
      for (const [name, { patches }] of due) {
        for (const patch of [...(patches as readonly JsonObject[]), { turns: { [name]: null } }])
          turned = patchWorld(turned, patch, `turn ${name}`);
      }
      file.write(turned);
      return turned;
    },
  };
}
