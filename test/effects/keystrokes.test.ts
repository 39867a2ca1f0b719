// Of all that can come from a terminal, only a lone Enter is an Enter.

import { expect, test } from 'vitest';
import { freshSifting, sift } from '../../src/effects/keystrokes.ts';

const START = '\u001b[200~';
const END = '\u001b[201~';

/** What reaches the prompt when the terminal sends these chunks. */
function through(...chunks: readonly string[]): string {
  let sifting = freshSifting;
  let keys = '';
  for (const chunk of chunks) {
    const sifted = sift(sifting, chunk);
    sifting = sifted.next;
    keys += sifted.keys;
  }
  return keys;
}

test.each([
  ['letters and a lone Enter', ['r', '\r'], 'r\r'],
  ['several Enters at once as one', ['\r\r\r'], '\r'],
  ['arrow keys and Ctrl-C', ['\u001b[A', '\u0003'], '\u001b[A\u0003'],
  ['a lone Esc at once', ['\u001b'], '\u001b'],
])('lets through %s', (_, chunks, keys) => {
  expect(through(...chunks)).toBe(keys);
});

test.each([
  ['an Enter in one chunk with a letter', ['r\r'], `${START}r ${END}`],
  ['an Enter in one chunk in front of a letter', ['\rr'], `${START}r${END}`],
  ['pasted lines on a terminal that marks no paste', ['yes\nno\n'], `${START}yes no ${END}`],
  ['line breaks in a marked paste', [`${START}a\r\nb\n${END}`], `${START}a b ${END}`],
  ['a lone line break inside a paste of several chunks', [`${START}a`, '\r', `b${END}`], `${START}a b${END}`],
  ['an Enter right behind the end of a paste', [`${START}yes${END}\r`], `${START}yes${END}${START}${END}`],
  ['control characters in a paste', [`${START}a\u0003\u001b[A\u0015b${END}`], `${START}a[Ab${END}`],
])('makes no Enter of %s', (_, chunks, keys) => {
  expect(through(...chunks)).toBe(keys);
});

test('a paste mark cut in two by the terminal is still a paste mark', () => {
  const whole = `${START}a\rb${END}`;
  for (let at = 1; at < whole.length; at++) {
    // A lone Esc at the very end of a chunk is taken for the key; terminals write their marks in one piece.
    if (at === 1) continue;
    expect(through(whole.slice(0, at), whole.slice(at)), `cut at ${at}`).toBe(`${START}a b${END}`);
  }
});

test('Ctrl-D and Ctrl-Z never reach a prompt', () => {
  expect(through('\u0004', 'a\u001ab')).toBe('ab');
});
