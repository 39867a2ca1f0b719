// Goal: whatever of the world is removed or damaged that a step reads, the rehearsal does not end in go, and says what.
// Method: merge patches that no break names, each given with --world to a whole rehearsal of AEP by itself.

import { afterAll, describe, expect, it } from 'vitest';
import { testShell } from '../support/shell.ts';
import { asGood, first } from './patches-cutover.ts';
import { advisory, quick } from './patches.ts';
import { expectNoGo, rehearsed } from './whole.ts';

const shell = testShell();
afterAll(() => shell.remove());

describe('a patch nobody named', () => {
  it.each([...quick, ...first])(
    '%s: no go, and it says why',
    async (_, patch, words) => void (await expectNoGo(patch, words, shell)),
  );
});

describe('a patch of what only advisory steps read', () => {
  it.each(advisory)('%s: it says so beside the go', async (_, patch, words) => {
    const { screen, state } = await rehearsed(patch, shell);
    expect(screen).toMatch(words);
    expect(state.sealed?.result).toBe('go');
    expect(screen, 'the summary repeats it below the go').toMatch(/^GO [\s\S]*fail \(advisory\)/m);
  });
});

describe('a world that is as good', () => {
  it.each(asGood)('%s: it is a go, and only the alias is left', async (_, patch) => {
    const { exit, state, world } = await rehearsed(patch, shell);
    expect([exit, state.sealed?.result]).toEqual([0, 'go']);
    const left = world?.account.route53.zones['navralabs.com']?.records['app.navralabs.com'];
    expect(left).toEqual({ A: expect.objectContaining({ alias: expect.stringContaining('aep-prod-alb-') }) });
  });
});
