// Goal: whatever ends golive at a question, the journal is whole, the terminal is as it was, and the run goes on.
// Method: every sort of prompt of the real program, ended by each signal, verified, resumed.

import { afterEach, describe, expect, test } from 'vitest';
import { askPrompts, asksFiles, type Line } from './asks.ts';
import { expectSane, newPlace, type Place } from './golive.ts';
import { drawn } from '../support/drawn.ts';
import { noTmux, type Terminal } from './terminal.ts';

const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

function placeWith(files?: Readonly<Record<string, string>>): Place {
  const place = newPlace(files);
  places.push(place);
  return place;
}

/** A prompt: the step it stands at, what is typed to get there, and the question before and there. */
interface At {
  readonly line: Line;
  readonly keys: readonly string[];
  readonly first: string;
  readonly prompt: string;
}

const prompts: Readonly<Record<string, At>> = {
  line: { line: 'confirm', keys: [], first: askPrompts.confirm, prompt: askPrompts.confirm },
  evidence: { line: 'text', keys: ['ada'], first: askPrompts.text, prompt: 'What did you see, and where?' },
  secret: { line: 'secret', keys: [], first: askPrompts.secret, prompt: askPrompts.secret },
  menu: { line: 'red', keys: [], first: 'red: what now?', prompt: 'red: what now?' },
  reason: { line: 'red', keys: ['w'], first: 'red: what now?', prompt: 'Why can this be accepted?' },
  note: { line: 'confirm', keys: [':note'], first: askPrompts.confirm, prompt: 'Note' },
  vote: { line: 'gate', keys: [], first: 'Lead, go or no-go?', prompt: 'Lead, go or no-go?' },
};

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function reach(place: Place, at: At): Promise<Terminal> {
  const terminal = await place.open(['rehearse', 'asks-prod', '--speed', 'max']);
  await terminal.waitFor(`${at.first} ›`);
  for (const keys of at.keys) await terminal.answer(keys);
  await terminal.waitFor(`${at.prompt} ›`);
  return terminal;
}

async function leave(terminal: Terminal, line: Line): Promise<void> {
  await terminal.answer(':pause', line === 'secret' ? '(hidden)' : ':pause');
}

/** The log is whole and open, and a new session stands at the same step. */
async function expectResumable(place: Place, at: At): Promise<void> {
  const verified = await place.run(['verify', place.runId()]);
  expect(verified.stdout).toMatch(/^OPEN/);
  expect(verified.code).toBe(10);
  const again = await place.open(['resume', place.runId()]);
  await again.waitFor(`${at.first} ›`);
  await leave(again, at.line);
  expect(await again.exit()).toBe(2);
  expect((await place.run(['verify', place.runId()])).code).toBe(10);
}

describe.skipIf(missing !== undefined)('a signal', () => {
  for (const [kind, at] of drawn('signals', Object.entries(prompts), 1)) {
    test(`at a ${kind} prompt leaves a sane terminal, a whole journal and a run to resume`, async () => {
      await Promise.all(
        signals.map(async (signal) => {
          const place = placeWith(asksFiles([at.line]));
          const terminal = await reach(place, at);
          await terminal.type('n');
          await terminal.waitFor(/› (?:n|.hidden.)$/m);
          expect(await terminal.title()).toContain('golive: your answer is needed: ');
          await terminal.signal(signal);
          expect(await terminal.exit(), signal).toBe(130);
          expect(await terminal.title(), signal).not.toContain('golive');
          const last = (await terminal.screen()).split('\n').at(-1);
          expect(last, signal).toBe(`Interrupted. Go on with: golive resume ${place.runId()}`);
          await expectSane(terminal);
          expect(place.kinds().at(-1)).toBe('session.close');
          if (signal === 'SIGINT') await expectResumable(place, at);
        }),
      );
    });
  }

  test('before a run is opened starts nothing', async () => {
    const place = placeWith(asksFiles(['confirm']));
    await place.run(['key', 'init', '--as', 'ada@asks.example']);
    const terminal = await place.open(['run', 'asks-prod', '--as', 'ada@asks.example']);
    await terminal.waitFor('for the first time? (yes or no) ›');
    await terminal.signal('SIGTERM');
    expect(await terminal.exit()).toBe(130);
    await expectSane(terminal);
    expect(place.events()).toBe(0);
  });
});
