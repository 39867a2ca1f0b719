// The operator without a terminal around it: who is asked, in what order, and what is left behind.

import { PassThrough } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import type { Attention } from '../../src/effects/attention.ts';
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
  const called: string[] = [];
  let time = 0;
  const attention: Attention = {
    asks: (question) => void called.push(`asks ${question}`),
    heard: () => void called.push('heard'),
    answered: () => void called.push('answered'),
    urgent: () => void called.push('urgent'),
    close: () => undefined,
  };
  const operator = openOperator({
    input,
    output,
    screen,
    attention,
    theme: theme({ colour: false, unicode: true }),
    width: 80,
    signal: stop.signal,
    now: () => time,
  });
  return {
    operator,
    later: (ms: number) => void (time += ms),
    input,
    stop,
    modes,
    called,
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

describe('a question that is put aside', () => {
  test('rejects, gives the terminal back and keeps in the transcript what was typed', async () => {
    const { operator, input, shows, modes, written } = seated();
    const asked = operator.line('Which ticket?', () => undefined);
    await shows('Type the answer');
    input.write('OPS-4\u202e1');
    await shows('› OPS-4');
    operator.putAside();
    await expect(asked).rejects.toMatchObject({ code: 'put-aside', exit: 2 });
    expect(written()).toContain('Which ticket? › put aside; you had typed: OPS-4\\u202e1');
    expect(modes.at(-1)).toBe(false);
    expect(input.listenerCount('data')).toBe(0);
    expect(written().lastIndexOf('\u001b[?2004l')).toBeGreaterThan(written().lastIndexOf('\u001b[?2004h'));
    expect(written().lastIndexOf('\u001b[?25h')).toBeGreaterThan(written().lastIndexOf('\u001b[?25l'));
  });

  test('keeps what was typed although it was no answer yet', async () => {
    const { operator, input, shows, written } = seated();
    const asked = operator.line('How many?', () => 'type a number');
    await shows('Type the answer');
    input.write('many');
    await shows('› many');
    input.write('\r');
    await shows('type a number');
    operator.putAside();
    await expect(asked).rejects.toMatchObject({ code: 'put-aside' });
    expect(written()).toContain('put aside; you had typed: many');
  });

  test('lets results out that waited behind it, and the next question open', async () => {
    const { operator, input, shows, screen, written, later } = seated();
    const asked = operator.menu('What now?', choices);
    await shows('Type a letter');
    screen.print('the watch broke');
    operator.putAside();
    await expect(asked).rejects.toMatchObject({ code: 'put-aside' });
    expect(written()).toMatch(/What now\? › put aside[\s\S]*the watch broke/);
    expect(written()).not.toContain('you had typed');
    const next = operator.menu('Roll back?', choices);
    await shows('Roll back?');
    later(1_000);
    input.write('r');
    await shows('Enter takes: r  retry');
    input.write('\r');
    expect(await next).toEqual({ answer: 'r' });
  });

  test('leaves what somebody types on without effect on the next one, until they stop', async () => {
    const { operator, input, shows, later } = seated();
    const asked = operator.line('Which name is in the header?', () => undefined);
    await shows('Which name');
    input.write('Test Us');
    await shows('› Test Us');
    operator.putAside();
    await expect(asked).rejects.toMatchObject({ code: 'put-aside' });
    const next = operator.menu('The watch broke: what now?', choices);
    await shows('what now?');
    later(900);
    input.write('er');
    await shows('typed for the question before');
    later(900);
    input.write('\r');
    let answered = false;
    void next.then(() => (answered = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    later(1_000);
    input.write('r');
    await shows('Enter takes: r  retry');
    input.write('\r');
    expect(await next).toEqual({ answer: 'r' });
  });

  test('takes only the open one away; the ones behind it open', async () => {
    const { operator, stop, shows } = seated();
    const open = operator.line('First?', () => undefined);
    const behind = operator.line('Second?', () => undefined);
    await shows('First?');
    operator.putAside();
    await expect(open).rejects.toMatchObject({ code: 'put-aside' });
    await shows('Second?');
    stop.abort(new Error('SIGINT'));
    await expect(behind).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('before it was shown never is', async () => {
    const { operator, written, called, modes } = seated();
    const asked = operator.line('Who?', () => undefined);
    await Promise.resolve();
    operator.putAside();
    await expect(asked).rejects.toMatchObject({ code: 'put-aside' });
    expect(written()).not.toContain('Who?');
    expect(called).not.toContain('asks Who?');
    expect(modes.at(-1)).toBe(false);
  });

  test('and is a secret tells nothing of it', async () => {
    const { operator, input, shows, written } = seated();
    const asked = operator.secret('Password');
    await shows('Not shown');
    input.write('zqjx');
    await shows('(hidden)');
    operator.putAside();
    await expect(asked).rejects.toMatchObject({ code: 'put-aside' });
    expect(written()).toMatch(/Password › put aside(?!;)/);
    // eslint-disable-next-line no-control-regex -- cursor moves may end in any letter
    expect(written().replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')).not.toMatch(/[zqjx]/);
  });

  test('when none is open, nothing happens, and the next question is not put aside for it', async () => {
    const { operator, input, shows, called } = seated();
    operator.putAside();
    const asked = operator.line('Who?', () => undefined);
    await shows('Type the answer');
    input.write('ada');
    await shows('› ada');
    input.write('\r');
    expect(await asked).toEqual({ answer: 'ada' });
    operator.putAside();
    expect(called).not.toContain('urgent');
  });
});

test('attention is called when a question opens, kept by every key, and let go when it closes', async () => {
  const { operator, input, shows, called } = seated();
  const asked = operator.line('Who?', () => undefined);
  await shows('Type the answer');
  expect(called).toEqual(['asks Who?']);
  input.write('a');
  await shows('› a');
  operator.putAside();
  await expect(asked).rejects.toMatchObject({ code: 'put-aside' });
  expect(called).toEqual(['asks Who?', 'heard', 'urgent', 'answered']);
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
