// Goal: what people are asked about, and what an error says, has no secret in it. Method: texts with one in every place.

import { describe, expect, it } from 'vitest';
import { GoliveError } from '../../src/errors.ts';
import type { ActShown, LostShown } from '../../src/render/act.ts';
import type { BackShown } from '../../src/render/way-back.ts';
import type { People } from '../../src/runner/people.ts';
import { scrubber } from '../../src/runner/scrubber.ts';
import { errorTold, withoutSecrets } from '../../src/runner/told.ts';
import { nobody } from '../support/outside.ts';
import { step } from '../support/plan.ts';

const secret = 'hunter2-canary';
const scrub = scrubber({ pin: secret });
const there = `a ${secret} b`;
const gone = 'a (secret pin) b';

const prospect = {
  stands: 'ready',
  before: {},
  request: { deep: [{ value: there }] },
  lines: [`+ ${there}`],
  expected: there,
  observed: there,
  requests: [],
} as const;

describe('people are shown no secret', () => {
  const shown: unknown[] = [];
  const people: People = {
    ...nobody,
    confirm: async (_step, act) => (shown.push(act), 'silent'),
    reconcile: async (_step, lost) => (shown.push(lost), 'silent'),
    rollback: async (back) => (shown.push(back), 'silent'),
  };
  const told = withoutSecrets(people, scrub);

  it.each<[string, () => Promise<unknown>]>([
    [
      'before a change is made',
      () => {
        const verify = { words: there, held: false };
        const act: ActShown = { words: there, prospect, confirm: 'key', undo: { words: there }, verify, first: true };
        return told.confirm(step('a', 'changes'), act);
      },
    ],
    [
      'before one that has no way back',
      () =>
        told.confirm(step('a', 'changes'), {
          words: there,
          prospect,
          confirm: 'key',
          undo: { none: there },
          first: false,
        }),
    ],
    [
      'when nobody knows what became of it',
      () => {
        const { request, expected, observed } = prospect;
        const lost: LostShown = { words: there, sentAt: '', request, why: there, expected, observed };
        return told.reconcile(step('a', 'changes'), lost);
      },
    ],
    [
      'before it is taken back',
      () => {
        const backs = [{ step: step('a', 'changes'), words: there, prospect, blind: there }];
        const offered = [{ step: step('b', 'changes'), chosen: true, prospect, blind: there }];
        const back: BackShown = { why: there, begun: false, again: there, to: '', backs, older: [], offered };
        return told.rollback(back);
      },
    ],
  ])('%s', async (_when, ask) => {
    shown.length = 0;
    expect(await ask()).toBe('silent');
    const text = JSON.stringify(shown);
    expect(text).toContain(gone);
    expect(text).not.toContain(secret);
  });
});

describe('an error', () => {
  it('of golive keeps its code, its exit and its words, but for the secret', () => {
    const error = errorTold(new GoliveError('store', there, { hint: there, exit: 2 }), scrub);
    expect(error).toMatchObject({ code: 'store', message: gone, hint: gone, exit: 2 });
    expect(error instanceof GoliveError && error.stack).not.toContain(secret);
  });

  it('of anybody else keeps its name', () => {
    const error = errorTold(new TypeError(there), scrub);
    expect(error).toMatchObject({ name: 'TypeError', message: gone });
    expect(error instanceof Error && error.stack).not.toContain(secret);
  });

  it.each([new GoliveError('store', 'all is well', { hint: 'so it is' }), new Error('x'), 'a text'])(
    'without one stays what it is: %s',
    (error) => expect(errorTold(error, scrub)).toBe(error),
  );
});
