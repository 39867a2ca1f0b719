// Goal: a look that crashes in the middle of others is an error of its own step, and costs no other step its verdict.
// Method: the http kind throws what no kind should, for some addresses, while steps that use it run side by side.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { findKind } from '../../src/steps/index.ts';
import { play } from './given.ts';

const http = findKind('http');
if (http === undefined) throw new Error('there is no kind http');
const really = http.run;

afterEach(() => vi.restoreAllMocks());

/** Looks at `/crash/…` throw, at once or after the others have had their turn. */
function crashing(thrown: () => never): void {
  vi.spyOn(http as { run: typeof really }, 'run').mockImplementation(async (args, world, attempt) => {
    const { url } = args as { readonly url: string };
    if (url.includes('/crash/at-once')) thrown();
    const seen = await really({ ...(args as object), url: url.replace(/\/crash.*/, '/health/live') }, world, attempt);
    if (url.includes('/crash')) thrown();
    return seen;
  });
}

const connect = 'connect_to: aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com';
const look = (id: string, path: string): string => `- id: ${id}
  title: ${id}
  probe: { http: { url: "https://app.navralabs.com${path}", ${connect} } }
  expect: [{ path: status, eq: 200 }]`;
const paths = ['/health/live', '/crash/at-once', '/', '/health/ready', '/crash/later', '/health/live', '/'];
const steps = paths.map((path, at) => look(`look-${at}`, path)).join('\n');
const expected = Object.fromEntries(
  paths.map((path, at) => [`look-${at}`, path.startsWith('/crash') ? 'error' : 'pass']),
);

describe('wrong pass 25: a crash among looks that run side by side', () => {
  test.each([
    ['a TypeError', () => new TypeError('cannot read properties of undefined')],
    ['a RangeError', () => new RangeError('out of everything')],
    ['no Error at all', () => 'a string somebody threw'],
    ['nothing', () => undefined],
  ])('%s is an error on its own step; the others have their verdicts', async (_, make) => {
    crashing(() => {
      throw make();
    });
    const played = await play(steps);
    expect(played.verdicts).toEqual(expected);
    expect(played.exit).toBe(2);
    expect(played.screen).toMatch(/ERROR +look-1/);
    expect(played.screen).toContain('golive broke while looking');
    expect(played.screen).toMatch(/UNDECIDED|NOT DECIDED/i);
  });

  test('without the crash all of them pass', async () => {
    const played = await play(steps.replaceAll(/\/crash\/[a-z-]+/g, '/health/live'));
    expect([played.exit, Object.values(played.verdicts)]).toEqual([0, paths.map(() => 'pass')]);
  });
});
