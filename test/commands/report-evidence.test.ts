// Goal: what a report draws is what was kept, and nothing else. Method: the evidence of a run with holds, read from a place in
// which some of it is missing, damaged, too large or no JSON.

import { expect, it } from 'vitest';
import { evidenceOf } from '../../src/commands/report-evidence.ts';
import { givenRun } from '../render/report-given.ts';

const { reported } = givenRun('a word');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('reads what was kept of each hold, once, and says of the rest why it is not drawn', async () => {
  const asked: string[] = [];
  const there: Readonly<Record<string, Uint8Array>> = {
    a: bytes('{"from":"x"}'),
    b: bytes(`[${' '.repeat(4 * 1_048_576)}]`),
    c: bytes('{"half":'),
  };
  const found = await evidenceOf(reported, async (digest) => {
    asked.push(digest);
    return there[digest.slice(0, 1)];
  });
  expect(asked.map((digest) => digest.slice(0, 1))).toEqual(['a', 'b', 'c', 'd']);
  expect([...found.values()]).toEqual([
    { facts: { from: 'x' } },
    { lacking: 'its evidence is too large to be drawn' },
    { lacking: 'its evidence is no JSON' },
    { lacking: 'its evidence is not at hand, or is not what the log says it was' },
  ]);
});

it('reads nothing where the checklist that says what holds is not at hand', async () => {
  const found = await evidenceOf({ ...reported, plan: undefined }, () => Promise.reject(new Error('asked')));
  expect([...found]).toEqual([]);
});
