// The rest of the patches nobody named: many leave steps waiting to their end.

import { afterAll, describe, it } from 'vitest';
import { testShell } from '../support/shell.ts';
import { others } from './patches-cutover.ts';
import { waited } from './patches.ts';
import { expectNoGo } from './whole.ts';

const shell = testShell();
afterAll(() => shell.remove());

describe('a patch nobody named', () => {
  it.each([...waited, ...others])(
    '%s: no go, and it says why',
    async (_, patch, words) => void (await expectNoGo(patch, words, shell)),
  );
});
