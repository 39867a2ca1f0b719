// Goal: a log that some release wrote verifies with every release after it. Method: what releases wrote lies here, byte for
// byte, and is never written anew; a release that writes something else adds a folder of its own.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { byGolive, byScript } from './judge.ts';

const folder = fileURLToPath(new URL('golden', import.meta.url));

interface Golden {
  /** The log alone; otherwise it is judged with its evidence. */
  readonly alone?: true;
  readonly args: readonly string[];
  readonly exit: number;
  readonly first: string;
  /** What is said besides. */
  readonly also: readonly string[];
}

const vouched = {
  args: ['--allowed-signers', 'allowed_signers'],
  exit: 0,
  first: 'SEALED: whole, and its people are vouched for',
};
const whole = ['procedure kept\n', 'evidence  2 of 2 there and whole\n'];

const golden: Readonly<Record<string, Golden>> = {
  // Of 0.1.0, as it was before people signed for roles: no roles in sessions, and votes without signatures.
  'before-people': { ...vouched, also: [...whole, 'nobody said who holds which role'] },
  // Of 0.1.0: a decision of two people, whose roles stand beside their keys.
  'two-people': { ...vouched, also: whole },
  // The same, rehearsed.
  rehearsal: {
    args: [],
    exit: 24,
    first: 'SEALED rehearsal: whole, but nobody vouches for the key',
    also: whole,
  },
  // Sign-offs that do not say in their line which attempt they are about, and what was seen: of two people in two sessions.
  'without-attempts': { ...vouched, alone: true, also: ['procedure partly checked\n'] },
};

it('is all that lies there', () => {
  expect(readdirSync(folder)).toEqual(Object.keys(golden).toSorted());
});

it.each(Object.entries(golden))('%s is what it was', async (name, { args, exit, first, also, alone }) => {
  const here = `${folder}/${name}`;
  const said = await byGolive({ args }, here, alone ? 'run.jsonl' : '.');
  expect([said.exit, said.first]).toEqual([exit, first]);
  for (const words of also) expect(said.all).toContain(words);
});

it('is whole for whoever has no golive as well', async () => {
  const { args, exit } = vouched;
  expect(await byScript({ args }, `${folder}/two-people`)).toMatchObject({
    exit,
    first: expect.stringMatching(/^SEALED/),
  });
});
