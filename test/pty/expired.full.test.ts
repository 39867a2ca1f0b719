// Goal: the credentials are over in the middle of the watch. The run pauses, says what is over and what renews it, and goes
// on where it was. The transcript is the golden.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { accept, answerAt, confirmAct, lowerTtl, signOff } from './aep-answers.ts';
import { aepVarying, expectGolden } from './golden.ts';
import { expectSane, placeAroundTheCutover, type Place } from './golive.ts';
import { noTmux } from './terminal.ts';

const golden = fileURLToPath(new URL('screens/expired-80.txt', import.meta.url));
const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

/** The keys of the rehearsal are good until five minutes after the cutover. */
const over = `turns:
  over:
    at: "2026-03-10T11:05:00Z"
    patches: [{ faults: { expired_keys: [REHEARSAL111111111111] } }]
`;

describe.skipIf(missing !== undefined)('credentials that expire during the watch', () => {
  test('pause the run, and it goes on with new ones', async () => {
    const place = placeAroundTheCutover();
    places.push(place);
    writeFileSync(join(place.folder, 'over.yaml'), over);
    const terminal = await place.open(['rehearse', 'aep-prod', '--world', 'over.yaml', '--speed', 'max'], {
      height: 60,
    });
    await lowerTtl(terminal);
    await signOff(terminal);
    await confirmAct(terminal, 'dns-cutover');
    await accept(terminal);
    await answerAt(terminal, 'what now?', 'r');
    expect(await terminal.exit(60_000)).toBe(0);
    await expectSane(terminal);
    expect((await place.run(['verify', place.runId(), '--rehearsal'])).code).toBe(0);
    const seen = `$ golive rehearse aep-prod --world over.yaml\n${await terminal.transcript()}`;
    expectGolden(golden, seen.slice(seen.indexOf('  ✓ uat-budget')), aepVarying);
  }, 120_000);
});
