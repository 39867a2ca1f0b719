// What may be watched, and everything lint says of a hold that could never tell anything.

import { describe, expect, it } from 'vitest';
import { checklistText, expectMistakes, mistakesIn, type Mistake } from './given.ts';

const gauge = 'probe: { test.gauge: { period: 60s } }, expect: [{ path: errors, eq: 0 }]';
const http = 'probe: { http: { url: "https://x.example/" } }, expect: [{ path: status, eq: 200 }]';
/** A step above (line 15), and the watched one (line 16). */
const held = (hold: string, probe = gauge): string =>
  checklistText({
    steps: `- { id: zero, title: Zero, ${http} }\n- { id: watch, title: Watch, ${probe}, hold: ${hold} }`,
  });

const cases: readonly (readonly [what: string, text: string, mistakes: readonly Mistake[]])[] = [
  ['no time', held('{ for: 0s }'), [['16 0s', 'no time at all']]],
  ['no time between looks', held('{ for: 5m, every: 0s }'), [['16 0s', 'no time at all']]],
  ['less time than one look apart', held('{ for: 5m, every: 10m }'), [['16 10m', 'every 10m for only 5m']]],
  ['less time than one look apart, unsaid', held('{ for: 30s }', http), [['16 {', 'every 1m for only 30s']]],
  [
    'less time than one data point covers',
    held('{ for: 4m }', gauge.replace('60s', '5m')),
    [['16 4m', 'there is none']],
  ],
  ['a start that is no step', held('{ for: 30m, since: zerro }'), [['16 zerro', 'did you mean `zero`']]],
  ['a start that is itself', held('{ for: 30m, since: watch }'), [['16 watch', 'does not stand above it']]],
  [
    'a start that is a recheck',
    held('{ for: 30m, since: again }').replace(
      '          - { id: watch',
      '          - { id: again, title: Again, probe: { recheck: zero } }\n          - { id: watch',
    ),
    [['17 again', 'itself a recheck (count from `zero`)']],
  ],
  ['a past it cannot see', held('{ for: 30m, since: zero }', http), [['16 since', 'sees only the moment it looks']]],
  ['a whole it does not have', held('{ for: 30m, sample: whole }', http), [['16 sample', 'no facts of a whole time']]],
  ['latecomers it does not have', held('{ for: 30m, settle: 3m }', http), [['16 settle', 'nothing comes in late']]],
  ['looks too far apart', held('{ for: 30m, every: 3m }', http), [['16 3m', 'make `max_gap` longer than `every`']]],
  ['room for every sample to fail', held('{ for: 10m, tolerate: 10 }'), [['16 10', 'only 10 samples in 10m']]],
  ['a share of nothing', held('{ for: 10m, coverage: 0% }'), [['16 0%', 'without any evidence']]],
  [
    'a poke',
    held('{ for: 5m }', http.replace('" }', '", method: POST }')),
    [['16 hold', '`hold` would send it again and again']],
  ],
  ['a capture', held('{ for: 5m }', `${http}, capture: { seen: text }`), [['16 hold', 'from a step that looks once']]],
  ['a question', held('{ for: 5m }', 'ask: { question: Well?, confirm: {} }'), [['16 hold', 'is for probes']]],
  ['a gate', held('{ for: 5m }', 'gate: { poll: [lead] }'), [['16 hold', 'is for probes']]],
  ['a recheck', held('{ for: 5m }', 'probe: { recheck: zero }'), [['16 hold', 'takes no `hold`']]],
];

describe('a hold', () => {
  it.each(cases)('with %s is refused there, and for nothing else', (_what, text, wanted) =>
    expectMistakes(text, wanted),
  );

  it('may say everything it can be told', async () => {
    for (const [hold, probe] of [
      ['{ for: 30m }', http],
      ['{ for: 30m, every: 30s, coverage: 100%, max_gap: 1m, tolerate: 2, sample: each }', http],
      ['{ for: 30m, every: 3m, max_gap: 10m }', http],
      ['{ for: 30m, since: zero, settle: 5m, sample: whole }', gauge],
      ['{ for: 1m, tolerate: 0 }', gauge],
      ['{ for: 30m, since: zero }, wait: { for: 5m }', gauge],
    ] as const)
      expect(await mistakesIn(held(hold, probe)), hold).toEqual([]);
  });

  it('may be that of a named probe, whose kind then decides what can be said', async () => {
    const named = (kind: string, hold: string): string =>
      checklistText({
        top: `probes: { p: { ${kind} } }`,
        steps: `- { id: zero, title: Zero, ${http} }\n- { id: watch, title: Watch, probe: p, expect: [{ path: found, absent: true, allow_empty: true }], hold: ${hold} }`,
      }).replace(
        'path: found, absent: true, allow_empty: true',
        kind.startsWith('http') ? 'path: status, eq: 200' : 'path: errors, eq: 0',
      );
    expect(await mistakesIn(named('test.gauge: {}', '{ for: 30m, since: zero }'))).toEqual([]);
    await expectMistakes(named('http: { url: "https://x/" }', '{ for: 30m, since: zero }'), [
      ['16 since', '`http` sees only the moment it looks'],
    ]);
  });

  it('judged sample by sample reads nothing that only a whole time has', async () => {
    const series = 'requests: { metric: AWS/ApplicationELB RequestCount, stat: Sum }';
    const watch = `probe: { cloudwatch.metrics: { period: 60s, series: { ${series} } } }, expect: [{ path: last_third.requests, gte: 1 }]`;
    expect(await mistakesIn(held('{ for: 30m, sample: whole }', watch))).toEqual([]);
    await expectMistakes(held('{ for: 30m }', watch), [['16 last_third', 'nothing is called `last_third`']]);
  });

  it('is not watched again by a recheck or a gate', async () => {
    for (const last of ['probe: { recheck: watch }', 'gate: { recheck: [watch], poll: [lead] }']) {
      const text = `${held('{ for: 30m }')}          - { id: last, title: Last, ${last} }\n`;
      await expectMistakes(text, [['17 watch', '`watch` holds for 30m: it is not watched again']]);
    }
  });
});
