// The world of the package, and a stand-in for it with what an SDK client needs to reach it.

import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import type { StandIn } from '../../src/rehearsal/stand-in.ts';
import { loadWorld, patchWorld } from '../../src/rehearsal/world.ts';
import type { RehearsalWorld } from '../../src/rehearsal/world.ts';

export const worldPath = new URL('../../checklists/rehearsal/aep.yaml', import.meta.url);

/** What belongs to the story of a whole rehearsal, and would only stand in the way of one part of it. */
const plain: JsonObject = {
  t0: null,
  hosts: null,
  account: {
    route53: {
      zones: { 'navralabs.com': { records: { 'app.navralabs.com': { A: { ttl: 300, values: ['203.0.113.10'] } } } } },
    },
  },
};

/** Read once: it is a long file, and nobody changes it. */
let base: RehearsalWorld | undefined;

/** The package's world without its old stack, the old record with the TTL it always had; with a merge patch. */
export function givenWorld(patch: JsonObject = {}): RehearsalWorld {
  base ??= patchWorld(loadWorld(readFileSync(worldPath, 'utf8'), 'aep.yaml'), plain, 'the plain world');
  return patchWorld(base, patch, 'the patch');
}

/** A stand-in whose clock stands at the world's start unless another is given; closed when the test ends. */
export async function givenStandIn(patch: JsonObject = {}, clock?: () => number): Promise<StandIn> {
  const world = givenWorld(patch);
  const standIn = await startStandIn({ world, now: clock ?? (() => Date.parse(world.start)) });
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
