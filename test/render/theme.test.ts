// The theme obeys what it is told about colour and character set, and nothing else.

import { expect, test } from 'vitest';
import { theme } from '../../src/render/theme.ts';

test('without colour, text is left alone', () => {
  const plain = theme({ colour: false, unicode: true });
  expect([plain.good, plain.bad, plain.warn, plain.dim, plain.bold, plain.accent].map((paint) => paint('x'))).toEqual(
    Array(6).fill('x'),
  );
});

test('with colour, good and bad differ by more than their words', () => {
  const coloured = theme({ colour: true, unicode: true });
  expect(coloured.good('x')).toBe('\u001b[32mx\u001b[39m');
  expect(coloured.bad('x')).toBe('\u001b[31mx\u001b[39m');
});

test('every glyph has an ASCII twin, and verdicts stay apart in it', () => {
  const { glyphs } = theme({ colour: false, unicode: false });
  for (const glyph of Object.values(glyphs)) expect(glyph).toMatch(/^[!-~]+$/);
  for (const unicode of [true, false]) {
    const { pass, fail, error, inconclusive, skip, waived, attested, deferred } = theme({
      colour: false,
      unicode,
    }).glyphs;
    expect(new Set([pass, fail, error, inconclusive, skip, waived, attested, deferred]).size).toBe(8);
  }
});
