// Goal: whatever of the world is removed or damaged that a step reads, the rehearsal does not end in go, and says what.
// Method: merge patches that no break names, each given with --world to a whole rehearsal of AEP by itself; some of them
// drawn here, all of them in patches.full.test.ts.

import { afterAll, describe, it } from 'vitest';
import { testShell } from '../support/shell.ts';
import { drawn } from '../support/drawn.ts';
import { asGood, first } from './patches-cutover.ts';
import { advisory, quick } from './patches.ts';
import { expectAdvice, expectAsGood } from './patched.ts';
import { expectNoGo } from './whole.ts';

const shell = testShell();
afterAll(() => shell.remove());

describe('a patch nobody named', () => {
  it.each(drawn('patches', [...quick, ...first], 1))(
    '%s: no go, and it says why',
    async (_, patch, words) => void (await expectNoGo(patch, words, shell)),
  );
});

describe('a patch', () => {
  const others = [
    ...advisory.map(([name, patch, words]) => ({
      title: `of what only advisory steps read: ${name}: it says so beside the go`,
      expected: () => expectAdvice(patch, words, shell),
    })),
    ...asGood.map(([name, patch]) => ({
      title: `to a world that is as good: ${name}: it is a go, and only the alias is left`,
      expected: () => expectAsGood(patch, shell),
    })),
  ];
  it.each(drawn('other patches', others, 1))('$title', async ({ expected }) => expected());
});
