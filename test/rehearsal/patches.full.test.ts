// All patches nobody named: many leave steps waiting to their end.

import { afterAll, describe, it } from 'vitest';
import { testShell } from '../support/shell.ts';
import { asGood, first, others } from './patches-cutover.ts';
import { advisory, quick, waited } from './patches.ts';
import { expectAdvice, expectAsGood } from './patched.ts';
import { expectNoGo } from './whole.ts';

const shell = testShell();
afterAll(() => shell.remove());

describe('a patch nobody named', () => {
  it.each([...quick, ...first, ...waited, ...others])(
    '%s: no go, and it says why',
    async (_, patch, words) => void (await expectNoGo(patch, words, shell)),
  );
});

describe('a patch of what only advisory steps read', () => {
  it.each(advisory)('%s: it says so beside the go', (_, patch, words) => expectAdvice(patch, words, shell));
});

describe('a world that is as good', () => {
  it.each(asGood)('%s: it is a go, and only the alias is left', (_, patch) => expectAsGood(patch, shell));
});
