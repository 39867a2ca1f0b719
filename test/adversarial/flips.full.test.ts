// Every bit of logs of two people that golive itself wrote, through `verifyLog`; bends on top of
// bends; and lines at random behind good ones. None is believed.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { joinLines } from '../../src/log/statement.ts';
import { verifyLog } from '../../src/log/verify.ts';
import { randomFrom } from '../rehearsal/kills.ts';
import { newStage, type Written } from './logs.ts';
import { doubled, flipped, putIn, swapped, without } from './mutate.ts';
import { goldenRun, verdictsOnOdd } from './odd.ts';

const seed = Number(process.env['GOLIVE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`bent logs: GOLIVE_TEST_SEED=${seed}\n`);
const random = randomFrom(seed);
const stage = newStage();
let real: Written;
let rehearsal: Written;
beforeAll(async () => {
  [real, rehearsal] = await Promise.all([stage.realRun(), stage.rehearsal()]);
}, 120_000);
afterAll(() => stage.close());

const verdictOf = async (log: Uint8Array): Promise<string> =>
  (await verifyLog(log, { verifyStatement: async () => 'good' })).verdict;
const before = new URL('golden/before-people/run.jsonl', import.meta.url);

it.each<[string, () => Uint8Array]>([
  ['a real run', () => real.bytes],
  ['a rehearsal', () => rehearsal.bytes],
  ['a run from before people signed for roles', () => readFileSync(before)],
])('no flipped bit of %s is believed', async (_, written) => {
  const bytes = Buffer.from(written());
  expect(bytes.toString('utf8').split('\n').length - 1).toBeLessThanOrEqual(20);
  expect(await verdictOf(bytes)).toBe('SEALED');
  const believed: string[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      const verdict = await verdictOf(bytes);
      if (verdict !== 'INVALID') believed.push(`byte ${at} bit ${bit}: ${verdict}`);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    }
  }
  expect(believed).toEqual([]);
});

it('whatever is done to it, and to what comes of that, is found, and breaks nothing', async () => {
  const bends: ((log: Uint8Array, lines: readonly Uint8Array[]) => Uint8Array)[] = [
    (log) => flipped(log, random(log.length), random(8)),
    (log) => log.subarray(0, random(log.length)),
    (log) => putIn(log, random(log.length), Buffer.of(random(256)), random(3)),
    (log) => putIn(log, random(log.length), log.subarray(random(log.length)).subarray(0, random(400)), random(400)),
    (_, lines) => without(lines, random(lines.length)),
    (_, lines) => doubled(lines, random(lines.length)),
    (_, lines) => swapped(lines, random(lines.length), random(lines.length)),
    (_, lines) => joinLines([...lines.slice(0, random(lines.length)), ...rehearsal.lines.slice(random(9))]),
  ];
  const believed: string[] = [];
  for (let round = 0; round < 5000; round += 1) {
    let log: Uint8Array = round % 2 === 0 ? real.bytes : rehearsal.bytes;
    for (let left = 1 + random(3); left > 0 && log.length > 0; left -= 1)
      log = bends[random(bends.length)]?.(log, linesOf(log)) ?? log;
    const verdict = await verdictOf(log);
    const whole = [real, rehearsal].find(({ bytes }) => Buffer.from(bytes).equals(log));
    const prefix = [real, rehearsal].find(({ bytes }) => Buffer.from(bytes).subarray(0, log.length).equals(log));
    const expected = whole ? 'SEALED' : prefix && log.at(-1) === 10 ? 'OPEN' : 'INVALID';
    if (verdict !== expected) believed.push(`round ${round}: ${verdict}, not ${expected}`);
  }
  expect(believed).toEqual([]);
});

it('whatever fits its form is no sealed run, and breaks nothing', async () => {
  const run = goldenRun(fileURLToPath(new URL('golden/two-people', import.meta.url)));
  const verdicts = new Set<string>();
  for (let round = 0; round < 4000; round += 1)
    for (const verdict of await verdictsOnOdd(run, random)) verdicts.add(verdict);
  expect([...verdicts].toSorted()).toEqual(['INCOMPLETE', 'INVALID', 'OPEN']);
});

function linesOf(log: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < log.length;) {
    const end = log.indexOf(10, from);
    const to = end === -1 ? log.length : end;
    lines.push(log.subarray(from, to));
    from = to + 1;
  }
  return lines;
}
