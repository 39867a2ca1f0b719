// Goal: a disk that fails and a clock that was lost stop golive with a sentence, and cost nothing that was written. Method:
// the built program, with one call of the system that fails in an append, or on a machine that is behind; then gone on with.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceRecord } from './crash-acts.ts';
import { expectWhole, goOn, inPlace, linesNow, namesOf, reachedNow, type Case } from './crash-case.ts';
import { goliveAt, type Moment } from './crash-child.ts';
import { newHome, type Home } from './crash-place.ts';
import { standIn, type Standing } from './crash-stand-in.ts';

let home: Home;
let standing: Standing;
let cases = 0;
beforeAll(async () => {
  [home, standing] = await Promise.all([newHome(), standIn()]);
}, 60_000);
afterAll(() => standing.close());

/** Plays with an act that is made once, whatever happens. */
function play(work: (now: Case) => Promise<void>): Promise<void> {
  cases += 1;
  return inPlace({ home, standing, act: replaceRecord, n: cases }, {}, async (now) => {
    await work(now);
    expect(reachedNow(now), 'the change was sent once').toBe(1);
  });
}

// A failed fsync of the folder leaves a line that is there, and that nobody may rely on before it was read again.
const failures = [
  { at: 'write-line', fails: 'ENOSPC', kept: false },
  { at: 'fsync-line', fails: 'EIO', kept: false },
  { at: 'before-link', fails: 'ENOSPC', kept: false },
  { at: 'fsync-folder', fails: 'EIO', kept: true },
] as const;
const lines = ['ask.answer told', 'act.intent change', 'act.result change', 'step.verdict change', 'seal '];

test.each(failures.flatMap((failure) => lines.map((what) => ({ ...failure, what }))))(
  '$fails at $at of $what: it stops with exit 2, and goes on to the same end',
  ({ at, fails, kept, what }) =>
    play(async (now) => {
      const moment: Moment = { at, fails, what };
      const failed = await goliveAt(now.place, now.run, { says: now.says, moment });
      expect(failed.reached, failed.printed).toBeDefined();
      expect([failed.code, failed.printed]).toEqual([
        2,
        expect.stringContaining(`could not be made durable: ${fails}`),
      ]);
      expect(failed.printed).toContain('The run stops here');
      const left = linesNow(now);
      expect(namesOf(left).includes(what)).toBe(kept);
      const sessions = await goOn(now);
      await expectWhole(now, left, [failed], sessions);
    }),
);

test('a clock that is behind the log is refused before anything is written; set right, the run goes on', () =>
  play(async (now) => {
    const moment: Moment = { at: 'shown', what: 'and it is done ›' };
    await goliveAt(now.place, now.run, { says: now.says, moment });
    const left = linesNow(now);
    const behind = await goliveAt(now.place, now.resume(), { says: now.says, clock: -60_000 });
    expect([behind.code, behind.printed]).toEqual([2, expect.stringMatching(/clock is \d+ s behind the newest event/)]);
    expect(linesNow(now)).toEqual(left);
    const sessions = await goOn(now);
    await expectWhole(now, left, [], sessions);
  }));
