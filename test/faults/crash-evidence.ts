// The evidence of a run at the moment it was killed: what an event names is there, whatever else is there harms nobody.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runChecks } from '../../src/commands/doctor-runs.ts';
import { blobsNamed } from '../../src/log/blobs.ts';
import { digest } from '../../src/log/canonical.ts';
import { readEvents } from '../../src/log/replay.ts';
import type { CrashPlace } from './crash-place.ts';

/**
 * Evidence is durable before the event that names it, so nothing that these lines (with LF) name is missing. `orphan`: the
 * process died right between the two, and left what nobody names: golive doctor finds it, and that it is harmless.
 */
export async function expectEvidence(place: CrashPlace, lines: readonly string[], orphan: boolean): Promise<void> {
  const [run] = place.runs();
  // What is kept before the first event of a run is of no run.
  if (run === undefined) return;
  const runsDir = join(place.folder, '.golive', 'runs');
  const folder = join(runsDir, run, 'blobs');
  const kept = readdirSync(folder).filter((name) => !name.startsWith('.tmp-'));
  const named = blobsNamed(readEvents(lines.map((line) => Buffer.from(line.trimEnd())))).map((one) => one.digest);
  const whole = kept.filter((name) => digest(readFileSync(join(folder, name))) === name);
  expect(whole, 'what was kept is whole').toEqual(kept);
  expect(kept, 'what an event names was kept before').toEqual(expect.arrayContaining(named));
  if (!orphan) return;
  expect(kept.length, 'something is nobody’s').toBeGreaterThan(named.length);
  const shell = { cwd: place.folder, env: place.env, out: () => undefined, err: () => undefined };
  const [check] = await runChecks('crash-prod', { runsDir }, shell);
  const says = expect.stringMatching(/ more that no event names, which (is|are) harmless/) as string;
  expect(check).toMatchObject({ state: 'ok', says });
}
