// Goal: golive is killed while a look is under way and a question is open: nothing is lost, and the look is done again.

import { expect, onTestFinished, test } from 'vitest';
import { lowerTtl } from './aep-answers.ts';
import { placeAroundTheCutover } from './golive.ts';
import { noTmux } from './terminal.ts';

const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

test.skipIf(missing !== undefined)(
  'a signal that cannot be caught loses nothing: a look that was under way is done again',
  async () => {
    const place = placeAroundTheCutover();
    onTestFinished(() => place.remove());
    // The front page is waited for while somebody is asked about the alarm.
    const breaks = ['--break', 'front-page-broken', '--break', 'alarm-firing'];
    const first = await place.open(['rehearse', 'aep-prod', '--speed', 'max', ...breaks]);
    await lowerTtl(first);
    await first.waitFor('alarm-5xx: what now? ›');
    await first.signal('SIGKILL');
    await first.exit();
    expect((await place.run(['verify', place.runId()])).stdout).toMatch(/^OPEN/);
    place.mend({ application: { frontend: { page: { body: '<html></html>' } } } });
    const second = await place.open(['resume']);
    await second.waitFor('alarm-5xx: what now? ›');
    expect(place.bodies('step.start')).toContainEqual(
      expect.objectContaining({ step: 'frontend-loads', why: 'interrupted', attempt: 2 }),
    );
    expect(place.bodies('step.verdict')).toContainEqual(
      expect.objectContaining({ step: 'frontend-loads', verdict: 'pass', attempt: 2 }),
    );
    await second.answer(':pause');
    expect(await second.exit()).toBe(2);
    expect((await place.run(['verify', place.runId()])).code).toBe(10);
  },
);
