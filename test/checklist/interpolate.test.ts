import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillAll, fillKnown, malformedReference, referencesIn } from '../../src/checklist/interpolate.ts';
import type { Json } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';

const scope = { host: 'x.example', n: 2, list: [{ a: 'first' }], none: null, yes: false };

describe('fillAll', () => {
  it.each<readonly [string, Json, Json]>([
    ['fills a text', 'https://${host}/', 'https://x.example/'],
    ['keeps the type of what stands alone', '${n}', 2],
    ['keeps a false as it is', '${yes}', false],
    ['keeps a list as it is', '${list}', [{ a: 'first' }]],
    ['looks into lists and objects', '${list.0.a}-${n}', 'first-2'],
    ['fills at any depth', { a: ['${host}', { b: '${n}' }], c: true }, { a: ['x.example', { b: 2 }], c: true }],
    ['leaves a dollar sign alone', 'costs $5 {a}', 'costs $5 {a}'],
  ])('%s', (_what, template, filled) => {
    expect(fillAll(template, scope)).toEqual(filled);
  });

  it.each([
    '${nope}',
    '${list.1.a}',
    '${none}',
    'a ${none}',
    '${host.length}',
    'a ${list}',
    '${constructor}',
    '${list.length}',
  ])('throws over %s, naming it, instead of filling in nothing', (template) => {
    const fill = (): Json => fillAll(template, scope);
    expect(fill).toThrow(BlindError);
    expect(fill).toThrow(/\$\{\w+/);
  });

  it('expands once: what a value brings along is text', () => {
    expect(fillAll('${a} ${b}', { a: '${b}', b: 'secret' })).toBe('${b} secret');
  });
});

describe('fillKnown', () => {
  it('leaves what it does not know', () => {
    expect(fillKnown({ a: '${host}/${later.x}', b: '${later}' }, scope)).toEqual({
      a: 'x.example/${later.x}',
      b: '${later}',
    });
  });

  it.each([
    ['a value that looks like a lookup', '${a}', { a: '${test_token}' }],
    ['a list that holds one', '${a}', { a: ['${test_token}'] }],
    ['two values that make one together', '${a}${b}', { a: '$', b: '{test_token}' }],
    ['a value that completes a dollar sign', '$${a}', { a: '{test_token}' }],
    ['an empty value that would leave a lookup alone', '${a}${later}', { a: '' }],
  ])('leaves %s for the last fill, so that nothing is expanded twice', (_what, template, values) => {
    expect(fillKnown(template, values)).toBe(template);
  });
});

it('finds every lookup, and what is wrong with its form', () => {
  expect(referencesIn({ a: ['${x.y}', 'b ${z} ${x}'] })).toEqual(['x.y', 'z', 'x']);
  expect(malformedReference('${a-b.c.0}')).toBeUndefined();
  for (const bad of ['${}', '${a b}', '${a+1}', '${a', '${.a}', '${a..b}'])
    expect(malformedReference(bad), bad).toBeDefined();
});

it('fills the same in two goes as in one, whatever the values say', () => {
  const seed = Date.now() % 1_000_000;
  process.stdout.write(`interpolate: seed ${seed}\n`);
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const piece = fc.oneof(
    name.map((one) => `\${${one}}`),
    fc.constantFrom('$', '{', '}', '${', 'x', ''),
  );
  const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
  const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 2 }));
  const template = fc.oneof(text, fc.record({ k: text }), fc.array(text, { maxLength: 3 }));
  fc.assert(
    fc.property(
      template,
      fc.record({ a: value, b: value }),
      fc.record({ c: value, d: value }),
      (written, known, later) => {
        const all = { ...known, ...later };
        expect(attempt(() => fillAll(fillKnown(written, known), all))).toEqual(attempt(() => fillAll(written, all)));
      },
    ),
    { seed, numRuns: 2000 },
  );
});

function attempt(fill: () => Json): Json {
  try {
    return { filled: fill() };
  } catch {
    return 'unresolved';
  }
}
