// Goal: with a run at a prompt in one terminal, a second one is told so, may watch, and may end it; and one that was killed
// is nobody's. Method: golive itself in several terminals over one folder.

import { afterEach, describe, expect, test } from 'vitest';
import { askPrompts, asksFiles } from './asks.ts';
import { expectSane, newPlace, type Place } from './golive.ts';
import { noTmux } from './terminal.ts';

const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

async function atTheQuestion() {
  const place = newPlace(asksFiles(['confirm']));
  places.push(place);
  const first = await place.open(['rehearse', 'asks-prod', '--speed', 'max']);
  await first.waitFor(`${askPrompts.confirm} ›`);
  return { place, first, run: place.runId() };
}

describe.skipIf(missing !== undefined)('a second terminal', () => {
  test('hears who is at the run, watches it, and ends it in the middle of what is typed in the first', async () => {
    const { place, first, run } = await atTheQuestion();
    const refused = await place.run(['status']);
    expect(refused.stdout).toMatch(/worked on now by .* since \d\d:\d\dZ/);
    const second = await place.open(['resume', run]);
    await second.waitFor(/is being worked on by/);
    expect(await second.exit()).toBe(2);

    const watching = await place.open(['watch', run]);
    await watching.waitFor('Ctrl-C ends watching only.');
    await watching.waitFor(/: asking confirm$/m);
    await first.type('yes');
    await first.waitFor(/› yes$/m);
    const third = await place.open(['stop', run]);
    await third.waitFor('Why does the run end here?');
    await third.answer('the window is over');
    expect(await third.exit()).toBe(1);
    expect(await third.screen()).toMatch(/^NO-GO {2}asks-prod \(rehearsal\)/m);

    expect(await first.exit()).toBe(1);
    const transcript = await first.transcript();
    expect(transcript).toContain('put aside; you had typed: yes');
    expect(transcript.replaceAll(/\s+/g, ' ')).toMatch(/stopped by \S+: the window is over/);
    await expectSane(first);
    expect(await watching.exit()).toBe(1);
    expect(await watching.screen()).toMatch(/^NO-GO {2}asks-prod \(rehearsal\)/m);
    expect(place.kinds().slice(-2)).toEqual(['run.stop', 'seal']);
    expect((await place.run(['verify', run, '--rehearsal'])).code).toBe(0);
  });

  test('ends watching with Ctrl-C, and the run goes on', async () => {
    const { place, first, run } = await atTheQuestion();
    const watching = await place.open(['watch']);
    await watching.waitFor('Ctrl-C ends watching only.');
    await watching.signal('SIGINT');
    expect(await watching.exit()).toBe(130);
    expect(await watching.screen()).toContain('Watching has ended, and nothing else');
    await expectSane(watching);
    await first.answer('yes');
    expect(await first.exit()).toBe(0);
    expect((await place.run(['verify', run, '--rehearsal'])).code).toBe(0);
  });

  test('finds nobody at a run that was killed, and goes on with it', async () => {
    const { place, first, run } = await atTheQuestion();
    const watching = await place.open(['watch', run]);
    await watching.waitFor('Ctrl-C ends watching only.');
    await first.signal('SIGKILL');
    await first.exit();
    await watching.waitFor('Its process is gone');
    expect((await place.run(['status'])).stdout).toContain('nobody is at it');
    const second = await place.open(['resume', run]);
    await second.waitFor(`${askPrompts.confirm} ›`);
    await watching.waitFor(/A session of .* began\./);
    expect((await place.run(['status'])).stdout).toContain('worked on now by');
    await second.answer('yes');
    expect(await second.exit()).toBe(0);
    expect(await watching.exit()).toBe(0);
  });
});
