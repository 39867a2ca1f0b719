// Goal: somebody makes the cutover by hand, watches it, and takes it back with one key and the typed name of the run.
// The transcripts are the goldens: what people see in the most dangerous minutes is reviewed.

import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { accept, answerAt, dayAfter, lowerTtl, prepare, signOff, waitForAct } from './aep-answers.ts';
import { aepVarying, expectGolden } from './golden.ts';
import { expectSane, newPlace, placeAroundTheCutover, type Place } from './golive.ts';
import { noTmux, type Terminal } from './terminal.ts';

const goldens = fileURLToPath(new URL('screens', import.meta.url));

const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

/** Plays up to the typed confirmation of the cutover, which is asked for and not yet given. */
async function toTheCutover(place: Place, words: readonly string[], width: number, whole: boolean): Promise<Terminal> {
  const terminal = await place.open(['rehearse', 'aep-prod', '--speed', 'max', ...words], { width, height: 60 });
  await (whole ? prepare(terminal) : lowerTtl(terminal));
  await signOff(terminal);
  await waitForAct(terminal, 'dns-cutover');
  return terminal;
}

const runKinds = (place: Place): readonly string[] =>
  place.kinds().filter((kind) => kind.startsWith('act.') || kind.startsWith('rollback.') || kind === 'run.stop');

/** Plays it at these widths. */
export function cutoverByHand(widths: readonly number[]): void {
  describe.skipIf(missing !== undefined)('the cutover by hand', () => {
    // All of the paper at 80 columns; the wide one is the day of the cutover alone.
    test.each(widths)(
      'goes to a go at %i columns; another word than the name of the run changes nothing',
      async (width) => {
        const whole = width === 80;
        const place = whole ? newPlace() : placeAroundTheCutover();
        places.push(place);
        const terminal = await toTheCutover(place, [], width, whole);
        await terminal.key('Enter');
        await terminal.answer('yes');
        await terminal.waitFor('type aep-prod');
        const before = runKinds(place).length;
        expect(runKinds(place).filter((kind) => kind === 'act.intent')).toHaveLength(whole ? 2 : 1);
        await terminal.key('C-u');
        await terminal.answer('aep-prod');
        await accept(terminal);
        if (whole) await dayAfter(terminal);
        expect(await terminal.exit(30_000)).toBe(0);
        await expectSane(terminal);
        expect(runKinds(place).slice(before, before + 2)).toEqual(['act.intent', 'act.result']);
        expect((await place.run(['verify', place.runId(), '--rehearsal'])).code).toBe(0);
        const seen = `$ golive rehearse aep-prod\n${await terminal.transcript()}`;
        expectGolden(`${goldens}/cutover-${width}.txt`, seen, aepVarying);
      },
      120_000,
    );

    test.each(widths)(
      'is taken back at %i columns with one key and the name of the run',
      async (width) => {
        const place = placeAroundTheCutover();
        places.push(place);
        const terminal = await toTheCutover(place, ['--break', '5xx-spike-after-cutover'], width, false);
        await terminal.answer('aep-prod');
        await accept(terminal);
        await answerAt(terminal, 'watch-5xx: what now?', 'b');
        await answerAt(terminal, 'Type aep-prod to take this back', 'aep-prod');
        expect(await terminal.exit(30_000)).toBe(1);
        await expectSane(terminal);
        expect(runKinds(place).slice(2)).toEqual([
          'act.intent',
          'act.result',
          'rollback.open',
          'act.intent',
          'act.result',
          'rollback.close',
          'run.stop',
        ]);
        const [opened] = place.bodies('rollback.open');
        expect(opened).toMatchObject({ by: 'erin@navralabs.example', to: 'go-no-go' });
        expect(place.bodies('run.stop')).toMatchObject([
          { by: 'erin@navralabs.example', reason: expect.stringContaining('rolled back: watch-5xx: ') },
        ]);
        expect((await place.run(['verify', place.runId(), '--rehearsal'])).code).toBe(0);
        const seen = `$ golive rehearse aep-prod --break 5xx-spike-after-cutover\n${await terminal.transcript()}`;
        expectGolden(`${goldens}/rollback-${width}.txt`, seen, aepVarying);
      },
      120_000,
    );
  });
}
