// Goal: a world that was written down once is as old on any day as on its own. Method: the four worlds, moved.

import { expect, it } from 'vitest';
import { findWorld } from '../../src/rehearsal/find-world.ts';
import { worldToday } from '../../src/rehearsal/today.ts';
import { home } from '../support/shell.ts';

const hour = 3_600_000;
const now = Date.parse('2031-07-01T08:00:00Z');

it.each(['aep', 'serveml', 'pantheon', 'ag06'])(
  '%s: T is in two hours, and everything else as far from T as before',
  (checklist) => {
    const { world } = findWorld({ checklist, target: 'staging', cwd: home, breaks: [] });
    const moved = worldToday(world, now);
    expect(Date.parse(moved.t0 ?? '') - now).toBe(2 * hour);
    const moments = (text: string): readonly number[] =>
      [...text.matchAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g)].map(([found]) => Date.parse(found));
    const [before, after] = [moments(JSON.stringify(world)), moments(JSON.stringify(moved))];
    const by = now + 2 * hour - Date.parse(world.t0 ?? '');
    expect(before.length).toBeGreaterThan(20);
    expect(after).toEqual(before.map((moment) => moment + by));
  },
);

it('moves a day in an answer, and no version that looks like one', () => {
  const { world } = findWorld({ checklist: 'aep', target: 'staging', cwd: home, breaks: [] });
  const own = {
    ...world,
    t0: '2026-03-10T11:00:00Z',
    answers: { a: { answer: '2026-03-05', evidence: 'v2026-03-05, 12026-03-05' } },
  };
  const moved = worldToday({ ...own, inputs: { version: '2026-03-05' } }, now);
  expect(moved.answers).toEqual({ a: { answer: '2031-06-25', evidence: 'v2026-03-05, 12026-03-05' } });
  expect(moved.inputs).toEqual({ version: '2026-03-05' });
});
