// Foreign text is made harmless, and text fits the columns it is given.

import { array, assert, constantFrom, integer, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clip, columns, unobeyed, visible, wrap } from '../../src/render/text.ts';
import { theme } from '../../src/render/theme.ts';

describe('visible', () => {
  test.each([
    ['a\u001b[2J', 'a\\x1b[2J'],
    ['\u0000\u0007\u007f\u0085\u009b', '\\x00\\x07\\x7f\\x85\\x9b'],
    ['one\r\ntwo\tthree', 'one\\r\\ntwo\\tthree'],
    ['user\u202egnp.exe', 'user\\u202egnp.exe'],
    ['\u2066iso\u2069 \u200e\u200f \u061c', '\\u2066iso\\u2069 \\u200e\\u200f \\u061c'],
    ['ze\u200bro \u200c\u200d \u2060 \ufeff \u00ad', 'ze\\u200bro \\u200c\\u200d \\u2060 \\ufeff \\xad'],
    ['sep\u2028par\u2029', 'sep\\u2028par\\u2029'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['half \ud83d', 'half \\ud83d'],
    ['blank \u3164\u115f', 'blank \\u3164\\u115f'],
    ['hidden\ufe0f selector', 'hidden\\ufe0f selector'],
  ])('shows %j as an escape', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test.each(['plain ASCII', 'naïve Grüße', '日本語', 'किताब', '👍 ⚠️ ☎️', 'שלום', 'C:\\path'])(
    'leaves %s as it is',
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );

  test('keeps line feeds where a block is shown, and nothing else', () => {
    expect(visible('a\nb\r\u001b', { newlines: true })).toBe('a\nb\\r\\x1b');
  });

  test('leaves nothing that a terminal obeys, whatever it is given', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\u200b-\u200f\u2060\ufeff]/u);
      }),
    );
  });
});

test.each([
  ['abc', 3],
  ['日本', 4],
  ['👍', 2],
  ['e\u0301', 1],
  ['✓ ok', 4],
  ['ｆｕｌｌ', 8],
])('%s takes its columns', (text, width) => {
  expect(columns(text)).toBe(width);
});

describe('clip', () => {
  test('leaves what fits and marks what was cut', () => {
    expect(clip('twelve chars', 12)).toBe('twelve chars');
    expect(clip('twelve chars', 11)).toBe('twelve cha…');
    expect(clip('twelve chars', 11, '...')).toBe('twelve c...');
  });

  test('cuts no wide character in half', () => {
    expect(clip('日本語', 4)).toBe('日…');
    expect(columns(clip('日本語', 4))).toBeLessThanOrEqual(4);
  });

  test('keeps the colour codes, so that a colour ends with the line', () => {
    const { bad } = theme({ colour: true, unicode: true });
    expect(clip(`${bad('a long red text')} and more`, 8)).toBe('\u001b[31ma long …\u001b[39m');
  });
});

describe('wrap', () => {
  test('breaks at spaces and indents what follows', () => {
    expect(wrap('  ✗ the target group has no healthy target', 20, 4)).toEqual([
      '  ✗ the target group',
      '    has no healthy',
      '    target',
    ]);
  });

  test('breaks a word that is longer than a line', () => {
    expect(wrap('see arn:aws:ecs:eu-central-1', 12)).toEqual(['see', 'arn:aws:ecs:', 'eu-central-1']);
  });

  test('keeps line feeds and empty lines', () => {
    expect(wrap('one\n\n  two', 20)).toEqual(['one', '', '  two']);
  });

  test('gives no line wider than asked for and loses nothing but spaces', () => {
    const word = string({ unit: constantFrom('a', 'b', '日', '👍', 'é'), minLength: 1, maxLength: 30 });
    assert(
      property(array(word), integer({ min: 8, max: 40 }), integer({ min: 0, max: 4 }), (words, width, indent) => {
        const lines = wrap(words.join(' '), width, indent);
        expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
      }),
    );
  });

  test('measures coloured text by what is seen', () => {
    const { good } = theme({ colour: true, unicode: true });
    expect(wrap(good('one two'), 7)).toHaveLength(1);
  });
});

describe('unobeyed', () => {
  test.each([
    ['  ::error file=a::b', '  \\x3a:error file=a::b'],
    ['one\n::stop-commands::t\ntwo', 'one\n\\x3a:stop-commands::t\ntwo'],
    ['seen ##[group]a and ##vso[task.b]', 'seen #\\x23[group]a and #\\x23vso[task.b]'],
  ])('%j holds no command of a runner', (text, told) => {
    expect(unobeyed(text)).toBe(told);
    expect(unobeyed(told)).toBe(told);
  });

  test.each(['::1', '  ::1 answers', 'a::b::c', '## Title', '\u001b[31m::x\u001b[0m'])('%j is none', (text) => {
    expect(unobeyed(text)).toBe(text);
  });

  test('a text that is broken into lines begins none with one', () => {
    const lines = wrap(`${'seen '.repeat(8)}::error file=x::y ::warning::z`, 40, 4);
    expect(lines.some((line) => /^\s*::\w/.test(line))).toBe(true);
    expect(unobeyed(lines.join('\n'))).not.toMatch(/^\s*::\w[^\n]*::/m);
  });
});
