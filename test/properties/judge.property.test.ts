// What holds of every judgement, whatever the facts and the expectations are.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expectation } from '../../src/engine/expectation.ts';
import type { Json } from '../../src/engine/json.ts';
import { judge } from '../../src/engine/judge.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const sampled = { seed, numRuns: 800 };
const now = Date.parse('2026-03-01T12:00:00Z');

const name = fc.constantFrom('a', 'b', 'c', 'found', 'text', 'json');
const scalar = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, 1, 2, '', 'x', '1', '2026-01-01T00:00:00Z'),
  fc.integer(),
  fc.string({ maxLength: 4 }),
);
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(name, tie('json'), { maxKeys: 4 }),
  ),
}));
const tail = fc.constantFrom(
  '',
  '[]',
  '[*].a',
  '[].b',
  '.c',
  '[0]',
  '.*',
  '[?a]',
  '[?!(a)].b',
  ' | [0]',
  ' || b',
  ' == b',
);
const path = fc.oneof(
  fc.tuple(name, tail, tail).map((parts) => parts.join('')),
  name.map((n) => `!(${n})`),
  name.map((n) => `to_string(${n})`),
  name.map((n) => `length(${n})`),
  name.map((n) => `not_null(${n})`),
);
const limits = fc.dictionary(
  fc.constantFrom('eq', 'lt', 'lte', 'gt', 'gte'),
  fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('0d', '9d')),
  { maxKeys: 2 },
);
const simple = fc.record(
  {
    eq: json,
    ne: json,
    in: json,
    not_in: json,
    lt: scalar,
    lte: scalar,
    gt: scalar,
    gte: scalar,
    contains: json,
    matches: fc.constantFrom('', '.', 'x'),
    not_matches: fc.constantFrom('', '.', 'x'),
    url: fc.constantFrom('https://h/', 'x'),
    count: fc.oneof(fc.integer({ min: 0, max: 2 }), limits),
    from_now: limits,
    ago: limits,
  },
  { requiredKeys: [] },
);
/** Expectations without the two words by which an author accepts that there is nothing. */
const { expectation } = fc.letrec<{ expectation: Expectation }>((tie) => {
  const inner = fc.oneof(tie('expectation'), fc.array(tie('expectation'), { minLength: 1, maxLength: 2 }));
  return {
    expectation: fc.oneof(
      { depthSize: 'small' },
      fc.record({ path, matchers: simple }).map((each) => ({ path: each.path, ...each.matchers })),
      fc
        .record({ path, matchers: simple, proof: path })
        .map((each) => ({ path: each.path, proof: each.proof, ...each.matchers })),
      fc
        .record({ path, inner, quantifier: fc.constantFrom('all', 'any', 'none', 'one') })
        .map((each) => ({ path: each.path, [each.quantifier]: each.inner })),
      fc
        .record({
          path,
          where: fc.oneof(
            fc.dictionary(name, scalar, { minKeys: 1 }),
            fc.array(tie('expectation'), { minLength: 1, maxLength: 2 }),
          ),
          inner,
        })
        .map((each) => ({ path: each.path, where: each.where, none: each.inner })),
    ),
  };
});
/** Facts in which there is nothing to see anywhere. */
const { hollow } = fc.letrec<{ hollow: Json }>((tie) => ({
  hollow: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, [], {}),
    fc.dictionary(name, tie('hollow'), { maxKeys: 3 }),
  ),
}));

describe(`judgements (seed ${seed})`, () => {
  test('over facts without any content nothing ever passes', () => {
    fc.assert(
      fc.property(expectation, hollow, (each, facts) => {
        expect(judge([each], facts, now).verdict).not.toBe('pass');
      }),
      sampled,
    );
  });

  test('never throw, and come with two short texts for every expectation', () => {
    fc.assert(
      fc.property(fc.array(expectation, { minLength: 1, maxLength: 3 }), json, (expectations, facts) => {
        const { findings } = judge(expectations, facts, now);
        expect(findings).toHaveLength(expectations.length);
        for (const { expected, observed, hint } of findings) {
          for (const text of [expected, observed, hint ?? 'x']) expect(text.length).toBeGreaterThan(0);
          for (const text of [expected, observed, hint ?? '']) expect(text.length).toBeLessThanOrEqual(500);
        }
      }),
      sampled,
    );
  });

  test('only get worse when one more thing is expected', () => {
    const rank = { pass: 0, inconclusive: 1, fail: 2 } as const;
    fc.assert(
      fc.property(
        fc.array(expectation, { minLength: 1, maxLength: 3 }),
        expectation,
        json,
        (expectations, more, facts) => {
          const before = judge(expectations, facts, now);
          const after = judge([...expectations, more], facts, now);
          expect(rank[after.verdict]).toBeGreaterThanOrEqual(rank[before.verdict]);
          expect(after.findings.slice(0, -1)).toEqual(before.findings);
        },
      ),
      sampled,
    );
  });

  test('do not change the facts they are made of', () => {
    fc.assert(
      fc.property(expectation, json, (each, facts) => {
        const before = JSON.stringify(facts);
        judge([each], facts, now);
        expect(JSON.stringify(facts)).toBe(before);
      }),
      sampled,
    );
  });
});
