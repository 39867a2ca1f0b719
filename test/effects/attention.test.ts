// When the bell rings and what the title says, by a clock of the test.

import { expect, test } from 'vitest';
import { openAttention } from '../../src/effects/attention.ts';

const bell = '\u0007';

function watched(given: { readonly terminal?: boolean; readonly silent?: boolean; readonly name?: string } = {}) {
  let now = 0;
  let written = '';
  const attention = openAttention({
    write: (text) => (written += text),
    terminal: true,
    silent: false,
    now: () => now,
    ...given,
  });
  return {
    attention,
    later: (ms: number) => (now += ms),
    /** What was written since the last time. */
    fresh: () => {
      const text = written;
      written = '';
      return text;
    },
  };
}

test('a question rings for somebody who has not typed for more than 20 seconds, and once', () => {
  const { attention, later, fresh } = watched();
  later(20_001);
  attention.asks('smoke-chat: what now?');
  expect(fresh().split(bell)).toHaveLength(2);
  later(60_000);
  attention.heard();
  attention.answered();
  later(20_000);
  attention.asks('Next?');
  expect(fresh()).not.toContain(bell);
});

test('an urgent question rings in any case, the one after it does not', () => {
  const { attention, fresh } = watched();
  attention.urgent();
  attention.asks('watch-5xx: what now?');
  expect(fresh()).toContain(bell);
  attention.answered();
  attention.asks('Why?');
  expect(fresh()).not.toContain(bell);
});

test('the title says what is wanted and what runs, and is the old one at the end', () => {
  const { attention, fresh } = watched({ name: 'aep-prod' });
  expect(fresh()).toBe('\u001b[22;0t\u001b]0;golive: aep-prod runs\u001b\\');
  attention.asks('smoke-chat: what now?');
  expect(fresh()).toBe('\u001b]0;golive: your answer is needed: smoke-chat: what now?\u001b\\');
  attention.answered();
  expect(fresh()).toBe('\u001b]0;golive: aep-prod runs\u001b\\');
  attention.close();
  attention.close();
  expect(fresh()).toBe('\u001b[23;0t');
});

test('the title of a question outside a run lasts as long as the question', () => {
  const { attention, fresh } = watched();
  expect(fresh()).toBe('');
  attention.asks('Run it? (yes or no)');
  attention.answered();
  attention.close();
  expect(fresh()).toBe('\u001b[22;0t\u001b]0;golive: your answer is needed: Run it? (yes or no)\u001b\\\u001b[23;0t');
});

test('a title carries no control character of the question, and not all of a long one', () => {
  const { attention, fresh } = watched();
  attention.asks(`a\u001b\\b\u0007c\u009cd\u202ee\nf ${'x'.repeat(500)}`);
  const title = fresh().slice('\u001b[22;0t\u001b]0;'.length, -2);
  expect(title).toContain('a\\x1b\\b\\x07c\\x9cd\\u202ee\\nf');
  expect(title).not.toMatch(/\p{Cc}|\p{Cf}/u);
  expect(title.length).toBeLessThanOrEqual(80);
});

test('without a terminal nothing is written', () => {
  const { attention, later, fresh } = watched({ terminal: false, name: 'aep-prod' });
  later(60_000);
  attention.urgent();
  attention.asks('Well?');
  attention.answered();
  attention.close();
  expect(fresh()).toBe('');
});

test('silenced, it never rings and still says in the title what is wanted', () => {
  const { attention, later, fresh } = watched({ silent: true });
  later(60_000);
  attention.urgent();
  attention.asks('Well?');
  const written = fresh();
  expect(written).not.toContain(bell);
  expect(written).toContain('your answer is needed: Well?');
});
