// Which world a rehearsal of a checklist takes place in: the file, the breaks asked for, and a patch of one's own.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GoliveError } from '../errors.ts';
import { breakWorld, loadPatch, loadWorld, patchWorld } from './world.ts';
import type { RehearsalWorld } from './world.ts';

export interface WorldRequest {
  /** `aep` */
  readonly checklist: string;
  /** `prod` */
  readonly target: string;
  readonly cwd: string;
  /** Names of breaks, applied in this order. */
  readonly breaks: readonly string[];
  /** A file with a merge patch over the world (YAML or JSON), applied last. */
  readonly patchFile?: string | undefined;
}

export interface FoundWorld {
  readonly world: RehearsalWorld;
  /** The file it came from, for the first screen. */
  readonly path: string;
}

/**
 * Finds `rehearsal/NAME.yaml` in `./checklists` or else in the package, and breaks it as asked.
 * Throws GoliveError `world` (no such file, a broken one, another target) or `break` (a name it does not know).
 */
export function findWorld(request: WorldRequest): FoundWorld {
  const { checklist, target, cwd, breaks, patchFile } = request;
  const places = [resolve(cwd, 'checklists'), fileURLToPath(new URL('../../checklists', import.meta.url))];
  const candidates = /^[a-z0-9][a-z0-9-]*$/.test(checklist)
    ? places.map((place) => resolve(place, 'rehearsal', `${checklist}.yaml`))
    : [];
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    const hint = `Looked for rehearsal/${checklist}.yaml in ${places.join(' and ')}.`;
    throw new GoliveError('world', `There is no world to rehearse ${checklist} in.`, { hint });
  }
  const whole = loadWorld(readFileSync(path, 'utf8'), path, target);
  if (whole.checklist !== checklist) {
    const hint = `It is a copy, perhaps: write \`checklist: ${checklist}\` in it once it says what that one needs.`;
    throw new GoliveError('world', `${path} is the world of ${whole.checklist}, not of ${checklist}.`, { hint });
  }
  if (whole.target !== target) {
    const hint = `golive rehearse ${checklist}-${whole.target}`;
    throw new GoliveError(
      'world',
      `${path} is the world of ${checklist}-${whole.target}, not of ${checklist}-${target}.`,
      { hint },
    );
  }
  const broken = breakWorld(whole, breaks);
  const world = patchFile === undefined ? broken : patchWorld(broken, readPatch(resolve(cwd, patchFile)), patchFile);
  return { world, path };
}

function readPatch(path: string): ReturnType<typeof loadPatch> {
  try {
    return loadPatch(readFileSync(path, 'utf8'), path);
  } catch (cause) {
    if (cause instanceof GoliveError) throw cause;
    throw new GoliveError('world', `${path} cannot be read.`, { cause });
  }
}
