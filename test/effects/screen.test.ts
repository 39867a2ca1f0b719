// The transcript: what was printed stays, what is live is one line, what comes during a prompt waits.

import { expect, test } from 'vitest';
import { openScreen } from '../../src/effects/screen.ts';

function recorded(live = true) {
  const written: string[] = [];
  const screen = openScreen({ write: (text) => written.push(text), width: 20, live });
  return { screen, written };
}

test('the live line gives way to what is printed and comes back below it', () => {
  const { screen, written } = recorded();
  screen.live('2 running');
  screen.print('✓ done');
  screen.live('');
  expect(written).toEqual(['2 running', '\r\u001b[2K✓ done\n2 running', '\r\u001b[2K']);
});

test('the live line never wraps: a line that wrapped could not be redrawn', () => {
  const { screen, written } = recorded();
  screen.live('a line that is longer than the screen');
  expect(written).toEqual(['a line that is lon…']);
});

test('without a live line only what is printed comes out', () => {
  const { screen, written } = recorded(false);
  screen.live('2 running');
  screen.print('✓ done');
  screen.hold();
  screen.release();
  expect(written).toEqual(['✓ done\n']);
});

test('while it is held, nothing comes out, and what waits is counted', () => {
  const { screen, written } = recorded();
  const heard: number[] = [];
  screen.live('2 running');
  screen.hold((pending) => heard.push(pending));
  written.length = 0;
  screen.print('first');
  screen.live('1 running');
  screen.print('second');
  expect(written).toEqual([]);
  expect(heard).toEqual([1, 2]);
  expect(screen.pending()).toBe(2);
  screen.release();
  expect(written).toEqual(['first\nsecond\n1 running']);
  expect(screen.pending()).toBe(0);
});

test('a result that comes after the release is not told to the prompt that has gone', () => {
  const { screen } = recorded();
  const heard: number[] = [];
  screen.hold((pending) => heard.push(pending));
  screen.release();
  screen.print('late');
  expect(heard).toEqual([]);
});
