// Goal: no log that was bent is believed, and what is wrong with it is named by line and byte, in words and by exit code.
// Method: logs that golive itself wrote are bent in ways drawn by lot, and handed to golive as a program of its own;
// `cases.full.test.ts` has all of them.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomFrom } from '../rehearsal/kills.ts';
import { newLogs, titles, type Logs } from './cases.ts';
import { everyCase } from './every-case.ts';
import { severalAtOnce, wrongWith } from './judge.ts';
import { newStage } from './logs.ts';

const seed = Number(process.env['GOLIVE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`bent logs: GOLIVE_TEST_SEED=${seed}\n`);
const random = randomFrom(seed);
const stage = newStage();
let logs: Logs;
beforeAll(async () => {
  logs = await newLogs(stage);
});
afterAll(() => stage.close());

/** How many are judged by golive, and how many of those by the script as well, which takes longer. */
const [judged, asked] = [12, 2];

it('a bent log is what it is said to be', async () => {
  const all = everyCase(logs, 2, random);
  const numbers = Object.keys(titles).map(Number);
  expect([...new Set(all.map(({ no }) => no))]).toEqual(numbers);
  const ranked = numbers.map((no) => ({ no, rank: random(1 << 20) })).toSorted((one, other) => one.rank - other.rank);
  const drawn = ranked.slice(0, judged).flatMap(({ no }) => {
    const of = all.filter((one) => one.no === no);
    return of.slice(random(of.length)).slice(0, 1);
  });
  const both = new Set(drawn.filter(({ script }) => script !== 'not asked').slice(0, asked));
  const wrong = await severalAtOnce(4, drawn, (one) => wrongWith(one, stage.folder, both.has(one) ? 'both' : 'golive'));
  expect(wrong.flat()).toEqual([]);
});
