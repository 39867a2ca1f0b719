// Goal: a typo in a critical step, found in the middle of a run, is mended by two people at the terminal, and the run
// goes on from there. The transcript is the golden.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { answerAt } from './aep-answers.ts';
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

describe.skipIf(missing !== undefined)('a checklist mended in the middle of a run', () => {
  test('the difference is shown, two people agree, and only what it touches is looked at again', async () => {
    const place = placeAroundTheCutover();
    places.push(place);
    const path = join(place.folder, 'checklists', 'aep.yaml');
    const right = readFileSync(path, 'utf8');
    const step = /( {10}- id: smoke-api\n[\s\S]*?eq: )200/;
    expect(right).toMatch(step);
    writeFileSync(path, right.replace(step, '$1204'));
    const first = await place.open(['rehearse', 'aep-prod', '--phase', 'verify', '--speed', 'max']);
    await answerAt(first, 'smoke-api: what now?', 'p');
    expect(await first.exit()).toBe(2);

    writeFileSync(path, right);
    const second = await place.open(['amend', 'aep-prod']);
    await answerAt(second, 'Why is it amended?', 'smoke-api answers 200, as it should');
    await answerAt(second, 'Type aep-prod and the run goes on with this', 'aep-prod');
    await answerAt(second, 'Who agrees?', 'idris@navralabs.example');
    await answerAt(second, 'idris@navralabs.example: type aep-prod to agree', 'aep-prod');
    expect(await second.exit()).toBe(0);
    await expectSane(second);
    expect(place.bodies('checklist.amend')).toMatchObject([
      { by: 'erin@navralabs.example', second: 'idris@navralabs.example', touched: ['smoke-api'] },
    ]);

    const before = place.events();
    const third = await place.open(['resume']);
    // A part of the checklist is never a go.
    await third.waitFor('NOT DECIDED', 60_000);
    const ended = await third.exit();
    expect(ended, await third.transcript()).toBe(2);
    const starts = place
      .kinds()
      .slice(before)
      .filter((kind) => kind === 'step.start');
    expect(starts.length).toBeLessThan(10);
    expect((await place.run(['verify', place.runId(), '--rehearsal'])).code).toBe(0);
    const seen = `$ golive amend aep-prod\n${await second.transcript()}\n\n$ golive resume\n${await third.transcript()}`;
    expectGolden(`${goldens}/amend-80.txt`, seen, aepVarying);
  }, 120_000);
});
