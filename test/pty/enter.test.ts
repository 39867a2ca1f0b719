// Goal: Enter alone never changes anything, in every prompt of the real program. Nothing is logged, the question stays.

import { afterEach, describe, expect, test } from 'vitest';
import { askPrompts, asksFiles, askTypes, type AskType } from './asks.ts';
import { newPlace, type Place } from './golive.ts';
import { noTmux, type Terminal } from './terminal.ts';

const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

function placeWith(files: Readonly<Record<string, string>>): Place {
  const place = newPlace(files);
  places.push(place);
  return place;
}

const answers: Readonly<Record<AskType, string>> = {
  confirm: 'yes',
  text: 'ada',
  number: '4.5',
  integer: '3',
  choice: 'blue',
  date: '2026-11-20',
  secret: 'open-sesame-4711',
};

const nothing = 'Nothing was typed, so nothing is answered';

/** The prompt is the last thing on the screen, with nothing typed: what is typed now is for it. */
async function open(terminal: Terminal, prompt: string): Promise<void> {
  await terminal.waitFor(new RegExp(`${literal(prompt)} ›\\n  [^\\n]*$`));
}

const literal = (text: string): string => text.replaceAll(/[()?]/g, '\\$&');

/** Enter at a line: it says so, and neither the log nor the question has moved. */
async function enterAlone(place: Place, terminal: Terminal, prompt: string): Promise<void> {
  await open(terminal, prompt);
  const before = place.events();
  await terminal.key('Enter');
  await terminal.waitFor(nothing);
  await terminal.key('Enter');
  // What is typed next still lands in the same prompt, after both Enters.
  await terminal.type('x');
  await terminal.waitFor(new RegExp(`${literal(prompt)} › (x|.hidden.)\\n(?!.*${nothing})`));
  expect(place.events(), prompt).toBe(before);
  await terminal.key('BSpace');
  await open(terminal, prompt);
}

/** Enter at a menu: the evidence, and the same menu again. */
async function enterOnMenu(place: Place, terminal: Terminal, prompt: string, evidence: string): Promise<void> {
  await open(terminal, prompt);
  const before = place.events();
  await terminal.key('Enter');
  await terminal.waitFor(new RegExp(`${literal(prompt)} › evidence\\n[^]*${evidence}`));
  await open(terminal, prompt);
  expect(place.events(), prompt).toBe(before);
}

/** Turns away from a question begun in the menu, and takes another letter there. */
async function turnTo(terminal: Terminal, letter: string): Promise<void> {
  await terminal.answer(':evidence');
  await open(terminal, 'red: what now?');
  await terminal.answer(letter);
}

describe.skipIf(missing !== undefined)('Enter alone', () => {
  test('answers no question of any form, no evidence, no menu, no reason and no vote of a run', async () => {
    const place = placeWith(asksFiles([...askTypes, 'red', 'blind', 'gate']));
    const terminal = await place.open(['rehearse', 'asks-prod', '--speed', 'max'], { height: 90 });
    for (const type of askTypes) {
      await enterAlone(place, terminal, askPrompts[type]);
      await terminal.answer(answers[type], type === 'secret' ? '(hidden)' : answers[type]);
      if (type !== 'text') continue;
      await enterAlone(place, terminal, 'What did you see, and where?');
      await terminal.answer('The rota');
    }
    await enterOnMenu(place, terminal, 'red: what now?', 'status = 418');
    await terminal.answer('e');
    await enterAlone(place, terminal, 'Which earlier step?');
    await turnTo(terminal, 'n');
    await enterAlone(place, terminal, 'Note');
    await turnTo(terminal, 's');
    await enterAlone(place, terminal, 'Why does the run end here? Typing a reason ends it');
    await turnTo(terminal, 'w');
    await enterAlone(place, terminal, 'Why can this be accepted?');
    await terminal.answer('A teapot it is not');
    await enterOnMenu(place, terminal, 'blind: what now?', 'nothing was seen');
    await terminal.answer('a');
    await enterAlone(place, terminal, 'What did you see, and where?');
    await terminal.answer('The console');
    await enterAlone(place, terminal, 'Type questions and the section is closed');
    await terminal.answer('questions');
    await enterAlone(place, terminal, 'Lead, go or no-go?');
    await terminal.answer('go');
    expect(await terminal.exit()).toBe(0);
    expect(place.texts().some((text) => text.includes(answers.secret))).toBe(false);
  });

  test('trusts no checklist, gives no input, and resumes no run', async () => {
    const inputs =
      'inputs: { people: { question: How many?, integer: {} }, token: { question: Which token?, secret: true } }';
    const place = placeWith(asksFiles(['confirm'], inputs));
    await place.run(['key', 'init', '--as', 'ada@asks.example']);
    const run = ['run', 'asks-prod', '--as', 'ada@asks.example'];
    const first = await place.open(run);
    await enterAlone(place, first, 'Run this checklist for the first time? (yes or no)');
    await first.answer('yes');
    await enterAlone(place, first, 'How many? (a whole number)');
    await first.answer('2');
    await enterAlone(place, first, 'Which token?');
    await first.answer('t0k3n', '(hidden)');
    await enterAlone(place, first, askPrompts.confirm);
    await first.answer(':pause');
    expect(await first.exit()).toBe(2);
    const second = await place.open(run);
    await enterAlone(place, second, 'Go on with it? (yes or no)');
    await second.answer('no');
    expect(await second.exit()).toBe(3);
  });
});
