// Goal: each break of the cutover turns exactly its own steps red, and whoever stops at the first red leaves the zone as
// it should be. Method: a survey per break, compared with the matrix, and the calm operator of the world file; the rest
// of what that one does is in breaks.full.test.ts.

import { afterAll, describe, it } from 'vitest';
import { testShell } from '../support/shell.ts';
import { cutover, expectRow, expectStop } from './breaks.ts';

const shell = testShell();
afterAll(() => shell.remove());

describe('a survey', () => {
  it.each(cutover)('with %s turns exactly its own steps red', (...row) => expectRow(row, shell));
});

describe('the calm operator', () => {
  const ofTheZone = cutover.filter(([name]) =>
    ['record-changed-under-us', 'record-locked', 'dns-not-moved'].includes(name),
  );

  it.each(ofTheZone)('with %s stops, and the zone is as it should be', (...row) => expectStop(row, shell));
});
