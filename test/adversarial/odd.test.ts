// Goal: whatever somebody with a session's key writes, golive has a verdict on it, and none that is better than it deserves.
// Method: a run that golive wrote goes on with lines drawn at random; `flips.full.test.ts` draws more.

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { randomFrom } from '../rehearsal/kills.ts';
import { goldenRun, verdictsOnOdd } from './odd.ts';

const seed = Number(process.env['GOLIVE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`odd lines: GOLIVE_TEST_SEED=${seed}\n`);

const rounds = 80;

it('has a verdict on lines that fit their form, and never takes them for a sealed run', async () => {
  const random = randomFrom(seed);
  const run = goldenRun(fileURLToPath(new URL('golden/two-people', import.meta.url)));
  const verdicts = new Set<string>();
  for (let round = 0; round < rounds; round += 1)
    for (const verdict of await verdictsOnOdd(run, random)) verdicts.add(verdict);
  expect([...verdicts].toSorted()).toEqual(['INCOMPLETE', 'INVALID', 'OPEN']);
});
