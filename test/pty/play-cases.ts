// Goal: somebody plays the whole rehearsal by hand and gets to a go. The transcript is the golden: what people see is reviewed.

import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { accept, answerAt, lowerTtl, signOff } from './aep-answers.ts';
import { aepVarying, expectGolden } from './golden.ts';
import { expectSane, placeAroundTheCutover, type Place } from './golive.ts';
import { noTmux } from './terminal.ts';

const goldens = fileURLToPath(new URL('screens', import.meta.url));

const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

/** An empty front page (mended during the run), an alarm that rings (accepted), and logs nobody may read (looked at by hand). */
const broken = `application: { frontend: { page: { body: "" } } }
account: { cloudwatch: { alarms: { aep-prod-5xx-rate: { state: ALARM, reason: "Threshold Crossed" } } } }
faults: { denied: ["logs:FilterLogEvents"] }
`;

/** Plays it at `width` columns; gives all that was on the screen. */
async function play(place: Place, width: number): Promise<string> {
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${place.folder}/broken.yaml`, broken);
  const first = await place.open(['rehearse', 'aep-prod', '--world', 'broken.yaml', '--speed', 'max'], { width });
  await lowerTtl(first);
  await answerAt(first, 'backend-logs and 1 more: what now?', 'a');
  await answerAt(first, 'What did you see, and where?', 'CloudWatch console: no ERROR in the last ten minutes');
  await answerAt(first, 'frontend-logs: what now?', 'p');
  expect(await first.exit()).toBe(2);
  // The front page is still waited for then: nothing of it is written after the session's last line.
  expect(place.kinds().slice(-2)).toEqual(['run.pause', 'session.close']);
  await expectSane(first);
  place.mend({ faults: { denied: [] } });
  const second = await place.open(['resume'], { width });
  await answerAt(second, 'frontend-logs: what now?', 'r');
  await answerAt(second, 'alarm-5xx: what now?', 'w');
  await answerAt(second, 'Why can this be accepted?', 'The load test of this morning, over since 08:40');
  place.mend({ account: { cloudwatch: { alarms: { 'aep-prod-5xx-rate': { state: 'OK' } } } } });
  await second.waitFor('frontend-loads: what now?');
  place.mend({ application: { frontend: { page: { body: '<!doctype html><html></html>' } } } });
  await second.answer('r');
  await signOff(second);
  await answerAt(second, 'Type aep-prod and it is done', 'aep-prod');
  await accept(second);
  expect(await second.exit()).toBe(0);
  await expectSane(second);
  return `$ golive rehearse aep-prod --world broken.yaml\n${await first.transcript()}\n\n$ golive resume\n${await second.transcript()}`;
}

/** Plays it at these widths. */
export function playedByHand(widths: readonly number[]): void {
  describe.skipIf(missing !== undefined)('the rehearsal played by hand', () => {
    test.each(widths)(
      'goes to a go at %i columns: retried, attested, paused, resumed, waived',
      async (width) => {
        const place = placeAroundTheCutover();
        places.push(place);
        const seen = await play(place, width);
        expect((await place.run(['verify', place.runId(), '--rehearsal'])).code).toBe(0);
        expectGolden(`${goldens}/play-${width}.txt`, seen, aepVarying);
      },
      120_000,
    );
  });
}
