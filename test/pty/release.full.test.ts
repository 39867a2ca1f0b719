// Goal: a new revision and the cutover are taken back with one key and the name of the run, newest first, as it was shown
// beforehand. The transcript is the golden.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { loadWorld } from '../../src/rehearsal/world.ts';
import { aroundTheCutover, withPhases, withRelease } from '../support/phases.ts';
import { home } from '../support/shell.ts';
import { accept, answerAt, confirmAct, lowerTtl, signOff } from './aep-answers.ts';
import { aepVarying, expectGolden } from './golden.ts';
import { expectSane, newPlace, type Place } from './golive.ts';
import { noTmux } from './terminal.ts';

const golden = fileURLToPath(new URL('screens/release-80.txt', import.meta.url));
const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

/** AEP around its cutover, with a release before it that the world knows as revision 43. */
function placeOfRelease(): Place {
  const place = newPlace();
  places.push(place);
  const path = join(place.folder, 'checklists', 'aep.yaml');
  const text = readFileSync(path, 'utf8');
  const [, back = ''] = text.split(/^(?=rollback:)/m);
  // Of what is offered beside, one step: the others read what was looked at a day before.
  const offered = back.split(/^(?= {2}- id: )/m).find((item) => item.startsWith('  - id: back-dns\n')) ?? '';
  const day = withRelease(withPhases(text, aroundTheCutover), 43);
  writeFileSync(path, `${day}\nrollback:\n${offered.replace(/^ +#.*$/gm, '')}`);
  const world = readFileSync(join(home, 'checklists', 'rehearsal', 'aep.yaml'), 'utf8');
  const { ecs } = loadWorld(world, 'aep.yaml', 'prod').account;
  const task_definitions = { 'aep-backend-prod:43': ecs.task_definitions['aep-backend-prod:42'] };
  const patch = JSON.stringify({ account: { ecs: { task_definitions } } });
  writeFileSync(join(place.folder, 'release.yaml'), patch);
  return place;
}

interface Undo {
  readonly step: string;
  readonly request: unknown;
}

describe.skipIf(missing !== undefined)('a release and the cutover', () => {
  test('are taken back together: newest first, as previewed, each of them seen', async () => {
    const place = placeOfRelease();
    const words = ['--break', '5xx-spike-after-cutover', '--world', 'release.yaml', '--speed', 'max'];
    const first = await place.open(['rehearse', 'aep-prod', ...words], { height: 60 });
    await lowerTtl(first);
    await signOff(first);
    await confirmAct(first, 'release-backend');
    await confirmAct(first, 'dns-cutover');
    await accept(first);
    await answerAt(first, 'watch-5xx: what now?', 'p');
    expect(await first.exit(30_000)).toBe(2);
    const preview = await place.run(['rollback', place.runId(), '--plan', '--json']);
    const plan: { readonly to: string; readonly undo: readonly Undo[] } = JSON.parse(preview.stdout);
    expect([plan.to, plan.undo.map(({ step }) => step)]).toEqual([
      'go-no-go',
      ['dns-cutover.undo', 'release-backend.undo'],
    ]);
    const second = await place.open(['resume', place.runId()], { height: 60 });
    await answerAt(second, 'watch-5xx: what now?', 'b');
    const pressed = performance.now();
    await answerAt(second, 'Type aep-prod to take this back', 'aep-prod');
    expect(await second.exit(60_000)).toBe(1);
    await expectSane(second);
    process.stdout.write(`from the key to the verified way back: ${Math.round(performance.now() - pressed)} ms\n`);

    const intents = place.bodies('act.intent') as readonly { readonly step: string; readonly request: string }[];
    const done = intents.filter(({ step }) => step.endsWith('.undo'));
    const blob = (digest: string): unknown =>
      JSON.parse(readFileSync(join(place.folder, '.golive/runs', place.runId(), 'blobs', digest), 'utf8'));
    expect(done.map(({ step, request }) => ({ step, request: blob(request) }))).toEqual(
      plan.undo.map(({ step, request }) => ({ step, request })),
    );
    expect(place.bodies('step.verdict')).toEqual(
      expect.arrayContaining(
        plan.undo.map(({ step }) => expect.objectContaining({ step, verdict: 'pass' }) as unknown),
      ),
    );
    const path = join(place.folder, '.golive/runs', place.runId(), 'local/world.json');
    const { account } = JSON.parse(readFileSync(path, 'utf8'));
    expect(account.ecs.clusters['aep-prod'].services['aep-backend-prod-svc'].task_definition).toBe(
      'aep-backend-prod:42',
    );
    expect(account.route53.zones['navralabs.com'].records['app.navralabs.com']).toEqual({
      A: { ttl: 60, values: ['203.0.113.10'] },
    });
    expect((await place.run(['verify', place.runId(), '--rehearsal'])).code).toBe(0);
    // A second one finds nothing to do.
    expect((await place.run(['rollback', place.runId()])).stderr).toContain('sealed: no-go, rolled back');
    const seen = await second.transcript();
    expectGolden(golden, `$ golive resume\n${seen}`, aepVarying);
  }, 180_000);
});
