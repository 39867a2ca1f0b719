// What may stand under `rollback`, and everything lint says of what may not.

import { describe, expect, it } from 'vitest';
import { checklistText, expectMistakes, mistakesIn, type Mistake } from './given.ts';

const look = 'probe: { http: { url: "https://x/" } }, expect: [{ path: status, eq: 200 }]';
const valve = 'act: { test.valve: { to: open } }';

/** Steps on lines 15 to 19, the last of them `gone`; what stands under `rollback` begins on line 21, column 5. */
const checklist = (...rollback: readonly string[]): string =>
  `${checklistText({
    steps: [
      `- { id: seen, title: Seen, ${look}, capture: { before: text } }`,
      `- { id: turn, title: Turn, ${valve} }`,
      '- { id: pump, title: Pump, act: { test.pump: { to: on } }, undo: [{ test.pump: { to: "${before}" } }] }',
      '- { id: ready, title: Ready, ask: { question: Ready?, confirm: {} } }',
      `- { id: gone, title: Gone, ${valve}, undo: { none: it is gone } }`,
    ].join('\n'),
  })}rollback:\n${rollback.map((entry) => `  - ${entry}\n`).join('')}`;

const cases: readonly (readonly [what: string, text: string, mistakes: readonly Mistake[]])[] = [
  ['a gate', checklist('{ id: b, title: B, gate: { poll: [lead] } }'), [['21 gate', 'no gate']]],
  [
    'a hold',
    checklist('{ id: b, title: B, probe: { test.gauge: {} }, expect: [{ path: errors, eq: 0 }], hold: { for: 5m } }'),
    [['21 hold', 'nothing is watched on the way back']],
  ],
  [
    'a recheck of nothing',
    checklist('{ id: b, title: B, probe: { recheck: sen } }'),
    [['21 sen', 'did you mean `seen`']],
  ],
  [
    'a recheck of a step below it',
    checklist('{ id: b, title: B, probe: { recheck: c } }', `{ id: c, title: C, ${look} }`),
    [['21 c', 'it rechecks `c`, which does not stand above it']],
  ],
  ['an id of a step', checklist(`{ id: seen, title: B, ${look} }`), [['21 seen', '`seen` is used twice']]],
  ['an id of a phase', checklist(`{ id: first, title: B, ${look} }`), [['21 first', '`first` is used twice']]],
  [
    'an id twice, in a step and in a name',
    checklist(`{ id: b, title: B, ${look} }`, '{ id: b, title: B, undo_of: turn }'),
    [['22 b', '`b` is used twice']],
  ],
  ['no source of ours', checklist(`{ id: b, title: B, source: dok#1, ${look} }`), [['21 dok#1', 'did you mean `doc`']]],
  [
    'no source of ours beside a name',
    checklist('{ id: b, title: B, source: dok#1, undo_of: turn }'),
    [['21 dok#1', 'did you mean `doc`']],
  ],
  ['an owner nobody is', checklist(`{ id: b, title: B, owner: leed, ${look} }`), [['21 leed', 'did you mean `lead`']]],
  ['a step of a phase that has to be settled', checklist(`{ id: b, title: B, needs: [seen], ${look} }`), []],
  [
    'a name that has to be settled',
    checklist('{ id: b, title: B, undo_of: turn }', `{ id: c, title: C, needs: [{ step: b }], ${look} }`),
    [['22 b', 'there is no step `b`']],
  ],
  ['a name of nothing', checklist('{ id: b, title: B, undo_of: tern }'), [['21 tern', 'did you mean `turn`']]],
  ['a name of no act', checklist('{ id: b, title: B, undo_of: seen }'), [['21 seen', '`seen` is no act']]],
  ['a name of no way back', checklist('{ id: b, title: B, undo_of: gone }'), [['21 gone', '`gone` has no way back']]],
  [
    'two names of one way back',
    checklist('{ id: b, title: B, undo_of: turn }', '{ id: c, title: C, undo_of: turn }'),
    [['22 turn', 'is named twice']],
  ],
  [
    'a name that says more',
    checklist('{ id: b, title: B, undo_of: turn, severity: critical, budget: 5m }'),
    [
      ['21 severity', 'takes no `severity`'],
      ['21 budget', 'takes no `budget`'],
    ],
  ],
  ['a name and a step', checklist(`{ id: b, title: B, undo_of: turn, ${look} }`), [['21 {', 'exactly one of']]],
  ['neither', checklist('{ id: b, title: B }'), [['21 {', 'exactly one of probe, ask, act, undo_of']]],
  ['an unknown key', checklist('{ id: b, title: B, undo_off: turn }'), [['21 undo_off', 'did you mean `undo_of`']]],
  [
    'no expectation',
    checklist('{ id: b, title: B, probe: { http: { url: "https://x/" } } }'),
    [['21 {', 'proves nothing']],
  ],
  [
    'a path that leads nowhere',
    checklist(`{ id: b, title: B, ${look.replace('status', 'stat')} }`),
    [['21 stat', 'stat']],
  ],
  [
    'a wrong argument',
    checklist('{ id: b, title: B, act: { test.valve: { two: open } } }'),
    [
      ['21 {', '`to` is missing'],
      ['21 two', 'did you mean'],
    ],
  ],
  [
    'a way back of its own',
    checklist('{ id: b, title: B, act: { test.pump: { to: on } }, undo: [{ test.pump: { to: off } }] }'),
    [['21 undo', 'not taken back in its turn']],
  ],
  [
    'code that is filled in',
    checklist('{ id: b, title: B, act: { command: { argv: [sh, -c, "echo ${host}"] } } }'),
    [['21 "echo', '`${}` does not stand inside code']],
  ],
  [
    'a mere word where it is said that nothing takes it back',
    checklist(`{ id: b, title: B, ${valve}, undo: { none: data is lost }, confirm: key }`),
    [['21 key', 'confirmed with the target']],
  ],
];

describe('the way back of a checklist', () => {
  it.each(cases)('with %s is refused there, and for nothing else', (_what, text, wanted) =>
    expectMistakes(text, wanted),
  );

  it('may look, ask and act, read any capture, wait for its own steps, and name the way back of acts', async () => {
    const text = checklist(
      '{ id: back, title: Back, source: doc#1, undo_of: turn }',
      '{ id: off, title: Off, source: doc#2, undo_of: pump }',
      `{ id: safe, title: Safe, owner: lead, severity: critical, ${look} }`,
      '{ id: sure, title: Sure, ask: { question: Sure?, confirm: {} } }',
      '{ id: still, title: Still, probe: { recheck: [seen, safe] } }',
      '{ id: restore, title: Restore, source: doc#3, needs: [safe], act: { test.pump: { to: "${before}" } }, budget: 20m, confirm: { phrase: restore it, people: 2 } }',
      `{ id: lost, title: Lost, ${valve}, undo: { none: data is lost }, confirm: { phrase: lose it }, budget: 5m }`,
    );
    expect(await mistakesIn(text)).toEqual([]);
  });

  it('is captured from in no step of a phase, which stands above it', async () => {
    const text = checklist(`{ id: b, title: B, ${look}, capture: { after: text } }`).replace(
      'to: on',
      'to: "${after}"',
    );
    await expectMistakes(text, [['17 "${after}"', 'captured by `b`, which does not stand above']]);
  });

  it('has the id `rollback` to itself', async () => {
    const step = `{ id: b, title: B, ${look} }`;
    const renamed = (text: string): string => text.replace('id: first', 'id: rollback');
    await expectMistakes(renamed(checklist(step)), [['9 rollback', 'where the steps under `rollback` stand']]);
    expect(await mistakesIn(renamed(checklistText()))).toEqual([]);
  });

  it('may be empty', async () => expect(await mistakesIn(`${checklistText()}rollback: []\n`)).toEqual([]));
});
