// Goal: what lets something change is the exact word and nothing else, after everything about it was on the screen.
// Method: the people at a terminal, with an operator who types what the test says.

import { expect, it } from 'vitest';
import type { State } from '../../src/engine/state.ts';
import { GoliveError } from '../../src/errors.ts';
import { readLine, readMenu } from '../../src/effects/readings.ts';
import type { ActShown } from '../../src/render/act.ts';
import type { BackShown } from '../../src/render/way-back.ts';
import { theme } from '../../src/render/theme.ts';
import { atTerminal } from '../../src/runner/at-terminal.ts';
import type { Asked, Operator } from '../../src/world.ts';
import { swaps } from '../support/act.ts';
import { given, looked, noon, phase, planOf, step } from '../support/plan.ts';

const cut = swaps('cut', { phase: 'p' });
const plan = planOf(phase('p', [step('a'), cut, step('errors')]));
const prospect = {
  stands: 'ready',
  before: { value: 'blue' },
  request: { name: 'site', from: 'blue', to: 'green' },
  lines: ['- site blue', '+ site green'],
  expected: '',
  observed: '',
  requests: [],
} as const;
const shown: ActShown = {
  words: 'makes site green',
  prospect,
  confirm: 'target',
  undo: { words: 'back to blue' },
  budgetMs: 300_000,
  first: true,
};
const backShown: BackShown = {
  why: 'errors: 503',
  begun: false,
  backs: [{ step: cut, prospect }],
  to: '',
  older: [],
  offered: [],
};

/** People at a terminal where these lines are typed, one after the other; the last answers nothing. */
function typing(state: State, ...lines: readonly string[]) {
  const left = [...lines];
  const printed: string[] = [];
  const hints: string[] = [];
  const notes: string[] = [];
  const type = (read: (text: string) => ReturnType<typeof readLine>): Asked<string> => {
    for (;;) {
      const text = left.shift();
      if (text === undefined) throw new GoliveError('interrupted', 'nothing more is typed');
      const said = read(text);
      if ('answer' in said) return { answer: said.answer };
      if ('aside' in said) return { aside: said.aside };
      hints.push(said.hint);
    }
  };
  const operator: Operator = {
    present: true,
    menu: async (question, choices) => {
      printed.push(question, ...choices.map(({ key, label }) => `${key} ${label}`));
      const said = type((text) => readMenu(choices, text));
      if ('aside' in said) return said;
      const choice = choices.find(({ key }) => key === said.answer);
      if (choice === undefined) throw new Error('not a choice');
      return { answer: choice.key };
    },
    line: async (question, check) => (printed.push(question), type((text) => readLine(check, text))),
    secret: async () => type((text) => readLine(() => undefined, text)),
    putAside: () => hints.push('(put aside)'),
  };
  const people = atTerminal({
    operator,
    screen: { print: (text) => void printed.push(text), live: () => undefined },
    page: { width: 80, theme: theme({ colour: false, unicode: true }) },
    plan,
    state: () => state,
    now: () => noon,
    principal: 'ada',
    personOf: () => 'ada',
    note: async (_, text) => void notes.push(text),
    attach: async (at, path) => (
      notes.push(`${at} ${path}`),
      path === 'gone' ? { refused: 'there is no file gone' } : { name: path }
    ),
    facts: async () => undefined,
  });
  return { people, printed, hints, notes };
}

const fresh = given('run');
const sent = given('run', ['act.intent', { step: 'cut', attempt: 1, request: 'r', before: 'b' }]);

it('an act takes the name of the target and nothing like it', async () => {
  const { people, hints } = typing(fresh, '', 'y', 'yes', 'do it', 'aep-pro', 'AEP-PROD', 'aep-staging', 'aep-prod');
  expect(await people.confirm(cut, shown)).toEqual({ agreed: [] });
  expect(hints).toHaveLength(7);
  expect(hints[1]).toContain('nothing was done');
});

it('who looks at the way back and wants to go on is told how, without leaving the run', async () => {
  const { people, hints } = typing(sent, 'no', ':rollback');
  expect(await people.rollback(backShown)).toBe('turned away');
  expect(hints.join()).toContain(':rollback to leave it');
});

it('a file is attached at any question, with the step it is about, and the question is asked again', async () => {
  const { people, printed, notes } = typing(fresh, ':attach', 'gone', ':attach', 'dashboards.png', 'aep-prod');
  expect(await people.confirm(cut, shown)).toEqual({ agreed: [] });
  expect(notes).toEqual(['cut gone', 'cut dashboards.png']);
  expect(printed.join('\n')).toContain('not attached: there is no file gone');
  expect(printed.filter((line) => line === 'Type aep-prod and it is done')).toHaveLength(3);
});

it.each([':stop', ':note', ':attach'])('the way back is reached from the question %s opens, too', async (word) => {
  const { people } = typing(sent, word, ':rollback');
  expect(await people.confirm(cut, shown)).toEqual({ leave: 'rollback', step: 'cut' });
});

it('an act with a word or a phrase takes that, and not the other', async () => {
  const key = typing(fresh, 'aep-prod', 'go', 'do it');
  expect(await key.people.confirm(cut, { ...shown, confirm: 'key' })).toEqual({ agreed: [] });
  const phrase = typing(fresh, 'do it', 'the bridge is open');
  expect(await phrase.people.confirm(cut, { ...shown, confirm: { phrase: 'the bridge is open', people: 1 } })).toEqual({
    agreed: [],
  });
  expect([key.hints.length, phrase.hints.length]).toEqual([2, 1]);
});

it('an act shows what goes, what comes, the request, the way back with its budget, and the first time the other laptop', async () => {
  const { people, printed } = typing(fresh, 'aep-prod');
  await people.confirm(cut, shown);
  expect(printed).toEqual([
    '',
    '── T-0 p · 0 of 3 settled, 3 to come',
    '  ▶ cut  Title of cut',
    '    does      makes site green',
    '    where     aep-prod, account 111111111111',
    '      - site blue',
    '      + site green',
    '      {',
    '        "name": "site",',
    '        "from": "blue",',
    '        "to": "green"',
    '      }',
    '    way back  back to blue; it may take 5m',
    '    alone?    Nothing here can see another run against this target: ask in the',
    '              channel first.',
    'Type aep-prod and it is done',
  ]);
  const later = typing(fresh, 'aep-prod');
  await later.people.confirm(cut, { ...shown, first: false, undo: { none: 'gone is gone' } });
  expect(later.printed.join('\n')).not.toContain('alone?');
  expect(later.printed).toContain('    way back  there is none: gone is gone');
});

it('an act with a long request shows it whole when asked, and asks again', async () => {
  const long = { ...prospect, request: { names: Array.from({ length: 20 }, (_, index) => `name-${index}`) } };
  const { people, printed } = typing(fresh, ':evidence', 'aep-prod');
  expect(await people.confirm(cut, { ...shown, prospect: long })).toEqual({ agreed: [] });
  const asked = printed.indexOf('Type aep-prod and it is done');
  expect(printed.slice(0, asked).join('\n')).not.toContain('name-19');
  expect(printed.slice(asked).join('\n')).toContain('name-19');
});

it('an act can be turned away from, after a note as well', async () => {
  const paused = typing(fresh, ':note', 'waiting for the bridge', ':pause');
  expect(await paused.people.confirm(cut, shown)).toEqual({ leave: 'pause', reason: '' });
  expect(paused.notes).toEqual(['waiting for the bridge']);
  const stopped = typing(fresh, ':stop', 'not today');
  expect(await stopped.people.confirm(cut, shown)).toEqual({ leave: 'stop', reason: 'not today' });
});

it('an act shows what others wrote so that no terminal obeys it', async () => {
  const evil = 'a\u001b[2J\u202eb';
  const { people, printed } = typing(fresh, 'aep-prod');
  const wild = { ...prospect, lines: [`- ${evil}`], request: { evil } };
  await people.confirm(cut, { ...shown, prospect: wild, words: evil, undo: { words: evil } });
  // eslint-disable-next-line no-control-regex -- they are what must not be there
  expect(printed.join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
  expect(printed.join('')).toContain('a\\x1b[2J\\u202eb');
});

it('the way back takes the name of the target and nothing like it, and can be turned away from', async () => {
  const { people, hints } = typing(sent, '', 'do it', 'aep-staging', 'aep-prod');
  expect(await people.rollback(backShown)).toBe('confirmed');
  expect(hints).toHaveLength(3);
  expect(await typing(sent, 'b', ':rollback').people.rollback(backShown)).toBe('turned away');
  expect(await typing(sent, ':pause').people.rollback(backShown)).toEqual({ leave: 'pause', reason: '' });
});

it('the way back shows why, what would be sent, what is left alone and what cannot be told', async () => {
  const other = swaps('other');
  const foreign = { ...prospect, stands: 'foreign', expected: 'site is green', observed: 'site is red' } as const;
  const backs = [
    { step: cut, prospect },
    { step: other, prospect: foreign },
    { step: other, prospect: { ...prospect, stands: 'already' } as const },
    { step: other, blind: 'denied' },
    { step: other, none: 'gone is gone' },
  ];
  const { people, printed } = typing(sent, 'aep-prod');
  await people.rollback({ ...backShown, begun: true, backs });
  const text = printed.join('\n');
  for (const said of [
    'was begun and goes on',
    'errors: 503',
    '(within 5m)',
    '      + site green',
    'not what it starts from',
    'site is red',
    'looked at again when its turn comes',
    'cannot be told: denied',
    'there is no way back, gone is gone',
    'ends as a no-go',
  ])
    expect(text).toContain(said);
});

it('the way back is in every menu and at every prompt as soon as something was changed, and not before', async () => {
  const red = looked('errors', 'fail');
  const none = typing(given('run', ...red), ':rollback', ':pause');
  expect(await none.people.red(step('errors'), [])).toEqual({ leave: 'pause', reason: '' });
  expect(none.printed.join('\n')).toContain('changed nothing that stands');
  expect(none.printed.some((line) => line.startsWith('b '))).toBe(false);
  const act = ['act.intent', { step: 'cut', attempt: 1, request: 'r', before: 'b' }] as const;
  const some = typing(given('run', act, ...red), 'b');
  expect(await some.people.red(step('errors'), [])).toEqual({ leave: 'rollback', step: 'errors' });
  expect(some.printed).toContain('b roll back: cut');
  expect(await typing(sent, ':rollback').people.ask(step('well', 'asks'))).toEqual({ leave: 'rollback', step: 'well' });
  expect(await typing(sent, ':rollback').people.confirm(cut, shown)).toEqual({ leave: 'rollback', step: 'cut' });
});

it('an act is not among the earlier steps that are run again', async () => {
  const state = given('run', ...looked('a', 'pass'), ...looked('cut', 'pass'), ...looked('errors', 'fail'));
  const { people, printed, hints } = typing(state, 'e', 'cut', 'a');
  expect(await people.red(step('errors'), [])).toEqual({ do: 'again', step: 'a' });
  expect(printed).toContain('    steps     a, errors');
  expect(hints).toHaveLength(1);
});

it('whoever is asked is put aside through the operator', () => {
  const { people, hints } = typing(fresh);
  people.putAside();
  expect(hints).toEqual(['(put aside)']);
});
