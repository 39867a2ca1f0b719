// Goal: AEP is one run from a week before to a day after, worked on by one process after the other.

import { afterEach, expect, test } from 'vitest';
import { newPlace, type Place } from './golive.ts';

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

test('a rehearsal that ends at each wait is resumed by six processes to a go', async () => {
  const place = newPlace();
  places.push(place);
  const codes = [(await place.run(['rehearse', 'aep-prod', '--auto', '--one-session'])).code];
  while (codes.at(-1) === 2 && codes.length < 12) codes.push((await place.run(['resume', '--auto'])).code);
  expect(codes).toEqual([2, 2, 2, 2, 2, 0]);
  const sessions = place.kinds().filter((kind) => kind === 'run.open' || kind === 'session.open');
  expect(sessions).toHaveLength(6);
  const phases = (place.bodies('phase.close') as readonly { readonly phase: string }[]).map(({ phase }) => phase);
  expect(phases).toEqual(['prepare', 'day-before', 'launch', 'verify', 'cutover', 'after']);
  expect(place.bodies('seal')).toMatchObject([{ result: 'go', exit: 0 }]);
  expect((await place.run(['verify', place.runId(), '--rehearsal'])).code).toBe(0);
}, 240_000);
