// Many kills of a stand-in that is changing records.

import { expect, test } from 'vitest';
import { killWhileChanging, randomFrom } from './kills.ts';

const kills = 150;

test(`${kills} kills at random moments lose nothing that was answered`, async () => {
  const seed = Number(process.env['GOLIVE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`kills: GOLIVE_TEST_SEED=${seed}\n`);
  const random = randomFrom(seed);
  for (let kill = 0; kill < kills; kill += 1) {
    const answers = 1 + random(20);
    expect(await killWhileChanging(answers, random(60))).toBeGreaterThanOrEqual(answers);
  }
});
