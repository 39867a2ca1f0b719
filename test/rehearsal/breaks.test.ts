// Goal: each named break turns exactly the steps red that the world says, with what was expected and seen on the screen.
// Method: surveys of the real checklist against the stand-in; some breaks drawn here, all of them in breaks.full.test.ts.

import { afterAll, describe, expect, it } from 'vitest';
import { testShell } from '../support/shell.ts';
import { breakNames, declared, expectBreak, expectStop, notPassed, words } from './breaks.ts';
import { drawn } from '../support/drawn.ts';
import { rehearsedWith } from './whole.ts';

const shell = testShell();
afterAll(() => shell.remove());

it('every break of the world is told to turn something red, or to blind it', () => {
  expect(breakNames.filter((name) => Object.keys(declared(name)).length === 0)).toEqual([]);
  expect(Object.keys(words).filter((name) => !breakNames.includes(name))).toEqual([]);
});

describe('a survey', () => {
  it('of a whole world turns nothing red, and is no go all the same', async () => {
    const surveyed = await rehearsedWith(['--survey'], shell);
    expect([surveyed.exit, notPassed(surveyed)]).toEqual([2, {}]);
  });

  it.each(drawn('breaks', breakNames, 1))('with %s turns exactly its own steps red', async (name) => {
    await expectBreak(name, shell);
  });
});

describe('the calm operator', () => {
  const ofTheZone = ['record-changed-under-us'];

  it.each(ofTheZone)('with %s stops, and the zone is as it should be', (name) => expectStop(name, shell));
});
