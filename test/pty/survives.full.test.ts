// Goal: golive is killed three times in the middle of changes. Each time the next session says what became of the change:
// made, not made, or nobody can tell and a person says so; and nothing is sent twice without a word. The transcripts of
// those sessions are the golden, with a change that is not seen to come true, and its retry.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { givenWorld } from '../rehearsal/given.ts';
import { home } from '../support/shell.ts';
import { answerAt } from './aep-answers.ts';
import { aepVarying, expectGolden } from './golden.ts';
import { expectSane, newPlace, type Place } from './golive.ts';
import { noTmux, type Terminal } from './terminal.ts';

const golden = fileURLToPath(new URL('screens/survives-80.txt', import.meta.url));
const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const checklist = `golive: 1
name: demo
title: Three changes
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
roles: { ops: { title: Operations } }
phases:
  - id: cutover
    title: Cutover
    at: T-0
    sections:
      - title: Changes
        owner: ops
        steps:
          - id: lower
            title: Lower the TTL
            act: { route53.set_ttl: { zone: navralabs.com, name: app.navralabs.com, ttl: 60 } }
            budget: 5m
          - id: raise
            title: Raise it a little
            act: { route53.set_ttl: { zone: navralabs.com, name: app.navralabs.com, ttl: 120 } }
            budget: 5m
          - id: ship
            title: Deploy the release
            act: { command: { argv: [deploy, --to, green] } }
            verify:
              probe:
                http:
                  url: https://app.navralabs.com/health/live
                  connect_to: aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com
              wait: { for: 1m, every: 10s }
              expect: [{ path: status, eq: 200 }]
            undo: [{ command: { argv: [deploy, --to, blue] } }]
            budget: 10m
            fix: Read what it wrote; roll back when green does not come up.
`;

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

/** A terminal in which golive dies of SIGKILL at a moment. */
function dying(place: Place, words: readonly string[], at: string, what: string): Promise<Terminal> {
  const moment = JSON.stringify({ at, what, mark: join(place.folder, `${what.replace(' ', '-')}.mark`) });
  const preload = join(home, 'test/faults/fail-point.mjs');
  return place.open(words, { height: 60, env: { NODE_OPTIONS: `--import=${preload}`, FAIL_POINT: moment } });
}

describe.skipIf(missing !== undefined)('a process that is killed in the middle of changes', () => {
  test('goes on, and says what became of each of them', async () => {
    const world = {
      ...givenWorld({
        commands: { ship: { argv: ['deploy', '--to', 'green'], stdout: 'building\nshipped to green\n' } },
      }),
      checklist: 'demo',
      breaks: {},
      start: '2026-03-10T11:00:00Z',
    };
    const place = newPlace({
      'checklists/demo.yaml': checklist,
      'checklists/rehearsal/demo.yaml': JSON.stringify(world),
    });
    places.push(place);
    const first = await dying(place, ['rehearse', 'demo-prod', '--speed', 'max'], 'before-link', 'act.result lower');
    await answerAt(first, 'Type do it and it is done', 'do it');
    expect(await first.exit(30_000)).toBe(137);

    const second = await dying(place, ['resume'], 'after-unlink', 'act.intent raise');
    await answerAt(second, 'Type do it and it is done', 'do it');
    expect(await second.exit(30_000)).toBe(137);

    const third = await dying(place, ['resume'], 'before-link', 'act.result ship');
    await answerAt(third, 'Type do it and it is done', 'do it');
    await third.waitFor(/ship {2}Deploy the release[^]*Type do it and it is done ›/, 30_000);
    await third.answer('do it', 'it');
    expect(await third.exit(30_000)).toBe(137);

    const fourth = await place.open(['resume'], { height: 60 });
    await answerAt(fourth, 'ship: was it made?', 'u');
    await answerAt(fourth, 'Why can it not be found out?', 'Nobody here may look at the hosts');
    await answerAt(fourth, 'ship: what now?', 'r');
    await fourth.waitFor(/what now\? › r[^]*ship: was it made\? ›/, 30_000);
    await fourth.answer('n');
    await answerAt(fourth, 'What did you see, and where?', 'Console of the hosts: still blue');
    place.mend({ application: { backend: { live: false } } });
    await fourth.waitFor(/still\s+blue[^]*Type do it and it is done ›/, 30_000);
    await fourth.answer('do it', 'it');
    await fourth.waitFor(/observed +503[^]*ship: what now\? ›/, 30_000);
    place.mend({ application: { backend: { live: true } } });
    await fourth.answer('r');
    expect(await fourth.exit(30_000)).toBe(0);
    await expectSane(fourth);

    expect((await place.run(['verify', place.runId(), '--rehearsal'])).code).toBe(0);
    expect(place.bodies('act.reconciled')).toMatchObject([
      { step: 'lower', result: 'applied', by: 'golive' },
      { step: 'raise', result: 'not-applied', by: 'golive' },
      { step: 'ship', result: 'unknown' },
      { step: 'ship', result: 'not-applied' },
    ]);
    const seen = await Promise.all([second, third, fourth].map((terminal) => terminal.transcript()));
    expectGolden(golden, seen.map((text) => `$ golive resume\n${text}`).join('\n\n'), aepVarying);
  }, 120_000);
});
