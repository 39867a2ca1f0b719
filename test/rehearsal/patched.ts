// What is held of each patch of AEP's world that no break names.

import { expect } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import type { TestShell } from '../support/shell.ts';
import { rehearsed } from './whole.ts';

/** It says so beside the go. */
export async function expectAdvice(patch: JsonObject, words: RegExp, shell: TestShell): Promise<void> {
  const { screen, state } = await rehearsed(patch, shell);
  expect(screen).toMatch(words);
  expect(state.sealed?.result).toBe('go');
  expect(screen, 'the summary repeats it below the go').toMatch(/^GO [\s\S]*fail \(advisory\)/m);
}

/** It is a go, and only the alias is left. */
export async function expectAsGood(patch: JsonObject, shell: TestShell): Promise<void> {
  const { exit, state, world } = await rehearsed(patch, shell);
  expect([exit, state.sealed?.result]).toEqual([0, 'go']);
  const left = world?.account.route53.zones['navralabs.com']?.records['app.navralabs.com'];
  expect(left).toEqual({ A: expect.objectContaining({ alias: expect.stringContaining('aep-prod-alb-') }) });
}
