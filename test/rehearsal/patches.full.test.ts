// The rest of the patches nobody named: each leaves many steps waiting to their end.

import { afterAll, describe, it } from 'vitest';
import { testShell } from '../support/shell.ts';
import { expectNoGo, waited } from './patches.ts';

const shell = testShell();
afterAll(() => shell.remove());

describe('a patch nobody named, and steps that wait', () => {
  it.each(waited)('%s: no go, and it says why', async (_, patch, words) => expectNoGo(patch, words, shell));
});
