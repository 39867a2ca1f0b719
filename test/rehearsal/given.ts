// The world of the package, and a stand-in for it with what an SDK client needs to reach it.

import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import type { StandIn } from '../../src/rehearsal/stand-in.ts';
import { loadWorld, patchWorld } from '../../src/rehearsal/world.ts';
import type { RehearsalWorld } from '../../src/rehearsal/world.ts';

export const worldPath = new URL('../../checklists/rehearsal/aep.yaml', import.meta.url);

/** The package's world, with a merge patch. */
export function givenWorld(patch: JsonObject = {}): RehearsalWorld {
  return patchWorld(loadWorld(readFileSync(worldPath, 'utf8'), 'aep.yaml'), patch, 'the patch');
}

/** A stand-in whose clock stands at the world's start; closed when the test ends. */
export async function givenStandIn(patch: JsonObject = {}): Promise<StandIn> {
  const world = givenWorld(patch);
  const standIn = await startStandIn({ world, now: () => Date.parse(world.start) });
  onTestFinished(() => standIn.close());
  return standIn;
}

/** What every SDK client takes. One attempt: retries are not what these tests are about. */
export function clientConfig(awsUrl: string, region = 'us-east-1') {
  return {
    region,
    endpoint: awsUrl,
    credentials: { accessKeyId: 'STANDIN', secretAccessKey: 'STANDIN' },
    maxAttempts: 1,
  };
}
