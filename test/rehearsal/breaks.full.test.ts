// Goal: nobody who stops at the first red goes live with a break. Method: the calm operator of the world file, per break.

import { afterAll, describe, it } from 'vitest';
import { testShell } from '../support/shell.ts';
import { cutover, expectStop, verification } from './breaks.ts';

const shell = testShell();
afterAll(() => shell.remove());

describe('the calm operator', () => {
  it.each([...verification, ...cutover])('with %s stops, and the zone is as it should be', (...row) =>
    expectStop(row, shell),
  );
});
