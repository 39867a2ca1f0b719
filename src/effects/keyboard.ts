// The keyboard for the length of one prompt: raw mode on and off, and nothing typed before the prompt gets through.

import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { freshSifting, sift } from './keystrokes.ts';

/** What is needed of `process.stdin`. */
export interface TerminalInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode(on: boolean): unknown;
}

export interface Keyboard {
  /** What a prompt reads. It never ends; `lost` is told instead. */
  readonly keys: NodeJS.ReadableStream;
  /** Gives the terminal back: raw mode off, nothing read any more. */
  release(): void;
}

/**
 * Takes the keyboard. Everything typed so far is thrown away, a Ctrl-C among it is honoured. `lost` is called when the
 * terminal goes away, or for that Ctrl-C.
 */
export async function takeKeyboard(input: TerminalInput, lost: () => void): Promise<Keyboard> {
  const decoder = new StringDecoder('utf8');
  let live = false;
  let sifting = freshSifting;
  // It has no raw mode of its own: the terminal's is set once here and taken back in `release`.
  const keys = new Readable({ read() {} });
  const onData = (chunk: Buffer | string): void => {
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    if (!live) {
      if (text.includes('\x03')) lost();
      return;
    }
    const sifted = sift(sifting, text);
    sifting = sifted.next;
    if (sifted.keys !== '') keys.push(sifted.keys);
  };
  const ends = ['end', 'close', 'error'] as const;
  input.on('data', onData);
  for (const end of ends) input.on(end, lost);
  rawMode(input, true);
  input.resume();
  // What was typed ahead sits in the kernel until the event loop polls. Called from within a poll, the first immediate
  // still comes before the next one, so one turn is not enough to have seen it.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  live = true;
  return {
    keys,
    release() {
      input.off('data', onData);
      for (const end of ends) input.off(end, lost);
      input.pause();
      rawMode(input, false);
      keys.destroy();
    },
  };
}

function rawMode(input: TerminalInput, on: boolean): void {
  // A terminal that has hung up refuses; that it is gone is told by its end.
  try {
    input.setRawMode(on);
  } catch {
    return;
  }
}
