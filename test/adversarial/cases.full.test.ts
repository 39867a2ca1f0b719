// Every way to bend a log that is listed here, judged by golive as a program of its own, and by the shell script that needs no
// golive: both have to come to the same word.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomFrom } from '../rehearsal/kills.ts';
import { newLogs, titles, type Case } from './cases.ts';
import { everyCase } from './every-case.ts';
import { severalAtOnce, wrongWith } from './judge.ts';
import { newStage } from './logs.ts';

const seed = Number(process.env['GOLIVE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`bent logs: GOLIVE_TEST_SEED=${seed}\n`);
/** Bits that are turned over in each log, and bytes cut off. */
const many = 60;
const stage = newStage();
let all: readonly Case[] = [];
beforeAll(async () => {
  all = everyCase(await newLogs(stage), many, randomFrom(seed));
}, 120_000);
afterAll(() => {
  stage.close();
  const asked = all.filter(({ script }) => script !== 'not asked');
  process.stdout.write(`bent logs: ${all.length}, ${asked.length} of them for the script as well\n`);
});

it.each(Object.entries(titles))('%s: %s', async (no) => {
  const of = all.filter((one) => one.no === Number(no));
  expect(of.length).toBeGreaterThan(0);
  const wrong = await severalAtOnce(4, of, (one) => wrongWith(one, stage.folder, 'both'));
  expect(wrong.flat()).toEqual([]);
});
