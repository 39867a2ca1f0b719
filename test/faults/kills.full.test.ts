// Goal: whatever moment golive dies at, nothing that was written or answered is lost, and nothing is changed twice. Method:
// the built program is killed with signal 9 at every point where a crash means something else, and gone on with, while the
// stand-in it talks to lives on and counts what reaches it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { severalAtOnce } from '../adversarial/judge.ts';
import { newStage } from '../adversarial/logs.ts';
import { randomFrom } from '../rehearsal/kills.ts';
import { crashActs, replaceRecord, type CrashAct } from './crash-acts.ts';
import { killAt, killOnWayBack, onBadWay, type Counted, type Given } from './crash-case.ts';
import { newHome, type Home } from './crash-place.ts';
import { crashPoints } from './crash-points.ts';
import { standIn, type Standing } from './crash-stand-in.ts';
import { tableOf, type Row } from './crash-table.ts';
import { killAtWord, word, wordPoints } from './crash-words.ts';

const kills = Number(process.env['GOLIVE_TEST_KILLS'] ?? 10);
/** Of what is beyond the points themselves. */
const fewer = Math.ceil(kills / 3);
/** As many cases run at the same time, each with a stand-in to itself. */
const atOnce = 2;
const seed = Number(process.env['GOLIVE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`crashes: GOLIVE_TEST_SEED=${seed}\n`);
const random = randomFrom(seed);
const drawn = (): number => random(1000) / 1000;

const standings: Standing[] = [];
let home: Home;
beforeAll(async () => {
  home = await newHome();
  standings.push(...(await Promise.all(Array.from({ length: atOnce }, standIn))));
}, 60_000);
afterAll(async () => {
  await Promise.all(standings.map((standing) => standing.close()));
  process.stdout.write(`${tableOf(rows)}\n`);
});

const rows: Row[] = [];
const cases = new Map<CrashAct, number>();

/** Plays a case as often as it takes, some at the same time, and keeps what they came to. */
async function often(
  point: string,
  act: CrashAct,
  play: (given: Given) => Promise<Counted>,
  { times = kills, changes = 1 } = {},
): Promise<void> {
  let left = times;
  const counted: Counted[] = [];
  const worker = async (standing: Standing): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const n = cases.get(act) ?? 0;
      cases.set(act, n + 1);
      counted.push(await play({ home, standing, act, n }));
    }
  };
  await Promise.all(standings.map(worker));
  rows.push({ point, act, counted });
  // A person who was asked looked, and said what is so: with their word it is once as well.
  expect(counted.map(({ reached }) => reached)).toEqual(counted.map(() => changes));
  // Everything but the opaque shows by itself whether it was made.
  if (act.class !== 'opaque') expect(counted.map(({ asked }) => asked)).toEqual(counted.map(() => 0));
}

const ofAnyAct = crashPoints.filter(({ ofActs }) => !ofActs);
const ofActs = crashPoints.filter((point) => point.ofActs);

test.each(ofAnyAct)('killed at $name', async (point) => {
  await often(point.name, replaceRecord, (given) => killAt(given, point, drawn()));
});

describe('a gate of two people', () => {
  const stage = newStage();
  afterAll(() => stage.close());

  test.each(wordPoints)('killed at $name', async (point) => {
    const times = Array.from({ length: kills }, () => point);
    const counted = await severalAtOnce(atOnce, times, (each) => killAtWord(stage, each));
    rows.push({ point: point.name, act: word, counted });
    // Whoever signed and was not written down is asked again; nobody else is, and nobody signs twice.
    const again = point.name.endsWith('signed, it is not durable') ? 1 : 0;
    expect(counted.map(({ asked, reached }) => [asked, reached])).toEqual(times.map(() => [again, 2]));
  });
});

describe.each(crashActs)('$name', (act) => {
  test.each(ofActs)('killed at $name', async (point) => {
    await often(point.name, act, (given) => killAt(given, point, drawn()));
  });
});

// A program has no reply that could get lost on its way.
describe.each(crashActs.filter((act) => act.operation !== undefined))('$name, its reply lost', (act) => {
  test('goes on', async () => {
    await often('reply lost', act, (given) => onBadWay(given, 'lost'));
  });

  test('killed when that was found out and is not durable', async () => {
    const moment = { at: 'before-link', what: 'act.reconciled' } as const;
    await often('reply lost, found out, not durable', act, (given) => onBadWay(given, 'lost', moment));
  });
});

// It reaches the other side twice, and the token or the state it starts from sees to it that it is made once.
const madeOnce = crashActs.filter((act) => act.class === 'token' || act.class === 'compare');
test.each(madeOnce)('$name, killed when it was sent, arrives after it was looked for in vain', async (act) => {
  const moment = { at: 'request-sent', what: act.call } as const;
  await often('8b sent, no reply, arrives late', act, (given) => onBadWay(given, 'late', moment), {
    times: fewer,
    changes: 2,
  });
});

describe.each(crashActs.filter((act) => act.takenBack === true))('the way back of $name', (act) => {
  test.each(ofActs)('killed at $name', async (point) => {
    await often(`${point.name}, on the way back`, act, (given) => killOnWayBack(given, point), {
      times: fewer,
      changes: 2,
    });
  });
});
