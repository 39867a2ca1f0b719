// Goal: nothing is changed or decided over something that does not hold any more, however long whoever was asked took.
// Method: runs in memory in which a waiver runs out behind a question. Each is held against the procedure as well.

import { expect, it } from 'vitest';
import { BlindError } from '../../src/errors.ts';
import { rehearsalClock } from '../../src/rehearsal/clock.ts';
import type { People } from '../../src/runner/people.ts';
import type { Clock } from '../../src/world.ts';
import { agreeing, newSide, swaps } from '../support/act.ts';
import { gate, noon, phase, planOf, step } from '../support/plan.ts';
import { application, looks, play } from '../support/run.ts';

const hour = 3_600_000;
const waived = looks('disk', { waive: { by: '', untilMs: hour } });
const http = application((path) => (path === 'disk' ? 500 : 200));

/** Accepts what is red, once; `later` lets time pass. */
function accepting(more: (later: (ms: number) => void) => Partial<People>): { people: People; clock: Clock } {
  const jumping = rehearsalClock(noon, 'max');
  let late = 0;
  let left = 1;
  const people = agreeing({
    red: async () => {
      left -= 1;
      return left >= 0
        ? { do: 'waive', by: 'ada@example.com', role: '', reason: 'known' }
        : { leave: 'pause', reason: 'that is for later' };
    },
    ...more((ms) => {
      late += ms;
    }),
  });
  return { people, clock: { ...jumping, now: () => jumping.now() + late } };
}

it('a change is not sent when what was accepted above it ran out while it was confirmed', async () => {
  const side = newSide();
  const given = accepting((later) => ({
    confirm: async () => {
      later(2 * hour);
      return { agreed: [] };
    },
  }));
  const played = await play(planOf(phase('p', [waived, swaps('cut')])), http, given);
  expect(side.sent).toEqual([]);
  expect(played.printed).toContain('  cut was not sent: disk above it is not settled any more');
  expect(played.ending).toMatchObject({ end: 'left', leave: 'pause' });
  expect(played.events.filter(({ kind }) => kind === 'act.intent')).toEqual([]);
});

it('a gate does not pass when what was accepted above it ran out while it was polled', async () => {
  const given = accepting((later) => ({
    vote: async () => {
      later(2 * hour);
      return { decision: 'go', by: 'ada@example.com', comment: '' };
    },
  }));
  const played = await play(planOf(phase('p', [waived, step('go', 'decides', { work: gate() })])), http, given);
  expect(played.state.steps['go']?.verdict).toMatchObject({
    verdict: 'inconclusive',
    reason: 'disk above it is not settled any more',
  });
});

it('nothing is changed over a red that has the same cause, when all of them are tried again', async () => {
  const side = newSide();
  const blind = (): BlindError => new BlindError('refused', 'the credentials are over');
  side.before = (read) => {
    if (read === 1) throw blind();
  };
  const asked: (readonly string[])[] = [];
  const people = agreeing({
    red: async (red, same) => {
      asked.push([red.id, ...same.map(({ id }) => id)]);
      if (asked.length === 1) return { do: 'again', step: 'top' };
      return asked.length === 2 ? { do: 'retry' } : { leave: 'pause', reason: 'later' };
    },
  });
  const app = application((_, times) => (times > 1 ? blind() : 200));
  const played = await play(planOf(phase('p', [looks('top'), swaps('cut')])), app, { people });
  expect(asked).toEqual([['cut'], ['top', 'cut'], ['top', 'cut']]);
  expect([people.asked, side.sent]).toEqual([[], []]);
  expect(played.printed).toContain('  cut has to wait: top above it is not settled');
});
