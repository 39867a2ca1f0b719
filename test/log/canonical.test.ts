// Canonical JSON: one text per value, checked against another implementation of RFC 8785.

import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/engine/json.ts';
import { canonicalText, digest, factsText, readCanonical } from '../../src/log/canonical.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const sampled = { seed, numRuns: 2000 };

const { tree: wholeJson } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 8 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().filter((value) => !Object.is(value, -0)),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('tree')),
    fc.dictionary(
      fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__'),
      tie('tree'),
    ),
  ),
}));

describe(`canonical JSON (seed ${seed})`, () => {
  it('is what another implementation writes', () => {
    fc.assert(
      fc.property(wholeJson, (json) => canonicalText(json) === canonicalize(json)),
      sampled,
    );
  });

  it('of facts is what another implementation writes, fractions included', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => factsText(asJson(json)) === canonicalize(json)),
      sampled,
    );
  });

  it('is read back as what was written', () => {
    fc.assert(
      fc.property(wholeJson, (json) => canonicalText(readCanonical(canonicalText(json))) === canonicalText(json)),
      sampled,
    );
  });

  it.each<[string, Json]>([
    ['a fraction', 1.5],
    ['a number beyond 2^53-1', 2 ** 53],
    ['minus zero', -0],
    ['not a number', Number.NaN],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { '\udfff': 1 }],
    ['17 levels', nested(17)],
  ])('cannot be written of %s', (_, json) => {
    expect(() => canonicalText(json)).toThrow(expect.objectContaining({ code: 'log' }));
  });

  it('goes down to 16 levels', () => {
    expect(canonicalText(nested(16))).toBe('['.repeat(16) + ']'.repeat(16));
  });

  it.each([
    '{ "a":1}',
    '{"a":1,"a":1}',
    '{"b":1,"a":1}',
    '1.0',
    '1e3',
    '-0',
    '"\\u0061"',
    '"\\/"',
    '[1,]',
    ' 1',
    '',
    '\ufeff1',
  ])('refuses %j on reading', (text) => {
    expect(() => readCanonical(text)).toThrow(expect.objectContaining({ code: 'log' }));
  });

  it('of facts stops for nothing that an answer from outside can hold', () => {
    expect(factsText({ b: Number.POSITIVE_INFINITY, a: 'x\ud800', 10: 1, 9: 0.1 })).toBe(
      '{"10":1,"9":0.1,"a":"x\ufffd","b":"Infinity"}',
    );
    expect(factsText(nested(100))).toContain('deeper than 64');
    expect(factsText(asJson(JSON.parse('{"__proto__":1}')))).toBe('{"__proto__":1}');
  });
});

it('digests text as its UTF-8 bytes', () => {
  expect(digest('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(digest('ü')).toBe(digest(Buffer.from([0xc3, 0xbc])));
});

function nested(levels: number): Json {
  let json: Json = [];
  for (let level = 1; level < levels; level += 1) json = [json];
  return json;
}

/** fast-check's name for JSON and ours mean the same. */
function asJson(json: unknown): Json {
  return json as Json;
}
