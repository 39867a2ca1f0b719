// Goal: each named break turns exactly its own steps red, with what was expected and what was seen on the screen.
// Method: a survey of the real checklist per break, against the stand-in, compared with the matrix.

import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { loadWorld } from '../../src/rehearsal/world.ts';
import { testShell } from '../support/shell.ts';
import { cutover, expectRow, notPassed, verification } from './breaks.ts';
import { worldPath } from './given.ts';
import { rehearsedWith } from './whole.ts';

const shell = testShell();
afterAll(() => shell.remove());

it('the matrix has every break of the world', () => {
  const { breaks } = loadWorld(readFileSync(worldPath, 'utf8'), 'aep.yaml');
  expect([...verification, ...cutover].map(([name]) => name)).toEqual(Object.keys(breaks));
});

describe('a survey', () => {
  it('of a whole world turns nothing red, and is no go all the same', async () => {
    const surveyed = await rehearsedWith(['--survey'], shell);
    expect([surveyed.exit, notPassed(surveyed)]).toEqual([2, {}]);
  });

  it.each(verification)('with %s turns exactly its own steps red', (...row) => expectRow(row, shell));
});
