// The operator without a terminal around it: who is asked, in what order, and what is left behind.

import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { openOperator } from '../../src/effects/operator.ts';
import { openScreen } from '../../src/effects/screen.ts';
import { theme } from '../../src/render/theme.ts';

const choices = [
  { key: 'r', label: 'retry' },
  { key: 's', label: 'stop' },
] as const;

function seated(terminals: { readonly input: boolean; readonly output: boolean } = { input: true, output: true }) {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: terminals.input,
    setRawMode: (on: boolean) => modes.push(on),
  });
  // Like the standard output, it is not ended with the prompt that wrote to it.
  const output = Object.assign(new PassThrough(), { isTTY: terminals.output, columns: 80, _isStdio: true });
  let written = '';
  output.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const stop = new AbortController();
  const screen = openScreen({ write: (text) => output.write(text), width: 80, live: true });
  const operator = openOperator({
    input,
    output,
    screen,
    theme: theme({ colour: false, unicode: true }),
    width: 80,
    signal: stop.signal,
  });
  return {
    operator,
    input,
    stop,
    modes,
    screen,
    written: () => written,
    shows: (text: string) => vi.waitFor(() => expect(written).toContain(text), { timeout: 5000, interval: 5 }),
  };
}

test.each([
  { input: false, output: true },
  { input: true, output: false },
])('nobody is present with terminals $input and $output, and questions are refused', async (terminals) => {
  const { operator, written } = seated(terminals);
  expect(operator.present).toBe(false);
  await expect(operator.menu('What now?', choices)).rejects.toMatchObject({ code: 'no-terminal', exit: 2 });
  await expect(operator.line('Who?', () => undefined)).rejects.toMatchObject({ code: 'no-terminal' });
  await expect(operator.secret('Password')).rejects.toMatchObject({ code: 'no-terminal' });
  expect(written()).toBe('');
});

test('an answer gives the terminal back: raw mode off, paste marks off, cursor shown', async () => {
  const { operator, input, shows, modes, written } = seated();
  const asked = operator.menu('What now?', choices);
  await shows('Type a letter');
  input.write('s');
  await shows('Enter takes: s  stop');
  input.write('\r');
  expect(await asked).toEqual({ answer: 's' });
  expect(modes.at(0)).toBe(true);
  expect(modes.at(-1)).toBe(false);
  expect(written()).toContain('\u001b[?2004h');
  expect(written().lastIndexOf('\u001b[?2004l')).toBeGreaterThan(written().lastIndexOf('\u001b[?2004h'));
  expect(written()).toContain('\u001b[?25h');
  expect(input.listenerCount('data')).toBe(0);
});

test('an abort interrupts the open question and the ones behind it', async () => {
  const { operator, stop, shows, modes, screen } = seated();
  const open = operator.line('How many?', () => undefined);
  const behind = operator.line('Who?', () => undefined);
  await shows('Type the answer');
  stop.abort(new Error('SIGHUP'));
  await expect(open).rejects.toMatchObject({ code: 'interrupted', exit: 130 });
  await expect(behind).rejects.toMatchObject({ code: 'interrupted' });
  await expect(operator.secret('Password')).rejects.toMatchObject({ code: 'interrupted' });
  expect(modes.at(-1)).toBe(false);
  screen.print('after');
  await shows('after');
});

test('Ctrl-C among the keys that are thrown away still interrupts', async () => {
  const { operator, input } = seated();
  input.write('r\u0003');
  await expect(operator.menu('What now?', choices)).rejects.toMatchObject({ code: 'interrupted' });
});

test('a terminal that goes away interrupts', async () => {
  const { operator, input, shows } = seated();
  const asked = operator.secret('Password');
  await shows('Not shown');
  input.end();
  await expect(asked).rejects.toMatchObject({ code: 'interrupted', exit: 130 });
});

test('questions asked at the same time wait for each other', async () => {
  const { operator, input, shows, written } = seated();
  const first = operator.line('First?', () => undefined);
  const second = operator.line('Second?', () => undefined);
  await shows('First?');
  expect(written()).not.toContain('Second?');
  input.write('one');
  await shows('› one');
  input.write('\r');
  expect(await first).toEqual({ answer: 'one' });
  await shows('Second?');
  input.write('two');
  await shows('› two');
  input.write('\r');
  expect(await second).toEqual({ answer: 'two' });
});

test('no byte of a secret is ever written', async () => {
  const { operator, input, shows, written } = seated();
  const asked = operator.secret('Password');
  await shows('Not shown');
  for (const letter of 'zqjx') input.write(letter);
  await shows('(hidden)');
  input.write('\r');
  expect(await asked).toEqual({ answer: 'zqjx' });
  // eslint-disable-next-line no-control-regex -- cursor moves may end in any letter
  expect(written().replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')).not.toMatch(/[zqjx]/);
});
