// What a typed line means at a menu, a line and a secret.

import { describe, expect, test } from 'vitest';
import { readLine, readMenu, readSecret } from '../../src/effects/readings.ts';

const choices = [
  { key: 'r', label: 'retry' },
  { key: 'R', label: 'roll back' },
  { key: 'w', label: 'waive' },
];
const digits = (text: string): string | undefined => (/^\d+$/.test(text) ? undefined : 'not a number');

describe('a menu', () => {
  test('takes the key of a choice, exactly before loosely', () => {
    expect(readMenu(choices, ' r ')).toEqual({ answer: 'r', shown: 'r  retry' });
    expect(readMenu(choices, 'R')).toEqual({ answer: 'R', shown: 'R  roll back' });
    expect(readMenu(choices, 'W')).toEqual({ answer: 'w', shown: 'w  waive' });
  });

  test('shows the evidence when nothing was typed', () => {
    expect(readMenu(choices, '  ')).toEqual({ aside: 'evidence', shown: 'evidence' });
  });

  test('answers an unknown key with the ones there are, the key made visible', () => {
    expect(readMenu(choices, 'x\u202e')).toEqual({
      hint: '"x\\u202e" is not a choice. Type one of r, R, w, or :note :pause :stop :evidence :help',
    });
  });

  test('is not answered by a word that begins with a key', () => {
    expect(readMenu(choices, 'retry')).toHaveProperty('hint');
  });
});

describe('a line', () => {
  test('takes what the check lets through and tells what it does not', () => {
    expect(readLine(digits, ' 42 ')).toEqual({ answer: '42', shown: '42' });
    expect(readLine(digits, 'many')).toEqual({ hint: 'not a number' });
  });

  test('is not answered by nothing, even where the check would take it', () => {
    expect(readLine(() => undefined, ' ')).toHaveProperty('hint');
  });

  test('takes a word with a colon for an aside or for a mistake, never for the answer', () => {
    expect(readLine(() => undefined, ':Note')).toEqual({ aside: 'note', shown: ':note' });
    expect(readLine(() => undefined, ':rollback')).toEqual({ aside: 'rollback', shown: ':rollback' });
    expect(readLine(() => undefined, ':attach')).toEqual({ aside: 'attach', shown: ':attach' });
    expect(readLine(() => undefined, ':roll back')).toHaveProperty('hint');
  });
});

describe('a prompt with words of its own', () => {
  const words = [':back', ':hand ROLE'];

  test('gives them back as they were typed, once the check lets them through', () => {
    const check = (typed: string): string | undefined => (typed === ':hand legal' ? undefined : 'to whom?');
    expect(readLine(check, ':hand legal', words)).toEqual({ answer: ':hand legal', shown: ':hand legal' });
    expect(readLine(check, ':Hand', words)).toEqual({ hint: 'to whom?' });
    expect(readLine(check, ':hand legal')).toHaveProperty('hint', expect.stringContaining('is not known'));
    expect(readLine(check, ':note', words)).toEqual({ aside: 'note', shown: ':note' });
  });

  test('shows a word at a secret, and nothing that may be one', () => {
    expect(readSecret(':back', words)).toEqual({ answer: ':back', shown: ':back' });
    expect(readSecret(':hand legal', words)).toEqual({ answer: ':hand legal', shown: ':hand legal' });
    expect(readSecret(':back 4711', words)).toEqual({ answer: ':back 4711', shown: '(hidden)' });
    expect(readSecret(':hand a grenade', words)).toEqual({ answer: ':hand a grenade', shown: '(hidden)' });
    expect(readSecret(':back')).toEqual({ answer: ':back', shown: '(hidden)' });
  });
});

describe('a secret', () => {
  test('is never part of what is shown', () => {
    expect(readSecret('hunter2')).toEqual({ answer: 'hunter2', shown: '(hidden)' });
  });

  test('may begin with a colon, and an aside still is one', () => {
    expect(readSecret(':hunter2')).toEqual({ answer: ':hunter2', shown: '(hidden)' });
    expect(readSecret(':stop')).toEqual({ aside: 'stop', shown: ':stop' });
    expect(readSecret('')).toHaveProperty('hint');
  });
});
