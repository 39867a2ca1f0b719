// What may stand in a step that acts, and everything lint says of one that may not be written so.

import { describe, expect, it } from 'vitest';
import { checklistText, expectMistakes, mistakesIn, type Mistake } from './given.ts';

/** One act on line 15; what is beside it begins on line 18, column 13. */
const act = (beside = '', does = '{ test.valve: { to: open } }', top?: string): string =>
  checklistText({
    ...(top === undefined ? {} : { top }),
    steps: `- id: one\n  title: One\n  act: ${does}${beside === '' ? '' : `\n  ${beside}`}`,
  });

const seen = 'probe: { http: { url: "https://x/" } }, expect: [{ path: status, eq: 200 }]';
const wrongWayBack: readonly Mistake[] = [
  ['18 {', '`to` is missing'],
  ['18 two', 'did you mean `to`'],
];

const cases: readonly (readonly [what: string, text: string, mistakes: readonly Mistake[]])[] = [
  ['no kind', act('', '{}'), [['17 {', 'names no kind (kinds that act: ']]],
  [
    'two kinds',
    act('', '{ test.valve: { to: open }, route53.replace_record: {} }'),
    [['17 {', 'more than one kind: test.valve, route53.replace_record']],
  ],
  ['an unknown kind', act('', '{ test.valv: {} }'), [['17 test.valv', 'did you mean `test.valve`']]],
  ['a kind that only looks', act('', '{ http: { url: "https://x/" } }'), [['17 http', 'stands under `probe:`']]],
  ['a recheck', act('', '{ recheck: one }'), [['17 recheck', 'no kind `recheck` that acts']]],
  ['arguments that are no map', act('', '{ test.valve: open }'), [['17 open', 'takes a map of arguments']]],
  ['an unknown argument', act('', '{ test.valve: { to: open, two: 2 } }'), [['17 two', 'did you mean `to`']]],
  ['a missing argument', act('', '{ test.valve: {} }'), [['17 {', '`to` is missing']]],
  ['an account nobody has', act('', '{ test.valve: { to: open, account: dns } }'), [['17 dns', 'no account `dns`']]],
  ['a name nobody defined', act('', '{ test.valve: { to: "${hots}" } }'), [['17 "${hots}"', 'did you mean `host`']]],
  [
    'a secret',
    act('', '{ test.valve: { to: "${s}" } }', 'inputs: { s: { question: S, secret: true } }'),
    [['17 "${s}"', 'only in the headers of http']],
  ],
  [
    'a capture from below',
    `${act('', '{ test.valve: { to: "${seen}" } }')}          - { id: two, title: Two, probe: { http: { url: "https://x/" } }, expect: [{ path: status, eq: 200 }], capture: { seen: text } }\n`,
    [['17 "${seen}"', 'captured by `two`, which does not stand above']],
  ],
  ['an expectation', act('expect: [{ path: position, eq: open }]'), [['18 expect', 'reads its own effect']]],
  ['a wait', act('wait: { for: 5m }'), [['18 wait', 'reads its own effect']]],
  ['a capture', act('capture: { seen: position }'), [['18 capture', 'reads its own effect']]],
  ['a verification', act(`verify: { ${seen} }`), [['18 verify', 'reads its own effect']]],
  ['a hold', act('hold: { for: 30m }'), [['18 hold', '`hold` is for probes']]],
  ['a way back of no kind', act('undo: [{}]'), [['18 {', 'names no kind']]],
  ['a way back of an unknown kind', act('undo: [{ test.valv: {} }]'), [['18 test.valv', 'did you mean `test.valve`']]],
  [
    'a way back that only looks',
    act('undo: [{ test.valve: { to: shut } }, { http: { url: "https://x/" } }]'),
    [['18 http', 'stands under `probe:`']],
  ],
  ['a way back of wrong arguments', act('undo: [{ test.valve: { two: shut } }]'), wrongWayBack],
  ['an empty way back', act('undo: []'), [['18 [', 'is empty']]],
  [
    'a way back that sees by itself, verified',
    act(`undo: [{ test.valve: { to: shut }, verify: { ${seen} } }]`),
    [['18 verify', '`test.valve` reads its own effect']],
  ],
  [
    'a way back that reads what is captured below',
    `${act('undo: [{ test.valve: { to: "${seen}" } }]')}          - { id: two, title: Two, ${seen}, capture: { seen: text } }\n`,
    [['18 "${seen}"', 'captured by `two`, which does not stand above']],
  ],
  [
    'a way back in which code is filled in',
    act('undo: [{ command: { argv: [sh, -c, "echo ${host}"] } }]'),
    [['18 "echo', '`${}` does not stand inside code']],
  ],
  ['no people', act('confirm: { phrase: open it, people: 0 }'), [['18 0', 'must be at least 1']]],
  [
    'a mere word where there is no way back',
    act('confirm: key\n  undo: { none: water does not flow uphill }'),
    [['18 key', 'without a way back is confirmed with the target']],
  ],
  ['a budget of no time', act('budget: 0s'), [['18 0s', 'no time at all']]],
  ['a budget for no way back', act('undo: { none: gone }\n  budget: 5m'), [['19 budget', 'there is none']]],
  ['a way back in a word', act('undo: none'), [['18 none', '{ none: WHY }']]],
  ['a phrase that ends in a space', act('confirm: { phrase: "open it " }'), [['18 "open', 'nobody can type']]],
  ['a phrase of two lines', act('confirm: { phrase: "open\\nit" }'), [['18 "open', 'on one line']]],
  ['a phrase that turns away', act('confirm: { phrase: ":pause" }'), [['18 ":pause"', 'begins with a colon']]],
  ['a budget that is none', act('budget: 5 minutes'), [['18 5', 'must be a duration']]],
  [
    'a phrase that reads a probe',
    act('confirm: { phrase: "${p.text}" }', undefined, 'probes: { p: { http: { url: "https://x/" } } }'),
    [['18 "${p.text}"', '`p` is a probe']],
  ],
];

describe('an act', () => {
  it.each(cases)('with %s is refused there, and for nothing else', (_what, text, wanted) =>
    expectMistakes(text, wanted),
  );

  it('may say how it is confirmed, what its way back may take, and that there is none', async () => {
    for (const beside of [
      'confirm: key\n  budget: 5m',
      'confirm: { phrase: "open ${host}" }',
      'confirm: { phrase: open, people: 1 }',
      'undo: { none: "nobody takes ${host} back" }',
      'undo: [{ test.valve: { to: "${host}" } }, { test.pump: { to: off } }]\n  confirm: { phrase: open, people: 2 }',
      'undo: { none: gone }\n  confirm: { phrase: open, people: 2 }',
      'confirm: target\n  undo: { none: it is gone }',
      'severity: critical\n  needs: []\n  fix: Turn it by hand',
    ])
      expect(await mistakesIn(act(beside)), beside).toEqual([]);
  });

  it('may read a probe, and a capture from above, which are there before it acts', async () => {
    const text = checklistText({
      top: 'probes: { p: { http: { url: "https://x/" } } }',
      steps:
        '- { id: a, title: A, probe: p, expect: [{ path: status, eq: 200 }], capture: { seen: text } }\n- { id: b, title: B, act: { test.valve: { to: "${seen}", turns: "${p.status}" } } }',
    });
    expect(await mistakesIn(text)).toEqual([]);
  });

  it('is no probe: its kind is refused under `probe` and under `probes`', async () => {
    const stands = '`test.valve` changes something: it stands under `act:`';
    const step = '- { id: a, title: A, probe: { test.valve: { to: open } }, expect: [{ path: position, eq: open }] }';
    await expectMistakes(checklistText({ steps: step }), [['15 test.valve', stands]]);
    await expectMistakes(checklistText({ top: 'probes: { p: { test.valve: { to: open } } }' }), [
      ['7 test.valve', stands],
    ]);
  });

  it('cannot be checked again, neither by a step nor by a gate', async () => {
    const again = (last: string): string => `${act()}          - { id: two, title: Two, ${last} }\n`;
    const words = '`one` is neither a probe nor an ask';
    await expectMistakes(again('probe: { recheck: one }'), [['18 one', words]]);
    await expectMistakes(again('gate: { recheck: [one], poll: [lead] }'), [['18 one', words]]);
  });

  it('leaves what belongs to acts to acts', async () => {
    for (const [key, value] of [
      ['confirm', 'target'],
      ['undo', '{ none: x }'],
      ['budget', '5m'],
      ['verify', `{ ${seen} }`],
    ] as const) {
      const step = `- id: a\n  title: A\n  ask: { question: Well?, confirm: {} }\n  ${key}: ${value}`;
      await expectMistakes(checklistText({ steps: step }), [[`18 ${key}`, 'belongs to acts only']]);
    }
  });
});

describe('an act that neither sees its effect nor knows its way back', () => {
  /** On line 15; what is beside it begins on line 18, column 13. */
  const pump = (...beside: readonly string[]): string => act(beside.join('\n  '), '{ test.pump: { to: on } }');
  const none = 'undo: { none: water does not flow uphill }';

  it('says how it is taken back, or why it is not', async () => {
    await expectMistakes(pump(), [['17 test.pump', '`test.pump` makes no way back by itself (say with `undo`']]);
    await expectMistakes(pump('confirm: target'), [['17 test.pump', 'makes no way back by itself']]);
    expect(await mistakesIn(pump(none))).toEqual([]);
    expect(await mistakesIn(pump('undo: [{ test.pump: { to: off } }, { test.valve: { to: shut } }]'))).toEqual([]);
    // A way back that was taken out for its form is no second mistake.
    await expectMistakes(pump('undo: none'), [['18 none', '{ none: WHY }']]);
  });

  it('may be verified, and each part of its way back by itself', async () => {
    const wait = 'wait: { for: 5m, every: 5s, stop_if: [{ path: status, eq: 500 }] }';
    expect(await mistakesIn(pump(none, `verify: { ${seen}, ${wait} }`))).toEqual([]);
    const part = `{ test.pump: { to: off }, verify: { probe: { http: { url: "https://\${host}/" } }, expect: [{ path: text, absent: true }] } }`;
    expect(await mistakesIn(pump(`undo: [${part}]`))).toEqual([]);
  });

  it.each<readonly [what: string, verify: string, mistakes: readonly Mistake[]]>([
    ['no expectation', '{ probe: { http: { url: "https://x/" } } }', [['19 {', '`expect` is missing']]],
    ['nothing expected', '{ probe: { http: { url: "https://x/" } }, expect: [] }', [['19 [', 'proves nothing']]],
    ['no probe', '{ expect: [{ path: status, eq: 200 }] }', [['19 {', '`probe` is missing']]],
    ['a probe nobody named', '{ probe: p, expect: [{ path: status, eq: 200 }] }', [['19 p', 'no named probe `p`']]],
    ['a recheck', '{ probe: { recheck: one }, expect: [{ path: x, eq: 1 }] }', [['19 recheck', 'only a step']]],
    [
      'an act',
      '{ probe: { test.valve: { to: x } }, expect: [{ path: x, eq: 1 }] }',
      [['19 test.valve', 'under `act:`']],
    ],
    [
      'wrong arguments',
      '{ probe: { http: { uri: "https://x/" } }, expect: [{ path: status, eq: 200 }] }',
      [
        ['19 {', '`url` is missing'],
        ['19 uri', 'did you mean `url`'],
      ],
    ],
    ['a path of nothing', `{ ${seen.replace('path: status', 'path: stat')} }`, [['19 stat', 'the path `stat`']]],
    [
      'no evidence',
      `{ ${seen.replace('eq: 200', 'count: 0')} }`,
      [['19 count', 'proves nothing when nothing was read']],
    ],
    ['a name of nothing', `{ ${seen.replace('200', '"${codes}"')} }`, [['19 "${codes}"', 'nothing is called `codes`']]],
    ['a wait of no time', `{ ${seen}, wait: { for: 0s } }`, [['19 0s', 'no time at all']]],
    [
      'a poke that is waited for',
      `{ probe: { http: { url: "https://x/", method: POST } }, expect: [{ path: status, eq: 200 }], wait: { for: 5m } }`,
      [['19 wait', 'a probe that pokes is sent once']],
    ],
    ['an unknown key', `{ ${seen}, hold: { for: 5m } }`, [['19 hold', 'is not known here']]],
  ])('is not verified by %s', (_what, verify, wanted) => expectMistakes(pump(none, `verify: ${verify}`), wanted));

  it('is not verified by what is captured below it, nor reads it on the way back through a probe', async () => {
    const text = (beside: string): string =>
      checklistText({
        top: 'probes: { p: { http: { url: "https://x/${after}" } } }',
        steps: `- { id: one, title: One, act: { test.pump: { to: on } }, ${beside} }\n- { id: two, title: Two, ${seen}, capture: { after: text } }`,
      });
    const words = 'reads `after`, captured by `two`, which does not stand above';
    const verify = 'verify: { probe: p, expect: [{ path: status, eq: 200 }] }';
    await expectMistakes(text(`${none}, ${verify}`), [['15 p,', words]]);
    await expectMistakes(text('undo: [{ test.pump: { to: "${p.text}" } }]'), [['15 "${p.text}"', words]]);
  });

  it('keeps a secret out of its way back, and lets it into the headers of what verifies it', async () => {
    const text = (beside: string): string =>
      checklistText({
        top: 'inputs: { s: { question: S, secret: true } }',
        steps: `- { id: one, title: One, act: { test.pump: { to: on } }, ${beside} }`,
      });
    await expectMistakes(text('undo: [{ test.pump: { to: "${s}" } }]'), [['15 "${s}"', 'only in the headers']]);
    const probe = '{ http: { url: "https://x/", headers: { authorization: "${s}" } } }';
    const verify = `verify: { probe: ${probe}, expect: [{ path: status, eq: 200 }] }`;
    expect(await mistakesIn(text(`undo: [{ test.pump: { to: off }, ${verify} }]`))).toEqual([]);
  });
});

describe('a look of another address', () => {
  const elsewhere =
    'probe: { http: { url: "https://x/", connect_to: "192.0.2.1" } }, expect: [{ path: status, eq: 200 }]';
  const straight = 'probe: { http: { url: "https://x/" } }, expect: [{ path: status, eq: 200 }]';
  const steps = (first: string, ...rest: readonly string[]): string =>
    checklistText({ steps: [`- { id: a, title: A, ${first} }`, ...rest].join('\n') });
  const turn = '- { id: turn, title: Turn, act: { test.valve: { to: open } } }';
  const again = '- { id: again, title: Again, probe: { recheck: a } }';
  const gate = '- { id: g, title: G, gate: { recheck: [a], poll: [lead] } }';

  it('is not made again below an act: it would still look past what the act changed', async () => {
    const words = '`a` connects to an address of its own, and `turn` stands between';
    await expectMistakes(steps(elsewhere, turn, again), [['17 a', words]]);
    await expectMistakes(steps(elsewhere, turn, gate), [['17 a', words]]);
  });

  it('may be made again above the act, and below it when it goes the way users go', async () => {
    expect(await mistakesIn(steps(elsewhere, again, turn))).toEqual([]);
    expect(await mistakesIn(steps(straight, turn, again, gate))).toEqual([]);
  });
});
