// Goal: whatever of the world is removed or damaged that a step reads, the rehearsal does not end in go, and says what.
// Method: merge patches that no break names, each given with --world to a whole rehearsal of AEP by itself.

import { afterAll, describe, expect, it } from 'vitest';
import { testShell } from '../support/shell.ts';
import { advisory, expectNoGo, quick, rehearsed } from './patches.ts';

const shell = testShell();
afterAll(() => shell.remove());

describe('a patch nobody named', () => {
  it.each(quick)('%s: no go, and it says why', async (_, patch, words) => expectNoGo(patch, words, shell));
});

describe('a patch of what only advisory steps read', () => {
  it.each(advisory)('%s: it says so beside the go', async (_, patch, words) => {
    const { screen, state } = await rehearsed(patch, shell);
    expect(screen).toMatch(words);
    expect(state.sealed?.result).toBe('go');
    expect(screen, 'the summary repeats it below the go').toMatch(/^GO [\s\S]*fail \(advisory\)/m);
  });
});
