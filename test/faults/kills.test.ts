// Goal: what the full fault test says of every point, sampled: the built program is killed with signal 9 at a few of them.

import { expect, test } from 'vitest';
import { newStage } from '../adversarial/logs.ts';
import { randomFrom } from '../rehearsal/kills.ts';
import { crashActs, replaceRecord } from './crash-acts.ts';
import { killAt } from './crash-case.ts';
import { newHome } from './crash-place.ts';
import { crashPoints } from './crash-points.ts';
import { standIn } from './crash-stand-in.ts';
import { killAtWord, wordPoints } from './crash-words.ts';

const seed = Number(process.env['GOLIVE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`crashes: GOLIVE_TEST_SEED=${seed}\n`);
const random = randomFrom(seed);

test('killed at points drawn by lot, it loses nothing and changes nothing twice', async () => {
  const [home, standing] = await Promise.all([newHome(), standIn()]);
  try {
    for (const ofActs of [true, false]) {
      const points = crashPoints.filter((point) => point.ofActs === ofActs);
      const point = points[random(points.length)];
      const act = ofActs ? crashActs[random(crashActs.length)] : replaceRecord;
      if (point === undefined || act === undefined) throw new Error('there are no points');
      const counted = await killAt({ home, standing, act, n: Number(ofActs) }, point, random(1000) / 1000);
      expect([counted.killed, counted.reached], `${point.name} of ${act.name}`).toEqual([1, 1]);
    }
  } finally {
    await standing.close();
  }
});

test('killed around a signature, it asks nobody to sign twice', async () => {
  const stage = newStage();
  try {
    const point = wordPoints[random(wordPoints.length)];
    if (point === undefined) throw new Error('there are no points');
    expect(await killAtWord(stage, point), point.name).toMatchObject({ killed: 1, reached: 2 });
  } finally {
    stage.close();
  }
});
